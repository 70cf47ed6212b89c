"""What a password must be, and how long to wait after failures. Standard library only."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import available_timezones

#: NIST SP 800-63B-4, section 3.1.1.2: a password that stands alone has 15 characters or more; no composition rules.
SHORTEST = 15
LONGEST = 128
#: How long a link to choose a password is good for.
LINK_LIFE = timedelta(hours=72)

#: Failures within this window count; older ones are forgotten.
WINDOW = timedelta(hours=1)
#: That many failures of one person at one place are free of waiting: people mistype.
FREE = 5
#: That many failures of one network, whoever it tried to be.
FREE_NETWORK = 100
LONGEST_WAIT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class PasswordFault:
    """Why a password can not be taken: a code and the sentence that says what to enter."""

    code: str
    message: str


def normalised(password: str) -> str:
    """The password as it is hashed: NFKC, so that the same keys on another keyboard give the same characters."""
    return unicodedata.normalize("NFKC", password)


def fault(password: str, *, email: str, name: str) -> PasswordFault | None:
    """What is wrong with a new password, or None."""
    plain = normalised(password)
    if len(plain) < SHORTEST:
        return PasswordFault("password.too_short", "Enter at least 15 characters. A sentence works well.")
    if len(plain) > LONGEST:
        return PasswordFault("password.too_long", "Enter at most 128 characters.")
    if len(set(plain.casefold())) < 5:
        return PasswordFault("password.repeats", "Use more different characters.")
    own = [part for part in (*email.casefold().split("@"), *name.casefold().split()) if len(part) > 3]
    rest = plain.casefold()
    for part in own:
        rest = rest.replace(part, "")
    if len(rest) < SHORTEST - 5:
        return PasswordFault("password.personal", "Do not build it from your name or e-mail address.")
    return None


def wait(failures: int, free: int, last: datetime | None, now: datetime) -> timedelta:
    """How long the next attempt must wait: nothing up to ``free`` failures, then doubling, never more than 5 minutes.

    A delay and not a lock: whoever locks accounts hands attackers a way to lock everybody out.
    """
    if failures < free or last is None:
        return timedelta(0)
    delay = min(timedelta(seconds=2 ** min(failures - free, 20)), LONGEST_WAIT)
    return max(last + delay - now, timedelta(0))


@cache
def time_zones() -> frozenset[str]:
    """Every IANA time zone of this installation."""
    return frozenset(available_timezones())
