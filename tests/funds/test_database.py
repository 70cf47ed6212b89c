"""What the database itself refuses, whoever asks: changed entries, touched balances, overspending, wrong steps."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from app.db import new_id
from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.reads.verify import verify
from app.disbursements.rules import Duty, Verb
from app.funds.model import Award, LedgerAccount, LedgerEntry
from app.funds.rules import AccountKind, EntryKind
from app.money import Money
from tests.funds.stage import disbursement
from tests.world import World


@dataclass
class Books:
    """The ledger of one award with a settled disbursement, as the database's administrator sees it."""

    world: World
    award_id: UUID
    disbursement_id: UUID

    def account(self, kind: AccountKind) -> Any:
        with self.world.services.database.engine.connect() as connection:
            statement = select(col(LedgerAccount.id), col(LedgerAccount.balance), col(LedgerAccount.fund_id))
            place = (
                col(LedgerAccount.award_id) == self.award_id
                if kind in (AccountKind.ENCUMBERED, AccountKind.RESERVED, AccountKind.PAID)
                else col(LedgerAccount.award_id).is_(None)
            )
            return connection.execute(statement.where(place, col(LedgerAccount.kind) == kind)).one()

    def run(self, statement: Any, *rows: Any) -> None:
        with self.world.owning() as connection:
            connection.execute(statement, *rows)

    def refused(self, statement: Any, *rows: Any) -> str:
        """The database's own words; a statement that it takes fails the test."""
        with pytest.raises(DBAPIError) as refusal:
            self.run(statement, *rows)
        return str(refusal.value.orig)

    def entry(self, to: AccountKind, source: AccountKind, cents: int, **more: Any) -> dict[str, Any]:
        """A posting as a row."""
        return {
            "kind": EntryKind.ALLOCATED,
            "fund_id": self.account(to).fund_id,
            "debit_account_id": self.account(to).id,
            "credit_account_id": self.account(source).id,
            "amount": Money(cents),
            "occurred_on": date(2026, 1, 1),
            "created_at": datetime(2026, 1, 1, tzinfo=UTC),
            "actor_id": self.world.people["fund_admin"],
        } | more

    def is_intact(self) -> bool:
        with Session(self.world.services.database.engine) as session:
            return verify(session).intact


@pytest.fixture
def books(world: World) -> Books:
    made = disbursement(world, "settled", "100.00")
    return Books(world, UUID(made["award_id"]), UUID(made["id"]))


def test_entries_are_neither_changed_nor_removed(books: Books) -> None:
    for statement in (update(LedgerEntry).values(amount=Money(1)), delete(LedgerEntry)):
        assert "append-only" in books.refused(statement)
    for statement in (update(DisbursementStep).values(duty=None), delete(DisbursementStep)):
        assert "append-only" in books.refused(statement)


def test_an_entry_is_not_replaced(books: Books) -> None:
    if not books.world.services.database.is_sqlite:
        assert "always" in books.refused(text("INSERT INTO ledger_entry (number) VALUES (1)")).lower()
        return
    again = "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"
    assert "append-only" in books.refused(text(again.format("ledger_entry")))
    assert "begins empty" in books.refused(text(again.format("ledger_account")))
    assert "begins as" in books.refused(text(again.format("award")))
    assert "begins as" in books.refused(text(again.format("disbursement")))


@pytest.mark.parametrize("change", ["balance", "last_entry", "both", "kind", "award"])
def test_a_balance_moves_by_an_entry_only(books: Books, change: str) -> None:
    account = books.account(AccountKind.ENCUMBERED)
    changes: dict[str, dict[str, Any]] = {
        "balance": {"balance": Money(0)},
        "last_entry": {"last_entry": 10_000},
        "both": {"balance": account.balance + 1, "last_entry": col(LedgerAccount.last_entry) + 1},
        "kind": {"kind": AccountKind.PAID},
        "award": {"award_id": None},
    }
    refused = books.refused(update(LedgerAccount).where(col(LedgerAccount.id) == account.id).values(**changes[change]))
    assert "balance moves by an entry only" in refused
    assert books.is_intact()


def test_an_entry_counts_once(books: Books) -> None:
    """An account can not be moved again by an entry that was counted, not even by naming it."""
    account = books.account(AccountKind.RESERVED)
    with books.world.services.database.engine.connect() as connection:
        entries = connection.execute(
            select(col(LedgerEntry.number), col(LedgerEntry.amount)).where(
                col(LedgerEntry.debit_account_id) == account.id
            )
        ).all()
    assert entries
    for number, amount in entries:
        again = (
            update(LedgerAccount)
            .where(col(LedgerAccount.id) == account.id)
            .values(balance=account.balance + amount, last_entry=number)
        )
        assert "balance moves by an entry only" in books.refused(again)


