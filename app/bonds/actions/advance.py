"""One step of a bond's life: who acts is checked, the status moves, the step is kept. Money moves after it."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import update
from sqlmodel import col

from app.audit.actions import record
from app.bonds.model import Bond, BondStep
from app.bonds.reads.find import FoundBond, stand
from app.bonds.rules import MOVES, Bar, Verb, barred
from app.bonds.rules.money import postings
from app.cases.actions.dates import Day
from app.cases.rules import day_in
from app.db import new_id
from app.errors import Conflict, Denied, Invalid, Problem
from app.funds.actions.ledger import Place, Posting, post
from app.funds.rules import EntryKind
from app.money import Money
from app.work import Work


class Nothing(BaseModel):
    """A verb that takes no words."""

    model_config = ConfigDict(extra="forbid")


class OnDay(BaseModel):
    """A verb with the day on which it happened: today unless given."""

    model_config = ConfigDict(extra="forbid")

    on: Day | None = None


#: What the audit record calls each verb.
RECORDED: Final = {
    Verb.REQUEST: "bond.requested",
    Verb.APPROVE: "bond.approved",
    Verb.REJECT: "bond.rejected",
    Verb.WITHDRAW: "bond.withdrawn",
    Verb.PAPERS: "bond.papers_seen",
    Verb.SIGN: "bond.signed",
    Verb.POST: "bond.posted",
    Verb.UNPOST: "bond.unposted",
    Verb.REDELIVER: "bond.redelivered",
    Verb.CANCEL: "bond.cancelled",
    Verb.CLAIM: "bond.claimed",
    Verb.RECEIVE: "bond.refunded",
    Verb.INTEREST: "bond.interest_received",
    Verb.BREACH: "bond.breached",
    Verb.CONTEST: "bond.contested",
    Verb.MITIGATE: "bond.mitigated",
    Verb.REINSTATE: "bond.reinstated",
    Verb.FORFEIT: "bond.forfeited",
    Verb.SUBSTITUTE: "bond.obligor_substituted",
    Verb.ADDRESS: "bond.address_confirmed",
}


def today_of(work: Work, found: FoundBond) -> date:
    """Today in the zone of the bond's fund."""
    return day_in(work.now, found.time_zone)


def day_of(work: Work, found: FoundBond, given: date | None, since: date | None = None, pointer: str = "/on") -> date:
    """The day of a verb: today, or the one given. Raises Invalid for one that is to come or before ``since``."""
    today = today_of(work, found)
    day = given or today
    if day > today:
        raise Invalid(Problem(pointer, "on.future", "Enter today or a day before today."))
    if since is not None and day < since:
        raise Invalid(Problem(pointer, "on.too_early", "Enter a day on or after the day of the step before."))
    return day


def may(work: Work, found: FoundBond, verb: Verb) -> None:
    """Raise Denied for somebody who must not take this step, and Conflict when the status does not allow it."""
    bar = barred(verb, work.actor.id, found.requested_by, found.claimed_by, found.on_the_case)
    if bar is Bar.ASKED:
        raise Denied("segregation_of_duties", "You asked for this bond. Somebody else must decide on it.")
    if bar is Bar.ON_THE_CASE:
        raise Denied("segregation_of_duties", "You work on this case. Somebody who does not must do this.")
    if bar is Bar.CLAIMED:
        raise Denied("segregation_of_duties", "You claimed this refund. Somebody else must record that it came.")
    if found.status not in MOVES[verb].old:
        raise not_now()


def advance(work: Work, found: FoundBond, verb: Verb, on_day: date, **columns: Any) -> None:
    """Move the bond by a verb and keep the step.

    Raises Denied for who must not, Conflict when its status does not allow the verb or somebody moved it meanwhile.
    """
    may(work, found, verb)
    new = MOVES[verb].new or found.status
    changed = work.session.execute(
        update(Bond)
        .where(col(Bond.id) == found.id, col(Bond.status) == found.status, col(Bond.version) == found.version)
        .values(status=new, version=found.version + 1, **columns)
    )
    if changed.rowcount != 1:
        raise not_now()
    keep_step(work, found.id, found.case_id, verb, on_day, columns.get("obligor_id"))


def keep_step(
    work: Work, bond_id: UUID, case_id: UUID, verb: Verb, on_day: date, obligor_id: UUID | None = None
) -> None:
    """Keep a step and put it on record."""
    work.insert(
        BondStep,
        id=new_id(),
        bond_id=bond_id,
        verb=verb,
        actor_id=work.actor.id,
        on_day=on_day,
        at=work.now,
        obligor_id=obligor_id,
    )
    record(work, RECORDED[verb], object_type="bond", object_id=bond_id, subject_id=case_id)


def move_money(work: Work, found: FoundBond, verb: Verb, amount: int, on_day: date, interest: int = 0) -> None:
    """Post what a verb does to the money. Call it last: from here on, others wait for these accounts."""
    for kind, cents in postings(verb, stand(work, found.id), amount, interest):
        place = Place(found.fund_id, found.allocation_id, found.award_id)
        # Interest is the fund's, not the award's.
        if kind is EntryKind.INCOME_RECEIVED:
            place = Place(found.fund_id)
        post(work, place, Posting(kind, Money(cents), on_day, bond_id=found.id))


def not_now() -> Conflict:
    """The refusal of a step out of order."""
    return Conflict("bond.status", "The bond is not in a status that allows this. Load it again.")
