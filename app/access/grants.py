"""Who may do what, and how far. One of the two places where access is decided; the other is each room's ``scope.py``.

Three tables, to be read by a lawyer: what each role may do (``GRANTS``), which sealed groups it may open (``OPENS``),
and which roles never meet in one person (``APART``). ``docs/access.md`` is made from them. What is not here is refused.
"""

from collections.abc import Mapping

from app.access.permissions import Permission
from app.access.reaches import Reach, Role, refuse_meaningless
from app.crypto.groups import Group

__all__ = [
    "ADMINISTRATORS",
    "APART",
    "GRANTS",
    "OF_A_PARTNER",
    "OPENS",
    "REFERENCES_ONLY",
    "Permission",
    "Reach",
    "Role",
    "opens",
    "permissions",
    "reach",
    "together",
]

_P, _R = Permission, Reach

GRANTS: Mapping[Role, Mapping[Permission, Reach]] = {
    Role.INTAKE_WORKER: {
        _P.ACCOUNT_OWN: _R.OWN,
        _P.ACCOUNT_SIGN_IN: _R.OWN,
        _P.APPLICANT_REVEAL: _R.PARTNER,
        _P.APPLICANT_SEARCH: _R.PARTNER,
        _P.APPLICATION_CHANGE: _R.PARTNER,
        _P.APPLICATION_CREATE: _R.PARTNER,
        _P.APPLICATION_DECIDE: _R.PARTNER,
        _P.APPLICATION_READ: _R.PARTNER,
        _P.CONFLICT_CHECK: _R.PARTNER,
        _P.CONFLICT_RESOLVE: _R.PARTNER,
        _P.DOCUMENT_CHANGE: _R.PARTNER,
        _P.DOCUMENT_OPEN: _R.PARTNER,
        _P.DOCUMENT_READ: _R.PARTNER,
        _P.PARTNER_READ: _R.ALL,
    },
    Role.ATTORNEY: {
        _P.ACCOUNT_OWN: _R.OWN,
        _P.ACCOUNT_SIGN_IN: _R.OWN,
        _P.AGREEMENT_READ: _R.PARTNER,
        _P.APPLICANT_REVEAL: _R.ASSIGNED,
        _P.APPLICANT_SEARCH: _R.ASSIGNED,
        _P.ASSIGNMENT_ANSWER: _R.OWN,
        _P.ASSIGNMENT_END: _R.OWN,
        _P.AWARD_READ: _R.ASSIGNED,
        _P.AWARD_REQUEST: _R.ASSIGNED,
        _P.BOND_ADDRESS: _R.ASSIGNED,
        _P.BOND_READ: _R.ASSIGNED,
        _P.BOND_REQUEST: _R.ASSIGNED,
        _P.BREAK_GLASS_READ: _R.ASSIGNED,
        _P.CALENDAR_READ: _R.ASSIGNED,
        _P.CASE_ACCESS: _R.ASSIGNED,
        _P.CASE_CHANGE: _R.ASSIGNED,
        _P.CASE_NOTES: _R.ASSIGNED,
        _P.CASE_READ: _R.ASSIGNED,
        _P.DISBURSEMENT_CREATE: _R.ASSIGNED,
        _P.DISBURSEMENT_READ: _R.ASSIGNED,
        _P.DOCUMENT_CHANGE: _R.ASSIGNED,
        _P.DOCUMENT_OPEN: _R.ASSIGNED,
        _P.DOCUMENT_READ: _R.ASSIGNED,
        _P.ERASURE_REQUEST: _R.ASSIGNED,
        _P.FEE_QUOTE: _R.ASSIGNED,
        _P.FEE_READ: _R.ALL,
        _P.FEE_TRACK: _R.ASSIGNED,
        _P.HELP_GIVE: _R.ASSIGNED,
        _P.HOLD_READ: _R.ASSIGNED,
        _P.HOLD_SET: _R.ASSIGNED,
        _P.INVOICE_CREATE: _R.OWN,
        _P.INVOICE_READ: _R.OWN,
        _P.OBLIGOR_OPEN: _R.ASSIGNED,
        _P.PARTNER_READ: _R.PARTNER,
        _P.PAYEE_CREATE: _R.PARTNER,
        _P.PAYEE_READ: _R.PARTNER,
        _P.RETENTION_READ: _R.ASSIGNED,
    },
    Role.PARTNER_ADMINISTRATOR: {
        _P.ACCOUNT_OWN: _R.OWN,
        _P.ACCOUNT_SIGN_IN: _R.OWN,
        _P.AGREEMENT_READ: _R.PARTNER,
        _P.ASSIGNMENT_END: _R.PARTNER,
        _P.ASSIGNMENT_OFFER: _R.PARTNER,
        _P.AUDIT_READ: _R.PARTNER,
        _P.AWARD_READ: _R.PARTNER,
        _P.AWARD_REQUEST: _R.PARTNER,
        _P.BOND_ADDRESS: _R.PARTNER,
        _P.BOND_READ: _R.PARTNER,
        _P.CALENDAR_READ: _R.PARTNER,
        _P.CASE_ACCESS: _R.PARTNER,
        _P.CASE_READ: _R.PARTNER,
        _P.DISBURSEMENT_CREATE: _R.PARTNER,
        _P.DISBURSEMENT_READ: _R.PARTNER,
        _P.DOCUMENT_READ: _R.PARTNER,
        _P.ERASURE_REQUEST: _R.PARTNER,
        _P.FEE_QUOTE: _R.PARTNER,
        _P.FEE_READ: _R.ALL,
        _P.HELP_GIVE: _R.PARTNER,
        _P.HOLD_READ: _R.PARTNER,
        _P.HOLD_SET: _R.PARTNER,
        _P.INVOICE_CREATE: _R.PARTNER,
        _P.INVOICE_READ: _R.PARTNER,
        _P.PARTNER_READ: _R.PARTNER,
        _P.PAYEE_CREATE: _R.PARTNER,
        _P.PAYEE_READ: _R.PARTNER,
        _P.REPORT_READ: _R.PARTNER,
        _P.RETENTION_READ: _R.PARTNER,
        _P.STAFF_GRANT: _R.PARTNER,
        _P.STAFF_MANAGE: _R.PARTNER,
        _P.STAFF_READ: _R.PARTNER,
        _P.WALL_READ: _R.PARTNER,
        _P.WALL_SET: _R.PARTNER,
    },
    Role.FUND_ADMINISTRATOR: {
        _P.ACCOUNT_OWN: _R.OWN,
        _P.ACCOUNT_SIGN_IN: _R.OWN,
        _P.AGREEMENT_APPROVE: _R.ALL,
        _P.AGREEMENT_DRAFT: _R.ALL,
        _P.AGREEMENT_READ: _R.ALL,
        _P.AUDIT_READ: _R.ALL,
        _P.AUDIT_SEALS: _R.ALL,
        _P.AWARD_DECIDE: _R.ALL,
        _P.AWARD_READ: _R.ALL,
        _P.BOND_ADDRESS: _R.ALL,
        _P.BOND_DECIDE: _R.ALL,
        _P.BOND_READ: _R.ALL,
        _P.BOND_RECORD: _R.ALL,
        _P.BATCH_CONFIRM: _R.ALL,
        _P.BATCH_MAKE: _R.ALL,
        _P.BATCH_READ: _R.ALL,
        _P.BREAK_GLASS_NAME: _R.ALL,
        _P.BREAK_GLASS_OPEN: _R.ALL,
        _P.BREAK_GLASS_READ: _R.ALL,
        _P.BREAK_GLASS_REVIEW: _R.ALL,
        _P.CASE_ACCESS: _R.ALL,
        _P.CASE_READ: _R.ALL,
        _P.CONFLICT_RESOLVE: _R.ALL,
        _P.DISBURSEMENT_APPROVE: _R.ALL,
        _P.DISBURSEMENT_READ: _R.ALL,
        _P.DISBURSEMENT_RELEASE: _R.ALL,
        _P.DISBURSEMENT_SETTLE: _R.ALL,
        _P.DOCUMENT_READ: _R.ALL,
        _P.ERASURE_APPROVE: _R.ALL,
        _P.ERASURE_REQUEST: _R.ALL,
        _P.FEE_MANAGE: _R.ALL,
        _P.FEE_READ: _R.ALL,
        _P.FUND_MANAGE: _R.ALL,
        _P.FUND_READ: _R.ALL,
        _P.FUND_REPORT_READ: _R.ALL,
        _P.HOLD_LIFT: _R.ALL,
        _P.HOLD_READ: _R.ALL,
        _P.HOLD_SET: _R.ALL,
        _P.IDENTITY_PROVIDER_READ: _R.ALL,
        _P.INVOICE_DECIDE: _R.ALL,
        _P.INVOICE_READ: _R.ALL,
        _P.OVERRIDE_APPROVE: _R.ALL,
        _P.PARTNER_MANAGE: _R.ALL,
        _P.PARTNER_READ: _R.ALL,
        _P.PAYEE_CREATE: _R.ALL,
        _P.PAYEE_READ: _R.ALL,
        _P.REPORT_READ: _R.ALL,
        _P.RETENTION_READ: _R.ALL,
        _P.STAFF_APPROVE: _R.ALL,
        _P.STAFF_GRANT: _R.ALL,
        _P.STAFF_MANAGE: _R.ALL,
        _P.STAFF_READ: _R.ALL,
        _P.STATEMENT_CLOSE: _R.ALL,
        _P.STATEMENT_MATCH: _R.ALL,
        _P.STATEMENT_READ: _R.ALL,
        _P.WALL_READ: _R.ALL,
        _P.WALL_SET: _R.ALL,
    },
    Role.AUDITOR: {
        _P.ACCESS_REVIEW: _R.ALL,
        _P.ACCOUNT_OWN: _R.OWN,
        _P.ACCOUNT_SIGN_IN: _R.OWN,
        _P.AGREEMENT_READ: _R.ALL,
        _P.AUDIT_EXPORT: _R.ALL,
        _P.AUDIT_PROVE: _R.ALL,
        _P.AUDIT_READ: _R.ALL,
        _P.AUDIT_SEALS: _R.ALL,
        _P.AWARD_READ: _R.ALL,
        _P.BOND_READ: _R.ALL,
        _P.BATCH_READ: _R.ALL,
        _P.BREAK_GLASS_READ: _R.ALL,
        _P.CASE_ACCESS: _R.ALL,
        _P.CASE_READ: _R.ALL,
        _P.DISBURSEMENT_READ: _R.ALL,
        _P.DOCUMENT_READ: _R.ALL,
        _P.FEE_READ: _R.ALL,
        _P.FUND_READ: _R.ALL,
        _P.FUND_REPORT_READ: _R.ALL,
        _P.HOLD_READ: _R.ALL,
        _P.INVOICE_READ: _R.ALL,
        _P.PARTNER_READ: _R.ALL,
        _P.PAYEE_READ: _R.ALL,
        _P.REPORT_READ: _R.ALL,
        _P.RETENTION_READ: _R.ALL,
        _P.STAFF_READ: _R.ALL,
        _P.STATEMENT_READ: _R.ALL,
        _P.WALL_READ: _R.ALL,
    },
    Role.SYSTEM_ADMINISTRATOR: {
        _P.ACCESS_REVIEW: _R.ALL,
        _P.ACCOUNT_OWN: _R.OWN,
        _P.ACCOUNT_SIGN_IN: _R.OWN,
        _P.CLIENT_MANAGE: _R.ALL,
        _P.IDENTITY_PROVIDER_MANAGE: _R.ALL,
        _P.IDENTITY_PROVIDER_READ: _R.ALL,
        _P.PARTNER_MANAGE: _R.ALL,
        _P.PARTNER_READ: _R.ALL,
        _P.RETENTION_RUN: _R.ALL,
        _P.STAFF_APPROVE: _R.ALL,
        _P.STAFF_MANAGE: _R.ALL,
        _P.STAFF_READ: _R.ALL,
        _P.STAFF_SESSIONS: _R.ALL,
    },
}

