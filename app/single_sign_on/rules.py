"""What an identity provider is to Amparo, and what its word must say before anybody is signed in by it."""

import enum
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

#: A way that was begun must come back within this time, to the browser that began it, and once.
ATTEMPT_LIFE = timedelta(minutes=10)
#: That many ways may be begun from one network within the life of one: each leaves a row.
MOST_ATTEMPTS = 300
#: What is over is kept this long for whoever looks into it, then deleted.
KEPT = timedelta(days=1)
#: When a person showed who they are, where nobody says so: long ago, so that no sensitive act takes it for fresh.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
#: Clocks differ. RFC 7519 speaks of a few minutes; half a minute is what two machines with NTP need.
LEEWAY = timedelta(seconds=30)

#: Signatures with a public key only: a shared secret or no signature at all proves nothing about who signed.
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "PS384", "PS512", "ES384", "ES512")
USUAL_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")


class SecondFactor(enum.StrEnum):
    """Who asks for the second factor."""

    PROVIDER = "provider"  #: the provider's word must say so
    HERE = "here"  #: Amparo asks for its own, when the provider's word does not say so


class Purpose(enum.StrEnum):
    """What somebody was sent to their provider for."""

    SIGN_IN = "sign_in"
    INVITATION = "invitation"  #: the first sign-in, by the link of an invitation
    LINK = "link"  #: tie the provider's account to one's own
    PROVE = "prove"  #: prove again who one is, for a sensitive act


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider as it was entered, ready to be spoken with."""

    id: UUID
    partner_id: UUID | None
    name: str
    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    algorithms: tuple[str, ...]
    second_factor: SecondFactor
    accepted_acr: frozenset[str]
    accepted_amr: frozenset[str]
    max_age: timedelta | None
    hosted_domain: str | None
    assume_pkce: bool
    signs_out_there: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """What was asked of the provider, and its answer is held against."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    max_age: timedelta | None
    #: The person must have shown who they are anew, after this way was begun.
    anew: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says this is: an issuer and a subject, never an e-mail address."""

    issuer: str
    subject: str
    second_factor: bool
    sid: str | None
    #: When the person last showed the provider who they are; a provider that does not say has shown nothing fresh.
    shown_at: datetime
    id_token: str = field(repr=False)


class Unsound(Exception):
    """What the provider said can not be believed. ``reason`` is a code for the record: never a word of the provider."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unreachable(Exception):
    """The provider does not answer, or not in time."""


class Declined(Exception):
    """The provider did not sign this person in."""


def has_second_factor(provider: Provider, acr: object, amr: object) -> bool:
    """Whether the provider's word shows a second factor, by one of the words that were agreed for it."""
    if isinstance(acr, str) and acr in provider.accepted_acr:
        return True
    return isinstance(amr, list) and any(isinstance(each, str) and each in provider.accepted_amr for each in amr)


def local_path(path: str) -> str:
    """Where to go afterwards: a path of this site, whatever was asked for."""
    fine = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if fine else "/"


def words_in(text: str) -> tuple[str, ...]:
    """Words with spaces between, as they stand in the table."""
    return tuple(text.split())
