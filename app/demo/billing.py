"""What a partner is paid for by agreement: two agreements, and invoices in several states."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from app.access.grants import Permission
from app.agreements.actions import agreements, deciding, invoices, paying
from app.agreements.reads.agreements import agreement
from app.agreements.reads.invoices import invoice
from app.agreements.rules import DisputeCode, Model, Stage, WorkRole
from app.cases.rules import day_in
from app.demo.days import midnight
from app.demo.past import Life, step
from app.demo.stage import Stage as Ground
from app.funds.reads.awards import AwardFilter, awards, find
from app.funds.rules import AwardStatus, Category, in_term
from app.money import Money
from app.work import Work

_TERMS: Final[dict[str, dict[str, Any]]] = {
    "Full representation": {
        "model": Model.FLAT,
        "stage_rates": {
            Stage.CASE_OPENED: Money(15_000),
            Stage.MASTER_HEARING: Money(12_500),
            Stage.APPLICATION_FILED: Money(40_000),
            Stage.MERITS_HEARING: Money(90_000),
        },
    },
    "Conflict cases by the hour": {
        "model": Model.HOURLY,
        "case_cap": Money(250_000),
        "hours_cap": "40",
        "hour_rates": {WorkRole.STAFF_ATTORNEY: Money(8_500), WorkRole.PARALEGAL: Money(4_500)},
    },
}


@dataclass(frozen=True, slots=True)
class _Agreed:
    """The agreements by their way to pay, with the cases that have money for them."""

    flat: UUID
    hourly: UUID
    cases: list[str]


def billing(ground: Ground) -> Life:
    """Yesterday: the fund and a partner agree, the partner bills, the fund answers, and a payment is asked for."""
    at = midnight(ground.today) - timedelta(hours=14)
    agreed: _Agreed | None = yield step(at, "fund", _agree, ground)
    if agreed is None:
        return
    yield step(at + timedelta(hours=1), "approver", _put_in_force, agreed)
    invoice_id = yield step(at + timedelta(hours=2), "partner", _bill, agreed)
    yield step(at + timedelta(hours=2), "partner", _bill_hours, agreed)
    yield step(at + timedelta(hours=3), "fund", _answer, invoice_id)
    form = paying.PaymentRequest(payee_id=ground.payees[_office(ground)])
    yield step(at + timedelta(hours=4), "partner", paying.request_payment, invoice_id, form)


def _office(ground: Ground) -> str:
    """The key of the organization that partner@ looks after."""
    partner_id = ground.past.people["partner"].partner_id
    return next(key for key, each in ground.partners.items() if each == partner_id)


def _agree(work: Work, ground: Ground) -> _Agreed | None:
    """Both agreements, with the fund that holds most for the partner's open cases; None when no fund holds any."""
    partner_id = ground.partners[_office(ground)]
    which = AwardFilter(status=AwardStatus.ACTIVE, partner_id=partner_id)
    held = [each for each in awards(work, which).items if each.category is Category.REPRESENTATION]
    held = [each for each in held if each.balance.available >= 15_000 and _in_term(work, each.id)]
    if not held:
        return None
    fund_id, _ = Counter(each.fund_id for each in held).most_common(1)[0]
    own = [each for each in held if each.fund_id == fund_id]
    term = find(work, Permission.AWARD_READ, own[0].id)
    made = {}
    for name, terms in _TERMS.items():
        form = agreements.NewAgreement(fund_id=fund_id, partner_id=partner_id, name=name)
        made[name] = agreements.create(work, form)
        days = {"starts_on": str(term.starts_on), "ends_on": str(term.ends_on), "ceiling": Money(15_000_000)}
        agreements.draft(work, made[name], agreements.NewVersion.model_validate(terms | days))
    flat, hourly = made.values()
    return _Agreed(flat, hourly, list(dict.fromkeys(each.case_reference for each in own))[:3])


def _in_term(work: Work, award_id: UUID) -> bool:
    """Funds whose term is over agree nothing any more."""
    found = find(work, Permission.AWARD_READ, award_id)
    return in_term(found.starts_on, found.ends_on, day_in(work.now, found.time_zone))


def _put_in_force(work: Work, agreed: _Agreed) -> None:
    for agreement_id in (agreed.flat, agreed.hourly):
        [drafted] = agreement(work, agreement_id, answering=True).versions
        agreements.approve(work, agreement_id, drafted.id, agreements.Nothing())


def _bill(work: Work, agreed: _Agreed) -> UUID:
    """An invoice whose last line asks too much."""
    invoice_id = invoices.create(work, invoices.NewInvoice(agreement_id=agreed.flat, number="2026-041"))
    for reference in agreed.cases:
        _line(work, invoice_id, reference, stage=Stage.CASE_OPENED, narrative="First meeting, and the file opened.")
    _line(work, invoice_id, agreed.cases[0], stage=Stage.MASTER_HEARING, amount=Money(15_000))
    return invoices.submit(work, invoice_id, agreements.Nothing())


def _bill_hours(work: Work, agreed: _Agreed) -> None:
    """One that waits for the fund, and one that is still written."""
    for number in ("2026-042", "2026-043"):
        invoice_id = invoices.create(work, invoices.NewInvoice(agreement_id=agreed.hourly, number=number))
        _line(work, invoice_id, agreed.cases[-1], role=WorkRole.PARALEGAL, hours="1.5")
        if number == "2026-042":
            invoices.submit(work, invoice_id, agreements.Nothing())


def _line(work: Work, invoice_id: UUID, reference: str, **billed: Any) -> None:
    day = str(day_in(work.now, work.actor.time_zone))
    form = invoices.NewLine.model_validate({"case": reference, "worked_on": day} | billed)
    invoices.add_line(work, invoice_id, form)


def _answer(work: Work, invoice_id: UUID) -> None:
    """What fits is accepted, the rest disputed."""
    for each in invoice(work, invoice_id, answering=True).lines:
        if "accept" in each.may:
            deciding.accept(work, invoice_id, each.id, agreements.Nothing())
        else:
            deciding.dispute(work, invoice_id, each.id, deciding.Dispute(code=DisputeCode.RATE))
