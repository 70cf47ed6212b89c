"""Refusals as problem documents (RFC 9457) in the reader's language. What the person typed is never sent back."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route

from app.errors import (
    Altered,
    Conflict,
    Denied,
    Invalid,
    NotFound,
    NotSignedIn,
    OverBudget,
    Problem,
    Refusal,
    Sealed,
    Stale,
    StepUp,
    TooSoon,
    Unavailable,
)
from app.metrics import REFUSED
from app.web.gate import theme_of
from app.web.i18n import N_, negotiate, say
from app.web.refused_pages import as_page
from app.web.render import Reader

#: Status of each way to say no.
STATUS: Mapping[type[Refusal], int] = {
    NotSignedIn: 401,
    Denied: 403,
    StepUp: 403,
    NotFound: 404,
    Conflict: 409,
    Stale: 412,
    Invalid: 422,
    TooSoon: 429,
    OverBudget: 429,
    Unavailable: 503,
    Sealed: 503,
    Altered: 503,
}

#: What pydantic calls a mistake, and what a person should enter instead.
_SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("required", N_("Enter an answer here.")),
    "extra_forbidden": ("unknown_field", N_("There is no such field. Check its name.")),
    "string_type": ("text", N_("Enter text.")),
    "string_too_short": ("required", N_("Enter an answer here.")),
    "string_too_long": ("too_long", N_("Enter at most {max_length} characters.")),
    "string_pattern_mismatch": ("format", N_("Check how this is written.")),
    "enum": ("choice", N_("Choose one of: {expected}.")),
    "literal_error": ("choice", N_("Choose one of: {expected}.")),
    "int_type": ("whole_number", N_("Enter a whole number.")),
    "int_parsing": ("whole_number", N_("Enter a whole number.")),
    "int_from_float": ("whole_number", N_("Enter a whole number.")),
    "greater_than_equal": ("too_small", N_("Enter {ge} or more.")),
    "less_than_equal": ("too_large", N_("Enter {le} or less.")),
    "greater_than": ("too_small", N_("Enter more than {gt}.")),
    "less_than": ("too_large", N_("Enter less than {lt}.")),
    "bool_type": ("yes_no", N_("Enter true or false.")),
    "bool_parsing": ("yes_no", N_("Enter true or false.")),
    "date_type": ("date", N_("Enter a date as year-month-day, like 2026-03-14.")),
    "date_parsing": ("date", N_("Enter a date as year-month-day, like 2026-03-14.")),
    "date_from_datetime_parsing": ("date", N_("Enter a date as year-month-day, like 2026-03-14.")),
    "date_from_datetime_inexact": ("date", N_("Enter a date as year-month-day, like 2026-03-14.")),
    "datetime_type": ("moment", N_("Enter a time like 2026-03-14T15:00:00Z.")),
    "datetime_parsing": ("moment", N_("Enter a time like 2026-03-14T15:00:00Z.")),
    "datetime_from_date_parsing": ("moment", N_("Enter a time like 2026-03-14T15:00:00Z.")),
    "timezone_aware": ("moment", N_("Enter a time with its zone, like 2026-03-14T15:00:00Z.")),
    "uuid_type": ("id", N_("Enter the id of a record.")),
    "uuid_parsing": ("id", N_("Enter the id of a record.")),
    "model_type": ("object", N_("Send an object with the fields of this form.")),
    "model_attributes_type": ("object", N_("Send an object with the fields of this form.")),
    "dataclass_type": ("object", N_("Send an object with the fields of this form.")),
    "dict_type": ("object", N_("Send an object with the fields of this form.")),
    "list_type": ("list", N_("Send a list.")),
    "too_long": ("too_many", N_("Send at most {max_length}.")),
    "too_short": ("too_few", N_("Send at least {min_length}.")),
}
_OTHERWISE = ("format", N_("Check how this is written."))

#: Values of pydantic's context that are limits of the form, never something that was typed.
_LIMITS = ("max_length", "min_length", "expected", "ge", "le", "gt", "lt")


def problems_of(errors: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """Pydantic's list of errors as problems: pointer, code, sentence, and limits only."""
    return [_problem_of(error) for error in errors]


