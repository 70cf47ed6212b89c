"""Is the service alive, is it ready, and what can it do? For load balancers, and for programs that read OpenAPI."""

from typing import Any

from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError

from app import revision
from app.access.grants import Permission
from app.errors import Unavailable
from app.web.answers import Open
from app.web.door import Door
from app.work import Work

door = Door(tag="health")
description = Door(tag="description")


@door.get("/healthz", Open.HEALTH)
def alive() -> dict[str, str]:
    """200 when the process answers at all."""
    return {"status": "alive"}


@door.get("/readyz", Open.HEALTH)
def ready(work: Work) -> dict[str, str]:
    """200 when the database is in this program's shape and the keys can be opened; 503, without a reason, otherwise."""
    try:
        shape = revision.current(work.session.connection())
    except SQLAlchemyError:
        raise Unavailable from None
    if shape != revision.head() or not work.vault.is_open():
        raise Unavailable
    return {"status": "ready"}


@description.get("/openapi.json", Permission.ACCOUNT_OWN)
def openapi(work: Work, request: Request) -> dict[str, Any]:
    """This API as OpenAPI 3.1."""
    work.allow(Permission.ACCOUNT_OWN)
    described: dict[str, Any] = request.app.openapi()
    return described
