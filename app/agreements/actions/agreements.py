"""Making an agreement, drafting its terms, and putting them in force: two people, and what was stays."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select, update
from sqlmodel import col

from app.access.grants import Permission
from app.agreements.actions.hours import CaseHours
from app.agreements.model import Agreement, AgreementRate, AgreementTranche, AgreementVersion
from app.agreements.reads.find import FoundAgreement, agreement_for
from app.agreements.rules import Gate, Model, Stage, VersionStatus, WorkRole, schedule_fault
from app.audit.actions import record
from app.cases.actions.dates import Day
from app.cases.rules import CaseType
from app.db import new_id
from app.errors import Conflict, Denied, Invalid, NotFound, Problem
from app.funds.actions.funds import Line
from app.funds.actions.ledger import Amount
from app.funds.model import Fund
from app.funds.rules import Category
from app.once import once
from app.partners.reads import partner
from app.reference import new_reference
from app.work import Work


class Nothing(BaseModel):
    """A verb that takes no words."""

    model_config = ConfigDict(extra="forbid")


class NewAgreement(BaseModel):
    """Between which fund and which partner, and what people call it. Its terms follow."""

    model_config = ConfigDict(extra="forbid")

    fund_id: UUID
    partner_id: UUID
    name: Line


Share = Annotated[int, Field(ge=1, le=100)]
Cases = Annotated[int, Field(ge=0, le=10_000)]


class NewTranche(BaseModel):
    """A part of a caseload's rate: its share in percent, what must have happened before it, and by when."""

    model_config = ConfigDict(extra="forbid")

    share: Share
    gate: Gate = Gate.OPEN
    due_on: Day | None = None


class NewVersion(BaseModel):
    """The terms from a day on; what does not belong to the model is left out.

    ``flat`` takes ``stage_rates``; ``hourly`` takes ``hour_rates`` and the caps of a case; ``caseload`` takes
    ``case_rate``, the cases open at the start and those expected, and its ``instalments``, whose shares are 100.
    """

    model_config = ConfigDict(extra="forbid")

    model: Model
    starts_on: Day
    ends_on: Day
    effective_on: Day | None = None
    ceiling: Amount
    categories: Annotated[list[Category], Field(min_length=1)] = [Category.REPRESENTATION]
    case_types: list[CaseType] = []
    case_cap: Amount | None = None
    hours_cap: CaseHours | None = None
    stage_rates: dict[Stage, Amount] = {}
    hour_rates: dict[WorkRole, Amount] = {}
    case_rate: Amount | None = None
    carry_over: Cases = 0
    projected: Cases = 0
    instalments: Annotated[list[NewTranche], Field(max_length=24)] = []


def create(work: Work, form: NewAgreement) -> UUID:
    """Make an agreement and give its id; nothing is agreed until terms are in force. Raises Invalid."""
    work.allow(Permission.AGREEMENT_DRAFT)
    fund = select(col(Fund.id)).where(col(Fund.id) == form.fund_id)
    if work.session.execute(fund).one_or_none() is None:
        raise Invalid(Problem("/fund_id", "fund_id.unknown", "There is no such fund."))
    try:
        partner(work, form.partner_id)
    except NotFound:
        raise Invalid(Problem("/partner_id", "partner_id.unknown", "There is no such partner.")) from None

    def do(agreement_id: UUID) -> None:
        work.insert(
            Agreement,
            id=agreement_id,
            reference=new_reference("AG"),
            created_at=work.now,
            created_by=work.actor.id,
            **form.model_dump(),
        )
        record(work, "agreement.created", object_type="agreement", object_id=agreement_id)

    return once(work, form, do)


def draft(work: Work, agreement_id: UUID, form: NewVersion) -> UUID:
    """Draft terms and give the agreement's id: they wait for a second person. Raises NotFound and Invalid."""
    found = agreement_for(work, Permission.AGREEMENT_DRAFT, agreement_id, lock=True)

    def do(_: UUID) -> None:
        _must_fit(form)
        _must_be_in_term(work, found, form)
        number = work.session.execute(
            select(func.coalesce(func.max(col(AgreementVersion.number)), 0)).where(
                col(AgreementVersion.agreement_id) == agreement_id
            )
        ).scalar_one()
        version_id = new_id()
        work.insert(
            AgreementVersion,
            id=version_id,
            agreement_id=agreement_id,
            number=number + 1,
            status=VersionStatus.DRAFT,
            effective_on=form.effective_on or form.starts_on,
            categories=sorted(set(form.categories)),
            case_types=sorted(set(form.case_types)),
            drafted_by=work.actor.id,
            drafted_at=work.now,
            **form.model_dump(include={"model", "starts_on", "ends_on", "ceiling", "case_cap", "hours_cap"}),
            **form.model_dump(include={"case_rate", "carry_over", "projected"}),
        )
        _keep_rates(work, version_id, form)
        details: Mapping[str, Any] = {"kind": form.model}
        record(work, "agreement.drafted", object_type="agreement", object_id=agreement_id, details=details)

    return once(work, form, do, result_id=agreement_id)


