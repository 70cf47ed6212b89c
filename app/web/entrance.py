"""Who comes in, and what happens to their one request: identity, origin, permission, transaction, record, answer."""

import random
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import orjson
import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from app.access import identify
from app.access.actor import Actor
from app.audit.actions import event_row, insert_events
from app.audit.rules import Outcome
from app.crypto import Unopenable
from app.errors import Denied, NotFound, Refusal, Stale
from app.money import Money
from app.web.answers import Answer, Bytes, Entry, Page
from app.web.i18n import N_, negotiate
from app.web.problems import problem, problems_of, refusal
from app.web.render import Reader, render
from app.web.services import Services
from app.work import Deferred, WatchedSession, Work, etag

log = structlog.get_logger()

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: A busy database or a deadlock is tried this often before the caller is asked to come back.
ATTEMPTS = 4
#: SQLSTATEs that mean "the same transaction may well succeed if it is run again".
_RETRY_STATES = frozenset({"40001", "40P01", "55P03"})


class Missing(Exception):
    """A header that this route requires is not there."""

    def __init__(self, header: str) -> None:
        super().__init__(header)
        self.header = header


class Busy(Exception):
    """The database had no time for this request."""


@dataclass(slots=True)
class Call:
    """One request on its way in: who asks, with which headers, on which route. Opens the Work and answers."""

    services: Services
    entry: Entry
    actor: Actor | None
    method: str
    path: str
    route: str
    parameters: dict[str, Any]
    request_id: str
    key: str | None
    if_match: str | None
    language: str
    #: The request while nobody has looked who sends it; None from then on.
    request: Request | None
    touch: bool = False
    on_refusal: list[Deferred] = field(default_factory=list)

    def run(self, do: Callable[[Work], Any], status: int) -> Response:
        """Open the Work, let ``do`` act in it, commit, and give the finished answer.

        Raises a Refusal, Missing or Busy; whatever is raised, nothing was committed.
        """
        for attempt in range(ATTEMPTS):
            try:
                response = self._attempt(do, status)
            except (TimeoutError, PoolTimeout):
                break
            except DBAPIError as error:
                if not _worth_retrying(error):
                    raise
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter, not a secret
            else:
                self.note_use()
                return response
        raise Busy

    def _attempt(self, do: Callable[[Work], Any], status: int) -> Response:
        database = self.services.database
        with (
            database.turn_to_write() if self.entry.writes else nullcontext(),
            database.engine.connect() as connection,
            WatchedSession(
                bind=connection.execution_options(writes=self.entry.writes), expire_on_commit=False
            ) as session,
        ):
            if self.request is not None and (refused := self.admit(connection)) is not None:
                return refused
            work = self.work(session)
            self._judge(work)
            response = self.answer(do(work), status)
            if work.replayed:
                response.headers["Idempotency-Replayed"] = "true"
            work.finish()
            if work.writes or not database.is_sqlite:
                work.flush([] if work.writes else work.later)
                session.commit()
                return response
            session.rollback()
        if work.later:
            self.write_aside(work.later)
        return response

    def admit(self, connection: Connection) -> Response | None:
        """Find out who asks and whether they may; None lets them in, else the refusal as an answer. Raises Denied."""
        request, self.request = self.request, None
        assert request is not None
        found = _identify(request, self.services, connection)
        self.actor = found.actor if found else None
        self.touch = bool(found and found.touch)
        self.language = _language(request, self.actor)
        return _stop_at_the_gate(request, self)

    def admit_first(self) -> Response | None:
        """Like `admit`, on a connection of its own: before a body is read, or a query found wanting."""
        if self.request is None:
            return None
        with self.services.database.looking.connect() as connection:
            refused = self.admit(connection)
        self.note_use()
        return refused

    def note_use(self) -> None:
        """Write that the session was used, at most once a minute; never while another connection is held."""
        if self.touch and self.actor is not None and self.actor.session_id is not None:
            self.touch = False
            with self.services.database.writing() as connection:
                identify.touch(connection, self.actor.session_id, datetime.now(UTC))

    def work(self, session: WatchedSession) -> Work:
        """The Work of this call in the given session."""
        actor = self.actor or NOBODY
        return Work(
            session=session,
            actor=actor,
            vault=self.services.vault,
            now=datetime.now(UTC),
            writes=self.entry.writes,
            request_id=self.request_id,
            key=self.key,
            route=f"{self.method} {self.route}",
            if_match=self.if_match,
            language=self.language,
            decided=self.entry.permission is None,
            on_refusal=self.on_refusal,
        )

    def _judge(self, work: Work) -> None:
        """404, then 428, then 412: before the body is judged, whether it was well formed or not."""
        lacking = (self.entry.needs_key and self.key is None) or (self.entry.needs_match and self.if_match is None)
        if not (lacking or self.entry.needs_match):
            return
        version = self.entry.finds(work, **self.parameters) if self.entry.finds else None
        if self.entry.needs_key and self.key is None:
            raise Missing("Idempotency-Key")
        if self.entry.needs_match and self.if_match is None:
            raise Missing("If-Match")
        if version is not None:
            work.expect(version)

    def judge_unread(self) -> None:
        """For a body that can not be read: refuse for whatever comes before 422, in a transaction that ends at once."""
        database = self.services.database
        with database.engine.connect() as connection, WatchedSession(bind=connection) as session:
            work = self.work(session)
            if self.entry.finds is not None:
                self.entry.finds(work, **self.parameters)
            self._judge(work)

    def write_aside(self, statements: list[Any]) -> None:
        """Commit deferred statements in a short transaction of their own (SQLite readers, and refusals)."""
        with self.services.database.writing() as connection:
            for statement, rows in statements:
                connection.execute(statement, rows)

    def answer(self, given: Any, status: int) -> Response:
        """What an endpoint gave as a finished response: a view as JSON, a page, a file, or nothing (204)."""
        extra = Answer(given) if not isinstance(given, Answer) else given
        response = self._body(extra.view, status)
        response.headers.update(extra.headers)
        version = getattr(extra.view, "version", None)
        if isinstance(version, int):
            response.headers["ETag"] = etag(version)
        if extra.session_secret is not None:
            self._set_cookie(response, extra.session_secret)
        return response

    def _body(self, view: Any, status: int) -> Response:
        if isinstance(view, Page):
            html = render(view.template, reader(self), **view.view)
            return Response(html, view.status, media_type="text/html")
        if isinstance(view, Bytes):
            disposition = f'attachment; filename="{view.filename}"'
            return Response(view.body, status, {"Content-Disposition": disposition}, view.media_type)
        if view is None:
            return Response(status_code=204)
        return Response(to_json(view), status, media_type="application/json")

    def _set_cookie(self, response: Response, secret: str) -> None:
        settings = self.services.settings
        response.set_cookie(
            self.services.cookie,
            secret,
            max_age=settings.session_hours * 3600 if secret else 0,
            path="/",
            secure=settings.secure_cookies,
            httponly=True,
            samesite="lax",
        )
        if not secret:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'


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


