"""The statements of the disbursement report: groups are added up by the database, lines come from it in order.

A payment gives one line on the day of the step that was asked about, and a negative one on the day on which it was
taken back. Both statements, of groups and of lines, are made from the same list of such entries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    String,
    Subquery,
    case,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from app.cases.model import Case
from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.rules import DisbursementStatus, Verb
from app.funds.model import Fund
from app.partners.model import Partner
from app.reports.reads.question import Question
from app.reports.rules import DateBasis, Grouping


class _MonthOf(FunctionElement[str]):
    """The month of a day as ``2026-03``."""

    type = String()
    inherit_cache = True


@compiles(_MonthOf)
def _month_by_format(element: _MonthOf, compiler: SQLCompiler, **more: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **more)}, 'YYYY-MM')"


@compiles(_MonthOf, "sqlite")
def _month_by_text(element: _MonthOf, compiler: SQLCompiler, **more: Any) -> str:
    return f"substr({compiler.process(element.clauses, **more)}, 1, 7)"


_DAY_OF: Final[dict[DateBasis, SQLColumnExpression[Any]]] = {
    DateBasis.REQUESTED: col(Disbursement.requested_on),
    DateBasis.APPROVED: col(Disbursement.approved_on),
    DateBasis.RELEASED: col(Disbursement.released_on),
    DateBasis.SETTLED: col(Disbursement.settled_on),
}
#: What a report can be limited to, by the names of the address.
_LIMITED: Final[dict[str, SQLColumnExpression[Any]]] = {
    "fund_id": col(Disbursement.fund_id),
    "partner_id": col(Disbursement.partner_id),
    "category": col(Disbursement.category),
    "method": col(Disbursement.method),
}
#: Statuses of a payment that was stopped before it was sent; which step stopped it is among its steps.
_STOPPED: Final = (DisbursementStatus.REJECTED, DisbursementStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One kind of line: on which day, under which name, for which payments; ``taken_back`` lines are negative."""

    day: SQLColumnExpression[Any]
    event: ColumnElement[str]
    condition: Sequence[ColumnElement[bool]]
    taken_back: bool = False
    by_step: bool = False

    @property
    def amount(self) -> ColumnElement[int]:
        cents = type_coerce(col(Disbursement.amount), BigInteger)
        return -cents if self.taken_back else cents

    def of(self, statement: Select[*tuple[Any, ...]], question: Question) -> Select[*tuple[Any, ...]]:
        """The statement over the payments of this entry in the period."""
        if self.by_step:
            statement = statement.join(DisbursementStep, col(DisbursementStep.disbursement_id) == col(Disbursement.id))
        for name, value in question.limits().items():
            if value is not None:
                statement = statement.where(_LIMITED[name] == value)
        return statement.where(self.day.between(question.from_, question.to), *self.condition)


def _entries(basis: DateBasis, countable: ColumnElement[bool]) -> list[_Entry]:
    """What counts under a date basis: the step itself, and what took a payment back after it."""
    day = _DAY_OF[basis]
    reached = [countable] if basis is not DateBasis.REQUESTED else [countable, _was_submitted()]
    entries = [_Entry(day, literal(basis.value, String), reached)]
    status = sql_cast(col(Disbursement.status), String)
    back_on: SQLColumnExpression[Any] = col(Disbursement.reversed_on)
    if basis is not DateBasis.SETTLED:
        # Money that was sent and never settled comes back on returned_on, settled money on reversed_on.
        back_on = func.coalesce(col(Disbursement.reversed_on), col(Disbursement.returned_on), type_=Date)
    entries.append(_Entry(back_on, status, [*reached, day.is_not(None)], taken_back=True))
    if basis in (DateBasis.REQUESTED, DateBasis.APPROVED):
        stopped = [
            *reached,
            day.is_not(None),
            col(Disbursement.status).in_(_STOPPED),
            col(DisbursementStep.verb).in_((Verb.REJECT, Verb.EXPIRE)),
        ]
        entries.append(_Entry(col(DisbursementStep.on_day), status, stopped, taken_back=True, by_step=True))
    return entries


