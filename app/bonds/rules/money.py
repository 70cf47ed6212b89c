"""The money of a bond: what its entries come to, which entries a step posts, and what each status promises."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.bonds.rules import OUT, BondStatus, Verb
from app.funds.rules import EntryKind
from app.money import Money

_S = BondStatus


@dataclass(frozen=True, slots=True)
class Stand:
    """A bond's money in cents: what was posted, what of it came back or was lost, and interest on top."""

    posted: int = 0
    refunded: int = 0
    forfeited: int = 0
    interest: int = 0

    @property
    def outstanding(self) -> int:
        """What is still to come back."""
        return self.posted - self.refunded - self.forfeited


#: How each kind of entry of a bond changes its stand: posted, refunded, forfeited, interest.
EFFECTS: Mapping[EntryKind, tuple[int, int, int, int]] = MappingProxyType({
    EntryKind.BOND_POSTED: (1, 0, 0, 0),
    EntryKind.BOND_UNPOSTED: (-1, 0, 0, 0),
    EntryKind.BOND_REFUNDED: (0, 1, 0, 0),
    EntryKind.BOND_FORFEITED: (0, 0, 1, 0),
    EntryKind.BOND_REINSTATED: (0, 0, -1, 0),
    EntryKind.INCOME_RECEIVED: (0, 0, 0, 1),
})  # fmt: skip


def stand_of(entries: Iterable[tuple[EntryKind, int]]) -> Stand:
    """A bond's stand from its entries, in any order."""
    sums = [0, 0, 0, 0]
    for kind, cents in entries:
        for place, sign in enumerate(EFFECTS[kind]):
            sums[place] += sign * cents
    return Stand(*sums)


def postings(verb: Verb, stand: Stand, amount: int, interest: int = 0) -> tuple[tuple[EntryKind, Money], ...]:
    """The entries that a verb posts, in order. ``amount`` is what the verb says: posted, come back, or lost.

    A refund loses what does not come back. Entries of nothing are left out. Raises ValueError for more than is out.
    """
    if verb in (Verb.RECEIVE, Verb.MITIGATE) and not 0 <= amount <= stand.outstanding:
        raise ValueError("more than is outstanding")
    found: list[tuple[EntryKind, int]] = []
    match verb:
        case Verb.POST:
            found = [(EntryKind.BOND_POSTED, amount)]
        case Verb.UNPOST:
            found = [(EntryKind.BOND_UNPOSTED, stand.outstanding)]
        case Verb.RECEIVE:
            lost = stand.outstanding - amount
            found = [(EntryKind.BOND_REFUNDED, amount), (EntryKind.BOND_FORFEITED, lost)]
        case Verb.MITIGATE:
            found = [(EntryKind.BOND_FORFEITED, amount)]
        case Verb.FORFEIT:
            found = [(EntryKind.BOND_FORFEITED, stand.outstanding)]
        case Verb.REINSTATE:
            found = [(EntryKind.BOND_REINSTATED, stand.forfeited)]
    found.append((EntryKind.INCOME_RECEIVED, interest))
    return tuple((kind, Money(cents)) for kind, cents in found if cents > 0)


def holds(status: BondStatus, stand: Stand, amount: int) -> bool:
    """Whether a bond's money is what its status promises."""
    if status in OUT:
        partly = stand.forfeited == 0 or status in (_S.CANCELLED, _S.REFUND_CLAIMED)
        return stand.posted == amount and stand.refunded == 0 and 0 <= stand.forfeited < amount and partly
    if status is _S.FORFEITED:
        return stand.posted == amount == stand.forfeited and stand.refunded == 0
    if status is _S.REFUNDED:
        return stand.posted == amount and stand.outstanding == 0 and stand.refunded > 0
    return stand == Stand()


#: From how many days on a bond that is out belongs to the next age.
AGES = (0, 180, 365, 730, 1095)


def age_of(days: int) -> int:
    """The place in AGES of a bond that was posted so many days ago."""
    return max(place for place, since in enumerate(AGES) if days >= since)
