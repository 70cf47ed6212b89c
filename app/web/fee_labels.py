"""Words for what concerns government fees: a part of the registry of labels."""

from collections.abc import Mapping
from typing import Final

from app.web.i18n import N_
from app.web.tones import Label
from app.web.tones import words as _words

FEE_VALUES: Final[Mapping[str, Mapping[str, Label]]] = {
    "fee_agency": _words(uscis="USCIS", eoir=N_("Immigration courts (EOIR)")),
    "fee_filing": _words(online=N_("online"), paper=N_("on paper"), any=N_("any way")),
    "fee_kind": _words(base=N_("Base fee"), statutory=N_("Set by Congress")),
    "fee_change": _words(added=N_("New"), removed=N_("Gone"), changed=N_("Different")),
    "fee_standing": _words(owed=N_("To pay"), waived=N_("Waived"), stopped=N_("Stopped by a court")),
    "fee_instrument": _words(
        ach=N_("Bank debit (ACH)"),
        card=N_("Credit or prepaid card"),
        check=N_("Check"),
        money_order=N_("Money order"),
        portal=N_("The agency's own payment site"),
    ),
    "fee_caution": _words(
        secondary=N_("Taken from a second-hand source: check the amount before you pay."),
        example=N_("An example: the fund must load the agency's own amount first."),
        reported=N_("Another amount is reported and not confirmed: check it before you pay."),
        not_rejected_yet=N_("Asked for already. A filing without it is not sent back yet."),
        waiver_pending=N_("A waiver was asked for and is not answered yet."),
        no_base=N_("This form has a base fee too. Choose it if it is owed."),
    ),
    "fee_known": _words(yes=N_("Yes"), no=N_("No"), unknown=N_("Not known")),
    "waiver_basis": _words(
        means_tested_benefit=N_("Gets a means-tested benefit"),
        income=N_("Income at or below 150 percent of the poverty guideline"),
        hardship=N_("Financial hardship"),
    ),
}
