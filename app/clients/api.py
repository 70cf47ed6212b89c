"""Programs, their tokens, and the tokens of people, over REST; and where a program asks how to begin (RFC 8414)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Request

from app.access import machines
from app.access.grants import Permission
from app.clients.actions import clients as client_actions
from app.clients.actions import issuing
from app.clients.actions import tokens as token_actions
from app.clients.reads import clients as client_reads
from app.clients.reads import tokens as token_reads
from app.web.answers import Answer, Open
from app.web.door import Door
from app.work import Work

#: RFC 6749, section 4.4.2: what a program sends is a form.
_FORM = "application/x-www-form-urlencoded"

oauth = Door("/oauth", tag="oauth")
discovery = Door(tag="oauth")
clients = Door("/clients")
tokens = Door("/tokens")


@oauth.post("/token", Open.SIGN_IN, takes=_FORM)
def issue_token(work: Work, request: Request, body: Annotated[bytes, Body(media_type=_FORM)] = b"") -> Answer:
    """A program's token for ten minutes, for its id and secret (OAuth 2.0 client credentials)."""
    address = request.client.host if request.client else ""
    issued = issuing.issue(work, body, request.headers.get("authorization", ""), address=address)
    return Answer(issued.body, issued.headers, status=issued.status)


@discovery.get("/.well-known/oauth-authorization-server", Open.SIGN_IN)
def describe(request: Request) -> dict[str, Any]:
    """Where and how a program gets its token."""
    origin = request.app.state.services.settings.public_origin
    return {
        "issuer": origin,
        "token_endpoint": f"{origin}/api/v1/oauth/token",
        "grant_types_supported": [issuing.GRANT],
        "response_types_supported": [],
        "scopes_supported": sorted(machines.MAY),
        "token_endpoint_auth_methods_supported": list(issuing.METHODS),
    }


@clients.get("", Permission.CLIENT_MANAGE)
def list_clients(work: Work) -> client_reads.ClientList:
    """Every program, by name."""
    return client_reads.clients(work)


@clients.get("/{client_id}", Permission.CLIENT_MANAGE)
def get_client(work: Work, client_id: UUID) -> client_reads.ClientView:
    """One program."""
    return client_reads.client(work, client_id)


@clients.post("", Permission.CLIENT_MANAGE, status_code=201, steps_up=True)
def create_client(work: Work, form: client_actions.NewClient) -> Answer:
    """Take a program on; the answer has its secret, shown this once."""
    return _made(client_actions.create(work, form))


@clients.post(
    "/{client_id}/secrets", Permission.CLIENT_MANAGE, finds=client_reads.exists, status_code=201, steps_up=True
)
def make_secret(work: Work, client_id: UUID, form: client_actions.NewSecret) -> Answer:
    """One more secret, shown this once; both are good until one is ended."""
    return _made(client_actions.renew(work, client_id, form))


@clients.delete(
    "/{client_id}/secrets/{secret_id}", Permission.CLIENT_MANAGE, finds=client_reads.secret_exists, status_code=204
)
def end_secret(work: Work, client_id: UUID, secret_id: UUID) -> None:
    """End one secret at once, and every token of the program."""
    client_actions.end_secret(work, client_id, secret_id)


@clients.delete("/{client_id}", Permission.CLIENT_MANAGE, finds=client_reads.exists, status_code=204)
def end_client(work: Work, client_id: UUID) -> None:
    """End a program for good, with its secrets and tokens."""
    client_actions.end(work, client_id)


@tokens.get("", Permission.ACCOUNT_OWN)
def list_tokens(work: Work) -> token_reads.TokenList:
    """Your live tokens."""
    return token_reads.tokens(work)


@tokens.post("", Permission.ACCOUNT_OWN, status_code=201, steps_up=True)
def create_token(work: Work, form: token_actions.NewToken) -> Answer:
    """A token of your own; the answer has it, shown this once."""
    made = token_actions.create(work, form)
    return Answer({"id": made.token_id, "token": made.secret})


@tokens.delete("/{token_id}", Permission.ACCOUNT_OWN, finds=token_reads.token, status_code=204)
def end_token(work: Work, token_id: UUID) -> None:
    """End one of your tokens at once."""
    token_actions.revoke(work, token_id)


def _made(made: client_actions.Made) -> Answer:
    return Answer({"id": made.client_id, "secret": made.secret})
