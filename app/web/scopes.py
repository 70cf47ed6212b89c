"""What a program or a token may be given, in plain words. A scope names a permission, and never adds to a role."""

from collections.abc import Mapping
from typing import Final

from app.access.grants import Permission
from app.web.i18n import N_

_P = Permission

SCOPES: Final[Mapping[Permission, str]] = {
    _P.AGREEMENT_READ: N_("See agreements with partners"),
    _P.APPLICATION_CREATE: N_("Hand in new applications"),
    _P.APPLICATION_READ: N_("See applications, without their sealed parts"),
    _P.APPLICATION_CHANGE: N_("Change applications"),
    _P.CONFLICT_CHECK: N_("Check for conflicts of interest"),
    _P.APPLICANT_SEARCH: N_("Find out if a person is known here"),
    _P.APPLICANT_REVEAL: N_("Open sealed parts, each time with a purpose on record"),
    _P.CASE_READ: N_("See cases"),
    _P.CALENDAR_READ: N_("See hearings and deadlines"),
    _P.AWARD_READ: N_("See awards"),
    _P.AWARD_REQUEST: N_("Request awards"),
    _P.DISBURSEMENT_READ: N_("See disbursements"),
    _P.DISBURSEMENT_CREATE: N_("Draft disbursements and hand them in"),
    _P.DOCUMENT_READ: N_("See which documents there are, without their names and contents"),
    _P.DOCUMENT_CHANGE: N_("Hand in documents"),
    _P.FEE_READ: N_("See government fees"),
    _P.INVOICE_CREATE: N_("Enter invoices"),
    _P.INVOICE_READ: N_("See invoices"),
    _P.PAYEE_READ: N_("See payees"),
    _P.PAYEE_CREATE: N_("Add payees"),
    _P.FUND_READ: N_("See funds and their balances"),
    _P.FUND_REPORT_READ: N_("Run reports of whole funds"),
    _P.REPORT_READ: N_("Run reports"),
    _P.PARTNER_READ: N_("See partner organizations"),
    _P.STAFF_READ: N_("See who works here"),
    _P.AUDIT_READ: N_("Read the audit record"),
}
