"""Opening sealed groups: for the rooms whose rows hang on a person, and by the reveal call."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.applicants.model import Applicant
from app.applicants.reads.views import (
    Address,
    ContactView,
    CriminalHistoryView,
    FinancesView,
    IdentityView,
    ImmigrationView,
    Income,
    NotesView,
    Revealed,
)
from app.applicants.rules import FIELDS, Sealed, full_name
from app.applicants.scope import opened, visible
from app.audit.actions import record
from app.audit.rules import Purpose
from app.crypto import Cell, Group
from app.errors import Denied, NotFound
from app.work import Work

_COLUMNS: Final = {
    Group.IDENTITY: col(Applicant.identity_sealed),
    Group.CONTACT: col(Applicant.contact_sealed),
    Group.IMMIGRATION: col(Applicant.immigration_sealed),
    Group.FINANCES: col(Applicant.finances_sealed),
    Group.CRIMINAL_HISTORY: col(Applicant.criminal_history_sealed),
    Group.NOTES: col(Applicant.notes_sealed),
}


class Reveal(BaseModel):
    """Which sealed group to open, and what for; both are put on record."""

    model_config = ConfigDict(extra="forbid")

    group: Literal["identity", "contact", "immigration", "finances", "criminal_history", "notes"]
    purpose: Purpose


def sealed_columns(groups: Iterable[Group]) -> tuple[Any, ...]:
    """The columns that ``open_groups`` takes, for a SELECT of another room that joins ``applicant``."""
    return tuple(_COLUMNS[group] for group in groups)


def open_groups(work: Work, applicant_id: UUID, row: Any, groups: Iterable[Group]) -> dict[Group, dict[str, Any]]:
    """Open these groups of a row with ``sealed_columns``.

    The caller has selected the row under ``scope.opened`` for the same groups, and records them before they leave.
    Raises Unopenable when a sealed value does not open.
    """
    return {group: _open(work, applicant_id, group, getattr(row, f"{group.value}_sealed")) for group in groups}


def names(work: Work, applicant_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of those of these people whose identity the actor may open. The caller records how many it shows."""
    rows = work.session.execute(
        select(col(Applicant.id), *sealed_columns((Group.IDENTITY,))).where(
            col(Applicant.id).in_(list(applicant_ids)), opened(work.actor, (Group.IDENTITY,))
        )
    ).all()
    work.vault.preload(row.id for row in rows)
    return {row.id: name_of(work, row.id, row) for row in rows}


def name_of(work: Work, applicant_id: UUID, row: Any) -> str:
    """The name in a row with the identity column, selected and recorded as for ``open_groups``."""
    return full_name(_open(work, applicant_id, Group.IDENTITY, row.identity_sealed))


def may_reveal(work: Work, applicant_id: UUID) -> None:
    """Raises NotFound when the applicant is absent or out of the actor's scope."""
    reach = work.allow(Permission.APPLICANT_REVEAL)
    found = select(col(Applicant.id)).where(col(Applicant.id) == applicant_id, visible(work.actor, reach))
    if work.session.execute(found).first() is None:
        raise NotFound


def reveal(work: Work, applicant_id: UUID, form: Reveal) -> Revealed:
    """Open one group of one person, for a purpose.

    Raises NotFound out of scope, Denied when no role of the actor may open the group.
    """
    reach = work.allow(Permission.APPLICANT_REVEAL)
    group = Group(form.group)
    row = work.session.execute(
        select(_COLUMNS[group], opened(work.actor.purposeful(), (group,)).label("may_open")).where(
            col(Applicant.id) == applicant_id, visible(work.actor, reach)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    if not row.may_open:
        raise Denied("group.closed", "Your role may not open this part of the record.")
    record(
        work,
        "applicant.revealed",
        object_type="applicant",
        object_id=applicant_id,
        subject_id=applicant_id,
        groups=(group,),
        purpose=form.purpose,
    )
    return _VIEWS[group](open_groups(work, applicant_id, row, (group,))[group])


def _open(work: Work, applicant_id: UUID, group: Group, blob: bytes | None) -> dict[str, Any]:
    if blob is None:
        return dict.fromkeys(FIELDS[group])
    cell = Cell("applicant", f"{group.value}_sealed", applicant_id, applicant_id)
    answers = work.vault.open(cell, group, blob)
    return {name: answers.get(name) for name in FIELDS[group]}


def contact_view(answers: Sealed) -> ContactView:
    """Contact with its address as a view of its own."""
    address = answers["address"]
    return ContactView(**{**answers, "address": Address(**address) if address else None})


def incomes_of(finances: Sealed) -> list[Income] | None:
    """The household's incomes as views, in the order they were entered."""
    lines = finances["incomes"]
    return None if lines is None else [Income(**line) for line in lines]


def _immigration_view(answers: Sealed) -> ImmigrationView:
    return ImmigrationView(**{**answers, "receipt_numbers": answers["receipt_numbers"] or []})


_VIEWS: Final[Mapping[Group, Callable[[Sealed], Revealed]]] = {
    Group.IDENTITY: lambda answers: IdentityView(**answers),
    Group.CONTACT: contact_view,
    Group.IMMIGRATION: _immigration_view,
    Group.FINANCES: lambda answers: FinancesView(**{**answers, "incomes": incomes_of(answers)}),
    Group.CRIMINAL_HISTORY: lambda answers: CriminalHistoryView(**answers),
    Group.NOTES: lambda answers: NotesView(**answers),
}
