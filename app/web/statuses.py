"""What every status is called and what it means. A status is the result of an action, never an edited field."""

from collections.abc import Mapping
from typing import Final

from app.web.i18n import N_
from app.web.labels import VALUES, Label, Tone

_QUIET, _WAITING, _GOING, _GOOD, _STOPPED = Tone.QUIET, Tone.WAITING, Tone.GOING, Tone.GOOD, Tone.STOPPED

STATUSES: Final[Mapping[str, Mapping[str, Label]]] = {
    "application": {
        "draft": Label(N_("Draft"), N_("Intake has begun and has not been handed in."), _QUIET),
        "submitted": Label(N_("Submitted"), N_("Handed in and screened. It waits for a decision."), _WAITING),
        "needs_information": Label(
            N_("Needs information"), N_("A decision waits for an answer from the applicant."), _WAITING
        ),
        "accepted": Label(N_("Accepted"), N_("A fund helps: a case was opened for a partner."), _GOOD),
        "declined": Label(N_("Declined"), N_("No fund helps. A reason and a referral were recorded."), _STOPPED),
        "waitlisted": Label(N_("Waitlisted"), N_("Eligible, and waiting for money or an attorney."), _WAITING),
        "withdrawn": Label(N_("Withdrawn"), N_("The applicant no longer asks for help."), _STOPPED),
    },
    "case": {
        "offered": Label(N_("Offered"), N_("Waiting for an attorney to accept. Details stay closed."), _WAITING),
        "open": Label(N_("Open"), N_("An attorney accepted and works on the case."), _GOING),
        "closed": Label(N_("Closed"), N_("The work is done and an outcome was recorded."), _STOPPED),
    },
    "assignment": {
        "offered": Label(N_("Offered"), N_("The attorney has not answered yet."), _WAITING),
        "accepted": Label(N_("Accepted"), N_("The attorney attested no conflict and may open the case."), _GOOD),
        "declined": Label(N_("Declined"), N_("The attorney declined. The case is in the queue again."), _STOPPED),
        "ended": Label(N_("Ended"), N_("The attorney no longer works on the case or sees it."), _QUIET),
    },
    "award": {
        "requested": Label(N_("Requested"), N_("Asked for on a case. No money is set aside yet."), _WAITING),
        "approved": Label(N_("Approved"), N_("The amount is set aside for the case. Nothing is paid yet."), _GOOD),
        "active": Label(N_("Active"), N_("Money is set aside and payments have begun."), _GOING),
        "closed": Label(N_("Closed"), N_("Finished. What was not paid went back to the fund."), _QUIET),
        "rejected": Label(N_("Rejected"), N_("Not approved. No money was set aside."), _STOPPED),
    },
    "disbursement": {
        "draft": Label(N_("Draft"), N_("Being prepared. The amount is reserved on the award."), _QUIET),
        "submitted": Label(N_("Submitted"), N_("Waiting for another person to approve it."), _WAITING),
        "approved": Label(N_("Approved"), N_("Approved. Waiting for another person to release it."), _WAITING),
        "released": Label(N_("Released"), N_("Sent to be paid. The bank has not confirmed it yet."), _GOING),
        "settled": Label(N_("Settled"), N_("The payment is confirmed and counts as paid."), _GOOD),
        "returned": Label(N_("Returned"), N_("The bank or the payee sent the money back."), _STOPPED),
        "reversed": Label(N_("Reversed"), N_("Undone after settling. A counter-entry stands in the ledger."), _STOPPED),
        "rejected": Label(N_("Rejected"), N_("Not approved. The amount is free again on the award."), _STOPPED),
        "expired": Label(N_("Expired"), N_("Not finished in time. The amount is free again on the award."), _STOPPED),
    },
    "terms": {
        "draft": Label(N_("Draft"), N_("Waiting for another person to put it in force."), _WAITING),
        "in_force": Label(N_("In force"), N_("Agreed. It never changes again."), _GOOD),
    },
    "invoice": {
        "draft": Label(N_("Draft"), N_("The partner writes it. The fund does not see it yet."), _QUIET),
        "submitted": Label(N_("Submitted"), N_("The fund checks its lines."), _WAITING),
        "disputed": Label(N_("Disputed"), N_("A line waits for the partner's answer."), _WAITING),
        "partly_accepted": Label(N_("Partly accepted"), N_("Some lines are accepted, others are not."), _GOING),
        "accepted": Label(
            N_("Accepted"), N_("Every line is accepted. Its payment is under way or asked for next."), _GOOD
        ),
        "paid": Label(N_("Paid"), N_("Every accepted line is paid."), _GOOD),
        "rejected": Label(N_("Rejected"), N_("No line was accepted."), _STOPPED),
    },
    "invoice_line": {
        "open": Label(N_("Open"), N_("Waiting for the fund."), _WAITING),
        "accepted": Label(N_("Accepted"), N_("The partner may ask for the payment."), _GOOD),
        "disputed": Label(N_("Disputed"), N_("Waiting for the partner's answer."), _WAITING),
        "answered": Label(N_("Answered"), N_("The partner answered. Waiting for the fund."), _WAITING),
        "rejected": Label(N_("Rejected"), N_("It is not paid."), _STOPPED),
        "withdrawn": Label(N_("Withdrawn"), N_("The partner took it back."), _QUIET),
    },
    "line_verdict": {
        "ok": Label(N_("Fits"), N_("The line is as agreed."), _GOOD),
        "disputed": Label(N_("Amount"), N_("Another amount would fit, or more money on the award."), _WAITING),
        "refused": Label(N_("Does not fit"), N_("The line can not be billed like this."), _STOPPED),
    },
    "bond": {
        "requested": Label(N_("Requested"), N_("Asked for. Somebody else must decide."), _WAITING),
        "approved": Label(N_("Approved"), N_("Money is set aside. The bond is not posted yet."), _GOOD),
        "posted": Label(N_("Posted"), N_("Paid to the government for a person's release."), _GOING),
        "cancelled": Label(N_("Cancelled"), N_("The government ended the bond. A refund can be claimed."), _GOOD),
        "refund_claimed": Label(N_("Refund claimed"), N_("The refund was asked for and has not come yet."), _WAITING),
        "refunded": Label(N_("Refunded"), N_("The money came back to the fund."), _GOOD),
        "breached": Label(
            N_("Breached"), N_("The government says a condition was broken. It can be contested."), _STOPPED
        ),
        "forfeited": Label(N_("Forfeited"), N_("The money is lost to the government."), _STOPPED),
        "rejected": Label(N_("Rejected"), N_("Not approved. No bond is posted."), _STOPPED),
        "withdrawn": Label(N_("Withdrawn"), N_("The request was taken back. No bond is posted."), _QUIET),
    },
    "account": {
        "invited": Label(N_("Invited"), N_("The person has not chosen a password yet."), _WAITING),
        "active": Label(N_("Active"), N_("The person can sign in."), _GOOD),
        "suspended": Label(N_("Suspended"), N_("The person can no longer sign in."), _STOPPED),
    },
    "partner": {
        "active": Label(N_("Active"), N_("Takes applications and cases. Its people can sign in."), _GOOD),
        "suspended": Label(N_("Suspended"), N_("Its people can not sign in, and no case is offered to it."), _STOPPED),
    },
    "erasure": {
        "noticed": Label(N_("Noticed"), N_("The attorney was told. Another person must approve it."), _WAITING),
        "approved": Label(N_("Approved"), N_("The next night erases it."), _GOING),
        "erased": Label(N_("Erased"), N_("Nothing of the person is left that opens."), _GOOD),
        "withdrawn": Label(N_("Taken back"), N_("Nobody is erased."), _QUIET),
    },
    "document": {
        "checking": Label(N_("In check"), N_("It waits for the scanner. Until then it opens to nobody."), _WAITING),
        "ready": Label(N_("Ready"), N_("Checked. It can be opened."), _GOOD),
        "refused": Label(
            N_("Refused"),
            N_("The scanner found something harmful. The file was not kept. Ask for a new copy."),
            _STOPPED,
        ),
    },
    "fee_status": {
        "in_force": Label(N_("In force"), N_("This is what the agency asks for on these days."), _GOOD),
        "superseded": Label(N_("Replaced"), N_("It was asked for on its days. A later price took its place."), _QUIET),
        "stayed": Label(N_("Stayed"), N_("A court has stopped it for now. Nobody pays it on these days."), _STOPPED),
        "enjoined": Label(N_("Enjoined"), N_("A court has forbidden it. Nobody pays it on these days."), _STOPPED),
        "reported": Label(N_("Reported"), N_("Somebody reported this price and nobody has confirmed it."), _WAITING),
    },
    "fee_confidence": {
        "official": Label(N_("Official"), N_("The amount was read at the agency or in the law."), _GOOD),
        "secondary": Label(N_("Second hand"), N_("Secondary source: check before use."), _WAITING),
        "example": Label(
            N_("Example"), N_("It stands in for an amount that must be loaded from the agency."), _STOPPED
        ),
    },
    "fee_schedule": {
        "proposed": Label(N_("Waits"), N_("Handed in. Another person must put it in force."), _WAITING),
        "in_force": Label(N_("In force"), N_("Prices are taken from it now."), _GOOD),
        "ended": Label(
            N_("Replaced"), N_("It was in force until another one took its place. It stays on record."), _QUIET
        ),
        "withdrawn": Label(N_("Taken back"), N_("It never was in force."), _QUIET),
    },
    "fee_waiver": {
        "not_requested": Label(N_("Not asked for"), N_("Nobody asked the agency to waive the fee."), _QUIET),
        "pending": Label(N_("Asked for"), N_("The agency was asked and has not answered."), _WAITING),
        "granted": Label(N_("Granted"), N_("The agency waived the fee. Nothing is paid for it."), _GOOD),
        "denied": Label(N_("Denied"), N_("The agency said no. The fee must be paid."), _STOPPED),
        "not_required": Label(N_("No fee"), N_("No fee is asked for this form here."), _QUIET),
    },
    "transfer": {
        "asked": Label(N_("Asked for"), N_("Somebody else must approve it. Nothing has moved yet."), _WAITING),
        "approved": Label(N_("Approved"), N_("The money has moved."), _GOOD),
        "rejected": Label(N_("Rejected"), N_("The money stays where it is."), _STOPPED),
    },
    "deadline": {
        "overdue": Label(N_("Overdue"), N_("The day has passed and nobody marked it as done."), _STOPPED),
        "soon": Label(N_("Soon"), N_("Due within 14 days."), _WAITING),
        "later": Label(N_("Later"), N_("Due in more than 14 days."), _QUIET),
        "completed": Label(N_("Done"), N_("Marked as done."), _GOOD),
    },
    "override": {
        "pending": Label(N_("Waiting for approval"), N_("Another person must approve the exception."), _WAITING),
        "approved": Label(N_("Approved"), N_("The exception counts: the fund may help."), _GOOD),
        "rejected": Label(N_("Rejected"), N_("The exception was not approved: the rule stands."), _STOPPED),
    },
    "conflict_resolution": {
        "no_conflict": Label(N_("No conflict"), N_("A second person looked and found no conflict."), _GOOD),
        "conflict": Label(
            N_("Conflict of interest"), N_("A second person found a conflict. We can not help."), _STOPPED
        ),
    },
    "audit_outcome": {
        "done": Label(N_("Done"), N_("It was done."), _QUIET),
        "refused": Label(N_("Refused"), N_("It was asked for and refused."), _STOPPED),
    },
    "verdict": {
        "eligible": Label(N_("Eligible"), N_("Every rule of this fund is met."), _GOOD),
        "ineligible": Label(N_("Not eligible"), N_("At least one rule of this fund is not met."), _STOPPED),
        "needs_information": Label(
            N_("Needs information"), N_("A rule can not be decided until an answer is known."), _WAITING
        ),
    },
    "rule_verdict": {
        "pass": Label(N_("Met"), N_("The answers meet this rule."), _GOOD),
        "fail": Label(N_("Not met"), N_("The answers do not meet this rule."), _STOPPED),
        "unknown": Label(N_("Not known"), N_("An answer that this rule needs is missing."), _WAITING),
    },
    "conflict_result": {
        "clear": Label(N_("Clear"), N_("No known person shares an identifier with this applicant."), _GOOD),
        "review": Label(
            N_("Review"),
            N_("Somebody known shares an identifier, or there was none to compare. A second person decides."),
            _WAITING,
        ),
    },
    "checkpoint_place": {
        "there": Label(N_("Has it"), N_("The newest checkpoint is there."), _GOOD),
        "lacking": Label(N_("Lacks it"), N_("The newest checkpoint did not get there."), _STOPPED),
    },
    "record_finding": {
        "intact": Label(N_("Intact"), N_("Every event was as it was recorded."), _GOOD),
        "altered": Label(N_("Altered"), N_("Something was changed, removed or put in. Tell your operator."), _STOPPED),
        "truncated": Label(
            N_("Cut off"), N_("The end is missing, or an older copy was put back. Tell your operator."), _STOPPED
        ),
        "undecided": Label(N_("Not decided"), N_("The check could not tell. Your operator sees why."), _WAITING),
    },
    "opening": {
        "open": Label(N_("Open"), N_("The details can be opened for an hour from the beginning."), _GOING),
        "to_review": Label(N_("To review"), N_("Somebody else has 72 hours to say whether it was needed."), _WAITING),
        "overdue": Label(
            N_("Review overdue"),
            N_("Nobody reviewed it in 72 hours. Until then the person opens nothing more."),
            _STOPPED,
        ),
        "reviewed": Label(N_("Reviewed"), N_("Somebody else has said whether it was needed."), _QUIET),
    },
}


def label(kind: str, value: str) -> Label:
    """The label of a value. ``kind`` is a key of STATUSES or VALUES; raises KeyError for what has none."""
    return (STATUSES.get(kind) or VALUES[kind])[str(value)]


def known_values(kind: str) -> tuple[str, ...]:
    """Every value of a kind, in the order in which people choose. Raises KeyError for a kind without labels."""
    return tuple(STATUSES.get(kind) or VALUES[kind])
