"""Incomes as they are paid: an exact sum for the year, the poverty level of it, and who makes which."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.eligibility.reads import library
from app.eligibility.rules import Region, income_limit, poverty_percent
from app.intake.rules import PAYMENTS, Period, merge, year_of
from app.money import Money
from tests.intake.stage import body, open_fund, submitted, taken
from tests.world import World

amounts = some.integers(0, 99_999_999).map(lambda cents: str(Money(cents)))
lines = some.fixed_dictionaries({"amount": amounts, "period": some.sampled_from(Period)})


@given(some.lists(lines, min_size=1, max_size=20))
def test_the_year_is_the_exact_sum_of_all_payments(incomes: list[dict[str, Any]]) -> None:
    year = year_of(incomes)
    assert year is not None
    by_decimals = sum(Decimal(line["amount"]) * PAYMENTS[line["period"]] for line in incomes)
    assert Decimal(str(year)) == by_decimals
    assert year_of(incomes[::-1]) == year
    assert year_of([*incomes, {"amount": "0.00", "period": "weekly"}]) == year


@given(some.lists(lines, min_size=1), some.sampled_from([{"amount": "12"}, {"period": "weekly"}, {"amount": "1.2"}]))
def test_one_unknown_income_leaves_the_year_unknown(incomes: list[Any], unknown: dict[str, str]) -> None:
    assert year_of([*incomes, unknown]) is None


@given(some.integers(0, 10**9), some.integers(1, 50), some.sampled_from(Region))
def test_a_percent_never_reads_as_within_a_limit_that_the_income_is_over(
    income: int, size: int, region: Region
) -> None:
    guideline = library().guidelines[-1].guideline(size, region)
    shown = poverty_percent(income, guideline)
    for limit in (Decimal(125), Decimal("187.5"), Decimal(200)):
        assert (shown <= limit) == (Decimal(income) <= income_limit(guideline, limit))


def test_the_year_follows_the_incomes_in_every_change() -> None:
    weekly = {"amount": "500.10", "period": "weekly"}
    one = merge({}, {"household": {"incomes": [weekly, {"source": None, "amount": None}]}})
    assert one == {"household": {"incomes": [weekly], "annual_income": "26005.20"}}
    two = merge(one, {"household": {"incomes": [weekly, {"amount": "100", "period": "twice_a_month"}]}})
    assert two["household"]["annual_income"] == "28405.20"
    half = merge(two, {"household": {"incomes": [weekly, {"amount": "1"}]}})
    assert "annual_income" not in half["household"]
    assert merge(two, {"household": {"incomes": None}}) == {}
    assert merge(two, {"household": {"incomes": [], "annual_income": "unknown"}}) == {
        "household": {"annual_income": "unknown"}
    }
    assert merge(two, {"household": {"size": 3}})["household"]["annual_income"] == "28405.20"
    assert merge(two, {"household": {"annual_income": "28405.20"}}) == two


def test_incomes_are_kept_as_they_are_paid_and_screened_by_their_year(world: World) -> None:
    open_fund(world)
    incomes = [
        {"source": "Canary wages", "amount": "642.31", "period": "every_two_weeks"},
        {"source": None, "amount": "300", "period": "monthly"},
    ]
    made = submitted(world, body(household__annual_income=None, household__incomes=incomes))
    assert made["household"]["incomes"] == incomes
    assert made["household"]["annual_income"] == "20300.06"
    assert (
        "$20,300.06" in next(each for each in made["screenings"][0]["rules"] if each["rule"] == "income")["explanation"]
    )


def test_another_yearly_income_beside_incomes_is_refused(world: World) -> None:
    made = taken(world, body(household__annual_income=None, household__incomes=[{"amount": "10", "period": "weekly"}]))
    path = f"/applications/{made['id']}"
    for change in (
        {"annual_income": "521"},
        {"annual_income": "unknown"},
        {"incomes": [{"amount": "1"}], "annual_income": "1"},
    ):
        answer = world.intake.patch(path, json={"household": change}, headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "annual_income.sum")


@pytest.mark.parametrize(
    ("line", "pointer", "code"),
    [
        ({"amount": "1,25", "period": "weekly"}, "amount", "amount.format"),
        ({"amount": "-1.00", "period": "weekly"}, "amount", "amount.negative"),
        ({"source": "wages", "period": "weekly"}, "amount", "amount.format"),
        ({"amount": "1.00"}, "period", "period.required"),
    ],
)
def test_a_draft_keeps_what_is_half_typed_and_submitting_names_the_line(
    world: World, line: dict[str, str], pointer: str, code: str
) -> None:
    good = {"source": None, "amount": "1.00", "period": "yearly"}
    made = taken(world, body(household__annual_income=None, household__incomes=[good, line]))
    assert made["household"]["incomes"] == [good, {"source": None, "amount": None, "period": None} | line]
    refused = world.intake.post(f"/applications/{made['id']}/submit")
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [
        (f"/household/incomes/1/{pointer}", code)
    ]


def test_the_poverty_level_of_what_is_being_entered(world: World) -> None:
    def asked(**household: Any) -> Any:
        answer = world.intake.post("/applications/poverty", json=household)
        assert answer.status_code == 200, answer.text
        return answer.json()

    monthly = {"incomes": [{"source": "wages", "amount": "2000", "period": "monthly"}]}
    first = asked(size=3, state="CO", **monthly)
    guideline = library().guidelines[-1].guideline(3, Region.CONTIGUOUS)
    assert first["annual_income"] == "24000.00"
    assert first["guideline"] == str(Money(guideline))
    assert first["percent"] == str(poverty_percent(2_400_000, guideline))
    assert "poverty guideline for 3 in the home" in first["said"]
    assert asked(size=3, **monthly)["percent"] == first["percent"], "48 states where no state is known yet"
    assert Decimal(asked(size=3, state="AK", **monthly)["percent"]) < Decimal(first["percent"])
    assert "Alaska" in asked(size=3, state="AK", **monthly)["said"]
    for household in ({"size": 3}, {"size": "", **monthly}, {"size": "unknown", **monthly}, {"size": 99, **monthly}):
        assert asked(**household)["percent"] is None
    assert asked(size=3, state="PR", **monthly)["percent"] is None
    assert asked(size=1, annual_income="0")["percent"] == "0.0"
    assert asked(size=1, annual_income="-5.00")["annual_income"] is None
    assert world.intake.post("/applications/poverty", json={"name": "x"}).status_code == 422
    spanish = world.intake.post("/applications/poverty", json={"size": 3, **monthly}, headers={"Accept-Language": "es"})
    assert "pobreza" in spanish.json()["said"]
