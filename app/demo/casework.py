"""The life of a case at a partner: offered, worked on, closed. Its money has a life of its own beside it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.applicants import reads as applicants
from app.audit.rules import Purpose
from app.cases import actions as cases
from app.cases.rules import DeadlineKind, DeclineCode, HearingKind, Outcome
from app.demo.days import later, local_day, midnight, working_day
from app.demo.past import Life, step
from app.demo.payments import close_awards, money
from app.demo.stage import CaseStory, Stage
from app.demo.stories import Ending, Story

_E = Ending
_DECLINES: Final = (
    (DeclineCode.CAPACITY, "Two merits hearings in the same week."),
    (DeclineCode.LANGUAGE, "No interpreter at hand before the hearing."),
    (DeclineCode.CONFLICT, None),
)
_NOTES: Final = (
    "First meeting. Explained the stages of the case and what to bring.",
    "Declaration drafted; to be read back with an interpreter.",
    "Country reports collected. One witness will write a letter.",
    "Called the court: the case stays on the master calendar.",
    "Biometrics done. Copy of the receipt is in the file.",
)
_DEADLINES: Final = (
    (DeadlineKind.PRE_HEARING_FILING, "Brief and exhibits before the hearing"),
    (DeadlineKind.EVIDENCE, "Translated evidence"),
    (DeadlineKind.ASYLUM_FILING, "Asylum application, one year after entry"),
    (DeadlineKind.WORK_AUTHORIZATION, "Work permit: earliest filing day"),
    (DeadlineKind.FEE, "Annual asylum fee"),
    (DeadlineKind.MOTION, "Motion to change venue"),
)
_OUTCOMES: Final = (
    Outcome.RELIEF_GRANTED, Outcome.TERMINATED, Outcome.RELIEF_GRANTED, Outcome.ADMINISTRATIVELY_CLOSED,
    Outcome.VOLUNTARY_DEPARTURE, Outcome.REMOVAL_ORDERED, Outcome.CHANGE_OF_VENUE, Outcome.WITHDRAWN,
)  # fmt: skip
#: Endings in which the case is closed at last.
_ENDED: Final = frozenset({_E.CLOSED, _E.FEES})
#: Of eight cases, those whose deadline was met long ago.
_DONE: Final = frozenset({3, 7})


def casework(stage: Stage, case: CaseStory, at: datetime) -> Life:
    """A case from its offer on, as far as its story goes."""
    story, chance = case.story, case.story.chance
    if story.ending is _E.OFFERED:
        return
    attorneys = list(case.office.attorneys)
    first = attorneys[story.turn % len(attorneys)]
    if story.ending is _E.TURNED_DOWN or (story.ending is _E.PAID and story.turn % 6 == 5):
        at = yield from _turned_down(stage, case, at, first)
        first = attorneys[-1 if first == attorneys[0] else 0]
    if story.ending is _E.TURNED_DOWN:
        return
    at = later(chance, at, 0, 3)
    assignment_id = yield step(at, case.office.administrator, cases.assign, case.id, _to(stage, first))
    if story.ending is _E.ASKED:
        return
    case, at = replace(case, attorney=first), later(chance, at, 0, 3)
    yield step(at, first, cases.accept, assignment_id, cases.Acceptance(no_conflict=True))
    case, at = yield from _first_weeks(stage, case, assignment_id, at)
    at, awards = yield from money(stage, case, at)
    yield from _afterwards(case, at, awards)


def _to(stage: Stage, attorney: str) -> cases.NewAssignment:
    return cases.NewAssignment(attorney_id=stage.person(attorney))


def _turned_down(stage: Stage, case: CaseStory, at: datetime, attorney: str) -> Life:
    chance = case.story.chance
    at = later(chance, at, 0, 3)
    assignment_id = yield step(at, case.office.administrator, cases.assign, case.id, _to(stage, attorney))
    # A conflict of interest bars somebody for good: only where there is another attorney.
    reasons = _DECLINES if len(case.office.attorneys) > 1 else _DECLINES[:1]
    code, note = reasons[case.story.turn % len(reasons)]
    at = later(chance, at, 0, 2)
    yield step(at, attorney, cases.decline, assignment_id, cases.Declining(code=code, note=note))
    return at


def _first_weeks(stage: Stage, case: CaseStory, assignment_id: UUID, at: datetime) -> Life:
    """The attorney looks the person up, meets them, and enters what is known of court and deadlines."""
    chance, who = case.story.chance, case.attorney
    at = later(chance, at, 0, 0)
    look = applicants.Reveal(group="identity", purpose=Purpose.REPRESENTATION)
    yield step(at, who, applicants.reveal, case.applicant_id, look)
    at = later(chance, at, 0, 3)
    yield step(at, who, cases.add_note, case.id, cases.NewNote(body=_NOTES[0]))
    if case.story.ending is not _E.FEES:
        at = later(chance, at, 0, 4)
        yield step(at, who, cases.add_hearing, case.id, _hearing(stage, case.story, at))
    at = later(chance, at, 0, 4)
    deadline_id = yield step(at, who, cases.add_deadline, case.id, _deadline(stage, case.story, at))
    if case.story.turn % 8 in _DONE or case.story.ending in _ENDED:
        at = later(chance, at, 1, 3)
        yield step(at, who, cases.complete_deadline, deadline_id)
    if case.story.ending is _E.PAID and case.story.turn % 6 == 2 and len(case.office.attorneys) > 1:
        case, at = yield from _handed_over(stage, case, assignment_id, at)
    return case, at


def _handed_over(stage: Stage, case: CaseStory, assignment_id: UUID, at: datetime) -> Life:
    """The attorney leaves the case and a colleague takes it."""
    chance, chief = case.story.chance, case.office.administrator
    colleague = next(each for each in case.office.attorneys if each != case.attorney)
    at = later(chance, at, 0, 2)
    yield step(at, chief, cases.end, assignment_id)
    at = later(chance, at, 0, 1)
    offered_id = yield step(at, chief, cases.assign, case.id, _to(stage, colleague))
    at = later(chance, at, 0, 1)
    yield step(at, colleague, cases.accept, offered_id, cases.Acceptance(no_conflict=True))
    return replace(case, attorney=colleague), at


def _afterwards(case: CaseStory, at: datetime, awards: list[UUID]) -> Life:
    """Another note on every other case; and for the cases that end, their outcome."""
    story, chance = case.story, case.story.chance
    if story.number % 2:
        at = later(chance, at, 2, 6)
        yield step(at, case.attorney, cases.add_note, case.id, cases.NewNote(body=_NOTES[1 + story.number // 2 % 4]))
    if story.ending not in _ENDED:
        return
    at = later(chance, at, 5, 60)
    outcome = Outcome.SERVICES_COMPLETED if story.ending is _E.FEES else _OUTCOMES[story.turn % len(_OUTCOMES)]
    form = cases.Closing(outcome=outcome, reason="The work agreed on is done; the client has all papers.")
    yield step(at, case.attorney, cases.close, case.id, form)
    yield from close_awards(case, at, awards)


def _hearing(stage: Stage, story: Story, at: datetime) -> cases.NewHearing:
    """A day in court: past for a case that ended; for the others to come, for every third of them soon."""
    chance = story.chance
    if story.ending in _ENDED:
        day = local_day(at) + timedelta(days=chance.randint(20, 90))
    else:
        day = stage.today + timedelta(days=chance.randint(1, 12) if story.number % 3 == 0 else chance.randint(15, 300))
    held_at = midnight(working_day(day)) + timedelta(hours=chance.choice([8, 9, 10, 13]), minutes=30)
    kind = chance.choice([HearingKind.MASTER, HearingKind.MASTER, HearingKind.INDIVIDUAL])
    court = story.answers["immigration"].get("court")
    return cases.NewHearing.model_validate({"held_at": held_at.isoformat(), "court": court, "kind": kind})


def _deadline(stage: Stage, story: Story, at: datetime) -> cases.NewDeadline:
    """What must be done by when: for cases under way one in four is close, and one in eight is overdue."""
    chance, eighth = story.chance, story.turn % 8
    due_on = stage.today + timedelta(days=chance.randint(20, 90))
    if story.ending in _ENDED or eighth in _DONE:
        due_on = local_day(at) + timedelta(days=chance.randint(20, 60))
    elif eighth in (0, 4):
        due_on = stage.today + timedelta(days=chance.randint(2, 13))
    elif eighth == 1:
        due_on = stage.today - timedelta(days=chance.randint(1, 5))
    what, title = _DEADLINES[story.number % len(_DEADLINES)]
    return cases.NewDeadline.model_validate({"due_on": due_on.isoformat(), "kind": what, "title": title})
