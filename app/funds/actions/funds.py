"""Taking a fund on, and setting its money aside for categories."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.cases.actions.dates import Day
from app.cases.rules import day_in
from app.db import new_id
from app.eligibility.reads import ruleset_keys
from app.errors import Conflict, Invalid, Problem
from app.funds.actions.ledger import Amount, Place, Posting, broken_constraint, lock, open_allocation, open_fund, post
from app.funds.model import Allocation, Fund
from app.funds.reads.funds import allocation, fund
from app.funds.reads.terms import terms_of
from app.funds.rules import AccountKind, Category, EntryKind
from app.money import Money
from app.once import once
from app.staff.rules import time_zones
from app.work import Work


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("text.format", "Enter one line, without control characters.")
    return text


def _known_zone(name: str) -> str:
    if name not in time_zones():
        raise PydanticCustomError("time_zone.unknown", "Enter a time zone by its IANA name, like America/Denver.")
    return name


def _known_ruleset(key: str) -> str:
    if key not in ruleset_keys():
        raise PydanticCustomError("ruleset.unknown", "Enter the key of a rule set of this installation.")
    return key


#: A name or a number as people write it, on one line.
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_one_line)]


class NewFund(BaseModel):
    """A fund: who gives how much for which term, in whose days it is counted, and whom it may help."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    giver: Line
    starts_on: Day
    ends_on: Day
    awarded_total: Amount
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "America/Denver"
    ruleset: Annotated[str, AfterValidator(_known_ruleset)] | None = None


class NewAllocation(BaseModel):
    """Money of a fund for a category. What the category already has stays, and this comes on top."""

    model_config = ConfigDict(extra="forbid")

    category: Category
    amount: Amount


def create(work: Work, form: NewFund) -> UUID:
    """Take a fund on: all its money is in the ledger, none of it allocated. Gives its id.

    Raises Invalid when it ends before it starts or another fund has this name.
    """
    work.allow(Permission.FUND_MANAGE)
    if form.ends_on < form.starts_on:
        raise Invalid(Problem("/ends_on", "ends_on.too_early", "Enter a day on or after the first day of the fund."))

    def do(fund_id: UUID) -> None:
        values = form.model_dump() | {"id": fund_id, "created_at": work.now, "created_by": work.actor.id}
        try:
            work.session.execute(insert(Fund).values(**values))
        except IntegrityError as error:
            if broken_constraint(error) not in ("uq_fund_name", "fund.name"):
                raise
            raise Invalid(
                Problem("/name", "name.taken", "Another fund has this name. Enter a different one.")
            ) from None
        open_fund(work, fund_id)
        record(work, "fund.created", object_type="fund", object_id=fund_id)
        post(work, Place(fund_id), Posting(EntryKind.GIVEN, form.awarded_total, day_in(work.now, form.time_zone)))

    return once(work, form, do)


def allocate(work: Work, fund_id: UUID, form: NewAllocation) -> UUID:
    """Set money of the fund aside for a category. Gives the allocation's id.

    Raises NotFound, or Conflict when the fund has less than this that is not allocated yet.
    """
    work.allow(Permission.FUND_MANAGE)
    found = fund(work, fund_id)

    def do(_: UUID) -> None:
        place = Place(fund_id, _allocation_of(work, fund_id, form.category))
        _keep_the_reserve(work, fund_id, form.amount)
        record(work, "fund.allocated", object_type="fund", object_id=fund_id, details={"category": form.category})
        post(work, place, Posting(EntryKind.ALLOCATED, form.amount, day_in(work.now, found.time_zone)))

    once(work, form, do, result_id=fund_id)
    return allocation(work, fund_id, form.category).id


def _keep_the_reserve(work: Work, fund_id: UUID, amount: Money) -> None:
    """Raises Conflict when less than the fund's reserve would stay without a category."""
    reserve = terms_of(work, fund_id).reserve
    if reserve == 0:
        return
    _, free = lock(work, Place(fund_id), frozenset({AccountKind.UNALLOCATED}))[AccountKind.UNALLOCATED]
    if amount <= free < reserve + amount:
        raise Conflict("fund.reserve", "The fund keeps a reserve. With this, less than the reserve would be left.")


def _allocation_of(work: Work, fund_id: UUID, category: Category) -> UUID:
    """The fund's allocation for a category; a new one when it has none.

    Whoever allocates from a fund takes turns: two who find a category without an allocation would both make one.
    """
    work.session.execute(select(col(Fund.id)).where(col(Fund.id) == fund_id).with_for_update(key_share=True))
    known = select(col(Allocation.id)).where(col(Allocation.fund_id) == fund_id, col(Allocation.category) == category)
    found: UUID | None = work.session.execute(known).scalar_one_or_none()
    if found is not None:
        return found
    made = new_id()
    work.session.execute(insert(Allocation).values(id=made, fund_id=fund_id, category=category, created_at=work.now))
    open_allocation(work, Place(fund_id, made))
    return made
