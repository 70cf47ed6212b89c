"""Is the service alive, is it ready, how does it do, and what can it do? For load balancers, monitors and programs."""

import hmac
from ipaddress import ip_address
from typing import Annotated, Any, Final

from fastapi import Body, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from app import metrics, revision
from app.access.grants import Permission
from app.errors import Unavailable
from app.web.answers import Bytes, Open
from app.web.door import Door
from app.web.headers import CONTENT_SECURITY_POLICY, REPORTS
from app.web.services import Services
from app.work import Work

door = Door(tag="health")
description = Door(tag="description")

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
#: A proxy says by one of these that it passes on what somebody else asked.
_PASSED_ON: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_REPORTS: Final = "application/reports+json"
#: The directives that there are; a browser, or whoever speaks like one, can add no label.
_DIRECTIVES: Final = frozenset(each.split()[0] for each in CONTENT_SECURITY_POLICY.split("; "))
#: Reports that are counted of one letter of a browser's; it sends a few at a time.
_MOST_REPORTS: Final = 50


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


@door.get("/metrics", Open.HEALTH)
def figures(request: Request) -> Bytes:
    """Figures for Prometheus, for whoever asks on this machine or has the token; for everybody else there is no such
    address."""
    services: Services = request.app.state.services
    if not (_on_this_machine(request) or _has_token(request, services.settings.metrics_token)):
        raise HTTPException(404)
    pool = services.database.engine.pool
    metrics.CONNECTIONS.labels("in_use").set(getattr(pool, "checkedout", int)())
    metrics.CONNECTIONS.labels("most").set(services.settings.pool_size)
    return Bytes(metrics.exposed(), metrics.MEDIA_TYPE)


@door.post(REPORTS, Open.REPORT, writes=False, takes=_REPORTS)
def count_violations(reports: Annotated[Any, Body(media_type=_REPORTS)] = None) -> None:
    """What the policy kept from a page, as browsers report it: counted by directive. Nothing of the report is kept,
    because its addresses name records."""
    for report in reports[:_MOST_REPORTS] if isinstance(reports, list) else ():
        about = report.get("body") if isinstance(report, dict) else None
        named = about.get("effectiveDirective") if isinstance(about, dict) else None
        # script-src-elem and script-src-attr are kinds of script-src.
        name = str(named).removesuffix("-elem").removesuffix("-attr")
        metrics.VIOLATIONS.labels(name if name in _DIRECTIVES else "other").inc()


@description.get("/openapi.json", Permission.ACCOUNT_OWN)
def openapi(work: Work, request: Request) -> dict[str, Any]:
    """This API as OpenAPI 3.1."""
    work.allow(Permission.ACCOUNT_OWN)
    described: dict[str, Any] = request.app.openapi()
    return described


def _on_this_machine(request: Request) -> bool:
    """Whether the request came from this very machine and by no proxy of it, whose callers are anybody."""
    host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    if host not in _LOOPBACK or any(name in request.headers for name in _PASSED_ON):
        return False
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _has_token(request: Request, token: str | None) -> bool:
    kind, _, sent = request.headers.get("authorization", "").partition(" ")
    return token is not None and kind.lower() == "bearer" and hmac.compare_digest(sent.encode(), token.encode())
