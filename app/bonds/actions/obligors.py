"""The obligor of a bond: who it is, the papers that were seen, the contract, the address, and who comes after."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import insert, select, update
from sqlmodel import col

from app.access.grants import Permission, Reach
from app.bonds.actions.advance import OnDay, advance, day_of, may
from app.bonds.model import Obligor, ObligorPaper
from app.bonds.reads.find import find, papers_seen
from app.bonds.rules import Holder, ObligorKind, Paper, Verb, missing_papers
from app.cases.actions.dates import Day
from app.crypto import Cell, Group
from app.db import new_id
from app.errors import Conflict, Denied, Invalid, NotFound, Problem
from app.funds.reads.payees import payee
from app.funds.rules import PayeeKind
from app.once import once
from app.reference import new_reference
from app.work import Work


class NewObligor(BaseModel):
    """Who signs for the bond and gets its refund: a private payee, the partner, or the fund."""

    model_config = ConfigDict(extra="forbid")

    holder: Holder
    kind: ObligorKind
    payee_id: UUID | None = None

    @model_validator(mode="after")
    def _as_held(self) -> Self:
        if (self.holder is Holder.PAYEE) != (self.payee_id is not None):
            raise PydanticCustomError(
                "obligor.payee", "Choose a payee who is a bond obligor. A partner or fund needs none."
            )
        if self.holder is not Holder.PAYEE and self.kind not in (ObligorKind.LAW_FIRM, ObligorKind.NONPROFIT):
            raise PydanticCustomError("obligor.kind", "An organization is a law firm or a nonprofit.")
        return self


def obligor_for(work: Work, form: NewObligor, partner_id: UUID) -> UUID:
    """The obligor that the form means, made when it is the first bond. Raises Invalid for a payee that is none."""
    payee_id = None if form.payee_id is None else _obligor_payee(work, form.payee_id)
    held_by = partner_id if form.holder is Holder.PARTNER else None
    known = work.session.execute(
        select(col(Obligor.id), col(Obligor.kind))
        .where(
            col(Obligor.payee_id).is_not_distinct_from(payee_id), col(Obligor.partner_id).is_not_distinct_from(held_by)
        )
        .order_by(col(Obligor.id))
        .limit(1)
    ).one_or_none()
    if known is not None:
        if known.kind is not form.kind:
            raise Invalid(
                Problem("/obligor/kind", "obligor.other_kind", "This obligor was entered as another kind. Choose that.")
            )
        return UUID(str(known.id))
    obligor_id, subject_id = new_id(), work.vault.new_subject()
    work.session.execute(
        insert(Obligor).values(
            id=obligor_id,
            reference=new_reference("OB"),
            kind=form.kind,
            payee_id=payee_id,
            partner_id=held_by,
            subject_id=subject_id,
            # Sealed also when there is none: whether somebody has an address shows nowhere.
            address=work.vault.seal(Cell("obligor", "address", obligor_id, subject_id), Group.PAYEE, None),
            created_at=work.now,
            created_by=work.actor.id,
        )
    )
    return obligor_id


def _obligor_payee(work: Work, payee_id: UUID) -> UUID:
    try:
        found = payee(work, payee_id)
    except NotFound:
        found = None
    if found is None or found.kind is not PayeeKind.OBLIGOR:
        raise Invalid(Problem("/obligor/payee_id", "payee_id.no_obligor", "Choose a payee of the kind bond obligor."))
    return found.id


class PapersSeen(BaseModel):
    """Which papers of the obligor were seen, and on which day."""

    model_config = ConfigDict(extra="forbid")

    papers: Annotated[list[Paper], Field(min_length=1, max_length=len(Paper))]
    on: Day | None = None


def see_papers(work: Work, bond_id: UUID, form: PapersSeen) -> UUID:
    """Say that papers of the obligor were seen. They count for every bond of this obligor.

    Raises NotFound, Denied, Conflict when the bond is over, Invalid for papers that this obligor has not.
    """
    found = find(work, Permission.BOND_RECORD, bond_id)

    def do(_: UUID) -> None:
        day = day_of(work, found, form.on)
        seen = papers_seen(work, found.obligor_id)
        needed = missing_papers(found.obligor_kind, ())
        if not set(form.papers) <= set(needed):
            raise Invalid(Problem("/papers", "papers.not_needed", "This kind of obligor does not show these papers."))
        new = [paper for paper in needed if paper in form.papers and paper not in seen]
        if not new:
            raise Conflict("papers.seen", "These papers were seen already.")
        advance(work, found, Verb.PAPERS, day)
        rows = [_paper(work, found.obligor_id, paper, day) for paper in new]
        work.session.execute(insert(ObligorPaper), rows)

    return once(work, form, do, result_id=bond_id)


def _paper(work: Work, obligor_id: UUID, paper: Paper, day: date) -> dict[str, object]:
    by = {"seen_on": day, "seen_by": work.actor.id, "at": work.now}
    return {"id": new_id(), "obligor_id": obligor_id, "paper": paper, **by}


def sign(work: Work, bond_id: UUID, form: OnDay) -> UUID:
    """Say that the obligor signed the contract, Form I-352.

    Raises NotFound, Denied, Conflict when the bond is not approved or a paper of the obligor was not seen.
    """
    found = find(work, Permission.BOND_RECORD, bond_id)

    def do(_: UUID) -> None:
        day = day_of(work, found, form.on)
        may(work, found, Verb.SIGN)
        if missing_papers(found.obligor_kind, papers_seen(work, found.obligor_id)):
            raise Conflict("bond.papers_missing", "See all papers of the obligor first. Then it can be signed.")
        advance(work, found, Verb.SIGN, day, signed_on=day)

    return once(work, form, do, result_id=bond_id)


class AddressConfirmed(BaseModel):
    """The obligor's address, when it is new, and the day on which the obligor confirmed it."""

    model_config = ConfigDict(extra="forbid")

    address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=500)] | None = None
    on: Day | None = None


