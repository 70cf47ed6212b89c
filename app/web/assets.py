"""Style sheets, scripts and fonts: all our own to serve, named by their content, kept by browsers for a year."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.web.style import reduced, used_in

STATIC_FOLDER: Final = Path(__file__).parent / "static"
#: What packing makes smaller; pictures and fonts are packed already.
_TEXT: Final = frozenset({".css", ".js", ".svg"})
#: Headers that tell of the file as it lies there.
_OF_THE_FILE: Final = frozenset({"content-length", "etag", "accept-ranges", "last-modified"})
USWDS: Final = "vendor/uswds/css/uswds.min.css"
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
        name = path.relative_to(STATIC_FOLDER).as_posix()
        digest.update(name.encode() + b"\0" + content(name) + b"\0")
    return f"/static/{digest.hexdigest()[:16]}"


@cache
def content(path: str) -> bytes:
    """What is served of a file in the static folder: the file, and of USWDS's style sheet what our pages use of it.

    Raises OSError when it is not there.
    """
    written = (STATIC_FOLDER / path).read_bytes()
    if path != USWDS:
        return written
    rooms = STATIC_FOLDER.parent.parent
    sources = (*rooms.glob("*/templates/**/*.html"), *STATIC_FOLDER.glob("*.js"), *STATIC_FOLDER.parent.glob("*.py"))
    words = "\n".join(each.read_text(encoding="utf-8") for each in sources)
    return reduced(written.decode(), used_in(words)).encode()


class Assets(StaticFiles):
    """The static folder, to be mounted at `static_base`."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC_FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        suffix = Path(path).suffix
        if suffix not in _SERVED:
            return Response(status_code=404)
        response = await super().get_response(path, scope)
        if response.status_code not in (200, 304):
            return response
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        if suffix not in _TEXT:
            return response
        response.headers["Vary"] = "Accept-Encoding"
        if response.status_code == 304:
            return response
        kept = {name: value for name, value in response.headers.items() if name not in _OF_THE_FILE}
        if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            return Response(_packed(path), 200, kept | {"Content-Encoding": "gzip"})
        return Response(content(path), 200, kept)


@cache
def _packed(path: str) -> bytes:
    """A file as it travels: packed once, as small as it gets. Only for paths that `StaticFiles` has found.

    Pages are another matter: see `app.web.replies.packed`.
    """
    return gzip.compress(content(path), 9, mtime=0)
