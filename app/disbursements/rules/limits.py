"""Limits of a fund's payments, and what is worth a second look: pure decisions over amounts in cents."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

#: Within so many days payments to one payee are taken together when each is below the limit. Source: the fund's own
#: control; no law names a number.
SPLIT_DAYS: Final = 7


class LimitStatus(enum.StrEnum):
    """How far a set of limits has come."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    REJECTED = "rejected"


class Limit(enum.StrEnum):
    """A limit that nothing goes over."""

    PER_CASE = "per_case"
    PER_PARTNER = "per_partner"
    PER_DAY = "per_day"
    PER_FUND = "per_fund"


class Alert(enum.StrEnum):
    """Something that approvers should look at twice. It keeps nobody from anything."""

    VELOCITY = "velocity"  #: many payments to one payee within days
    SPLIT = "split"  #: several below the limit for a second approval, together above it
    NEW_ACCOUNT = "new_account"  #: the payee's account was changed lately
    FIRST_PAYMENT = "first_payment"  #: nothing was paid to this account yet


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another payment to the same payee from the same fund that was not refused: when it was asked for, how much."""

    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that a payment would go over, and how much is left under it, in cents."""

    limit: Limit
    most: int
    left: int


def first_breach(amount: int, limits: Mapping[Limit, int | None], used: Mapping[Limit, int]) -> Breach | None:
    """The first limit that ``amount`` on top of what is ``used`` would go over; None when there is none."""
    for limit in Limit:
        most = limits.get(limit)
        if most is not None and used.get(limit, 0) + amount > most:
            return Breach(limit, most, max(0, most - used.get(limit, 0)))
    return None


def approvals_needed(amount: int, second_approval_over: int | None) -> int:
    """How many people must approve a payment of this amount."""
    return 2 if second_approval_over is not None and amount > second_approval_over else 1


def is_fast(day: date, others: Sequence[Earlier], count: int | None, days: int | None) -> bool:
    """Whether this payment makes more than ``count`` to one payee within ``days``, its own day the last of them."""
    if count is None or days is None:
        return False
    since = day - timedelta(days=days - 1)
    return 1 + sum(since <= other.day <= day for other in others) > count


def is_split(day: date, amount: int, others: Sequence[Earlier], second_approval_over: int | None) -> bool:
    """Whether this payment needs no second approval, and with others like it within seven days would need one."""
    if second_approval_over is None or amount > second_approval_over:
        return False
    near = [
        other.amount
        for other in others
        if abs((other.day - day).days) < SPLIT_DAYS and other.amount <= second_approval_over
    ]
    return bool(near) and amount + sum(near) > second_approval_over
