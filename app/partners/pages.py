"""The page of partner organizations."""

from app.access.grants import Permission
from app.partners import reads
from app.web.answers import Page
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")


@door.page("/partners", Permission.PARTNER_READ)
def partners(work: Work) -> Page:
    """The partner organizations one may see, and a form to take another one on."""
    return Page("partners/list.html", {"partners": reads.partners(work).items})
