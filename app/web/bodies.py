"""A body as JSON, strictly: what two readers might read differently, or no database can keep, is not taken."""

import json
import re
from typing import Any, Final

import orjson
from fastapi import Request
from fastapi.exceptions import RequestValidationError

from app.web.i18n import N_

NUL = N_("Take out the character NUL. No text may hold it.")

#: Levels of JSON that are read; the forms have four.
DEEPEST: Final = 32
#: Brackets, and texts as a whole, whose brackets do not count.
_SIGNS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"?|[][{}]', re.DOTALL)


class _Taken(Request):
    """A request whose body has been read."""

    def __init__(self, request: Request, body: bytes, value: Any) -> None:
        super().__init__(request.scope)
        self._bytes = body
        self._value = value

    async def body(self) -> bytes:
        return self._bytes

    async def json(self) -> Any:
        return self._value


async def take(request: Request) -> Request:
    """The request with its JSON read; as it came where it has no body, or one that is no JSON.

    Raises RequestValidationError.
    """
    if not request.headers.get("content-type", "").lower().startswith("application/json"):
        return request
    body = await request.body()
    return _Taken(request, body, read(body)) if body else request


def read(body: bytes) -> Any:
    """JSON to the letter (RFC 8259) in UTF-8, with every name once. Raises RequestValidationError."""
    try:
        # A parser follows each step down. Most bodies have fewer brackets than that, whatever stands in their texts.
        if body.count(b"{") + body.count(b"[") > DEEPEST and _deeper(body, DEEPEST):
            raise ValueError("too deep")
        # No NaN, no half of a pair, no broken UTF-8.
        orjson.loads(body)
        value = json.loads(body, object_pairs_hook=_object)
    except ValueError:
        raise RequestValidationError([{"type": "json_invalid", "loc": ("body",)}]) from None
    if rb"\u0000" in body and _has_nul(value):
        raise RequestValidationError([{"type": "text.nul", "loc": ("body",), "msg": NUL}])
    return value


def _deeper(body: bytes, most: int) -> bool:
    depth = 0
    for sign in _SIGNS.findall(body):
        depth += 1 if sign in b"{[" else -1 if sign in b"}]" else 0
        if depth > most:
            return True
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in name or _has_nul(each) for name, each in value.items())
    return isinstance(value, list) and any(map(_has_nul, value))
