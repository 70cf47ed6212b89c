"""Applicants as they are opened, found and revealed. What opens a group says which, and it is put on record."""

from app.applicants.reads.opening import (
    Reveal,
    incomes_of,
    may_reveal,
    name_of,
    names,
    open_groups,
    reveal,
    sealed_columns,
)
from app.applicants.reads.searching import Found, Matches, Search, Sharing, index_version, search, sharing
from app.applicants.reads.views import (
    Address,
    ContactView,
    CriminalHistoryView,
    FinancesView,
    IdentityView,
    ImmigrationView,
    Income,
    NotesView,
    Revealed,
)

__all__ = [
    "Address",
    "ContactView",
    "CriminalHistoryView",
    "FinancesView",
    "Found",
    "IdentityView",
    "ImmigrationView",
    "Income",
    "Matches",
    "NotesView",
    "Reveal",
    "Revealed",
    "Search",
    "Sharing",
    "incomes_of",
    "index_version",
    "may_reveal",
    "name_of",
    "names",
    "open_groups",
    "reveal",
    "sealed_columns",
    "search",
    "sharing",
]
