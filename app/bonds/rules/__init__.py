"""The life of an immigration bond: statuses and moves, the obligor's papers, minimums, and who may take which step."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

from app.access.grants import Permission
from app.money import Money


class BondKind(enum.StrEnum):
    """What a bond promises the government."""

    DELIVERY = "delivery"
    VOLUNTARY_DEPARTURE = "voluntary_departure"
    SUPERVISION = "supervision"


class BondStatus(enum.StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    POSTED = "posted"
    CANCELLED = "cancelled"
    REFUND_CLAIMED = "refund_claimed"
    REFUNDED = "refunded"
    BREACHED = "breached"
    FORFEITED = "forfeited"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Verb(enum.StrEnum):
    """What is done to a bond."""

    REQUEST = "request"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    PAPERS = "papers"  #: papers of the obligor were seen
    SIGN = "sign"  #: the obligor signed the contract, Form I-352
    POST = "post"  #: CeBONDS took the payment, Form I-305 is the receipt
    UNPOST = "unpost"
    REDELIVER = "redeliver"  #: the person was detained again
    CANCEL = "cancel"  #: the government ended the bond, Form I-391
    CLAIM = "claim"
    RECEIVE = "receive"
    INTEREST = "interest"
    BREACH = "breach"  #: the government says a condition was broken, Form I-323
    CONTEST = "contest"
    MITIGATE = "mitigate"
    REINSTATE = "reinstate"
    FORFEIT = "forfeit"
    SUBSTITUTE = "substitute"
    ADDRESS = "address"


class ObligorKind(enum.StrEnum):
    """Who may be a bond's obligor. Source: ice.gov/detain/detention-management/bonds."""

    CITIZEN = "citizen"
    PERMANENT_RESIDENT = "permanent_resident"
    LAW_FIRM = "law_firm"
    NONPROFIT = "nonprofit"


class Holder(enum.StrEnum):
    """Who the legal obligor is, apart from whose money it is."""

    PAYEE = "payee"  #: a private obligor, entered as a payee: the name is sealed
    PARTNER = "partner"  #: the partner organization of the case
    FUND = "fund"  #: the organization that runs the funds


class Paper(enum.StrEnum):
    """What an obligor shows before a contract. Source: ice.gov/detain/detention-management/bonds."""

    PHOTO_ID = "photo_id"
    STATUS_PROOF = "status_proof"
    IRS_LETTER_947 = "irs_letter_947"
    SS_4 = "ss_4"
    AUTHORIZATION_LETTER = "authorization_letter"
    REPRESENTATIVE_ID = "representative_id"


class Contest(enum.StrEnum):
    """How a breach is contested."""

    MITIGATION = "mitigation"
    APPEAL = "appeal"


_S, _V = BondStatus, Verb


@dataclass(frozen=True, slots=True)
class Move:
    """A verb's way: from which statuses, and to which; None stays where it is."""

    old: frozenset[BondStatus]
    new: BondStatus | None


#: Until the money is back or lost; only the obligor gets it, so the obligor and the address matter so long.
OPEN = frozenset({_S.APPROVED, _S.POSTED, _S.CANCELLED, _S.REFUND_CLAIMED, _S.BREACHED})
#: Money is with the government, and is expected or contested.
OUT = OPEN - {_S.APPROVED}
#: A bond that takes no award any more.
NEVER_POSTED = frozenset({_S.REJECTED, _S.WITHDRAWN})

MOVES: Mapping[Verb, Move] = MappingProxyType({
    _V.APPROVE: Move(frozenset({_S.REQUESTED}), _S.APPROVED),
    _V.REJECT: Move(frozenset({_S.REQUESTED}), _S.REJECTED),
    _V.WITHDRAW: Move(frozenset({_S.REQUESTED, _S.APPROVED}), _S.WITHDRAWN),
    _V.PAPERS: Move(OPEN, None),
    _V.SIGN: Move(frozenset({_S.APPROVED}), None),
    _V.POST: Move(frozenset({_S.APPROVED}), _S.POSTED),
    _V.UNPOST: Move(frozenset({_S.POSTED}), _S.APPROVED),
    _V.REDELIVER: Move(frozenset({_S.POSTED}), None),
    _V.CANCEL: Move(frozenset({_S.POSTED}), _S.CANCELLED),
    _V.CLAIM: Move(frozenset({_S.CANCELLED}), _S.REFUND_CLAIMED),
    _V.RECEIVE: Move(frozenset({_S.REFUND_CLAIMED}), _S.REFUNDED),
    _V.INTEREST: Move(frozenset({_S.REFUNDED, _S.FORFEITED}), None),
    _V.BREACH: Move(frozenset({_S.POSTED}), _S.BREACHED),
    _V.CONTEST: Move(frozenset({_S.BREACHED}), None),
    _V.MITIGATE: Move(frozenset({_S.BREACHED}), _S.CANCELLED),
    _V.REINSTATE: Move(frozenset({_S.BREACHED, _S.FORFEITED}), _S.POSTED),
    _V.FORFEIT: Move(frozenset({_S.BREACHED}), _S.FORFEITED),
    _V.SUBSTITUTE: Move(OPEN, None),
    _V.ADDRESS: Move(OPEN, None),
})  # fmt: skip

