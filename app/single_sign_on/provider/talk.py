"""One question to a provider: in time, not too large, to no other address than the one that was asked."""

import ssl
import time
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import httpx2

from app.single_sign_on.rules import Unreachable, Unsound

#: Seconds to connect, to wait for a piece of the answer, and for the whole answer.
TIMES: Final = httpx2.Timeout(4.0, connect=3.0)
WHOLE: Final = 8.0
#: Bytes of an answer. Discovery documents and key sets have a few thousand.
MOST: Final = 256 * 1024


class Bounded(httpx2.BaseTransport):
    """Refuses a redirection, a packed answer, too large a one, and one that trickles."""

    def __init__(self) -> None:
        self._inner = httpx2.HTTPTransport(verify=_trust(), trust_env=False, retries=0)
        self._until = time.monotonic() + WHOLE

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["Accept-Encoding"] = "identity"
        response = self._inner.handle_request(request)
        if response.is_redirect or 300 <= response.status_code < 400:
            response.close()
            raise Unsound("redirected")
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            response.close()
            raise Unsound("packed")
        assert isinstance(response.stream, httpx2.SyncByteStream)
        stream = _Counted(response.stream, self._until)
        return httpx2.Response(response.status_code, headers=response.headers, stream=stream, request=request)

    def close(self) -> None:
        self._inner.close()


class _Counted(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, until: float) -> None:
        self._inner = inner
        self._until = until

    def __iter__(self) -> Iterator[bytes]:
        taken = 0
        for piece in self._inner:
            taken += len(piece)
            if taken > MOST:
                raise Unsound("too_large")
            if time.monotonic() > self._until:
                raise Unreachable
            yield piece

    def close(self) -> None:
        self._inner.close()


@cache
def _trust() -> ssl.SSLContext:
    """The machine's own authorities; read once, because reading them takes longer than asking."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def fetch(address: str) -> dict[str, Any]:
    """The JSON object at an address. Raises Unreachable; Unsound when it is no object or breaks a limit."""
    try:
        with httpx2.Client(transport=Bounded(), timeout=TIMES, trust_env=False) as client:
            response = client.get(address, headers={"Accept": "application/json"})
    except (httpx2.HTTPError, OSError):
        raise Unreachable from None
    if response.status_code != 200:
        raise Unreachable
    try:
        found = response.json()
    except (ValueError, RecursionError):
        raise Unsound("not_json") from None
    if not isinstance(found, dict):
        raise Unsound("not_json")
    return found
