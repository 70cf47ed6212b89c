"""What a proof must be, how long a question for one stands, and how codes are written. Standard library only."""

import enum
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

#: How long the browser has to answer a challenge.
CHALLENGE_LIFE: Final = timedelta(minutes=5)
#: How long a seed that was shown waits to be confirmed by a first code.
SEED_LIFE: Final = timedelta(minutes=15)
#: Seconds of one code (RFC 6238), and how many steps a clock may be wrong.
STEP_SECONDS: Final = 30
STEPS_OFF: Final = 1
#: How many recovery codes are made at once, and the random bytes of each.
RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 16
#: How many passkeys are asked for where losing the only one would stop the fund's work.
PASSKEYS_WISHED: Final = 2
#: A person has at most so many passkeys.
MOST_PASSKEYS: Final = 20
#: How many sessions one person has at most; the oldest ends when another begins.
MOST_SESSIONS: Final = 5
#: How long the two halves of a reset are good for.
RESET_LIFE: Final = timedelta(hours=24)
#: Random bytes of each half.
HALF_BYTES: Final = 10
#: How long the link is good for that a reset ends in.
LINK_LIFE: Final = timedelta(hours=1)


class Purpose(enum.StrEnum):
    """What a challenge was asked for. An answer to one is no answer to another."""

    SIGN_IN = "sign_in"
    ENROL = "enrol"
    STEP_UP = "step_up"
    INVITATION = "invitation"


class ResetStatus(enum.StrEnum):
    """How far a reset of somebody's ways to sign in has come."""

    ASKED = "asked"
    APPROVED = "approved"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Site:
    """Whom a passkey is made for: the host, and the one address from which it may be used."""

    host: str
    origin: str


def site_of(origin: str) -> Site:
    """The site of AMPARO_ORIGIN, which is a scheme, a host and perhaps a port."""
    host, _, _port = origin.partition("://")[2].partition(":")
    return Site(host, origin)


def grouped(code: str) -> str:
    """A long code as people copy it: four letters, a hyphen, four letters."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


#: What people write for a letter that looks like another; the codes' alphabet is base 32 of RFC 4648.
_MISTAKEN: Final = str.maketrans({"0": "o", "1": "l", "8": "b"})


def plain(code: str) -> str:
    """A code as it was made, from how it was typed: any case, spaces, hyphens, and digits for letters."""
    return "".join(each for each in code.lower() if each.isalnum()).translate(_MISTAKEN)
