"""Naming who may open in an emergency, opening, and reviewing what was opened: never one's own."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import Account
from app.audit.actions import record
from app.break_glass.model import GlassHolder, GlassOpening
from app.break_glass.reads import find, must_be_named, nameable
from app.break_glass.rules import OPEN_FOR, REVIEW_WITHIN, WITHIN, Emergency, Finding, refuse_too_many
from app.cases.reads import case_for
from app.crypto import Cell, Group
from app.errors import Conflict, Denied, Invalid, NotFound, Problem
from app.once import once
from app.work import Work

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class NewHolder(BaseModel):
    """Who is to be named."""

    model_config = ConfigDict(extra="forbid")

    account_id: UUID


class NewOpening(BaseModel):
    """Whose details, by their case, and why they must be opened now; the text is sealed."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    case_id: UUID
    reason: Emergency
    text: _Text


class Review(BaseModel):
    """How somebody else judges the opening; the text is sealed."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    finding: Finding
    text: _Text


def name(work: Work, form: NewHolder) -> UUID:
    """Let a colleague open in an emergency. Nobody names themselves. Raises Invalid, Denied, Conflict."""
    work.allow(Permission.BREAK_GLASS_NAME)
    if form.account_id == work.actor.id:
        raise Denied("segregation_of_duties", "Somebody else must name you.")

    def do(holder_id: UUID) -> None:
        if form.account_id not in {person.id for person in nameable(work)}:
            raise Invalid(Problem("/account_id", "person.unknown", "Choose a person from the list."))
        try:
            with work.session.begin_nested():
                work.session.execute(
                    insert(GlassHolder).values(
                        id=holder_id, account_id=form.account_id, named_by=work.actor.id, named_at=work.now
                    )
                )
        except IntegrityError:  # the index that allows one standing row a person: somebody was a moment faster
            raise Conflict("break_glass.named", "This person is named already.") from None
        _record(work, "break_glass.named", form.account_id)

    once(work, form, do)
    return form.account_id


def holds(work: Work, holder_id: UUID) -> None:
    """For the door: this person is named. Raises NotFound."""
    work.allow(Permission.BREAK_GLASS_NAME)
    held = select(col(GlassHolder.id)).where(
        col(GlassHolder.account_id) == holder_id, col(GlassHolder.ended_at).is_(None)
    )
    if work.session.execute(held).first() is None:
        raise NotFound


def unname(work: Work, account_id: UUID) -> None:
    """End a person's emergency openings, one's own too: also those that have begun. Raises NotFound."""
    holds(work, account_id)
    _end(work, account_id)
    _record(work, "break_glass.unnamed", account_id)


def break_glass(work: Work, form: NewOpening) -> UUID:
    """Open one person's details for an hour and give the opening's id; those concerned are told at once.

    Raises Denied for somebody who is not named, or has an opening that nobody reviewed in time; NotFound for a case
    that is absent or behind a wall; Conflict for one opening too many.
    """
    work.allow(Permission.BREAK_GLASS_OPEN)
    must_be_named(work)
    # The person's own row is held, so that two openings at the same moment are counted one after the other.
    work.session.execute(select(col(Account.id)).where(col(Account.id) == work.actor.id).with_for_update())
    found = case_for(work, Permission.BREAK_GLASS_OPEN, form.case_id)

    def do(opening_id: UUID) -> None:
        refuse_too_many(*_used(work))
        cell = Cell("glass_opening", "text_sealed", opening_id, form.case_id)
        work.session.execute(
            insert(GlassOpening).values(
                id=opening_id,
                account_id=work.actor.id,
                case_id=form.case_id,
                applicant_id=found.applicant_id,
                reason=form.reason,
                text_sealed=work.vault.seal(cell, Group.STAFF, form.text),
                opened_at=work.now,
                ends_at=work.now + OPEN_FOR,
            )
        )
        record(
            work,
            "break_glass.opened",
            object_type="glass_opening",
            object_id=opening_id,
            subject_id=found.applicant_id,
            details={"reason": form.reason.value},
        )

    return once(work, form, do)


def review(work: Work, opening_id: UUID, form: Review) -> UUID:
    """Judge somebody else's opening. One that was not justified ends it, and the person's emergency openings with it.

    Raises NotFound, Denied for one's own, Conflict when it was reviewed.
    """
    found = find(work, Permission.BREAK_GLASS_REVIEW, opening_id)
    if found.account_id == work.actor.id:
        raise Denied("segregation_of_duties", "Somebody else must review your emergency opening.")

    def do(_: UUID) -> None:
        if found.reviewed_by is not None:
            raise Conflict("break_glass.reviewed", "This emergency opening was reviewed already.")
        cell = Cell("glass_opening", "review_sealed", opening_id, found.case_id)
        work.session.execute(
            update(GlassOpening)
            .where(col(GlassOpening.id) == opening_id)
            .values(
                reviewed_by=work.actor.id,
                reviewed_at=work.now,
                finding=form.finding,
                review_sealed=work.vault.seal(cell, Group.STAFF, form.text),
            )
        )
        record(
            work,
            "break_glass.reviewed",
            object_type="glass_opening",
            object_id=opening_id,
            subject_id=found.applicant_id,
            details={"finding": form.finding.value},
        )
        if form.finding is Finding.NOT_JUSTIFIED:
            _end(work, found.account_id)
            _record(work, "break_glass.unnamed", found.account_id)

    return once(work, form, do, result_id=opening_id)


def _used(work: Work) -> tuple[int, int]:
    """How many openings the actor made of late, and how many wait for their review too long."""
    own = col(GlassOpening.account_id) == work.actor.id
    late = own, col(GlassOpening.opened_at) > work.now - WITHIN
    overdue = own, col(GlassOpening.reviewed_at).is_(None), col(GlassOpening.opened_at) <= work.now - REVIEW_WITHIN
    made, waiting = (
        work.session.execute(select(func.count()).select_from(GlassOpening).where(*each)).scalar_one()
        for each in (late, overdue)
    )
    return made, waiting


def _end(work: Work, account_id: UUID) -> None:
    work.session.execute(
        update(GlassHolder)
        .where(col(GlassHolder.account_id) == account_id, col(GlassHolder.ended_at).is_(None))
        .values(ended_by=work.actor.id, ended_at=work.now)
    )


def _record(work: Work, action: str, account_id: UUID) -> None:
    record(work, action, object_type="account", object_id=account_id)


def erase(work: Work, applicant_id: UUID) -> None:
    """Empty what was written about emergency openings of a person who is erased. Called inside an erasure.

    That somebody opened, when, and how the review ended stays.
    """
    of_person = col(GlassOpening.applicant_id) == applicant_id
    work.session.execute(update(GlassOpening).where(of_person).values(text_sealed=b""))
    reviewed = of_person, col(GlassOpening.review_sealed).is_not(None)
    work.session.execute(update(GlassOpening).where(*reviewed).values(review_sealed=b""))
