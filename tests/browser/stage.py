"""A stage for pages: the real templates, scripts and headers, before an API that answers what a test tells it to."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from playwright.sync_api import ConsoleMessage, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from app.web.assets import Assets, static_base
from app.web.headers import SecurityHeaders
from app.web.render import Reader, render

INTAKE_WORKER = Reader(
    name="Inés Prado",
    email="ines@example.org",
    roles=("intake_worker",),
    permissions=frozenset({"application.create", "application.read", "application.decide"}),
    partner="Front Range Legal Aid",
    demo=True,
)


@dataclass(frozen=True, slots=True)
class Heard:
    """One call that the API got."""

    method: str
    path: str
    body: Any
    headers: dict[str, str]


@dataclass(slots=True)
class Stage:
    """Pages by path, answers by ``"METHOD /path"`` (each used once, in order), and everything that was heard."""

    pages: dict[str, Callable[[], str]] = field(default_factory=dict)
    answers: dict[str, list[tuple[int, Any, dict[str, str]]]] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    address: str = ""

    def show(self, path: str, template: str, reader: Reader, **view: object) -> str:
        """Put a page on a path and give its address."""
        self.pages[path] = lambda: render(template, reader, **view)
        return self.address + path

    def answer(self, call: str, status: int, body: Any = None, **headers: str) -> None:
        """What the next such call gets; calls without an answer left get 200 with an empty object."""
        self.answers.setdefault(call, []).append((status, body, headers))

    def clear(self) -> None:
        """Forget pages, answers and calls: the next test begins."""
        self.pages.clear()
        self.answers.clear()
        self.heard.clear()

    def calls(self, call: str) -> list[Heard]:
        return [each for each in self.heard if f"{each.method} {each.path}" == call]

    async def api(self, request: Request) -> Response:
        raw = await request.body()
        body = await request.json() if raw else None
        self.heard.append(Heard(request.method, request.url.path, body, dict(request.headers)))
        waiting = self.answers.get(f"{request.method} {request.url.path}")
        status, answer, headers = waiting.pop(0) if waiting else (200, {}, {})
        return JSONResponse(answer, status, {name.replace("_", "-"): value for name, value in headers.items()})

    async def page(self, request: Request) -> Response:
        made = self.pages.get(request.url.path)
        return HTMLResponse(made()) if made else HTMLResponse("<!doctype html><title>There</title>", 200)


@contextmanager
def raised() -> Iterator[Stage]:
    """A stage that listens on loopback until the block ends."""
    stage = Stage()
    routes = [
        Mount(static_base(), Assets()),
        Route("/api/{rest:path}", stage.api, methods=["GET", "POST", "PATCH", "PUT", "DELETE"]),
        Route("/{rest:path}", stage.page),
    ]
    application = SecurityHeaders(Starlette(routes=routes), tls=False, max_body_bytes=1_000_000)
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="error", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            threading.Event().wait(0.01)
        stage.address = f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
        yield stage
    finally:
        server.should_exit = True
        thread.join()


def listen(page: Page) -> list[str]:
    """Everything a page complains about: errors of scripts, refusals of the security policy, failed loads of files."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # A refused API call and a lost connection are logged by the browser as errors; that the page copes with them is
        # what tests look at.
        meant = "/api/" in message.location.get("url", "") or "ERR_INTERNET_DISCONNECTED" in message.text
        if message.type == "error" and not meant:
            complaints.append(f"{message.text} {message.location.get('url', '')}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints
