"""Security headers and a request id on every response of every status: plain ASGI, because a middleware costs nothing
there and half the throughput as ``BaseHTTPMiddleware``."""

import re
from collections.abc import Iterable
from typing import Final
from uuid import uuid4

import structlog
from starlette.datastructures import Headers
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.problems import plain_problem
from app.web.replies import SANDBOX

log = structlog.get_logger()

#: Where browsers tell what the policy kept from a page (`app.web.health`).
REPORTS: Final = "/csp-reports"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'; report-to csp"
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "Reporting-Endpoints": f'csp="{REPORTS}"',
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

TWO_YEARS = "max-age=63072000; includeSubDomains"

#: Bytes of an address with its query, and of all headers together. The server's parser has no limit of its own.
LONGEST_ADDRESS: Final = 8_192
MOST_HEADERS: Final = 32_768
#: Where documents are handed in, and bytes of such a request beside the document itself.
UPLOADS: Final = re.compile(r"/api/v1/(?:cases|applications)/[0-9a-f-]{36}/documents")
_AROUND: Final = 65_536
_SANDBOXED: Final = (b"content-security-policy", SANDBOX.encode())


class SecurityHeaders:
    """Set the headers, and give the request an id that the answer, the record and the log share.

    An id that came with the request is not taken: whoever sends one could make two acts look like one.
    """

    def __init__(self, app: ASGIApp, *, tls: bool, max_body_bytes: int, max_document_bytes: int = 0) -> None:
        self._app = app
        self._max_upload = max(max_document_bytes + _AROUND, max_body_bytes)
        self._counted_upload = RequestBodyLimitMiddleware(app, max_body_size=self._max_upload)
        self._counted = RequestBodyLimitMiddleware(app, max_body_size=max_body_bytes)
        self._max_body_bytes = max_body_bytes
        headers = SECURITY_HEADERS | ({"Strict-Transport-Security": TWO_YEARS} if tls else {})
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._names = {name for name, _ in self._headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = self._secured(message.get("headers", ()), request_id)
            await send(message)

        if refused := self._too_large(scope):
            # Not one byte of its body is read.
            await plain_problem(Request(scope), refused)(scope, receive, send_with_headers)
            return
        # A body without a declared length is counted as it comes.
        counted = self._counted_upload if _uploads(scope) else self._counted
        app = counted if "transfer-encoding" in Headers(scope=scope) else self._app
        try:
            await app(scope, receive, send_with_headers)
        except Exception as error:
            # Past every door: what is answered above this layer would go without these headers.
            if begun:
                raise
            log.error("request.failed", request_id=request_id, error=type(error).__name__)  # noqa: TRY400 - a traceback may quote data
            await plain_problem(Request(scope), 500)(scope, receive, send_with_headers)

    def _too_large(self, scope: Scope) -> int:
        """The status that refuses this request by its size alone; 0 lets it in."""
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
            return 414
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADERS:
            return 431
        declared = Headers(scope=scope).get("content-length", "0")
        most = self._max_upload if _uploads(scope) else self._max_body_bytes
        return 413 if not declared.isdigit() or int(declared) > most else 0

    def _secured(self, given: Iterable[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
        given = list(given)
        headers = [header for header in given if header[0] not in self._names]
        if sandboxed := [header for header in given if header == _SANDBOXED]:
            # Stricter than the pages' own, for what a stranger has made; no other policy takes its place.
            own = [each for each in self._headers if each[0] != _SANDBOXED[0]]
            return [*headers, *sandboxed, *own, (b"cache-control", b"no-store"), (b"x-request-id", request_id.encode())]
        if not any(name == b"cache-control" for name, _ in headers):
            headers.append((b"cache-control", b"no-store"))
        return [*headers, *self._headers, (b"x-request-id", request_id.encode())]


def _uploads(scope: Scope) -> bool:
    return scope["method"] == "POST" and UPLOADS.fullmatch(scope["path"]) is not None
