"""Taking a bank's statement in: read in memory, kept sealed, refused unless it adds up to the cent."""

import hashlib
from collections.abc import Callable, Generator
from datetime import date
from typing import Annotated, Final, Protocol, TypeVar
from uuid import UUID

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # it comes without types
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]  # it comes without types
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.crypto import Cell, Group, MacPurpose
from app.db import new_id
from app.errors import Conflict, Invalid, Problem
from app.money import Money
from app.once import once
from app.statements.model import BankStatement, StatementLine, StatementMapping
from app.statements.reads.table import Mapping, Said, read_table
from app.statements.rules.camt import read_camt053
from app.statements.rules.ofx import read_ofx
from app.statements.rules.parsed import Parsed, Unreadable, difference
from app.statements.rules.words import StatementFormat, StatementStatus
from app.work import Work

#: Bytes of one file: a year of a busy account is a tenth of it.
MOST_BYTES: Final = 8 << 20

T = TypeVar("T")
Form = TypeVar("Form", bound=BaseModel)

_UNREADABLE: Final = {
    "ofx": Problem("/file", "file.ofx", "This is no OFX file. Get the statement from the bank again."),
    "camt053": Problem("/file", "file.camt053", "This is no camt.053 file. Get the statement from the bank again."),
    "one_account": Problem("/file", "file.one_account", "Send one statement of one account in each file."),
    "currency": Problem("/file", "file.currency", "Only accounts in US dollars are taken."),
    "amount": Problem("/file", "file.amount", "An amount in this file can not be read."),
    "line": Problem("/file", "file.line", "A line in this file has no day or no amount."),
    "days": Problem("/file", "file.days", "The days in this file can not be read, or do not fit."),
    "columns": Problem("/file", "file.columns", "The columns of the mapping are not in this file."),
    "account": Problem("/file", "file.account", "Say which account it is: its number is not in the file."),
    "too_long": Problem(
        "/file", "file.too_long", "This statement has too many lines. Get a shorter one from the bank."
    ),
    "empty": Problem("/file", "file.empty", "This file has no lines. Say from which day to which day it is."),
}


class Turns(Protocol):
    """Opens a Work for one step and commits it."""

    def __call__(self, do: Callable[[Work], T], /) -> T: ...


class Incoming(Protocol):
    """A form with one file, while it comes."""

    def form(self, model: type[Form], /) -> Form: ...

    def pieces(self) -> Generator[bytes, None, None]: ...


