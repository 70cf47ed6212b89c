"""The pages of those who watch over access: the record, a person's page, an organization's, and the review."""

from datetime import date
from typing import Annotated, Final, Self
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from app.access.grants import Permission, Role
from app.oversight import reads
from app.staff import reads as staff
from app.web.addresses import id_in
from app.web.answers import Page
from app.web.choices import Choice
from app.web.door import Door
from app.web.i18n import say
from app.web.statuses import known_values
from app.work import Work, etag

door = Door(tag="pages")

_PAGE: Final = "/audit"
_PURPOSES: Final = frozenset(reads.Purpose)
_OUTCOMES: Final = frozenset(reads.Outcome)
#: The pages of single records that an auditor may open.
_RECORDS: Final = {"award": "/awards/", "case": "/cases/", "disbursement": "/disbursements/", "fund": "/funds/"}


class Asked(BaseModel):
    """The filter as it comes in the address. What it can not read counts as not chosen."""

    model_config = ConfigDict(extra="ignore")

    actor_id: str = ""
    action: str = ""
    object_id: str = ""
    subject_id: str = ""
    about_id: str = ""
    purpose: str = ""
    outcome: str = ""
    since: str = Field(default="", alias="from")
    until: str = Field(default="", alias="to")

    def read(self) -> reads.EventFilter:
        """The filter that is meant."""
        return reads.EventFilter(
            id_in(self.actor_id),
            self.action if self.action in reads.ACTIONS else None,
            id_in(self.object_id),
            id_in(self.subject_id),
            id_in(self.about_id),
            reads.Purpose(self.purpose) if self.purpose in _PURPOSES else None,
            reads.Outcome(self.outcome) if self.outcome in _OUTCOMES else None,
            _day(self.since),
            _day(self.until),
        )

    def given(self) -> dict[str, str]:
        """What is filled in, by the names of the API."""
        return {name: value for name, value in self.model_dump(by_alias=True).items() if value}

    def but(self, **other: str) -> str:
        """The address of the same page with some of it changed."""
        kept = self.model_dump(by_alias=True) | other
        given = {name: value for name, value in kept.items() if value}
        return f"{_PAGE}?{urlencode(given)}" if given else _PAGE

    def only(self, **one: UUID | str) -> str:
        """The address of the page narrowed to one thing."""
        return type(self)().but(**{name: str(value) for name, value in one.items()})

    def plainly(self) -> Self:
        """Only what could be read, so that the form does not show what had no effect."""
        meant = self.read()
        values = {
            "from" if name == "since" else "to" if name == "until" else name: getattr(meant, name)
            for name in reads.EventFilter.__slots__
        }
        return type(self).model_validate({name: str(value) for name, value in values.items() if value is not None})


@door.page(_PAGE, Permission.AUDIT_READ)
def audit(work: Work, asked: Annotated[Asked, Query()], cursor: str | None = None) -> Page:
    """The record, newest first, under the state of its seals."""
    asked = asked.plainly()
    found = reads.events(work, asked.read(), cursor=cursor)
    watches = Permission.AUDIT_SEALS in work.actor.permissions
    actions = sorted((say(work.language, text), action) for action, text in reads.ACTIONS.items())
    return Page(
        "oversight/audit.html",
        {
            "events": found.items,
            "seals": reads.state(work) if watches else None,
            "checkpoint": reads.checkpoint_state(work) if watches else None,
            "checked": reads.checked(work) if watches else None,
            "proves": Permission.AUDIT_PROVE in work.actor.permissions,
            "purposes": known_values("reveal_purpose"),
            "details": reads.DETAILS,
            "exports": Permission.AUDIT_EXPORT in work.actor.permissions,
            "asked": asked,
            "narrowed": asked.read() != reads.EventFilter(),
            "people": [(str(person.id), person.name) for person in staff.staff(work).items],
            "actions": [(action, text) for text, action in actions],
            "objects": reads.OBJECTS,
            "groups": known_values("field_group"),
            "records": _RECORDS,
            "next_url": asked.but(cursor=found.next) if found.next else None,
            "first_url": asked.but() if cursor else None,
        },
    )


@door.page("/staff/{account_id}", Permission.STAFF_READ)
def person_page(work: Work, account_id: UUID) -> Page:
    """One person: what they are, what waits, where they are signed in, and what they work on."""
    person = staff.staff_member(work, account_id)
    permissions = work.actor.permissions
    manages = Permission.STAFF_MANAGE in permissions
    offered = staff.invitable(work) if manages else None
    return Page(
        "oversight/person.html",
        {
            "person": person,
            "etag": etag(person.version),
            "oneself": account_id == work.actor.id,
            "roles": offered.roles if offered else [],
            "partners": [Choice(str(each.id), each.name) for each in offered.partners] if offered else [],
            "sessions": staff.sessions_of(work, account_id).items if Permission.STAFF_SESSIONS in permissions else None,
            "cases": reads.held(work, account_id),
            "attorney": Role.ATTORNEY in person.roles,
        },
    )


@door.page("/staff/{account_id}/access", Permission.STAFF_READ)
def their_access_page(work: Work, account_id: UUID) -> Page:
    """What a person may do, open and reach now, and why."""
    return Page("oversight/access.html", {"access": reads.their_access(work, account_id)})


@door.page("/partners/{partner_id}", Permission.PARTNER_READ)
def partner_page(work: Work, partner_id: UUID) -> Page:
    """One organization: what is known of it, its people, what it carries, and which offers are open."""
    office = reads.office(work, partner_id)
    return Page("oversight/office.html", {"office": office, "etag": etag(office.partner.version)})


@door.page("/access-review", Permission.ACCESS_REVIEW)
def review_page(work: Work) -> Page:
    """Who has access, and what to ask about; confirmed once a quarter."""
    return Page("oversight/review.html", {"review": reads.access_review(work)})


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None
