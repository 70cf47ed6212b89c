"""A fund large enough to measure on: deterministic, sealed like real data, loaded in bulk."""

import hashlib
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import Connection, insert, text

from app import installation, tables
from app.access.grants import Role
from app.access.identify import digest
from app.audit.actions import attend
from app.config import Environment, Settings
from app.crypto import Cell, Group, IndexKind, Vault
from app.db import GUARDS, Database, metadata, new_id, open_database

CASES = 10_000
DISBURSEMENTS = 100_000
#: What one attorney has; the list of cases shows fifty of them.
OWN_CASES = 300
PEOPLE = {
    "attorney": Role.ATTORNEY,
    "intake": Role.INTAKE_WORKER,
    "fund": Role.FUND_ADMINISTRATOR,
}
_CATEGORIES = ("representation", "filing_fees", "interpreter", "expert")
_NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def secret_of(name: str) -> str:
    """The session cookie of one of the three people."""
    return hashlib.sha256(name.encode()).hexdigest()[:43]


def settings_of(folder: Path, database_url: str | None, port: int) -> Settings:
    """Settings of the measured installation."""
    return Settings(
        environment=Environment.TEST,
        data_dir=folder,
        database_url=SecretStr(database_url) if database_url else None,
        origin=f"http://localhost:{port}",
        session_idle_minutes=720,
    )


