"""The answers of an application: one body over the API, several sealed groups in the record of the person."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.crypto.groups import Group
from app.intake.rules.incomes import with_year

Body = dict[str, Any]

#: Where each answer of the body is sealed: section -> field -> group. A group's field has the same name.
SECTIONS: Final[Mapping[str, Mapping[str, Group]]] = {
    "applicant": {
        "given_names": Group.IDENTITY,
        "family_names": Group.IDENTITY,
        "other_names": Group.IDENTITY,
        "date_of_birth": Group.IDENTITY,
        "country_of_birth": Group.IMMIGRATION,
        "a_number": Group.IMMIGRATION,
        "preferred_language": Group.CONTACT,
        "interpreter_needed": Group.CONTACT,
    },
    "contact": dict.fromkeys(("phone", "phone_safe", "email", "address"), Group.CONTACT),
    "household": dict.fromkeys(("size", "incomes", "annual_income", "income_basis"), Group.FINANCES),
    "immigration": dict.fromkeys(
        (
            "status",
            "in_removal_proceedings",
            "custody",
            "facility",
            "court",
            "next_hearing_on",
            "entered_on",
            "has_counsel",
        ),
        Group.IMMIGRATION,
    ),
    "notes": {"own_words": Group.NOTES},
}
ADDRESS: Final = ("street", "city", "county", "state", "postal_code")
#: Consents are facts about the record, not about the person: they stand in clear.
CONSENTS: Final = ("store", "share_with_partner")


def _pointers() -> Iterator[str]:
    for section, fields in SECTIONS.items():
        for field in fields:
            if field == "address":
                yield from (f"/contact/address/{part}" for part in ADDRESS)
            yield f"/{section}/{field}"
    yield from (f"/consents/{consent}" for consent in CONSENTS)


#: Every answer's place in the body, as refusals and open questions name it.
POINTERS: Final = frozenset(_pointers())


def as_groups(body: Mapping[str, Any]) -> dict[Group, Body]:
    """The body's answers by the group that seals them; consents stay outside."""
    groups: dict[Group, Body] = {group: {} for fields in SECTIONS.values() for group in fields.values()}
    for section, fields in SECTIONS.items():
        given = body.get(section) or {}
        for field, group in fields.items():
            groups[group][field] = given.get(field)
    return groups


def as_body(groups: Mapping[Group, Mapping[str, Any]]) -> Body:
    """The body again, without the answers that are absent."""
    body: Body = {}
    for section, fields in SECTIONS.items():
        found = {field: value for field, group in fields.items() if (value := groups[group].get(field)) is not None}
        if found:
            body[section] = found
    return body


def merge(stored: Mapping[str, Any], change: Mapping[str, Any]) -> Body:
    """The stored answers with a change in it (RFC 7396): what it does not name stays, null removes an answer.

    The yearly income follows the incomes. Raises Invalid when the change states another one beside them.
    """
    return with_year(stored, change, _merged(stored, change))


def _merged(stored: Mapping[str, Any], change: Mapping[str, Any]) -> Body:
    merged = dict(stored)
    for name, value in change.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            before = merged.get(name)
            merged[name] = _merged(before if isinstance(before, Mapping) else {}, value)
        else:
            merged[name] = value
    return {name: value for name, value in merged.items() if value != {}}


def changed_pointers(before: Mapping[str, Any], after: Mapping[str, Any], place: str = "") -> list[str]:
    """Where two bodies differ, for the record: names of fields, never what stands in them."""
    found: list[str] = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        here = f"{place}/{name}"
        if all(side is None or isinstance(side, Mapping) for side in (old, new)):
            found += changed_pointers(old or {}, new or {}, here)
        else:
            found.append(here)
    return found
