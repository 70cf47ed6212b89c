from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.eligibility.reads import ruleset_keys, screening
from app.eligibility.rules import POINTERS, Answers, Custody, Missing, Outcome, YesNo, answers_from
from app.money import Money
from tests.eligibility.people import A_DAY, HELPED_BY_ALL, person

Section = dict[str, object]

BODY: dict[str, object] = {
    "contact": {"address": {"city": "Denver", "county": "Denver", "state": "CO"}},
    "household": {"size": 4, "annual_income": "30000.00", "income_basis": "pay_stubs"},
    "immigration": {
        "in_removal_proceedings": "yes",
        "custody": "released",
        "court": "DEN",
        "has_counsel": "no",
        "status": "parolee",
    },
}


def body_with(pointer: str, value: object) -> dict[str, object]:
    """The body above with one place set."""
    *sections, name = pointer.strip("/").split("/")
    changed: dict[str, object] = dict(BODY)
    here = changed
    for section in sections:
        below = here[section]
        assert isinstance(below, dict)
        here[section] = dict(below)
        here = here[section]  # type: ignore[assignment]  # just made a dict of it
    here[name] = value
    return changed


def test_an_application_as_the_api_takes_it() -> None:
    assert answers_from(BODY) == HELPED_BY_ALL


def test_an_empty_draft_has_no_answers() -> None:
    assert answers_from({}) == Answers()
    assert set(Answers().as_json()) == set(POINTERS)
    assert list(Answers().as_json().values()) == [{"missing": "not_asked"}] * len(POINTERS)


@pytest.mark.parametrize("pointer", POINTERS.values())
@pytest.mark.parametrize("blank", [None, "", "   "])
def test_a_blank_was_not_asked(pointer: str, blank: object) -> None:
    name = next(each for each, place in POINTERS.items() if place == pointer)
    assert getattr(answers_from(body_with(pointer, blank)), name) is Missing.NOT_ASKED


@pytest.mark.parametrize("pointer", POINTERS.values())
@pytest.mark.parametrize("missing", Missing)
def test_a_missing_word_is_kept_as_it_is(pointer: str, missing: Missing) -> None:
    name = next(each for each, place in POINTERS.items() if place == pointer)
    assert getattr(answers_from(body_with(pointer, missing.value)), name) is missing
    assert getattr(answers_from(body_with(pointer, missing)), name) is missing


def test_a_whole_section_may_be_missing() -> None:
    answers = answers_from({**BODY, "contact": {"address": "declined"}, "household": None})
    assert (answers.city, answers.state, answers.county) == (Missing.DECLINED,) * 3
    assert (answers.household_size, answers.annual_income) == (Missing.NOT_ASKED,) * 2


@pytest.mark.parametrize(
    ("given_as", "cents"),
    [
        ("1250.00", 125_000),
        ("1250", 125_000),
        ("0.01", 1),
        (Money(125_002), 125_002),
        (125_001, 125_001),
        ("1,250.00", Missing.UNKNOWN),
        ("1250.5", Missing.UNKNOWN),
        ("-5.00", Missing.UNKNOWN),
        ("٣٠٠", Missing.UNKNOWN),
        (1250.0, Missing.UNKNOWN),
        (True, Missing.UNKNOWN),
        ([], Missing.UNKNOWN),
    ],
)
def test_income(given_as: object, cents: int | Missing) -> None:
    assert answers_from(body_with("/household/annual_income", given_as)).annual_income == cents


@pytest.mark.parametrize("size", ["4", 4.0, True, [], object()])
def test_a_size_that_is_no_whole_number_is_unknown(size: object) -> None:
    assert answers_from(body_with("/household/size", size)).household_size is Missing.UNKNOWN


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("/immigration/has_counsel", "maybe"), ("/immigration/custody", "yes"), ("/immigration/court", 7)],
)
def test_a_word_outside_the_list_is_unknown(pointer: str, value: object) -> None:
    name = next(each for each, place in POINTERS.items() if place == pointer)
    assert getattr(answers_from(body_with(pointer, value)), name) is Missing.UNKNOWN


def test_enumerations_of_a_form_are_read_by_their_value() -> None:
    class Answered(StrEnum):
        YES = "yes"
        DECLINED = "declined"

    yes = answers_from(body_with("/immigration/has_counsel", Answered.YES))
    declined = answers_from(body_with("/immigration/has_counsel", Answered.DECLINED))
    assert (yes.has_counsel, declined.has_counsel) == (YesNo.YES, Missing.DECLINED)
    assert answers_from(body_with("/immigration/custody", Custody.DETAINED)).custody is Custody.DETAINED


def test_a_city_named_like_a_missing_word_can_not_imitate_one_in_the_snapshot() -> None:
    assert person(city="unknown").as_json()["city"] == "unknown"
    assert person(city=Missing.UNKNOWN).as_json()["city"] == {"missing": "unknown"}


def test_the_snapshot_is_plain_json() -> None:
    assert HELPED_BY_ALL.as_json() == {
        "household_size": 4,
        "annual_income": 3_000_000,
        "city": "Denver",
        "county": "Denver",
        "state": "CO",
        "in_removal_proceedings": "yes",
        "custody": "released",
        "court": "DEN",
        "has_counsel": "no",
    }


def test_answers_never_show_themselves() -> None:
    shown = repr(person(annual_income=4_242_424_242, city="Canaryville"))
    assert "4242" not in shown
    assert "Canary" not in shown


_ODD = [
    None,
    True,
    1,
    -1,
    2.5,
    float("nan"),
    "",
    "x",
    "unknown",
    "yes",
    "detained",
    "1250.00",
    *Missing,
    [],
    {},
    object(),
]
_anything = st.sampled_from(_ODD) | st.text(max_size=12) | st.integers()
_section = _anything | st.dictionaries(
    st.sampled_from([place.split("/")[-1] for place in POINTERS.values()]), _anything
)


@settings(deadline=None)  # a busy machine is no finding
@given(
    application=st.fixed_dictionaries(
        {},
        optional={
            "contact": _section | st.fixed_dictionaries({"address": _section}),
            "household": _section,
            "immigration": _section,
        },
    )
)
def test_nothing_in_a_draft_makes_screening_fail(application: dict[str, object]) -> None:
    answers = answers_from(application)
    for key in ruleset_keys():
        assert screening(key, answers, A_DAY).verdict in set(Outcome)
