"""Builds the application: hangs every door, nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI

from app.config import Settings
from app.crypto import harden_process
from app.db import open_database
from app.installation import open_vault
from app.partners import api as partners
from app.staff import api as staff
from app.staff import pages as staff_pages
from app.web import health, logs
from app.web.assets import Assets, static_base
from app.web.door import Door
from app.web.headers import SecurityHeaders
from app.web.problems import hang_problems
from app.web.services import Services

API = "/api/v1"

#: Every door over REST and every door of pages. A room that is not here has no door.
API_DOORS: tuple[Door, ...] = (staff.sessions, staff.staff, partners.door)
PAGE_DOORS: tuple[Door, ...] = (staff_pages.door,)


def build(services: Services) -> FastAPI:
    """The application over open services. Its description is at ``/api/v1/openapi.json``, for signed-in people."""
    app = FastAPI(
        title="Amparo",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        separate_input_output_schemas=False,
    )
    app.state.services = services
    for door in API_DOORS:
        app.include_router(door.router, prefix=API, max_body_size=services.settings.max_body_bytes)
    app.include_router(health.description.router, prefix=API)
    for door in (*PAGE_DOORS, health.door):
        app.include_router(door.router)
    app.mount(static_base(), Assets(), name="static")
    hang_problems(app)
    app.add_middleware(
        SecurityHeaders, tls=services.settings.secure_cookies, max_body_bytes=services.settings.max_body_bytes
    )
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    # One bounded crowd of threads: more would only wait for the same few connections.
    anyio.to_thread.current_default_thread_limiter().total_tokens = services.settings.threads
    try:
        yield
    finally:
        services.database.engine.dispose()
        services.vault.close()


def open_services(settings: Settings) -> Services:
    """Open what every request shares. Raises UnsafeSettings or KeysUnavailable: the service does not start."""
    settings.check()
    logs.configure()
    harden_process()
    return Services(settings, open_database(settings), open_vault(settings))


def from_environment() -> FastAPI:
    """What a server process runs: ``uvicorn --factory app.main:from_environment``."""
    return build(open_services(Settings()))
