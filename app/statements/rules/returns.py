"""Why an ACH payment came back, in plain words.

Codes: Nacha Operating Rules, Appendix Four, "Table of Return Reason Codes"; here those that a credit can come back
with. The words are ours.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RETURNS: Final[Mapping[str, str]] = MappingProxyType({
    "R01": "There was not enough money in the account",
    "R02": "The account is closed",
    "R03": "The bank has no such account, or it is another person's",
    "R04": "The account number can not be right",
    "R06": "Our own bank asked for the money back",
    "R07": "The account's owner took back the permission",
    "R08": "The payment was stopped",
    "R09": "The money in the account was not free yet",
    "R10": "The account's owner says that they did not allow it",
    "R12": "The account was sold to another bank",
    "R13": "The routing number belongs to no bank that takes such payments",
    "R14": "Who acts for the account's owner died or can not act any more",
    "R15": "The account's owner died",
    "R16": "The account is frozen",
    "R17": "The bank could not use what stands in the payment",
    "R20": "The account takes no such payments",
    "R21": "The number of the company that pays can not be right",
    "R22": "The number of the person who is paid can not be right",
    "R23": "The account's owner refused the payment",
    "R24": "The bank took it for a payment that it had already",
    "R29": "The company that owns the account did not allow it",
    "R34": "The bank may not take such payments",
})  # fmt: skip

_CODE: Final = re.compile(r"(?<![A-Z0-9])R[0-9]{2}(?![A-Z0-9])")


def return_code_in(words: str) -> str | None:
    """The return code that stands in the bank's words; None for a code that is not in the table."""
    return next((code for code in _CODE.findall(words.upper()) if code in RETURNS), None)
