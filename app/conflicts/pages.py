"""The queue of conflict checks to review."""

from app.access.grants import Permission
from app.conflicts import reads
from app.web.answers import Page
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")


@door.page("/conflict-checks", Permission.CONFLICT_RESOLVE)
def conflict_checks(work: Work, cursor: str | None = None) -> Page:
    """Checks that found somebody and wait for a second person."""
    found = reads.checks(work, cursor=cursor)
    return Page("conflicts/list.html", {"checks": found.items, "next": found.next, "me": work.actor.id})
