"""Hours as people write them, kept in hundredths."""

import re
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

_WRITTEN: Final = re.compile(r"([0-9]{1,5})(?:\.([0-9]{1,2}))?")


def hundredths(value: Any) -> int:
    """Read ``"2.5"`` as 250. Raises PydanticCustomError for anything else, and for none."""
    found = _WRITTEN.fullmatch(value.strip()) if isinstance(value, str) else None
    read = 0 if found is None else int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
    if read == 0:
        raise PydanticCustomError("hours.format", "Enter hours like 2.5")
    return read


_SCHEMA: Final = WithJsonSchema({"type": "string", "pattern": f"^{_WRITTEN.pattern}$", "examples": ["2.5"]})
#: Hours of one line: one day at most.
LineHours = Annotated[int, BeforeValidator(hundredths), Field(le=2_400), _SCHEMA]
#: Hours that one case may take.
CaseHours = Annotated[int, BeforeValidator(hundredths), Field(le=1_000_000), _SCHEMA]
