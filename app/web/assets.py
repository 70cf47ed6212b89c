"""Style sheets, scripts and fonts: all our own to serve, named by their content, kept by browsers for a year."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC_FOLDER: Final = Path(__file__).parent / "static"
#: What a script, a style or a font may be; anything else in the folder is not served.
_SERVED: Final = frozenset({".css", ".js", ".svg", ".woff2", ".png"})


@cache
def static_base() -> str:
    """``/static/<digest of every file>``: where to mount `Assets` and where pages find their files.

    One digest for all, in the path, because scripts import one another and style sheets name fonts by relative
    address: a query on the page's link would not reach those.
    """
    digest = hashlib.sha256()
    for path in sorted(path for path in STATIC_FOLDER.rglob("*") if path.is_file()):
        digest.update(path.relative_to(STATIC_FOLDER).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"/static/{digest.hexdigest()[:16]}"


class Assets(StaticFiles):
    """The static folder, to be mounted at `static_base`."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC_FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        if Path(path).suffix not in _SERVED:
            return Response(status_code=404)
        response = await super().get_response(path, scope)
        if response.status_code in (200, 304):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
