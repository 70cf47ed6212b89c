"""Who is asking: the signed-in person as one request sees them."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.access import grants
from app.access.grants import Permission, Reach, Role
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

    def reach(self, permission: Permission) -> Reach | None:
        return grants.reach(self.roles, permission)

    def opens(self, group: Group) -> Reach | None:
        return grants.opens(self.roles, group)

    @property
    def permissions(self) -> frozenset[Permission]:
        return grants.permissions(self.roles)

    @property
    def references_only(self) -> bool:
        """True for people who work with money or the log: they see references, never a client's circumstances."""
        return self.roles <= grants.REFERENCES_ONLY
