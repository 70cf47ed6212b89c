"""Ways to put somebody on hold and to erase somebody, by the people who do it, for tests of every room."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.access.sights import OPERATOR
from app.retention.actions import asking, holds
from app.retention.actions.running import Report, run
from app.retention.rules import ErasureCause, HoldReason
from app.work import Work
from tests.retention.stage import declined
from tests.story import said
from tests.world import World, key

#: After every notice.
LATER = timedelta(days=15)


def put_on_hold(world: World, *, case_id: str | None = None, applicant_id: str | None = None) -> str:
    """A hold on a case or a person, or on everything when neither is named, by the fund; its id."""
    form = {"reason_code": "legal_demand", "reason": "A demand came by mail."}
    named = (
        {"case_id": case_id} if case_id else {"applicant_id": applicant_id} if applicant_id else {"everything": True}
    )
    return str(said(world.fund_admin.post("/holds", json=form | named, headers=key()), 201)["id"])


def lift(world: World, hold_id: str) -> None:
    """Lift a hold, by two people of the fund."""
    for who in ("approver", "releaser"):
        said(getattr(world, who).post(f"/holds/{hold_id}/lift", json={}))


def approve_erasure(world: World, applicant_id: str) -> UUID:
    """Ask for an erasure, and approve it when the notice is over; the person's matters have ended before."""
    with world.act_as("fund_admin") as work:
        form = asking.NewErasure(applicant_id=UUID(applicant_id), cause=ErasureCause.PERSON_ASKED)
        erasure_id = asking.request(work, form)
    with world.act_as("approver", now=datetime.now(UTC) + LATER) as work:
        asking.approve(work, erasure_id)
    return erasure_id


def nightly(world: World, **more: Any) -> Report:
    """One nightly run."""
    return run(operator(world), world.services.vault, **more)


def operator(world: World, now: datetime | None = None) -> Callable[[], AbstractContextManager[Work]]:
    """Works of the one who runs the nightly job."""
    return lambda: world.act_as("admin", now=now, sight=OPERATOR)


def erase(world: World, applicant_id: str) -> UUID:
    """Erase somebody whose applications and cases have ended; the erasure's id."""
    erasure_id = approve_erasure(world, applicant_id)
    report = nightly(world)
    assert report.erased == 1, report.kept
    return erasure_id


def held_and_asked(world: World, case_id: str) -> dict[str, str]:
    """A hold on the case, and an erasure of somebody else that waits for its approval, as paths name them."""
    applicant = declined(world)
    with world.act_as("fund_admin") as work:
        form = asking.NewErasure(applicant_id=UUID(applicant), cause=ErasureCause.PERSON_ASKED)
        erasure_id = asking.request(work, form)
    return {"hold_id": put_on_hold(world, case_id=case_id), "erasure_id": str(erasure_id)}


def hold_by(work: Work, **named: Any) -> UUID:
    """A hold set in a Work of one's own."""
    form = holds.NewHold(reason_code=HoldReason.LITIGATION, reason="A complaint was filed.", **named)
    return holds.set_hold(work, form)
