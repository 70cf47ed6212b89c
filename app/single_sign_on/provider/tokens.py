"""What a provider signed: an ID token at the sign-in, a notice when somebody signed out there."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

from app.single_sign_on.rules import LEEWAY, LONG_AGO, Expected, Identity, Provider, Unsound, has_second_factor

LONGEST_TOKEN: Final = 32_000
LONGEST_SUBJECT: Final = 255
_LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
#: A notice of signing out is about now; one that is older was kept by somebody.
_NOTICE_AGE: Final = 120 + LEEWAY.total_seconds()

#: Gives the provider's keys; asked again with True when none of them fits.
Keys = Callable[[bool], tuple[Key, ...]]


@dataclass(frozen=True, slots=True)
class Notice:
    """Whose session ended at the provider: a subject's, one session's, or both named."""

    jti: str
    subject: str | None
    sid: str | None
    issued_at: float


def identity_in(
    provider: Provider, keys: Keys, token: dict[str, Any], expected: Expected, began: datetime, now: datetime
) -> Identity:
    """Who a token response is about. Raises Unsound for everything that is not exactly as it must be."""
    id_token = token.get("id_token")
    if not isinstance(id_token, str):
        raise Unsound("no_id_token")
    header, claims = _signed(provider, keys, id_token, ("JWT",))
    _check_types(claims)
    access_token = token.get("access_token")
    _validate(provider, header, claims, access_token if isinstance(access_token, str) else None, expected, now)
    if claims["aud"] not in (provider.client_id, [provider.client_id]):
        raise Unsound("audience")
    if not hmac.compare_digest(claims["nonce"].encode(), expected.nonce.encode()):
        raise Unsound("nonce")
    if provider.hosted_domain is not None and claims.get("hd") != provider.hosted_domain:
        raise Unsound("hosted_domain")
    _check_age(claims, expected, began, now)
    return Identity(
        issuer=provider.issuer,
        subject=claims["sub"],
        second_factor=has_second_factor(provider, claims.get("acr"), claims.get("amr")),
        sid=_text(claims, "sid"),
        shown_at=_shown_at(claims, now),
        id_token=id_token,
    )


def notice_in(provider: Provider, keys: Keys, logout_token: str, now: datetime) -> Notice:
    """Whose session a notice ends (OpenID Connect Back-Channel Logout 1.0, section 2.6). Raises Unsound."""
    _, claims = _signed(provider, keys, logout_token, ("JWT", "logout+jwt"))
    if claims.get("iss") != provider.issuer:
        raise Unsound("issuer")
    if claims.get("aud") not in (provider.client_id, [provider.client_id]):
        raise Unsound("audience")
    moment, leeway = now.timestamp(), LEEWAY.total_seconds()
    issued, ends = _number(claims, "iat"), _number(claims, "exp") if "exp" in claims else moment
    if not moment - _NOTICE_AGE <= issued <= moment + leeway or ends < moment - leeway:
        raise Unsound("time")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(_LOGOUT_EVENT), dict) or "nonce" in claims:
        raise Unsound("event")
    jti, subject, sid = (_text(claims, name) for name in ("jti", "sub", "sid"))
    if jti is None or (subject is None and sid is None):
        raise Unsound("claims")
    return Notice(jti, subject, sid, issued)


def _signed(
    provider: Provider, keys: Keys, token: str, types: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token whose signature one of the provider's keys made, by an algorithm agreed for it."""
    if len(token) > LONGEST_TOKEN or token.count(".") != 2:
        raise Unsound("token")
    try:
        header = dict(jws.extract_compact(token.encode()).headers())
    except (JoseError, ValueError, TypeError, AttributeError):
        raise Unsound("token") from None
    if header.get("alg") not in provider.algorithms:
        raise Unsound("algorithm")
    if header.get("typ", "JWT") not in types or "crit" in header:
        raise Unsound("token")
    key = _key_for(keys(False), header) or _key_for(keys(True), header)
    if key is None:
        raise Unsound("key")
    try:
        registry = jws.JWSRegistry(algorithms=list(provider.algorithms), strict_check_header=False)
        return header, dict(jwt.decode(token, key, registry=registry).claims)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise Unsound("signature") from None


def _key_for(keys: tuple[Key, ...], header: dict[str, Any]) -> Key | None:
    """The one key that a header names, or the only one there is when it names none; two of one name are none."""
    kid, algorithm = header.get("kid"), str(header["alg"])
    kind = {"E": "EC", "R": "RSA", "P": "RSA"}[algorithm[0]] if algorithm != "EdDSA" else "OKP"
    fit = [
        key
        for key in keys
        if key.key_type == kind and key.get("alg", algorithm) == algorithm and (kid is None or key.get("kid") == kid)
    ]
    return fit[0] if len(fit) == 1 else None


def _check_types(claims: dict[str, Any]) -> None:
    """Before anything is compared: what is text is text, and what is a moment a number."""
    if any(_text(claims, name) is None for name in ("iss", "sub", "nonce")):
        raise Unsound("claims")
    for name in ("exp", "iat", "nbf", "auth_time"):
        if name in claims or name in ("exp", "iat"):
            _number(claims, name)


def _validate(
    provider: Provider,
    header: dict[str, Any],
    claims: dict[str, Any],
    access_token: str | None,
    expected: Expected,
    now: datetime,
) -> None:
    options: dict[str, Any] = {
        "iss": {"essential": True, "values": [provider.issuer]},
        "aud": {"essential": True, "values": [provider.client_id]},
        "sub": {"essential": True},
        "nonce": {"essential": True, "value": expected.nonce},
    }
    params = {"nonce": expected.nonce, "client_id": provider.client_id, "access_token": access_token}
    try:
        token = CodeIDToken(claims, header, options, params)
        token.validate(now=int(now.timestamp()), leeway=int(LEEWAY.total_seconds()))
    except JoseError as refused:
        raise Unsound(_reason(refused)) from None
    except (ValueError, TypeError, AttributeError):
        raise Unsound("claims") from None


def _check_age(claims: dict[str, Any], expected: Expected, began: datetime, now: datetime) -> None:
    leeway = LEEWAY.total_seconds()
    if "auth_time" in claims and _number(claims, "auth_time") > now.timestamp() + leeway:
        raise Unsound("auth_time")
    oldest = [now.timestamp() - expected.max_age.total_seconds()] if expected.max_age is not None else []
    oldest += [began.timestamp()] if expected.anew else []
    if oldest and ("auth_time" not in claims or _number(claims, "auth_time") < max(oldest) - leeway):
        raise Unsound("auth_time")


def _shown_at(claims: dict[str, Any], now: datetime) -> datetime:
    """When the provider saw the person: a session that it had kept signs in silently, and proves nothing new."""
    if "auth_time" not in claims:
        return LONG_AGO
    return min(datetime.fromtimestamp(_number(claims, "auth_time"), UTC), now)


def _text(claims: dict[str, Any], name: str) -> str | None:
    """A claim that is text of a reasonable length; None when it is not there. Raises Unsound for anything else."""
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_SUBJECT or not value.isprintable():
        raise Unsound("claims")
    return value


def _number(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e11:
        raise Unsound("time")
    return float(value)


def _reason(refused: JoseError) -> str:
    """A code of ours for what the library refused."""
    claim = str(getattr(refused, "claim", ""))
    known = {"iss": "issuer", "aud": "audience", "azp": "audience", "nonce": "nonce", "at_hash": "access_token"}
    return known.get(claim, "time" if claim in ("iat", "nbf", "exp") or "expired" in refused.error else "claims")