#: Sealed groups a role may open, and how far. Intake's reach ends with the application's disposition (intake/scope.py).
OPENS: Mapping[Role, Mapping[Group, Reach]] = {
    Role.INTAKE_WORKER: {
        Group.IDENTITY: Reach.PARTNER,
        Group.CONTACT: Reach.PARTNER,
        Group.IMMIGRATION: Reach.PARTNER,
        Group.FINANCES: Reach.PARTNER,
        Group.NOTES: Reach.PARTNER,
        Group.DOCUMENTS: Reach.PARTNER,
    },
    Role.ATTORNEY: {
        Group.IDENTITY: Reach.ASSIGNED,
        Group.CONTACT: Reach.ASSIGNED,
        Group.IMMIGRATION: Reach.ASSIGNED,
        Group.FINANCES: Reach.ASSIGNED,
        Group.CRIMINAL_HISTORY: Reach.ASSIGNED,
        Group.NOTES: Reach.ASSIGNED,
        Group.DOCUMENTS: Reach.ASSIGNED,
    },
    Role.PARTNER_ADMINISTRATOR: {},
    Role.FUND_ADMINISTRATOR: {},
    Role.AUDITOR: {},
    Role.SYSTEM_ADMINISTRATOR: {},
}

refuse_meaningless(GRANTS, OPENS)

