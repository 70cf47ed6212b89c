"""The money of a case: awards asked for and decided, and disbursements through the hands of four people."""

import enum
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from app.demo import bonds
from app.demo.days import earlier, later, local_day
from app.demo.givers import Program
from app.demo.past import Life, step
from app.demo.purse import Held
from app.demo.stage import CaseStory, Stage
from app.demo.stories import Ending
from app.disbursements.actions import advance, create, decide, pay
from app.disbursements.rules import Method, ReasonCode
from app.funds.actions import awards, payees
from app.funds.rules import Category
from app.money import Money

_E, _C = Ending, Category
#: Fund administrators, each with a part of their own.
_FUND, _APPROVER, _RELEASER = "fund", "approver", "releaser"


class Fate(enum.StrEnum):
    """What became of a disbursement."""

    SETTLED = "settled"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    REJECTED = "rejected"
    APPROVED = "approved"
    RELEASED = "released"
    SENT_BACK = "sent_back"  #: returned by the bank before it was settled
    RETURNED = "returned"  #: and after
    REVERSED = "reversed"


_F = Fate
#: What became of the last disbursement of open cases, in turn.
_LAST: Final = (
    _F.SETTLED, _F.SUBMITTED, _F.APPROVED, _F.RELEASED, _F.DRAFT, _F.REJECTED, _F.SENT_BACK, _F.REVERSED, _F.RETURNED,
    _F.SUBMITTED, _F.APPROVED,
)  # fmt: skip
#: How many days ago it was drafted, least and most, so that there was time for all that came of it.
_DRAFTED: Final = {
    _F.SETTLED: (18, 60), _F.DRAFT: (1, 6), _F.SUBMITTED: (1, 6), _F.REJECTED: (8, 20), _F.APPROVED: (7, 12),
    _F.RELEASED: (11, 16), _F.SENT_BACK: (24, 40), _F.REVERSED: (40, 70), _F.RETURNED: (40, 70),
}  # fmt: skip
_REASONS: Final = {
    _F.REJECTED: (ReasonCode.MISSING_DOCUMENT, "The invoice is not signed. Ask again with the signed one."),
    _F.SENT_BACK: (ReasonCode.BANK_RETURN, "The bank could not find the account."),
    _F.RETURNED: (ReasonCode.BANK_RETURN, "Sent back by the payee's bank: account closed."),
    _F.REVERSED: (ReasonCode.DUPLICATE, "Paid twice for the same hearing."),
}
#: Within so many days a fund's people decide about an award, and so long a payment takes at most.
_DECIDED_WITHIN: Final = timedelta(days=12)
_A_PAYMENT: Final = timedelta(days=25)
_A_BOND: Final = timedelta(days=150)
_MEMOS: Final = (None, None, "First part, as agreed.", "Hours of this month.", "Invoice in the file.")

#: What a case needs beside its attorney: category, payee, dollars from and to, how it is paid.
_EXTRAS: Final = (
    (_C.INTERPRETER, "interpreter", 180, 900, Method.CHECK),
    (_C.EXPERT, "expert", 800, 2_500, Method.ACH),
    (_C.TRAVEL, "person", 60, 250, Method.CHECK),
    (_C.FILING_FEES, "agency", 200, 1_000, Method.CARD),
    (_C.INTERPRETER, "translator", 120, 600, Method.CHECK),
    (_C.BOND, "obligor", 1_500, 2_500, Method.WIRE),
)


@dataclass(frozen=True, slots=True)
class _Payment:
    """A disbursement to come: how much of which award to whom, and what becomes of it."""

    award_id: UUID
    payee_id: UUID
    amount: Money
    method: Method
    fate: Fate


def money(stage: Stage, case: CaseStory, at: datetime) -> Life:
    """All of a case's money, as far as its story goes; gives when it was done and the awards that stand."""
    if case.story.ending is _E.OPEN:
        return at, []
    if case.story.ending is _E.FEES:
        return (yield from _extra(stage, case, at, _EXTRAS[3]))
    return (yield from _representation(stage, case, at))


def close_awards(case: CaseStory, at: datetime, award_ids: list[UUID]) -> Life:
    """The case has ended: what its awards did not spend goes back."""
    for award_id in award_ids:
        at = later(case.story.chance, at, 1, 9)
        yield step(at, _FUND, awards.close, award_id, awards.Nothing())


