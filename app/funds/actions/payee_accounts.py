"""Changing a payee's bank account: one person asks, another calls the payee back and confirms, or rejects it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.cases.actions.dates import Day
from app.cases.rules import day_in
from app.crypto import Cell, Group
from app.db import new_id
from app.errors import Conflict, Denied, Invalid, Problem
from app.funds.actions.payees import BankAccount
from app.funds.model import Payee, PayeeAccountChange
from app.funds.reads.payees import AccountToChange, account_asked_for, account_to_change
from app.funds.rules import AccountChange, NumberFrom, account_end
from app.once import once
from app.partners.reads import partner
from app.work import Work


class CallBack(BaseModel):
    """That the payee was called back: on which day, and on a number known from where, by its last four digits."""

    model_config = ConfigDict(extra="forbid")

    called_on: Day
    number_from: NumberFrom
    number_end: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]


class NoWords(BaseModel):
    """A verb that takes no words."""

    model_config = ConfigDict(extra="forbid")


def ask(work: Work, payee_id: UUID, form: BankAccount) -> UUID:
    """Ask for another account of a payee: it is sealed at once, and nothing is paid to it until somebody else confirms.

    Raises NotFound, or Conflict while another change waits.
    """
    payee = account_to_change(work, Permission.PAYEE_CREATE, payee_id)

    def do(_: UUID) -> None:
        change_id = new_id()
        cell = Cell("payee_account_change", "account", change_id, payee.subject_id)
        try:
            work.insert(
                PayeeAccountChange,
                id=change_id,
                payee_id=payee_id,
                status=AccountChange.PROPOSED,
                account=work.vault.seal(cell, Group.PAYEE, form.model_dump()),
                account_end=account_end(form.account_number),
                asked_by=work.actor.id,
                asked_at=work.now,
            )
        except IntegrityError:
            raise Conflict("payee.change_waits", "A change of this account waits already.") from None
        _record(work, "payee.account_asked", payee)

    return once(work, form, do, result_id=payee_id)


def confirm(work: Work, payee_id: UUID, form: CallBack) -> UUID:
    """Confirm a change after calling back: the account is the payee's, and is paid to after three days.

    Raises NotFound, Denied for whoever asked for it, Invalid for a call before the change was asked for or a number
    that is not the one on record, Conflict when nothing waits.
    """
    payee = account_to_change(work, Permission.DISBURSEMENT_APPROVE, payee_id)

    def do(_: UUID) -> None:
        change = _waiting(work, payee)
        _must_be_called(work, payee, change, form)
        account = account_asked_for(work, payee, change.id, change.account)
        here = Cell("payee", "account", payee_id, payee.subject_id)
        _decide(
            work,
            change.id,
            AccountChange.CONFIRMED,
            former=payee.account,
            called_on=form.called_on,
            number_from=form.number_from,
            number_end=form.number_end,
        )
        work.session.execute(
            update(Payee)
            .where(col(Payee.id) == payee_id)
            .values(
                account=work.vault.seal(here, Group.PAYEE, account),
                account_end=change.account_end,
                account_changed_at=work.now,
                account_changed_by=change.asked_by,
            )
        )
        _record(work, "payee.account_confirmed", payee)

    return once(work, form, do, result_id=payee_id)


def reject(work: Work, payee_id: UUID, form: NoWords) -> UUID:
    """Refuse a change: the account stays as it was. Raises NotFound, Denied for whoever asked, or Conflict."""
    payee = account_to_change(work, Permission.DISBURSEMENT_APPROVE, payee_id)

    def do(_: UUID) -> None:
        _decide(work, _waiting(work, payee).id, AccountChange.REJECTED)
        _record(work, "payee.account_rejected", payee)

    return once(work, form, do, result_id=payee_id)


@dataclass(frozen=True, slots=True)
class _Waiting:
    id: UUID
    asked_by: UUID
    asked_at: datetime
    account: bytes
    account_end: str | None


def _waiting(work: Work, payee: AccountToChange) -> _Waiting:
    """The change that waits, for somebody else than who asked for it."""
    columns = ("id", "asked_by", "asked_at", "account", "account_end")
    row = work.session.execute(
        select(*(getattr(PayeeAccountChange, name) for name in columns)).where(
            col(PayeeAccountChange.payee_id) == payee.id, col(PayeeAccountChange.status) == AccountChange.PROPOSED
        )
    ).one_or_none()
    if row is None:
        raise Conflict("payee.no_change", "No change of this account waits.")
    if row.asked_by == work.actor.id:
        raise Denied("segregation_of_duties", "You asked for this change. Somebody else must call back and decide.")
    return _Waiting(*row)


def _must_be_called(work: Work, payee: AccountToChange, change: _Waiting, form: CallBack) -> None:
    zone = work.actor.time_zone
    if not day_in(change.asked_at, zone) <= form.called_on <= day_in(work.now, zone):
        raise Invalid(Problem("/called_on", "called_on.order", "Enter a day from the request for the change to today."))
    known = _digits(partner(work, payee.partner_id).phone) if payee.partner_id else None
    from_record = form.number_from is NumberFrom.PARTNER_RECORD
    if (from_record and known is None) or (known is not None and form.number_end != known):
        raise Invalid(
            Problem("/number_end", "number_end.unknown", "Call the number on record. Enter its last four digits.")
        )


def _digits(phone: str | None) -> str | None:
    """The last four digits of a telephone number; None where there are not that many."""
    digits = "".join(each for each in phone or "" if each.isdigit())
    return digits[-4:] if len(digits) >= 4 else None


def _decide(work: Work, change_id: UUID, status: AccountChange, **columns: object) -> None:
    changed = work.session.execute(
        update(PayeeAccountChange)
        .where(col(PayeeAccountChange.id) == change_id, col(PayeeAccountChange.status) == AccountChange.PROPOSED)
        .values(status=status, decided_by=work.actor.id, decided_at=work.now, **columns)
    )
    if changed.rowcount != 1:
        raise Conflict("payee.no_change", "No change of this account waits.")


def _record(work: Work, action: str, payee: AccountToChange) -> None:
    record(work, action, object_type="payee", object_id=payee.id, subject_id=payee.case_id, groups=(Group.PAYEE,))


def readable(work: Work, payee_id: UUID) -> None:
    """For the door: the actor may see this payee. Raises NotFound."""
    account_to_change(work, Permission.PAYEE_READ, payee_id)
