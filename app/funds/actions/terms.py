"""What a fund may be used for, which programme it belongs to, and how far its books are closed."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.access.grants import Permission
from app.applicants.rules import Custody
from app.audit.actions import record
from app.cases.actions.dates import Day
from app.cases.rules import CaseType, day_in
from app.db import new_id
from app.errors import Conflict, Denied, Invalid, Problem
from app.funds.actions.funds import Line
from app.funds.actions.ledger import Amount, broken_constraint
from app.funds.model import Fund, FundTerms, LedgerAccount, Programme
from app.funds.reads.funds import fund
from app.funds.rules import FundStatus
from app.money import Money
from app.once import once
from app.partners.model import Partner
from app.work import Work


class NewProgramme(BaseModel):
    """Funds that people know as one, by a name."""

    model_config = ConfigDict(extra="forbid")

    name: Line


class Terms(BaseModel):
    """What a fund may be used for. It takes the place of what was set before; an empty list allows everything.

    ``administration`` is a share in percent, with at most two decimals.
    """

    model_config = ConfigDict(extra="forbid")

    programme_id: UUID | None = None
    status: FundStatus = FundStatus.OPEN
    partners: list[UUID] = Field(default_factory=list, max_length=200)
    case_types: list[CaseType] = Field(default_factory=list)
    custodies: list[Custody] = Field(default_factory=list)
    per_case: Amount | None = None
    per_person: Amount | None = None
    administration: Annotated[float, Field(ge=0, le=100)] | None = None
    reserve: Amount | None = None
    alert_below: Amount | None = None
    federal: bool = False


class Lock(BaseModel):
    """The last day of a closed period."""

    model_config = ConfigDict(extra="forbid")

    through: Day


def create_programme(work: Work, form: NewProgramme) -> UUID:
    """Set a programme up and give its id. Raises Invalid when another has this name."""
    work.allow(Permission.FUND_MANAGE)

    def do(programme_id: UUID) -> None:
        try:
            work.session.execute(
                insert(Programme).values(id=programme_id, name=form.name, created_at=work.now, created_by=work.actor.id)
            )
        except IntegrityError as error:
            if broken_constraint(error) not in ("uq_programme_name", "programme.name"):
                raise
            raise Invalid(
                Problem("/name", "name.taken", "Another programme has this name. Enter a different one.")
            ) from None
        record(work, "programme.created", object_type="programme", object_id=programme_id)

    return once(work, form, do)


def set_terms(work: Work, fund_id: UUID, form: Terms) -> UUID:
    """Say what a fund may be used for. Awards that were approved before stay as they are.

    Raises NotFound, Invalid for a programme or partner that is not there, Conflict when the fund still has money and
    is to be closed.
    """
    work.allow(Permission.FUND_MANAGE)
    found = fund(work, fund_id)

    def do(_: UUID) -> None:
        _must_be_there(work, form)
        if form.status is FundStatus.CLOSED and found.balance.available + found.balance.encumbered > 0:
            raise Conflict("fund.has_money", "The fund still has money. Give it back or move it to another fund first.")
        _change(
            work,
            fund_id,
            programme_id=form.programme_id,
            status=form.status,
            partners=sorted(str(each) for each in form.partners),
            case_types=sorted(form.case_types),
            custodies=sorted(form.custodies),
            per_case=form.per_case,
            per_person=form.per_person,
            administration=None if form.administration is None else round(form.administration * 100),
            reserve=form.reserve or Money(0),
            alert_below=form.alert_below,
            federal=form.federal,
        )
        record(work, "fund.terms_set", object_type="fund", object_id=fund_id)

    return once(work, form, do, result_id=fund_id)


def lock_books(work: Work, fund_id: UUID, form: Lock) -> UUID:
    """Close the books through a day: no entry may have this day or one before it.

    Raises NotFound, Invalid for a day that is not over in the fund's zone or not after the day of the last closing.
    """
    work.allow(Permission.FUND_MANAGE)
    found = fund(work, fund_id)

    def do(_: UUID) -> None:
        if form.through >= day_in(work.now, found.time_zone):
            raise Invalid(Problem("/through", "day.not_over", "Enter a day before today."))
        # Whoever is posting now has an account; afterwards they see that the period is closed.
        work.session.execute(
            select(col(LedgerAccount.id))
            .where(col(LedgerAccount.fund_id) == fund_id)
            .order_by(col(LedgerAccount.award_id).is_not(None), col(LedgerAccount.allocation_id).is_not(None))
            .with_for_update(key_share=True)
        ).all()
        locked = _locked(work, fund_id)
        if locked is not None and form.through <= locked[0]:
            raise Invalid(Problem("/through", "day.closed_already", "The books are closed for this day already."))
        _change(work, fund_id, locked_through=form.through, unlock_asked_by=None)
        record(work, "fund.locked", object_type="fund", object_id=fund_id)

    return once(work, form, do, result_id=fund_id)


def unlock_books(work: Work, fund_id: UUID) -> UUID:
    """Open the books again: the first person asks, another one does it.

    Raises NotFound, Conflict when no period is closed, Denied for the person who asked.
    """
    work.allow(Permission.FUND_MANAGE)
    fund(work, fund_id)

    def do(_: UUID) -> None:
        locked = _locked(work, fund_id)
        if locked is None:
            raise Conflict("fund.not_locked", "No period of this fund is closed.")
        if locked[1] is None:
            _change(work, fund_id, unlock_asked_by=work.actor.id)
            record(work, "fund.unlock_asked", object_type="fund", object_id=fund_id)
            return
        if locked[1] == work.actor.id:
            raise Denied("segregation_of_duties", "You asked for this. Somebody else must open the books.")
        _change(work, fund_id, locked_through=None)
        _change(work, fund_id, unlock_asked_by=None)
        record(work, "fund.unlocked", object_type="fund", object_id=fund_id)

    return once(work, None, do, result_id=fund_id)


def _locked(work: Work, fund_id: UUID) -> tuple[date, UUID | None] | None:
    row = work.session.execute(
        select(col(FundTerms.locked_through), col(FundTerms.unlock_asked_by)).where(
            col(FundTerms.fund_id) == fund_id, col(FundTerms.locked_through).is_not(None)
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def _change(work: Work, fund_id: UUID, **values: Any) -> None:
    """Change the fund's terms; a fund without any gets some. Whoever changes a fund takes turns."""
    work.session.execute(select(col(Fund.id)).where(col(Fund.id) == fund_id).with_for_update(key_share=True))
    values |= {"changed_at": work.now, "changed_by": work.actor.id}
    changed = work.session.execute(update(FundTerms).where(col(FundTerms.fund_id) == fund_id).values(**values))
    if changed.rowcount == 0:
        new: dict[str, Any] = {
            "id": new_id(),
            "fund_id": fund_id,
            "status": FundStatus.OPEN,
            "partners": [],
            "case_types": [],
            "custodies": [],
            "reserve": Money(0),
            "federal": False,
        }
        work.session.execute(insert(FundTerms).values(**(new | values)))


def _must_be_there(work: Work, form: Terms) -> None:
    known = select(col(Programme.id)).where(col(Programme.id) == form.programme_id)
    if form.programme_id is not None and work.session.execute(known).first() is None:
        raise Invalid(Problem("/programme_id", "programme_id.unknown", "There is no such programme."))
    partners = set(work.session.execute(select(col(Partner.id)).where(col(Partner.id).in_(form.partners))).scalars())
    if set(form.partners) - partners:
        raise Invalid(Problem("/partners", "partner_id.unknown", "There is no such partner."))