def test_accounts_stay_and_begin_empty(books: Books) -> None:
    assert "an account stays" in books.refused(delete(LedgerAccount))
    fund_id = books.account(AccountKind.UNALLOCATED).fund_id
    row = {"id": new_id(), "fund_id": fund_id, "kind": AccountKind.UNALLOCATED, "balance": Money(5), "last_entry": 0}
    assert "begins empty" in books.refused(insert(LedgerAccount), row)
    # Nor is there a second account in the same place, to spend the same money from.
    assert "unique" in books.refused(insert(LedgerAccount), row | {"balance": Money(0)}).lower()


@pytest.mark.parametrize(
    ("to", "source", "constraint"),
    [
        (AccountKind.AVAILABLE, AccountKind.UNALLOCATED, "unallocated_not_overdrawn"),
        (AccountKind.ENCUMBERED, AccountKind.AVAILABLE, "available_not_overdrawn"),
        (AccountKind.RESERVED, AccountKind.ENCUMBERED, "encumbered_not_overdrawn"),
        (AccountKind.PAID, AccountKind.RESERVED, "reserved_not_overdrawn"),
        (AccountKind.ENCUMBERED, AccountKind.PAID, "paid_not_overdrawn"),
        (AccountKind.GIVER, AccountKind.UNALLOCATED, "unallocated_not_overdrawn"),
    ],
)
def test_no_account_goes_below_zero(books: Books, to: AccountKind, source: AccountKind, constraint: str) -> None:
    cents = books.account(source).balance + 1
    assert constraint in books.refused(insert(LedgerEntry), books.entry(to, source, cents))
    assert books.is_intact()


def test_an_entry_is_more_than_nothing_between_two_accounts_of_one_fund(books: Books) -> None:
    for cents in (0, -1):
        row = books.entry(AccountKind.AVAILABLE, AccountKind.UNALLOCATED, cents)
        assert "more_than_nothing" in books.refused(insert(LedgerEntry), row)
    row = books.entry(AccountKind.AVAILABLE, AccountKind.AVAILABLE, 1)
    assert "two_accounts" in books.refused(insert(LedgerEntry), row)
    foreign = books.entry(AccountKind.AVAILABLE, AccountKind.UNALLOCATED, 1, fund_id=new_id())
    assert "foreign key" in books.refused(insert(LedgerEntry), foreign).lower()


def test_a_disbursement_is_settled_once(books: Books) -> None:
    row = books.entry(
        AccountKind.PAID,
        AccountKind.RESERVED,
        100,
        kind=EntryKind.SETTLED,
        award_id=books.award_id,
        disbursement_id=books.disbursement_id,
    )
    refused = books.refused(insert(LedgerEntry), row).lower()
    assert "unique" in refused or "append-only" in refused


@pytest.mark.parametrize(
    ("table", "values", "words"),
    [
        (Disbursement, {"status": "draft"}, "does not change like this"),
        (Disbursement, {"status": "released", "settled_on": None}, "does not change like this"),
        (Disbursement, {"amount": 1}, "does not change like this"),
        (Disbursement, {"payee_id": UUID(int=1)}, "does not change like this"),
        (Disbursement, {"award_id": UUID(int=1)}, "does not change like this"),
        (Disbursement, {"settled_on": None}, "settled_on_a_day"),
        (Award, {"status": "requested", "decided_by": None, "decided_on": None}, "does not change like this"),
        (Award, {"status": "rejected"}, "does not change like this"),
        (Award, {"amount": 1_000_000}, "does not change like this"),
        (Award, {"case_id": UUID(int=1)}, "does not change like this"),
        (Award, {"decided_by": col(Award.requested_by)}, "decided_by_another"),
    ],
)
def test_statuses_and_promises_do_not_change_by_hand(
    books: Books, table: type[Any], values: dict[str, Any], words: str
) -> None:
    assert words in books.refused(update(table).values(**values))


def test_nothing_of_the_money_is_deleted(books: Books) -> None:
    assert "never deleted" in books.refused(delete(Disbursement))
    assert "never deleted" in books.refused(delete(Award))
    if not books.world.services.database.is_sqlite:
        for table in ("ledger_account", "ledger_entry", "award", "disbursement", "disbursement_step"):
            books.refused(text("TRUNCATE {} CASCADE".format(table)))  # noqa: UP032 - a plain name of a table


def test_nobody_has_two_duties(books: Books) -> None:
    row = {
        "id": new_id(),
        "disbursement_id": books.disbursement_id,
        "verb": Verb.APPROVE,
        "duty": Duty.APPROVER,
        "actor_id": books.world.people["attorney"],
        "on_day": date(2026, 1, 1),
        "at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    assert "unique" in books.refused(insert(DisbursementStep), row).lower()
    assert "duties_are_taken" in books.refused(insert(DisbursementStep), row | {"duty": None})
