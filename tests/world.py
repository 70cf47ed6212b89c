"""A small cast with fixed meanings over a made installation, and the ways in which a test uses them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Connection, create_engine, insert
from sqlalchemy.pool import NullPool

from app import installation
from app.access.actor import Actor
from app.access.grants import Role
from app.access.identify import by_session, digest
from app.access.model import Account, AccountRole, AccountStatus, SignInSession
from app.access.sights import OPERATOR as EVERYTHING
from app.access.sights import of_person
from app.audit.actions import attend
from app.config import Environment, Settings
from app.db import Database, new_id, open_database
from app.main import build
from app.partners.model import Partner
from app.partners.rules import PartnerKind
from app.sight import OPTION, Sight
from app.staff.actions.passwords import hashed
from app.web.services import Services
from app.work import WatchedSession, Work
from tests.postgres import ADMINISTRATOR, OWNER, SERVING, PostgresServer, as_user

PASSWORD = "demo passphrase only"
ORIGIN = "http://localhost:8000"
API = "/api/v1"

INTAKE_DESK, NORTH, SOUTH = "Intake Desk", "North Legal Aid", "South Legal Aid"

#: name in tests -> role, organization. Each is named for what they are.
CAST: dict[str, tuple[Role, str | None]] = {
    "intake": (Role.INTAKE_WORKER, INTAKE_DESK),
    "intake_colleague": (Role.INTAKE_WORKER, INTAKE_DESK),
    "other_intake": (Role.INTAKE_WORKER, SOUTH),
    "attorney": (Role.ATTORNEY, NORTH),
    "colleague": (Role.ATTORNEY, NORTH),
    "attorney2": (Role.ATTORNEY, SOUTH),
    "partner_admin": (Role.PARTNER_ADMINISTRATOR, NORTH),
    "partner_admin2": (Role.PARTNER_ADMINISTRATOR, SOUTH),
    "fund_admin": (Role.FUND_ADMINISTRATOR, None),
    "approver": (Role.FUND_ADMINISTRATOR, None),
    "releaser": (Role.FUND_ADMINISTRATOR, None),
    "auditor": (Role.AUDITOR, None),
    "admin": (Role.SYSTEM_ADMINISTRATOR, None),
}


@dataclass(frozen=True)
class Person:
    """Somebody with a browser: every request carries their session, as their browser would send it."""

    client: TestClient
    id: UUID | None
    secret: str | None

    def request(self, method: str, path: str, **more: Any) -> Any:
        """One request; paths of the API are written without its base."""
        headers = {"Sec-Fetch-Site": "same-origin"} | dict(more.pop("headers", None) or {})
        if self.secret is not None and "Authorization" not in headers:
            headers["Cookie"] = f"amparo={self.secret}"
        self.client.cookies.clear()
        return self.client.request(method, API + path, headers=headers, follow_redirects=False, **more)

    def get(self, path: str, **more: Any) -> Any:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> Any:
        return self.request("POST", path, **more)

    def patch(self, path: str, **more: Any) -> Any:
        return self.request("PATCH", path, **more)

    def delete(self, path: str, **more: Any) -> Any:
        return self.request("DELETE", path, **more)

    def page(self, path: str, **more: Any) -> Any:
        """A page's HTML, by its own path."""
        headers = {"Accept": "text/html"} | dict(more.pop("headers", None) or {})
        if self.secret is not None:
            headers["Cookie"] = f"amparo={self.secret}"
        self.client.cookies.clear()
        return self.client.get(path, headers=headers, follow_redirects=False, **more)


@dataclass
class World:
    """The running application and the people in it."""

    services: Services
    client: TestClient
    people: dict[str, UUID]
    partners: dict[str, UUID]
    made: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        if name == "stranger":
            return Person(self.client, None, None)
        if name in self.people:
            return Person(self.client, self.people[name], secret_of(name))
        raise AttributeError(name)

    def actor(self, name: str) -> Actor:
        """The person as a Work sees them."""
        with self.services.database.engine.connect() as connection:
            found = by_session(connection, secret_of(name), datetime.now(UTC), timedelta(hours=12))
        assert found is not None
        return found.actor

    @contextmanager
    def act_as(
        self, name: str, *, writes: bool = True, now: datetime | None = None, sight: Sight | None = None
    ) -> Iterator[Work]:
        """A Work of this person, committed at the end of the block; for calling actions and reads directly.

        The database shows it what it shows the person, unless it stands for the machine's operator (``sight``).
        """
        actor = self.actor(name)
        database = self.services.database
        with (
            database.turn_to_write(),
            database.connect(sight or of_person(actor)) as connection,
            WatchedSession(bind=connection.execution_options(writes=writes), expire_on_commit=False) as session,
        ):
            work = Work(
                session=session,
                actor=actor,
                vault=self.services.vault,
                now=now or datetime.now(UTC),
                writes=writes,
                request_id=uuid4().hex,
            )
            yield work
            work.finish()
            session.commit()

    @contextmanager
    def owning(self) -> Iterator[Connection]:
        """What the database's administrator can do, whom no grant and no policy binds: for the guards behind those."""
        database = self.services.database
        if database.is_sqlite:
            with database.writing() as connection:
                yield connection
            return
        engine = create_engine(as_user(self.services.settings.database, ADMINISTRATOR), poolclass=NullPool)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()


