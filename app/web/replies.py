"""From what an endpoint gave to a finished response: JSON, a page, a file, or nothing."""

import gzip
from typing import Any, Final
from urllib.parse import quote

import orjson
from starlette.responses import Response, StreamingResponse

from app.access.actor import Actor
from app.access.methods import Method
from app.money import Money
from app.web.answers import Answer, Bytes, Page, Streamed
from app.web.gate import NOBODY
from app.web.render import Reader, render
from app.web.services import Services
from app.work import etag

#: Bytes from which packing a page saves more than it takes.
HEAVY: Final = 30_000
#: For what a stranger has made: a browser gives it no scripts, no forms and no place of its own.
SANDBOX: Final = "sandbox; default-src 'none'"


def reply(given: Any, status: int, reader: Reader, services: Services) -> Response:
    """The finished response. A view with a ``version`` gets its entity tag; a session secret becomes the cookie."""
    extra = given if isinstance(given, Answer) else Answer(given)
    response = _body(extra.view, extra.status or status, reader)
    response.headers.update(extra.headers)
    version = getattr(extra.view, "version", None)
    if isinstance(version, int):
        response.headers["ETag"] = etag(version)
    if extra.session_secret is not None:
        _set_cookie(response, extra.session_secret, services)
    return response


def reader_of(
    actor: Actor | None, *, language: str, path: str, demo: bool, easy: bool = False, theme: str = ""
) -> Reader:
    """Whom a page is rendered for."""
    person = actor or NOBODY
    return Reader(
        language=language,
        time_zone=person.time_zone,
        name=person.name,
        email=person.email,
        roles=tuple(sorted(person.roles)),
        permissions=frozenset(person.permissions),
        partner=person.partner_name,
        path=path,
        demo=demo,
        easy=easy,
        notice=person.notice,
        theme=theme,
        by_organization=Method.FEDERATED in person.methods,
    )


def packed(response: Response) -> Response:
    """A heavy page as it travels best; a light one is quicker sent as it is.

    Never a page that repeats something of its address: whoever may choose what a packed page repeats, and sees how long
    it is, can guess letter by letter what else stands in it (https://www.breachattack.com).
    """
    body = bytes(response.body)
    if len(body) >= HEAVY and response.status_code == 200:
        response.body = gzip.compress(body, 4, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))
    return response


def to_json(view: Any) -> bytes:
    """A view as JSON: ids and enumerations as strings, times in UTC with ``Z``, money with two decimals."""
    return orjson.dumps(
        view,
        default=_plain,
        option=orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Money | str):
        return str(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"a view holds a {type(value).__name__}")


def _body(view: Any, status: int, reader: Reader) -> Response:
    if isinstance(view, Page):
        return Response(render(view.template, reader, **view.view), view.status, media_type="text/html")
    if isinstance(view, Bytes):
        disposition = {"Content-Disposition": f'attachment; filename="{view.filename}"'} if view.filename else {}
        return Response(view.body, status, disposition, view.media_type)
    if isinstance(view, Streamed):
        return _streamed(view, status)
    if view is None:
        return Response(status_code=204)
    return Response(to_json(view), status, media_type="application/json")


def _streamed(view: Streamed, status: int) -> Response:
    """A file under its own name (RFC 6266), with a plain one for programs that know no other."""
    ending = view.filename.rpartition(".")[2]
    plain = f"document.{ending}" if ending.isascii() and ending.isalnum() else "document"
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(view.filename, safe='')}",
        "Content-Security-Policy": SANDBOX,
    }
    if view.length is not None:
        headers["Content-Length"] = str(view.length)
    return StreamingResponse(view.pieces, status, headers, view.media_type)


def _set_cookie(response: Response, secret: str, services: Services) -> None:
    settings = services.settings
    response.set_cookie(
        services.cookie,
        secret,
        max_age=settings.session_hours * 3600 if secret else 0,
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )
    if not secret:
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
