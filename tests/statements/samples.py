"""Statements as banks give them, made by other people's libraries: OFX by ofxstatement, camt.053 by pyiso20022's model.

Neither ships a sample of a bank's statement, so each is built here with the library's own classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ofxstatement.ofx import OfxWriter
from ofxstatement.statement import Statement, StatementLine
from pyiso20022.camt import camt_053_001_08 as camt  # type: ignore[import-untyped]  # it comes without types
from xsdata.formats.dataclass.serializers import XmlSerializer
from xsdata.models.datatype import XmlDate, XmlDateTime

ACCOUNT = "9000555987654"


@dataclass(frozen=True)
class Booked:
    """One line: dollars, below zero for money out."""

    on: date
    dollars: str
    words: str
    reference: str = "BANK-1"


def ofx(lines: Sequence[Booked], closing: str) -> bytes:
    """An OFX 1 file as ofxstatement writes it."""
    made = Statement("BANKID", ACCOUNT, "USD")
    made.end_balance, made.end_date = Decimal(closing), datetime.combine(lines[-1].on, datetime.min.time())
    for number, each in enumerate(lines):
        line = StatementLine(f"FIT-{number}", datetime.combine(each.on, datetime.min.time()), each.words)
        line.amount, line.payee, line.refnum = Decimal(each.dollars), "Somebody & Son", each.reference
        line.trntype = "CREDIT" if line.amount > 0 else "DEBIT"
        made.lines.append(line)
    return OfxWriter(made).toxml().encode()


def camt053(
    lines: Sequence[Booked], opening: str, closing: str, *, name: str = "STMT-1", currency: str = "USD"
) -> bytes:
    """A camt.053.001.08 as the official elements' classes serialize it."""
    days = [each.on for each in lines]
    statement = camt.AccountStatement9(
        id=name,
        acct=camt.CashAccount39(
            id=camt.AccountIdentification4Choice(othr=camt.GenericAccountIdentification1(id=ACCOUNT))
        ),
        bal=[_balance("OPBD", opening, min(days), currency), _balance("CLBD", closing, max(days), currency)],
        ntry=[_entry(each, currency) for each in lines],
    )
    head = camt.GroupHeader81(msg_id="MSG-1", cre_dt_tm=XmlDateTime(2026, 7, 31, 0, 0, 0))
    document = camt.Document(bk_to_cstmr_stmt=camt.BankToCustomerStatementV08(grp_hdr=head, stmt=[statement]))
    return XmlSerializer().render(document, ns_map={"": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"}).encode()


def _money(dollars: str, currency: str) -> camt.ActiveOrHistoricCurrencyAndAmount:
    return camt.ActiveOrHistoricCurrencyAndAmount(value=abs(Decimal(dollars)), ccy=currency)


def _way(dollars: str) -> camt.CreditDebitCode:
    return camt.CreditDebitCode.DBIT if dollars.startswith("-") else camt.CreditDebitCode.CRDT


def _day(day: date) -> camt.DateAndDateTime2Choice:
    return camt.DateAndDateTime2Choice(dt=XmlDate(day.year, day.month, day.day))


def _balance(kind: str, dollars: str, day: date, currency: str) -> camt.CashBalance8:
    return camt.CashBalance8(
        tp=camt.BalanceType13(cd_or_prtry=camt.BalanceType10Choice(cd=kind)),
        amt=_money(dollars, currency),
        cdt_dbt_ind=_way(dollars),
        dt=_day(day),
    )


def _entry(line: Booked, currency: str) -> camt.ReportEntry10:
    details = camt.EntryTransaction10(
        refs=camt.TransactionReferences6(end_to_end_id="NOTPROVIDED"),
        rmt_inf=camt.RemittanceInformation16(ustrd=[line.words]),
    )
    return camt.ReportEntry10(
        amt=_money(line.dollars, currency),
        cdt_dbt_ind=_way(line.dollars),
        sts=camt.EntryStatus1Choice(cd="BOOK"),
        bookg_dt=_day(line.on),
        acct_svcr_ref=line.reference,
        bk_tx_cd=camt.BankTransactionCodeStructure4(),
        ntry_dtls=[camt.EntryDetails9(tx_dtls=[details])],
    )
