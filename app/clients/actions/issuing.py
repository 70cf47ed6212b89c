"""Tokens for programs: OAuth 2.0 client credentials (RFC 6749, section 4.4), by authlib's authorization server.

authlib decides what the standard says; which program may prove itself with which secret is asked here, in constant time
and the same way for one that does not exist. What it refuses is answered in the standard's codes and in our own words,
because its own quote what was sent.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from urllib.parse import parse_qsl
from uuid import UUID

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, InvalidScopeError, OAuth2Request
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from sqlalchemy import delete
from sqlmodel import col

from app.access.identify import digest
from app.access.model import Token
from app.access.networks import network_of
from app.audit.actions import record
from app.clients.actions import tokens
from app.clients.model import ClientFailure
from app.clients.reads.proofs import NOBODY, Proof, failures, proof
from app.clients.rules import LIVE_SECRETS, TOKEN_LIFE
from app.crypto import MacPurpose
from app.db import new_id
from app.errors import TooSoon
from app.staff.rules import FREE, FREE_NETWORK, WINDOW, wait
from app.work import Work

GRANT: Final = "client_credentials"
METHODS: Final = ("client_secret_basic", "client_secret_post")

#: Section 5.2, in words that say nothing of what was sent, and whether a program exists.
_WORDS: Final[Mapping[str, str]] = {
    "invalid_request": "Send grant_type once, in a form, and the secret in one way only.",
    "invalid_client": "The client is not known, or this is not its secret.",
    "unsupported_grant_type": "Only grant_type=client_credentials is known here.",
    "invalid_scope": "This client was not given this scope.",
    "unauthorized_client": "This client may not ask in this way.",
}
#: What every answer is made for is https; whether it came by it is for the settings to see to, not for a library.
_ADDRESS: Final = "https://client.invalid/oauth/token"
#: Compared with what was sent where there is no secret: no secret has this digest.
_NO_SECRET: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class Issued:
    """The answer in the standard's form: its status, its body, and headers of its own."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]


def issue(work: Work, body: bytes, authorization: str, *, address: str) -> Issued:
    """A token for a program that proves itself, or why not. Raises TooSoon when failures came too fast."""
    form = _form(body)
    if form is None or (authorization and "client_secret" in form) or "grant_type" not in form:
        return _refused("invalid_request")
    asked = _Asked(form, authorization)
    place = network_of(address)
    who = work.vault.mac(MacPurpose.THROTTLE, f"client\0{asked.claimed}\0{place}".encode())
    network = work.vault.mac(MacPurpose.THROTTLE, f"client network\0{place}".encode())
    (own, own_last), (near, near_last) = failures(work, who, network)
    delay = max(wait(own, FREE, own_last, work.now), wait(near, FREE_NETWORK, near_last, work.now))
    if delay:
        raise TooSoon(round(delay.total_seconds()))
    server = _Server(work)
    answer = cast("Issued", server.create_token_response(asked))
    if answer.body.get("error") == "invalid_client":
        _note_failure(work, who, network)
    return answer


class _Asked(OAuth2Request):
    """What came, as authlib reads it."""

    def __init__(self, form: dict[str, str], authorization: str) -> None:
        named = _named_in(authorization)
        super().__init__("POST", _ADDRESS, headers={"Authorization": authorization} if named else {})
        self._form = form
        self.payload = BasicOAuth2Payload(form)
        #: Who it says it is, which is not proved yet.
        self.claimed = _id(named or form.get("client_id", ""))

    @property
    def form(self) -> dict[str, str]:
        return self._form


