"""Money reads and writes cents without ever rounding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from app.money import Money


class Form(BaseModel):
    amount: Money


@given(st.integers(min_value=-(10**14) + 1, max_value=10**14 - 1))
def test_what_is_written_reads_the_same(cents: int) -> None:
    assert Money.parse(str(Money(cents))) == cents
    assert Form(amount=Money(cents)).model_dump(mode="json") == {"amount": str(Money(cents))}
    assert Form.model_validate({"amount": str(Money(cents))}).amount == cents


@pytest.mark.parametrize(
    "text", ["", "1,250.00", "$5", "1.5", "1.005", "1e3", " 5", "5 ", "٣", "NaN", "-", ".50", "007", "1" * 13, "5\n"]
)
def test_anything_else_is_refused_without_an_echo(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Form.model_validate({"amount": text})
    assert refused.value.errors()[0]["type"] == "money.format"


@pytest.mark.parametrize("value", [5, 5.0, None, True, ["5.00"]])
def test_a_number_is_not_money(value: object) -> None:
    with pytest.raises(ValidationError):
        Form.model_validate({"amount": value})
