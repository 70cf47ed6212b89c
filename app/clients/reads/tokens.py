"""One's own bearer tokens, by their dates."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.access.identify import scopes_of
from app.access.model import Token
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
