"""The length of a sealed value must not tell which one it is."""

import json
from datetime import date
from decimal import Decimal
from itertools import product
from string import ascii_uppercase
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto.padding import pad, padded_length, unpad
from tests.crypto.reference import padded_size

CODED: dict[str, list[Any]] = {
    "countries": ["".join(pair) for pair in product(ascii_uppercase, repeat=2)],
    "answers": ["yes", "no", "unknown", "declined", "not_asked"],
    "statuses": [
        "citizen",
        "lawful_permanent_resident",
        "asylee",
        "refugee",
        "nonimmigrant",
        "tps",
        "deferred_action",
        "parolee",
        "asylum_applicant",
        "none",
        "other",
        "unknown",
        "declined",
        "not_asked",
    ],
    "dates": [None, "2026-01-31", "not_asked"],
    "truth": [True, False, None],
    "a_numbers": ["not_asked", "012345678"],
    "amounts": ["0.00", "1234567.89", "declined"],
}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**40), max_value=10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None, exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize("kind", CODED)
def test_every_code_of_a_kind_has_one_length(kind: str) -> None:
    assert {len(pad(value)) for value in CODED[kind]} == {64}


def test_a_short_answer_is_as_long_as_a_short_text() -> None:
    assert len(pad("")) == len(pad("no")) == len(pad("x" * 62)) == 64
    assert len(pad("x" * 63)) == 128


@pytest.mark.parametrize(
    ("length", "padded"),
    [
        (0, 64),
        (1, 64),
        (64, 64),
        (65, 128),
        (960, 960),
        (961, 1024),
        (1024, 1024),
        (1025, 1088),
        (2048, 2048),
        (2049, 2176),
        (10_000, 10_240),
        (1_000_000, 1_015_808),
    ],
)
def test_known_lengths(length: int, padded: int) -> None:
    assert padded_length(length) == padded


def test_lengths_are_those_of_the_formula_and_never_shrink() -> None:
    before = 0
    for length in range(20_000):
        padded = padded_length(length)
        assert padded == padded_size(length)
        assert padded >= max(length, before)
        assert length <= 1024 or padded <= length * 1.12
        before = padded


def test_a_floor_holds_several_codes_together() -> None:
    short = {"status": "tps", "custody": "released", "country": "GT"}
    long = {"status": "lawful_permanent_resident", "custody": "never_detained", "country": "not_asked"}
    assert len(pad(short)) != len(pad(long))
    assert len(pad(short, 256)) == len(pad(long, 256)) == 256
    assert len(pad("x" * 400, 256)) == 448


@pytest.mark.parametrize("floor", [0, 1, 63, 65, -64])
def test_a_floor_is_whole_blocks(floor: int) -> None:
    with pytest.raises(ValueError, match="multiple of 64"):
        pad("x", floor)


@settings(deadline=None)
@given(JSON)
def test_what_goes_in_comes_out(value: Any) -> None:
    assert unpad(pad(value)) == value


@settings(deadline=None)
@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert pad(value) == pad(dict(reversed(value.items())))


def test_padding_is_still_json() -> None:
    assert json.loads(pad(["á", 1])) == ["á", 1]


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        date(1990, 5, 17),
        Decimal("31415.92"),
        b"canary",
        {"canary"},
        float("nan"),
        float("inf"),
        {("canary",): 1},
        {1: "a", "canary": "b"},
        10**5000,
        nested(100_000),
    ],
    ids="date decimal bytes set nan infinity tuple_key mixed_keys long_number deep".split(),
)
def test_what_json_does_not_have_is_refused_without_its_value(value: Any) -> None:
    with pytest.raises(TypeError) as refusal:
        pad(value)
    assert str(refusal.value) == "only JSON values can be sealed"
    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None
