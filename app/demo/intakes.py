"""The life of an application: taken in, handed in, checked, and decided."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.cases.rules import CaseType, Representation
from app.conflicts import actions as conflicts
from app.conflicts.rules import CheckResult, Resolution
from app.demo.casework import casework
from app.demo.cast import OFFICES
from app.demo.days import in_hours, later
from app.demo.givers import Program
from app.demo.past import Life, step
from app.demo.people import Situation
from app.demo.stage import CaseStory, Stage
from app.demo.stories import Ending, Story
from app.eligibility.rules import Outcome
from app.intake import actions as intake
from app.intake import reads
from app.intake.rules import TurnedAway

_E, _S = Ending, Situation
#: The two at the desk: who took an application in does not review its conflict check.
_DESK: Final = ("intake", "intake2")
#: Why somebody in this situation is declined, and where they are sent.
_REASONS: Final[Mapping[Situation, tuple[TurnedAway, str | None]]] = {
    _S.OVER_INCOME: (TurnedAway.OVER_INCOME, "The bar association's list of attorneys with fixed fees."),
    _S.SLIGHTLY_OVER_INCOME: (TurnedAway.OVER_INCOME, "The bar association's list of attorneys with fixed fees."),
    _S.ELSEWHERE: (TurnedAway.OUT_OF_AREA, "The legal aid office of the home state."),
    _S.NO_PROCEEDING: (TurnedAway.NO_PROCEEDING, "A clinic for applications outside the courts."),
    _S.HAS_COUNSEL: (TurnedAway.HAS_COUNSEL, None),
}
_NO_ROOM: Final = (TurnedAway.CAPACITY, TurnedAway.UNREACHABLE, TurnedAway.OTHER)
#: Kinds of cases before the court, and of those outside it that need fees paid.
_COURT_CASES: Final = (
    CaseType.REMOVAL_DEFENSE, CaseType.ASYLUM, CaseType.ASYLUM, CaseType.CANCELLATION, CaseType.WITHHOLDING_OR_CAT,
    CaseType.BOND,
)  # fmt: skip
_FEE_CASES: Final = (
    CaseType.NATURALIZATION,
    CaseType.DACA,
    CaseType.TPS,
    CaseType.ADJUSTMENT,
    CaseType.WORK_AUTHORIZATION,
)


@dataclass(frozen=True, slots=True)
class _Taken:
    """An application on its way: who has it, and when something was last done with it."""

    stage: Stage
    story: Story
    id: UUID
    who: str
    at: datetime

    def after(self, least: int, most: int) -> "_Taken":
        """The same, so many days later."""
        return replace(self, at=later(self.story.chance, self.at, least, most))

    @property
    def colleague(self) -> str:
        return next(each for each in _DESK if each != self.who)


def application(stage: Stage, story: Story) -> Life:
    """One application from its first answer on, as far as its story goes."""
    who = _DESK[story.number % 2]
    taken = _Taken(stage, story, UUID(int=0), who, in_hours(story.chance, story.taken_on))
    taken = yield from (_in_steps if story.ending is _E.DRAFT or story.number % 3 == 0 else _at_once)(taken)
    if story.ending not in (_E.DRAFT, _E.SUBMITTED):
        yield from _DECIDED[story.ending](taken)


def _at_once(taken: _Taken) -> Life:
    form = intake.NewApplication.model_validate({**taken.story.answers, "submit": True})
    return replace(taken, id=(yield step(taken.at, taken.who, intake.create, form)))


def _in_steps(taken: _Taken) -> Life:
    """A call: the first answers are saved as a draft, the others follow while the person speaks."""
    story, given = taken.story, taken.story.answers
    first = {section: given[section] for section in ("applicant", "contact", "consents")}
    taken = replace(
        taken, id=(yield step(taken.at, taken.who, intake.create, intake.NewApplication.model_validate(first)))
    )
    if story.ending is _E.DRAFT and story.turn % 2:
        return taken
    taken = taken.after(0, 0)
    rest = ("household",) if story.ending is _E.DRAFT else ("household", "immigration")
    change = intake.ApplicationChange.model_validate({section: given[section] for section in rest})
    yield step(taken.at, taken.who, intake.change, taken.id, change)
    if story.ending is not _E.DRAFT:
        taken = taken.after(0, 0)
        yield step(taken.at, taken.who, intake.submit, taken.id)
    return taken


def _wait_for_answer(taken: _Taken) -> Life:
    taken = taken.after(0, 1)
    form = intake.Asking(missing=["/household/annual_income"], note="Will call back with the pay stubs.")
    yield step(taken.at, taken.who, intake.ask, taken.id, form)


def _check(taken: _Taken) -> Life:
    """The conflict check; gives the application as it stands after it, with its verdicts, and the check's id."""
    taken = taken.after(0, 2)
    check_id = yield step(taken.at, taken.who, intake.check_conflicts, taken.id)
    taken = taken.after(0, 0)
    view = yield step(taken.at, taken.who, reads.application, taken.id)
    return taken, view, check_id


