"""The catalogue: which reports there are, and what each can be asked."""

from dataclasses import dataclass

from app.access.grants import Permission
from app.disbursements.rules import Method
from app.funds.rules import Category
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

    def view(self, language: str) -> ParameterView:
        """The parameter with the default that the question really has."""
        field = Question.model_fields[{"from": "from_"}.get(self.name, self.name)]
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


def catalogue(work: Work) -> Catalogue:
    """Every report that there is, described in the reader's language."""
    work.allow(Permission.REPORT_READ)
    language = work.language
    return Catalogue((
        CatalogueEntry(
            id="disbursements",
            title=say(language, N_("Disbursements")),
            description=say(
                language,
                N_(
                    "What was paid in a period, by fund, category, partner, month and method. What was taken back is "
                    "counted as a negative amount on the day on which that happened."
                ),
            ),
            path="/api/v1/reports/disbursements",
            formats=tuple(Format),
            parameters=tuple(parameter.view(language) for parameter in _PARAMETERS),
        ),
    ))  # fmt: skip
