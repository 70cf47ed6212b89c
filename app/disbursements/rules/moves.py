"""The life of a disbursement and who may take part in it: statuses, moves, duties."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID

from app.access.grants import Permission
from app.funds.rules import EntryKind


class Method(enum.StrEnum):
    """How the money travels."""

    ACH = "ach"
    WIRE = "wire"
    CHECK = "check"
    CARD = "card"
    AGENCY_PORTAL = "agency_portal"  #: paid on the agency's own pages, like EOIR's payment portal


class AuthorizationForm(enum.StrEnum):
    """The form by which a payer lets USCIS draw a fee."""

    G_1450 = "g_1450"  #: from a card
    G_1650 = "g_1650"  #: from a bank account


class DisbursementStatus(enum.StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RELEASED = "released"
    SETTLED = "settled"
    RETURNED = "returned"
    REVERSED = "reversed"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Verb(enum.StrEnum):
    """What is done to a disbursement."""

    CREATE = "create"
    SUBMIT = "submit"
    EDIT = "edit"  #: a bound value changed: approvals are void, and it is submitted again
    APPROVE = "approve"
    REJECT = "reject"
    RELEASE = "release"
    SETTLE = "settle"
    RETURN = "return"
    REVERSE = "reverse"
    EXPIRE = "expire"


class Duty(enum.StrEnum):
    """The four parts that four different people take."""

    REQUESTER = "requester"
    APPROVER = "approver"
    RELEASER = "releaser"
    SETTLER = "settler"


class ReasonCode(enum.StrEnum):
    """Why a disbursement was rejected, returned or reversed, for those who read references only."""

    DUPLICATE = "duplicate"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_PAYEE = "wrong_payee"
    MISSING_DOCUMENT = "missing_document"
    BANK_RETURN = "bank_return"
    NOT_NEEDED = "not_needed"
    FILING_REJECTED = "filing_rejected"  #: the agency sent the filing back, and its fee
    DEBIT_BOUNCED = "debit_bounced"  #: the agency could not draw the fee
    OTHER = "other"


class Figure(enum.StrEnum):
    """A figure of a fund, of one of its categories, or of an award, that opens to what it is made of."""

    BUDGET = "budget"
    ENCUMBERED = "encumbered"
    PAID = "paid"
    AVAILABLE = "available"
    UNALLOCATED = "unallocated"  #: of a fund alone: in it and not meant for a category yet


#: The figures of an award; its whole amount is one decision and has no parts.
OF_AN_AWARD = frozenset({Figure.ENCUMBERED, Figure.PAID, Figure.AVAILABLE})


_S = DisbursementStatus


@dataclass(frozen=True, slots=True)
class Move:
    """A verb's way: from which statuses to which."""

    old: frozenset[DisbursementStatus]
    new: DisbursementStatus


MOVES: Mapping[Verb, Move] = MappingProxyType({
    Verb.SUBMIT: Move(frozenset({_S.DRAFT}), _S.SUBMITTED),
    Verb.EDIT: Move(frozenset({_S.DRAFT, _S.SUBMITTED, _S.APPROVED}), _S.DRAFT),
    Verb.APPROVE: Move(frozenset({_S.SUBMITTED}), _S.APPROVED),
    Verb.RELEASE: Move(frozenset({_S.APPROVED}), _S.RELEASED),
    Verb.SETTLE: Move(frozenset({_S.RELEASED}), _S.SETTLED),
    Verb.REJECT: Move(frozenset({_S.DRAFT, _S.SUBMITTED, _S.APPROVED}), _S.REJECTED),
    Verb.RETURN: Move(frozenset({_S.RELEASED, _S.SETTLED}), _S.RETURNED),
    Verb.REVERSE: Move(frozenset({_S.SETTLED}), _S.REVERSED),
    Verb.EXPIRE: Move(frozenset({_S.DRAFT, _S.SUBMITTED, _S.APPROVED}), _S.EXPIRED),
})  # fmt: skip

#: The same as pairs, for the trigger that refuses every other step.
STATUS_MOVES: frozenset[tuple[DisbursementStatus, DisbursementStatus]] = frozenset(
    (old, move.new) for move in MOVES.values() for old in move.old
)

#: Whose duty a verb is. Two duties are never the same person's.
DUTIES: Mapping[Verb, Duty] = MappingProxyType({
    Verb.CREATE: Duty.REQUESTER,
    Verb.SUBMIT: Duty.REQUESTER,
    Verb.EDIT: Duty.REQUESTER,
    Verb.APPROVE: Duty.APPROVER,
    Verb.RELEASE: Duty.RELEASER,
    Verb.SETTLE: Duty.SETTLER,
})  # fmt: skip