def _check_and_resolve(taken: _Taken) -> Life:
    """The conflict check, and its review by a second person where it found somebody: not the same one after all."""
    taken, view, check_id = yield from _check(taken)
    if view.conflict_check.result is CheckResult.REVIEW:
        taken = taken.after(0, 3)
        yield step(taken.at, taken.colleague, conflicts.resolve, check_id, _review(Resolution.NO_CONFLICT))
    return taken, view


def _review(resolution: Resolution) -> conflicts.Resolving:
    reasons = {
        Resolution.NO_CONFLICT: "A telephone shared by two households in one building. No adverse interest.",
        Resolution.CONFLICT: "The two people are on opposite sides of another matter.",
    }
    return conflicts.Resolving(resolution=resolution, reason=reasons[resolution])


def _in_conflict(taken: _Taken) -> Life:
    taken, view, check_id = yield from _check(taken)
    if view.conflict_check.result is CheckResult.REVIEW:
        taken = taken.after(0, 2)
        yield step(taken.at, taken.colleague, conflicts.resolve, check_id, _review(Resolution.CONFLICT))
    form = intake.TurningAway(reason=TurnedAway.CONFLICT, referral="Another intake line, by name only.")
    taken = taken.after(0, 2)
    yield step(taken.at, taken.who, intake.decline, taken.id, form)


