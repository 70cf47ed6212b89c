"""Emergency openings: who may, the form of one, what it opens under its mark, and its review."""

from uuid import UUID

from app.access.grants import Permission
from app.break_glass import reads
from app.break_glass.rules import MOST, WITHIN
from app.cases.reads import case
from app.web.answers import Page
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")


@door.page("/break-glass", Permission.BREAK_GLASS_READ)
def openings_page(work: Work, cursor: str | None = None) -> Page:
    """The emergency openings that concern the reader, and who may make one."""
    found = reads.openings(work, cursor=cursor)
    names = Permission.BREAK_GLASS_NAME in work.actor.permissions
    return Page(
        "break_glass/list.html",
        {
            "openings": found.items,
            "next_url": f"/break-glass?cursor={found.next}" if found.next else None,
            "first_url": "/break-glass" if cursor else None,
            "holders": reads.holders(work).items if names else None,
            "people": [(each.id, each.name) for each in reads.nameable(work)] if names else [],
        },
    )


@door.page("/break-glass/{opening_id}", Permission.BREAK_GLASS_READ)
def opening_page(work: Work, opening_id: UUID) -> Page:
    """One opening: for whoever made it what it opens, for others its review."""
    return Page("break_glass/one.html", {"opening": reads.opening(work, opening_id), "me": work.actor.id})


@door.page("/cases/{case_id}/emergency", Permission.BREAK_GLASS_OPEN)
def emergency_page(work: Work, case_id: UUID) -> Page:
    """The form of an emergency opening."""
    found = case(work, case_id, opening=False)
    return Page(
        "break_glass/new.html",
        {"case": found, "named_for_it": reads.is_named(work), "most": MOST, "days": WITHIN.days},
    )
