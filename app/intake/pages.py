"""The pages of the intake desk: the queue, the form, one application; and the queue of exceptions to decide about."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator

from app.access.grants import Permission
from app.applicants.rules import NO_ANSWER, plain_date
from app.eligibility.rules import Outcome
from app.intake import reads
from app.intake.rules import Act, ApplicationStatus
from app.money import Money
from app.partners import reads as partners
from app.web.answers import Page
from app.web.choices import Choice, Choices, countries, languages, name_of_country, name_of_language, states
from app.web.door import Door
from app.work import Work, etag

door = Door(tag="pages")

#: A filter's choice; "all" is sent as a blank.
Chosen = Annotated[ApplicationStatus | None, BeforeValidator(lambda value: value or None)]
_DATES = (("applicant", "date_of_birth"), ("immigration", "next_hearing_on"), ("immigration", "entered_on"))


@door.page("/applications", Permission.APPLICATION_READ)
def queue(work: Work, status: Chosen = None, cursor: str | None = None) -> Page:
    """Applications of the desk, of one status where asked."""
    found = reads.applications(work, status=status, cursor=cursor)
    view = {"applications": found.items, "next": found.next, "status": status, "first": cursor is None}
    return Page("intake/list.html", view)


@door.page("/applications/new", Permission.APPLICATION_CREATE)
def new(work: Work) -> Page:
    """The empty form."""
    work.allow(Permission.APPLICATION_CREATE)
    return _form(work, None)


@door.page("/applications/{application_id}/edit", Permission.APPLICATION_CHANGE)
def edit(work: Work, application_id: UUID) -> Page:
    """The form with what was saved; an application that can not be changed is shown instead."""
    found = reads.application(work, application_id)
    return _form(work, found) if Act.CHANGE in found.acts and found.applicant is not None else _shown(work, found)


@door.page("/applications/{application_id}", Permission.APPLICATION_READ)
def application(work: Work, application_id: UUID) -> Page:
    """One application: its verdicts, its conflict check, its answers, and what can be done with it."""
    return _shown(work, reads.application(work, application_id))


@door.page("/overrides", Permission.OVERRIDE_APPROVE)
def exceptions(work: Work, cursor: str | None = None) -> Page:
    """Rules to be set aside, waiting for a second person."""
    found = reads.overrides(work, cursor=cursor)
    return Page("intake/overrides.html", {"overrides": found.items, "next": found.next, "me": work.actor.id})


def _form(work: Work, found: reads.ApplicationView | None) -> Page:
    answers = {} if found is None else _answers(found)
    applicant, contact = answers.get("applicant", {}), answers.get("contact", {})
    state = (contact.get("address") or {}).get("state")
    view = {
        "answers": answers,
        "application": found and {"id": found.id, "etag": etag(found.version), "reference": found.reference},
        "countries": _with(countries(work.language), applicant.get("country_of_birth")),
        "languages": _with(languages(work.language), applicant.get("preferred_language")),
        "states": _with(Choices((), states()), state).rest,
    }
    return Page("intake/new.html", view)


def _shown(work: Work, found: reads.ApplicationView) -> Page:
    born_in = found.applicant and found.applicant.country_of_birth
    speaks = found.applicant and found.applicant.preferred_language
    view = {
        "application": found,
        "country": born_in and (name_of_country(work.language, born_in) if born_in not in NO_ANSWER else None),
        "language": speaks and name_of_language(work.language, speaks),
        "read": _read(found),
        "funds": [(each.fund_id, each.fund) for each in found.screenings if each.effective_verdict is Outcome.ELIGIBLE],
        "partners": [(each.id, each.name) for each in partners.partners(work).items if each.active],
    }
    return Page("intake/application.html", view)


def _read(found: reads.ApplicationView) -> dict[str, date | Money | str | None]:
    """Dates and income as values, so that they are written the reader's way; what is none yet stays as it was typed."""
    read: dict[str, date | Money | str | None] = {
        "income": _money(found.household.annual_income) if found.household else None
    }
    for section, field in _DATES:
        typed = getattr(getattr(found, section), field, None)
        read[field] = plain_date(typed) or typed
    return read


def _money(text: str | None) -> Money | str | None:
    try:
        return None if text is None else Money.parse(text)
    except ValueError:
        return text


def _answers(found: reads.ApplicationView) -> dict[str, Any]:
    """The answers as the form takes them: nested, and every half-typed date in three parts."""
    sections = ("applicant", "contact", "household", "immigration", "consents")
    answers = {name: asdict(section) for name in sections if (section := getattr(found, name)) is not None}
    for section, field in _DATES:
        text = answers.get(section, {}).get(field)
        if text is not None and text not in NO_ANSWER:
            answers[section][field] = text + "-" * max(0, 2 - text.count("-"))
    return answers


def _with(choices: Choices, value: str | None) -> Choices:
    """The choices, and at the end what was entered elsewhere and is none of them: the form must not lose it."""
    known = {choice.value for choice in (*choices.first, *choices.rest)}
    if value is None or value in known or value in NO_ANSWER:
        return choices
    return Choices(choices.first, (*choices.rest, Choice(value, value)))
