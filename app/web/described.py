"""The API's own description (OpenAPI 3.1): what each route asks of a caller, and every way in which it may refuse.

FastAPI describes bodies, queries and views. What the door adds around every endpoint it can not know; it is read here
from the same `Entry` by which the door acts, so that the two can not tell different stories.
"""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI

from app.access.grants import Permission
from app.web.answers import JSON, MULTIPART, Bytes, Entry
from app.web.door import DoorRoute
from app.web.gate import SAFE

PROBLEM: Final[Mapping[str, Any]] = {
    "type": "object",
    "title": "Problem",
    "description": "A refusal (RFC 9457), in the reader's language. What was sent is never sent back.",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "urn:amparo:problem: and the code"},
        "title": {"type": "string", "description": "the status in words"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "a sentence for the person"},
        "code": {"type": "string", "description": "stable, for programs"},
        "request_id": {"type": "string", "description": "the same as in the header X-Request-Id and in the record"},
        "errors": {
            "type": "array",
            "description": "there when fields of the body or of the query are named",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "a JSON pointer into what was sent"},
                    "code": {"type": "string"},
                    "message": {"type": "string", "description": "what to enter instead"},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}

#: Why each status comes, in words.
REASONS: Final[Mapping[int, str]] = {
    400: "The body is not JSON.",
    401: "Nobody is signed in, or what was shown is no longer good.",
    403: "The role does not allow it, or a cookie was sent from a foreign page, or two people are needed.",
    404: "There is no such record, or it is not open to the caller: the two look the same.",
    409: "The record's present state does not allow it.",
    412: "Somebody else changed the record: `If-Match` no longer holds.",
    413: "The body is too large.",
    415: "The body is not declared as JSON.",
    422: "What was sent can not be taken; each field that is wrong is named.",
    428: "A header that this call needs is missing.",
    429: "Too often in too short a time: wait for `Retry-After`.",
    500: "Something broke here, or a sealed field does not open. Nothing was changed.",
    503: "The service is busy: try again after `Retry-After`.",
}

_WAIT = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "string", "pattern": "^[0-9]+$"}}}

_SCHEMES: Final[Mapping[str, Any]] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token: a person's own, or a program's. Needs neither Origin nor Sec-Fetch-Site.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "description": "A browser's session. Unsafe methods need Sec-Fetch-Site: same-origin, or else our Origin.",
    },
}


class Described(FastAPI):
    """The application, whose description tells the whole truth about its doors."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if self.openapi_schema is None:
            described = super().openapi()
            _complete(described, self)
            self.openapi_schema = described
        return self.openapi_schema


def _complete(described: dict[str, Any], app: FastAPI) -> None:
    components = described.setdefault("components", {})
    cookie = app.state.services.cookie
    components["securitySchemes"] = {name: dict(scheme) for name, scheme in _SCHEMES.items()}
    components["securitySchemes"]["session"]["name"] = cookie
    components["responses"] = {f"Refused{status}": _refused(status) for status in REASONS}
    components["responses"] |= {f"Standard{status}": _by_standard(status) for status in (400, 401)}
    schemas = components["schemas"]
    schemas["Problem"] = dict(PROBLEM)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for route in app.routes:
        if isinstance(route, DoorRoute) and route.include_in_schema:
            for method in route.methods or ():
                _tell(described["paths"][route.path_format][method.lower()], route, method)


def _refused(status: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": REASONS[status],
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    return answer | ({"headers": _WAIT} if status in (429, 503) else {})


def _by_standard(status: int) -> dict[str, Any]:
    """For what takes a form, because a standard says so, and refuses in that standard's own words (RFC 6749)."""
    refused = _refused(status)
    error = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
    return refused | {"content": refused["content"] | {"application/json": {"schema": error}}}


def _tell(operation: dict[str, Any], route: DoorRoute, method: str) -> None:
    entry: Entry = route.endpoint.entry  # type: ignore[attr-defined]  # set by Door on every endpoint
    answers: dict[str, Any] = operation["responses"]
    answers.pop("422", None)
    if inspect.signature(inspect.unwrap(route.endpoint)).return_annotation is Bytes:
        answers[str(route.status_code)]["content"] = {"*/*": {}}
    declared = {int(status) for status in answers if status.startswith("4")}
    for status in sorted({*_refusals(operation, entry, method), *declared}):
        kind = "Standard" if entry.takes not in (JSON, MULTIPART) and status in (400, 401) else "Refused"
        answers[str(status)] = {"$ref": f"#/components/responses/{kind}{status}"}
    operation["security"] = [{"token": []}, {"session": []}] if entry.permission is not None else []
    if headers := list(_headers(entry, method)):
        operation["parameters"] = [*operation.get("parameters", ()), *headers]


def _refusals(operation: Mapping[str, Any], entry: Entry, method: str) -> Iterator[int]:
    """With which statuses the door, or what stands behind it, may refuse."""
    yield from (500, 503)
    parameters = operation.get("parameters", ())
    if entry.permission is not None:
        yield from (401, 403, 429)
    if any(each["in"] == "path" for each in parameters):
        yield 404
    if any(each["in"] == "query" for each in parameters):
        yield 422
    if method in SAFE:
        # A filter may name a record that the caller does not reach.
        yield from (404,) if any(each["name"].endswith("_id") for each in parameters) else ()
        return
    yield from (400, 403, 404, 409, 413, 415, 422, 429)
    if not isinstance(entry.may, Permission):
        yield 401
    if entry.needs_match or _takes_key(entry, method):
        yield 428
    if entry.needs_match:
        yield 412


def _takes_key(entry: Entry, method: str) -> bool:
    return method == "POST" and entry.writes and entry.permission is not None


def _headers(entry: Entry, method: str) -> Iterator[dict[str, Any]]:
    if _takes_key(entry, method):
        yield _header("Idempotency-Key", "The same key and body give the first answer again.", required=entry.needs_key)
    if entry.needs_match:
        yield _header("If-Match", "The `ETag` of the record as it was read.", required=True)


def _header(name: str, description: str, *, required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": {"type": "string", "minLength": 1},
    }
