"""The files of a run: for the person who confirmed it, made anew each time in memory, always the same bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from uuid import UUID

from sqlalchemy import insert, select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.batches.model import BatchDownload
from app.batches.reads.find import FoundBatch, Payment, find, payments_of
from app.batches.reads.lists import Paid, register, wire_list
from app.batches.rules.nacha import CORPORATE, PERSONAL, Credit, Head, Origin, nacha_file
from app.batches.rules.runs import INSTRUCTS, BatchStatus, FileKind, kinds_for
from app.crypto import Cell, Group
from app.db import new_id
from app.errors import Conflict, Denied, NotFound
from app.funds.model import Payee
from app.funds.rules import PRIVATE, masked_account, payee_name
from app.work import Work


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A finished file."""

    body: bytes
    media_type: str
    filename: str

    def __repr__(self) -> str:
        return f"<BatchFile {self.filename}>"


_ENDINGS = {
    FileKind.NACHA: ("text/plain; charset=us-ascii", "ach"),
    FileKind.WIRES: ("text/csv; charset=utf-8", "csv"),
    FileKind.REGISTER: ("text/csv; charset=utf-8", "csv"),
}


def file(work: Work, batch_id: UUID, kind: FileKind) -> BatchFile:
    """A file of a confirmed run; that it was taken out is on record, with its digest.

    Raises NotFound, Denied for everybody but the person who confirmed the run, Conflict when the run is not confirmed,
    when the bank's side is not set up, or when the file would not be the one that was confirmed.
    """
    found = find(work, Permission.BATCH_CONFIRM, batch_id)
    if kind not in kinds_for(found.method):
        raise NotFound
    if found.status not in (BatchStatus.CONFIRMED, BatchStatus.SENT):
        raise Conflict("batch.not_confirmed", "This run has no files: it is not confirmed, or it was voided.")
    if found.confirmed_by != work.actor.id:
        raise Denied("batch.not_confirmer", "Only the person who confirmed this run takes its files out.")
    members = _members(work, found)
    body = _made(work, found, members, kind)
    digest = digest_of(body)
    if kind is INSTRUCTS[found.method] and digest != found.digest:
        raise Conflict(
            "batch.file_changed",
            "An account in this run changed after it was confirmed. Void the run and make it again.",
        )
    _keep(work, found, kind, digest, len(body))
    media_type, ending = _ENDINGS[kind]
    return BatchFile(body, media_type, f"{found.reference}-{kind.value}.{ending}")


def instruction(work: Work, found: FoundBatch) -> bytes:
    """The file that tells the bank what to pay, for who confirms the run just now."""
    return _made(work, found, _members(work, found), INSTRUCTS[found.method])


def digest_of(body: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(body).hexdigest()


def _members(work: Work, found: FoundBatch) -> list[Payment]:
    members = payments_of(work, found.id)
    if len(members) != found.items:
        raise Denied("batch.walled", "A case in this run is closed to you. Somebody else must do this.")
    return members


def _made(work: Work, found: FoundBatch, members: Sequence[Payment], kind: FileKind) -> bytes:
    day = found.effective_on.isoformat()
    if kind is FileKind.REGISTER:
        lines = [_line(number, each, "", masked_account(each.account_end)) for number, each in enumerate(members, 1)]
        return register(found.reference, day, lines, str(found.total))
    accounts = _accounts(work, members)
    if kind is FileKind.WIRES:
        wires = [_line(number, each, *accounts[each.payee_id]) for number, each in enumerate(members, 1)]
        return wire_list(found.reference, day, wires)
    origin = work.originator
    if origin is None:
        raise Conflict("batch.no_origin", "The bank's side is not set up. Your operator sets AMPARO_ACH_COMPANY_ID.")
    assert found.confirmed_at is not None
    assert found.file_modifier is not None
    head = Head(found.confirmed_at, found.file_modifier, found.effective_on)
    return nacha_file(Origin(*astuple(origin)), head, [_credit(each, *accounts[each.payee_id]) for each in members])


def _name(payment: Payment) -> str:
    """Private people go by their reference, also at the bank."""
    return payee_name(payment.payee_kind, payment.payee_name, payment.payee_reference, None)


def _line(number: int, payment: Payment, routing: str, account: str | None) -> Paid:
    return Paid(
        number,
        payment.reference,
        payment.case_reference,
        payment.fund,
        _name(payment),
        routing,
        account or "",
        str(payment.amount),
    )


def _credit(payment: Payment, routing: str, account: str) -> Credit:
    entry_class = PERSONAL if payment.payee_kind in PRIVATE else CORPORATE
    return Credit(entry_class, routing, account, int(payment.amount), payment.reference, _name(payment))


def _accounts(work: Work, members: Sequence[Payment]) -> dict[UUID, tuple[str, str]]:
    """The routing and account numbers of these payments' payees, opened. Raises Conflict for a payee without."""
    which = {each.payee_id for each in members}
    rows = work.session.execute(
        select(col(Payee.id), col(Payee.subject_id), col(Payee.account)).where(col(Payee.id).in_(which))
    )
    found: dict[UUID, tuple[str, str]] = {}
    for row in rows:
        cell = Cell("payee", "account", row.id, row.subject_id)
        account = work.vault.open(cell, Group.PAYEE, row.account) if row.account else None
        if account is None:
            raise Conflict("batch.no_account", "A payee in this run has no bank account any more. Void the run.")
        found[row.id] = (account["routing_number"], account["account_number"])
    return found


def _keep(work: Work, found: FoundBatch, kind: FileKind, digest: str, size: int) -> None:
    row = {"batch_id": found.id, "kind": kind, "digest": digest, "size": size, "at": work.now, "by": work.actor.id}
    work.defer(insert(BatchDownload), {"id": new_id(), **row})
    record(
        work,
        "batch.file_taken",
        object_type="batch",
        object_id=found.id,
        groups=() if kind is FileKind.REGISTER else (Group.PAYEE,),
        count=found.items,
        details={"kind": kind.value, "digest": digest},
    )
