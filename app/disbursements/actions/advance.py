"""One step of a disbursement's life: who acts is checked, the status moves, the step is kept. Money moves after it."""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.audit.actions import record
from app.cases.rules import day_in
from app.db import new_id
from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.reads.find import FoundDisbursement
from app.disbursements.rules import DUTIES, MOVES, Bar, Duty, Standing, Verb, barred
from app.errors import Conflict, Denied
from app.funds.actions.ledger import Place, broken_constraint
from app.work import Work


class Nothing(BaseModel):
    """A verb that takes no words."""

    model_config = ConfigDict(extra="forbid")


def _no_passkeys_yet(given: dict[str, Any] | None) -> None:
    if given is not None:
        raise PydanticCustomError(
            "confirmation.unverifiable", "Leave the confirmation out: nobody has a passkey here that could be checked."
        )


class Confirmed(BaseModel):
    """A verb that a person may confirm with a passkey.

    A confirmation that nothing here can verify is refused, not ignored: whoever sends one must not think it counted.
    """

    model_config = ConfigDict(extra="forbid")

    confirmation: Annotated[dict[str, Any] | None, AfterValidator(_no_passkeys_yet)] = None


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
    Verb.EXPIRE: "disbursement.expired",
}
#: The index that lets nobody take two duties, as each engine names it when it refuses.
_ONE_DUTY_EACH: Final = frozenset({
    "uq_disbursement_step_one_duty_each", "disbursement_step.disbursement_id, disbursement_step.actor_id",
})  # fmt: skip


def today_of(work: Work, found: FoundDisbursement) -> date:
    """Today in the zone of the disbursement's fund."""
    return day_in(work.now, found.time_zone)


def place_of(found: FoundDisbursement) -> Place:
    """Whose accounts a posting for this disbursement moves money between."""
    return Place(found.fund_id, found.allocation_id, found.award_id)


def advance(work: Work, found: FoundDisbursement, verb: Verb, on_day: date, **columns: Any) -> None:
    """Move the disbursement by a verb and keep the step.

    Raises Denied for somebody who had another part in it, works on its case or belongs to the payee's organization;
    Conflict when its status does not allow the verb, or somebody else moved it meanwhile.
    """
    duty = DUTIES.get(verb)
    bar = barred(duty, Standing(found.took_part, found.on_the_case, work.actor.partner_id, found.payee_partner_id))
    if bar is not None:
        raise _segregation(bar)
    move = MOVES[verb]
    if found.status not in move.old:
        raise _not_now()
    changed = work.session.execute(
        update(Disbursement)
        .where(col(Disbursement.id) == found.id, col(Disbursement.status) == found.status)
        .values(status=move.new, **columns)
    )
    if changed.rowcount != 1:
        raise _not_now()
    keep_step(work, found.id, found.case_id, verb, on_day, None if found.took_part else duty)


def keep_step(work: Work, disbursement_id: UUID, case_id: UUID, verb: Verb, on_day: date, duty: Duty | None) -> None:
    """Keep a step and put it on record. Raises Denied when the actor took another duty in the same moment."""
    step = {
        "id": new_id(),
        "disbursement_id": disbursement_id,
        "verb": verb,
        "actor_id": None if verb is Verb.EXPIRE else work.actor.id,
        "duty": duty,
        "on_day": on_day,
        "at": work.now,
    }
    try:
        work.insert(DisbursementStep, **step)
    except IntegrityError as error:
        if broken_constraint(error) not in _ONE_DUTY_EACH:
            raise
        raise _segregation(Bar.TOOK_PART) from None
    record(work, _RECORDED[verb], object_type="disbursement", object_id=disbursement_id, subject_id=case_id)


def _segregation(bar: Bar) -> Denied:
    code = "segregation_of_duties"
    if bar is Bar.ON_THE_CASE:
        return Denied(code, "You work on this case. Somebody who does not must do this.")
    if bar is Bar.OF_THE_PAYEE:
        return Denied(code, "You belong to the payee's organization. Somebody who does not must do this.")
    return Denied(code, "You had a part in this disbursement already. Four different people move it.")


def _not_now() -> Conflict:
    return Conflict("disbursement.status", "The disbursement is not in a status that allows this. Load it again.")
