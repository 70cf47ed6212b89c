"""What asking for a token needs to know: whose secret it may be, and how often proofs failed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from app.access.grants import Permission
from app.access.identify import scopes_of
from app.access.model import Account, AccountStatus
from app.clients.model import Client, ClientFailure, ClientSecret
from app.staff.rules import WINDOW
from app.work import Work

#: Whose id nobody has: asked for when what was sent is no id, so that an answer takes the same time.
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a program may prove itself with, and what it may then ask for. Nothing for an unknown one."""

    client_id: UUID
    scopes: frozenset[Permission]
    secrets: tuple[tuple[bytes, datetime], ...]


def proof(work: Work, client_id: UUID) -> Proof:
    """The live secrets of a program, as digests with the moment each ends at; none when it is ended or unknown."""
    rows = work.session.execute(
        select(col(Client.scopes), col(ClientSecret.digest), col(ClientSecret.ends_at))
        .join(Account, col(Account.id) == col(Client.id))
        .join(ClientSecret, col(ClientSecret.client_id) == col(Client.id))
        .where(
            col(Client.id) == client_id,
            col(Client.ended_at).is_(None),
            col(Account.status) == AccountStatus.ACTIVE,
            col(ClientSecret.ended_at).is_(None),
            col(ClientSecret.ends_at) > work.now,
        )
    ).all()
    scopes = scopes_of(rows[0].scopes) if rows else frozenset()
    return Proof(client_id, scopes, tuple((row.digest, row.ends_at) for row in rows))


def failures(work: Work, who: bytes, network: bytes) -> tuple[tuple[int, datetime | None], tuple[int, datetime | None]]:
    """Failures of this program at this place, and of this network, within the window: how many, and when the last."""
    since = work.now - WINDOW

    def count(condition: ColumnElement[bool]) -> tuple[int, datetime | None]:
        found = select(func.count(), func.max(col(ClientFailure.at))).where(condition, col(ClientFailure.at) > since)
        row = work.session.execute(found).one()
        return int(row[0]), row[1]

    return count(col(ClientFailure.who) == who), count(col(ClientFailure.network) == network)
