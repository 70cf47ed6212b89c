"""The words: models of payment, stages, roles, statuses, verdicts and their reasons."""

import enum
from collections.abc import Collection


class Model(enum.StrEnum):
    """How a partner is paid.

    Source: Vera Institute of Justice, Advancing Universal Representation, "Billing and budget models": a flat rate for
    a caseload in regular instalments, hourly billing, and hybrids of both; here as two agreements side by side.
    """

    FLAT = "flat"  #: an amount for each stage of a case
    HOURLY = "hourly"  #: hours by role, with caps
    CASELOAD = "caseload"  #: a rate a case for the term, paid in parts


class Stage(enum.StrEnum):
    """What a flat rate is paid for; each once in a case."""

    CASE_OPENED = "case_opened"
    MASTER_HEARING = "master_hearing"
    CUSTODY_HEARING = "custody_hearing"
    APPLICATION_FILED = "application_filed"
    MERITS_HEARING = "merits_hearing"
    DECISION = "decision"
    APPEAL_FILED = "appeal_filed"
    APPEAL_DECIDED = "appeal_decided"
    CASE_CLOSED = "case_closed"


class WorkRole(enum.StrEnum):
    """Whose hours they are."""

    SENIOR_ATTORNEY = "senior_attorney"
    STAFF_ATTORNEY = "staff_attorney"
    ACCREDITED_REPRESENTATIVE = "accredited_representative"
    PARALEGAL = "paralegal"
    SOCIAL_WORKER = "social_worker"


class VersionStatus(enum.StrEnum):
    DRAFT = "draft"
    IN_FORCE = "in_force"


class Gate(enum.StrEnum):
    """What must have happened before a part of a caseload's rate can be asked for."""

    OPEN = "open"
    REPORT_RECEIVED = "report_received"
    REPORT_APPROVED = "report_approved"


class LineKind(enum.StrEnum):
    """What a line of an invoice bills; each belongs to one model."""

    STAGE = "stage"
    HOURS = "hours"
    INSTALMENT = "instalment"


class LineStatus(enum.StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"
    ANSWERED = "answered"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class InvoiceStatus(enum.StrEnum):
    """``paid`` is never kept: it is told from the payments of the accepted lines."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    DISPUTED = "disputed"
    REJECTED = "rejected"
    PAID = "paid"


class Verdict(enum.StrEnum):
    """What the check says of a line: it fits; its amount does not; or it can not be billed at all."""

    OK = "ok"
    DISPUTED = "disputed"
    REFUSED = "refused"


class Reason(enum.StrEnum):
    """Why a line does not fit; one reason at a time, the gravest first."""

    FUTURE_DATE = "future_date"
    NO_AGREEMENT = "no_agreement"
    OTHER_MODEL = "other_model"
    NOT_AGREED = "not_agreed"
    CATEGORY = "category"
    CASE_TYPE = "case_type"
    NOT_ASSIGNED = "not_assigned"
    DUPLICATE = "duplicate"
    BILLED_ALREADY = "billed_already"
    DAY_TOO_LONG = "day_too_long"
    GATE_CLOSED = "gate_closed"
    CASELOAD_FULL = "caseload_full"
    HOURS_CAP = "hours_cap"
    CASE_CAP = "case_cap"
    CEILING = "ceiling"
    NO_AWARD = "no_award"
    AWARD = "award"
    RATE = "rate"


#: Reasons that another amount, other hours or more money on the award can mend; all others refuse the line.
AMENDABLE = frozenset(
    {
        Reason.HOURS_CAP,
        Reason.CASE_CAP,
        Reason.CEILING,
        Reason.NO_AWARD,
        Reason.AWARD,
        Reason.RATE,
    }
)


class DisputeCode(enum.StrEnum):
    """Why the fund disputes or rejects a line, for those who read references only."""

    RATE = "rate"
    HOURS = "hours"
    NOT_COVERED = "not_covered"
    DUPLICATE = "duplicate"
    MISSING_DOCUMENT = "missing_document"
    WRONG_CASE = "wrong_case"
    OTHER = "other"


class Answer(enum.StrEnum):
    """What the partner says to a dispute."""

    CORRECTED = "corrected"
    STAND_BY = "stand_by"
    WITHDRAWN = "withdrawn"


_L, _I = LineStatus, InvoiceStatus


def invoice_status(lines: Collection[LineStatus]) -> InvoiceStatus:
    """What a submitted invoice is by its lines: disputed while one waits for the partner, then by what was accepted."""
    counted = [each for each in lines if each is not _L.WITHDRAWN]
    if _L.DISPUTED in counted:
        return _I.DISPUTED
    if _L.OPEN in counted or _L.ANSWERED in counted:
        return _I.PARTLY_ACCEPTED if _L.ACCEPTED in counted else _I.SUBMITTED
    if _L.ACCEPTED not in counted:
        return _I.REJECTED
    return _I.ACCEPTED if set(counted) == {_L.ACCEPTED} else _I.PARTLY_ACCEPTED
