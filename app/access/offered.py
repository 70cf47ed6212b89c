"""Which organizations' sign-ins stand on the sign-in page."""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Boolean, Uuid, select, true
from sqlalchemy.sql.expression import column, table

#: Named, not imported: the room of these sign-ins stands above the one that signs people in.
_provider = table("identity_provider", column("id", Uuid()), column("name"), column("active", Boolean()))
_OFFERED = select(_provider.c.id, _provider.c.name).where(_provider.c.active.is_(true())).order_by(_provider.c.name)


@dataclass(frozen=True, slots=True)
class Offered:
    """An organization whose people sign in with the account they have there."""

    id: UUID
    name: str


class _Asking(Protocol):
    """A Work, which stands above this room."""

    @property
    def session(self) -> Any: ...


def offered(work: _Asking) -> list[Offered]:
    """Those in use, by name: what anybody may read, before they are signed in."""
    return [Offered(row.id, row.name) for row in work.session.execute(_OFFERED)]