class _Candidate(ClientMixin):
    """A program that has not proved itself yet; one that does not exist is like one without a secret."""

    def __init__(self, known: Proof) -> None:
        self.known = known
        #: When the secret ends that was shown; a token never outlives it.
        self.until: datetime | None = None

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether this is one of its secrets: as many comparisons for none as for two."""
        sent = digest(client_secret)
        kept = [*self.known.secrets, *[(_NO_SECRET, None)] * LIVE_SECRETS][: max(LIVE_SECRETS, len(self.known.secrets))]
        for each, ends_at in kept:
            if hmac.compare_digest(sent, each):
                self.until = ends_at
        return self.until is not None

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return endpoint == "token" and method in METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == GRANT

    def allowed(self, scope: str | None) -> str | None:
        """What was asked for; all it was given when nothing was; None, a refusal, when it asks for more."""
        wanted = set((scope or "").split()) or set(self.known.scopes)
        return " ".join(sorted(wanted)) if wanted <= set(self.known.scopes) else None

    def get_client_id(self) -> str:
        return str(self.known.client_id)


class _Grant(ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = list(METHODS)  # noqa: RUF012 - authlib looks for it here


class _Server(AuthorizationServer):
    """authlib's server over one Work."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work
        self.register_grant(_Grant)
        self.register_token_generator("default", self._make_token)  # type: ignore[arg-type]  # it is called by these names

    def query_client(self, client_id: str) -> _Candidate:
        return _Candidate(proof(self._work, _id(client_id)))

    def create_oauth2_request(self, request: Any) -> _Asked:
        assert isinstance(request, _Asked)
        return request

    def send_signal(self, name: str, *_given: object, **_named: object) -> None:
        """Nobody listens."""

    def validate_requested_scope(self, scope: str | None) -> None:
        """Left to the program's own scopes: `_Candidate.allowed`."""

    def save_token(self, token: dict[str, str | int], request: OAuth2Request) -> None:
        """Written when it was made: only its digest is kept."""

    def handle_response(self, status_code: int, payload: Any, headers: Any) -> Issued:
        """The answer; a refusal keeps authlib's code and nothing of its words."""
        given = dict(payload)
        if "error" in given:
            return _refused(given["error"])
        return Issued(status_code, given, dict(headers))

    def _make_token(self, *, client: _Candidate, scope: str | None = None, **_more: object) -> dict[str, str | int]:
        allowed = client.allowed(scope)
        if allowed is None or client.until is None:
            raise InvalidScopeError
        work, client_id = self._work, client.known.client_id
        life = min(TOKEN_LIFE, client.until - work.now)
        token_id = new_id()
        secret = tokens.add(work, token_id, client_id, "client credentials", life, allowed)
        # What ended long ago tells nobody anything: a program asks every ten minutes, for years.
        work.session.execute(
            delete(Token).where(col(Token.account_id) == client_id, col(Token.ends_at) < work.now - WINDOW)
        )
        details: dict[str, str | int | list[str] | None] = {"scopes": allowed.split()}
        record(
            work, "client.token_issued", object_type="token", object_id=token_id, subject_id=client_id, details=details
        )
        return {
            "access_token": secret,
            "token_type": "Bearer",
            "expires_in": int(life.total_seconds()),
            "scope": allowed,
        }


def _form(body: bytes) -> dict[str, str] | None:
    """The form's fields; None for what is no form, or has a field twice (section 3.2)."""
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=20
        )
    except ValueError:
        return None
    form = dict(pairs)
    return form if len(form) == len(pairs) else None


def _named_in(authorization: str) -> str:
    """Whom a Basic header names; empty for any other header, and for one that can not be read."""
    try:
        name, _ = extract_basic_authorization({"Authorization": authorization})
    except ValueError:
        return ""
    return name or ""


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return NOBODY


def _refused(code: str) -> Issued:
    """A refusal by its code; whoever fails to prove itself is told how it may (section 5.2)."""
    known = code if code in _WORDS else "invalid_request"
    unproved = known == "invalid_client"
    headers = {"WWW-Authenticate": 'Basic realm="Amparo"'} if unproved else {}
    return Issued(401 if unproved else 400, {"error": known, "error_description": _WORDS[known]}, headers)


def _note_failure(work: Work, who: bytes, network: bytes) -> None:
    """Keep the failure, which makes the next try wait, and forget those that no longer count."""
    work.session.execute(delete(ClientFailure).where(col(ClientFailure.at) < work.now - WINDOW))
    work.insert(ClientFailure, id=new_id(), at=work.now, who=who, network=network)
    record(work, "client.refused")
