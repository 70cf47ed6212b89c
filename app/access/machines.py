"""What a program may do in its own name: less than a person with the same role, whatever its role allows.

A program reads, hands in and asks. It decides nothing about people or money, manages nobody, and is assigned to
nothing: what reaches only its own or assigned records does not reach at all. A permission that is not here is refused.
"""

from typing import Final

from app.access.grants import GRANTS, Permission, Reach, Role

_P = Permission

MAY: Final = frozenset(
    {
        _P.AGREEMENT_READ,
        _P.APPLICANT_REVEAL,
        _P.APPLICANT_SEARCH,
        _P.APPLICATION_CHANGE,
        _P.APPLICATION_CREATE,
        _P.APPLICATION_READ,
        _P.AUDIT_READ,
        _P.AWARD_READ,
        _P.AWARD_REQUEST,
        _P.CALENDAR_READ,
        _P.CASE_READ,
        _P.CONFLICT_CHECK,
        _P.DISBURSEMENT_CREATE,
        _P.DISBURSEMENT_READ,
        _P.DOCUMENT_CHANGE,
        _P.DOCUMENT_READ,
        _P.FEE_READ,
        _P.FUND_READ,
        _P.FUND_REPORT_READ,
        _P.INVOICE_CREATE,
        _P.INVOICE_READ,
        _P.PARTNER_READ,
        _P.PAYEE_CREATE,
        _P.PAYEE_READ,
        _P.REPORT_READ,
        _P.STAFF_READ,
    }
)


def reach(permission: Permission, role_reach: Reach | None) -> Reach | None:
    """How far a permission reaches for a program whose role has ``role_reach``; None refuses."""
    if permission not in MAY or role_reach is None or role_reach < Reach.PARTNER:
        return None
    return role_reach


def offered(role: Role) -> frozenset[Permission]:
    """The permissions that a program with this role may be given as scopes."""
    return frozenset(each for each, how_far in GRANTS[role].items() if reach(each, how_far) is not None)
