"""The catalogue: which reports there are, and what each can be asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.access.grants import Permission
from app.disbursements.rules import Method
from app.funds.rules import Category
from app.reports.reads.approvals import APPROVALS
from app.reports.reads.asked import AsOf, OfPartner, Over
from app.reports.reads.partner import STATEMENT
from app.reports.reads.position import BUDGET, POSITION
from app.reports.reads.question import Question
from app.reports.rules import DateBasis, Format, Grouping
from app.web.i18n import N_, say
from app.work import Work


@dataclass(frozen=True, slots=True)
class ParameterView:
    """One parameter of a report's address. ``values`` are all it takes; null is anything of its type."""

    name: str
    type: str
    required: bool
    default: str | None
    values: tuple[str, ...] | None
    description: str


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    id: str
    title: str
    description: str
    path: str
    formats: tuple[str, ...]
    parameters: tuple[ParameterView, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    items: tuple[CatalogueEntry, ...]


@dataclass(frozen=True, slots=True)
class _Parameter:
    """A parameter as it is declared; its sentence is a msgid."""

    name: str
    type: str
    message: str
    values: tuple[str, ...] | None = None

    def view(self, language: str, fields: Mapping[str, FieldInfo]) -> ParameterView:
        """The parameter with the default that the question, whose fields these are, really has."""
        field = fields[{"from": "from_"}.get(self.name, self.name)]
        default = None if field.is_required() or field.default is None else field.default
        written = ",".join(default) if isinstance(default, tuple) else default
        return ParameterView(
            name=self.name,
            type=self.type,
            required=field.is_required(),
            default=None if written is None else str(written),
            values=self.values,
            description=say(language, self.message),
        )


_PARAMETERS = (
    _Parameter("from", "date", N_("The first day of the period, as a date in the fund's time zone.")),
    _Parameter("to", "date", N_("The last day of the period. It is inside the period.")),
    _Parameter(
        "date_basis",
        "choice",
        N_("Which step puts a payment into the period: when it was requested, approved, released or settled."),
        tuple(DateBasis),
    ),
    _Parameter(
        "group_by",
        "choices",
        N_("What to group by: any of these, with commas. The order is kept. Nothing gives one row for all."),
        tuple(Grouping),
    ),
    _Parameter("fund_id", "id", N_("Only payments of this fund.")),
    _Parameter("partner_id", "id", N_("Only payments on this partner's cases.")),
    _Parameter("category", "choice", N_("Only payments of this category."), tuple(Category)),
    _Parameter("method", "choice", N_("Only payments that go this way."), tuple(Method)),
    _Parameter("format", "choice", N_("What to give the report as."), tuple(Format)),
    _Parameter(
        "details",
        "yes_no",
        N_("Whether every line is listed, by the case's reference. Files list them unless this is false."),
        ("true", "false"),
    ),
)


_FIRST, _LAST, *_, _FORMAT, _DETAILS = _PARAMETERS
_FUND = _Parameter("fund_id", "id", N_("Only this fund."))
_DAY = _Parameter("as_of", "date", N_("The day at whose end everything is looked at. Today unless given."))
_PARTNER = _Parameter("partner_id", "id", N_("The partner. Your own unless given."))


@dataclass(frozen=True, slots=True)
class _Report:
    """A report as it is declared; its words are msgids."""

    id: str
    title: str
    description: str
    needs: Permission
    question: type[BaseModel]
    parameters: tuple[_Parameter, ...]

    def entry(self, language: str) -> CatalogueEntry:
        """The report in the reader's language."""
        return CatalogueEntry(
            id=self.id,
            title=say(language, self.title),
            description=say(language, self.description),
            path=f"/api/v1/reports/{self.id}",
            formats=tuple(Format),
            parameters=tuple(each.view(language, self.question.model_fields) for each in self.parameters),
        )


_REPORTS = (
    _Report(
        "disbursements",
        N_("Disbursements"),
        N_(
            "What was paid in a period, by fund, category, partner, month and method. What was taken back is "
            "counted as a negative amount on the day on which that happened."
        ),
        Permission.REPORT_READ,
        Question,
        _PARAMETERS,
    ),
    _Report(
        "fund-position",
        POSITION.title,
        N_("How every fund stands at the end of a day: budget, encumbered, paid and available."),
        Permission.FUND_REPORT_READ,
        AsOf,
        (_DAY, _FUND, _FORMAT),
    ),
    _Report(
        "budget",
        BUDGET.title,
        N_("What each category of a fund was meant for, what was paid before and in the period, and what is left."),
        Permission.FUND_REPORT_READ,
        Over,
        (_FIRST, _LAST, _FUND, _FORMAT),
    ),
    _Report(
        "partner-statement",
        STATEMENT.title,
        N_("What was awarded on a partner's cases and paid for them, award by award."),
        Permission.REPORT_READ,
        OfPartner,
        (_FIRST, _LAST, _PARTNER, _FUND, _FORMAT),
    ),
    _Report(
        "approvals",
        APPROVALS.title,
        N_("Who asked for, approved, released and settled each payment, and whether it was signed."),
        Permission.FUND_REPORT_READ,
        Over,
        (_FIRST, _LAST, _FUND, _FORMAT),
    ),
)


def catalogue(work: Work) -> Catalogue:
    """Every report that the reader may run, described in their language."""
    work.allow(Permission.REPORT_READ)
    open_to = [each for each in _REPORTS if work.actor.reach(each.needs) is not None]
    return Catalogue(tuple(each.entry(work.language) for each in open_to))
