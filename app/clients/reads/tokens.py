"""One's own bearer tokens, by their dates."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.access.identify import scopes_of
from app.access.model import Account, Token
from app.clients.scope import own_tokens
from app.errors import NotFound
from app.work import Work


@dataclass(frozen=True, slots=True)
class TokenView:
    """One live token; ``scopes`` None is all that its person may do."""

    id: UUID
    name: str
    scopes: list[Permission] | None
    created_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PersonsToken:
    """A live token of a person, as the machine's operator sees it."""

    id: UUID
    account_id: UUID
    email: str
    name: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class TokenList:
    items: list[TokenView]
    next: str | None


def tokens(work: Work) -> TokenList:
    """The live tokens of the actor, the newest first."""
    work.allow(Permission.ACCOUNT_OWN)
    rows = work.session.execute(
        select(col(Token.id), col(Token.name), col(Token.scopes), col(Token.created_at), col(Token.ends_at))
        .where(own_tokens(work.actor), col(Token.ended_at).is_(None), col(Token.ends_at) > work.now)
        .order_by(col(Token.id).desc())
    )
    return TokenList(
        [
            TokenView(
                row.id,
                row.name,
                None if row.scopes is None else sorted(scopes_of(row.scopes)),
                row.created_at,
                row.ends_at,
            )
            for row in rows
        ],
        None,
    )


def token(work: Work, token_id: UUID) -> None:
    """Raise NotFound when the actor has no such live token."""
    if token_id not in {each.id for each in tokens(work).items}:
        raise NotFound


def of_people(work: Work, account_id: UUID | None = None) -> list[PersonsToken]:
    """The live tokens of everybody, or of one person, by whose they are. For the command line; a program's are none."""
    columns = (col(Token.id), col(Token.account_id), col(Account.email), col(Token.name), col(Token.ends_at))
    found = (
        select(*columns)
        .join(Account, col(Account.id) == col(Token.account_id))
        .where(col(Account.machine).is_(False), col(Token.ended_at).is_(None), col(Token.ends_at) > work.now)
        .order_by(col(Account.email), col(Token.id))
    )
    if account_id is not None:
        found = found.where(col(Token.account_id) == account_id)
    return [PersonsToken(*row) for row in work.session.execute(found)]
