"""Asking for a bond on an award, and deciding on it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.exc import IntegrityError

from app.access.grants import Permission
from app.bonds.actions.advance import Nothing, advance, day_of, keep_step, today_of
from app.bonds.actions.obligors import NewObligor, obligor_for
from app.bonds.model import Bond
from app.bonds.reads.find import find
from app.bonds.rules import BondKind, BondStatus, Verb, minimum
from app.cases.reads.find import case_for
from app.cases.rules import CaseStatus, day_in
from app.crypto import Cell, Group
from app.errors import Conflict, Invalid, NotFound, Problem
from app.funds.actions.ledger import broken_constraint
from app.funds.reads.awards import FoundAward
from app.funds.reads.awards import find as find_award
from app.funds.rules import OPEN_AWARDS, AwardStatus, Category
from app.once import once
from app.reference import new_reference
from app.work import Work

_ONE_AN_AWARD = frozenset({"uq_bond_one_an_award", "bond.award_id"})


class NewBond(BaseModel):
    """A bond for the person of a case, on an award of the category bond: of its whole amount."""

    model_config = ConfigDict(extra="forbid")

    award_id: UUID
    kind: BondKind
    obligor: NewObligor


def request(work: Work, form: NewBond) -> UUID:
    """Ask for a bond and give its id; no money moves.

    Raises NotFound for an award out of reach, Invalid for an award of another category, an amount below the minimum or
    an obligor who can not be one, Conflict when the case is not open, the award is over, or has a bond already.
    """
    award = _award(work, form.award_id)
    case = case_for(work, Permission.BOND_REQUEST, award.case_id)

    def do(bond_id: UUID) -> None:
        today = day_in(work.now, award.time_zone)
        _must_fit(form, award, today)
        if case.status is not CaseStatus.OPEN:
            raise Conflict("case.not_open", "Bonds are asked for on open cases. This case is not open.")
        if award.status not in {AwardStatus.REQUESTED, *OPEN_AWARDS}:
            raise Conflict("award.not_open", "This award is not open: it was not approved, or it is closed.")
        obligor_id = obligor_for(work, form.obligor, award.partner_id)
        try:
            work.insert(
                Bond,
                id=bond_id,
                reference=new_reference("BD"),
                case_id=award.case_id,
                award_id=award.id,
                fund_id=award.fund_id,
                kind=form.kind,
                amount=award.amount,
                status=BondStatus.REQUESTED,
                obligor_id=obligor_id,
                requested_on=today,
                requested_by=work.actor.id,
                created_at=work.now,
                receipt_lost=False,
                version=1,
            )
        except IntegrityError as error:
            if broken_constraint(error) not in _ONE_AN_AWARD:
                raise
            raise Conflict("award.has_bond", "This award has a bond already. Ask for another award.") from None
        keep_step(work, bond_id, award.case_id, Verb.REQUEST, today, obligor_id)

    return once(work, form, do)


def approve(work: Work, bond_id: UUID, form: Nothing) -> UUID:
    """Approve a bond whose award is approved.

    Raises NotFound, Denied for the person who asked or is on the case, Conflict when it was decided already or its
    award is not open.
    """
    found = find(work, Permission.BOND_DECIDE, bond_id)

    def do(_: UUID) -> None:
        today = today_of(work, found)
        if found.award_status not in OPEN_AWARDS:
            raise Conflict("award.not_approved", "Decide on the award first: its money must be set aside for the bond.")
        advance(work, found, Verb.APPROVE, today, decided_by=work.actor.id, decided_on=today)

    return once(work, form, do, result_id=bond_id)


class Refusal(BaseModel):
    """Why not, for those who asked; it is sealed under the case's key."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)] | None = None


def reject(work: Work, bond_id: UUID, form: Refusal) -> UUID:
    """Refuse a bond. Raises NotFound, Denied for the person who asked, Conflict when it was decided already."""
    found = find(work, Permission.BOND_DECIDE, bond_id)

    def do(_: UUID) -> None:
        today = today_of(work, found)
        reason = work.vault.seal(Cell("bond", "rejection", bond_id, found.case_id), Group.NOTES, form.reason)
        advance(work, found, Verb.REJECT, today, decided_by=work.actor.id, decided_on=today, rejection=reason)

    return once(work, form, do, result_id=bond_id)


def withdraw(work: Work, bond_id: UUID, form: Nothing) -> UUID:
    """Take a request back before anything is posted. Raises NotFound, or Conflict when it is posted or over."""
    found = find(work, Permission.BOND_REQUEST, bond_id)

    def do(_: UUID) -> None:
        advance(work, found, Verb.WITHDRAW, day_of(work, found, None))

    return once(work, form, do, result_id=bond_id)


def _award(work: Work, award_id: UUID) -> FoundAward:
    """The award that the form means. Raises Invalid for one that is absent or out of reach."""
    try:
        return find_award(work, Permission.BOND_REQUEST, award_id)
    except NotFound:
        raise Invalid(Problem("/award_id", "award_id.unknown", "There is no such award.")) from None


def _must_fit(form: NewBond, award: FoundAward, today: date) -> None:
    if award.category is not Category.BOND:
        raise Invalid(Problem("/award_id", "award_id.other_category", "Choose an award of the category bond."))
    least = minimum(form.kind, today)
    if least is not None and award.amount < least.amount:
        raise Invalid(
            Problem(
                "/award_id",
                "bond.too_small",
                "A bond of this kind is at least {amount} dollars. Ask for an award of that amount or more.",
                {"amount": str(least.amount)},
            )
        )
