"""A case and its parts as they are shown. What a reader may not know is ``None``, never an empty list or word."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from app.applicants.reads import ContactView, IdentityView
from app.applicants.rules import Custody
from app.cases.rules import (
    AssignmentRole,
    AssignmentStatus,
    CaseStatus,
    CaseType,
    DeadlineKind,
    DeclineCode,
    HearingKind,
    Outcome,
    Representation,
    Standing,
)
from app.crypto import Group
from app.staff.reads import PartnerName


@dataclass(frozen=True, slots=True)
class PersonName:
    """A member of staff."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ApplicantName:
    """The applicant by reference; ``name`` for those who work with it."""

    id: UUID
    reference: str
    name: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class ApplicantView:
    """The applicant of a case. ``may_reveal`` lists the sealed groups that this reader can open by the reveal call."""

    id: UUID
    reference: str
    identity: IdentityView | None
    contact: ContactView | None
    may_reveal: list[Group]


@dataclass(frozen=True, slots=True)
class HearingView:
    """A hearing; ``held_at`` only when its hour is known."""

    id: UUID
    kind: HearingKind
    held_on: date
    held_at: datetime | None
    court: str | None
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """A deadline; its title opens with the case's notes."""

    id: UUID
    kind: DeadlineKind
    due_on: date
    standing: Standing
    title: str | None = field(repr=False)
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class NextDeadline:
    """The deadline that comes first, done ones left out; it may be overdue."""

    id: UUID
    kind: DeadlineKind
    due_on: date
    standing: Standing


@dataclass(frozen=True, slots=True)
class NoteView:
    id: UUID
    author: PersonName
    body: str = field(repr=False)
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NoteList:
    items: list[NoteView]
    next: str | None


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """An attorney's place on a case; the note on a declined offer opens with the case's notes."""

    id: UUID
    case_id: UUID
    attorney: PersonName
    role: AssignmentRole
    status: AssignmentStatus
    offered_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    decline_code: DeclineCode | None
    decline_note: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class CaseItem:
    """A case in a list. ``attorney`` has it, ``offered_to`` has been asked; with neither it waits for somebody."""

    id: UUID
    reference: str
    status: CaseStatus
    representation: Representation
    partner: PartnerName
    attorney: PersonName | None
    offered_to: PersonName | None
    created_at: datetime
    opened_at: datetime | None
    closed_on: date | None
    case_type: CaseType | None
    custody: Custody | None
    court: str | None
    outcome: Outcome | None
    next_hearing: HearingView | None
    next_deadline: NextDeadline | None
    applicant: ApplicantName | None


@dataclass(frozen=True, slots=True)
class CaseList:
    items: list[CaseItem]
    next: str | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with all that hangs on it, as far as the reader may know it. ``notes`` are the newest ones."""

    id: UUID
    reference: str
    status: CaseStatus
    representation: Representation
    partner: PartnerName
    attorney: PersonName | None
    created_at: datetime
    opened_at: datetime | None
    closed_on: date | None
    assignments: list[AssignmentView]
    case_type: CaseType | None
    custody: Custody | None
    court: str | None
    outcome: Outcome | None
    next_hearing: HearingView | None
    hearings: list[HearingView] | None
    deadlines: list[DeadlineView] | None
    notes: list[NoteView] | None
    applicant: ApplicantView | None
    application_id: UUID
    fund_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """What is left to say to the person who closed a case: their access ended with it."""

    id: UUID
    reference: str
    status: CaseStatus
    outcome: Outcome
    closed_on: date


@dataclass(frozen=True, slots=True)
class CaseName:
    """A case as other rooms name it."""

    id: UUID
    reference: str
    status: CaseStatus
