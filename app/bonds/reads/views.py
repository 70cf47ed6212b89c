"""What is shown of a bond."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from app.bonds.rules import BondKind, BondStatus, Contest, Holder, ObligorKind, Paper, Verb
from app.bonds.rules.dues import Due
from app.bonds.rules.money import Stand
from app.cases.reads import PersonName
from app.funds.rules import AwardStatus
from app.money import Money


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper that this kind of obligor shows: on which day it was seen and by whom, or not yet."""

    paper: Paper
    seen_on: date | None
    seen_by: PersonName | None


@dataclass(frozen=True, slots=True)
class ObligorView:
    """An obligor by reference; an organization by its name, the fund's own by none. The address opens elsewhere."""

    id: UUID
    reference: str
    holder: Holder
    kind: ObligorKind
    name: str | None
    address_confirmed_on: date | None
    papers: list[PaperView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BondStepView:
    verb: Verb
    at: datetime
    on_day: date
    by: PersonName
    obligor: str | None


@dataclass(frozen=True, slots=True)
class BondMoney:
    """Where a bond's money stands: posted is refunded, forfeited and outstanding together; interest is on top."""

    posted: Money
    refunded: Money
    forfeited: Money
    outstanding: Money
    interest: Money


@dataclass(frozen=True, slots=True)
class BondView:
    """A bond. ``rejection``, the reason of a refusal, opens for the case's attorneys, on the single record only."""

    id: UUID
    reference: str
    kind: BondKind
    status: BondStatus
    case_id: UUID
    case_reference: str
    award_id: UUID
    award_reference: str
    award_status: AwardStatus
    fund_id: UUID
    fund: str
    partner_id: UUID
    partner: str
    amount: Money
    money: BondMoney
    obligor: ObligorView
    disbursement_id: UUID | None
    disbursement_reference: str | None
    receipt_number: str | None
    receipt_lost: bool
    requested_on: date
    requested_by: PersonName
    decided_on: date | None
    signed_on: date | None
    posted_on: date | None
    redelivered_on: date | None
    cancelled_on: date | None
    claimed_on: date | None
    received_on: date | None
    breached_on: date | None
    contested_on: date | None
    contest: Contest | None
    forfeited_on: date | None
    due: list[Due]
    rejection: str | None
    steps: list[BondStepView]
    version: int


@dataclass(frozen=True, slots=True)
class BondList:
    items: list[BondView]
    next: str | None


def money_of(stand: Stand) -> BondMoney:
    """A stand as it is shown."""
    return BondMoney(
        posted=Money(stand.posted),
        refunded=Money(stand.refunded),
        forfeited=Money(stand.forfeited),
        outstanding=Money(stand.outstanding),
        interest=Money(stand.interest),
    )
