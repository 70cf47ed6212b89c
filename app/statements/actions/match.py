"""Saying what a line of a statement is: it settles a payment that the bank paid, and returns one that came back."""

from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.batches.actions.move import RunSettlement, settle_items
from app.batches.reads.find import find as find_batch
from app.batches.rules.runs import BatchStatus
from app.db import new_id
from app.disbursements.actions.decide import Reason
from app.disbursements.actions.pay import Settlement, give_back, settle
from app.disbursements.reads.find import FoundDisbursement
from app.disbursements.reads.find import find as find_payment
from app.disbursements.rules import DisbursementStatus, ReasonCode
from app.errors import Conflict, Denied, Invalid, NotFound, Problem
from app.money import Money
from app.once import once
from app.statements.model import BankStatement, StatementMatch
from app.statements.reads.find import FoundLine, find, find_line
from app.statements.reads.proposals import basis_of
from app.statements.rules.returns import RETURNS
from app.statements.rules.words import Basis, Direction, MatchKind, OtherReason, StatementStatus
from app.work import Work


class NewMatch(BaseModel):
    """What a line is: one payment, a whole run, a payment that came back, or something else for a reason."""

    model_config = ConfigDict(extra="forbid")

    line_id: UUID
    kind: MatchKind
    disbursement_id: UUID | None = None
    batch_id: UUID | None = None
    reason: OtherReason | None = None
    return_code: Annotated[str, StringConstraints(pattern=r"^R[0-9]{2}$")] | None = None


class Nothing(BaseModel):
    """A verb that takes no words."""

    model_config = ConfigDict(extra="forbid")


#: Which field names what a line is, by its kind.
_NAMES: Final = {
    MatchKind.PAID: "disbursement_id",
    MatchKind.RETURNED: "disbursement_id",
    MatchKind.RUN: "batch_id",
    MatchKind.OTHER: "reason",
}


def match(work: Work, statement_id: UUID, form: NewMatch) -> UUID:
    """Say what a line is. Gives the statement's id.

    Raises NotFound, Invalid for amounts or ways that do not fit, Denied for who had another part in the payment,
    Conflict when the statement is closed or the line or the payment is matched already.
    """
    found = find(work, Permission.STATEMENT_MATCH, statement_id)

    def do(_: UUID) -> None:
        if found.status is StatementStatus.CLOSED:
            raise Conflict("statement.closed", "This statement is closed and stays as it is.")
        line = find_line(work, statement_id, form.line_id)
        needed = _NAMES[form.kind]
        if getattr(form, needed) is None:
            raise Invalid(Problem(f"/{needed}", f"{needed}.required", "Say what this line is."))
        basis = _ACTS[form.kind](work, line, form)
        _keep(work, statement_id, form, line, basis)

    return once(work, form, do, result_id=statement_id)


def close(work: Work, statement_id: UUID, form: Nothing) -> UUID:
    """Close a statement whose every line is explained: from now on it stays. Raises NotFound, Denied or Conflict."""
    found = find(work, Permission.STATEMENT_CLOSE, statement_id)

    def do(_: UUID) -> None:
        if found.status is StatementStatus.CLOSED:
            raise Conflict("statement.closed", "This statement is closed and stays as it is.")
        mine = exists().where(
            col(StatementMatch.statement_id) == statement_id, col(StatementMatch.matched_by) == work.actor.id
        )
        if work.session.execute(select(mine)).scalar_one():
            raise Denied(
                "segregation_of_duties",
                "You said what a line of this statement is. Somebody who did not must close it.",
            )
        matched = select(col(StatementMatch.id)).where(col(StatementMatch.statement_id) == statement_id)
        missing = found.lines - len(work.session.execute(matched).all())
        if missing:
            raise Conflict("statement.unmatched", "Nobody said yet what {count} of the lines are.", {"count": missing})
        work.session.execute(
            update(BankStatement)
            .where(col(BankStatement.id) == statement_id, col(BankStatement.status) == StatementStatus.OPEN)
            .values(status=StatementStatus.CLOSED, closed_at=work.now, closed_by=work.actor.id)
        )
        record(work, "statement.closed", object_type="statement", object_id=statement_id, count=found.lines)

    return once(work, form, do, result_id=statement_id)


