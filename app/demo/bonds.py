"""Bonds of the fictional fund: some are out, some came back, one is contested, so that the register is alive."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.bonds.actions import asking, breaching, obligors, posting, returning
from app.bonds.actions.advance import Nothing, OnDay
from app.bonds.rules import PAPERS, BondKind, Holder, ObligorKind, Verb
from app.demo.days import later
from app.demo.past import Life, step
from app.demo.stage import CaseStory
from app.money import Money

_FUND, _APPROVER = "fund", "approver"

#: What comes after the posting, by turns.
_AFTERWARDS: Final[tuple[tuple[Verb, ...], ...]] = (
    (Verb.CANCEL, Verb.CLAIM, Verb.RECEIVE), (), (Verb.CANCEL,), (Verb.CANCEL, Verb.CLAIM), (Verb.BREACH,),
    (Verb.REDELIVER,),
)  # fmt: skip


def prepared(case: CaseStory, at: datetime, award_id: UUID, payee_id: UUID) -> Life:
    """A bond up to its signed contract; gives its id and when."""
    obligor = obligors.NewObligor(holder=Holder.PAYEE, kind=ObligorKind.CITIZEN, payee_id=payee_id)
    form = asking.NewBond(award_id=award_id, kind=BondKind.DELIVERY, obligor=obligor)
    bond_id = yield step(at, case.attorney, asking.request, form)
    at = later(case.story.chance, at, 0, 1)
    yield step(at, _FUND, asking.approve, bond_id, Nothing())
    address = obligors.AddressConfirmed(address="12 Sample Street, Aurora CO 80010")
    yield step(at, case.attorney, obligors.confirm_address, bond_id, address)
    at = later(case.story.chance, at, 0, 2)
    papers = obligors.PapersSeen(papers=list(PAPERS[ObligorKind.CITIZEN]))
    yield step(at, _FUND, obligors.see_papers, bond_id, papers)
    yield step(at, _FUND, obligors.sign, bond_id, OnDay())
    return bond_id, at


def posted(case: CaseStory, at: datetime, bond_id: UUID, amount: Money) -> Life:
    """The bond is posted with its payment, and goes as far as its turn says; gives when it got there."""
    chance, number = case.story.chance, case.story.number
    at = later(chance, at, 0, 1)
    receipt = posting.Posted(receipt_number=f"I305-{number:06d}")
    yield step(at, _FUND, posting.post_bond, bond_id, receipt)
    for verb in _AFTERWARDS[number // 2 % len(_AFTERWARDS)]:
        at = later(chance, at, 12, 30)
        if verb is Verb.CANCEL:
            yield step(at, _FUND, returning.cancel, bond_id, OnDay())
        elif verb is Verb.CLAIM:
            yield step(at, _FUND, returning.claim, bond_id, returning.Claimed())
        elif verb is Verb.RECEIVE:
            came = returning.Received(principal=amount, interest=Money(amount // 200))
            yield step(at, _APPROVER, returning.receive, bond_id, came)
        elif verb is Verb.BREACH:
            yield step(at, _FUND, breaching.breach, bond_id, OnDay())
        else:
            yield step(at, _FUND, returning.redeliver, bond_id, OnDay())
    return at
