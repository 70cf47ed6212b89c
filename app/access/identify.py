"""From a cookie or a bearer token to an actor: one statement, before any body is read."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, Boolean, Connection, Row, Select, Uuid, bindparam, literal, or_, select, update
from sqlalchemy.sql.expression import column, table
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Permission, Role
from app.access.methods import from_words
from app.access.model import Account, AccountRole, AccountStatus, SignInSession, Token
from app.access.sights import at_the_gate
from app.rows import Shape, shape_of, witness_of, witnessed_columns
from app.sight import OPTION

#: A session's last use is written at most this often: a write a page view would cost a commit each.
SEEN_EVERY = timedelta(seconds=60)

#: Named, not imported: partners stand above this room.
_partner = table("partner", column("id", Uuid()), column("name"), column("active", Boolean()))


def new_secret() -> str:
    """256 random bits for a cookie, a token or a link, safe in a URL."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What the database keeps of a secret. The secret has 256 random bits, so a plain hash can not be guessed back."""
    return hashlib.sha256(secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class Found:
    """An actor, and whether the session's last use should be written again."""

    actor: Actor
    touch: bool


#: How many columns of the statement come before those that are only checked.
_TOLD: Final = 17


def _parts(source: type[SignInSession] | type[Token]) -> list[tuple[Shape, slice]]:
    """The tables whose rows decide who somebody is, and where their columns stand in a row."""
    parts, start = [], _TOLD
    for name in (str(source.__tablename__), "account", "account_role"):
        shape = shape_of(name)
        assert shape is not None, "these tables carry MACs"
        parts.append((shape, slice(start, start + 1 + len(shape.row.columns))))
        start = parts[-1][1].stop
    return parts


def _check(connection: Connection, parts: Sequence[tuple[Shape, slice]], rows: Sequence[Row[Any]]) -> None:
    """Raise Altered when a session, a token, an account or a role is not as Amparo wrote it."""
    witness = witness_of(connection)
    for row in rows:
        for shape, place in parts:
            # Who has no role has a row of nothing there.
            if shape is not _ROLE or row.role is not None:
                witness.check_part(shape, row[place])


def _people(source: type[SignInSession] | type[Token], via_session: bool) -> Select[Any]:
    session = (SignInSession.seen_at, SignInSession.methods, SignInSession.proved_at, SignInSession.created_at)
    of_a_session = [
        (col(each) if via_session else literal(None)).label(name)
        for name, each in zip(("seen_at", "methods", "proved_at", "began_at"), session, strict=True)
    ]
    columns: tuple[Any, ...] = (
        col(source.id).label("via_id"),
        col(source.ends_at),
        *of_a_session,
        (literal(None) if via_session else col(Token.scopes)).label("scopes"),
        col(Account.machine),
        col(Account.id),
        col(Account.email),
        col(Account.notice),
        col(Account.name),
        col(Account.partner_id),
        col(Account.language),
        col(Account.time_zone),
        _partner.c.name.label("partner_name"),
        col(AccountRole.role),
    )
    assert len(columns) == _TOLD, "else what is checked is not what was selected"
    return (
        select(*columns, *(each for shape, _ in _parts(source) for each in witnessed_columns(shape.table.name)))
        .join(Account, col(Account.id) == col(source.account_id))
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id), isouter=True)
        .join(_partner, _partner.c.id == col(Account.partner_id), isouter=True)
        .where(
            col(source.ended_at).is_(None),
            col(Account.status) == AccountStatus.ACTIVE,
            # People of an organization that was suspended are nobody until it is taken back.
            or_(col(Account.partner_id).is_(None), _partner.c.active),
        )
    )


_DIGEST: BindParameter[bytes] = bindparam("digest")
_BY_SESSION_PARTS, _BY_TOKEN_PARTS = _parts(SignInSession), _parts(Token)
_ROLE = _BY_TOKEN_PARTS[-1][0]
_BY_SESSION = _people(SignInSession, True).where(col(SignInSession.digest) == _DIGEST, col(Account.machine).is_(False))
_BY_TOKEN = _people(Token, False).where(col(Token.digest) == _DIGEST)


def by_session(connection: Connection, secret: str, now: datetime, idle: timedelta) -> Found | None:
    """The actor of a browser session; None when it is unknown, ended, idle too long, or its account is not active."""
    rows = _look(connection, _BY_SESSION, digest(secret))
    if not rows or rows[0].ends_at <= now or rows[0].seen_at + idle <= now:
        return None
    _check(connection, _BY_SESSION_PARTS, rows)
    return Found(_actor(rows, session_id=rows[0].via_id), touch=rows[0].seen_at + SEEN_EVERY <= now)


def by_token(connection: Connection, secret: str, now: datetime) -> Found | None:
    """The actor of a bearer token, or None when it is unknown, revoked, expired, or its account is not active."""
    rows = _look(connection, _BY_TOKEN, digest(secret))
    if not rows or rows[0].ends_at <= now:
        return None
    _check(connection, _BY_TOKEN_PARTS, rows)
    return Found(_actor(rows, session_id=None), touch=False)


def _look(connection: Connection, statement: Select[Any], key: bytes) -> Sequence[Row[Any]]:
    """The database shows the gate this one session or token, and no other."""
    return connection.execute(statement, {"digest": key}, execution_options={OPTION: at_the_gate(key)}).all()


def scopes_of(words: str) -> frozenset[Permission]:
    """From the table; a word that this program does not know is left out, so it allows nothing."""
    known = set(Permission)
    return frozenset(Permission(word) for word in words.split() if word in known)


def touch(connection: Connection, session_id: UUID, now: datetime) -> None:
    """Write that the session was used now."""
    connection.execute(update(SignInSession).where(col(SignInSession.id) == session_id).values(seen_at=now))


def _actor(rows: Any, session_id: UUID | None) -> Actor:
    first = rows[0]
    return Actor(
        id=first.id,
        email=first.email,
        name=first.name,
        roles=frozenset(Role(row.role) for row in rows if row.role is not None),
        partner_id=first.partner_id,
        partner_name=first.partner_name,
        language=first.language,
        time_zone=first.time_zone,
        notice=first.notice,
        session_id=session_id,
        methods=from_words(first.methods or ""),
        proved_at=first.proved_at or first.began_at,
        scopes=None if first.scopes is None else scopes_of(first.scopes),
        machine=first.machine,
    )
