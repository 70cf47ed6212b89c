"""Asking for a bond on a case: the awards that can take one, and who could sign for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.access.grants import Permission
from app.bonds.reads.views import BondView
from app.bonds.rules import NEVER_POSTED
from app.desk.reads.money import CaseAward, CaseMoney
from app.funds.reads.payees import payees
from app.funds.rules import OPEN_AWARDS, AwardStatus, Category, PayeeKind
from app.work import Work

#: As many payees as one list gives.
_MANY = 200


@dataclass(frozen=True, slots=True)
class AskForBond:
    """What the form offers: awards of the category bond that have none, and payees who are obligors."""

    awards: list[CaseAward]
    obligors: list[tuple[UUID, str]]


def bond_to_ask(work: Work, money: CaseMoney | None, bonds: Sequence[BondView]) -> AskForBond | None:
    """What the actor may ask a bond on; None when there is no such award, or it is not for them to ask."""
    if money is None or work.actor.reach(Permission.BOND_REQUEST) is None:
        return None
    taken = {each.award_id for each in bonds if each.status not in NEVER_POSTED}
    awards = [
        each
        for each in money.awards
        if each.category is Category.BOND
        and each.id not in taken
        and each.status in {AwardStatus.REQUESTED, *OPEN_AWARDS}
    ]
    if not awards:
        return None
    private = [each for each in payees(work, limit=_MANY).items if each.kind is PayeeKind.OBLIGOR]
    return AskForBond(awards, [(each.id, each.name) for each in private])
