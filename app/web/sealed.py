"""A server whose root key is not here yet: alive, ready for nobody, and the whole application once it is opened."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

import anyio.to_thread
import orjson
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.config import Settings
from app.crypto import Secret
from app.errors import Sealed
from app.unsealing import Listener
from app.web.assets import Assets, static_base
from app.web.gate import theme_of
from app.web.headers import SecurityHeaders
from app.web.i18n import N_, negotiate, say
from app.web.observing import Observed
from app.web.problems import refusal
from app.web.render import Reader, render

_TITLE: Final = N_("Amparo is locked")


class SealedStart:
    """Answers for the application until somebody opens it; then it is the application, without a restart."""

    def __init__(self, settings: Settings, opening: Callable[[Secret], FastAPI]) -> None:
        """``opening`` gives the application that a secret opens, or raises KeysUnavailable."""
        self._opening = opening
        self._listener = Listener(settings.unsealing, self._open)
        self._answering: ASGIApp = _sealed(settings)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stack = AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._answering(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._loop = asyncio.get_running_loop()
        self._listener.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await anyio.to_thread.run_sync(self._listener.stop)
        await self._stack.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    def _open(self, secret: Secret) -> None:
        """In the listener's thread: what takes time to open must not keep the server from answering."""
        app = self._opening(secret)
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self._begin(app), self._loop).result()
        self._listener.stop()

    async def _begin(self, app: FastAPI) -> None:
        await self._stack.enter_async_context(app.router.lifespan_context(app))
        self._answering = app


def _sealed(settings: Settings) -> ASGIApp:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    app.router.routes.extend(
        (
            Route("/healthz", _alive),
            Route("/readyz", partial(_refused, always_json=True)),
            Mount(static_base(), Assets()),
            Route("/{path:path}", partial(_refused, always_json=False), methods=methods),
        )
    )
    secured = SecurityHeaders(app, tls=settings.secure_cookies, max_body_bytes=settings.max_body_bytes)
    return Observed(secured, log_requests=settings.logs_requests)


async def _alive(_: Request) -> Response:
    return JSONResponse({"status": "alive"})


async def _refused(request: Request, *, always_json: bool) -> Response:
    """503 for every address: a page for people, a problem document for programs, both with what to do."""
    language = negotiate(None, request.cookies.get("lang"), request.headers.get("accept-language"))
    refused = refusal(Sealed(), request_id=request.state.request_id, language=language)
    for_program = always_json or request.url.path.startswith("/api/")
    if for_program or "text/html" not in request.headers.get("accept", ""):
        return refused
    said = orjson.loads(bytes(refused.body))
    page = render(
        "web/error.html",
        Reader(language=language, theme=theme_of(request)),
        status=503,
        title=say(language, _TITLE),
        detail=said["detail"],
        request_id=said["request_id"],
    )
    return Response(page, 503, {"Retry-After": "30"}, media_type="text/html")
