"""What can be on record, each with what it means to somebody who reads the record. Texts are English msgids.

The list is closed: a test walks the code and holds every recorded action against it, both ways.
"""

from collections.abc import Mapping
from typing import Final

from app.audit.rules.money_actions import MONEY_ACTIONS
from app.audit.rules.people_actions import PEOPLE_ACTIONS

#: By resource and what happened to it. "Seen" actions stand beside "done" ones: reading is recorded too.
ACTIONS: Final[Mapping[str, str]] = dict(sorted({**MONEY_ACTIONS, **PEOPLE_ACTIONS}.items()))

#: What an action can be about, by ``object_type``.
OBJECTS: Final[Mapping[str, str]] = {
    "access_review": "Review of access",
    "account": "Member of staff",
    "agreement": "Agreement",
    "applicant": "Applicant",
    "application": "Application",
    "assignment": "Assignment",
    "audit_event": "Audit record",
    "audit_seal": "Seals",
    "award": "Award",
    "batch": "Payment run",
    "bond": "Bond",
    "case": "Case",
    "case_note": "Note",
    "client": "Program",
    "conflict_check": "Conflict check",
    "deadline": "Deadline",
    "disbursement": "Disbursement",
    "document": "Document",
    "erasure": "Erasure",
    "factor_reset": "Reset of ways to sign in",
    "federated_identity": "Account of an organization",
    "fee_notice": "Fee notice",
    "fee_quote": "Fee quote",
    "fee_schedule": "Schedule of fees",
    "fee_waiver": "Fee waiver",
    "fund": "Fund",
    "glass_opening": "Emergency opening",
    "hearing": "Hearing",
    "hold": "Legal hold",
    "identity_provider": "Identity provider",
    "invoice": "Invoice",
    "override": "Exception from a rule",
    "partner": "Partner organization",
    "passkey": "Passkey",
    "payee": "Payee",
    "programme": "Programme of funds",
    "report": "Report",
    "role_request": "Change of roles",
    "saved_question": "Kept report",
    "session": "Sign-in",
    "statement": "Bank statement",
    "temporary_help": "Temporary help",
    "token": "Bearer token",
    "transfer": "Money without a case",
    "wall": "Wall",
}

#: What a detail of an event is called. The values are codes; roles among them have words of their own.
DETAILS: Final[Mapping[str, str]] = {
    "by": "Searched by",
    "category": "Category",
    "code": "Code",
    "compared": "Copies that it was compared with",
    "fields": "Fields",
    "figure": "Figure",
    "finding": "Finding",
    "for": "What for",
    "format": "Format",
    "hours": "Hours",
    "kind": "Kind",
    "methods": "Ways of signing in",
    "narrowed": "Narrowed by",
    "outcome": "Outcome",
    "partner_after": "Organization afterwards",
    "partner_before": "Organization before",
    "provider": "Identity provider",
    "reason": "Reason",
    "resolution": "Decision",
    "result": "Result",
    "roles": "Roles",
    "roles_after": "Roles afterwards",
    "roles_before": "Roles before",
    "route": "Address",
    "rule": "Rule",
    "seal": "Seal",
    "second_factor": "Second step",
    "table": "Table",
}
