"""Who is asking: the signed-in person as one request sees them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.access import grants
from app.access.grants import Permission, Reach, Role
from app.access.methods import Method
from app.crypto.groups import Group

#: Who is on record for what was done by command at the machine itself. No account has this id.
OPERATOR_ID: Final = UUID(int=1)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with their roles and organization, and the way they came in (session or token)."""

    id: UUID
    email: str
    name: str
    roles: frozenset[Role]
    partner_id: UUID | None
    partner_name: str | None
    language: str | None
    time_zone: str
    session_id: UUID | None
    #: How this person proved who they are, and when last; a token proves nothing about who holds it.
    methods: frozenset[Method] = frozenset()
    proved_at: datetime | None = None
    #: What a token or a machine was limited to; None is everything that the roles allow. It never widens them.
    scopes: frozenset[Permission] | None = None

    def reach(self, permission: Permission) -> Reach | None:
        if self.scopes is not None and permission not in self.scopes:
            return None
        return grants.reach(self.roles, permission)

    def opens(self, group: Group) -> Reach | None:
        return grants.opens(self.roles, group)

    @property
    def permissions(self) -> frozenset[Permission]:
        held = grants.permissions(self.roles)
        return held if self.scopes is None else held & self.scopes

    def proved_since(self, moment: datetime) -> bool:
        """True when this person proved who they are at or after ``moment``; never for a token or a machine."""
        return self.session_id is not None and self.proved_at is not None and self.proved_at >= moment

    @property
    def references_only(self) -> bool:
        """True for people who work with money or the log: they see references, never a client's circumstances."""
        return self.roles <= grants.REFERENCES_ONLY
