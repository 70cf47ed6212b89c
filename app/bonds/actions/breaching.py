"""A breach: what the government says, how it is contested, and how it ends."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from app.access.grants import Permission
from app.bonds.actions.advance import OnDay, advance, day_of, may, move_money
from app.bonds.reads.find import find, stand
from app.bonds.rules import BondStatus, Contest, Verb
from app.cases.actions.dates import Day
from app.errors import Conflict, Invalid, Problem
from app.funds.actions.ledger import Amount
from app.once import once
from app.work import Work


class Contested(OnDay):
    """How the breach is contested: by asking for mitigation, or by an appeal."""

    way: Contest


class Mitigated(BaseModel):
    """The part that the government keeps; the rest can be claimed."""

    model_config = ConfigDict(extra="forbid")

    lost: Amount
    on: Day | None = None


def breach(work: Work, bond_id: UUID, form: OnDay) -> UUID:
    """Say that the government declared the bond breached, by Form I-323: it stays owed until it is forfeited.

    Raises NotFound, Denied, or Conflict when the bond is not posted.
    """
    found = find(work, Permission.BOND_RECORD, bond_id)

    def do(_: UUID) -> None:
        day = day_of(work, found, form.on, found.posted_on)
        advance(work, found, Verb.BREACH, day, breached_on=day)

    return once(work, form, do, result_id=bond_id)


def contest(work: Work, bond_id: UUID, form: Contested) -> UUID:
    """Say that the breach is contested. Raises NotFound, Denied, or Conflict when it is not breached or is already."""
    found = find(work, Permission.BOND_RECORD, bond_id)

    def do(_: UUID) -> None:
        if found.contested_on is not None:
            raise Conflict("bond.contested", "This breach is contested already.")
        day = day_of(work, found, form.on, found.breached_on)
        advance(work, found, Verb.CONTEST, day, contested_on=day, contest=form.way)

    return once(work, form, do, result_id=bond_id)


def mitigate(work: Work, bond_id: UUID, form: Mitigated) -> UUID:
    """Say that the government keeps a part only: that part is lost, and the rest can be claimed.

    Raises NotFound, Denied, Conflict when the bond is not breached, Invalid when nothing would be left.
    """
    found = find(work, Permission.BOND_RECORD, bond_id)

    def do(_: UUID) -> None:
        may(work, found, Verb.MITIGATE)
        if form.lost >= stand(work, found.id).outstanding:
            raise Invalid(Problem("/lost", "lost.too_large", "Enter less than the bond. If all is lost, forfeit it."))
        day = day_of(work, found, form.on, found.breached_on)
        advance(work, found, Verb.MITIGATE, day, cancelled_on=day)
        move_money(work, found, Verb.MITIGATE, form.lost, day)

    return once(work, form, do, result_id=bond_id)


def reinstate(work: Work, bond_id: UUID, form: OnDay) -> UUID:
    """Say that the breach was taken back: the bond is posted as before, and what was forfeited is owed again.

    Raises NotFound, Denied, or Conflict when the bond is neither breached nor forfeited.
    """
    found = find(work, Permission.BOND_RECORD, bond_id)

    def do(_: UUID) -> None:
        day = day_of(work, found, form.on, found.breached_on)
        gone = {"breached_on": None, "contested_on": None, "contest": None, "forfeited_on": None}
        advance(work, found, Verb.REINSTATE, day, **gone)
        if found.status is BondStatus.FORFEITED:
            move_money(work, found, Verb.REINSTATE, found.amount, day)

    return once(work, form, do, result_id=bond_id)


def forfeit(work: Work, bond_id: UUID, form: OnDay) -> UUID:
    """Say that the bond is lost. Raises NotFound, Denied, or Conflict when it is not breached."""
    found = find(work, Permission.BOND_RECORD, bond_id)

    def do(_: UUID) -> None:
        day = day_of(work, found, form.on, found.breached_on)
        advance(work, found, Verb.FORFEIT, day, forfeited_on=day)
        move_money(work, found, Verb.FORFEIT, found.amount, day)

    return once(work, form, do, result_id=bond_id)
