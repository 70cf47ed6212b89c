"""Lists by keyset: a page begins after the last row that was seen, so inserts neither repeat nor hide a row.

Records carry time-ordered ids, newest first; the cursor is the last id of the page. It names a row the reader has
already seen and opens nothing, so it needs no secret.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Mapped

from app.errors import Invalid, Problem

#: How many rows a list gives: 1 to 200, 50 unless asked otherwise.
Limit = Annotated[int, Field(ge=1, le=200)]
DEFAULT_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one page, and the cursor of the next one or None."""

    rows: Sequence[Any]
    next: str | None


def after(cursor: str | None) -> UUID | None:
    """The id in a cursor. Raises Invalid when it is not one of ours."""
    if cursor is None:
        return None
    try:
        return UUID(cursor)
    except ValueError:
        raise Invalid(
            Problem("/cursor", "cursor.format", "Use the cursor from the field next of the page before.")
        ) from None


def newest_first(
    statement: Select[Any], key: ColumnElement[UUID] | Mapped[UUID], *, limit: int, cursor: str | None
) -> Select[Any]:
    """The statement for one page: newest first, one row more than asked to learn whether there is a next page."""
    last = after(cursor)
    if last is not None:
        statement = statement.where(key < last)
    return statement.order_by(key.desc()).limit(limit + 1)


def oldest_first(
    statement: Select[Any], key: ColumnElement[UUID] | Mapped[UUID], *, limit: int, cursor: str | None
) -> Select[Any]:
    """The same from the other end: for lists of what waits, where the first come is the first served."""
    last = after(cursor)
    if last is not None:
        statement = statement.where(key > last)
    return statement.order_by(key).limit(limit + 1)


def page(rows: Sequence[Any], limit: int) -> Rows:
    """Cut the extra row off and give the cursor. Each row has an ``id``."""
    if len(rows) <= limit:
        return Rows(rows, None)
    return Rows(rows[:limit], str(rows[limit - 1].id))
