"""The end of what is kept: a notice when a period is over, an approval, an erasure, and a hold that stops the next."""

from datetime import timedelta
from uuid import UUID

from app.cases import reads as cases
from app.cases.rules import CaseStatus
from app.demo.beginning import OPERATOR
from app.demo.days import midnight
from app.demo.past import Life, step
from app.demo.stage import Stage
from app.retention.actions import asking, erasing, holds
from app.retention.rules import HoldReason
from app.work import Work


def keeping(stage: Stage) -> Life:
    """The nights of the last day: who is due is noticed, one of them is approved and erased, and a hold is set."""
    night = midnight(stage.today) - timedelta(hours=22)
    noticed: list[UUID] = yield step(night, OPERATOR, asking.notice_due)
    if noticed:
        yield step(night + timedelta(hours=8), "approver", asking.approve, noticed[0])
        yield step(night + timedelta(hours=20), OPERATOR, erasing.erase, noticed[0])
    yield step(night + timedelta(hours=21), "attorney", _hold_newest)


def _hold_newest(work: Work) -> None:
    """Somebody asked for the records of a case that goes on."""
    for case in cases.cases(work, cases.CaseFilter(status=CaseStatus.OPEN), limit=1).items:
        reason = "The agency asked for the file. We answer when the judge has ruled on it."
        holds.set_hold(work, holds.NewHold(case_id=case.id, reason_code=HoldReason.LEGAL_DEMAND, reason=reason))
