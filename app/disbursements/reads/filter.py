"""Which disbursements to list, as a person asks for them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, or_
from sqlmodel import col

from app.cases.model import Case
from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.rules import DisbursementStatus
from app.funds.model import Award
from app.reference import read_reference


@dataclass(frozen=True, slots=True)
class DisbursementFilter:
    """Which disbursements to list; None is any. The days, both inside, are those on which they were requested.

    ``reference`` is the disbursement's own, its award's or its case's, as people write it. ``part_of`` is a person who
    had a part in it. ``also`` are conditions of a read that stands on this one.
    """

    status: DisbursementStatus | None = None
    fund_id: UUID | None = None
    case_id: UUID | None = None
    award_id: UUID | None = None
    since: date | None = None
    until: date | None = None
    partner_id: UUID | None = None
    reference: str | None = None
    part_of: UUID | None = None
    also: tuple[ColumnElement[bool], ...] = ()
    oldest_first: bool = False


def narrowed(statement: Select[*tuple[Any, ...]], which: DisbursementFilter) -> Select[*tuple[Any, ...]]:
    """The statement, over disbursements with their awards and cases, for those asked for."""
    wanted = {
        Disbursement.status: which.status,
        Disbursement.fund_id: which.fund_id,
        Disbursement.case_id: which.case_id,
        Disbursement.award_id: which.award_id,
        Disbursement.partner_id: which.partner_id,
    }
    conditions = [col(column) == value for column, value in wanted.items() if value is not None]
    if which.since is not None:
        conditions.append(col(Disbursement.requested_on) >= which.since)
    if which.until is not None:
        conditions.append(col(Disbursement.requested_on) <= which.until)
    if which.reference is not None:
        conditions.append(_called(which.reference))
    if which.part_of is not None:
        conditions.append(_had_a_part(which.part_of))
    return statement.where(*conditions, *which.also)


def _called(written: str) -> ColumnElement[bool]:
    """What is no reference names nothing."""
    reference = read_reference(written)
    if reference is None:
        return false()
    return or_(*(col(column) == reference for column in (Disbursement.reference, Award.reference, Case.reference)))


def _had_a_part(person: UUID) -> ColumnElement[bool]:
    return exists().where(
        col(DisbursementStep.disbursement_id) == col(Disbursement.id), col(DisbursementStep.actor_id) == person
    )