def today() -> date:
    """Today where the cast lives and its funds count their days."""
    return datetime.now(ZoneInfo("America/Denver")).date()


def key() -> dict[str, str]:
    """A fresh ``Idempotency-Key`` header."""
    return {"Idempotency-Key": str(uuid4())}


def secret_of(name: str) -> str:
    """The session secret of a member of the cast."""
    return f"session-of-{name}".ljust(43, "x")


def settings_for(folder: Path, database_url: str | None = None, keyring: Path | None = None) -> Settings:
    """Settings of a test installation: one place for everything, long sessions.

    PostgreSQL is served as in production, by a role that owns nothing and that row-level security binds.
    """
    serving, owner = (None if database_url is None else as_user(database_url, each) for each in (SERVING, OWNER))
    return Settings(
        environment=Environment.TEST,
        data_dir=folder,
        database_url=SecretStr(serving) if serving else None,
        owner_database_url=SecretStr(owner) if owner else None,
        keyring_file=keyring or folder / "keyring.json",
        origin=ORIGIN,
        session_idle_minutes=720,
    )


def installation_on_sqlite(folder: Path) -> Path:
    """Make an installation in ``folder`` and put the cast into it."""
    settings = settings_for(folder)
    installation.make(settings)
    _put_cast(settings)
    return folder


def copy_of_sqlite(made: Path, folder: Path) -> Settings:
    """A copy of a made installation, for one test."""
    shutil.copytree(made, folder / "data")
    return settings_for(folder / "data")


def installation_on_postgres(server: PostgresServer, folder: Path) -> Settings:
    """A clone of the run's made installation, for one test."""
    # The keyring belongs to the template and is shared by every worker of the run, like the server itself.
    keyring = server.folder / "keyring" / "keyring.json"

    def fill(url: str) -> None:
        shutil.rmtree(keyring.parent, ignore_errors=True)
        settings = settings_for(keyring.parent, url, keyring)
        installation.make(settings)
        _put_cast(settings)

    server.create_template("amparo", fill)
    return settings_for(folder, server.clone("amparo"), keyring)


@contextmanager
def running(settings: Settings) -> Iterator[World]:
    """The application over these settings, started and stopped."""
    services = Services(settings, opened(settings), installation.open_vault(settings))
    with TestClient(build(services, sealing=False), base_url=ORIGIN, raise_server_exceptions=False) as client:
        people, partners = _find_cast(services)
        yield World(services, client, people, partners)


def opened(settings: Settings) -> Database:
    """The database as the product opens it, but that a test which asks it directly, without a sight, sees every row.

    The product gives a sight to every connection of its own, so none of its ways is widened by this.
    """
    database = open_database(settings)
    for engine in (database.engine, database.looking):
        engine.update_execution_options(**{OPTION: EVERYTHING})
    return database


def _put_cast(settings: Settings) -> None:
    database, vault = opened(settings), installation.open_vault(settings)
    attend(database, vault)
    now = datetime.now(UTC)
    partners = {name: new_id() for name in (INTAKE_DESK, NORTH, SOUTH)}
    password_hash = hashed(vault, PASSWORD)
    with database.writing() as connection:
        for name, partner_id in partners.items():
            kind = PartnerKind.INTAKE if name == INTAKE_DESK else PartnerKind.LEGAL_SERVICES
            connection.execute(
                insert(Partner).values(id=partner_id, name=name, kind=kind, active=True, created_at=now, version=1)
            )
        for name, (role, partner) in CAST.items():
            account_id = new_id()
            connection.execute(
                insert(Account).values(
                    id=account_id,
                    email=f"{name}@example.org",
                    name=name.replace("_", " ").title(),
                    partner_id=partners.get(partner or ""),
                    status=AccountStatus.ACTIVE,
                    password_hash=password_hash,
                    time_zone="America/Denver",
                    created_at=now,
                )
            )
            connection.execute(insert(AccountRole).values(account_id=account_id, role=role))
            connection.execute(
                insert(SignInSession).values(
                    id=new_id(),
                    account_id=account_id,
                    digest=digest(secret_of(name)),
                    browser="test",
                    created_at=now,
                    seen_at=now,
                    ends_at=now + timedelta(hours=12),
                )
            )
    database.engine.dispose()
    vault.close()


def _find_cast(services: Services) -> tuple[dict[str, UUID], dict[str, UUID]]:
    with services.database.engine.connect() as connection:
        accounts = Account.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
        people = {
            row.email.split("@")[0]: row.id
            for row in connection.execute(accounts.select())
            if row.email.endswith("org")
        }
        table = Partner.__table__  # type: ignore[attr-defined]  # as above
        partners = {row.name: row.id for row in connection.execute(table.select())}
    return people, partners
