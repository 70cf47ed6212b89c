"""Where a request comes in, and where every way to say no becomes an answer."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from urllib.parse import quote

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from app.audit.actions import event_row, insert_events
from app.audit.rules import Outcome
from app.crypto import Unopenable
from app.errors import Altered, NotFound, Refusal, Stale, TooWeak
from app.metrics import ALTERED
from app.web.answers import Entry
from app.web.bodies import read
from app.web.call import Busy, Call, Missing
from app.web.gate import SAFE, Shut, language_of, theme_of
from app.web.i18n import N_
from app.web.problems import problem, problems_of, refusal
from app.web.refused_pages import as_page
from app.web.services import Services

log = structlog.get_logger()

#: Where somebody is sent whose sign-in is too weak for their roles: there they can make it stronger.
STRONGER = "/account/ways"


async def enter(request: Request, entry: Entry, inside: Callable[[], Awaitable[Response]]) -> Response:
    """Let the request in, or answer why not: a page's visitor with a page, everybody else with a problem document."""
    response = await _let_in(request, entry, inside)
    if not entry.page or response.status_code < 400 or response.media_type == "text/html":
        return response
    return await run_in_threadpool(as_page, response, request.scope["amparo.call"].reader())


async def _let_in(request: Request, entry: Entry, inside: Callable[[], Awaitable[Response]]) -> Response:
    """The request's own answer, or the refusal. No body has been read when 401 or 403 is answered."""
    services: Services = request.app.state.services
    call = _call(request, services, entry)
    try:
        request.scope["amparo.call"] = call
        # A request without a body is let in where its Work opens: one thread hop, one connection.
        if request.method not in SAFE:
            await run_in_threadpool(call.admit_first)
        return await inside()
    except Shut as shut:
        return _shut(call, shut)
    except Refusal as refused_inside:
        await run_in_threadpool(record_refusal, call, refused_inside)
        if entry.page and isinstance(refused_inside, TooWeak):
            return RedirectResponse(STRONGER, 303)
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


async def refuse_fields(request: Request) -> None:
    """Refuse what is sent to a verb that takes no words: a field that nobody reads is a misunderstanding.

    Raises RequestValidationError, like a form would; an empty body or an empty object is as good as none.
    """
    if request.method in SAFE or not (body := await request.body()):
        return
    sent = read(body)
    if not isinstance(sent, dict):
        raise RequestValidationError([{"type": "model_type", "loc": ("body",)}])
    if sent:
        raise RequestValidationError([{"type": "extra_forbidden", "loc": ("body", name)} for name in sent])


async def invalid(request: Request, error: RequestValidationError) -> Response:
    """A body or query that can not be taken: what comes before 422 first, then each problem with its pointer."""
    call: Call = request.scope["amparo.call"]
    errors = error.errors()
    await run_in_threadpool(call.admit_first)
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
    details = {"route": f"{call.method} {call.route}", "code": refused.code}
    if isinstance(refused, Altered):
        log.error("rows.altered", request_id=call.request_id, route=call.route, table=refused.table)
        ALTERED.labels(refused.table).inc()
        details["table"] = refused.table
    row = event_row(
        call.services.vault,
        datetime.now(UTC),
        "rows.altered" if isinstance(refused, Altered) else "access.refused",
        Outcome.REFUSED,
        actor_id=actor.id if actor else None,
        session_id=actor.session_id if actor else None,
        object_id=refused.id if isinstance(refused, Altered) else None,
        request_id=call.request_id,
        details=details,
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
        key=request.headers.get("idempotency-key"),
        if_match=request.headers.get("if-match") or None,
        language=language_of(request, None),
        theme=theme_of(request),
        packs=entry.packs and "gzip" in request.headers.get("accept-encoding", ""),
        request=request,
    )


def _shut(call: Call, shut: Shut) -> Response:
    """What the gate says; a page's visitor who is not signed in is sent to where one signs in."""
    if shut.status == 401 and call.entry.page:
        return RedirectResponse(f"/sign-in?next={quote(call.path, safe='/')}", 303)
    response = _say(call, shut.status, shut.code, shut.message)
    if shut.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if shut.wait:
        response.headers["Retry-After"] = str(shut.wait)
    return response


def _say(call: Call, status: int, code: str, message: str, header: str = "") -> Response:
    return problem(
        status,
        code=code,
        message=message,
        values={"header": header} if header else None,
        request_id=call.request_id,
        language=call.language,
    )
