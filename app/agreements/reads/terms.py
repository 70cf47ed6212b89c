"""The versions of agreements: as terms for the check, and as they are shown."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.access.model import Account
from app.agreements.model import AgreementRate, AgreementReport, AgreementTranche, AgreementVersion
from app.agreements.rules import Gate, Model, Stage, Terms, Tranche, VersionStatus, WorkRole, part
from app.cases.reads import PersonName
from app.cases.rules import CaseType
from app.funds.rules import Category
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class StageRate:
    stage: Stage
    amount: Money


@dataclass(frozen=True, slots=True)
class HourRate:
    role: WorkRole
    amount: Money


@dataclass(frozen=True, slots=True)
class TrancheView:
    """A part of a caseload's rate, and whether it can be asked for now."""

    number: int
    share: int
    amount: Money | None
    gate: Gate
    due_on: date | None
    received_on: date | None
    received_by: PersonName | None
    approved_by: PersonName | None
    open: bool


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of an agreement. ``hours_cap`` is hours a case, with two decimals."""

    id: UUID
    number: int
    status: VersionStatus
    model: Model
    starts_on: date
    ends_on: date
    effective_on: date
    ceiling: Money
    case_cap: Money | None
    hours_cap: str | None
    stage_rates: list[StageRate]
    hour_rates: list[HourRate]
    case_rate: Money | None
    carry_over: int
    projected: int
    instalments: list[TrancheView]
    categories: list[Category]
    case_types: list[CaseType]
    drafted_by: PersonName
    drafted_at: datetime
    approved_by: PersonName | None
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """A report that came for a part of a caseload's rate."""

    number: int
    received_on: date
    received_by: PersonName
    approved_by: PersonName | None


_Drafter, _Approver = aliased(Account, name="drafter"), aliased(Account, name="approver")
_OF: Final = bindparam("agreement_id", type_=Uuid())

_VERSIONS: Select[*tuple[Any, ...]] = (
    select(
        AgreementVersion.__table__,  # type: ignore[attr-defined]  # SQLModel adds it to every table class
        col(_Drafter.name).label("drafter"),
        col(_Approver.name).label("approver"),
    )
    .join(_Drafter, col(_Drafter.id) == col(AgreementVersion.drafted_by))
    .outerjoin(_Approver, col(_Approver.id) == col(AgreementVersion.approved_by))
    .where(col(AgreementVersion.agreement_id) == _OF)
    .order_by(col(AgreementVersion.number))
)
_RATES: Final = (
    select(col(AgreementRate.version_id), col(AgreementRate.stage), col(AgreementRate.role), col(AgreementRate.amount))
    .join(AgreementVersion, col(AgreementVersion.id) == col(AgreementRate.version_id))
    .where(col(AgreementVersion.agreement_id) == _OF)
)
_TRANCHES: Final = (
    select(
        col(AgreementTranche.version_id),
        col(AgreementTranche.number),
        col(AgreementTranche.share),
        col(AgreementTranche.gate),
        col(AgreementTranche.due_on),
    )
    .join(AgreementVersion, col(AgreementVersion.id) == col(AgreementTranche.version_id))
    .where(col(AgreementVersion.agreement_id) == _OF)
    .order_by(col(AgreementTranche.number))
)
_REPORTS: Select[*tuple[Any, ...]] = (
    select(
        col(AgreementReport.number),
        col(AgreementReport.received_on),
        col(AgreementReport.received_by),
        col(_Drafter.name).label("receiver"),
        col(AgreementReport.approved_by),
        col(_Approver.name).label("approver"),
    )
    .join(_Drafter, col(_Drafter.id) == col(AgreementReport.received_by))
    .outerjoin(_Approver, col(_Approver.id) == col(AgreementReport.approved_by))
    .where(col(AgreementReport.agreement_id) == _OF)
    .order_by(col(AgreementReport.number))
)


