"""What a provider says of itself: its addresses and its keys, kept for a while, checked before they are kept."""

import base64
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from app.single_sign_on.provider.addresses import is_of
from app.single_sign_on.provider.talk import fetch
from app.single_sign_on.rules import Provider, Unreachable, Unsound

#: Seconds: how long a document is good, how soon a failure is tried again, how soon an unknown key is asked for again.
GOOD: Final = 3600.0
AGAIN: Final = 5.0
KEYS_AGAIN: Final = 30.0
MOST_KEYS: Final = 50
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


@dataclass(frozen=True, slots=True)
class Metadata:
    """The part of a discovery document that is used, checked."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    answers_with_issuer: bool
    pkce: bool | None
    client_auth: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    what: Any
    until: float
    fetched: float


class Directory:
    """What the providers said, for one process. A failure is remembered for seconds only, so that it heals itself."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._gate = threading.Lock()
        self._locks: dict[tuple[str, str], threading.Lock] = {}

    def metadata(self, provider: Provider, *, loopback: bool) -> Metadata:
        """The provider's addresses. Raises Unreachable, or Unsound when they must not be used."""
        address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        found: Metadata = self._get(
            ("metadata", provider.issuer), lambda: checked(fetch(address), provider.issuer, loopback=loopback)
        )
        if found.pkce is False or (found.pkce is None and not provider.assume_pkce):
            raise Unsound("no_pkce")
        return found

    def keys(self, provider: Provider, metadata: Metadata, *, anew: bool = False) -> tuple[Key, ...]:
        """The provider's public keys; ``anew`` when a signature names one that is not among them."""
        found: tuple[Key, ...] = self._get(
            ("keys", metadata.jwks_uri), lambda: public_keys(fetch(metadata.jwks_uri)), anew=anew
        )
        return found

    def forget(self) -> None:
        """Forget everything that was kept."""
        with self._gate:
            self._kept.clear()

    def _get(self, name: tuple[str, str], ask: Callable[[], Any], *, anew: bool = False) -> Any:
        with self._gate:
            lock = self._locks.setdefault(name, threading.Lock())
        # One asks, the others wait for its answer; not for long, or a provider that is slow would take every thread.
        if not lock.acquire(timeout=2.0):
            raise Unreachable
        try:
            now = self._clock()
            kept = self._kept.get(name)
            if kept is not None and now < kept.until and not (anew and kept.fetched + KEYS_AGAIN <= now):
                if isinstance(kept.what, Exception):
                    raise kept.what
                return kept.what
            try:
                found = ask()
            except (Unreachable, Unsound) as refused:
                self._kept[name] = _Kept(refused, now + AGAIN, now)
                raise
            self._kept[name] = _Kept(found, now + GOOD, now)
            return found
        finally:
            lock.release()


#: One for each process.
DIRECTORY: Final = Directory()


def checked(document: dict[str, Any], issuer: str, *, loopback: bool) -> Metadata:
    """The addresses in a discovery document. Raises Unsound unless it is this issuer's and asks nothing unsafe."""
    if document.get("issuer") != issuer:
        raise Unsound("issuer_of_discovery")

    def address(name: str) -> str:
        value = document.get(name)
        if not isinstance(value, str) or not is_of(value, issuer, loopback=loopback):
            raise Unsound("address_in_discovery")
        return value

    kinds = _words(document, "response_types_supported")
    if kinds is not None and "code" not in kinds:
        raise Unsound("no_code_flow")
    challenges = _words(document, "code_challenge_methods_supported")
    return Metadata(
        authorization_endpoint=address("authorization_endpoint"),
        token_endpoint=address("token_endpoint"),
        jwks_uri=address("jwks_uri"),
        end_session_endpoint=address("end_session_endpoint") if document.get("end_session_endpoint") else None,
        answers_with_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        pkce=None if challenges is None else "S256" in challenges,
        client_auth=_words(document, "token_endpoint_auth_methods_supported") or ("client_secret_basic",),
    )


def _words(document: dict[str, Any], name: str) -> tuple[str, ...] | None:
    value = document.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Unsound("discovery")
    return tuple(value)


def public_keys(document: dict[str, Any]) -> tuple[Key, ...]:
    """The keys for signatures in a key set.

    Raises Unsound when it holds a secret: then anybody could sign with it, whatever else it holds.
    """
    listed = document.get("keys")
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise Unsound("keys")
    keys: list[Key] = []
    for each in listed:
        if not isinstance(each, dict):
            raise Unsound("keys")
        if each.get("kty") == "oct" or _PRIVATE & set(each):
            raise Unsound("secret_among_keys")
        if each.get("kty") not in ("RSA", "EC", "OKP") or each.get("use", "sig") != "sig" or _is_weak(each):
            continue
        try:
            keys.append(JWKRegistry.import_key(each))
        except (JoseError, ValueError, TypeError, KeyError):
            continue  # a kind of key that this program does not know; others may be good
    if not keys:
        raise Unsound("keys")
    return tuple(keys)


def _is_weak(key: dict[str, Any]) -> bool:
    """An RSA key below 2048 bits (NIST SP 800-131A) signs nothing that is believed."""
    modulus = key.get("n")
    if key.get("kty") != "RSA":
        return False
    try:
        octets = base64.urlsafe_b64decode(str(modulus) + "===")
    except ValueError:
        return True
    return int.from_bytes(octets).bit_length() < 2048
