"""What a person may do with a bond now, the next step first, or why somebody else must."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Reach
from app.access.ties import is_tied
from app.bonds.model import Bond
from app.bonds.reads.views import BondView
from app.bonds.rules import MOVES, NEEDS, Bar, BondStatus, Holder, Verb, barred
from app.funds.rules import OPEN_AWARDS
from app.work import Work


@dataclass(frozen=True, slots=True)
class Acts:
    """The verbs that are free to the reader, the one that comes next in the bond's life, and what keeps them from it.

    ``bar`` is set when the next step is somebody else's; ``next`` is None when the bond's life is over.
    """

    verbs: list[Verb]
    next: Verb | None
    bar: Bar | None


def acts(work: Work, bond: BondView) -> Acts:
    """What the actor may do with this bond."""
    tied = is_tied(work.session, work.actor.id, bond.case_id)
    claimed_by = work.session.execute(select(col(Bond.claimed_by)).where(col(Bond.id) == bond.id)).scalar_one()
    me, asked = work.actor.id, bond.requested_by.id
    bars = {verb: barred(verb, me, asked, claimed_by, tied) for verb in MOVES}
    coming = next_step(bond)
    free = [
        verb
        for verb, move in MOVES.items()
        if bond.status in move.old
        and bars[verb] is None
        and (reach := work.actor.reach(NEEDS[verb])) is not None
        and _ripe(bond, verb, reach)
    ]
    records = coming is not None and work.actor.reach(NEEDS[coming]) is not None
    return Acts(free, coming, bars[coming] if coming is not None and records else None)


def next_step(bond: BondView) -> Verb | None:
    """The step that comes next when all goes well."""
    match bond.status:
        case BondStatus.REQUESTED:
            return Verb.APPROVE
        case BondStatus.APPROVED:
            if any(each.seen_on is None for each in bond.obligor.papers):
                return Verb.PAPERS
            return Verb.SIGN if bond.signed_on is None else Verb.POST
        case BondStatus.POSTED:
            return Verb.CANCEL
        case BondStatus.CANCELLED:
            return Verb.CLAIM
        case BondStatus.REFUND_CLAIMED:
            return Verb.RECEIVE
        case BondStatus.BREACHED:
            return Verb.CONTEST if bond.contested_on is None else Verb.REINSTATE
    return None


def _ripe(bond: BondView, verb: Verb, reach: Reach) -> bool:
    """Whether what a step stands on is there."""
    missing = any(each.seen_on is None for each in bond.obligor.papers)
    match verb:
        case Verb.APPROVE:
            return bond.award_status in OPEN_AWARDS
        case Verb.PAPERS:
            return missing
        case Verb.SIGN:
            return not missing and bond.signed_on is None
        case Verb.POST:
            return not missing and bond.signed_on is not None
        case Verb.REDELIVER:
            return bond.redelivered_on is None
        case Verb.CONTEST:
            return bond.contested_on is None
        case Verb.ADDRESS:
            return bond.obligor.holder is not Holder.FUND or reach is Reach.ALL
    return True
