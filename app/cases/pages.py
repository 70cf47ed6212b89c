"""Pages of cases: lists, offers, the calendar, all notes of a case. The case itself is the desk's page."""

from dataclasses import asdict, dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query

from app.access.grants import Permission
from app.applicants.rules import NO_ANSWER, plain_date
from app.cases import reads
from app.cases.rules import AssignmentStatus, CaseStatus, HearingDue
from app.reference import read_reference
from app.web.addresses import id_in, page_of
from app.web.answers import Page
from app.web.choices import name_of_language
from app.web.door import Door
from app.web.i18n import N_, say
from app.work import Work

door = Door(tag="pages")

_NO_REFERENCE: Final = N_("This is not a reference. It looks like CA-7K3Q-9F2M.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filter of the list as it stands in the address; what it can not read counts as not chosen."""

    reference: str = ""
    status: str = ""
    attorney: str = ""
    next: str = ""

    def read(self) -> reads.CaseFilter:
        """The filter that is meant."""
        return reads.CaseFilter(
            status=CaseStatus(self.status) if self.status in set(CaseStatus) else None,
            attorney_id=id_in(self.attorney),
            waiting=self.attorney == "waiting",
            reference=self.reference.strip() or None,
            hearing=HearingDue(self.next) if self.next in set(HearingDue) else None,
            stepless=self.next == "stepless",
        )


@door.page("/cases", Permission.CASE_READ)
def cases_page(
    work: Work,
    reference: str = "",
    status: str = "",
    attorney: str = "",
    next_step: Annotated[str, Query(alias="next")] = "",
    cursor: str | None = None,
) -> Page:
    """Your cases, or your organization's. A reference that is none finds nothing and is told."""
    work.allow(Permission.CASE_READ)
    chosen = Chosen(reference, status, attorney, next_step)
    only = chosen.read()
    wrong = only.reference is not None and read_reference(only.reference) is None
    found = reads.CaseList([], None) if wrong else reads.cases(work, only, cursor=cursor)
    permissions = work.actor.permissions
    people = reads.attorneys(work) if Permission.ASSIGNMENT_OFFER in permissions else []
    kept = asdict(chosen)
    return Page(
        "cases/list.html",
        {
            "cases": found.items,
            "chosen": chosen,
            "wrong": say(work.language, _NO_REFERENCE) if wrong else None,
            "filtered": only != reads.CaseFilter(),
            "attorneys": [(str(each.id), each.name) for each in people],
            "next_url": page_of("/cases", found.next, kept),
            "first_url": page_of("/cases", "", kept) if cursor else None,
            "knows_dates": Permission.CALENDAR_READ in permissions,
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
            "next_url": page_of("/offers", found.next, {}),
        },
    )


@door.page("/calendar", Permission.CALENDAR_READ)
def calendar_page(
    work: Work,
    first_on: Annotated[str, Query(alias="from")] = "",
    last_on: Annotated[str, Query(alias="to")] = "",
) -> Page:
    """Hearings and deadlines by day. Dates that can not be read count as not chosen."""
    agenda = reads.agenda(work, plain_date(first_on), plain_date(last_on))
    return Page("cases/calendar.html", {"agenda": agenda})


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
            "next_url": page_of(path, found.next, {}),
            "first_url": path if cursor else None,
        },
    )


@door.page("/cases/{case_id}/walls", Permission.WALL_READ)
def walls_page(work: Work, case_id: UUID) -> Page:
    """Who is kept away from a case, and the form that keeps somebody away."""
    found = reads.walls(work, case_id)
    sets = Permission.WALL_SET in work.actor.permissions
    people = [(each.id, each.name) for each in reads.keepable(work)] if sets else None
    return Page("cases/walls.html", {"walls": found, "people": people, "me": work.actor.id})


@door.page("/cases/{case_id}/closing", Permission.CASE_CHANGE)
def closing_page(work: Work, case_id: UUID) -> Page:
    """How and why a case was closed, for the person who closed it."""
    return Page("cases/closing.html", {"closing": reads.closing_of(work, case_id), "now": work.now})
