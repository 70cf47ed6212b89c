"""Legal holds, and the way to the end of a person's data, over REST."""

from uuid import UUID

from app.access.grants import Permission
from app.keyset import DEFAULT_LIMIT, Limit
from app.retention.actions import asking
from app.retention.actions import holds as setting
from app.retention.reads import due, erasures, find, holds
from app.retention.rules import ErasureStatus
from app.web.door import Door
from app.work import Work

holds_door = Door("/holds")
door = Door("/retention")


@holds_door.get("", Permission.HOLD_READ)
def list_holds(
    work: Work, standing: bool = True, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None
) -> holds.HoldList:
    """Legal holds, newest first; the lifted ones too when ``standing`` is false."""
    return holds.holds(work, standing=standing, limit=limit, cursor=cursor)


@holds_door.post("", Permission.HOLD_SET, status_code=201, steps_up=True)
def set_hold(work: Work, form: setting.NewHold) -> holds.HoldView:
    """Put a case, a person or everything on hold, from this moment: nothing of it is erased."""
    return holds.hold(work, setting.set_hold(work, form))


@holds_door.get("/{hold_id}", Permission.HOLD_READ)
def get_hold(work: Work, hold_id: UUID) -> holds.HoldView:
    """One hold; why it was set is shown to those who may lift it, and to who set it."""
    return holds.hold(work, hold_id)


@holds_door.post("/{hold_id}/lift", Permission.HOLD_LIFT, finds=find.liftable, steps_up=True)
def lift_hold(work: Work, hold_id: UUID) -> holds.HoldView:
    """Ask to lift a hold; when another person has asked before, it is lifted."""
    return holds.hold(work, setting.lift_hold(work, hold_id))


@door.get("", Permission.RETENTION_READ)
def get_schedule(work: Work) -> erasures.ScheduleView:
    """How long what is kept here, and what that rests on."""
    return erasures.periods(work)


@door.get("/due", Permission.ERASURE_APPROVE)
def list_due(work: Work) -> list[due.DuePerson]:
    """Who is due and was not noticed yet, by reference; the nightly run gives the notices."""
    return due.due_people(work)


@door.get("/waiting", Permission.RETENTION_RUN)
def get_waiting(work: Work) -> erasures.Waiting:
    """What waits for the nightly run, in numbers, for the person who looks after the machine."""
    return erasures.waiting(work)


@door.get("/erasures", Permission.RETENTION_READ)
def list_erasures(
    work: Work, status: ErasureStatus | None = None, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None
) -> erasures.ErasureList:
    """Erasures on their way and done, newest first."""
    return erasures.erasures(work, status=status, limit=limit, cursor=cursor)


@door.post("/erasures", Permission.ERASURE_REQUEST, status_code=201)
def request_erasure(work: Work, form: asking.NewErasure) -> erasures.ErasureView:
    """Ask that a person whose applications and cases have ended be erased before the schedule would."""
    return erasures.erasure(work, asking.request(work, form))


@door.get("/erasures/{erasure_id}", Permission.RETENTION_READ)
def get_erasure(work: Work, erasure_id: UUID) -> erasures.ErasureView:
    """One erasure."""
    return erasures.erasure(work, erasure_id)


@door.post("/erasures/{erasure_id}/approve", Permission.ERASURE_APPROVE, finds=find.approvable, steps_up=True)
def approve_erasure(work: Work, erasure_id: UUID) -> erasures.ErasureView:
    """Say, as a second person, that it may be done; the next nightly run does it."""
    return erasures.erasure(work, asking.approve(work, erasure_id))


@door.post("/erasures/{erasure_id}/withdraw", Permission.ERASURE_REQUEST, finds=find.withdrawable)
def withdraw_erasure(work: Work, erasure_id: UUID) -> erasures.ErasureView:
    """Take back what was asked for and is not done."""
    return erasures.erasure(work, asking.withdraw(work, erasure_id))


@door.get("/erasures/{erasure_id}/certificate", Permission.RETENTION_READ)
def get_certificate(work: Work, erasure_id: UUID) -> erasures.Certificate:
    """What proves that somebody was erased, without saying who."""
    return erasures.certificate(work, erasure_id)
