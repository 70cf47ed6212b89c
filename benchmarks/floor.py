"""The floor: what any program must do for the same job. Starlette, raw SQL, the same seals, MACs and rows, no more.

It asks whose session it is, selects under the same condition, opens the same sealed values, writes the same audit row
(and ledger entry, and claim), commits, and answers JSON. It checks no form, knows no roles, languages or refusals.
"""

import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import orjson
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.access.identify import digest
from app.applicants.rules import FLOORS
from app.audit.actions import event_row
from app.audit.rules import Outcome
from app.crypto import Cell, Group, IndexKind, MacPurpose, Vault
from app.db import new_id
from app.reference import new_reference

_SESSION = """
SELECT s.id, s.ends_at, s.seen_at, a.id, a.name, a.partner_id, a.status, r.role FROM sign_in_session s
JOIN account a ON a.id = s.account_id LEFT JOIN account_role r ON r.account_id = a.id
WHERE s.digest = %s AND s.ended_at IS NULL"""
_TIED = "SELECT subject_id FROM tie WHERE until_at IS NULL AND account_id = %s"
_CASE = f"""
SELECT c.id, c.reference, c.status, c.representation, c.case_type, c.custody, c.court, c.created_at, c.opened_at, c.version,
  c.applicant_id, p.name, ap.reference, ap.identity_sealed, ap.contact_sealed
FROM "case" c JOIN partner p ON p.id = c.partner_id JOIN applicant ap ON ap.id = c.applicant_id
WHERE c.id = %s AND c.id IN ({_TIED})"""
_PARTS = """
SELECT 'assignment', s.id, s.status, s.offered_at, CAST(NULL AS date), a.name, CAST(NULL AS bytea)
  FROM assignment s JOIN account a ON a.id = s.attorney_id WHERE s.case_id = %s
UNION ALL SELECT 'hearing', id, kind, created_at, held_on, court, CAST(NULL AS bytea) FROM hearing WHERE case_id = %s
UNION ALL SELECT 'deadline', id, kind, created_at, due_on, CAST(NULL AS varchar), title FROM deadline WHERE case_id = %s
UNION ALL SELECT 'note', id, '', created_at, CAST(NULL AS date), CAST(NULL AS varchar), body FROM case_note WHERE case_id = %s"""
_MONEY = """
SELECT w.id, w.reference, w.status, w.category, w.amount,
  (SELECT balance FROM ledger_account l WHERE l.award_id = w.id AND l.kind = 'paid'), f.name,
  d.reference, d.amount, d.status, d.settled_on
FROM award w JOIN fund f ON f.id = w.fund_id LEFT JOIN disbursement d ON d.award_id = w.id WHERE w.case_id = %s"""
_LIST = f"""
SELECT c.id, c.reference, c.status, c.representation, c.case_type, c.custody, c.court, c.created_at, c.version, p.name,
  (SELECT min(held_on) FROM hearing h WHERE h.case_id = c.id AND h.cancelled_at IS NULL),
  (SELECT a.name FROM assignment s JOIN account a ON a.id = s.attorney_id WHERE s.case_id = c.id AND s.status = 'accepted'),
  ap.id, ap.reference, ap.identity_sealed
FROM "case" c JOIN partner p ON p.id = c.partner_id JOIN applicant ap ON ap.id = c.applicant_id
WHERE c.id IN ({_TIED}) ORDER BY c.id DESC LIMIT 51"""
_SEARCH = (
    "SELECT id, reference, a_number_index FROM applicant WHERE a_number_index = %s AND partner_id = %s AND intake_open"
)
_AWARD = f"""
SELECT w.id, w.case_id, w.fund_id, w.category, w.status, c.partner_id, f.time_zone FROM award w
JOIN "case" c ON c.id = w.case_id JOIN fund f ON f.id = w.fund_id WHERE w.id = %s AND w.case_id IN ({_TIED})"""
_ACCOUNTS = "SELECT kind, id, balance FROM ledger_account WHERE award_id = %s AND kind IN ('encumbered', 'reserved')"


class Driver(Protocol):
    """One connection in a transaction."""

    async def all(self, sql: str, *values: Any) -> Sequence[Sequence[Any]]: ...
    async def insert(self, table: str, row: dict[str, Any]) -> None: ...


class Postgres:
    """psycopg without a layer above it."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def all(self, sql: str, *values: Any) -> Sequence[Sequence[Any]]:
        return await (await self.connection.execute(sql, values)).fetchall()

    async def insert(self, table: str, row: dict[str, Any]) -> None:
        await self.connection.execute(_insert(table, row), [*row.values()])


class Sqlite:
    """sqlite3 on the event loop itself: the quickest way there is for one process."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    async def all(self, sql: str, *values: Any) -> Sequence[Sequence[Any]]:
        return self.connection.execute(sql.replace("%s", "?"), [_plain(value) for value in values]).fetchall()

    async def insert(self, table: str, row: dict[str, Any]) -> None:
        self.connection.execute(_insert(table, row).replace("%s", "?"), [_plain(value) for value in row.values()])


