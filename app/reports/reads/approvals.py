"""Who moved each payment, and how they showed that it was them: the separation of duties, payment by payment."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Select, case, literal, select, type_coerce
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import Account
from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.rules import Confirmed, Verb
from app.funds.model import Fund
from app.money import Money
from app.reports.reads import limits
from app.reports.reads.asked import Over
from app.reports.reads.tables import Kind, Plan, Table, Value, finished
from app.reports.scope import unnamed
from app.web.i18n import N_
from app.work import Work

APPROVALS: Final = Plan(
    "approvals",
    N_("Approvals and separation of duties"),
    N_(
        "Payments settled in the period. Asking, approving, releasing and settling are done by different people. "
        "Signed says whether every approval and the release carry a passkey's signature."
    ),
    (
        ("settled_on", N_("Settled on"), Kind.DAY),
        ("disbursement", N_("Disbursement"), Kind.REFERENCE),
        ("fund", N_("Fund"), Kind.TEXT),
        ("amount", N_("Amount (USD)"), Kind.MONEY),
        ("requested_by", N_("Requested by"), Kind.TEXT),
        ("approved_by", N_("Approved by"), Kind.TEXT),
        ("released_by", N_("Released by"), Kind.TEXT),
        ("settled_by", N_("Settled by"), Kind.TEXT),
        ("separated", N_("Different people"), Kind.CHECK),
        ("signed", N_("Signed"), Kind.CHECK),
    ),
)
_BY: Final = {
    Verb.CREATE: "requested_by",
    Verb.APPROVE: "approved_by",
    Verb.RELEASE: "released_by",
    Verb.SETTLE: "settled_by",
}
_SIGNED: Final = (Verb.APPROVE, Verb.RELEASE)


def approvals(work: Work, question: Over) -> Table:
    """Each payment that was settled in the period, with its people. Raises Invalid for a fund that is not there."""
    fund = limits.fund_must_be_open(work, work.allow(Permission.FUND_REPORT_READ), question.fund_id)
    steps: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in work.session.execute(_steps(work, question)):
        steps[row.id].append(row)
    rows = [_row(payment) for payment in steps.values()]
    return finished(work, APPROVALS, question.format, question.asked() | {"fund": fund}, rows)


def _row(steps: Sequence[Any]) -> dict[str, Value]:
    """A payment from its steps; approvals of an earlier version of it are void."""
    first = steps[0]
    version = first.version or 1
    valid = [step for step in steps if step.verb is not Verb.APPROVE or (step.step_version or 1) == version]
    people = {name: [step for step in valid if step.verb is verb] for verb, name in _BY.items()}
    actors = [{step.actor_id for step in taken} for taken in people.values()]
    approved = [step.actor_id for step in people["approved_by"]]
    apart = all(actors) and sum(map(len, actors)) == len(set().union(*actors)) and len(set(approved)) == len(approved)
    signed = all(step.confirmed is Confirmed.SIGNED for step in valid if step.verb in _SIGNED)
    return {
        "settled_on": first.settled_on,
        "disbursement": first.reference,
        "fund": first.fund,
        "amount": Money(int(first.amount)),
        **{name: _names(step.name for step in taken) for name, taken in people.items()},
        "separated": "yes" if apart else "no",
        "signed": "yes" if signed else "no",
    }


def _names(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _steps(work: Work, question: Over) -> Select[*tuple[Any, ...]]:
    """One row a step that is somebody's duty, by day and payment; a wall takes the reference, never the amount."""
    statement = (
        select(
            col(Disbursement.id),
            col(Disbursement.settled_on),
            case((unnamed(work.actor), literal("")), else_=col(Disbursement.reference)).label("reference"),
            col(Fund.name).label("fund"),
            type_coerce(col(Disbursement.amount), BigInteger).label("amount"),
            col(Disbursement.version),
            col(DisbursementStep.verb),
            col(DisbursementStep.actor_id),
            col(DisbursementStep.version).label("step_version"),
            col(DisbursementStep.confirmed),
            col(Account.name),
        )
        .select_from(Disbursement)
        .join(Fund, col(Fund.id) == col(Disbursement.fund_id))
        .join(DisbursementStep, col(DisbursementStep.disbursement_id) == col(Disbursement.id))
        .join(Account, col(Account.id) == col(DisbursementStep.actor_id))
        .where(
            col(Disbursement.settled_on).between(question.from_, question.to),
            col(DisbursementStep.verb).in_(tuple(_BY)),
        )
        .order_by(col(Disbursement.settled_on), col(Disbursement.reference), col(DisbursementStep.id))
    )
    return statement if question.fund_id is None else statement.where(col(Disbursement.fund_id) == question.fund_id)
