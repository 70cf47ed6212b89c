"""Pages of cases: lists, offers, the calendar, all notes of a case. The case itself is the desk's page."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query

from app.access.grants import Permission
from app.applicants.rules import NO_ANSWER, plain_date
from app.cases import reads
from app.cases.rules import AssignmentStatus, CaseStatus
from app.web.answers import Page
from app.web.choices import name_of_language
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")


@door.page("/cases", Permission.CASE_READ)
def cases_page(work: Work, status: str = "", waiting: str = "", cursor: str | None = None) -> Page:
    """Your cases, or your organization's. What the filter can not read counts as not chosen."""
    chosen = CaseStatus(status) if status in set(CaseStatus) else None
    only = reads.CaseFilter(status=chosen, waiting=waiting == "yes")
    found = reads.cases(work, only, cursor=cursor)
    kept = {"status": chosen or "", "waiting": "yes" if only.waiting else ""}
    return Page(
        "cases/list.html",
        {
            "cases": found.items,
            "only": only,
            "next_url": _next("/cases", found.next, kept),
            "first_url": _next("/cases", "", kept) if cursor else None,
            "references_only": work.actor.references_only,
        },
    )


@door.page("/offers", Permission.ASSIGNMENT_ANSWER)
def offers_page(work: Work, cursor: str | None = None) -> Page:
    """Offers to answer."""
    found = reads.offers(work, AssignmentStatus.OFFERED, cursor=cursor)
    spoken = {each.preferred_language for each in found.items if each.preferred_language is not None}
    return Page(
        "cases/offers.html",
        {
            "offers": found.items,
            "languages": {code: name_of_language(work.language, code) for code in spoken - NO_ANSWER},
            "next_url": _next("/offers", found.next, {}),
        },
    )


@door.page("/calendar", Permission.CASE_READ)
def calendar_page(
    work: Work,
    first_on: Annotated[str, Query(alias="from")] = "",
    last_on: Annotated[str, Query(alias="to")] = "",
) -> Page:
    """Hearings and deadlines by day. Dates that can not be read count as not chosen."""
    agenda = reads.agenda(work, plain_date(first_on), plain_date(last_on))
    return Page("cases/calendar.html", {"agenda": agenda, "references_only": work.actor.references_only})


@door.page("/cases/{case_id}/notes", Permission.CASE_NOTES)
def notes_page(work: Work, case_id: UUID, cursor: str | None = None) -> Page:
    """All notes of a case, newest first."""
    found = reads.notes(work, case_id, cursor=cursor)
    path = f"/cases/{case_id}/notes"
    return Page(
        "cases/notes.html",
        {
            "case": reads.case_with_notes(work, case_id),
            "notes": found.items,
            "next_url": _next(path, found.next, {}),
            "first_url": path if cursor else None,
        },
    )


def _next(path: str, cursor: str | None, kept: dict[str, str]) -> str | None:
    if cursor is None:
        return None
    query = urlencode({name: value for name, value in {**kept, "cursor": cursor}.items() if value})
    return f"{path}?{query}" if query else path
