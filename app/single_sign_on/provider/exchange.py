"""The way to a provider and back: the address to go to, and the code that comes back exchanged for who it is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client

from app.single_sign_on.provider.discovery import DIRECTORY, Metadata
from app.single_sign_on.provider.talk import TIMES, Bounded
from app.single_sign_on.provider.tokens import Notice, identity_in, notice_in
from app.single_sign_on.rules import Declined, Expected, Identity, Provider, Unreachable, Unsound

#: That many at once may speak with one provider: one that hangs must not take every thread of the process.
AT_ONCE: Final = 4
_gate = threading.Lock()
_speaking: dict[UUID, int] = {}


def way_to(provider: Provider, expected: Expected, redirect_uri: str, *, loopback: bool) -> str:
    """Where the browser goes to sign in. Raises Unreachable or Unsound.

    Only ``openid`` is asked for: neither name nor e-mail address of anybody is of use here.
    """
    with _a_turn(provider):
        metadata = DIRECTORY.metadata(provider, loopback=loopback)
    asked: dict[str, Any] = {}
    if expected.anew:
        asked |= {"prompt": "login", "max_age": 0}
    elif expected.max_age is not None:
        asked["max_age"] = int(expected.max_age.total_seconds())
    if provider.accepted_acr:
        asked["acr_values"] = " ".join(sorted(provider.accepted_acr))
    if provider.hosted_domain is not None:
        asked["hd"] = provider.hosted_domain
    with _client(provider, metadata, redirect_uri) as client:
        address, _ = client.create_authorization_url(
            metadata.authorization_endpoint,
            state=expected.state,
            nonce=expected.nonce,
            code_verifier=expected.verifier,
            **asked,
        )
    return str(address)


def identify(
    provider: Provider,
    expected: Expected,
    redirect_uri: str,
    *,
    code: str | None,
    issuer: str | None,
    began: datetime,
    now: datetime,
    loopback: bool,
) -> Identity:
    """Who came back. ``issuer`` is the ``iss`` of the answer (RFC 9207). Raises Unreachable, Unsound or Declined."""
    with _a_turn(provider):
        metadata = DIRECTORY.metadata(provider, loopback=loopback)
        if issuer is not None and issuer != provider.issuer:
            raise Unsound("issuer_of_answer")
        if issuer is None and metadata.answers_with_issuer:
            raise Unsound("issuer_of_answer")
        if code is None:
            raise Declined
        token = _exchange(provider, metadata, expected, redirect_uri, code)
        return identity_in(provider, _keys(provider, metadata), token, expected, began, now)


def ended(provider: Provider, logout_token: str, now: datetime, *, loopback: bool) -> Notice:
    """Whose session the provider says has ended. Raises Unreachable or Unsound."""
    with _a_turn(provider):
        metadata = DIRECTORY.metadata(provider, loopback=loopback)
        return notice_in(provider, _keys(provider, metadata), logout_token, now)


def way_out(provider: Provider, id_token: str | None, back: str, *, loopback: bool) -> str | None:
    """Where the browser goes to sign out at the provider too; None when it offers no such place. Raises as above."""
    with _a_turn(provider):
        end = DIRECTORY.metadata(provider, loopback=loopback).end_session_endpoint
    if end is None:
        return None
    asked = {"client_id": provider.client_id, "post_logout_redirect_uri": back}
    if id_token is not None:
        asked["id_token_hint"] = id_token
    return f"{end}{'&' if '?' in end else '?'}{urlencode(asked)}"


def can_be_asked(provider: Provider, *, loopback: bool) -> bool:
    """Ask for addresses and keys, and tell whether one can sign out there too. Raises Unreachable or Unsound."""
    with _a_turn(provider):
        metadata = DIRECTORY.metadata(provider, loopback=loopback)
        DIRECTORY.keys(provider, metadata)
        return metadata.end_session_endpoint is not None


def _exchange(
    provider: Provider, metadata: Metadata, expected: Expected, redirect_uri: str, code: str
) -> dict[str, Any]:
    try:
        with _client(provider, metadata, redirect_uri) as client:
            token = client.fetch_token(
                metadata.token_endpoint,
                grant_type="authorization_code",
                code=code,
                redirect_uri=redirect_uri,
                code_verifier=expected.verifier,
            )
    except AuthlibBaseError:
        raise Unsound("code_refused") from None
    except httpx2.HTTPStatusError as answer:
        raise (Unreachable() if answer.response.status_code >= 500 else Unsound("code_refused")) from None
    except (httpx2.HTTPError, OSError):
        raise Unreachable from None
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise Unsound("token_response") from None
    found = dict(token)
    if str(found.get("token_type", "bearer")).lower() != "bearer":
        raise Unsound("token_response")
    return found


def _client(provider: Provider, metadata: Metadata, redirect_uri: str) -> OAuth2Client:
    method = "none"
    if provider.client_secret is not None:
        basic = "client_secret_basic" in metadata.client_auth or "client_secret_post" not in metadata.client_auth
        method = "client_secret_basic" if basic else "client_secret_post"
    return OAuth2Client(
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        token_endpoint_auth_method=method,
        scope="openid",
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        transport=Bounded(),
        timeout=TIMES,
        trust_env=False,
        follow_redirects=False,
    )


def _keys(provider: Provider, metadata: Metadata) -> Any:
    def keys(anew: bool) -> Any:
        return DIRECTORY.keys(provider, metadata, anew=anew)

    return keys


@contextmanager
def _a_turn(provider: Provider) -> Iterator[None]:
    with _gate:
        if _speaking.get(provider.id, 0) >= AT_ONCE:
            raise Unreachable
        _speaking[provider.id] = _speaking.get(provider.id, 0) + 1
    try:
        yield
    finally:
        with _gate:
            _speaking[provider.id] -= 1
