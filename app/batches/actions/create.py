"""Making a payment run: all that was chosen goes into it, or nothing does."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.batches.model import Batch, BatchItem
from app.batches.reads.find import Payment, hindrance, payments, released
from app.batches.rules.runs import (
    MOST_IN_AN_ENTRY,
    MOST_ITEMS,
    BatchMethod,
    BatchStatus,
    Hindrance,
    day_for_a_run,
    hindered,
)
from app.cases.actions.dates import Day
from app.cases.rules import day_in
from app.db import new_id
from app.disbursements.model import Disbursement
from app.errors import Conflict, Invalid, Problem
from app.funds.actions.ledger import broken_constraint
from app.once import once
from app.reference import new_reference
from app.work import Work

#: The index that keeps a payment out of a second run, as each engine names it when it refuses.
_IN_ONE_RUN = frozenset({"uq_batch_item_in_one_run", "batch_item.disbursement_id"})

Ids = Annotated[list[UUID], Field(min_length=1, max_length=MOST_ITEMS)]


class NewBatch(BaseModel):
    """A run of released payments: of these funds, by this method, to be paid on this day.

    Without ``disbursement_ids`` it takes all that are free.
    """

    model_config = ConfigDict(extra="forbid")

    method: BatchMethod
    fund_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    effective_on: Day
    disbursement_ids: Ids | None = None


def create(work: Work, form: NewBatch) -> UUID:
    """Make a run and give its id: its payments are in no other run from now on.

    Raises Invalid with one problem for each payment that can not go in it, Conflict when there is nothing to pay or
    somebody else took one of them meanwhile.
    """
    work.allow(Permission.BATCH_MAKE)

    def do(batch_id: UUID) -> None:
        wrong = day_for_a_run(form.effective_on, day_in(work.now, work.actor.time_zone))
        if wrong is not None:
            raise Invalid(wrong)
        chosen = _chosen(work, form)
        problems = [problem for each in chosen if (problem := _problem(work, form, each)) is not None]
        if problems:
            raise Invalid(*problems)
        _put(work, batch_id, form, chosen)

    return once(work, form, do)


def _chosen(work: Work, form: NewBatch) -> list[Payment]:
    """The payments that the form means. Raises Invalid for one that is not there, Conflict when there are none."""
    if form.disbursement_ids is None:
        found = payments(work, *released(form.method, form.fund_ids), limit=MOST_ITEMS + 1)
    else:
        wanted = set(form.disbursement_ids)
        found = payments(work, col(Disbursement.id).in_(wanted))
        if len(found) != len(wanted):
            raise Invalid(
                Problem("/disbursement_ids", "disbursement_ids.unknown", "One of these payments is not there.")
            )
    if not found:
        raise Conflict("batch.nothing", "No released payment of these funds waits for this method.")
    if len(found) > MOST_ITEMS:
        raise Conflict("batch.too_many", "One run takes {most} payments. Choose fewer.", {"most": MOST_ITEMS})
    return found


def _problem(work: Work, form: NewBatch, payment: Payment) -> Problem | None:
    if payment.fund_id not in form.fund_ids:
        return hindered(Hindrance.OTHER_FUND, payment.reference)
    if form.method is BatchMethod.ACH and payment.amount > MOST_IN_AN_ENTRY:
        return hindered(Hindrance.TOO_LARGE, payment.reference)
    found = hindrance(work, payment, form.method)
    return None if found is None else hindered(found, payment.reference)


def _put(work: Work, batch_id: UUID, form: NewBatch, chosen: Sequence[Payment]) -> None:
    total = sum(each.amount for each in chosen)
    work.insert(
        Batch,
        id=batch_id,
        reference=new_reference("PR"),
        method=form.method,
        status=BatchStatus.DRAFT,
        effective_on=form.effective_on,
        total=total,
        items=len(chosen),
        created_at=work.now,
        created_by=work.actor.id,
    )
    try:
        for position, each in enumerate(chosen, start=1):
            item = {"disbursement_id": each.id, "position": position, "amount": each.amount, "active": True}
            work.insert(BatchItem, id=new_id(), batch_id=batch_id, **item)
    except IntegrityError as error:
        if broken_constraint(error) not in _IN_ONE_RUN:
            raise
        raise Conflict("batch.taken", "Somebody else just put one of these payments into a run. Load again.") from None
    record(
        work,
        "batch.created",
        object_type="batch",
        object_id=batch_id,
        count=len(chosen),
        details={"method": form.method},
    )
