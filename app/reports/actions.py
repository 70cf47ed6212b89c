"""Keeping a question by a name, and forgetting it."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints, ValidationError
from sqlalchemy import delete, insert, select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.cases.rules import day_in
from app.errors import Conflict, Invalid, Problem
from app.once import once
from app.reports.model import SavedQuestion
from app.reports.reads import limits
from app.reports.reads.saved import REPORT, saved_by_me
from app.reports.reads.wanted import Wanted
from app.reports.scope import own
from app.work import Work

#: So many questions one person keeps: more would be a list that nobody reads.
MOST_KEPT = 50


class NewSaved(Wanted):
    """A question to keep, by a name that is no person's."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    shared: bool = False

    def not_kept(self) -> set[str]:
        """What does not belong to the question; with a named period its days of today do not either."""
        return {"name", "shared"} | (set() if self.period is None else {"from_", "to"})


def save(work: Work, form: NewSaved) -> UUID:
    """Keep the question and give its id.

    Raises Invalid for a name the actor used already, a fund or partner the actor has no part in, and days that no
    report takes; Conflict when the actor keeps as many as one person may.
    """
    reach = work.allow(Permission.REPORT_READ)
    term = next((each.term for each in limits.funds(work) if each.id == form.fund_id), None)
    days = form.days(day_in(work.now, work.actor.time_zone), term)

    def do(saved_id: UUID) -> None:
        if days is None:
            limits.fund_must_be_open(work, reach, form.fund_id)
            raise Invalid(Problem("/period", "period.none", "This fund has no such period yet. Choose another one."))
        try:
            limits.names_of(work, reach, form.question(days))
        except ValidationError:
            raise Invalid(Problem("/to", "period", "Enter a last day after the first, at most ten years on.")) from None
        _must_have_room(work, form.name)
        kept = form.model_dump_json(by_alias=True, exclude=form.not_kept(), exclude_none=True)
        work.session.execute(
            insert(SavedQuestion).values(
                id=saved_id,
                owner_id=work.actor.id,
                report=REPORT,
                name=form.name,
                shared=form.shared,
                asked=kept,
                created_at=work.now,
            )
        )
        record(
            work,
            "report.saved",
            object_type="saved_question",
            object_id=saved_id,
            details={"report": REPORT, "shared": "yes" if form.shared else "no"},
        )

    return once(work, form, do)


def forget(work: Work, saved_id: UUID) -> None:
    """Delete a question that the actor kept. Raises NotFound for every other."""
    saved_by_me(work, saved_id)
    work.session.execute(delete(SavedQuestion).where(col(SavedQuestion.id) == saved_id, own(work.actor)))
    record(work, "report.forgotten", object_type="saved_question", object_id=saved_id, details={"report": REPORT})


def _must_have_room(work: Work, name: str) -> None:
    # Compared here: SQLite's own lower() knows the 26 letters of English only.
    mine = work.session.execute(select(col(SavedQuestion.name)).where(own(work.actor)))
    names = {each.casefold() for each in mine.scalars()}
    if name.casefold() in names:
        raise Invalid(Problem("/name", "name.taken", "You keep a report by this name already. Enter a different one."))
    if len(names) >= MOST_KEPT:
        raise Conflict("saved.full", "You keep as many reports as one person may. Delete one that you do not need.")