def _paid(work: Work, line: FoundLine, form: NewMatch) -> Basis:
    payment = _payment(work, form)
    _fits(line, Direction.OUT, payment.amount)
    if payment.status is DisbursementStatus.RELEASED:
        settle(work, payment.id, Settlement.model_validate(_when(line)))
    elif payment.status is not DisbursementStatus.SETTLED:
        raise Conflict("disbursement.status", "The disbursement is not in a status that allows this. Load it again.")
    return basis_of(work, line, payment.id)


def _run(work: Work, line: FoundLine, form: NewMatch) -> Basis:
    assert form.batch_id is not None
    try:
        batch = find_batch(work, Permission.BATCH_READ, form.batch_id)
    except NotFound:
        raise Invalid(Problem("/batch_id", "batch_id.unknown", "There is no such run.")) from None
    _fits(line, Direction.OUT, batch.total)
    if batch.status is not BatchStatus.SENT:
        raise Conflict("batch.not_sent", "This run was not sent. Say first that it went to the bank.")
    settle_items(work, batch, RunSettlement.model_validate(_when(line)))
    return Basis.EXACT if line.our_reference == batch.reference else Basis.BY_HAND


def _when(line: FoundLine) -> dict[str, str | None]:
    return {"settled_on": line.booked_on.isoformat(), "bank_reference": line.bank_reference}


def _returned(work: Work, line: FoundLine, form: NewMatch) -> Basis:
    payment = _payment(work, form)
    _fits(line, Direction.IN, payment.amount)
    code = form.return_code or line.return_code
    why = RETURNS.get(code or "", "The bank sent the money back")
    words = f"{code}: {why}." if code else f"{why}."
    give_back(work, payment.id, Reason(reason=words, code=ReasonCode.BANK_RETURN))
    return basis_of(work, line, payment.id)


def _other(_work: Work, _line: FoundLine, _form: NewMatch) -> Basis:
    return Basis.BY_HAND


_ACTS: Final = {
    MatchKind.PAID: _paid,
    MatchKind.RUN: _run,
    MatchKind.RETURNED: _returned,
    MatchKind.OTHER: _other,
}


def _payment(work: Work, form: NewMatch) -> FoundDisbursement:
    assert form.disbursement_id is not None
    try:
        return find_payment(work, Permission.DISBURSEMENT_SETTLE, form.disbursement_id)
    except NotFound:
        raise Invalid(Problem("/disbursement_id", "disbursement_id.unknown", "There is no such payment.")) from None


def _fits(line: FoundLine, direction: Direction, cents: int) -> None:
    """Raise Invalid for a line that goes the other way, or over another amount."""
    if line.direction is not direction:
        raise Invalid(Problem("/line_id", "line_id.way", "This line goes the other way."))
    if line.amount != cents:
        values = {"difference": str(Money(line.amount - cents))}
        raise Invalid(Problem("/line_id", "line_id.amount", "The amounts differ by {difference} dollars.", values))


def _keep(work: Work, statement_id: UUID, form: NewMatch, line: FoundLine, basis: Basis) -> None:
    named = {name: getattr(form, name) if _NAMES[form.kind] == name else None for name in _NAMES.values()}
    try:
        work.insert(
            StatementMatch,
            id=new_id(),
            statement_id=statement_id,
            line_id=line.id,
            kind=form.kind,
            basis=basis,
            return_code=(form.return_code or line.return_code) if form.kind is MatchKind.RETURNED else None,
            matched_at=work.now,
            matched_by=work.actor.id,
            **named,
        )
    except IntegrityError:
        raise Conflict(
            "statement.matched", "The line, or what it should be, is matched already. Load it again."
        ) from None
    record(
        work,
        "statement.line_matched",
        object_type="statement",
        object_id=statement_id,
        details={"kind": form.kind.value, "basis": basis.value},
    )