#: The same as pairs, for the trigger that refuses every other step.
STATUS_MOVES: frozenset[tuple[BondStatus, BondStatus]] = frozenset(
    (old, move.new) for move in MOVES.values() if move.new is not None for old in move.old
)

_P = Permission
#: Which permission a verb needs: what is not named here is recorded by the fund's people.
NEEDS: Mapping[Verb, Permission] = MappingProxyType(
    dict.fromkeys(Verb, _P.BOND_RECORD)
    | {
        _V.REQUEST: _P.BOND_REQUEST,
        _V.WITHDRAW: _P.BOND_REQUEST,
        _V.APPROVE: _P.BOND_DECIDE,
        _V.REJECT: _P.BOND_DECIDE,
        _V.ADDRESS: _P.BOND_ADDRESS,
    }
)

#: The way a bond goes when nothing stands in it.
STRAIGHT_WAY: Final = (_S.REQUESTED, _S.APPROVED, _S.POSTED, _S.CANCELLED, _S.REFUND_CLAIMED, _S.REFUNDED)

_OF_A_PERSON = (Paper.PHOTO_ID, Paper.STATUS_PROOF)
_OF_A_FIRM = (Paper.SS_4, Paper.AUTHORIZATION_LETTER, Paper.REPRESENTATIVE_ID)
#: Which papers must have been seen of an obligor before the contract is signed.
PAPERS: Mapping[ObligorKind, tuple[Paper, ...]] = MappingProxyType({
    ObligorKind.CITIZEN: _OF_A_PERSON,
    ObligorKind.PERMANENT_RESIDENT: _OF_A_PERSON,
    ObligorKind.LAW_FIRM: _OF_A_FIRM,
    ObligorKind.NONPROFIT: (Paper.IRS_LETTER_947, *_OF_A_FIRM),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Minimum:
    """The least that a kind of bond may be, from a day on."""

    since: date
    kind: BondKind
    amount: Money
    source: str


#: Dated reference: a later row replaces an earlier one from its day on.
MINIMUMS: Final = (
    Minimum(date(1997, 4, 1), BondKind.DELIVERY, Money(150_000), "8 U.S.C. 1226(a)(2)(A): bond of at least $1,500"),
)


def minimum(kind: BondKind, day: date) -> Minimum | None:
    """The minimum in force for a kind of bond on a day; None where there is none."""
    return max((each for each in MINIMUMS if each.kind is kind and each.since <= day), key=_since, default=None)


def _since(each: Minimum) -> date:
    return each.since


def missing_papers(kind: ObligorKind, seen: Iterable[Paper]) -> tuple[Paper, ...]:
    """The papers that nobody has seen yet, in the order of the list."""
    known = frozenset(seen)
    return tuple(paper for paper in PAPERS[kind] if paper not in known)


class Bar(enum.StrEnum):
    """What keeps a person from a step."""

    ASKED = "asked"
    ON_THE_CASE = "on_the_case"
    CLAIMED = "claimed"


def barred(verb: Verb, me: UUID, requested_by: UUID, claimed_by: UUID | None, on_the_case: bool) -> Bar | None:
    """Why this person may not do this; None when they may.

    Who asked for a bond does not decide on it, nobody who works on the case records its money, and who claimed a refund
    does not record that it came.
    """
    if verb in (Verb.APPROVE, Verb.REJECT) and me == requested_by:
        return Bar.ASKED
    if on_the_case and verb not in (Verb.WITHDRAW, Verb.ADDRESS):
        return Bar.ON_THE_CASE
    if verb is Verb.RECEIVE and me == claimed_by:
        return Bar.CLAIMED
    return None