def _representation(stage: Stage, case: CaseStory, at: datetime) -> Life:
    """The award for the attorney's work, paid in parts; and now and then one for something else."""
    story, chance = case.story, case.story.chance
    amount = Money(25_000 * chance.randint(8, 24))
    at = earlier(chance, stage.today, 1, 8) if story.ending is _E.AWARD_ASKED else later(chance, at, 1, 9)
    award_id, at = yield from _award(stage, case, at, _C.REPRESENTATION, amount)
    if award_id is None or story.ending in (_E.AWARD_ASKED, _E.AWARD_REFUSED, _E.AWARDED):
        return at, []
    fate = None if story.ending is _E.CLOSED else _LAST[story.turn % len(_LAST)]
    last_at = at + timedelta(days=110) if fate is None else earlier(chance, stage.today, *_DRAFTED[fate])
    payee_id, known = stage.payees[case.office.key], [award_id]
    if fate is not None and story.number % 2 == 0 and at + _A_BOND < last_at:
        at, more = yield from _extra(stage, case, at, _EXTRAS[5])
        known += more
    at = yield from _parts(case, at, last_at, _Payment(award_id, payee_id, amount, Method.ACH, _F.SETTLED))
    at = max(at, last_at - chance.randint(2, 4) * _A_PAYMENT)
    if story.turn % 2 == 0 and at + 2 * _A_PAYMENT < last_at:
        at, more = yield from _extra(stage, case, at, _EXTRAS[story.number % len(_EXTRAS)])
        known += more
    if fate is not None:
        rest = Money(amount // 5 - chance.randrange(3_000))
        at = yield from _payment(case, max(at, last_at), _Payment(award_id, payee_id, rest, Method.ACH, fate))
    return at, known


def _parts(case: CaseStory, at: datetime, until: datetime, whole: _Payment) -> Life:
    """One to three payments of together three quarters of an award, spread over the time; gives the last moment."""
    chance = case.story.chance
    parts = chance.randint(1, 3)
    apart = max(7, (until - at).days // (parts + 1))
    for _ in range(parts):
        begins = later(chance, at, apart - 7, apart)
        if begins + _A_PAYMENT > until:
            break
        part = replace(whole, amount=Money(whole.amount * 3 // 4 // parts - chance.randrange(3_000)))
        at = yield from _payment(case, begins, part)
    return at


def _extra(stage: Stage, case: CaseStory, at: datetime, extra: tuple[Category, str, int, int, Method]) -> Life:
    """An award for something beside the attorney's work, and its one payment."""
    category, payee, least, most, method = extra
    chance = case.story.chance
    amount = Money(1_000 * chance.randint(least // 10, most // 10))
    at = later(chance, at, 2, 9)
    award_id, at = yield from _award(stage, case, at, category, amount)
    if award_id is None:
        return at, []
    at = later(chance, at, 0, 5)
    payee_id = stage.payees.get(payee)
    if payee_id is None:
        payee_id = yield step(at, case.attorney, payees.create, _private_payee(case, payee))
        at = later(chance, at, 0, 0)
    if category is _C.BOND:
        return (yield from _bond(stage, case, at, _Payment(award_id, payee_id, amount, method, _F.SETTLED)))
    paid = Money(amount - chance.choice([0, 0, 1_550, 2_225]))
    at = yield from _payment(case, at, _Payment(award_id, payee_id, paid, method, _F.SETTLED))
    return at, [award_id]


def _bond(stage: Stage, case: CaseStory, at: datetime, lent: _Payment) -> Life:
    """A bond: its obligor signs, the government is paid all of it, and it is posted."""
    bond_id, at = yield from bonds.prepared(case, at, lent.award_id, lent.payee_id)
    at = later(case.story.chance, at, 0, 2)
    at = yield from _payment(case, at, replace(lent, payee_id=stage.payees["agency"]))
    at = yield from bonds.posted(case, at, bond_id, lent.amount)
    return at, [lent.award_id]


def _private_payee(case: CaseStory, kind: str) -> payees.NewPayee:
    """The client, who stands under the case's reference; or who signs for a bond, whose name is sealed."""
    more = {"case_id": case.id} if kind == "person" else {"name": "Garante Ejemplo"}
    return payees.NewPayee.model_validate({"kind": kind} | more)


def _award(stage: Stage, case: CaseStory, at: datetime, category: Category, amount: Money) -> Life:
    """Ask for an award; fund@ decides. Gives None for its id when no fund has the money, or it was refused."""
    story, chance = case.story, case.story.chance
    held = _fund_for(stage, case, category, amount, local_day(at))
    if held is None:
        return None, at
    form = awards.NewAward(case_id=case.id, fund_id=held.id, category=category, amount=amount)
    award_id = yield step(at, case.attorney, awards.request, form)
    if story.ending is _E.AWARD_ASKED:
        return award_id, at
    ends_soon = held.giving.ends_on - local_day(at) < _DECIDED_WITHIN
    at = later(chance, at, 0, 0 if ends_soon else 4)
    if story.ending is _E.AWARD_REFUSED:
        no = awards.Rejection(reason="Ask for the filing fee waiver first, and again if it is refused.")
        yield step(at, _FUND, awards.reject, award_id, no)
        return None, at
    stage.purse.promise(held.id, category, amount)
    yield step(at, _FUND, awards.approve, award_id, awards.Nothing())
    return award_id, at


def _fund_for(stage: Stage, case: CaseStory, category: Category, amount: Money, day: date) -> Held | None:
    """Denver's own money first for most who live there; else any fund whose rules the person meets."""
    chance, held = case.story.chance, None
    if Program.DENVER in case.programs and chance.random() < 0.7:
        held = stage.purse.choose(chance, (Program.DENVER,), category, amount, day)
    return held or stage.purse.choose(chance, case.programs, category, amount, day)


def _payment(case: CaseStory, at: datetime, payment: _Payment) -> Life:
    """One disbursement: the attorney asks, and three people of the fund approve, release and settle it."""
    chance, fate = case.story.chance, payment.fate
    form = create.NewDisbursement(
        award_id=payment.award_id,
        payee_id=payment.payee_id,
        amount=payment.amount,
        method=payment.method,
        memo=chance.choice(_MEMOS),
    )
    paid_id = yield step(at, case.attorney, create.create, form)
    if fate is _F.DRAFT:
        return at
    at = later(chance, at, 0, 0)
    yield step(at, case.attorney, create.submit, paid_id, advance.Nothing())
    if fate is _F.SUBMITTED:
        return at
    at = later(chance, at, 0, 3)
    if fate is _F.REJECTED:
        yield step(at, _APPROVER, decide.reject, paid_id, _reason(fate))
        return at
    yield step(at, _APPROVER, decide.approve, paid_id, advance.Nothing())
    if fate is _F.APPROVED:
        return at
    at = later(chance, at, 0, 2)
    yield step(at, _RELEASER, pay.release, paid_id, advance.Nothing())
    if fate is not _F.RELEASED:
        at = yield from _arrival(case, at, paid_id, fate)
    return at


def _arrival(case: CaseStory, at: datetime, paid_id: UUID, fate: Fate) -> Life:
    """What the bank says after the release."""
    chance = case.story.chance
    if fate is _F.SENT_BACK:
        at = later(chance, at, 2, 5)
        yield step(at, _FUND, pay.give_back, paid_id, _reason(fate))
        return at
    released_on = local_day(at)
    at = later(chance, at, 1, 4)
    settled_on = released_on + timedelta(days=chance.randint(0, (local_day(at) - released_on).days))
    reference = f"{chance.choice(['ACH', 'TRN'])}-{case.story.number:05d}-{chance.randrange(1000):03d}"
    settled = pay.Settlement.model_validate({"settled_on": settled_on.isoformat(), "bank_reference": reference})
    yield step(at, _FUND, pay.settle, paid_id, settled)
    if fate is not _F.SETTLED:
        at = later(chance, at, 5, 15)
        undo = pay.reverse if fate is _F.REVERSED else pay.give_back
        yield step(at, _FUND, undo, paid_id, _reason(fate))
    return at


def _reason(fate: Fate) -> decide.Reason:
    code, words = _REASONS[fate]
    return decide.Reason(reason=words, code=code)
