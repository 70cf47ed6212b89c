"""Moving a run on: another person confirms it, it goes to the bank, and it is settled or voided."""

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import exists, func, select, update
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.batches.model import Batch, BatchDownload, BatchItem
from app.batches.reads.files import digest_of, instruction
from app.batches.reads.find import FoundBatch, find, hindrance, payments_of
from app.batches.rules.nacha import MODIFIERS
from app.batches.rules.runs import INSTRUCTS, MOVES, BatchMethod, BatchStatus, BatchVerb, Hindrance, hindered
from app.cases.actions.dates import Day
from app.disbursements.actions.pay import Settlement, settle
from app.disbursements.rules import DisbursementStatus
from app.errors import Conflict, Denied
from app.funds.actions.funds import Line
from app.once import once
from app.work import Work


class Nothing(BaseModel):
    """A verb that takes no words."""

    model_config = ConfigDict(extra="forbid")


class RunSettlement(BaseModel):
    """The day on which the bank paid the run (today unless given), and the bank's reference."""

    model_config = ConfigDict(extra="forbid")

    settled_on: Day | None = None
    bank_reference: Line | None = None


def confirm(work: Work, batch_id: UUID, form: Nothing) -> UUID:
    """Confirm a run that somebody else made: from now on this person, and nobody else, may take its files out.

    Raises NotFound, Denied for who made it or works on a case in it, Conflict when something in it changed.
    """
    found = find(work, Permission.BATCH_CONFIRM, batch_id)

    def do(_: UUID) -> None:
        if work.actor.id == found.created_by:
            raise Denied("segregation_of_duties", "You made this run. Somebody else must confirm it.")
        _still_good(work, found)
        modifier = _modifier(work) if found.method is BatchMethod.ACH else None
        _move(
            work,
            found,
            BatchVerb.CONFIRM,
            confirmed_by=work.actor.id,
            confirmed_at=work.now,
            file_modifier=modifier,
            digest=digest_of(instruction(work, replace(found, file_modifier=modifier, confirmed_at=work.now))),
        )

    return once(work, form, do, result_id=batch_id)


def void(work: Work, batch_id: UUID, form: Nothing) -> UUID:
    """Give a run up that was not sent: its payments are free again. Raises NotFound or Conflict."""
    found = find(work, Permission.BATCH_MAKE, batch_id)

    def do(_: UUID) -> None:
        _move(work, found, BatchVerb.VOID, voided_by=work.actor.id, voided_at=work.now)
        work.session.execute(update(BatchItem).where(col(BatchItem.batch_id) == batch_id).values(active=False))

    return once(work, form, do, result_id=batch_id)


def send(work: Work, batch_id: UUID, form: Nothing) -> UUID:
    """Say that the run went to the bank. Raises NotFound, or Conflict when nobody took out the file to send."""
    found = find(work, Permission.BATCH_CONFIRM, batch_id)

    def do(_: UUID) -> None:
        _must_be(found, BatchVerb.SEND)
        kind = INSTRUCTS[found.method]
        taken = exists().where(col(BatchDownload.batch_id) == batch_id, col(BatchDownload.kind) == kind)
        if not work.session.execute(select(taken)).scalar_one():
            raise Conflict(
                "batch.no_file", "Nobody has taken the file out yet. Get it, give it to the bank, then say so."
            )
        _still_good(work, found)
        _move(work, found, BatchVerb.SEND, sent_by=work.actor.id, sent_at=work.now)

    return once(work, form, do, result_id=batch_id)


def settle_all(work: Work, batch_id: UUID, form: RunSettlement) -> UUID:
    """Say that the bank paid the run: every payment of it that is still on its way is settled, all or none.

    Raises NotFound, Denied for who had another part in one of them, Invalid for the day, Conflict when it was not sent.
    """
    found = find(work, Permission.DISBURSEMENT_SETTLE, batch_id)

    def do(_: UUID) -> None:
        settle_items(work, found, form)

    return once(work, form, do, result_id=batch_id)


def settle_items(work: Work, found: FoundBatch, form: RunSettlement) -> None:
    """The same for who found the run already, inside what they do."""
    if found.status is not BatchStatus.SENT:
        raise Conflict("batch.not_sent", "This run was not sent. Say first that it went to the bank.")
    members = payments_of(work, found.id)
    if len(members) != found.items:
        raise Denied("batch.walled", "A case in this run is closed to you. Somebody else must do this.")
    open_ones = [each for each in members if each.status is DisbursementStatus.RELEASED]
    if not open_ones:
        raise Conflict("batch.settled", "Every payment of this run is settled or came back.")
    given = form.model_dump(mode="json")
    for each in open_ones:
        settle(work, each.id, Settlement.model_validate(given))
    record(work, "batch.settled", object_type="batch", object_id=found.id, count=len(open_ones))


def _still_good(work: Work, found: FoundBatch) -> None:
    """Raise Denied or Conflict when a payment could not go into the run any more, or a wall hides one."""
    members = payments_of(work, found.id)
    if len(members) != found.items:
        raise Denied("batch.walled", "A case in this run is closed to you. Somebody else must do this.")
    for each in members:
        hindered_by = hindrance(work, each, found.method, taken=True)
        if hindered_by in (Hindrance.ON_THE_CASE, Hindrance.OF_THE_PAYEE):
            problem = hindered(hindered_by, each.reference)
            raise Denied(problem.code, problem.message, problem.values)
        if hindered_by is not None:
            problem = hindered(hindered_by, each.reference)
            raise Conflict(problem.code, problem.message, problem.values)


def _modifier(work: Work) -> str:
    """The letter of the next ACH file of this day (UTC). Raises Conflict after the thirty-sixth."""
    midnight = datetime.combine(work.now.astimezone(UTC).date(), time(), UTC)
    counted = select(func.count()).where(col(Batch.confirmed_at) >= midnight, col(Batch.file_modifier).is_not(None))
    number = work.session.execute(counted).scalar_one()
    if number >= len(MODIFIERS):
        raise Conflict(
            "batch.day_full", "A bank takes {most} files a day. Confirm it tomorrow.", {"most": len(MODIFIERS)}
        )
    return MODIFIERS[number]


def _must_be(found: FoundBatch, verb: BatchVerb) -> None:
    if found.status not in MOVES[verb][0]:
        raise _not_now()


def _move(work: Work, found: FoundBatch, verb: BatchVerb, **columns: Any) -> None:
    _must_be(found, verb)
    changed = work.session.execute(
        update(Batch)
        .where(col(Batch.id) == found.id, col(Batch.status) == found.status)
        .values(status=MOVES[verb][1], **columns)
    )
    if changed.rowcount != 1:
        raise _not_now()
    record(work, _RECORDED[verb], object_type="batch", object_id=found.id, count=found.items)


_RECORDED: Final = {
    BatchVerb.CONFIRM: "batch.confirmed",
    BatchVerb.SEND: "batch.sent",
    BatchVerb.VOID: "batch.voided",
}


def _not_now() -> Conflict:
    return Conflict("batch.status", "The run is not in a status that allows this. Load it again.")