def confirm_address(work: Work, bond_id: UUID, form: AddressConfirmed) -> UUID:
    """Enter or confirm the obligor's address: the refund goes only there.

    Raises NotFound, Denied for the fund's own address when somebody of a partner says it, Conflict when the bond is
    over, or when there is no address to confirm.
    """
    found = find(work, Permission.BOND_ADDRESS, bond_id)

    def do(_: UUID) -> None:
        own = found.obligor_payee_id is None and found.obligor_partner_id is None
        if own and work.actor.reach(Permission.BOND_ADDRESS) is not Reach.ALL:
            raise Denied("obligor.of_the_fund", "The fund is the obligor. Its own people confirm its address.")
        day = day_of(work, found, form.on)
        row = work.session.execute(
            select(col(Obligor.subject_id), col(Obligor.confirmed_on)).where(col(Obligor.id) == found.obligor_id)
        ).one()
        values: dict[str, object] = {"confirmed_on": day, "confirmed_by": work.actor.id}
        if form.address is not None:
            cell = Cell("obligor", "address", found.obligor_id, row.subject_id)
            values["address"] = work.vault.seal(cell, Group.PAYEE, form.address)
        elif row.confirmed_on is None:
            raise Invalid(Problem("/address", "address.required", "Enter the obligor's address. There is none yet."))
        work.session.execute(update(Obligor).where(col(Obligor.id) == found.obligor_id).values(**values))
        advance(work, found, Verb.ADDRESS, day)

    return once(work, form, do, result_id=bond_id)


class Substitution(BaseModel):
    """Who is the obligor from a day on."""

    model_config = ConfigDict(extra="forbid")

    obligor: NewObligor
    on: Day | None = None


def substitute(work: Work, bond_id: UUID, form: Substitution) -> UUID:
    """Put another obligor in the place of the present one. Before posting, the contract must be signed anew.

    Raises NotFound, Denied, Invalid, or Conflict when the bond is over or has this obligor already.
    """
    found = find(work, Permission.BOND_RECORD, bond_id)

    def do(_: UUID) -> None:
        day = day_of(work, found, form.on)
        may(work, found, Verb.SUBSTITUTE)
        obligor_id = obligor_for(work, form.obligor, found.partner_id)
        if obligor_id == found.obligor_id:
            raise Conflict("obligor.same", "This is the present obligor. Choose another one.")
        signed = {} if found.posted_on is not None else {"signed_on": None}
        advance(work, found, Verb.SUBSTITUTE, day, obligor_id=obligor_id, **signed)

    return once(work, form, do, result_id=bond_id)
