"""Payments as reports need them: many, of every kind, on any day, put straight into the tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, update

from app.db import new_id
from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.rules import STRAIGHT_WAY, DisbursementStatus, Method, Verb
from app.funds.model import Allocation, Award, Payee
from app.funds.rules import AwardStatus, Category, PayeeKind
from app.reference import new_reference
from tests.cases.stage import offered
from tests.funds.stage import fund
from tests.world import NORTH, World

NOW = datetime(2026, 4, 2, 12, tzinfo=UTC)
_S = DisbursementStatus


@dataclass(frozen=True)
class Payment:
    """A disbursement with the days of its life; ``ended`` is what took it back or stopped it, and when."""

    cents: int = 10_000
    fund: str = "Fondo Uno"
    partner: str = NORTH
    category: Category = Category.REPRESENTATION
    method: Method = Method.ACH
    requested_on: date = date(2026, 1, 5)
    approved_on: date | None = date(2026, 1, 6)
    released_on: date | None = date(2026, 1, 7)
    settled_on: date | None = date(2026, 1, 8)
    ended: DisbursementStatus | None = None
    ended_on: date | None = None

    @property
    def reached(self) -> DisbursementStatus:
        """How far it came before it ended."""
        days = {_S.SETTLED: self.settled_on, _S.RELEASED: self.released_on, _S.APPROVED: self.approved_on}
        return next((status for status, day in days.items() if day is not None), _S.SUBMITTED)


#: A payment that was asked for and nothing more.
ASKED = Payment(approved_on=None, released_on=None, settled_on=None)


def taken_back(payment: Payment, status: DisbursementStatus, on: date) -> Payment:
    return replace(payment, ended=status, ended_on=on)


@dataclass
class Books:
    """Funds and cases of a world, made once each, and the payments put into them."""

    world: World
    funds: dict[str, UUID] = field(default_factory=dict)
    cases: dict[str, UUID] = field(default_factory=dict)
    awards: dict[tuple[str, str, Category], UUID] = field(default_factory=dict)
    allocations: dict[tuple[str, Category], UUID] = field(default_factory=dict)
    payee: UUID = field(default_factory=new_id)
    has_payee: bool = False

    def fund(self, name: str) -> UUID:
        if name not in self.funds:
            self.funds[name] = UUID(fund(self.world, name=name, time_zone="America/Denver")["id"])
        return self.funds[name]

    def case(self, partner: str) -> UUID:
        """A case of the partner's; the application's own ways make it."""
        if partner not in self.cases:
            self.cases[partner] = offered(self.world, partner).id
        return self.cases[partner]

    def pay(self, payments: Sequence[Payment]) -> list[UUID]:
        """Put the payments in, each led through its statuses as the triggers demand. Gives their ids."""
        self.prepare({payment.fund for payment in payments}, {payment.partner for payment in payments})
        with self.world.services.database.writing() as connection:
            return self.put(connection, payments)

    def prepare(self, funds: Iterable[str], partners: Iterable[str], categories: Iterable[Category] = ()) -> None:
        """Make what payments hang on, by the ways of the other rooms: funds, cases, awards."""
        funds, partners = sorted(funds), sorted(partners)
        for name in funds:
            self.fund(name)
        for name in partners:
            self.case(name)
        with self.world.services.database.writing() as connection:
            self._pay_somebody(connection)
            for fund_name, partner, category in product(funds, partners, categories):
                self._award(connection, Payment(fund=fund_name, partner=partner, category=category))

    def put(self, connection: Connection, payments: Sequence[Payment]) -> list[UUID]:
        """Put payments of prepared funds and partners in, by this connection."""
        rows = [self._row(connection, payment) for payment in payments]
        if rows:
            connection.execute(insert(Disbursement), rows)
            self._lead(connection, list(zip(rows, payments, strict=True)))
        return [row["id"] for row in rows]

    def _pay_somebody(self, connection: Connection) -> None:
        if self.has_payee:
            return
        self.has_payee = True
        connection.execute(
            insert(Payee).values(
                id=self.payee, reference=new_reference("PY"), kind=PayeeKind.VENDOR, name="Vendor", subject_id=new_id(),
                private_name=b"-", account=b"-", created_at=NOW, created_by=self.world.people["fund_admin"],
            )
        )  # fmt: skip

    def _row(self, connection: Connection, payment: Payment) -> dict[str, Any]:
        return {
            "id": new_id(),
            "reference": new_reference("DB"),
            "award_id": self._award(connection, payment),
            "case_id": self.cases[payment.partner],
            "fund_id": self.funds[payment.fund],
            "category": payment.category,
            "partner_id": self.world.partners[payment.partner],
            "payee_id": self.payee,
            "amount": payment.cents,
            "method": payment.method,
            "status": _S.DRAFT,
            "memo": b"-",
            "requested_on": payment.requested_on,
            "created_at": NOW,
        }

    def _award(self, connection: Connection, payment: Payment) -> UUID:
        key = (payment.fund, payment.partner, payment.category)
        if key in self.awards:
            return self.awards[key]
        allocation = self.allocations.get((payment.fund, payment.category))
        if allocation is None:
            allocation = self.allocations[payment.fund, payment.category] = new_id()
            connection.execute(
                insert(Allocation).values(
                    id=allocation, fund_id=self.funds[payment.fund], category=payment.category, created_at=NOW
                )
            )
        self.awards[key] = new_id()
        connection.execute(
            insert(Award).values(
                id=self.awards[key], reference=new_reference("AW"), case_id=self.cases[payment.partner],
                fund_id=self.funds[payment.fund], allocation_id=allocation, category=payment.category, amount=1,
                status=AwardStatus.REQUESTED, requested_by=self.world.people["attorney"], requested_on=NOW.date(),
                created_at=NOW,
            )
        )  # fmt: skip
        return self.awards[key]

    def _lead(self, connection: Connection, made: list[tuple[dict[str, Any], Payment]]) -> None:
        table = Disbursement.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
        by_id = update(table).where(table.c.id == bindparam("which"))
        self._step(connection, [(row, Verb.SUBMIT, payment.requested_on) for row, payment in made])
        for status in STRAIGHT_WAY[1:]:
            day = f"{status}_on"
            moved = [
                {"which": row["id"], "status": status}
                | ({} if status is _S.SUBMITTED else {day: getattr(payment, day)})
                for row, payment in made
                if STRAIGHT_WAY.index(payment.reached) >= STRAIGHT_WAY.index(status)
            ]
            if moved:
                connection.execute(by_id, moved)
        for row, payment in made:
            if payment.ended is not None:
                connection.execute(by_id, [{"which": row["id"]} | _end(payment)])
        stopped = {_S.REJECTED: Verb.REJECT, _S.EXPIRED: Verb.EXPIRE}
        self._step(connection, [(r, stopped[p.ended], p.ended_on) for r, p in made if p.ended in stopped])

    def _step(self, connection: Connection, steps: list[tuple[dict[str, Any], Verb, date | None]]) -> None:
        people = self.world.people
        rows = [
            {
                "id": new_id(),
                "disbursement_id": row["id"],
                "verb": verb,
                "actor_id": None if verb is Verb.EXPIRE else people["attorney"],
                "duty": None,
                "on_day": day,
                "at": NOW,
            }
            for row, verb, day in steps
        ]
        if rows:
            connection.execute(insert(DisbursementStep), rows)


def _end(payment: Payment) -> dict[str, Any]:
    """The columns that say how a payment ended."""
    ended, day = payment.ended, payment.ended_on
    columns: dict[str, Any] = {"status": ended}
    if ended is not _S.EXPIRED:
        columns |= {"reason_code": "other", "reason": b"-"}
    if ended is _S.RETURNED:
        columns["returned_on"] = day
    if ended is _S.REVERSED or (ended is _S.RETURNED and payment.settled_on is not None):
        columns["reversed_on"] = day
    return columns
