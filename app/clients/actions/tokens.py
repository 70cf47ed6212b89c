"""Bearer tokens of a person's own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import update
from sqlmodel import col

from app.access.grants import Permission
from app.access.identify import digest, new_secret
from app.access.model import Token
from app.audit.actions import record
from app.clients.reads.tokens import of_people, token, tokens
from app.clients.rules import LONGEST_TOKEN_DAYS, MOST_TOKENS
from app.clients.scope import own_tokens
from app.errors import Conflict, Denied, Invalid, Problem
from app.once import once
from app.work import Work


class NewToken(BaseModel):
    """What a token is for, how many days it is good for, and what it may do; without ``scopes`` all that I may."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    days: Annotated[int, Field(ge=1, le=LONGEST_TOKEN_DAYS, strict=True)] = 30
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=60)] | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """The token's id, and the token itself, which is shown this once (None on a repetition)."""

    token_id: UUID
    secret: str | None


def create(work: Work, form: NewToken) -> Made:
    """A token of one's own.

    Raises Denied when a token asks for another one, Invalid for scopes beyond one's own rights, Conflict when the
    actor keeps as many as one person may.
    """
    work.allow(Permission.ACCOUNT_OWN)
    if work.actor.session_id is None:
        raise Denied("token.by_token", "Make a token where you are signed in yourself.")
    if form.scopes is not None and not set(form.scopes) <= work.actor.permissions:
        raise Invalid(Problem("/scopes", "scopes.beyond", "A token can not do more than you may."))
    secrets: list[str] = []

    def do(token_id: UUID) -> None:
        if len(tokens(work).items) >= MOST_TOKENS:
            raise Conflict("token.full", "You have as many tokens as one person may. End one that you do not need.")
        scopes = None if form.scopes is None else " ".join(sorted(set(form.scopes)))
        secrets.append(add(work, token_id, work.actor.id, form.name, timedelta(days=form.days), scopes))
        record(work, "token.created", object_type="token", object_id=token_id, subject_id=work.actor.id)

    token_id = once(work, form, do)
    return Made(token_id, secrets[0] if secrets else None)


def revoke(work: Work, token_id: UUID) -> None:
    """End one of one's own tokens at once. Raises NotFound for anybody else's."""
    token(work, token_id)
    work.session.execute(
        update(Token).where(col(Token.id) == token_id, own_tokens(work.actor)).values(ended_at=work.now)
    )
    record(work, "token.ended", object_type="token", object_id=token_id, subject_id=work.actor.id)


def end(work: Work, token_id: UUID) -> None:
    """End a person's token at once. For the command line, whose operator needs no permission. Raises Invalid."""
    found = next((each for each in of_people(work) if each.id == token_id), None)
    if found is None:
        raise Invalid(Problem("/token_id", "token.unknown", "There is no live token with this id."))
    work.session.execute(update(Token).where(col(Token.id) == token_id).values(ended_at=work.now))
    record(work, "token.ended", object_type="token", object_id=token_id, subject_id=found.account_id)


def add(work: Work, token_id: UUID, account_id: UUID, name: str, life: timedelta, scopes: str | None) -> str:
    """Write a token's row and give the token. The caller has decided that there may be one, and records it."""
    secret = new_secret()
    work.insert(
        Token,
        id=token_id,
        account_id=account_id,
        name=name,
        scopes=scopes,
        digest=digest(secret),
        created_at=work.now,
        ends_at=work.now + life,
        ended_at=None,
    )
    return secret
