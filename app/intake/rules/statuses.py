"""What an application can be, and what may be done with it then. A status is the result of an act, never edited."""

import enum
from collections.abc import Collection, Mapping
from typing import Final

from app.conflicts.rules import CheckResult, Resolution
from app.eligibility.rules import Outcome
from app.errors import Conflict


class ApplicationStatus(enum.StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_INFORMATION = "needs_information"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WAITLISTED = "waitlisted"
    WITHDRAWN = "withdrawn"


class TurnedAway(enum.StrEnum):
    """Why no help is given, or not now. People who are turned away are counted by these."""

    OVER_INCOME = "over_income"
    OUT_OF_AREA = "out_of_area"
    NO_PROCEEDING = "no_proceeding"
    HAS_COUNSEL = "has_counsel"
    CONFLICT = "conflict"
    CAPACITY = "capacity"
    UNREACHABLE = "unreachable"
    OTHER = "other"


class Next(enum.StrEnum):
    """What the desk does next with an application, so that nobody has to know the way by heart."""

    GO_ON = "go_on"
    ADD_ANSWERS = "add_answers"
    ASK = "ask"
    CHECK = "check"
    WAIT_FOR_REVIEW = "wait_for_review"
    ACCEPT = "accept"
    TURN_AWAY = "turn_away"
    WAIT_FOR_HELP = "wait_for_help"
    NOTHING = "nothing"


class OverrideStatus(enum.StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class Act(enum.StrEnum):
    """What can be done with an application."""

    CHANGE = "change"
    SUBMIT = "submit"
    SCREEN = "screen"
    CHECK = "check"
    OVERRIDE = "override"
    ASK = "ask"
    ACCEPT = "accept"
    DECLINE = "decline"
    WAITLIST = "waitlist"
    WITHDRAW = "withdraw"


_S = ApplicationStatus

#: Answers change before the application is handed in, and while the desk waits for an answer.
EDITABLE: Final = frozenset({_S.DRAFT, _S.NEEDS_INFORMATION})
#: The disposition was made: nothing follows, and the intake desk no longer opens what it sealed.
#: Somebody on the waiting list is still to be helped, so their intake stays open.
ENDED: Final = frozenset({_S.ACCEPTED, _S.DECLINED, _S.WITHDRAWN})

ACTS: Final[Mapping[Act, frozenset[ApplicationStatus]]] = {
    Act.CHANGE: EDITABLE,
    Act.SUBMIT: EDITABLE,
    Act.SCREEN: frozenset({_S.SUBMITTED, _S.NEEDS_INFORMATION, _S.WAITLISTED}),
    Act.CHECK: frozenset({_S.DRAFT, _S.SUBMITTED, _S.NEEDS_INFORMATION, _S.WAITLISTED}),
    Act.OVERRIDE: frozenset({_S.SUBMITTED, _S.NEEDS_INFORMATION, _S.WAITLISTED}),
    Act.ASK: frozenset({_S.SUBMITTED, _S.WAITLISTED}),
    Act.ACCEPT: frozenset({_S.SUBMITTED, _S.WAITLISTED}),
    Act.DECLINE: frozenset({_S.SUBMITTED, _S.NEEDS_INFORMATION, _S.WAITLISTED}),
    Act.WAITLIST: frozenset({_S.SUBMITTED, _S.NEEDS_INFORMATION}),
    Act.WITHDRAW: frozenset({_S.DRAFT, _S.SUBMITTED, _S.NEEDS_INFORMATION, _S.WAITLISTED}),
}


def acts_on(status: ApplicationStatus) -> frozenset[Act]:
    """What may be done with an application of this status."""
    return frozenset(act for act, statuses in ACTS.items() if status in statuses)


_BY_STATUS: Final = {
    _S.DRAFT: Next.GO_ON,
    _S.NEEDS_INFORMATION: Next.ADD_ANSWERS,
    _S.ACCEPTED: Next.NOTHING,
    _S.DECLINED: Next.NOTHING,
    _S.WITHDRAWN: Next.NOTHING,
}


def next_step(
    status: ApplicationStatus,
    verdicts: Collection[Outcome],
    result: CheckResult | None,
    resolution: Resolution | None,
) -> Next:
    """The one step that brings an application further: by the funds' verdicts, and by what its conflict check said."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if resolution is Resolution.CONFLICT:
        return Next.TURN_AWAY
    if Outcome.ELIGIBLE in verdicts:
        if result is None:
            return Next.CHECK
        clear = result is CheckResult.CLEAR or resolution is Resolution.NO_CONFLICT
        return Next.ACCEPT if clear else Next.WAIT_FOR_REVIEW
    if status is ApplicationStatus.WAITLISTED:
        return Next.WAIT_FOR_HELP
    return Next.ASK if Outcome.NEEDS_INFORMATION in verdicts else Next.TURN_AWAY


def refuse(act: Act, status: ApplicationStatus) -> None:
    """Raises Conflict, with a code and a sentence that say why, when the status does not allow the act."""
    if status in ACTS[act]:
        return
    if status in ENDED:
        raise Conflict("application.decided", "This application was decided. Nothing about it changes any more.")
    if status is ApplicationStatus.DRAFT:
        raise Conflict("application.draft", "This application is a draft. Submit it first.")
    if status is ApplicationStatus.NEEDS_INFORMATION:
        raise Conflict(
            "application.needs_information",
            "This application waits for information. Add what is missing and submit it again first.",
        )
    if act in (Act.CHANGE, Act.SUBMIT):
        raise Conflict(
            "application.submitted",
            "This application was submitted. To change an answer, say first which information is needed.",
        )
    raise Conflict("application.status", "The status of this application does not allow that.")
