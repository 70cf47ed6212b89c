"""Posting a bond with a settled payment, and taking that back."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.bonds.actions.advance import Nothing, advance, day_of, may, move_money, today_of
from app.bonds.model import Bond
from app.bonds.reads.find import FoundBond, find, papers_seen
from app.bonds.rules import Verb, missing_papers
from app.cases.actions.dates import Day
from app.disbursements.model import Disbursement
from app.disbursements.rules import DisbursementStatus, Method
from app.errors import Conflict
from app.funds.actions.funds import Line
from app.once import once
from app.work import Work


class Posted(BaseModel):
    """What the government gave for the payment: the number of the receipt (Form I-305), and the day on it."""

    model_config = ConfigDict(extra="forbid")

    receipt_number: Line
    on: Day | None = None


def post_bond(work: Work, bond_id: UUID, form: Posted) -> UUID:
    """Say that the bond is posted: what was paid from its award is lent from now on, and owed back.

    Raises NotFound, Denied, Conflict when the papers or the contract are missing, or the award has no settled payment
    by ACH or wire of exactly the bond's amount.
    """
    found = find(work, Permission.BOND_RECORD, bond_id)

    def do(_: UUID) -> None:
        may(work, found, Verb.POST)
        if missing_papers(found.obligor_kind, papers_seen(work, found.obligor_id)):
            raise Conflict("bond.papers_missing", "See all papers of the obligor first. Then the bond can be posted.")
        if found.signed_on is None:
            raise Conflict("bond.not_signed", "The obligor must sign the contract first. Then the bond can be posted.")
        paid_id, settled_on = _payment(work, found)
        day = day_of(work, found, form.on, settled_on)
        advance(
            *(work, found, Verb.POST, day),
            posted_on=day,
            disbursement_id=paid_id,
            receipt_number=form.receipt_number,
        )
        move_money(work, found, Verb.POST, found.amount, day)

    return once(work, form, do, result_id=bond_id)


def _payment(work: Work, found: FoundBond) -> tuple[UUID, date]:
    """The settled payment that the bond is posted with. Raises Conflict."""
    row = work.session.execute(
        select(col(Disbursement.id), col(Disbursement.settled_on))
        .where(
            col(Disbursement.award_id) == found.award_id,
            col(Disbursement.status) == DisbursementStatus.SETTLED,
            col(Disbursement.amount) == found.amount,
            col(Disbursement.method).in_([Method.ACH, Method.WIRE]),
            col(Disbursement.id).not_in(
                select(col(Bond.disbursement_id)).where(col(Bond.disbursement_id).is_not(None))
            ),
        )
        .limit(1)
    ).one_or_none()
    if row is None:
        raise Conflict(
            "bond.not_paid",
            "No payment of exactly this amount, by ACH or wire, is settled on its award.",
        )
    return row.id, row.settled_on


def unpost(work: Work, bond_id: UUID, form: Nothing) -> UUID:
    """Take the posting back, because its payment came back or was entered in error: the bond is approved again.

    The payment can be returned or reversed afterwards, and not before. Raises NotFound, Denied, or Conflict when the
    bond is not posted.
    """
    found = find(work, Permission.BOND_RECORD, bond_id)

    def do(_: UUID) -> None:
        today = today_of(work, found)
        gone = {"posted_on": None, "disbursement_id": None, "receipt_number": None, "redelivered_on": None}
        advance(work, found, Verb.UNPOST, today, **gone)
        move_money(work, found, Verb.UNPOST, found.amount, today)

    return once(work, form, do, result_id=bond_id)