def reports(work: Work, agreement_id: UUID) -> dict[int, Report]:
    """The reports that came under an agreement, by the part they belong to. Its caller has found the agreement."""
    rows = work.session.execute(_REPORTS, {"agreement_id": agreement_id})
    return {
        row.number: Report(
            row.number,
            row.received_on,
            PersonName(row.received_by, row.receiver),
            None if row.approved_by is None else PersonName(row.approved_by, row.approver),
        )
        for row in rows
    }


def versions(work: Work, agreement_id: UUID) -> list[tuple[VersionView, Terms]]:
    """Every version of an agreement, oldest first. Its caller has found the agreement in the actor's reach."""
    asked = {"agreement_id": agreement_id}
    rates = _by_version(work.session.execute(_RATES, asked))
    tranches = _by_version(work.session.execute(_TRANCHES, asked))
    came = reports(work, agreement_id)
    rows = work.session.execute(_VERSIONS, asked).all()
    found = []
    for row in rows:
        terms = _terms(row, rates[row.id], tranches[row.id])
        found.append((_view(row, terms, tranches[row.id], came), terms))
    return found


def terms_in_force(work: Work, agreement_id: UUID) -> list[Terms]:
    """The terms that were put in force, for the check."""
    return [terms for view, terms in versions(work, agreement_id) if view.status is VersionStatus.IN_FORCE]


def _by_version(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.version_id].append(row)
    return found


def _terms(row: Any, rates: list[Any], tranches: list[Any]) -> Terms:
    return Terms(
        id=row.id,
        number=row.number,
        model=row.model,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        effective_on=row.effective_on,
        ceiling=row.ceiling,
        case_cap=row.case_cap,
        hours_cap=row.hours_cap,
        stage_rates={each.stage: each.amount for each in rates if each.stage is not None},
        hour_rates={each.role: each.amount for each in rates if each.role is not None},
        case_rate=row.case_rate,
        carry_over=row.carry_over,
        projected=row.projected,
        tranches=[Tranche(each.number, each.share, each.gate) for each in tranches],
        categories=frozenset(Category(each) for each in row.categories),
        case_types=frozenset(CaseType(each) for each in row.case_types),
    )


def _view(row: Any, terms: Terms, tranches: list[Any], came: dict[int, Report]) -> VersionView:
    stages, roles = terms.stage_rates or {}, terms.hour_rates or {}
    return VersionView(
        id=row.id,
        number=row.number,
        status=row.status,
        model=row.model,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        effective_on=row.effective_on,
        ceiling=row.ceiling,
        case_cap=row.case_cap,
        hours_cap=written_hours(row.hours_cap),
        stage_rates=[StageRate(stage, stages[stage]) for stage in Stage if stage in stages],
        hour_rates=[HourRate(role, roles[role]) for role in WorkRole if role in roles],
        case_rate=row.case_rate,
        carry_over=row.carry_over,
        projected=row.projected,
        instalments=[_tranche(terms, each, came.get(each.number)) for each in tranches],
        categories=[each for each in Category if each in terms.categories],
        case_types=[each for each in CaseType if each in terms.case_types],
        drafted_by=PersonName(row.drafted_by, row.drafter),
        drafted_at=row.drafted_at,
        approved_by=None if row.approved_by is None else PersonName(row.approved_by, row.approver),
        approved_at=row.approved_at,
    )


def _tranche(terms: Terms, row: Any, report: Report | None) -> TrancheView:
    approved = None if report is None else report.approved_by
    came = {Gate.OPEN: True, Gate.REPORT_RECEIVED: report is not None, Gate.REPORT_APPROVED: approved is not None}
    return TrancheView(
        number=row.number,
        share=row.share,
        amount=None if terms.case_rate is None else part(terms.case_rate, terms.tranches, row.number),
        gate=row.gate,
        due_on=row.due_on,
        received_on=None if report is None else report.received_on,
        received_by=None if report is None else report.received_by,
        approved_by=approved,
        open=came[row.gate],
    )


def written_hours(hundredths: int | None) -> str | None:
    """Hours as they are written: ``"2.50"``."""
    return None if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02d}"
