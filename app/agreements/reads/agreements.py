"""Agreements as they are shown, with what was billed under them."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.agreements.model import Agreement, AgreementVersion, InvoiceLine
from app.agreements.reads.terms import VersionView, versions
from app.agreements.rules import LineStatus, VersionStatus, in_force
from app.agreements.scope import visible_agreements
from app.audit.actions import record
from app.cases.rules import day_in
from app.errors import NotFound
from app.funds.model import Fund
from app.money import Money
from app.partners.model import Partner
from app.work import Work


@dataclass(frozen=True, slots=True)
class AgreementItem:
    """An agreement in a list. ``drafts`` are versions that wait for a second person."""

    id: UUID
    reference: str
    name: str
    fund_id: UUID
    fund: str
    partner_id: UUID
    partner: str
    drafts: int
    accepted: Money


@dataclass(frozen=True, slots=True)
class AgreementList:
    items: list[AgreementItem]
    next: str | None


@dataclass(frozen=True, slots=True)
class AgreementView:
    """An agreement. ``in_force`` is the version that holds on ``as_of``; ``left`` its ceiling less the accepted."""

    id: UUID
    reference: str
    name: str
    fund_id: UUID
    fund: str
    partner_id: UUID
    partner: str
    as_of: date
    in_force: VersionView | None
    versions: list[VersionView]
    accepted: Money
    left: Money | None


_DRAFTS: Final = (
    select(func.count())
    .where(col(AgreementVersion.agreement_id) == col(Agreement.id), col(AgreementVersion.status) == VersionStatus.DRAFT)
    .correlate(Agreement)
    .scalar_subquery()
)
_ACCEPTED: Final = (
    select(func.coalesce(func.sum(col(InvoiceLine.amount)), 0))
    .where(col(InvoiceLine.agreement_id) == col(Agreement.id), col(InvoiceLine.status) == LineStatus.ACCEPTED)
    .correlate(Agreement)
    .scalar_subquery()
)
_AGREEMENT: Select[*tuple[Any, ...]] = (
    select(
        col(Agreement.id),
        col(Agreement.reference),
        col(Agreement.name),
        col(Agreement.fund_id),
        col(Fund.name).label("fund"),
        col(Agreement.partner_id),
        col(Partner.name).label("partner"),
        _DRAFTS.label("drafts"),
        _ACCEPTED.label("accepted"),
        col(Fund.time_zone),
    )
    .join(Fund, col(Fund.id) == col(Agreement.fund_id))
    .join(Partner, col(Partner.id) == col(Agreement.partner_id))
)


def agreements(
    work: Work,
    fund_id: UUID | None = None,
    partner_id: UUID | None = None,
    limit: int = keyset.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> AgreementList:
    """The agreements in the actor's reach, newest first; the look is recorded."""
    reach = work.allow(Permission.AGREEMENT_READ)
    statement = _AGREEMENT.where(visible_agreements(work.actor, reach))
    if fund_id is not None:
        statement = statement.where(col(Agreement.fund_id) == fund_id)
    if partner_id is not None:
        statement = statement.where(col(Agreement.partner_id) == partner_id)
    rows = work.session.execute(keyset.newest_first(statement, col(Agreement.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(rows, limit)
    record(work, "agreement.listed", object_type="agreement", count=len(page.rows))
    return AgreementList([_item(row) for row in page.rows], page.next)


def agreement(work: Work, agreement_id: UUID, as_of: date | None = None, *, answering: bool = False) -> AgreementView:
    """One agreement with its versions, and the one that holds on a day (today in the fund's zone unless given).

    The look is recorded, unless it is ``answering`` a verb that is. Raises NotFound.
    """
    reach = work.allow(Permission.AGREEMENT_READ)
    row = work.session.execute(
        _AGREEMENT.where(col(Agreement.id) == agreement_id, visible_agreements(work.actor, reach))
    ).one_or_none()
    if row is None:
        raise NotFound
    if not answering:
        record(work, "agreement.read", object_type="agreement", object_id=agreement_id)
    day = as_of or day_in(work.now, row.time_zone)
    every = versions(work, agreement_id)
    now = in_force([terms for view, terms in every if view.status is VersionStatus.IN_FORCE], day)
    holds = next((view for view, _ in every if now is not None and view.id == now.id), None)
    accepted = Money(int(row.accepted))
    return AgreementView(
        id=row.id,
        reference=row.reference,
        name=row.name,
        fund_id=row.fund_id,
        fund=row.fund,
        partner_id=row.partner_id,
        partner=row.partner,
        as_of=day,
        in_force=holds,
        versions=[view for view, _ in every],
        accepted=accepted,
        left=None if holds is None else Money(max(holds.ceiling - accepted, 0)),
    )


def _item(row: Any) -> AgreementItem:
    return AgreementItem(
        id=row.id,
        reference=row.reference,
        name=row.name,
        fund_id=row.fund_id,
        fund=row.fund,
        partner_id=row.partner_id,
        partner=row.partner,
        drafts=row.drafts,
        accepted=Money(int(row.accepted)),
    )