def _was_submitted() -> ColumnElement[bool]:
    """A draft was not asked for yet, though it has the day of its making; nor was one that ended as a draft."""
    submitted = (
        select(literal(1))
        .where(col(DisbursementStep.disbursement_id) == col(Disbursement.id), col(DisbursementStep.verb) == Verb.SUBMIT)
        .correlate(Disbursement)
        .exists()
    )
    went_on = col(Disbursement.status).not_in((DisbursementStatus.DRAFT, *_STOPPED))
    return went_on | (col(Disbursement.status).in_(_STOPPED) & submitted)


def groups(question: Question, countable: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """One row a group: its keys by name, ``count``, ``reversals`` and ``amount`` in cents. In no order."""
    added = _added(question, countable)
    keys = [added.c[grouping.value] for grouping in question.group_by]
    sums = [
        func.sum(added.c["count"]).label("count"),
        func.sum(added.c["reversals"]).label("reversals"),
        func.sum(added.c["amount"]).label("amount"),
    ]
    together = select(*keys, *sums).group_by(*keys).having(func.sum(added.c["count"]) > 0).subquery("together")
    return _named(together, question.group_by)


def _added(question: Question, countable: ColumnElement[bool]) -> Subquery:
    """The groups of each entry, added up where the payments lie; few rows go on from here."""
    parts = []
    for entry in _entries(question.date_basis, countable):
        keys = {
            Grouping.FUND: col(Disbursement.fund_id),
            Grouping.CATEGORY: col(Disbursement.category),
            Grouping.PARTNER: col(Disbursement.partner_id),
            Grouping.MONTH: _MonthOf(entry.day),
            Grouping.METHOD: col(Disbursement.method),
        }
        by = [keys[grouping] for grouping in question.group_by]
        amount = func.sum(entry.amount)
        part: Select[*tuple[Any, ...]] = select(
            *(key.label(grouping.value) for key, grouping in zip(by, question.group_by, strict=True)),
            func.count().label("count"),
            (amount if entry.taken_back else literal(0, BigInteger)).label("reversals"),
            amount.label("amount"),
        ).select_from(Disbursement)
        parts.append(entry.of(part, question).group_by(*by))
    return union_all(*parts).subquery("added")


def _named(together: Subquery, group_by: Sequence[Grouping]) -> Select[*tuple[Any, ...]]:
    """The groups with the names of their funds and partners."""
    columns: list[Any] = [column for column in together.c if column.name not in (Grouping.FUND, Grouping.PARTNER)]
    statement = select(*columns)
    if Grouping.FUND in group_by:
        statement = statement.add_columns(together.c.fund.label("fund_id"), col(Fund.name).label("fund"))
        statement = statement.join(Fund, col(Fund.id) == together.c.fund)
    if Grouping.PARTNER in group_by:
        statement = statement.add_columns(together.c.partner.label("partner_id"), col(Partner.name).label("partner"))
        statement = statement.join(Partner, col(Partner.id) == together.c.partner)
    return statement


def lines(question: Question, countable: ColumnElement[bool], unnamed: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """One row a line, in the order of `Line`'s fields, by day; what happened on one day in the order of asking.

    Lines that are ``unnamed`` keep their amount, so that the lines add up, and lose their references.
    """
    parts = []
    for turn, entry in enumerate(_entries(question.date_basis, countable)):
        part: Select[*tuple[Any, ...]] = (
            select(
                entry.amount.label("amount"),
                case((unnamed, literal("")), else_=col(Case.reference)).label("case"),
                col(Disbursement.category).label("category"),
                entry.day.label("day"),
                case((unnamed, literal("")), else_=col(Disbursement.reference)).label("disbursement"),
                entry.event.label("event"),
                col(Fund.name).label("fund"),
                sql_cast(col(Disbursement.fund_id), String).label("fund_id"),
                col(Disbursement.method).label("method"),
                col(Partner.name).label("partner"),
                sql_cast(col(Disbursement.partner_id), String).label("partner_id"),
                col(Disbursement.id).label("id"),
                literal(turn).label("turn"),
            )
            .select_from(Disbursement)
            .join(Case, col(Case.id) == col(Disbursement.case_id))
            .join(Fund, col(Fund.id) == col(Disbursement.fund_id))
            .join(Partner, col(Partner.id) == col(Disbursement.partner_id))
        )
        parts.append(entry.of(part, question))
    together = union_all(*parts).subquery("line")
    shown = [column for column in together.c if column.name not in ("id", "turn")]
    return select(*shown).order_by(together.c.day, together.c.id, together.c.turn)
