"""Pages of government fees: what applied on a day, the schedules, and a new one. A case's fees are the desk's page."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.access.grants import Permission
from app.applicants.rules import plain_date
from app.fees import reads
from app.web.answers import Page
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")


@door.page("/fees", Permission.FEE_READ)
def fees_page(work: Work, as_of: str = "", form: Annotated[str, Query(max_length=60)] = "") -> Page:
    """What applied on a day. A day that can not be read counts as today."""
    found = reads.fees(work, plain_date(as_of), form)
    return Page("fees/list.html", {"fees": found, "words": form, "schedules": reads.schedules(work).items})


@door.page("/fees/new", Permission.FEE_MANAGE)
def new_schedule_page(work: Work) -> Page:
    """The form by which a schedule is handed in."""
    return Page("fees/new.html", {"schedules": reads.schedules(work).items})


@door.page("/fees/schedules/{schedule_id}", Permission.FEE_READ)
def schedule_page(work: Work, schedule_id: UUID) -> Page:
    """One schedule beside the one in force."""
    return Page("fees/schedule.html", {"compared": reads.schedule(work, schedule_id)})