def _insert(table: str, row: dict[str, Any]) -> str:
    places = ", ".join("%s" for _ in row)
    return f'INSERT INTO "{table}" ({", ".join(row)}) VALUES ({places})'


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value


class Floor:
    """The six jobs over one engine."""

    def __init__(self, vault: Vault, database_url: str) -> None:
        self.vault, self.url = vault, database_url
        self.pool: Any = None

    async def open(self) -> None:
        if self.url.startswith("sqlite"):
            self.pool = sqlite3.connect(self.url.removeprefix("sqlite:///"), isolation_level=None)
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                "secure_delete=ON",
                "cache_size=-16000",
            ):
                self.pool.execute(f"PRAGMA {pragma}")
            return
        self.pool = AsyncConnectionPool(
            self.url.replace("+psycopg", ""), min_size=8, max_size=8, open=False,
            kwargs={"options": "-c timezone=UTC -c jit=off"},
        )  # fmt: skip
        await self.pool.open(wait=True)

    @asynccontextmanager
    async def work(self, *, writes: bool) -> AsyncIterator[Driver]:
        if isinstance(self.pool, sqlite3.Connection):
            self.pool.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            try:
                yield Sqlite(self.pool)
            except BaseException:
                self.pool.execute("ROLLBACK")
                raise
            self.pool.execute("COMMIT")
            return
        async with self.pool.connection() as connection:
            yield Postgres(connection)

    async def me(self, driver: Driver, request: Request) -> Sequence[Any]:
        rows = await driver.all(_SESSION, digest(request.cookies["amparo"]))
        return rows[0]

    async def audit(self, driver: Driver, me: Sequence[Any], action: str, **columns: Any) -> None:
        await driver.insert(
            "audit_event",
            event_row(
                self.vault,
                datetime.now(UTC),
                action,
                Outcome.DONE,
                actor_id=_id(me[3]),
                session_id=_id(me[0]),
                **columns,
            ),
        )

    def opened(self, table: str, column: str, row: UUID, subject: UUID, group: Group, blob: bytes) -> Any:
        return self.vault.open(Cell(table, column, row, subject), group, bytes(blob))

    def sealed(
        self, table: str, column: str, row: UUID, subject: UUID, group: Group, value: Any, floor: int = 64
    ) -> bytes:
        return self.vault.seal(Cell(table, column, row, subject), group, value, floor=floor)

    async def open_case(self, request: Request) -> Response:
        case_id = UUID(request.path_params["case_id"])
        async with self.work(writes=True) as driver:
            me = await self.me(driver, request)
            case = (await driver.all(_CASE, case_id, me[3]))[0]
            parts = await driver.all(_PARTS, *[case_id] * 4)
            money = await driver.all(_MONEY, case_id)
            person = _id(case[10])
            self.vault.preload((case_id, person))
            shown = {
                "case": case[:10],
                "identity": self.opened("applicant", "identity_sealed", person, person, Group.IDENTITY, case[13]),
                "contact": self.opened("applicant", "contact_sealed", person, person, Group.CONTACT, case[14]),
                "parts": [self._part(case_id, part) for part in parts],
                "money": money,
            }
            await self.audit(
                driver, me, "case.read", object_id=case_id, subject_id=person, groups="identity,contact,notes"
            )
        return answer(shown)

    def _part(self, case_id: UUID, part: Sequence[Any]) -> Sequence[Any]:
        if part[6] is None:
            return part
        place = ("deadline", "title") if part[0] == "deadline" else ("case_note", "body")
        return [*part[:6], self.opened(*place, _id(part[1]), case_id, Group.NOTES, part[6])]

    async def list_cases(self, request: Request) -> Response:
        async with self.work(writes=True) as driver:
            me = await self.me(driver, request)
            rows = await driver.all(_LIST, me[3])
            self.vault.preload([_id(row[12]) for row in rows[:50]])
            items = [
                [
                    *row[:12],
                    self.opened("applicant", "identity_sealed", _id(row[12]), _id(row[12]), Group.IDENTITY, row[14]),
                ]
                for row in rows[:50]
            ]
            await self.audit(driver, me, "case.listed", count=len(items))
        return answer({"items": items})

    async def search(self, request: Request) -> Response:
        asked = orjson.loads(await request.body())
        async with self.work(writes=True) as driver:
            me = await self.me(driver, request)
            rows = await driver.all(_SEARCH, self.vault.blind(IndexKind.A_NUMBER, asked["a_number"]), me[5])
            await self.audit(driver, me, "applicant.searched", count=len(rows))
        return answer({"items": [row[:2] for row in rows]})

    async def create(self, request: Request) -> Response:
        asked = orjson.loads(await request.body())
        person, application, now = self.vault.new_subject(), new_id(), datetime.now(UTC)
        answers = asked["applicant"]
        sealed = {
            f"{group}_sealed": self.sealed("applicant", f"{group}_sealed", person, person, group, answers, floor)
            for group, floor in FLOORS.items()
        }
        index = {f"{kind}_index": self.vault.blind(kind, form) for kind, form in _FORMS.items()}
        async with self.work(writes=True) as driver:
            me = await self.me(driver, request)
            partner = _id(me[5])
            row = {
                "id": person,
                "reference": new_reference("AP"),
                "partner_id": partner,
                "intake_open": True,
                "created_at": now,
            }
            await driver.insert("applicant", row | sealed | index)
            remarks = self.sealed("application", "remarks_sealed", application, person, Group.NOTES, None)
            await driver.insert(
                "application",
                {"id": application, "reference": new_reference("AQ"), "applicant_id": person, "partner_id": partner,
                 "taken_by_id": _id(me[3]), "status": "draft", "created_at": now, "remarks_sealed": remarks, "version": 1},
            )  # fmt: skip
            await self.audit(driver, me, "application.created", object_id=application, subject_id=person)
        return answer({"id": application, "status": "draft", **asked}, 201)

    async def pay(self, request: Request) -> Response:
        asked = orjson.loads(await request.body())
        now, row = datetime.now(UTC), new_id()
        mac = self.vault.mac(MacPurpose.IDEMPOTENCY, request.headers["idempotency-key"].encode())
        async with self.work(writes=True) as driver:
            me = await self.me(driver, request)
            award = (await driver.all(_AWARD, UUID(asked["award_id"]), me[3]))[0]
            claim = {
                "id": new_id(),
                "actor_id": _id(me[3]),
                "digest": mac,
                "fingerprint": mac,
                "result_id": row,
                "created_at": now,
            }
            await driver.insert("idempotency_claim", claim)
            await driver.all("SELECT id FROM payee WHERE id = %s", UUID(asked["payee_id"]))
            memo = self.sealed("disbursement", "memo", row, _id(award[1]), Group.NOTES, None)
            await driver.insert(
                "disbursement",
                {"id": row, "reference": new_reference("DB"), "award_id": _id(award[0]), "case_id": _id(award[1]),
                 "fund_id": _id(award[2]), "category": award[3], "partner_id": _id(award[5]),
                 "payee_id": UUID(asked["payee_id"]), "amount": 100, "method": "ach", "status": "draft", "memo": memo,
                 "requested_on": now.date(), "created_at": now},
            )  # fmt: skip
            await driver.insert(
                "disbursement_step",
                {"id": new_id(), "disbursement_id": row, "verb": "create", "actor_id": _id(me[3]), "duty": "requester",
                 "on_day": now.date(), "at": now},
            )  # fmt: skip
            lock = "" if isinstance(driver, Sqlite) else " ORDER BY kind FOR UPDATE"
            accounts = {found[0]: _id(found[1]) for found in await driver.all(_ACCOUNTS + lock, _id(award[0]))}
            await driver.insert(
                "ledger_entry",
                {"kind": "reserved", "fund_id": _id(award[2]), "debit_account_id": accounts["reserved"],
                 "credit_account_id": accounts["encumbered"], "amount": 100, "award_id": _id(award[0]),
                 "disbursement_id": row, "occurred_on": now.date(), "created_at": now, "actor_id": _id(me[3])},
            )  # fmt: skip
            await self.audit(driver, me, "disbursement.created", object_id=row, subject_id=_id(award[1]))
        return answer({"id": row, "status": "draft", "amount": "1.00"}, 201)


