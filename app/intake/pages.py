"""The pages of the intake desk: the queue, the form, one application; and the queue of exceptions to decide about."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from markupsafe import Markup
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
from app.web.formats import format_day, locale_of
from app.web.i18n import LANGUAGES, N_, say
from app.work import Work, etag

door = Door(tag="pages")

#: A filter's choice; "all" is sent as a blank.
Chosen = Annotated[ApplicationStatus | None, BeforeValidator(lambda value: value or None)]
_DATES = (("applicant", "date_of_birth"), ("immigration", "next_hearing_on"), ("immigration", "entered_on"))


@door.page("/applications", Permission.APPLICATION_READ)
def queue(work: Work, status: Chosen = None, mine: bool = False, cursor: str | None = None) -> Page:
    """Applications of the desk, of one status or the reader's own where asked."""
    found = reads.applications(work, status=status, mine=mine, cursor=cursor)
    view = {
        "applications": found.items,
        "verdicts": {each.id: _by_verdict(each.verdicts) for each in found.items},
        "next": found.next,
        "status": status,
        "mine": mine,
        "first": cursor is None,
    }
    return Page("intake/list.html", view)


def _by_verdict(found: Sequence[reads.FundVerdict]) -> list[tuple[Outcome, list[str]]]:
    """Which funds said what, the best first."""
    order = (Outcome.ELIGIBLE, Outcome.NEEDS_INFORMATION, Outcome.INELIGIBLE)
    said = {verdict: [each.fund for each in found if each.verdict == verdict] for verdict in order}
    return [(verdict, funds) for verdict, funds in said.items() if funds]


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


@door.page("/applications/{application_id}/receipt", Permission.APPLICATION_READ)
def receipt(work: Work, application_id: UUID) -> Page:
    """The receipt to print, in every language at once: who reads it may not read the desk's."""
    found = reads.receipt(work, application_id)
    return Page("intake/receipt.html", {"receipt": found, "sheets": [_sheet(found, each) for each in LANGUAGES]})


@door.page("/overrides", Permission.OVERRIDE_APPROVE)
def exceptions(work: Work, cursor: str | None = None) -> Page:
    """Rules to be set aside, waiting for a second person."""
    found = reads.overrides(work, cursor=cursor)
    return Page("intake/overrides.html", {"overrides": found.items, "next": found.next, "me": work.actor.id})


def _form(work: Work, found: reads.ApplicationView | None) -> Page:
    answers = {} if found is None else _answers(found)
    state = (answers.get("contact", {}).get("address") or {}).get("state")
    known = found and {
        "id": found.id,
        "etag": etag(found.version),
        "reference": found.reference,
        "status": found.status,
    }
    view = {
        "answers": answers,
        "application": known,
        "drafts": [] if found else reads.applications(work, status=ApplicationStatus.DRAFT, mine=True, limit=5).items,
        "lists": lists(work.language),
        "states": _with(Choices((), states()), state).rest,
    }
    return Page("intake/new.html", view)


#: What a receipt says. It names no person, no status, no fund and no kind of help: others may find it.
_RECEIPT = {
    "title": N_("Receipt"),
    "reference": N_("Your reference"),
    "day": N_("Date"),
    "next": N_("What happens next"),
    "waiting": N_("We read what you told us. Then we call you. You do not have to do anything until we call."),
    "decided": N_("There is an answer for you. Call us, and we will tell you."),
    "call": N_("Whom to call"),
    "keep": N_("Say only this reference when you call. Nobody learns anything about you from this paper."),
}


def _sheet(found: reads.ReceiptView, language: str) -> dict[str, str]:
    said = {name: say(language, text) for name, text in _RECEIPT.items()}
    return said | {"language": language, "on": format_day(language, found.day)}


@dataclass(frozen=True, slots=True)
class Listed:
    """A long list as its options stand in the page, the same for everybody who reads a language, and its names."""

    first: Markup
    rest: Markup
    texts: Mapping[str, str]


@cache
def lists(language: str) -> Mapping[str, Listed]:
    """Countries and languages to choose from, each also found by its names in the languages that the page is not in."""
    others = [other for other in LANGUAGES if other != language]
    spellings = {code: name for each in LANGUAGES for code, name in locale_of(each).languages.items() if len(code) == 3}
    return {
        "countries": _listed(countries(language), [countries(other) for other in others], {}),
        "languages": _listed(languages(language), [languages(other) for other in others], spellings),
    }


def _listed(choices: Choices, others: Sequence[Choices], spellings: Mapping[str, str]) -> Listed:
    names = [{choice.value: choice.text for choice in each.rest} for each in others] + [spellings]

    def option(choice: Choice) -> Markup:
        found = dict.fromkeys(name for each in names if (name := each.get(choice.value)) and name != choice.text)
        return Markup('<option value="{}" data-also="{}">{}</option>').format(
            choice.value, " / ".join(found), choice.text
        )

    usual = {choice.value for choice in choices.first}
    return Listed(
        first=Markup("").join(option(choice) for choice in choices.first),
        rest=Markup("").join(option(choice) for choice in choices.rest if choice.value not in usual),
        texts={choice.value: choice.text for choice in (*choices.first, *choices.rest)},
    )


def _shown(work: Work, found: reads.ApplicationView) -> Page:
    born_in = found.applicant and found.applicant.country_of_birth
    speaks = found.applicant and found.applicant.preferred_language
    view = {
        "application": found,
        "held_since": reads.held_since(work, found.id),
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
    sections = ("applicant", "contact", "household", "immigration", "notes", "consents")
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