def _problem_of(error: Mapping[str, Any]) -> Problem:
    where, *rest = error["loc"]  # the first part is ours: body, query or path; a field may have that name too
    location = [str(part) for part in (rest if where in ("body", "query", "path") else error["loc"])]
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in location)
    kind = str(error["type"])
    if "." in kind:  # ours: a PydanticCustomError, whose type is the code and whose text is the msgid
        return Problem(pointer, kind, str(error["msg"]))
    code, message = _SENTENCES.get(kind, _OTHERWISE)
    context = error.get("ctx") or {}
    values = {name: _limit(context[name]) for name in _LIMITS if name in context}
    name = location[-1] if location else "body"
    return Problem(pointer, f"{name}.{code}", message, values)


def _limit(value: Any) -> str | int:
    return value if isinstance(value, int) else str(value).replace("'", "")


def problem(
    status: int,
    *,
    code: str,
    message: str,
    request_id: str,
    language: str,
    values: Mapping[str, str | int] | None = None,
    problems: Sequence[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One problem document; ``errors`` is there when fields are named."""
    REFUSED.labels(code).inc()
    body: dict[str, Any] = {
        "type": f"urn:amparo:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": say(language, message, values),
        "code": code,
        "request_id": request_id,
    }
    if problems:
        body["errors"] = [
            {"pointer": each.pointer, "code": each.code, "message": say(language, each.message, each.values)}
            for each in problems
        ]
    return Response(orjson.dumps(body), status, headers, media_type="application/problem+json")


def refusal(refused: Refusal, *, request_id: str, language: str) -> Response:
    """The problem document of a refusal from below the door."""
    status = next(STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS)
    headers = {"Retry-After": str(getattr(refused, "seconds", 1))} if status in (429, 503) else None
    return problem(
        status,
        code=refused.code,
        message=refused.message,
        values=refused.values,
        request_id=request_id,
        language=language,
        problems=refused.problems if isinstance(refused, Invalid) else (),
        headers=headers,
    )


_PLAIN: Mapping[int, tuple[str, str]] = {
    400: ("request", N_("This request can not be read.")),
    404: ("not_found", N_("There is no such record, or it is not open to you.")),
    405: ("method", N_("This can not be done here.")),
    413: ("too_large", N_("This is too large to be taken.")),
    414: ("too_large", N_("This is too large to be taken.")),
    431: ("too_large", N_("This is too large to be taken.")),
}


def plain_problem(request: Request, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """The problem document of what happens outside every door, by its status alone."""
    code, message = _PLAIN.get(status, ("internal", N_("Something went wrong here. Nothing was changed.")))
    language = _language(request)
    return problem(
        status, code=code, message=message, request_id=request.state.request_id, language=language, headers=headers
    )


def for_people(request: Request, refused: Response) -> Response:
    """The same as a page where somebody opened an address that is none; as it is for programs and scripts."""
    if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        return refused
    return as_page(refused, Reader(language=_language(request), theme=theme_of(request)))


def _language(request: Request) -> str:
    return negotiate(None, request.cookies.get("lang"), request.headers.get("accept-language"))


def _methods_at(request: Request) -> str:
    """Every method that is taken at this address: the route that refused it knows only its own.

    A literal address wins over one with an id in its place.
    """
    scope, here = request.scope, [route for route in request.app.routes if isinstance(route, Route)]
    matching = [route for route in here if route.matches(scope)[0] is not Match.NONE]
    fewest = min((len(route.param_convertors) for route in matching), default=0)
    offered = {method for route in matching if len(route.param_convertors) == fewest for method in route.methods or ()}
    return ", ".join(sorted(offered))


def hang_problems(app: FastAPI) -> None:
    """Answer an unknown path, a wrong method, a body too large and any failure outside a door the same way."""

    async def plain(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            headers = {"Allow": _methods_at(request)} if error.status_code == 405 else error.headers
            return for_people(request, plain_problem(request, error.status_code, headers))
        return for_people(request, plain_problem(request, 500))

    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(Exception, plain)
