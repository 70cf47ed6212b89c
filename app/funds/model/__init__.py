"""Funds, allocations, payees, awards, and the ledger whose rules the database itself keeps.

A posting is one row: the account it debits, the account it credits and an amount above zero, so that entries can not
be out of balance. A balance moves only by a posting: a trigger adds each new entry to its two accounts, and an account
refuses every other change, because a change must name an entry of this account that was not counted yet and differ by
its amount. CHECKs keep every balance but the giver's at zero or more, whoever posts and however many at once.
"""

from app.funds.model.guards import keep_the_rules
from app.funds.model.payee_accounts import PayeeAccountChange
from app.funds.model.tables import Allocation, Award, Fund, LedgerAccount, LedgerEntry, Payee
from app.funds.model.terms import FundTerms, FundTransfer, Programme

keep_the_rules()

__all__ = [
    "Allocation",
    "Award",
    "Fund",
    "FundTerms",
    "FundTransfer",
    "LedgerAccount",
    "LedgerEntry",
    "Payee",
    "PayeeAccountChange",
    "Programme",
]