def _declined(taken: _Taken) -> Life:
    taken = taken.after(0, 6)
    fallback = (_NO_ROOM[taken.story.turn // 2 % len(_NO_ROOM)], "Two offices that keep waiting lists.")
    reason, referral = _REASONS.get(taken.story.situation, fallback)
    form = intake.TurningAway(reason=reason, referral=referral)
    yield step(taken.at, taken.who, intake.decline, taken.id, form)


def _withdrawn(taken: _Taken) -> Life:
    taken = taken.after(3, 30)
    form = intake.TurningAway(reason=TurnedAway.OTHER if taken.story.turn % 2 else TurnedAway.UNREACHABLE)
    yield step(taken.at, taken.who, intake.withdraw, taken.id, form)


def _waitlisted(taken: _Taken) -> Life:
    taken, _ = yield from _check_and_resolve(taken)
    taken = taken.after(0, 3)
    form = intake.TurningAway(reason=TurnedAway.CAPACITY, referral="Asked to call again when the court sets a date.")
    yield step(taken.at, taken.who, intake.waitlist, taken.id, form)
    return taken


def _from_waitlist(taken: _Taken) -> Life:
    """Helped after all: screened on the rules of the new day, checked again, accepted."""
    taken = yield from _waitlisted(taken)
    taken = taken.after(40, 110)
    yield step(taken.at, taken.who, intake.screen_again, taken.id)
    yield from _accepted(taken)


def _override(taken: _Taken) -> Life:
    """Colorado's limit is missed by little: the desk asks that the rule be set aside, with a reason."""
    taken, view = yield from _check_and_resolve(taken)
    program = taken.stage.purse.program
    fund_id = next(each.fund_id for each in view.screenings if program(each.fund_id) is Program.COLORADO)
    taken = taken.after(0, 1)
    reason = "Medical costs of this year leave less than the limit."
    form = intake.NewOverride(fund_id=fund_id, rule="income", reason=reason)
    override_id = yield step(taken.at, taken.who, intake.request_override, taken.id, form)
    return taken, view, fund_id, override_id


def _override_decided(taken: _Taken) -> Life:
    granted = taken.story.ending is _E.OVERRIDDEN
    taken, view, fund_id, override_id = yield from _override(taken)
    taken = taken.after(0, 4)
    decide = intake.approve_override if granted else intake.reject_override
    yield step(taken.at, "approver", decide, taken.id, override_id)
    yield from _become_case(taken, view, [fund_id]) if granted else _declined(taken)


def _accepted(taken: _Taken) -> Life:
    """Checked and accepted, where a fund's verdict is eligible."""
    taken, view = yield from _check_and_resolve(taken)
    eligible = [each.fund_id for each in view.screenings if each.effective_verdict is Outcome.ELIGIBLE]
    yield from _become_case(taken, view, eligible) if eligible else _declined(taken)


def _become_case(taken: _Taken, view: reads.ApplicationView, eligible: list[UUID]) -> Life:
    """The application becomes a case, whose own life begins."""
    stage, taken = taken.stage, taken.after(0, 4)
    form = _acceptance(taken, eligible)
    yield step(taken.at, taken.who, intake.accept, taken.id, form)
    if form.close:
        return
    case = yield step(taken.at, taken.who, reads.accepted_case, taken.id)
    programs = frozenset(stage.purse.program(fund_id) for fund_id in eligible)
    office = next(each for each in OFFICES if stage.partners[each.key] == form.partner_id)
    stage.past.start(casework(stage, CaseStory(taken.story, case.id, view.applicant_id, office, programs), taken.at))


def _acceptance(taken: _Taken, eligible: list[UUID]) -> intake.Acceptance:
    story, stage, chance = taken.story, taken.stage, taken.story.chance
    # Denver's own money first, where the person lives there.
    denver = [fund_id for fund_id in eligible if stage.purse.program(fund_id) is Program.DENVER]
    fund_id = chance.choice(denver if denver and chance.random() < 0.7 else eligible)
    # What is under way goes round, so that each attorney of the demo has something to do.
    place = story.turn if story.ending in UNDER_WAY else chance.choices(range(len(OFFICES)), weights=(5, 4, 2))[0]
    partner_id = stage.partners[OFFICES[place % len(OFFICES)].key]
    return intake.Acceptance.model_validate({"fund_id": fund_id, "partner_id": partner_id} | _scope(story))


def _scope(story: Story) -> dict[str, Any]:
    """How far the help goes, and with what."""
    if story.ending is _E.ADVISED:
        return {"representation": Representation.BRIEF_ADVICE, "close": True, "summary": "Rights and next steps."}
    if story.ending is _E.FEES:
        kind = _FEE_CASES[story.turn % len(_FEE_CASES)]
        return {"representation": Representation.LIMITED_SCOPE, "case_type": kind}
    return {"representation": Representation.FULL, "case_type": _COURT_CASES[story.number % len(_COURT_CASES)]}


#: Endings that are somebody's work today.
UNDER_WAY: Final = frozenset({_E.OFFERED, _E.ASKED, _E.TURNED_DOWN, _E.OPEN, _E.AWARD_ASKED, _E.AWARDED})

_DECIDED: Final[Mapping[Ending, Callable[[_Taken], Life]]] = {
    _E.NEEDS_INFORMATION: _wait_for_answer,
    _E.IN_REVIEW: _check,
    _E.OVERRIDE_ASKED: _override,
    _E.OVERRIDE_REFUSED: _override_decided,
    _E.OVERRIDDEN: _override_decided,
    _E.DECLINED: _declined,
    _E.CONFLICT: _in_conflict,
    _E.WITHDRAWN: _withdrawn,
    _E.WAITLISTED: _waitlisted,
    _E.FROM_WAITLIST: _from_waitlist,
} | dict.fromkeys((*UNDER_WAY, _E.ADVISED, _E.AWARD_REFUSED, _E.PAID, _E.FEES, _E.CLOSED), _accepted)
