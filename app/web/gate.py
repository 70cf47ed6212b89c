"""The gate: who is asking, from where, and may they? Answered before a byte of the body is read."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Match, Route

from app.access import identify
from app.access.actor import Actor
from app.access.strength import judged
from app.errors import Denied, NotFound, StepUp, TooWeak
from app.web.answers import JSON, Entry
from app.web.bodies import NUL
from app.web.i18n import N_, negotiate
from app.web.services import Services

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

#: What a browser says of a request that another site's page has caused.
_ELSEWHERE = frozenset({"cross-site", "same-site"})

_SEND_JSON = N_("Send JSON: Content-Type: application/json.")
_OTHER = N_("This is not sent in the form that this address takes.")

#: What a reader may choose instead of their system's own wish. It is kept in a cookie, which says nothing else.
THEMES = frozenset({"light", "dark"})

#: The actor of an open route: nobody, who may do nothing.
NOBODY = Actor(
    id=UUID(int=0),
    email="",
    name="",
    roles=frozenset(),
    partner_id=None,
    partner_name=None,
    language=None,
    time_zone="America/Denver",
    session_id=None,
)


class Shut(Exception):
    """The gate stays shut, for a reason that no room knows of: nobody signed in, a foreign origin, not JSON."""

    def __init__(self, status: int, code: str, message: str, *, wait: int = 0) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        #: Seconds after which it may open.
        self.wait = wait


def language_of(request: Request, actor: Actor | None) -> str:
    return negotiate(
        actor.language if actor else None, request.cookies.get("lang"), request.headers.get("accept-language")
    )


def theme_of(request: Request) -> str:
    """The look that the reader chose: light or dark; empty for what their system wishes."""
    theme = request.cookies.get("theme", "")
    return theme if theme in THEMES else ""


def caller_of(request: Request, services: Services, connection: Connection) -> identify.Found | None:
    """The actor behind a bearer token or a session cookie; None when there is neither, or it is no longer good."""
    now = datetime.now(UTC)
    bearer = request.headers.get("authorization", "")
    cookie = request.cookies.get(services.cookie)
    if not bearer and not cookie:
        return None
    if bearer:
        kind, _, secret = bearer.partition(" ")
        return identify.by_token(connection, secret, now) if kind.lower() == "bearer" else None
    found = identify.by_session(connection, cookie or "", now, services.idle)
    return found and replace(found, actor=judged(found.actor, services.strengths))


def stop_a_flood(request: Request, services: Services, actor: Actor | None) -> None:
    """Raise Shut with 429 when more came from this account, or from this network, than any work sends."""
    wait = services.guard.seconds_to_wait(actor.id if actor else None, request.client.host if request.client else "")
    if wait:
        raise Shut(429, "rate", N_("Too much comes from here at once. Wait a moment, then try again."), wait=wait)


def stop_at_the_gate(request: Request, services: Services, actor: Actor | None, entry: Entry) -> dict[str, object]:
    """The path's parameters for a caller who may come in.

    Raises Shut with 401, then 403 for a foreign origin; Denied for a missing permission, StepUp for a sensitive act
    without a fresh proof; Shut with 415; NotFound for an id that is none.
    """
    permission = entry.permission
    if permission is not None and actor is None:
        raise Shut(401, "sign_in", N_("Sign in first."))
    if _foreign(request, services, actor, entry):
        raise Shut(403, "origin", N_("This request did not come from Amparo's own pages."))
    if permission is not None and actor is not None and actor.reach(permission) is None:
        raise TooWeak if actor.weak else Denied
    if b"%00" in request.scope["query_string"]:
        raise Shut(422, "text.nul", NUL)
    if entry.steps_up and actor is not None and not _fresh(actor, services):
        raise StepUp
    if request.method not in SAFE and _has_body(request) and _media_type(request) != entry.takes:
        raise Shut(415, "media_type", _SEND_JSON if entry.takes == JSON else _OTHER)
    return _parameters(request)


def _parameters(request: Request) -> dict[str, object]:
    """The path's parameters, ids as ids.

    Where an id should stand there can be the name of an address of its own, which does not take this method: 405.
    """
    try:
        return {name: _id(value) if name.endswith("_id") else value for name, value in request.path_params.items()}
    except NotFound:
        if _is_an_address(request):
            raise HTTPException(405) from None
        raise


def _is_an_address(request: Request) -> bool:
    plain = (route for route in request.app.routes if isinstance(route, Route) and not route.param_convertors)
    return any(route.matches(request.scope)[0] is not Match.NONE for route in plain)


def _foreign(request: Request, services: Services, actor: Actor | None, entry: Entry) -> bool:
    """Another site sends somebody's browser here: to write, or to read what is not a page that a link may open."""
    if request.method not in SAFE:
        return not _same_origin(request, services, actor)
    if actor is None or actor.session_id is None or request.headers.get("sec-fetch-site") not in _ELSEWHERE:
        return False
    return not entry.page or request.headers.get("sec-fetch-mode") != "navigate"


def _same_origin(request: Request, services: Services, actor: Actor | None) -> bool:
    """Browsers say where a request comes from; a cookie without that word is refused, a bearer token needs none."""
    if request.headers.get("authorization") and actor is not None and actor.session_id is None:
        return True
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin is not None:
        return origin == services.settings.public_origin
    return request.cookies.get(services.cookie) is None


def _fresh(actor: Actor, services: Services) -> bool:
    """Did this person prove just now who they are? An installation that never asks (the demo) is content.

    A program proves nothing, wherever it runs.
    """
    if actor.machine:
        return False
    within = services.step_up
    return within is None or actor.proved_since(datetime.now(UTC) - within)


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise NotFound from None