def fill(settings: Settings, *, cases: int = CASES, disbursements: int = DISBURSEMENTS) -> dict[str, Any]:
    """Make the installation and load it; gives the ids that the load asks for."""
    installation.make(settings)
    tables.load_all()
    vault, database = installation.open_vault(settings), open_database(settings)
    attend(database, vault)
    rows = _Rows(vault, cases, disbursements)
    with database.writing() as connection:
        _without_guards(connection, database)
        made = rows.everything()
        for table in metadata.sorted_tables:
            found = made.get(table.name, [])
            for start in range(0, len(found), 2_000):
                connection.execute(insert(table), found[start : start + 2_000])
        _with_guards(connection, database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    database.engine.dispose()
    vault.close()
    return rows.ids


def _without_guards(connection: Connection, database: Database) -> None:
    """Bulk loading writes finished rows, which the triggers of the product rightly refuse."""
    if database.is_sqlite:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        return
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")


def _with_guards(connection: Connection, database: Database) -> None:
    if database.is_sqlite:
        for statement in (each for guard in GUARDS for each in guard.sqlite):
            connection.exec_driver_sql(statement)
        return
    connection.exec_driver_sql("SET LOCAL session_replication_role = origin")


class _Rows:
    """Every row of the fund, made in memory from one seed."""

    def __init__(self, vault: Vault, cases: int, disbursements: int) -> None:
        self.vault = vault
        self.chance = random.Random(17)
        self.cases, self.each = cases, max(1, disbursements // cases)
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.ids: dict[str, Any] = {"cases": [], "a_numbers": [], "awards": []}

    def add(self, table: str, **columns: Any) -> UUID:
        row_id: UUID = columns.setdefault("id", new_id())
        self.tables.setdefault(table, []).append(columns)
        return row_id

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        self._people()
        self._fund()
        for number in range(self.cases):
            self._case(number)
        return self.tables

    def _people(self) -> None:
        self.partner = self.add("partner", name="North", kind="legal_services", active=True, created_at=_NOW, version=1)
        self.people = {}
        for name, role in PEOPLE.items():
            partner = None if name == "fund" else self.partner
            person = self.add(
                "account", email=f"{name}@demo.example", name=name, partner_id=partner, status="active",
                time_zone="America/Denver", created_at=_NOW,
            )  # fmt: skip
            self.people[name] = person
            self.tables.setdefault("account_role", []).append({"account_id": person, "role": role})
            now = datetime.now(UTC)
            self.add(
                "sign_in_session", account_id=person, digest=digest(secret_of(name)), browser="bench", created_at=now,
                seen_at=now, ends_at=now + timedelta(hours=12),
            )  # fmt: skip

    def _fund(self) -> None:
        self.fund = self.add(
            "fund", name="City", giver="City", starts_on=date(2020, 1, 1), ends_on=date(2030, 12, 31),
            time_zone="America/Denver", awarded_total=10**12, ruleset="denver-dilsf", created_at=_NOW,
            created_by=self.people["fund"],
        )  # fmt: skip
        self.ids["fund"] = self.fund
        self._account("giver", -(10**12))
        self._account("unallocated", 10**11)
        self.allocations = {}
        for category in _CATEGORIES:
            allocation = self.add("allocation", fund_id=self.fund, category=category, created_at=_NOW)
            self.allocations[category] = allocation
            self._account("available", 10**11, allocation_id=allocation)
        subject = self.vault.new_subject()
        payee = new_id()
        self.ids["payee"] = self.payee = self.add(
            "payee", id=payee, reference="PY-BENCH", kind="vendor", name="Example", entered_by_partner_id=self.partner,
            subject_id=subject, created_at=_NOW, created_by=self.people["attorney"],
            private_name=self.vault.seal(Cell("payee", "private_name", payee, subject), Group.PAYEE, None),
            account=self.vault.seal(Cell("payee", "account", payee, subject), Group.PAYEE, None),
        )  # fmt: skip

    def _account(self, kind: str, balance: int, **scope: Any) -> None:
        scope = {"allocation_id": None, "award_id": None} | scope
        self.add("ledger_account", fund_id=self.fund, kind=kind, balance=balance, last_entry=0, **scope)

    def _seal(self, table: str, column: str, row: UUID, subject: UUID, group: Group, value: Any) -> bytes:
        return self.vault.seal(Cell(table, column, row, subject), group, value)

    def _case(self, number: int) -> None:
        applicant = self.vault.new_subject()
        a_number = f"{900_000_000 + number:09d}"
        self.ids["a_numbers"].append(a_number)
        sealed = {
            f"{group}_sealed": self._seal("applicant", f"{group}_sealed", applicant, applicant, group, value)
            for group, value in _answers(number).items()
        }
        self.add(
            "applicant", id=applicant, reference=f"AP-{number:08d}", partner_id=self.partner, intake_open=True,
            a_number_index=self.vault.blind(IndexKind.A_NUMBER, a_number), phone_index=None, email_index=None,
            created_at=_NOW, **sealed,
        )  # fmt: skip
        application, case = new_id(), self.vault.new_subject()
        self.add(
            "application", id=application, reference=f"AQ-{number:08d}", applicant_id=applicant,
            partner_id=self.partner, taken_by_id=self.people["intake"], status="accepted", consent_store=True,
            consent_share=True, case_id=case, created_at=_NOW, submitted_at=_NOW, decided_at=_NOW, version=3,
            remarks_sealed=self._seal("application", "remarks_sealed", application, applicant, Group.NOTES, None),
        )  # fmt: skip
        self.add(
            "case", id=case, reference=f"CA-{number:08d}", application_id=application, applicant_id=applicant,
            partner_id=self.partner, fund_id=self.fund, status="open", representation="full",
            case_type="removal_defense", custody="released", court="DEN", created_at=_NOW, opened_at=_NOW, version=2,
            language=self._seal("case", "language", case, case, Group.CONTACT, "spa"),
        )  # fmt: skip
        self._work_on(number, case, applicant)
        self._money(case)

    def _work_on(self, number: int, case: UUID, applicant: UUID) -> None:
        attorney = self.people["attorney"]
        for subject in (case, applicant):
            self.add("tie", subject_id=subject, account_id=None, partner_id=self.partner, from_at=_NOW)
            if number < OWN_CASES:
                self.add("tie", subject_id=subject, account_id=attorney, partner_id=None, from_at=_NOW)
        if number >= OWN_CASES:
            return
        self.ids["cases"].append(case)
        self.add(
            "assignment", case_id=case, attorney_id=attorney, role="primary", status="accepted", offered_at=_NOW,
            offered_by=attorney, answered_at=_NOW,
        )  # fmt: skip
        self.add(
            "hearing", case_id=case, kind="master", held_on=date(2027, 1, 5), court="DEN", created_at=_NOW,
            created_by=attorney,
        )  # fmt: skip
        deadline, note = new_id(), new_id()
        self.add(
            "deadline", id=deadline, case_id=case, kind="evidence", due_on=date(2026, 12, 1), created_at=_NOW,
            created_by=attorney, title=self._seal("deadline", "title", deadline, case, Group.NOTES, "Evidence"),
        )  # fmt: skip
        self.add(
            "case_note", id=note, case_id=case, author_id=attorney, created_at=_NOW,
            body=self._seal("case_note", "body", note, case, Group.NOTES, "A fictional note."),
        )  # fmt: skip

    def _money(self, case: UUID) -> None:
        category = self.chance.choice(_CATEGORIES)
        award = self.add(
            "award", reference=f"AW-{new_id().hex[-16:]}", case_id=case, fund_id=self.fund, category=category,
            allocation_id=self.allocations[category], amount=10**8, status="active", created_at=_NOW,
            requested_by=self.people["attorney"], requested_on=_NOW.date(), decided_by=self.people["fund"],
            decided_on=_NOW.date(),
        )  # fmt: skip
        if case in self.ids["cases"][-1:]:
            self.ids["awards"].append(award)
        paid = 0
        for _ in range(self.each):
            amount = self.chance.randrange(1_00, 900_00)
            paid += amount
            self._disbursement(award, case, category, amount)
        for kind, balance in (("encumbered", 10**8 - paid), ("reserved", 0), ("paid", paid)):
            self._account(kind, balance, allocation_id=self.allocations[category], award_id=award)

    def _disbursement(self, award: UUID, case: UUID, category: str, amount: int) -> None:
        day = date(2025, 1, 1) + timedelta(days=self.chance.randrange(700))
        row = new_id()
        self.add(
            "disbursement", id=row, reference=f"DB-{row.hex[-16:]}", award_id=award, case_id=case, fund_id=self.fund,
            category=category, partner_id=self.partner, payee_id=self.payee, amount=amount, method="ach",
            status="settled", requested_on=day, approved_on=day, released_on=day, settled_on=day, created_at=_NOW,
            memo=self._seal("disbursement", "memo", row, case, Group.NOTES, None),
        )  # fmt: skip


def _answers(number: int) -> dict[Group, dict[str, Any]]:
    identity = {"given_names": f"Ejemplo {number}", "family_names": "Ficticio", "other_names": None,
                "date_of_birth": "1990-02-28"}  # fmt: skip
    contact = {"phone": f"+130355501{number % 100:02d}", "phone_safe": "yes", "email": None, "address": None,
               "preferred_language": "spa", "interpreter_needed": "yes"}  # fmt: skip
    immigration = {"a_number": f"{900_000_000 + number:09d}", "status": "none", "country_of_birth": "GT"}
    return {
        Group.IDENTITY: identity,
        Group.CONTACT: contact,
        Group.IMMIGRATION: immigration,
        Group.FINANCES: {"size": 4, "annual_income": "38000.00"},
        Group.CRIMINAL_HISTORY: {},
        Group.NOTES: {},
    }
