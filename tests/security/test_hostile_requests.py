"""Requests that nobody sends by accident: each is answered by a problem document, none by a failure."""

import http.client
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.access.grants import GRANTS
from app.web.answers import JSON
from tests.security.stage import CALLERS, Target, target
from tests.security.test_routes import hung
from tests.world import CAST

#: Bodies that are no JSON, or that two readers read differently.
BROKEN: dict[str, bytes] = {
    "an open brace": b"{",
    "half a string": b'{"name": "x',
    "something after the end": b'{"name": "x"} {}',
    "a comment": b'{"name": "x"} // why',
    "single quotes": b"{'name': 'x'}",
    "a number that is none": b'{"name": NaN}',
    "infinity": b'{"name": Infinity, "amount": -Infinity}',
    "brackets, 100,000 deep": b"[" * 100_000,
    "brackets, deep and closed": b'{"name": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "objects, deep": b'{"name": ' * 20_000 + b"1" + b"}" * 20_000,
    "a name twice": b'{"name": "x", "name": "y"}',
    "a name twice, written differently": b'{"name": "x", "n\\u0061me": "y"}',
    "half of a pair": b'{"name": "\\ud800"}',
    "halves in the wrong order": b'{"name": "\\udc00\\ud800"}',
    "no UTF-8": b'{"name": "\xff\xfe"}',
    "UTF-8 that is too long": b'{"name": "\xc0\xaf"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "UTF-32": '{"name": "x"}'.encode("utf-32"),
    "a mark of order": b'\xef\xbb\xbf{"name": "x"}',
    "a NUL in the open": b'{"name": "x\0"}',
    "a line in a string": b'{"name": "x\ny"}',
    "a number without end": b'{"name": ' + b"9" * 100_000 + b"}",
    "an octal number": b'{"name": 010}',
    "nothing but space": b"  \r\n ",
}

#: Values for a field that wants something else, as JSON.
STRANGE: dict[str, str] = {
    "nothing": "null",
    "zero": "0",
    "minus zero": "-0.0",
    "2 to the 63": str(2**63),
    "minus 2 to the 63": str(-(2**63)),
    "2 to the 64": str(2**64),
    "beyond all numbers": "1e400",
    "next to nothing": "1e-400",
    "true": "true",
    "a list": "[]",
    "an object": "{}",
    "a list of itself": "[[[[[[[[]]]]]]]]",
    "no words": '""',
    "spaces": '"   "',
    "a NUL": '"x\\u0000y"',
    "from right to left": '"\\u202egnp.exe\\u202c"',
    "nothing to be seen": '"\\u200b\\u200d\\ufeff\\u2060"',
    "a pair": '"\\ud83d\\ude00"',
    "marks on marks": json.dumps("e" + "\u0301" * 500),
    "a very long word": json.dumps("x" * 20_000),
    "the year 0": '"0000-01-01"',
    "the year 9999": '"9999-12-31"',
    "the last moment": '"9999-12-31T23:59:59.999999-23:59"',
    "a day that is none": '"2026-02-30"',
    "negative money": '"-1.00"',
    "money of 2 to the 63": '"92233720368547758.08"',
    "more money": '"' + "9" * 400 + '.00"',
    "money with an exponent": '"1e9"',
    "another script's digits": '"١٢٣"',
    "nobody": '"00000000-0000-0000-0000-000000000000"',
    "everybody": '"ffffffff-ffff-ffff-ffff-ffffffffffff"',
    "SQL": '"\' OR 1=1; --"',
    "a template": '"{{7*7}}${7*7}<%= 7*7 %>"',
    "a path": '"../../../../etc/passwd"',
    "a tag": '"<script>alert(1)</script>"',
    "a formula": "\"=cmd|' /C calc'!A0\"",
    "a header": '"x\\r\\nSet-Cookie: a=b"',
    "a format": '"%s%n%x{0.__class__}"',
}

NOBODY = "00000000-0000-0000-0000-000000000000"
CURSORS = ("", "x", "0", "%00", "%FF%FE", "' OR 1=1 --", "9" * 5000, NOBODY, "%ED%A0%80")
NO_IDS = ("0", "x" * 3000, "%00", "%2e%2e%2f", "..%5c", "%FF", "{}", "-1", "null", NOBODY[:-1])
KEYS = ("", " ", "x" * 10_000, "ñ", "\xff", "' OR 1=1", "a" * 255)
TAGS = ("", "*", "1", '"1', '"x"', 'W/"1"', '"1", "2"', '"' + "9" * 400 + '"', "\xff", '"-1"')


@pytest.fixture(scope="module")
def amparo(sqlite_installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with target(sqlite_installation, tmp_path_factory.mktemp("hostile")) as there:
        yield there


def callers() -> Iterator[tuple[str, str, str | None]]:
    """Every route that takes a body or a query: its method and path, and somebody who may."""
    for name, route, entry in hung():
        if entry.page or entry.takes != JSON or not route.path.startswith("/api"):
            continue  # what takes a form answers as its own standard says: its tests stand with it
        may = (who for who in CALLERS if who and (entry.permission is None or entry.permission in GRANTS[CAST[who][0]]))
        method, path = name.split(" ")
        yield method, path, next(may, None)


class Wire:
    """One connection, which sends what it is told and looks at what comes back."""

    def __init__(self, there: Target) -> None:
        self._there = there
        self._connection = http.client.HTTPConnection(urlsplit(there.address).netloc, timeout=20)
        self.wrong: list[str] = []
        self.sent = 0

    def send(
        self, what: str, method: str, path: str, who: str | None, body: bytes | None = None, **headers: str
    ) -> int:
        """Send it; whatever is not answered by its own kind of document is wrong."""
        told = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
        if (token := self._there.tokens[who]) is not None:
            told.setdefault("Authorization", f"Bearer {token}")
        try:
            self._connection.request(method, path, body, told)
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self.wrong.append(f"{method} {path} with {what}: {error!r}")
            return 0
        self.sent += 1
        if answer.status >= 500 or (answer.status >= 400 and not is_problem(answer, content)):
            self.wrong.append(f"{method} {path} with {what}: {answer.status} {content[:200]!r}")
        return answer.status

    def path(self, path: str) -> str:
        """The path with the first id that leads somewhere, where the stories know one."""
        known = {name: each[0] for name, each in self._there.ids.items()}
        return re.sub(r"{(\w+)}", lambda found: known.get(found[1], NOBODY), path)

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def wire(amparo: Target) -> Iterator[Wire]:
    opened = Wire(amparo)
    yield opened
    opened.close()


def is_problem(answer: http.client.HTTPResponse, content: bytes) -> bool:
    if answer.headers["Content-Type"] != "application/problem+json":
        return False
    document = json.loads(content)
    return document["status"] == answer.status and len(document["detail"]) > 10 and bool(document["code"])


def key_for(number: int) -> dict[str, str]:
    return {"Idempotency_Key": f"hostile-{number}", "If_Match": '"1"'}


def test_what_is_no_json_is_told_so(wire: Wire) -> None:
    routes = [each for each in callers() if each[0] != "GET"]
    for number, (method, path, who) in enumerate(routes):
        # One reader serves every route: some meet everything, each meets something else.
        bodies = list(BROKEN.items()) if number % 9 == 0 else list(BROKEN.items())[number % 6 :: 6]
        for what, body in bodies:
            status = wire.send(what, method, wire.path(path), who, body, **key_for(0))
            if status in (200, 201, 204):
                wire.wrong.append(f"{method} {path} took {what}")
    assert not wire.wrong, "\n".join(wire.wrong)
    assert wire.sent >= 300


def test_strange_values_are_refused_or_taken_and_nothing_breaks(amparo: Target, wire: Wire) -> None:
    description = amparo.world.attorney.get("/openapi.json").json()
    for turn, (method, path, who) in enumerate(callers()):
        content = description["paths"][path][method.lower()].get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            continue
        fields = list(leaves(content["application/json"]["schema"], description))
        for number, (what, value) in list(enumerate(STRANGE.items()))[turn % 2 :: 2]:
            body = one_object([(field, value) for field in fields]).encode()
            wire.send(f"all {what}", method, wire.path(path), who, body, **key_for(number))
    assert not wire.wrong, "\n".join(wire.wrong)
    assert wire.sent >= 700


def leaves(schema: dict[str, object], description: dict[str, object]) -> Iterator[str]:
    """The names of the fields of a body."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        schema = description["components"]["schemas"][name]  # type: ignore[index]  # the document is JSON
    for name in schema.get("properties", {}):  # type: ignore[attr-defined]  # the document is JSON
        yield name


def one_object(pairs: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in pairs) + "}"


def test_queries_and_cursors_from_elsewhere(amparo: Target, wire: Wire) -> None:
    description = amparo.world.attorney.get("/openapi.json").json()
    for method, path, who in callers():
        names = [
            each["name"]
            for each in description["paths"][path][method.lower()].get("parameters", ())
            if each["in"] == "query"
        ]
        for name in names:
            for value in CURSORS:
                quoted = value.replace(" ", "%20").replace("'", "%27")
                wire.send(f"{name}={value[:20]}", method, f"{wire.path(path)}?{name}={quoted}", who)
        if names:
            wire.send(
                "all twice", method, f"{wire.path(path)}?" + "&".join(f"{name}=1&{name}=2" for name in names), who
            )
    assert not wire.wrong, "\n".join(wire.wrong)
    assert wire.sent >= 300


def test_tags_and_keys_that_no_client_makes(wire: Wire) -> None:
    for method, path, who in callers():
        if method == "PATCH":
            for tag in TAGS:
                status = wire.send(f"If-Match {tag[:10]}", method, wire.path(path), who, b"{}", If_Match=tag)
                assert status in (403, 404, 412, 422, 428, 200, 409), f"{path} {tag[:10]}: {status}"
        if method == "POST":
            for value in KEYS:
                wire.send(
                    f"key {value[:10]!r}", method, wire.path(path), who, b'{"no_such_field": 1}', Idempotency_Key=value
                )
    assert not wire.wrong, "\n".join(wire.wrong)


def test_an_empty_key_promises_nothing_and_is_told_so(wire: Wire) -> None:
    body = b'{"name": "Somebody", "kind": "vendor"}'
    assert wire.send("an empty key", "POST", "/api/v1/payees", "attorney", body, Idempotency_Key="") == 428


def test_ids_in_addresses_that_are_none(wire: Wire) -> None:
    for method, path, who in callers():
        if "{" not in path:
            continue
        beginning, _, rest = path.partition("{")
        for id_ in NO_IDS:
            address = beginning + id_ + wire.path(rest.partition("}")[2])
            status = wire.send(id_[:10], method, address, who, None if method == "GET" else b"{}", **key_for(1))
            assert status in (404, 405), f"{method} {address[:80]}: {status}"
    assert not wire.wrong, "\n".join(wire.wrong)


def raw(there: Target, sent: bytes) -> bytes:
    """The first bytes that come back over a bare socket."""
    where = urlsplit(there.address)
    assert where.hostname is not None
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        connection.sendall(sent)
        try:
            return connection.recv(65536)
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "get", "Get", "PROPFIND", "X" * 200, "OPTIONS", "HEAD", "PRI"])
def test_methods_that_are_none(amparo: Target, method: str) -> None:
    answer = raw(amparo, f"{method} /api/v1/partners HTTP/1.1\r\nHost: x\r\nX-Canary: Kanarie\r\n\r\n".encode())
    assert answer.startswith((b"HTTP/1.1 405", b"HTTP/1.1 400", b"HTTP/1.1 404", b"HTTP/1.1 401"))
    assert b"Kanarie" not in answer


BAD_FRAMES = {
    "a length that is none": b"Content-Length: x\r\n\r\n{}",
    "a negative length": b"Content-Length: -1\r\n\r\n{}",
    "two lengths": b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a length and chunks": b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "a chunk that is none": b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "a chunk of 2 to the 64": b"Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n{}\r\n0\r\n\r\n",
    "another coding": b"Transfer-Encoding: gzip\r\n\r\n{}",
    "200 kB of one header": b"X-Long: " + b"x" * 200_000 + b"\r\n\r\n",
    "10,000 headers": b"".join(b"X-%d: y\r\n" % number for number in range(10_000)) + b"\r\n",
    "a folded header": b"X-Fold: a\r\n b\r\nContent-Length: 0\r\n\r\n",
    "a NUL in a header": b"X-Nul: a\0b\r\nContent-Length: 0\r\n\r\n",
    "more than one may send": b"Content-Length: 10485760\r\n\r\n" + b'{"name": "' + b"x" * 1_000_000,
    "a megabyte in chunks": b"Transfer-Encoding: chunked\r\n\r\n"
    + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 20
    + b"0\r\n\r\n",
}


@pytest.mark.parametrize("frame", BAD_FRAMES)
def test_frames_that_lie(amparo: Target, frame: str) -> None:
    token = amparo.tokens["admin"]
    head = f"POST /api/v1/partners HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    head += "Content-Type: application/json\r\n"
    try:
        answer = raw(amparo, head.encode() + BAD_FRAMES[frame])
    except BrokenPipeError:
        return  # it was cut off while it still sent
    assert answer[:12] in (b"", b"HTTP/1.1 400", b"HTTP/1.1 413", b"HTTP/1.1 415", b"HTTP/1.1 422", b"HTTP/1.1 431"), (
        answer[:200]
    )
    if answer.startswith(b"HTTP/1.1 4") and b"problem+json" in answer:
        assert b'"code"' in answer


def test_it_still_works_afterwards(wire: Wire) -> None:
    assert wire.send("nothing", "GET", "/api/v1/session", "attorney") == 200
