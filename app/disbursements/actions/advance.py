"""One step of a disbursement's life: who acts is checked, the status moves, the step is kept. Money moves after it."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.audit.actions import record
from app.cases.rules import day_in
from app.db import new_id
from app.disbursements.actions.confirm import Confirmation, Proof, keep
from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.reads.find import FoundDisbursement
from app.disbursements.rules import DUTIES, MOVES, Bar, Duty, Verb, barred
from app.errors import Conflict, Denied
from app.funds.actions.ledger import Place, broken_constraint
from app.work import Work


class Nothing(BaseModel):
    """A verb that takes no words."""

    model_config = ConfigDict(extra="forbid")


#: Its old name, which callers know.
Confirmed = Confirmation


#: What the audit record calls each verb.
_RECORDED: Final = {
    Verb.CREATE: "disbursement.created",
    Verb.SUBMIT: "disbursement.submitted",
    Verb.APPROVE: "disbursement.approved",
    Verb.REJECT: "disbursement.rejected",
    Verb.RELEASE: "disbursement.released",
    Verb.SETTLE: "disbursement.settled",
    Verb.RETURN: "disbursement.returned",
    Verb.REVERSE: "disbursement.reversed",
    Verb.EDIT: "disbursement.changed",
    Verb.EXPIRE: "disbursement.expired",
}
#: The index that lets nobody take two duties, as each engine names it when it refuses.
_ONE_DUTY_EACH: Final = frozenset({
    "uq_disbursement_step_one_duty_each", "disbursement_step.disbursement_id, disbursement_step.actor_id",
    "uq_disbursement_step_one_approval_each",
    "disbursement_step.disbursement_id, disbursement_step.actor_id, disbursement_step.version",
})  # fmt: skip


def today_of(work: Work, found: FoundDisbursement) -> date:
    """Today in the zone of the disbursement's fund."""
    return day_in(work.now, found.time_zone)


def place_of(found: FoundDisbursement) -> Place:
    """Whose accounts a posting for this disbursement moves money between."""
    return Place(found.fund_id, found.allocation_id, found.award_id)


def advance(
    work: Work,
    found: FoundDisbursement,
    verb: Verb,
    on_day: date,
    proof: Proof | None = None,
    **columns: Any,
) -> None:
    """Move the disbursement by a verb and keep the step, with what was signed. ``status`` may be given in columns.

    Raises Denied for somebody who had another part in it, works on its case or belongs to the payee's organization;
    Conflict when its status does not allow the verb, or somebody else moved or changed it meanwhile.
    """
    must_be_free(work, found, verb)
    move, duty = MOVES[verb], DUTIES.get(verb)
    if found.status not in move.old:
        raise not_now()
    version = func.coalesce(col(Disbursement.version), 1)
    changed = work.session.execute(
        update(Disbursement)
        .where(col(Disbursement.id) == found.id, col(Disbursement.status) == found.status, version == found.version)
        .where(func.coalesce(col(Disbursement.approvals), 0) == found.approvals)
        .values({"status": move.new} | columns)
    )
    if changed.rowcount != 1:
        raise not_now()
    had = any(part.duty is not None for part in found.parts)
    now = found.version + 1 if verb is Verb.EDIT else found.version
    step_id = keep_step(work, found.id, found.case_id, verb, on_day, None if had else duty, now, proof)
    if proof is not None:
        keep(work, found, verb, step_id, proof)


def must_be_free(work: Work, found: FoundDisbursement, verb: Verb) -> None:
    """Raise Denied for somebody who may not take this verb's duty in this payment."""
    standing = found.standing(verb, work.actor.partner_id)
    duty = DUTIES.get(verb)
    bar = Bar.TOOK_PART if duty is Duty.REQUESTER and standing.took_part else barred(duty, standing)
    if bar is not None:
        raise _segregation(bar)


def must_be_the_account(found: FoundDisbursement) -> None:
    """Raise Conflict when the payee's account is not the one that the payment was asked for."""
    if found.account_changed:
        raise Conflict(
            "disbursement.account_changed",
            "The payee's bank account was changed after this was asked for. Who asked must submit it again.",
        )


def keep_step(
    work: Work,
    disbursement_id: UUID,
    case_id: UUID,
    verb: Verb,
    on_day: date,
    duty: Duty | None,
    version: int = 1,
    proof: Proof | None = None,
) -> UUID:
    """Keep a step and put it on record. Raises Denied when the actor took another duty in the same moment."""
    step_id = new_id()
    step = {
        "id": step_id,
        "disbursement_id": disbursement_id,
        "verb": verb,
        "actor_id": None if verb is Verb.EXPIRE else work.actor.id,
        "duty": duty,
        "on_day": on_day,
        "at": work.now,
        "version": version,
        "confirmed": None if proof is None else proof.confirmed,
    }
    try:
        work.insert(DisbursementStep, **step)
    except IntegrityError as error:
        if broken_constraint(error) not in _ONE_DUTY_EACH:
            raise
        raise _segregation(Bar.TOOK_PART) from None
    details = {} if proof is None else {"confirmed": proof.confirmed.value}
    record(
        work,
        _RECORDED[verb],
        object_type="disbursement",
        object_id=disbursement_id,
        subject_id=case_id,
        details=details,
    )
    return step_id


def _segregation(bar: Bar) -> Denied:
    code = "segregation_of_duties"
    if bar is Bar.ON_THE_CASE:
        return Denied(code, "You work on this case. Somebody who does not must do this.")
    if bar is Bar.OF_THE_PAYEE:
        return Denied(code, "You belong to the payee's organization. Somebody who does not must do this.")
    if bar is Bar.IS_THE_PAYEE:
        return Denied(code, "The payee has your name. Somebody else must do this.")
    if bar is Bar.CHANGED_THE_ACCOUNT:
        return Denied(code, "You asked for the change of the payee's account. Somebody else must do this.")
    return Denied(code, "You had a part in this disbursement already. Four different people move it.")


def not_now() -> Conflict:
    return Conflict("disbursement.status", "The disbursement is not in a status that allows this. Load it again.")
