"""The lines of a statement as they are shown, with what each is or may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.access.model import Account
from app.audit.actions import record
from app.batches.model import Batch
from app.cases.reads import PersonName
from app.crypto import Cell, Group
from app.disbursements.model import Disbursement
from app.disbursements.scope import visible as visible_payments
from app.money import Money
from app.statements.model import StatementLine, StatementMatch
from app.statements.reads.proposals import candidates
from app.statements.reads.statements import row_of
from app.statements.rules.proposing import Ours, Proposed, Theirs, proposals
from app.statements.rules.returns import RETURNS
from app.statements.rules.words import (
    Basis,
    Direction,
    MatchKind,
    OtherReason,
)
from app.work import Work


@dataclass(frozen=True, slots=True)
class MatchView:
    """What a line is; ``reference`` names the payment or the run, unless a wall stands before it."""

    kind: MatchKind
    basis: Basis
    disbursement_id: UUID | None
    batch_id: UUID | None
    reference: str | None
    reason: OtherReason | None
    return_code: str | None
    matched_at: datetime
    matched_by: PersonName


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What a line may be: ``id`` is the payment's or the run's."""

    kind: MatchKind
    basis: Basis
    id: UUID
    reference: str


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the bank's. ``description`` opens for who matches lines, for nobody else."""

    id: UUID
    position: int
    booked_on: date
    amount: Money
    direction: Direction
    bank_reference: str | None
    return_code: str | None
    return_reason: str | None
    description: str | None
    match: MatchView | None
    proposals: list[ProposalView]


@dataclass(frozen=True, slots=True)
class LineList:
    items: list[LineView]
    next: str | None


_MATCH: Final[tuple[Any, ...]] = (
    col(StatementMatch.kind),
    col(StatementMatch.basis),
    col(StatementMatch.disbursement_id),
    col(StatementMatch.batch_id),
    col(Batch.reference).label("batch_reference"),
    col(StatementMatch.reason),
    col(StatementMatch.return_code).label("matched_code"),
    col(StatementMatch.matched_at),
    col(StatementMatch.matched_by),
    col(Account.name).label("matcher"),
)


def lines(
    work: Work,
    statement_id: UUID,
    unmatched: bool = False,
    limit: int = keyset.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> LineList:
    """The lines of a statement in the bank's order, with what each is or may be. Raises NotFound."""
    found = row_of(work, statement_id)
    opens = work.actor.reach(Permission.STATEMENT_MATCH) is not None
    asked: Select[Any] = (
        select(StatementLine.__table__, *_MATCH)  # type: ignore[attr-defined]  # SQLModel adds it to every table class
        .outerjoin(StatementMatch, col(StatementMatch.line_id) == col(StatementLine.id))
        .outerjoin(Account, col(Account.id) == col(StatementMatch.matched_by))
        .outerjoin(Batch, col(Batch.id) == col(StatementMatch.batch_id))
        .where(col(StatementLine.statement_id) == statement_id)
    )
    if unmatched:
        asked = asked.where(col(StatementMatch.id).is_(None))
    rows = work.session.execute(keyset.oldest_first(asked, col(StatementLine.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(rows, limit)
    ours = candidates(work, found.from_on, found.to_on) if opens and any(row.kind is None for row in page.rows) else []
    names = _names(work, [row.disbursement_id for row in page.rows if row.disbursement_id is not None])
    record(
        work,
        "statement.lines_read",
        object_type="statement",
        object_id=statement_id,
        groups=(Group.PAYEE,) if opens else (),
        count=len(page.rows),
    )
    return LineList([_line(work, found, row, ours, names, opens) for row in page.rows], page.next)


def _names(work: Work, disbursement_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The references of payments that no wall keeps from the actor."""
    reach = work.allow(Permission.DISBURSEMENT_READ)
    rows = work.session.execute(
        select(col(Disbursement.id), col(Disbursement.reference)).where(
            col(Disbursement.id).in_(disbursement_ids), visible_payments(work.actor, reach)
        )
    )
    return {row.id: row.reference for row in rows}


def _line(work: Work, found: Any, row: Any, ours: Sequence[Ours], names: dict[UUID, str], opens: bool) -> LineView:
    words = _words(work, found.subject_id, row) if opens else None
    theirs = Theirs(row.booked_on, int(row.amount), row.direction, row.our_reference, words or "")
    proposed = proposals(theirs, ours) if row.kind is None and opens else []
    return LineView(
        id=row.id,
        position=row.position,
        booked_on=row.booked_on,
        amount=row.amount,
        direction=row.direction,
        bank_reference=row.bank_reference,
        return_code=row.return_code,
        return_reason=RETURNS.get(row.return_code or ""),
        description=words,
        match=None if row.kind is None else _match(row, names),
        proposals=[_proposal(each) for each in proposed],
    )


def _words(work: Work, subject_id: UUID, row: Any) -> str | None:
    if not row.description:
        return None
    opened: str = work.vault.open(
        Cell("statement_line", "description", row.id, subject_id), Group.PAYEE, row.description
    )
    return opened


def _match(row: Any, names: dict[UUID, str]) -> MatchView:
    return MatchView(
        kind=row.kind,
        basis=row.basis,
        disbursement_id=row.disbursement_id if row.disbursement_id in names else None,
        batch_id=row.batch_id,
        reference=row.batch_reference or names.get(row.disbursement_id),
        reason=row.reason,
        return_code=row.matched_code,
        matched_at=row.matched_at,
        matched_by=PersonName(row.matched_by, row.matcher),
    )


def _proposal(proposed: Proposed) -> ProposalView:
    return ProposalView(proposed.kind, proposed.basis, proposed.ours.id, proposed.ours.reference)