def approve(work: Work, agreement_id: UUID, version_id: UUID, form: Nothing) -> UUID:
    """Put drafted terms in force; somebody else than who drafted them. Raises NotFound, Denied, Conflict."""
    agreement_for(work, Permission.AGREEMENT_APPROVE, agreement_id, lock=True)
    row = work.session.execute(
        select(col(AgreementVersion.drafted_by), col(AgreementVersion.status)).where(
            col(AgreementVersion.id) == version_id, col(AgreementVersion.agreement_id) == agreement_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound

    def do(_: UUID) -> None:
        if row.drafted_by == work.actor.id:
            raise Denied("segregation_of_duties", "You drafted these terms. Somebody else must put them in force.")
        if row.status is not VersionStatus.DRAFT:
            raise Conflict("agreement.status", "These terms are in force already.")
        work.session.execute(
            update(AgreementVersion)
            .where(col(AgreementVersion.id) == version_id)
            .values(status=VersionStatus.IN_FORCE, approved_by=work.actor.id, approved_at=work.now)
        )
        record(work, "agreement.approved", object_type="agreement", object_id=agreement_id)

    return once(work, form, do, result_id=agreement_id)


def _keep_rates(work: Work, version_id: UUID, form: NewVersion) -> None:
    rates: list[tuple[Stage | None, WorkRole | None, Any]] = [
        *((stage, None, amount) for stage, amount in form.stage_rates.items()),
        *((None, role, amount) for role, amount in form.hour_rates.items()),
    ]
    for stage, role, amount in rates:
        work.insert(AgreementRate, id=new_id(), version_id=version_id, stage=stage, role=role, amount=amount)
    for number, each in enumerate(form.instalments, start=1):
        work.insert(AgreementTranche, id=new_id(), version_id=version_id, number=number, **each.model_dump())


def _must_fit(form: NewVersion) -> None:
    """Raise Invalid for what the model lacks, and for what it does not take."""
    problems = []
    takes = {
        Model.FLAT: {"stage_rates", "case_cap"},
        Model.HOURLY: {"hour_rates", "case_cap", "hours_cap"},
        Model.CASELOAD: {"case_rate", "carry_over", "projected", "instalments", "case_cap"},
    }[form.model]
    beside = ("stage_rates", "hour_rates", "hours_cap", "case_rate", "carry_over", "projected", "instalments")
    problems += [
        Problem(f"/{name}", f"{name}.not_kept", "Leave this out. It does not belong to this kind of agreement.")
        for name in beside
        if name not in takes and getattr(form, name)
    ]
    if form.model is Model.FLAT and not form.stage_rates:
        problems.append(Problem("/stage_rates", "stage_rates.required", "Enter what at least one stage costs."))
    if form.model is Model.HOURLY and not form.hour_rates:
        problems.append(Problem("/hour_rates", "hour_rates.required", "Enter what an hour of at least one role costs."))
    if form.model is Model.CASELOAD:
        problems += _schedule(form)
    if form.ends_on < form.starts_on:
        problems.append(Problem("/ends_on", "ends_on.before_start", "Enter a day on or after the first day."))
    elif not form.starts_on <= (form.effective_on or form.starts_on) <= form.ends_on:
        problems.append(Problem("/effective_on", "effective_on.outside", "Enter a day in the agreement's term."))
    if problems:
        raise Invalid(*problems)


def _schedule(form: NewVersion) -> list[Problem]:
    problems = []
    if form.case_rate is None:
        problems.append(Problem("/case_rate", "case_rate.required", "Enter what one case costs for the term."))
    if form.carry_over + form.projected == 0:
        problems.append(Problem("/projected", "projected.required", "Enter how many cases the caseload has."))
    fault = schedule_fault([each.share for each in form.instalments], [each.gate for each in form.instalments])
    if fault == "sum":
        problems.append(Problem("/instalments", "instalments.sum", "The shares of all parts must add up to 100."))
    if fault == "up_front":
        problems.append(
            Problem("/instalments", "instalments.up_front", "At most 50 percent may be paid before any report.")
        )
    return problems


def _must_be_in_term(work: Work, found: FoundAgreement, form: NewVersion) -> None:
    """An agreement pays out of its fund, so its term lies in the fund's. Raises Invalid."""
    fund = work.session.execute(
        select(col(Fund.starts_on), col(Fund.ends_on)).where(col(Fund.id) == found.fund_id)
    ).one()
    if form.starts_on < fund.starts_on or form.ends_on > fund.ends_on:
        pointer = "/starts_on" if form.starts_on < fund.starts_on else "/ends_on"
        raise Invalid(Problem(pointer, "term.outside_fund", "Enter a day in the fund's own term."))
