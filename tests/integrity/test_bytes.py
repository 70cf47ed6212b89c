"""The byte string that a MAC covers: no two different rows have the same, whatever their columns hold."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import RowShape
from app.money import Money

_STAMP = bytes(8)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
_VALUES = st.one_of(
    st.none(), st.text(), st.binary(), st.booleans(), st.integers(), st.uuids(), st.dates(),
    st.datetimes(timezones=st.just(UTC)), st.decimals(allow_nan=False, allow_infinity=False, places=2),
    st.lists(_JSON, max_size=3),
)  # fmt: skip
_SHAPES = (RowShape("one", ["a", "b", "c"]), RowShape("on", ["ea", "b", "c"]))


def _told_apart(value: Any) -> Any:
    """Equality that knows types: for Python 1, True and Decimal(1) are one."""
    return type(value).__name__, repr(value)


@given(st.tuples(_VALUES, _VALUES, _VALUES), st.tuples(_VALUES, _VALUES, _VALUES))
def test_different_rows_have_different_bytes(one: tuple[Any, ...], two: tuple[Any, ...]) -> None:
    same = [_told_apart(each) for each in one] == [_told_apart(each) for each in two]
    same = same or (one == two and [type(each) for each in one] == [type(each) for each in two])
    messages = {shape.message(_STAMP, row) for shape in _SHAPES for row in (one, two)}
    assert len(messages) == (2 if same else 4)


@given(st.text(), st.text())
def test_what_ends_in_one_column_does_not_begin_in_the_next(first: str, second: str) -> None:
    shape = _SHAPES[0]
    moved = shape.message(_STAMP, (first + second, "", None))
    assert (shape.message(_STAMP, (first, second, None)) == moved) == (second == "")


class Word(StrEnum):
    YES = "yes"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (Word.YES, "yes"),
        (Money(5), Money(5)),
        (datetime(2026, 1, 1, 5, tzinfo=timezone(timedelta(hours=5))), datetime(2026, 1, 1, tzinfo=UTC)),
        (memoryview(b"x"), b"x"),
        (Decimal("1.50"), Decimal("1.5")),
        ({"b": 1, "a": (1, 2)}, {"a": [1, 2], "b": 1}),
        (date(2026, 1, 1), date(2026, 1, 1)),
        (UUID(int=7), UUID("00000000-0000-0000-0000-000000000007")),
    ],
)
def test_a_value_has_one_form_however_an_engine_gives_it(written: Any, read: Any) -> None:
    shape = RowShape("one", ["a"])
    assert shape.message(_STAMP, [written]) == shape.message(_STAMP, [read])


def test_a_column_that_is_added_empty_changes_nothing() -> None:
    assert RowShape("one", ["a"]).message(_STAMP, ["x"]) == RowShape("one", ["b", "a"]).message(_STAMP, ["x", None])


def test_what_no_column_holds_is_refused() -> None:
    with pytest.raises(TypeError):
        RowShape("one", ["a"]).message(_STAMP, [object()])
    with pytest.raises(ValueError, match="zone"):
        RowShape("one", ["a"]).message(_STAMP, [datetime(2026, 1, 1)])  # noqa: DTZ001 - that is the point
