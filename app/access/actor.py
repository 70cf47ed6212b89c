"""Who is asking: the signed-in person as one request sees them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from app.access import grants, machines
from app.access.grants import Permission, Reach, Role
from app.access.methods import Method
from app.config import Strength
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
    #: What their roles must prove (`app.access.strength`), and whether this session proves less.
    demanded: Strength = Strength.PASSWORD
    weak: bool = False
    #: A word for what this person must be told on every page (`Account.notice`).
    notice: str = ""
    #: What a token or a machine was limited to; None is everything that the roles allow. It never widens them.
    scopes: frozenset[Permission] | None = None
    #: A program and no person: it may do less than anybody with its role (`app.access.machines`).
    machine: bool = False
    #: A purpose was given for what is opened now; people's screens show names without one, a program gets nothing.
    for_a_purpose: bool = False

    def reach(self, permission: Permission) -> Reach | None:
        if self.scopes is not None and permission not in self.scopes:
            return None
        reach = grants.reach(self.roles, permission)
        return machines.reach(permission, reach) if self.machine else reach

    def opens(self, group: Group) -> Reach | None:
        if self.scopes is not None and Permission.APPLICANT_REVEAL not in self.scopes:
            return None
        reach = grants.opens(self.roles, group)
        if not self.machine:
            return reach
        return machines.reach(Permission.APPLICANT_REVEAL, reach) if self.for_a_purpose else None

    def purposeful(self) -> "Actor":
        """The same actor while something is opened for a purpose that is put on record with it."""
        return replace(self, for_a_purpose=True)

    @property
    def permissions(self) -> frozenset[Permission]:
        held = grants.permissions(self.roles)
        return held if self.scopes is None and not self.machine else frozenset(filter(self.reach, held))

    def proved_since(self, moment: datetime) -> bool:
        """True when this person proved who they are at or after ``moment``; never for a token or a machine."""
        return self.session_id is not None and self.proved_at is not None and self.proved_at >= moment

    @property
    def references_only(self) -> bool:
        """True for people who work with money or the log: they see references, never a client's circumstances."""
        return self.roles <= grants.REFERENCES_ONLY
