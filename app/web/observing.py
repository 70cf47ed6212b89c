"""Each request seen from outside: counted and timed by the pattern of its address, and one line in the log.

The pattern (``/cases/{case_id}``) and never the path, because ids belong to people; no query, no account, no address.
"""

from time import perf_counter
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.metrics import REQUESTS, SECONDS

log = structlog.get_logger()

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})


class Observed:
    """The outermost layer: what it does not see did not happen."""

    def __init__(self, app: ASGIApp, *, log_requests: bool) -> None:
        self._app = app
        self._log_requests = log_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._note(scope, status, perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        REQUESTS.labels(method, route, f"{status // 100}xx").inc()
        SECONDS.labels(route).observe(seconds)
        if self._log_requests:
            log.info(
                "request",
                request_id=scope.get("state", {}).get("request_id"),
                route=route,
                method=method,
                status=status,
                milliseconds=round(seconds * 1000, 1),
            )


def route_of(scope: Scope) -> str:
    """The pattern that the address matched; ``static`` for files, ``none`` for an address that is none."""
    route = scope.get("route")
    if route is not None:
        return str(route.path)
    return "static" if scope["path"].startswith("/static/") else "none"