def reader(call: Call) -> Reader:
    """Whom a page is rendered for."""
    actor = call.actor or NOBODY
    return Reader(
        language=call.language,
        time_zone=actor.time_zone,
        name=actor.name,
        email=actor.email,
        roles=tuple(sorted(actor.roles)),
        permissions=frozenset(actor.permissions),
        partner=actor.partner_name,
        demo=call.services.settings.environment == "demo",
        path=call.path,
    )


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


async def enter(request: Request, entry: Entry, inside: Callable[[], Awaitable[Response]]) -> Response:
    """Let the request in, or answer why not. No body has been read when 401 or 403 is answered."""
    services: Services = request.app.state.services
    call = _call(request, services, entry)
    try:
        request.scope["amparo.call"] = call
        # A request without a body is let in where its Work opens: one thread hop, one connection.
        if request.method not in SAFE and (refused := await run_in_threadpool(call.admit_first)) is not None:
            return refused
        return await inside()
    except Refusal as refused_inside:
        await run_in_threadpool(record_refusal, call, refused_inside)
        return refusal(refused_inside, request_id=call.request_id, language=call.language)
    except Missing as missing:
        return _say(call, 428, "header.missing", N_("Send the header {header} with this request."), missing.header)
    except Unopenable:
        log.error("record.integrity", request_id=call.request_id, route=call.route)  # noqa: TRY400 - a traceback may quote data
        return _say(
            call, 500, "record.integrity", N_("A sealed field of this record does not open. Tell your operator.")
        )
    except (Busy, TimeoutError, PoolTimeout):
        response = _say(call, 503, "busy", N_("The database is busy. Try again in a moment; nothing was changed."))
        response.headers["Retry-After"] = "1"
        return response
    except HTTPException:
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback leaves, its class is logged
        log.error("request.failed", request_id=call.request_id, route=call.route, error=type(error).__name__)  # noqa: TRY400 - as above
        return _say(call, 500, "internal", N_("Something went wrong here. Nothing was changed."))


