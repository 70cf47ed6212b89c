"""Overrides: for those who work on the application, and for those who decide about them by reference alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.access.model import Account
from app.access.walls import outside
from app.audit.actions import record
from app.crypto import Cell, Group
from app.eligibility.reads import UnknownRuleSet, versions
from app.errors import NotFound
from app.funds.model import Fund
from app.intake.model import Application, Override, Screening
from app.intake.rules import OverrideStatus
from app.intake.scope import visible
from app.web.i18n import say
from app.work import Work


@dataclass(frozen=True, slots=True)
class OverrideView:
    """A rule of one fund to be set aside for one application, and who asked for it and decided.

    ``reason`` is what the desk wrote for the approver, who sees the application by reference only.
    """

    id: UUID
    application_id: UUID
    application: str
    fund_id: UUID
    fund: str
    rule: str
    title: str
    reason: str | None = field(repr=False)
    status: OverrideStatus
    requested_by_id: UUID
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class OverrideList:
    items: list[OverrideView]
    next: str | None


_asker, _decider = aliased(Account), aliased(Account)
_OVERRIDES: Select[*tuple[Any, ...]] = (
    select(
        col(Override.id),
        col(Override.application_id),
        col(Application.reference).label("application"),
        col(Application.applicant_id),
        col(Override.fund_id),
        col(Fund.name).label("fund"),
        col(Override.rule),
        col(Screening.ruleset),
        col(Override.reason_sealed),
        col(Override.status),
        col(Override.requested_by_id),
        col(_asker.name).label("requested_by"),
        col(Override.requested_at),
        col(_decider.name).label("decided_by"),
        col(Override.decided_at),
    )
    .join(Application, col(Application.id) == col(Override.application_id))
    .join(Screening, col(Screening.id) == col(Override.screening_id))
    .join(Fund, col(Fund.id) == col(Override.fund_id))
    .join(_asker, col(_asker.id) == col(Override.requested_by_id))
    .join(_decider, col(_decider.id) == col(Override.decided_by_id), isouter=True)
)


def overrides(
    work: Work,
    *,
    status: OverrideStatus = OverrideStatus.PENDING,
    limit: int = keyset.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> OverrideList:
    """Overrides for those who decide about them, newest first."""
    reach = work.allow(Permission.OVERRIDE_APPROVE)
    statement = _OVERRIDES.where(visible(work.actor, reach), col(Override.status) == status)
    rows = work.session.execute(keyset.newest_first(statement, col(Override.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(rows, limit)
    record(work, "override.listed", groups=(Group.STAFF,), count=len(page.rows))
    return OverrideList(_views(work, page.rows), page.next)


def override(work: Work, override_id: UUID) -> OverrideView:
    """The override that the actor has just asked for or decided. Raises NotFound for every other."""
    row = work.session.execute(
        _OVERRIDES.where(
            col(Override.id) == override_id,
            (col(Override.requested_by_id) == work.actor.id) | (col(Override.decided_by_id) == work.actor.id),
            outside(work.actor, col(Application.applicant_id)),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return _views(work, [row])[0]


def overrides_of(work: Work, application_id: UUID, *, may_open: bool) -> list[OverrideView]:
    """The overrides of an application that the caller reached through its own scope, and whose reading it records.

    Their reasons stay closed unless the reader ``may_open`` the application.
    """
    rows = work.session.execute(
        _OVERRIDES.where(col(Override.application_id) == application_id).order_by(col(Override.id))
    )
    return _views(work, rows, may_open=may_open)


def _views(work: Work, rows: Iterable[Any], *, may_open: bool = True) -> list[OverrideView]:
    return [
        OverrideView(
            id=row.id,
            application_id=row.application_id,
            application=row.application,
            fund_id=row.fund_id,
            fund=row.fund,
            rule=row.rule,
            title=say(work.language, _title(row.ruleset, row.rule)),
            reason=_reason(work, row) if may_open else None,
            status=row.status,
            requested_by_id=row.requested_by_id,
            requested_by=row.requested_by,
            requested_at=row.requested_at,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row in rows
    ]


def _reason(work: Work, row: Any) -> str:
    cell = Cell("override", "reason_sealed", row.id, row.applicant_id)
    reason: str = work.vault.open(cell, Group.STAFF, row.reason_sealed)
    return reason


def _title(ruleset_id: str | None, rule: str) -> str:
    """What the rule is called, from the dated rule set that the screening used; its id when that is not on file."""
    try:
        known = versions((ruleset_id or "").partition("@")[0])
    except UnknownRuleSet:
        return rule
    return next((each.title for version in known if version.id == ruleset_id for each in version.rules
                 if each.id == rule), rule)  # fmt: skip