#: Which permission a verb needs; an expiry is nobody's act.
NEEDS: Mapping[Verb, Permission] = MappingProxyType({
    Verb.CREATE: Permission.DISBURSEMENT_CREATE,
    Verb.SUBMIT: Permission.DISBURSEMENT_CREATE,
    Verb.EDIT: Permission.DISBURSEMENT_CREATE,
    Verb.APPROVE: Permission.DISBURSEMENT_APPROVE,
    Verb.REJECT: Permission.DISBURSEMENT_APPROVE,
    Verb.RELEASE: Permission.DISBURSEMENT_RELEASE,
    Verb.SETTLE: Permission.DISBURSEMENT_SETTLE,
    Verb.RETURN: Permission.DISBURSEMENT_SETTLE,
    Verb.REVERSE: Permission.DISBURSEMENT_SETTLE,
})  # fmt: skip

#: The way money goes when nothing stands in it.
STRAIGHT_WAY = (_S.DRAFT, _S.SUBMITTED, _S.APPROVED, _S.RELEASED, _S.SETTLED)

#: Which step a disbursement waits for in a status; in every other status its way is over.
WAITS_FOR: Mapping[DisbursementStatus, Verb] = MappingProxyType({
    _S.DRAFT: Verb.SUBMIT,
    _S.SUBMITTED: Verb.APPROVE,
    _S.APPROVED: Verb.RELEASE,
    _S.RELEASED: Verb.SETTLE,
})  # fmt: skip

#: A disbursement that holds its amount on the award and is not paid: these are "under way".
UNDER_WAY = frozenset({_S.DRAFT, _S.SUBMITTED, _S.APPROVED, _S.RELEASED})

#: How long a disbursement that is not released holds money on its award when another asks for it. Source: none in law;
#: the fund's own control, two weeks from the day it was requested.
HOLDS_FOR = timedelta(days=14)

#: How long nothing is sent to an account that was changed. Source: none in law; the fund's own control against forged
#: letters, in which the payee finds out.
ACCOUNT_WAIT = timedelta(hours=72)


def approvals_needed(amount: int, second_approval_over: int | None) -> int:
    """How many people must approve a payment of this amount; both in cents. None: one is always enough."""
    return 2 if second_approval_over is not None and amount > second_approval_over else 1


def entries_of(status: DisbursementStatus, was_settled: bool) -> frozenset[EntryKind]:
    """Which entries the ledger holds for a disbursement in this status, each exactly once."""
    if status in (_S.REJECTED, _S.EXPIRED):
        return frozenset({EntryKind.RESERVED, EntryKind.FREED})
    if status is _S.RETURNED and not was_settled:
        return frozenset({EntryKind.RESERVED, EntryKind.FREED})
    if status in (_S.RETURNED, _S.REVERSED):
        return frozenset({EntryKind.RESERVED, EntryKind.SETTLED, EntryKind.REVERSED})
    if status is _S.SETTLED:
        return frozenset({EntryKind.RESERVED, EntryKind.SETTLED})
    return frozenset({EntryKind.RESERVED})


class Bar(enum.StrEnum):
    """What keeps a person from a duty."""

    TOOK_PART = "took_part"
    ON_THE_CASE = "on_the_case"
    OF_THE_PAYEE = "of_the_payee"
    IS_THE_PAYEE = "is_the_payee"
    CHANGED_THE_ACCOUNT = "changed_the_account"


@dataclass(frozen=True, slots=True)
class Part:
    """A step that a person took: the duty they took by it, if any, and on which version of the payment."""

    verb: Verb
    duty: Duty | None
    version: int


def took_part(verb: Verb, parts: Iterable[Part], version: int) -> bool:
    """Whether a person's own steps keep them from this one.

    Who asked may ask again after a change, and who approved may approve what was changed since: never the same version
    twice. Every other duty keeps from every other.
    """
    duty = DUTIES.get(verb)
    others = any(part.duty not in (None, duty) for part in parts)
    if duty in (None, Duty.REQUESTER):
        return duty is not None and others
    if verb is Verb.APPROVE:
        return others or any(part.verb is Verb.APPROVE and part.version == version for part in parts)
    return any(part.duty is not None for part in parts)


def is_the_payee(person: str, payee: str | None) -> bool:
    """Whether a payee bears a person's name; private payees' names stand sealed and are not compared."""
    return payee is not None and " ".join(person.split()).casefold() == " ".join(payee.split()).casefold()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands to a disbursement: their own part so far, their tie to its case, their organization.

    ``is_payee`` is that the payee bears their name, ``changed_account`` that they asked for the payee's last change of
    account.
    """

    took_part: bool
    on_the_case: bool
    partner_id: UUID | None
    payee_partner_id: UUID | None
    is_payee: bool = False
    changed_account: bool = False


def barred(duty: Duty | None, standing: Standing) -> Bar | None:
    """Why this person may not take this duty; None when they may.

    Requester, approver, releaser and settler are four people, and the last three neither work on the case nor belong
    to the payee's organization. The requester may do the requester's second act, submitting.
    """
    if duty in (None, Duty.REQUESTER):
        return None
    if standing.took_part:
        return Bar.TOOK_PART
    if standing.on_the_case:
        return Bar.ON_THE_CASE
    if standing.partner_id is not None and standing.partner_id == standing.payee_partner_id:
        return Bar.OF_THE_PAYEE
    if standing.is_payee:
        return Bar.IS_THE_PAYEE
    return Bar.CHANGED_THE_ACCOUNT if standing.changed_account else None
