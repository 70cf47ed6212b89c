"""Applicants as they are opened, found and revealed. What opens a group says which, and it is put on record."""

from app.applicants.reads.opening import (
    Reveal,
    may_reveal,
    name_of,
    names,
    open_groups,
    reveal,
    sealed_columns,
)
from app.applicants.reads.searching import Found, Matches, Search, Sharing, search, sharing
from app.applicants.reads.views import (
    Address,
    ContactView,
    CriminalHistoryView,
    FinancesView,
    IdentityView,
    ImmigrationView,
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
    "Matches",
    "Reveal",
    "Revealed",
    "Search",
    "Sharing",
    "may_reveal",
    "name_of",
    "names",
    "open_groups",
    "reveal",
    "sealed_columns",
    "search",
    "sharing",
]
