"""Taking documents in, describing and removing them, and what is looked after without anybody asking."""

from app.documents.actions.changing import Change, Removal, change, remove
from app.documents.actions.keeper import Keeper
from app.documents.actions.keeping import check_waiting, erase, sweep
from app.documents.actions.receiving import Incoming, NewDocument, Owner, receive

__all__ = [
    "Change",
    "Incoming",
    "Keeper",
    "NewDocument",
    "Owner",
    "Removal",
    "change",
    "check_waiting",
    "erase",
    "receive",
    "remove",
    "sweep",
]
