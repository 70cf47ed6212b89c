"""The next hearing and the next deadline of each case of a statement, as conditions to join by.

Each names its case beside the one row of it. Behind row-level security PostgreSQL looks nothing up by a condition that
asks a question itself: by the row alone it read every hearing there is, and asked the question for every case.
"""

from datetime import date

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.cases.model import Case, Deadline, Hearing


def first_hearing(today: ColumnElement[date] | date) -> ColumnElement[bool]:
    """Joins ``hearing`` to ``case``: the first that is not cancelled, today's included."""
    one = aliased(Hearing)
    first = (
        select(col(one.id))
        .where(col(one.case_id) == col(Case.id), col(one.held_on) >= today, col(one.cancelled_at).is_(None))
        .order_by(col(one.held_on), col(one.id))
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    return and_(col(Hearing.case_id) == col(Case.id), col(Hearing.id) == first)


def first_deadline() -> ColumnElement[bool]:
    """Joins ``deadline`` to ``case``: the first that is not completed; it may be overdue."""
    one = aliased(Deadline)
    first = (
        select(col(one.id))
        .where(col(one.case_id) == col(Case.id), col(one.completed_at).is_(None))
        .order_by(col(one.due_on), col(one.id))
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    return and_(col(Deadline.case_id) == col(Case.id), col(Deadline.id) == first)
