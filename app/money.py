"""Money: whole cents inside, a string with two decimals at every door.

One type for pydantic forms, frozen views and rules, so that no float and no rounding can slip in between.
"""

import re
from typing import Any, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

_PATTERN = re.compile(r"(-?)(0|[1-9][0-9]{0,11})(?:\.([0-9]{2}))?")


class Money(int):
    """An amount of US dollars in whole cents.

    ``Money(125000)`` is 1,250 dollars; ``str()`` gives ``"1250.00"``. Sums of Money are plain ``int`` cents.
    """

    __slots__ = ()

    def __str__(self) -> str:
        sign = "-" if self < 0 else ""
        dollars, cents = divmod(abs(int(self)), 100)
        return f"{sign}{dollars}.{cents:02d}"

    def __repr__(self) -> str:
        return f"Money({int(self)})"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``"1250.00"`` or ``"1250"``.

        Raises ValueError for anything else: separators, currency signs, one or three decimals, exponents.
        """
        match = _PATTERN.fullmatch(text)
        if match is None:
            raise ValueError("money.format")
        minus, dollars, cents = match.groups()
        amount = int(dollars) * 100 + int(cents or 0)
        return cls(-amount if minus else amount)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def read(value: object) -> "Money":
            if isinstance(value, Money):
                return value
            try:
                return cls.parse(value) if isinstance(value, str) else cls.parse("?")
            except ValueError:
                raise PydanticCustomError("money.format", "Enter an amount in dollars, like 1250.00") from None

        return core_schema.no_info_plain_validator_function(
            read,
            json_schema_input_schema=core_schema.str_schema(pattern=f"^{_PATTERN.pattern}$"),
            serialization=core_schema.to_string_ser_schema(),
        )
