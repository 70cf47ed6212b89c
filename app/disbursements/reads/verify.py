"""`amparo ledger verify`: the whole ledger, and every disbursement held against its entries and its people."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, not_, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.rules import DisbursementStatus, Duty, entries_of
from app.funds.model import LedgerEntry
from app.funds.reads.verify import Fault, LedgerVerdict, verify_accounts
from app.funds.rules import EntryKind

_KINDS = (EntryKind.RESERVED, EntryKind.FREED, EntryKind.SETTLED, EntryKind.REVERSED)
#: What a status promises of the past: settled and reversed ones were settled, a returned one may have been.
_STATES = tuple(
    (status, was_settled)
    for status in DisbursementStatus
    for was_settled in (False, True)
    if was_settled == (status in (DisbursementStatus.SETTLED, DisbursementStatus.REVERSED))
    or status is DisbursementStatus.RETURNED
)


def verify(session: Session) -> LedgerVerdict:
    """Verify the ledger in one state of the database; give a session that has not been used yet."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return examine(session)


def examine(session: Session) -> LedgerVerdict:
    """What a session that sees one state of the database finds in it.

    Balances are recomputed from entries and sum to zero; awards and disbursements have the entries that their statuses
    promise, each once; each settled disbursement was moved by four different people.
    """
    verdict = verify_accounts(session)
    faults = (
        *_found(session, "disbursement.entries_differ", "disbursement", _with_other_entries()),
        *_found(session, "disbursement.reserved_differs", "disbursement", _reserved_otherwise()),
        *_found(session, "entry.without_disbursement", "ledger_entry", _entries_without_disbursement()),
        *_found(session, "disbursement.too_few_people", "disbursement", _settled_by_too_few()),
    )
    return replace(verdict, faults=verdict.faults + faults)


def _found(session: Session, code: str, record: str, statement: Select[Any]) -> list[Fault]:
    return [Fault(code, record, str(found)) for (found,) in session.execute(statement)]


def _with_other_entries() -> Select[Any]:
    differs = or_(
        # What was reserved first may have been changed since; the two together are held against it elsewhere.
        and_(col(LedgerEntry.kind) != EntryKind.RESERVED, col(LedgerEntry.amount) != col(Disbursement.amount)),
        col(LedgerEntry.award_id) != col(Disbursement.award_id),
        col(LedgerEntry.fund_id) != col(Disbursement.fund_id),
        and_(col(LedgerEntry.kind) == EntryKind.SETTLED, col(LedgerEntry.occurred_on) != col(Disbursement.settled_on)),
    )
    as_promised = or_(*(_state(status, was_settled) for status, was_settled in _STATES))
    return (
        select(col(Disbursement.id))
        .outerjoin(LedgerEntry, col(LedgerEntry.disbursement_id) == col(Disbursement.id))
        .group_by(col(Disbursement.id), col(Disbursement.status), col(Disbursement.settled_on))
        .having(or_(not_(as_promised), _times(differs) > 0))
    )


def _reserved_otherwise() -> Select[Any]:
    """Payments for which another amount was reserved, with all changes, than they ask for."""
    change = aliased(LedgerEntry)
    more = col(change.kind) == EntryKind.RESERVED_MORE
    changes = (
        select(
            func.coalesce(
                func.sum(case((more, col(change.amount)), else_=-col(change.amount))),
                literal(0),
            )
        )
        .join(DisbursementStep, col(DisbursementStep.id) == col(change.transfer_id))
        .where(
            col(DisbursementStep.disbursement_id) == col(Disbursement.id),
            col(change.kind).in_((EntryKind.RESERVED_MORE, EntryKind.RESERVED_LESS)),
        )
        .scalar_subquery()
    )
    return (
        select(col(Disbursement.id))
        .join(LedgerEntry, col(LedgerEntry.disbursement_id) == col(Disbursement.id))
        .where(
            col(LedgerEntry.kind) == EntryKind.RESERVED,
            col(LedgerEntry.amount) + changes != col(Disbursement.amount),
        )
    )


def _state(status: DisbursementStatus, was_settled: bool) -> ColumnElement[bool]:
    """The disbursement is in this state and has exactly this state's entries."""
    settled = col(Disbursement.settled_on)
    expected = entries_of(status, was_settled)
    return and_(
        col(Disbursement.status) == status,
        settled.is_not(None) if was_settled else settled.is_(None),
        *(_times(col(LedgerEntry.kind) == kind) == (1 if kind in expected else 0) for kind in _KINDS),
        func.count(col(LedgerEntry.number)) == len(expected),
    )


def _times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _entries_without_disbursement() -> Select[Any]:
    return (
        select(col(LedgerEntry.number))
        .outerjoin(Disbursement, col(Disbursement.id) == col(LedgerEntry.disbursement_id))
        .where(
            or_(
                and_(col(LedgerEntry.disbursement_id).is_not(None), col(Disbursement.id).is_(None)),
                (col(LedgerEntry.disbursement_id).is_(None)) == (col(LedgerEntry.kind).in_(_KINDS)),
            )
        )
    )


def _settled_by_too_few() -> Select[Any]:
    return (
        select(col(Disbursement.id))
        .outerjoin(
            DisbursementStep,
            and_(
                col(DisbursementStep.disbursement_id) == col(Disbursement.id), col(DisbursementStep.duty).is_not(None)
            ),
        )
        .where(col(Disbursement.settled_on).is_not(None))
        .group_by(col(Disbursement.id))
        .having(
            or_(
                func.count(func.distinct(col(DisbursementStep.duty))) < len(Duty),
                func.count(func.distinct(col(DisbursementStep.actor_id))) < len(Duty),
            )
        )
    )