_FORMS = {IndexKind.A_NUMBER: "900000017", IndexKind.PHONE: "+13035550142", IndexKind.EMAIL: "ejemplo@demo.example"}


def _id(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def answer(view: Any, status: int = 200) -> Response:
    """JSON with whatever orjson knows; rows of bytes are never shown."""
    return Response(orjson.dumps(view, default=_shown), status, media_type="application/json")


def _shown(value: Any) -> Any:
    return str(value) if isinstance(value, memoryview | bytes) else list(value)


def build(vault: Vault, database_url: str) -> Starlette:
    """The floor as an ASGI application."""
    floor = Floor(vault, database_url)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await floor.open()
        yield

    routes: list[tuple[str, Callable[[Request], Any], str]] = [
        ("/cases/{case_id}", floor.open_case, "GET"),
        ("/cases", floor.list_cases, "GET"),
        ("/applicants/search", floor.search, "POST"),
        ("/applications", floor.create, "POST"),
        ("/disbursements", floor.pay, "POST"),
    ]
    return Starlette(
        routes=[Route(f"/api/v1{path}", endpoint, methods=[method]) for path, endpoint, method in routes],
        lifespan=lifespan,
    )


def from_environment() -> Starlette:
    """What the measuring process starts: the same variables as Amparo itself."""
    data = Path(os.environ["AMPARO_DATA_DIR"])
    url = os.environ.get("AMPARO_DATABASE_URL") or f"sqlite:///{data / 'amparo.db'}"
    keystore = url if url.startswith("postgresql") else f"sqlite:///{data / 'keys.db'}"
    return build(Vault.open_from(keyring_file=data / "keyring.json", keystore_url=keystore), url)
