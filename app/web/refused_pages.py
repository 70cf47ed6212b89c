"""The same refusals for a person who opened a page: the problem document's sentence, and where to go from here."""

from collections.abc import Mapping
from typing import Final

import orjson
from starlette.responses import Response

from app.web.i18n import N_, say
from app.web.render import Reader, render

_TITLES: Final[Mapping[int, str]] = {
    403: N_("This is not open to your role"),
    404: N_("There is nothing here"),
    405: N_("There is nothing here"),
    409: N_("This can not be done now"),
    422: N_("This address is not right"),
    503: N_("Amparo is busy"),
}
_OTHERWISE: Final = N_("Something went wrong")


def as_page(refused: Response, reader: Reader) -> Response:
    """A problem document as a page, with its status and its headers."""
    said = orjson.loads(bytes(refused.body))
    page = render(
        "web/error.html",
        reader,
        status=refused.status_code,
        title=say(reader.language, _TITLES.get(refused.status_code, _OTHERWISE)),
        detail=said["detail"],
        request_id=said["request_id"],
    )
    kept = {name: value for name, value in refused.headers.items() if name not in ("content-type", "content-length")}
    return Response(page, refused.status_code, kept, media_type="text/html")
