"""Emergency openings as they are listed, shown and reviewed, and the details that one opens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import Account
from app.access.walls import outside
from app.applicants.model import Applicant
from app.applicants.reads import IdentityView, ImmigrationView, Revealed, open_groups, sealed_columns
from app.applicants.reads.opening import contact_view
from app.audit.actions import record
from app.audit.model import AuditEvent, AuditLeaf
from app.break_glass.model import GlassOpening
from app.break_glass.reads.holders import must_be_named
from app.break_glass.rules import GROUPS, NEWS, Emergency, Finding, OpeningState, state
from app.break_glass.scope import visible
from app.cases.model import Case
from app.cases.reads import PersonName
from app.crypto import Cell, Group
from app.errors import Conflict, Denied, NotFound
from app.keyset import DEFAULT_LIMIT, newest_first, page
from app.work import Work


class GlassReveal(BaseModel):
    """Which sealed group to open under an emergency opening."""

    model_config = ConfigDict(extra="forbid")

    group: Literal["identity", "contact", "immigration"]
    #: What the form of a reveal sends; the reason of the opening is what is on record.
    purpose: Literal["emergency"] = "emergency"


@dataclass(frozen=True, slots=True)
class OpeningView:
    """One emergency opening. ``text`` and ``review`` are None for who may know of it and not review it.

    ``event_id`` names it in the audit record, ``event`` is its number there once it is sealed.
    """

    id: UUID
    case_id: UUID
    reference: str
    applicant_id: UUID
    person: PersonName
    reason: Emergency
    state: OpeningState
    opened_at: datetime
    ends_at: datetime
    reviewed_by: PersonName | None
    reviewed_at: datetime | None
    finding: Finding | None
    event_id: UUID | None
    event: int | None
    text: str | None = field(repr=False)
    review: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpeningList:
    items: list[OpeningView]
    next: str | None


_reviewer = aliased(Account)
_OPENINGS: Select[*tuple[Any, ...]] = (
    select(
        col(GlassOpening.id),
        col(GlassOpening.case_id),
        col(Case.reference),
        col(GlassOpening.applicant_id),
        col(GlassOpening.account_id),
        col(Account.name).label("person"),
        col(GlassOpening.reason),
        col(GlassOpening.text_sealed),
        col(GlassOpening.opened_at),
        col(GlassOpening.ends_at),
        col(GlassOpening.reviewed_by),
        col(_reviewer.name).label("reviewer"),
        col(GlassOpening.reviewed_at),
        col(GlassOpening.finding),
        col(GlassOpening.review_sealed),
        col(AuditEvent.id).label("event_id"),
        col(AuditLeaf.position).label("event"),
    )
    .join(Case, col(Case.id) == col(GlassOpening.case_id))
    .join(Account, col(Account.id) == col(GlassOpening.account_id))
    .outerjoin(_reviewer, col(_reviewer.id) == col(GlassOpening.reviewed_by))
    .outerjoin(
        AuditEvent,
        (col(AuditEvent.object_id) == col(GlassOpening.id)) & (col(AuditEvent.action) == "break_glass.opened"),
    )
    .outerjoin(AuditLeaf, col(AuditLeaf.event_id) == col(AuditEvent.id))
)


def openings(work: Work, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> OpeningList:
    """The emergency openings within the actor's reach, newest first; nothing of their texts. The look is recorded."""
    reach = work.allow(Permission.BREAK_GLASS_READ)
    statement = newest_first(
        _OPENINGS.where(visible(work.actor, reach)), col(GlassOpening.id), limit=limit, cursor=cursor
    )
    found = page(work.session.execute(statement).all(), limit)
    record(work, "break_glass.listed", object_type="glass_opening", count=len(found.rows))
    return OpeningList([_view(work, row, opens=False) for row in found.rows], found.next)


def news(work: Work) -> list[OpeningView]:
    """What was opened of late, or waits for its review, for those who are to know of it at once. Nothing is opened."""
    reach = work.allow(Permission.BREAK_GLASS_READ)
    fresh = or_(col(GlassOpening.reviewed_at).is_(None), col(GlassOpening.opened_at) > work.now - NEWS)
    rows = work.session.execute(
        _OPENINGS.where(visible(work.actor, reach), fresh).order_by(col(GlassOpening.id).desc()).limit(10)
    )
    return [_view(work, row, opens=False) for row in rows]


