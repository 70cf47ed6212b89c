"""The way of the money back: cancelled, claimed, received with its interest."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from app.access.grants import Permission
from app.bonds.actions.advance import OnDay, advance, day_of, may, move_money
from app.bonds.reads.find import find, stand
from app.bonds.rules import Verb
from app.cases.actions.dates import Day
from app.errors import Invalid, Problem
from app.funds.actions.ledger import Amount
from app.money import Money
from app.once import once
from app.work import Work


def _not_below_zero(amount: Money) -> Money:
    if amount < 0:
        raise PydanticCustomError("money.negative", "Enter zero or more.")
    return amount


#: Interest may be nothing.
Interest = Annotated[Money, AfterValidator(_not_below_zero)]


class Claimed(OnDay):
    """The claim; with an affidavit (Form I-395) when the receipt is lost."""

    receipt_lost: bool = False


class Received(BaseModel):
    """What came: principal and interest apart. ``rest_lost`` says that what is missing of the principal is lost."""

    model_config = ConfigDict(extra="forbid")

    principal: Amount
    interest: Interest = Money(0)
    rest_lost: bool = False
    on: Day | None = None


class InterestReceived(BaseModel):
    """Interest that came after the principal, or on a bond that was forfeited."""

    model_config = ConfigDict(extra="forbid")

    amount: Amount
    on: Day | None = None


def redeliver(work: Work, bond_id: UUID, form: OnDay) -> UUID:
    """Say that the person was detained again: the government must cancel the bond. Raises NotFound or Conflict."""
    return _dated(work, bond_id, form, Verb.REDELIVER, "redelivered_on")


def cancel(work: Work, bond_id: UUID, form: OnDay) -> UUID:
    """Say that the government ended the bond, by Form I-391. Raises NotFound or Conflict."""
    return _dated(work, bond_id, form, Verb.CANCEL, "cancelled_on")


def _dated(work: Work, bond_id: UUID, form: OnDay, verb: Verb, column: str) -> UUID:
    found = find(work, Permission.BOND_RECORD, bond_id)

    def do(_: UUID) -> None:
        day = day_of(work, found, form.on, found.posted_on)
        columns: dict[str, Any] = {column: day}
        advance(work, found, verb, day, **columns)

    return once(work, form, do, result_id=bond_id)


def claim(work: Work, bond_id: UUID, form: Claimed) -> UUID:
    """Say that the refund was claimed. Raises NotFound or Conflict."""
    found = find(work, Permission.BOND_RECORD, bond_id)

    def do(_: UUID) -> None:
        day = day_of(work, found, form.on, found.posted_on)
        advance(
            *(work, found, Verb.CLAIM, day),
            claimed_on=day,
            claimed_by=work.actor.id,
            receipt_lost=form.receipt_lost,
        )

    return once(work, form, do, result_id=bond_id)


def receive(work: Work, bond_id: UUID, form: Received) -> UUID:
    """Say that the refund came: the principal can be lent again, the interest is the fund's.

    Raises NotFound, Denied for the person who claimed it, Conflict when no refund is claimed, Invalid for more than is
    out, or for less without saying that the rest is lost.
    """
    found = find(work, Permission.BOND_RECORD, bond_id)

    def do(_: UUID) -> None:
        may(work, found, Verb.RECEIVE)
        out = stand(work, found.id).outstanding
        if form.principal > out:
            raise Invalid(Problem("/principal", "principal.too_large", "This is more than the bond has still out."))
        if (form.principal < out) is not form.rest_lost:
            raise Invalid(
                Problem("/rest_lost", "rest_lost.differs", "Say that the rest is lost when less came, and only then.")
            )
        day = day_of(work, found, form.on, found.claimed_on)
        advance(work, found, Verb.RECEIVE, day, received_on=day, received_by=work.actor.id)
        move_money(work, found, Verb.RECEIVE, form.principal, day, form.interest)

    return once(work, form, do, result_id=bond_id)


def receive_interest(work: Work, bond_id: UUID, form: InterestReceived) -> UUID:
    """Say that interest came by itself. Raises NotFound, or Conflict while the bond is neither refunded nor lost."""
    found = find(work, Permission.BOND_RECORD, bond_id)

    def do(_: UUID) -> None:
        day = day_of(work, found, form.on, found.posted_on)
        advance(work, found, Verb.INTEREST, day)
        move_money(work, found, Verb.INTEREST, 0, day, form.amount)

    return once(work, form, do, result_id=bond_id)
