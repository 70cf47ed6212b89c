"""Who works in the demo: the organizations and their people, as Amparo's own staff screens would add them."""

from dataclasses import dataclass
from typing import Final

from app.access.grants import Role
from app.partners.rules import PartnerKind

PASSWORD: Final = "demo passphrase only"  # noqa: S105 - printed at every start; the people and their data are invented
DOMAIN: Final = "demo.example"


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff; ``key`` is the name before the @. ``does`` is what the sign-ins printed at the start say."""

    key: str
    name: str
    role: Role
    office: str | None = None
    does: str | None = None

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Office:
    """A legal services organization: who offers its cases to whom."""

    key: str
    administrator: str
    attorneys: tuple[str, ...]


#: key -> name and kind. Each name says that it is invented.
ORGANIZATIONS: Final = {
    "desk": ("Example Intake Line", PartnerKind.INTAKE),
    "north": ("North Example Legal Aid", PartnerKind.LEGAL_SERVICES),
    "south": ("Sample Street Defenders", PartnerKind.LEGAL_SERVICES),
    "west": ("Western Slope Specimen Project", PartnerKind.LEGAL_SERVICES),
}

#: The first of all, invited by the machine's operator; she adds the others.
ADMINISTRATOR: Final = Member("admin", "Samira System", Role.SYSTEM_ADMINISTRATOR, None, "accounts; reads no client")

STAFF: Final = (
    Member("intake", "Ines Intake", Role.INTAKE_WORKER, "desk", "takes, screens, checks and accepts applications"),
    Member("attorney", "Ada Attorney", Role.ATTORNEY, "north", "attests, works on cases, asks for money"),
    Member("partner", "Pilar Partner", Role.PARTNER_ADMINISTRATOR, "north", "assigns her organization's cases"),
    Member("attorney2", "Amir Attorney", Role.ATTORNEY, "south", "the same at another organization"),
    Member("fund", "Fumiko Fund", Role.FUND_ADMINISTRATOR, None, "approves awards, settles payments"),
    Member("approver", "Aparna Approver", Role.FUND_ADMINISTRATOR, None, "approves payments"),
    Member("releaser", "Reza Releaser", Role.FUND_ADMINISTRATOR, None, "releases payments"),
    Member("auditor", "Audra Auditor", Role.AUDITOR, None, "reads the log, the ledger and the reports"),
    Member("intake2", "Ivo Intake", Role.INTAKE_WORKER, "desk"),
    Member("attorney3", "Alba Attorney", Role.ATTORNEY, "north"),
    Member("partner2", "Priya Partner", Role.PARTNER_ADMINISTRATOR, "south"),
    Member("partner3", "Pavel Partner", Role.PARTNER_ADMINISTRATOR, "west"),
    Member("attorney4", "Anong Attorney", Role.ATTORNEY, "west"),
)

OFFICES: Final = (
    Office("north", "partner", ("attorney", "attorney3")),
    Office("south", "partner2", ("attorney2",)),
    Office("west", "partner3", ("attorney4",)),
)

#: Whose sign-ins are printed.
SIGN_INS: Final = tuple(member for member in (*STAFF, ADMINISTRATOR) if member.does is not None)


def sign_ins(origin: str) -> str:
    """Where to go and how to sign in, to be printed."""
    people = "".join(f"  {member.email:<24} {member.does}\n" for member in SIGN_INS)
    return f"\nGo to {origin} and sign in with the password: {PASSWORD}\n\n{people}"