def opening(work: Work, opening_id: UUID) -> OpeningView:
    """One opening, its texts for those who may review it; recorded. Raises NotFound out of scope."""
    reach = work.allow(Permission.BREAK_GLASS_READ)
    row = work.session.execute(
        _OPENINGS.where(col(GlassOpening.id) == opening_id, visible(work.actor, reach))
    ).one_or_none()
    if row is None:
        raise NotFound
    opens = Permission.BREAK_GLASS_REVIEW in work.actor.permissions
    record(
        work,
        "break_glass.read",
        object_type="glass_opening",
        object_id=opening_id,
        subject_id=row.applicant_id,
        groups=(Group.STAFF,) if opens else (),
    )
    return _view(work, row, opens)


def known(work: Work, opening_id: UUID) -> None:
    """For the door: the actor may review this opening. Raises NotFound."""
    find(work, Permission.BREAK_GLASS_REVIEW, opening_id)


def openable(work: Work, opening_id: UUID) -> None:
    """For the door: there is such an opening. Raises NotFound."""
    find(work, Permission.BREAK_GLASS_OPEN, opening_id)


def find(work: Work, permission: Permission, opening_id: UUID) -> Any:
    """An opening that the actor may use this permission on. Raises NotFound for every other."""
    reach = work.allow(permission)
    statement: Select[*tuple[Any, ...]] = select(
        col(GlassOpening.account_id),
        col(GlassOpening.case_id),
        col(GlassOpening.applicant_id),
        col(GlassOpening.reason),
        col(GlassOpening.ends_at),
        col(GlassOpening.reviewed_by),
    ).where(col(GlassOpening.id) == opening_id, visible(work.actor, reach))
    row = work.session.execute(statement.with_for_update() if work.writes else statement).one_or_none()
    if row is None:
        raise NotFound
    return row


def reveal(work: Work, opening_id: UUID, form: GlassReveal) -> Revealed:
    """Open one group of the person under one's own opening, while it lasts; each is on record.

    Raises NotFound; Denied for anybody else's opening or when the actor is no longer named; Conflict when it is over.
    """
    found = find(work, Permission.BREAK_GLASS_OPEN, opening_id)
    if found.account_id != work.actor.id:
        raise Denied("break_glass.other", "This is somebody else's emergency opening.")
    must_be_named(work)
    if work.now >= found.ends_at or found.reviewed_by is not None:
        raise Conflict("break_glass.over", "This emergency opening is over.")
    group = Group(form.group)
    row = work.session.execute(
        select(*sealed_columns((group,))).where(
            col(Applicant.id) == found.applicant_id, outside(work.actor, col(Applicant.id))
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    record(
        work,
        "break_glass.revealed",
        object_type="glass_opening",
        object_id=opening_id,
        subject_id=found.applicant_id,
        groups=(group,),
        details={"reason": found.reason.value},
    )
    return _VIEWS[group](open_groups(work, found.applicant_id, row, (group,))[group])


def _view(work: Work, row: Any, opens: bool) -> OpeningView:
    text_cell, review_cell = (Cell("glass_opening", name, row.id, row.case_id) for name in _TEXTS)
    reviewed = row.reviewed_by is not None
    return OpeningView(
        id=row.id,
        case_id=row.case_id,
        reference=row.reference,
        applicant_id=row.applicant_id,
        person=PersonName(row.account_id, row.person),
        reason=row.reason,
        state=state(row.opened_at, reviewed, work.now),
        opened_at=row.opened_at,
        ends_at=row.ends_at,
        reviewed_by=PersonName(row.reviewed_by, row.reviewer) if reviewed else None,
        reviewed_at=row.reviewed_at,
        finding=row.finding,
        event_id=row.event_id,
        event=row.event,
        text=_words(work, text_cell, row.text_sealed) if opens else None,
        review=_words(work, review_cell, row.review_sealed) if opens else None,
    )


def _words(work: Work, cell: Cell, sealed: bytes | None) -> str | None:
    """What was written; None when nothing was, or the person it was about is erased."""
    return str(work.vault.open(cell, Group.STAFF, sealed)) if sealed else None


_TEXTS: Final = ("text_sealed", "review_sealed")
_VIEWS: Final[Mapping[Group, Callable[[dict[str, Any]], Revealed]]] = {
    Group.IDENTITY: lambda answers: IdentityView(**answers),
    Group.CONTACT: contact_view,
    Group.IMMIGRATION: lambda answers: ImmigrationView(
        **{**answers, "receipt_numbers": answers["receipt_numbers"] or []}
    ),
}
assert set(_VIEWS) == set(GROUPS)