class NewStatement(BaseModel):
    """What is said of a statement before its file comes.

    A CSV file needs its ``mapping_id``, the account's number and both balances. An OFX file needs the opening balance,
    unless the statement before it is here. What the file itself says counts.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    format: StatementFormat
    mapping_id: UUID | None = None
    account: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    opening: Money | None = None
    closing: Money | None = None
    from_on: Annotated[date | None, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))] = None
    to_on: Annotated[date | None, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))] = None


class _Same(NewStatement):
    digest: str


def receive(turns: Turns, incoming: Incoming) -> UUID:
    """Take a statement in and give its id.

    Raises Invalid for a file that can not be read or does not add up, Conflict for one that is here already.
    """
    turns(lambda work: work.allow(Permission.STATEMENT_MATCH))
    pieces = incoming.pieces()
    data = bytearray()
    try:
        for piece in pieces:
            if len(data) <= MOST_BYTES:
                data += piece
        form = incoming.form(NewStatement)
    finally:
        pieces.close()
    if len(data) > MOST_BYTES:
        raise Invalid(Problem("/file", "file.too_large", "This file is too large for a statement. Get a shorter one."))
    return turns(lambda work: _take(work, form, bytes(data)))


def _take(work: Work, form: NewStatement, data: bytes) -> UUID:
    work.allow(Permission.STATEMENT_MATCH)
    digest = hashlib.sha256(data).hexdigest()

    def do(statement_id: UUID) -> None:
        try:
            parsed = _parsed(work, form, data)
        except Unreadable as error:
            raise Invalid(_UNREADABLE[error.code]) from None
        account = work.vault.mac(MacPurpose.BANK_ACCOUNT, _plain(parsed.account).encode())
        _new_to_us(work, parsed, account, digest)
        opening, closing = _balances(work, form, parsed, account)
        off = difference(opening, parsed.lines, closing)
        if off:
            raise Invalid(
                Problem(
                    "/closing",
                    "statement.difference",
                    "The lines do not add up: {difference} dollars are missing between opening and closing balance.",
                    {"difference": str(Money(off))},
                )
            )
        _put(work, statement_id, form, parsed, (account, digest, opening, closing))

    return once(work, _Same(**form.model_dump(), digest=digest), do)


def _parsed(work: Work, form: NewStatement, data: bytes) -> Parsed:
    if form.format is StatementFormat.OFX:
        return read_ofx(data)
    if form.format is StatementFormat.CAMT053:
        try:
            return read_camt053(fromstring(data, forbid_dtd=True))
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise error if isinstance(error, Unreadable) else Unreadable("camt053") from None
    said = Said(form.account, form.opening, form.closing, form.from_on, form.to_on)
    return read_table(data, _mapping(work, form.mapping_id), said)


def _mapping(work: Work, mapping_id: UUID | None) -> Mapping:
    row = work.session.execute(
        select(
            col(StatementMapping.day_column),
            col(StatementMapping.day_format),
            col(StatementMapping.amount_column),
            col(StatementMapping.out_column),
            col(StatementMapping.in_column),
            col(StatementMapping.description_column),
            col(StatementMapping.reference_column),
        ).where(col(StatementMapping.id) == mapping_id)
    ).one_or_none()
    if row is None:
        raise Invalid(Problem("/mapping_id", "mapping_id.unknown", "Choose how this bank's file is read."))
    return Mapping(*row)


def _plain(account: str) -> str:
    return "".join(each for each in account.upper() if each.isalnum())


def _new_to_us(work: Work, parsed: Parsed, account: bytes, digest: str) -> None:
    """Raise Conflict for a statement that is here already, or that reaches into days that are closed."""
    rows = work.session.execute(
        select(
            col(BankStatement.bank_id),
            col(BankStatement.file_digest),
            col(BankStatement.from_on),
            col(BankStatement.to_on),
            col(BankStatement.status),
            col(BankStatement.account_digest),
        ).where((col(BankStatement.account_digest) == account) | (col(BankStatement.file_digest) == digest))
    ).all()
    for row in rows:
        same_days = (row.from_on, row.to_on) == (parsed.from_on, parsed.to_on)
        if row.file_digest == digest or same_days or (row.bank_id is not None and row.bank_id == parsed.bank_id):
            raise Conflict("statement.here", "This statement is here already.")
        # The day on which one statement ends may be the day on which the next one begins.
        overlaps = parsed.from_on < row.to_on and row.from_on < parsed.to_on
        if row.status is StatementStatus.CLOSED and overlaps:
            raise Conflict("statement.period_closed", "These days are closed. A closed statement stays as it is.")


def _balances(work: Work, form: NewStatement, parsed: Parsed, account: bytes) -> tuple[Money, Money]:
    """Both balances: as the file says, else the form, else as the statement before it closed. Raises Invalid."""
    before = work.session.execute(
        select(col(BankStatement.closing))
        .where(col(BankStatement.account_digest) == account, col(BankStatement.to_on) <= parsed.from_on)
        .order_by(col(BankStatement.to_on).desc())
        .limit(1)
    ).scalar_one_or_none()
    opening = next((each for each in (parsed.opening, form.opening, before) if each is not None), None)
    closing = parsed.closing if parsed.closing is not None else form.closing
    if opening is None:
        raise Invalid(Problem("/opening", "opening.required", "Enter the balance with which the statement begins."))
    if closing is None:
        raise Invalid(Problem("/closing", "closing.required", "Enter the balance with which the statement ends."))
    return opening, closing


def _put(
    work: Work, statement_id: UUID, form: NewStatement, parsed: Parsed, known: tuple[bytes, str, Money, Money]
) -> None:
    account, digest, opening, closing = known
    subject_id = work.vault.new_subject()
    work.insert(
        BankStatement,
        id=statement_id,
        format=form.format,
        account_digest=account,
        account_end=_plain(parsed.account)[-4:],
        bank_id=parsed.bank_id,
        file_digest=digest,
        from_on=parsed.from_on,
        to_on=parsed.to_on,
        opening=opening,
        closing=closing,
        lines=len(parsed.lines),
        status=StatementStatus.OPEN,
        subject_id=subject_id,
        created_at=work.now,
        created_by=work.actor.id,
    )
    for position, line in enumerate(parsed.lines, start=1):
        line_id = new_id()
        words = work.vault.seal(Cell("statement_line", "description", line_id, subject_id), Group.PAYEE, line.words)
        work.insert(
            StatementLine,
            id=line_id,
            statement_id=statement_id,
            position=position,
            booked_on=line.booked_on,
            amount=line.amount,
            direction=line.direction,
            bank_reference=line.bank_reference,
            our_reference=line.our_reference,
            return_code=line.return_code,
            description=words,
        )
    record(
        work,
        "statement.imported",
        object_type="statement",
        object_id=statement_id,
        groups=(Group.PAYEE,),
        count=len(parsed.lines),
        details={"format": form.format.value},
    )
