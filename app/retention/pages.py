"""Holds and erasures: what is on hold, who is due, what waits for whom, and the certificate of what is done."""

from uuid import UUID

from app.access.grants import Permission
from app.retention.reads import due, erasures, holds
from app.retention.rules import ErasureStatus
from app.web.answers import Page
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")


@door.page("/retention", Permission.RETENTION_READ)
def retention(work: Work, cursor: str | None = None) -> Page:
    """Legal holds, what is to be erased and what was, and how long what is kept."""
    found = erasures.erasures(work, cursor=cursor)
    permissions = work.actor.permissions
    return Page(
        "retention/list.html",
        {
            "holds": holds.holds(work).items,
            "waiting": erasures.erasures(work, status=ErasureStatus.NOTICED).items,
            "approved": erasures.erasures(work, status=ErasureStatus.APPROVED).items,
            "done": [each for each in found.items if each.status is ErasureStatus.ERASED],
            "due": due.due_people(work) if Permission.ERASURE_APPROVE in permissions else [],
            "schedule": erasures.periods(work),
            "today": work.now.date(),
            "me": work.actor.id,
            "may_set": Permission.HOLD_SET in permissions,
            "may_lift": Permission.HOLD_LIFT in permissions,
            "may_approve": Permission.ERASURE_APPROVE in permissions,
            "next_url": f"/retention?cursor={found.next}" if found.next else None,
            "first_url": "/retention" if cursor else None,
        },
    )


@door.page("/holds/{hold_id}", Permission.HOLD_READ)
def hold_page(work: Work, hold_id: UUID) -> Page:
    """One hold, with why it was set for those who may know."""
    found = holds.hold(work, hold_id)
    may_lift = Permission.HOLD_LIFT in work.actor.permissions
    return Page("retention/hold.html", {"hold": found, "me": work.actor.id, "may_lift": may_lift})


@door.page("/retention/erasures/{erasure_id}/certificate", Permission.RETENTION_READ)
def certificate_page(work: Work, erasure_id: UUID) -> Page:
    """What proves that somebody was erased, to be printed."""
    return Page("retention/certificate.html", {"proof": erasures.certificate(work, erasure_id), "id": erasure_id})
