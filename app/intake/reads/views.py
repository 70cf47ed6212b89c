"""An application as it is shown, and the case it became. None of these shows an answer in its ``repr``."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.applicants import reads as applicants
from app.cases.reads.views import CaseName
from app.cases.rules import CaseStatus, CaseType, Representation
from app.conflicts import reads as conflicts
from app.intake.reads.find import Consents
from app.intake.reads.overrides import OverrideView
from app.intake.reads.verdicts import ScreeningView
from app.intake.rules import Act, ApplicationStatus, Next, TurnedAway
from app.staff.reads import PartnerName


@dataclass(frozen=True, slots=True, repr=False)
class ApplicantAnswers:
    """Who the person is. Values are as they were given; dates and codes may say why there is none."""

    given_names: str | None
    family_names: str | None
    other_names: str | None
    date_of_birth: str | None
    country_of_birth: str | None
    a_number: str | None
    preferred_language: str | None
    interpreter_needed: str | None


@dataclass(frozen=True, slots=True, repr=False)
class ContactAnswers:
    phone: str | None
    phone_safe: str | None
    email: str | None
    address: applicants.Address | None


@dataclass(frozen=True, slots=True, repr=False)
class HouseholdAnswers:
    """``annual_income`` is the sum of ``incomes`` where there are any."""

    size: int | str | None
    incomes: list[applicants.Income] | None
    annual_income: str | None
    income_basis: str | None


@dataclass(frozen=True, slots=True, repr=False)
class ImmigrationAnswers:
    status: str | None
    in_removal_proceedings: str | None
    custody: str | None
    facility: str | None
    court: str | None
    next_hearing_on: str | None
    entered_on: str | None
    has_counsel: str | None


@dataclass(frozen=True, slots=True, repr=False)
class NotesAnswers:
    """What the person said in their own words."""

    own_words: str | None


@dataclass(frozen=True, slots=True, repr=False)
class ApplicationView:
    """An application. Sections of answers, ``missing``, ``note`` and ``referral`` are None for who may not open them.

    ``missing`` points to what is still to be asked. ``acts`` names what may be done with it now,
    ``next_step`` the one thing that brings it further.
    """

    id: UUID
    applicant_id: UUID
    reference: str
    status: ApplicationStatus
    partner: PartnerName
    taken_by: str
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    applicant: ApplicantAnswers | None
    contact: ContactAnswers | None
    household: HouseholdAnswers | None
    immigration: ImmigrationAnswers | None
    notes: NotesAnswers | None
    consents: Consents
    missing: list[str] | None
    note: str | None
    screenings: list[ScreeningView]
    overrides: list[OverrideView]
    conflict_check: conflicts.Asked | None
    reason: TurnedAway | None
    referral: str | None
    case: CaseName | None
    acts: list[Act]
    next_step: Next
    version: int


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What a person who asked for help may carry in a pocket: nothing of it tells who they are or what they asked.

    ``call`` is the number of the organization that took the application, where it gave one.
    """

    id: UUID
    reference: str
    day: date
    decided: bool
    call: str | None


@dataclass(frozen=True, slots=True)
class AcceptedCase:
    """The case of an accepted application: all that intake learns of it."""

    id: UUID
    reference: str
    status: CaseStatus
    representation: Representation
    case_type: CaseType | None
    partner: PartnerName
    fund_id: UUID
    fund: str
    application_id: UUID
