"""The main menu: which places exist and which permission shows each. It is a courtesy, never access control."""

from dataclasses import dataclass
from typing import Final

from app.access.grants import Permission
from app.web.i18n import N_


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the menu; ``permission`` None shows it to everybody who is signed in."""

    text: str
    path: str
    permission: Permission | None


@dataclass(frozen=True, slots=True)
class Area:
    """Places that belong together. ``text`` names them on a phone, and to who hears the page."""

    text: str
    places: tuple[Place, ...]


_CASES: Final = (
    Place(N_("Home"), "/", None),
    Place(N_("New application"), "/applications/new", Permission.APPLICATION_CREATE),
    Place(N_("Applications"), "/applications", Permission.APPLICATION_READ),
    Place(N_("Conflict checks"), "/conflict-checks", Permission.CONFLICT_RESOLVE),
    Place(N_("Exceptions"), "/overrides", Permission.OVERRIDE_APPROVE),
    Place(N_("Offers"), "/offers", Permission.ASSIGNMENT_ANSWER),
    Place(N_("Cases"), "/cases", Permission.CASE_READ),
    Place(N_("Calendar"), "/calendar", Permission.CALENDAR_READ),
    Place(N_("Government fees"), "/fees", Permission.FEE_READ),
)
_MONEY: Final = (
    Place(N_("Funds"), "/funds", Permission.FUND_READ),
    Place(N_("Awards"), "/awards", Permission.AWARD_READ),
    Place(N_("Disbursements"), "/disbursements", Permission.DISBURSEMENT_READ),
    Place(N_("Payment runs"), "/batches", Permission.BATCH_READ),
    Place(N_("Bank statements"), "/statements", Permission.STATEMENT_READ),
    Place(N_("Agreements"), "/agreements", Permission.AGREEMENT_READ),
    Place(N_("Invoices"), "/invoices", Permission.INVOICE_READ),
    Place(N_("Bonds"), "/bonds", Permission.BOND_READ),
    Place(N_("Reports"), "/reports", Permission.REPORT_READ),
)
_HOUSE: Final = (
    Place(N_("Holds and retention"), "/retention", Permission.RETENTION_READ),
    Place(N_("Partners"), "/partners", Permission.PARTNER_MANAGE),
    Place(N_("People"), "/staff", Permission.STAFF_READ),
    Place(N_("Sign-ins"), "/identity-providers", Permission.IDENTITY_PROVIDER_MANAGE),
    Place(N_("Programs"), "/clients", Permission.CLIENT_MANAGE),
    Place(N_("Audit"), "/audit", Permission.AUDIT_READ),
)
AREAS: Final = (
    Area(N_("Cases"), _CASES),
    Area(N_("Money"), _MONEY),
    Area(N_("Administration"), _HOUSE),
)
PLACES: Final = tuple(place for area in AREAS for place in area.places)


def places_for(permissions: frozenset[str]) -> list[Area]:
    """The areas, and in each the entries, that a person with these permissions sees, in the menu's order."""
    seen = (
        Area(
            area.text, tuple(each for each in area.places if each.permission is None or each.permission in permissions)
        )
        for area in AREAS
    )
    return [area for area in seen if area.places]


def current_place(path: str) -> str | None:
    """The path of the entry a page belongs to: the longest that begins the page's own path; home only for itself."""
    inside = [place.path for place in PLACES if path == place.path or path.startswith(place.path + "/")]
    return max(inside, key=len, default=None)