#: Roles that look at the money or the log and therefore see references only: no court, custody, hearing or note.
REFERENCES_ONLY: frozenset[Role] = frozenset({Role.FUND_ADMINISTRATOR, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR})

#: Pairs of roles that one person never holds together.
APART: frozenset[frozenset[Role]] = frozenset(
    {frozenset({Role.SYSTEM_ADMINISTRATOR, Role.FUND_ADMINISTRATOR})}
    | {frozenset({Role.AUDITOR, other}) for other in Role if other is not Role.AUDITOR}
)

#: Roles that reach over every organization: two people give one, and two people take one away.
ADMINISTRATORS: frozenset[Role] = frozenset({Role.FUND_ADMINISTRATOR, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR})

#: Roles that belong to a partner organization, and roles that belong to none.
OF_A_PARTNER: frozenset[Role] = frozenset({Role.INTAKE_WORKER, Role.ATTORNEY, Role.PARTNER_ADMINISTRATOR})


def reach(roles: frozenset[Role], permission: Permission) -> Reach | None:
    """The widest reach that any of the roles gives; None refuses."""
    return max((GRANTS[role][permission] for role in roles if permission in GRANTS[role]), default=None)


def opens(roles: frozenset[Role], group: Group) -> Reach | None:
    """The widest reach at which any of the roles may open a sealed group; None refuses."""
    return max((OPENS[role][group] for role in roles if group in OPENS[role]), default=None)


def permissions(roles: frozenset[Role]) -> frozenset[Permission]:
    """All that these roles may do, at any reach."""
    return frozenset(permission for role in roles for permission in GRANTS[role])


def together(roles: frozenset[Role]) -> bool:
    """True when one person may hold all these roles."""
    return not any(pair <= roles for pair in APART)
