"""What can be done with fees, by verb."""

from app.fees.actions.notices import NewNotice, PaidOn, enter, erase, note_asked, paid, quote_for
from app.fees.actions.quotes import NewQuote, make
from app.fees.actions.schedules import (
    Checked,
    NewSchedule,
    check,
    confirm,
    propose,
    propose_at_the_machine,
    read_lines,
    withdraw,
)
from app.fees.actions.waivers import NewWaiver, WaiverChange
from app.fees.actions.waivers import change as change_waiver
from app.fees.actions.waivers import enter as enter_waiver

__all__ = [
    "Checked",
    "NewNotice",
    "NewQuote",
    "NewSchedule",
    "NewWaiver",
    "PaidOn",
    "WaiverChange",
    "change_waiver",
    "check",
    "confirm",
    "enter",
    "enter_waiver",
    "erase",
    "make",
    "note_asked",
    "paid",
    "propose",
    "propose_at_the_machine",
    "quote_for",
    "read_lines",
    "withdraw",
]
