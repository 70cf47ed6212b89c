"""How long to wait after failures, and which changes of roles two people make."""

import enum
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import available_timezones

from app.access.grants import ADMINISTRATORS, OF_A_PARTNER, Role, together

#: How long a link to choose a password is good for.
LINK_LIFE = timedelta(hours=72)

#: Failures within this window count; older ones are forgotten.
WINDOW = timedelta(hours=1)
#: That many failures of one person at one place are free of waiting: people mistype.
FREE = 5
#: That many failures of one network, whoever it tried to be.
FREE_NETWORK = 100
LONGEST_WAIT = timedelta(minutes=5)


def wait(failures: int, free: int, last: datetime | None, now: datetime) -> timedelta:
    """How long the next attempt must wait: nothing up to ``free`` failures, then doubling, never more than 5 minutes.

    A delay and not a lock: whoever locks accounts hands attackers a way to lock everybody out.
    """
    if failures < free or last is None:
        return timedelta(0)
    delay = min(timedelta(seconds=2 ** min(failures - free, 20)), LONGEST_WAIT)
    return max(last + delay - now, timedelta(0))


class RequestStatus(enum.StrEnum):
    """What became of a request to change somebody's roles."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


#: How long a request waits for a second person.
REQUEST_LIFE = timedelta(days=14)
#: Roles of which somebody must always be left who can sign in: without them nobody could give access again.
NEVER_NOBODY = (Role.FUND_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR)


def needs_second(before: frozenset[Role], after: frozenset[Role], *, grants_alone: bool, of_a_partner: bool) -> bool:
    """True when a second person must agree: an administrator's role is given or taken, or the asker grants nothing.

    For a partner's administrator (``of_a_partner``) their own role is one of these: who could make another one alone
    would be both of the two that a lost sign-in needs.
    """
    guarded = ADMINISTRATORS | {Role.PARTNER_ADMINISTRATOR} if of_a_partner else ADMINISTRATORS
    return not grants_alone or bool((before ^ after) & guarded)


def role_fault(roles: frozenset[Role], *, has_partner: bool) -> str | None:
    """The code of what is wrong with these roles beside an organization or none; None when nothing is."""
    if not together(roles):
        return "roles.apart"
    of_partner = bool(roles & OF_A_PARTNER)
    if of_partner and not has_partner:
        return "partner_id.required"
    if has_partner and (not of_partner or roles - OF_A_PARTNER):
        return "partner_id.unfit"
    return None


def as_words(roles: frozenset[Role]) -> str:
    """Roles for a column: sorted words with spaces between."""
    return " ".join(sorted(roles))


def from_words(words: str) -> frozenset[Role]:
    """Roles out of a column."""
    return frozenset(Role(word) for word in words.split())


@cache
def time_zones() -> frozenset[str]:
    """Every IANA time zone of this installation."""
    return frozenset(available_timezones())
