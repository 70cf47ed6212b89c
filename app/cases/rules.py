"""The words of a case and the pure decisions about its dates."""

import enum
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


class CaseStatus(enum.StrEnum):
    OFFERED = "offered"
    OPEN = "open"
    CLOSED = "closed"


class Representation(enum.StrEnum):
    """How far the attorney's work goes."""

    CONSULTATION = "consultation"
    BRIEF_ADVICE = "brief_advice"
    LIMITED_SCOPE = "limited_scope"
    FULL = "full"


class CaseType(enum.StrEnum):
    REMOVAL_DEFENSE = "removal_defense"
    ASYLUM = "asylum"
    WITHHOLDING_OR_CAT = "withholding_or_cat"
    CANCELLATION = "cancellation"
    BOND = "bond"
    APPEAL = "appeal"
    DACA = "daca"
    TPS = "tps"
    SPECIAL_IMMIGRANT_JUVENILE = "special_immigrant_juvenile"
    U_VISA = "u_visa"
    T_VISA = "t_visa"
    VAWA = "vawa"
    ADJUSTMENT = "adjustment"
    NATURALIZATION = "naturalization"
    FAMILY_PETITION = "family_petition"
    WORK_AUTHORIZATION = "work_authorization"
    OTHER = "other"


class Outcome(enum.StrEnum):
    """How a case ended: what legal defense funds report in common, and two ways to end without a decision."""

    RELIEF_GRANTED = "relief_granted"
    TERMINATED = "terminated"  #: terminated or dismissed
    ADMINISTRATIVELY_CLOSED = "administratively_closed"
    VOLUNTARY_DEPARTURE = "voluntary_departure"
    REMOVAL_ORDERED = "removal_ordered"  #: in the person's presence
    REMOVAL_ORDERED_IN_ABSENTIA = "removal_ordered_in_absentia"
    CHANGE_OF_VENUE = "change_of_venue"
    WITHDRAWN = "withdrawn"  #: withdrawn, or the client left the programme
    SERVICES_COMPLETED = "services_completed"  #: a consultation, advice or limited work was given in full
    OTHER = "other"


class AssignmentRole(enum.StrEnum):
    PRIMARY = "primary"


class AssignmentStatus(enum.StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


#: An assignment in one of these keeps the case from being offered to somebody else.
STANDING = frozenset({AssignmentStatus.OFFERED, AssignmentStatus.ACCEPTED})


class DeclineCode(enum.StrEnum):
    CONFLICT = "conflict"
    CAPACITY = "capacity"
    OUT_OF_SCOPE = "out_of_scope"
    MEANS = "means"
    LANGUAGE = "language"
    OTHER = "other"


class HearingKind(enum.StrEnum):
    """The court's calendar types that a client must come to."""

    MASTER = "master"
    INDIVIDUAL = "individual"
    CUSTODY = "custody"
    OTHER = "other"


class DeadlineKind(enum.StrEnum):
    ASYLUM_FILING = "asylum_filing"
    WORK_AUTHORIZATION = "work_authorization"
    PRE_HEARING_FILING = "pre_hearing_filing"
    EVIDENCE = "evidence"
    FEE = "fee"
    ANNUAL_ASYLUM_FEE = "annual_asylum_fee"  #: opened by the agency's notice: an asylum application hangs on it
    APPEAL = "appeal"
    APPEAL_BRIEF = "appeal_brief"
    MOTION = "motion"
    PETITION_FOR_REVIEW = "petition_for_review"
    OTHER = "other"


class Standing(enum.StrEnum):
    """Where a deadline stands on a given day."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"
    COMPLETED = "completed"


class HearingDue(enum.StrEnum):
    """What a list of cases can be narrowed to by the next hearing."""

    SOON = "soon"  #: within 14 days, on a case that is not closed
    NONE = "none"  #: no hearing is set, on a case that is not closed


#: A deadline within so many days is soon; hearings within them stand on the home page.
SOON = timedelta(days=14)
#: Dates of a case further away than this are slips of the pen: immigration courts set hearings some years ahead.
LONGEST_AGO = timedelta(days=20 * 366)
FURTHEST_AHEAD = timedelta(days=10 * 366)


def standing(due_on: date, completed: bool, today: date) -> Standing:
    """Where a deadline stands: overdue from the day after it is due, soon within 14 days (the last one included)."""
    if completed:
        return Standing.COMPLETED
    if due_on < today:
        return Standing.OVERDUE
    return Standing.SOON if due_on - today <= SOON else Standing.LATER


def day_in(moment: datetime, time_zone: str) -> date:
    """The calendar day of an aware moment in a zone by its IANA name."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def moment_in(day: date, clock: str, time_zone: str) -> datetime:
    """The aware moment of ``HH:MM`` on a day in a zone by its IANA name."""
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(time_zone))


def is_plausible(day: date, today: date) -> bool:
    """Whether a day can be a date of a case: at most 20 years ago and 10 years ahead."""
    return today - LONGEST_AGO <= day <= today + FURTHEST_AHEAD


#: A colleague's help lasts so many hours at most: a day in court, and the way there and back.
LONGEST_HELP = 10


class WallReason(enum.StrEnum):
    """Why somebody is kept away from a matter."""

    FORMER_CLIENT = "former_client"
    ADVERSE_PARTY = "adverse_party"
    FAMILY = "family"
    PERSONAL_INTEREST = "personal_interest"
    CLIENT_REQUEST = "client_request"
    OTHER = "other"