async def invalid(request: Request, error: RequestValidationError) -> Response:
    """A body or query that can not be taken: what comes before 422 first, then each problem with its pointer."""
    call: Call = request.scope["amparo.call"]
    errors = error.errors()
    if (refused := await run_in_threadpool(call.admit_first)) is not None:
        return refused
    if any(each["loc"][0] == "path" for each in errors):
        raise NotFound
    await run_in_threadpool(call.judge_unread)
    if any(each["type"] == "json_invalid" for each in errors):
        return _say(call, 400, "json", N_("The body is not JSON. Check commas and quotation marks."))
    return problem(
        422,
        code="invalid",
        message=N_("Some answers need another look."),
        request_id=call.request_id,
        language=call.language,
        problems=problems_of(errors),
    )


def record_refusal(call: Call, refused: Refusal) -> None:
    """Put on record that a request was refused, in a transaction of its own: the Work itself was rolled back."""
    if isinstance(refused, Stale):
        return
    actor = call.actor
    row = event_row(
        call.services.vault,
        datetime.now(UTC),
        "access.refused",
        Outcome.REFUSED,
        actor_id=actor.id if actor else None,
        session_id=actor.session_id if actor else None,
        request_id=call.request_id,
        details={"route": f"{call.method} {call.route}", "code": refused.code},
    )
    call.write_aside([*call.on_refusal, (insert_events(), [row])])


def _call(request: Request, services: Services, entry: Entry) -> Call:
    return Call(
        services=services,
        entry=entry,
        actor=None,
        method=request.method,
        path=request.url.path,
        route=request.scope["route"].path,
        parameters={},
        request_id=request.state.request_id,
        key=request.headers.get("idempotency-key") or None,
        if_match=request.headers.get("if-match") or None,
        language=_language(request, None),
        request=request,
    )


def _language(request: Request, actor: Actor | None) -> str:
    return negotiate(
        actor.language if actor else None, request.cookies.get("lang"), request.headers.get("accept-language")
    )


def _identify(request: Request, services: Services, connection: Connection) -> identify.Found | None:
    """The actor behind a bearer token or a session cookie; None when there is neither, or it is no longer good."""
    now = datetime.now(UTC)
    bearer = request.headers.get("authorization", "")
    cookie = request.cookies.get(services.cookie)
    if not bearer and not cookie:
        return None
    if bearer:
        kind, _, secret = bearer.partition(" ")
        return identify.by_token(connection, secret, now) if kind.lower() == "bearer" else None
    return identify.by_session(connection, cookie or "", now, services.idle)


def _stop_at_the_gate(request: Request, call: Call) -> Response | None:
    """401, then 403 for a foreign origin or a missing permission, then 415; None lets the request in."""
    permission = call.entry.permission
    if permission is not None and call.actor is None:
        return _sign_in_first(call)
    if request.method not in SAFE and not _same_origin(request, call):
        return _say(call, 403, "origin", N_("This request did not come from Amparo's own pages."))
    if permission is not None and call.actor is not None and call.actor.reach(permission) is None:
        raise Denied
    if request.method not in SAFE and _has_body(request) and not _is_json(request):
        return _say(call, 415, "media_type", N_("Send JSON: Content-Type: application/json."))
    call.parameters = dict(request.path_params)
    if any(not _is_uuid(value) for name, value in call.parameters.items() if name.endswith("_id") or name == "id"):
        raise NotFound
    call.parameters = {
        name: UUID(value) if name.endswith("_id") or name == "id" else value for name, value in call.parameters.items()
    }
    return None


def _sign_in_first(call: Call) -> Response:
    if call.entry.page:
        return RedirectResponse(f"/sign-in?next={quote(call.path, safe='/')}", 303)
    response = _say(call, 401, "sign_in", N_("Sign in first."))
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _same_origin(request: Request, call: Call) -> bool:
    """Browsers say where a request comes from; a cookie without that word is refused, a bearer token needs none."""
    if request.headers.get("authorization") and call.actor is not None and call.actor.session_id is None:
        return True
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin is not None:
        return origin == call.services.settings.public_origin
    return request.cookies.get(call.services.cookie) is None


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").split(";")[0].strip().lower() == "application/json"


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _say(call: Call, status: int, code: str, message: str, header: str = "") -> Response:
    return problem(
        status,
        code=code,
        message=message,
        values={"header": header} if header else None,
        request_id=call.request_id,
        language=call.language,
    )


def _worth_retrying(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRY_STATES or (state is None and "locked" in str(error.orig))
