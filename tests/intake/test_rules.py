"""The pure rules of an application: merging changes, what must be there, and which act may follow on which status."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Conflict
from app.intake.rules import (
    ACTS,
    ENDED,
    POINTERS,
    SECTIONS,
    Act,
    ApplicationStatus,
    KnownCodes,
    acts_on,
    as_body,
    as_groups,
    changed_pointers,
    merge,
    problems,
    refuse,
)
from tests.intake.stage import BODY, body

TODAY = date(2026, 11, 23)
CODES = KnownCodes(frozenset({"GT", "MX"}), frozenset({"spa", "mam"}))

_leaf = st.one_of(st.text(min_size=1, max_size=8), st.integers(-5, 40), st.booleans())
#: Like the body: most answers are one value, one (the address) has parts.
_parts = st.dictionaries(st.sampled_from("xyz"), _leaf)
_section = st.fixed_dictionaries({}, optional={"a": _leaf, "b": _leaf, "c": _parts})
_bodies = st.dictionaries(st.sampled_from(("applicant", "contact", "household")), _section)
_changes = st.dictionaries(
    st.sampled_from(("applicant", "contact", "household")),
    st.none()
    | st.fixed_dictionaries(
        {},
        optional={
            "a": st.none() | _leaf,
            "b": st.none() | _leaf,
            "c": st.none() | st.dictionaries(st.sampled_from("xyz"), st.none() | _leaf),
        },
    ),
)


def leaves(value: Any, place: str = "") -> dict[str, Any]:
    """Every answer by its place."""
    if not isinstance(value, dict):
        return {place: value}
    return {key: leaf for name, each in value.items() for key, leaf in leaves(each, f"{place}/{name}").items()}


@given(_bodies, _changes)
def test_a_change_touches_what_it_names_and_nothing_else(before: dict[str, Any], change: dict[str, Any]) -> None:
    kept = deepcopy(before)
    after = merge(before, change)
    assert before == kept, "the stored answers were changed in place"
    named = leaves(change)
    for place, value in leaves(before).items():
        touched = any(place == name or place.startswith(f"{name}/") or name.startswith(f"{place}/") for name in named)
        if not touched:
            assert leaves(after)[place] == value
    for place, value in named.items():
        if value is None:
            assert not any(key == place or key.startswith(f"{place}/") for key in leaves(after))
        else:
            assert leaves(after)[place] == value
    assert set(leaves(after)) <= {*leaves(before), *named}


@given(_bodies, _changes)
def test_the_same_change_twice_is_one_change(before: dict[str, Any], change: dict[str, Any]) -> None:
    once = merge(before, change)
    assert merge(once, change) == once


@given(_bodies, _changes)
def test_what_changed_is_named_and_nothing_else(before: dict[str, Any], change: dict[str, Any]) -> None:
    before = merge({}, before)
    after = merge(before, change)
    old, new = leaves(before), leaves(after)
    named = changed_pointers(before, after)
    assert bool(named) == (before != after)
    for place in named:
        within = {key for key in {*old, *new} if key == place or key.startswith(f"{place}/")}
        assert any(old.get(key) != new.get(key) for key in within)
    for place in {*old, *new}:
        if old.get(place) != new.get(place):
            assert any(place == name or place.startswith(f"{name}/") for name in named)


def test_every_answer_survives_its_way_into_the_groups_and_back() -> None:
    assert as_body(as_groups(BODY)) == {name: BODY[name] for name in SECTIONS}
    assert as_body(as_groups({})) == {}


def test_pointers_name_every_answer_of_the_body() -> None:
    assert set(leaves(BODY)) <= POINTERS
    assert POINTERS - set(leaves(BODY)) == {"/contact/address", "/household/incomes"}


def test_a_complete_application_has_no_problem() -> None:
    assert problems(BODY, TODAY, CODES) == []


@pytest.mark.parametrize(
    "place",
    [
        "applicant__given_names", "applicant__family_names", "applicant__date_of_birth", "applicant__country_of_birth",
        "applicant__preferred_language", "applicant__interpreter_needed", "contact__phone_safe", "household__size",
        "household__annual_income", "immigration__status", "immigration__in_removal_proceedings",
        "immigration__custody", "immigration__has_counsel", "consents__store",
    ],
)  # fmt: skip
def test_an_answer_that_is_needed_is_named(place: str) -> None:
    found = problems(body(**{place: None}), TODAY, CODES)
    name = place.rpartition("__")[2]
    assert [(each.pointer, each.code) for each in found] == [(f"/{place.replace('__', '/')}", f"{name}.required")]


@pytest.mark.parametrize(
    "place",
    [
        "applicant__other_names", "applicant__a_number", "contact__phone", "contact__email", "contact__address",
        "household__income_basis", "immigration__facility", "immigration__court", "immigration__next_hearing_on",
        "immigration__entered_on", "consents__share_with_partner",
    ],
)  # fmt: skip
def test_an_answer_that_may_be_absent_is_not_asked_for(place: str) -> None:
    assert problems(body(**{place: None}), TODAY, CODES) == []


@pytest.mark.parametrize("word", ["unknown", "declined", "not_asked"])
@pytest.mark.parametrize(
    "place",
    [
        "applicant__date_of_birth", "applicant__country_of_birth", "household__size", "household__annual_income",
        "immigration__next_hearing_on", "immigration__entered_on", "immigration__status", "immigration__custody",
    ],
)  # fmt: skip
def test_why_there_is_no_value_is_an_answer(place: str, word: str) -> None:
    assert problems(body(**{place: word}), TODAY, CODES) == []


WRONG: list[tuple[str, Any, str]] = [
    ("applicant__a_number", "A12 345", "a_number.format"),
    ("applicant__a_number", "A0123456789", "a_number.format"),
    ("applicant__a_number", "B012345678", "a_number.format"),
    ("applicant__date_of_birth", "1988-3-4", "date_of_birth.date"),
    ("applicant__date_of_birth", "1988-02-30", "date_of_birth.date"),
    ("applicant__date_of_birth", "2026-11-24", "date_of_birth.future"),
    ("applicant__date_of_birth", "1899-12-31", "date_of_birth.too_early"),
    ("applicant__date_of_birth", "-03-04", "date_of_birth.date"),
    ("applicant__country_of_birth", "Guatemala", "country_of_birth.choice"),
    ("applicant__country_of_birth", "gt", "country_of_birth.choice"),
    ("applicant__country_of_birth", "ZZ", "country_of_birth.choice"),
    ("applicant__preferred_language", "es", "preferred_language.choice"),
    ("applicant__preferred_language", "unknown", "preferred_language.choice"),
    ("applicant__preferred_language", "SPA", "preferred_language.choice"),
    ("contact__phone", "555", "phone.format"),
    ("contact__phone", "unknown", "phone.format"),
    ("contact__phone", "303-555-01420000", "phone.format"),
    ("contact__email", "ximena", "email.format"),
    ("contact__email", "a@b@example.org", "email.format"),
    ("contact__email", "ximena@example", "email.format"),
    ("contact__address__state", "Chihuahua", "state.choice"),
    ("contact__address__state", "XX", "state.choice"),
    ("contact__address__state", "80204", "state.choice"),
    ("contact__address__postal_code", "8020", "postal_code.format"),
    ("contact__address__postal_code", "80204-12", "postal_code.format"),
    ("contact__address__postal_code", "eight", "postal_code.format"),
    ("household__size", 0, "size.range"),
    ("household__size", 31, "size.range"),
    ("household__size", "four", "size.range"),
    ("household__annual_income", "-1.00", "annual_income.negative"),
    ("household__annual_income", "12,000", "annual_income.format"),
    ("household__annual_income", "1e9", "annual_income.format"),
    ("household__annual_income", "10000000.00", "annual_income.too_large"),
    ("immigration__next_hearing_on", "soon", "next_hearing_on.date"),
    ("immigration__next_hearing_on", "2126-05-06", "next_hearing_on.range"),
    ("immigration__next_hearing_on", "0026-05-06", "next_hearing_on.range"),
    ("immigration__entered_on", "2019", "entered_on.date"),
    ("immigration__entered_on", "2027-01-01", "entered_on.future"),
    ("immigration__entered_on", "1980-01-01", "entered_on.too_early"),
    ("consents__store", False, "store.required"),
]


@pytest.mark.parametrize(("place", "value", "code"), WRONG)
def test_a_wrong_answer_is_named_and_not_repeated(place: str, value: Any, code: str) -> None:
    found = problems(body(**{place: value}), TODAY, CODES)
    assert [(each.pointer, each.code) for each in found] == [(f"/{place.replace('__', '/')}", code)]
    if isinstance(value, str) and len(value) > 4:
        assert value not in found[0].message + str(dict(found[0].values))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("household__annual_income", "0"), ("household__annual_income", "9999999.99"), ("household__size", 1),
        ("household__size", 30), ("applicant__date_of_birth", "1900-01-01"), ("applicant__date_of_birth", "2026-11-23"),
        ("contact__address__state", "Colorado"), ("immigration__entered_on", "1988-03-04"),
        ("immigration__next_hearing_on", "2026-11-22"), ("contact__phone", "+502 2222 3333"),
        ("applicant__a_number", "1234567"),
    ],
)  # fmt: skip
def test_what_is_just_right_passes(place: str, value: Any) -> None:
    assert problems(body(**{"immigration__entered_on": None} | {place: value}), TODAY, CODES) == []


def test_problems_come_in_the_order_of_the_form() -> None:
    found = [each.pointer for each in problems({}, TODAY, CODES)]
    assert found[0] == "/applicant/preferred_language"
    assert found[-1] == "/consents/store"
    assert found.index("/contact/phone_safe") < found.index("/applicant/given_names") < found.index("/household/size")


_typed = {place: st.booleans() if place.startswith("/consents") else st.text(max_size=12) for place in leaves(BODY)} | {
    "/household/size": st.one_of(st.integers(-5, 1_000_000), st.text(max_size=12))
}


@given(st.fixed_dictionaries({}, optional=_typed))
def test_no_draft_makes_the_check_fall(draft: dict[str, Any]) -> None:
    typed: dict[str, Any] = {}
    for place, value in draft.items():
        *path, last = place[1:].split("/")
        here = typed
        for step in path:
            here = here.setdefault(step, {})
        here[last] = value
    for problem in problems(typed, TODAY, CODES):
        assert problem.pointer in POINTERS
        assert problem.code.startswith(problem.pointer.rpartition("/")[2])


def test_each_act_is_refused_with_a_reason_where_the_table_does_not_have_it() -> None:
    for act in Act:
        for status in ApplicationStatus:
            if status in ACTS[act]:
                refuse(act, status)
            else:
                with pytest.raises(Conflict) as refused:
                    refuse(act, status)
                assert refused.value.code.startswith("application.")
    assert all(acts_on(status) == frozenset() for status in ENDED)
    assert acts_on(ApplicationStatus.DRAFT) == {Act.CHANGE, Act.SUBMIT, Act.CHECK, Act.WITHDRAW}
