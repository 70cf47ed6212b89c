"""How somebody proved who they are: the words kept with each session."""

import enum


class Method(enum.StrEnum):
    """One way of proving; the words are those of RFC 8176 where it has one."""

    PASSWORD = "pwd"  # noqa: S105 - a word of RFC 8176, not a secret
    ONE_TIME_CODE = "otp"
    RECOVERY_CODE = "recovery"
    PASSKEY = "passkey"  #: WebAuthn with user verification: possession and a second factor in one act
    FEDERATED = "federated"  #: the word of the organization's identity provider
    FEDERATED_MFA = "federated_mfa"  #: the provider says that it asked for a second factor


def as_words(methods: frozenset[Method]) -> str:
    """For the table: sorted, with spaces between."""
    return " ".join(sorted(methods))


def from_words(words: str) -> frozenset[Method]:
    """From the table; a word that this program does not know is left out, so it never counts as a proof."""
    known = set(Method)
    return frozenset(Method(word) for word in words.split() if word in known)
