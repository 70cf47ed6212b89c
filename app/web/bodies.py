"""A body as JSON, strictly: what two readers might read differently, or no database can keep, is not taken."""

import itertools
import json
import math
import re
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError

from app.web.i18n import N_

NUL: Final = N_("Take out the character NUL. No text may hold it.")
_SAID: Final = {"text.nul": NUL, "text.half": N_("Take out the broken character. No text can hold it.")}
#: NUL and halves of a pair, as JSON writes them; and such a half as it stands in a text.
_UNKEPT: Final = re.compile(rb"\\u(0000|[dD][89a-fA-F])")
_HALF: Final = re.compile("[\ud800-\udfff]")

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
        value = json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_no_number, parse_float=_finite)
    except ValueError:
        raise RequestValidationError([{"type": "json_invalid", "loc": ("body",)}]) from None
    if _UNKEPT.search(body) and (found := _unkept(value)) is not None:
        place, kind = found
        raise RequestValidationError([{"type": kind, "loc": ("body", *place), "msg": _SAID[kind]}])
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


def _no_number(_text: str) -> float:
    """NaN and Infinity, which Python would take and JSON does not know."""
    raise ValueError("no number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("beyond all numbers")
    return number


def _unkept(value: Any, place: tuple[str | int, ...] = ()) -> tuple[tuple[str | int, ...], str] | None:
    """Where the first text stands that no database keeps, and why; a name is told by what it is a part of."""
    if isinstance(value, str):
        kind = "text.nul" if "\0" in value else "text.half" if _HALF.search(value) else ""
        return (place, kind) if kind else None
    names: Any = ()
    parts: Any = ()
    if isinstance(value, dict):
        names, parts = value, value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    inside = (_unkept(each, (*place, name)) for name, each in parts)
    found = itertools.chain((_unkept(name, place) for name in names), inside)
    return next((each for each in found if each is not None), None)
