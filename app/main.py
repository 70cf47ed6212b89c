"""Builds the application: hangs every door, nothing else."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial

import anyio.to_thread
from fastapi import FastAPI

from app.agreements import api as agreements
from app.agreements import pages as agreement_pages
from app.applicants import api as applicants
from app.audit.sealing import Checkpointer, Sealer, places_of, seals_file
from app.authenticators import api as authenticators
from app.authenticators import pages as authenticator_pages
from app.backups.reads.unfinished import refuse_unfinished
from app.batches import api as batches
from app.batches import pages as batch_pages
from app.bonds import api as bonds
from app.bonds import pages as bond_pages
from app.break_glass import api as break_glass
from app.break_glass import pages as break_glass_pages
from app.cases import api as cases
from app.cases import pages as case_pages
from app.clients import api as clients
from app.clients import pages as client_pages
from app.config import Environment, Settings
from app.conflicts import api as conflicts
from app.conflicts import pages as conflict_pages
from app.crypto import KeysSealed, KeysUnavailable, Secret, harden_process
from app.db import open_database
from app.desk import api as desk
from app.desk import pages as desk_pages
from app.disbursements import api as disbursements
from app.disbursements import pages as disbursement_pages
from app.documents import api as documents
from app.documents import pages as document_pages
from app.documents.actions import Keeper
from app.eligibility.reads import library
from app.fees import api as fees
from app.fees import pages as fee_pages
from app.funds import api as funds
from app.funds import pages as fund_pages
from app.installation import open_vault
from app.intake import api as intake
from app.intake import pages as intake_pages
from app.machine import working
from app.oversight import api as oversight
from app.oversight import pages as oversight_pages
from app.partners import api as partners
from app.partners import pages as partner_pages
from app.policing import refuse_who_is_not_bound
from app.reports import api as reports
from app.reports import pages as report_pages
from app.retention import api as retention
from app.retention import pages as retention_pages
from app.retention.reads.schedule import schedule
from app.single_sign_on import api as single_sign_on
from app.single_sign_on import pages as single_sign_on_pages
from app.staff import api as staff
from app.staff import pages as staff_pages
from app.statements import api as statements
from app.statements import pages as statement_pages
from app.web import health, logs
from app.web.assets import Assets, static_base
from app.web.described import Described
from app.web.door import Door, DoorRoute
from app.web.headers import SecurityHeaders
from app.web.observing import Observed
from app.web.problems import hang_problems
from app.web.sealed import SealedStart
from app.web.services import Services

API = "/api/v1"

#: Every door over REST and every door of pages. A room that is not here has no door.
API_DOORS: tuple[Door, ...] = (
    # Before the sessions' own door, whose address takes an id where this one says "ways".
    authenticators.ways_door,
    authenticators.door,
    authenticators.app_door,
    authenticators.codes_door,
    authenticators.resets_door,
    staff.sessions,
    single_sign_on.federated,
    single_sign_on.identities_door,
    single_sign_on.door,
    staff.staff,
    clients.oauth,
    clients.clients,
    clients.tokens,
    partners.door,
    applicants.door,
    conflicts.door,
    intake.door,
    intake.overrides,
    cases.cases,
    cases.assignments,
    cases.hearings,
    cases.deadlines,
    cases.calendar,
    fees.door,
    fees.cases,
    desk.door,
    desk.fees,
    break_glass.door,
    funds.funds,
    funds.payees,
    funds.awards,
    funds.programmes,
    funds.transfers,
    disbursements.door,
    disbursements.funds,
    disbursements.awards,
    batches.door,
    statements.door,
    agreements.agreements,
    agreements.door,
    bonds.door,
    reports.door,
    documents.cases,
    documents.applications,
    documents.door,
    retention.holds_door,
    retention.door,
    oversight.door,
    oversight.reviews,
    oversight.staff,
)
PAGE_DOORS: tuple[Door, ...] = (
    agreement_pages.door,
    authenticator_pages.door,
    staff_pages.door,
    single_sign_on_pages.door,
    client_pages.door,
    partner_pages.door,
    intake_pages.door,
    conflict_pages.door,
    break_glass_pages.door,
    case_pages.door,
    fee_pages.door,
    desk_pages.door,
    document_pages.door,
    fund_pages.door,
    disbursement_pages.door,
    batch_pages.door,
    statement_pages.door,
    bond_pages.door,
    report_pages.door,
    retention_pages.door,
    oversight_pages.door,
)

#: All of them, by where they hang.
DOORS: tuple[tuple[str, tuple[Door, ...]], ...] = (
    (API, (*API_DOORS, health.description)),
    ("", (*PAGE_DOORS, health.door, clients.discovery)),
)


@cache
def _routes() -> tuple[DoorRoute, ...]:
    """Every route, made once in a process: a route knows no application, and its form takes milliseconds to read.

    Hung one by one: an included router would match each request a second time inside.
    """
    return tuple(route for base, doors in DOORS for door in doors for route in door.routes(base))


def build(services: Services, *, sealing: bool = True) -> FastAPI:
    """The application over open services; while it serves, it seals the record unless ``sealing`` is off."""
    app = Described(
        title="Amparo",
        redirect_slashes=False,  # where to is taken from Host, which anybody may write
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        separate_input_output_schemas=False,
    )
    app.state.services = services
    app.state.sealing = sealing
    app.router.routes.extend(_routes())
    app.mount(static_base(), Assets(), name="static")
    hang_problems(app)
    app.add_middleware(
        SecurityHeaders,
        tls=services.settings.secure_cookies,
        max_body_bytes=services.settings.max_body_bytes,
        max_document_bytes=services.settings.max_document_bytes,
    )
    app.add_middleware(Observed, log_requests=services.settings.logs_requests)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    # One bounded crowd of threads: more would only wait for the same few connections.
    anyio.to_thread.current_default_thread_limiter().total_tokens = services.settings.threads
    sealer = Sealer(services.database, services.vault, seals_file(services.settings))
    checkpointer = Checkpointer(services.database, services.vault, places_of(services.settings))
    keeper = Keeper(partial(working, services), services.vault)
    if app.state.sealing:
        sealer.start()
        checkpointer.start()
        keeper.start()
    try:
        yield
    finally:
        if app.state.sealing:
            # In a thread of its own: they wait for the database, and nothing may wait on the event loop.
            await anyio.to_thread.run_sync(sealer.stop)
            await anyio.to_thread.run_sync(checkpointer.stop)
            await anyio.to_thread.run_sync(keeper.stop)
        services.database.engine.dispose()
        services.vault.close()


def open_services(settings: Settings, secrets: Sequence[Secret] = ()) -> Services:
    """Open what every request shares; ``secrets`` open a sealed keyring.

    Raises UnsafeSettings or KeysUnavailable: the service does not start.
    """
    settings.check()
    logs.configure()
    harden_process()
    library()  # a rule set or a guideline that can not be read stops the start, not the first screening
    schedule()  # nor a period, the night
    refuse_unfinished(settings)
    database = open_database(settings)
    if settings.environment is Environment.PRODUCTION:
        refuse_who_is_not_bound(database)
    try:
        return Services(settings, database, open_vault(settings, secrets))
    except KeysUnavailable:
        database.engine.dispose()
        raise


def from_environment() -> FastAPI | SealedStart:
    """What a server process runs: ``uvicorn --factory app.main:from_environment``. Without its root key it waits."""
    settings = Settings()
    try:
        return build(open_services(settings))
    except KeysSealed:
        return SealedStart(settings, lambda secret: build(open_services(settings, (secret,))))
