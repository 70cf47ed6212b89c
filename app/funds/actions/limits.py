"""Holding a fund's terms against what is asked of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from app.errors import Conflict
from app.funds.actions.ledger import Place, lock
from app.funds.reads.need import need_of
from app.funds.reads.terms import terms_of
from app.funds.rules import AccountKind, Limits, Restriction, forbidden_by
from app.money import Money
from app.work import Work

#: Why a fund refuses an award, by what forbids it.
_REFUSALS: Final[Mapping[Restriction, Conflict]] = MappingProxyType({
    Restriction.STATUS: Conflict("fund.closing", "This fund is being closed: it makes no new awards."),
    Restriction.PARTNER: Conflict("fund.other_partners", "This fund pays for cases of other partners only."),
    Restriction.CASE_TYPE: Conflict("fund.other_case_types", "This fund pays for other kinds of case only."),
    Restriction.CUSTODY: Conflict("fund.other_custody", "This fund does not pay in this state of custody."),
    Restriction.PER_CASE: Conflict("fund.per_case", "With this, the case would get more than this fund gives to one."),
    Restriction.PER_PERSON: Conflict(
        "fund.per_person", "With this, the person would get more than this fund gives to one."
    ),
})  # fmt: skip


def must_be_allowed(work: Work, fund_id: UUID, case_id: UUID, amount: Money, *, deciding: bool = False) -> None:
    """Raises Conflict, named for the first restriction, when the fund's terms forbid this award.

    ``deciding`` takes turns with others who decide, where the fund gives at most so much to one.
    """
    limits = terms_of(work, fund_id)
    if limits == Limits():
        return
    if deciding and (limits.per_case or limits.per_person):
        lock(work, Place(fund_id), frozenset({AccountKind.UNALLOCATED}))
    for restriction in forbidden_by(limits, need_of(work, fund_id, case_id, amount)):
        refusal = _REFUSALS[restriction]
        raise Conflict(refusal.code, refusal.message)
