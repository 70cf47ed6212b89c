"""The vault's vocabulary: what is sealed together, what is indexed, what is authenticated. Names only, no keys."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Group(StrEnum):
    """Fields that open together: one key per subject and group, one grant per role and group."""

    IDENTITY = "identity"
    CONTACT = "contact"
    IMMIGRATION = "immigration"
    FINANCES = "finances"
    CRIMINAL_HISTORY = "criminal_history"
    NOTES = "notes"
    PAYEE = "payee"
    STAFF = "staff"
    DOCUMENTS = "documents"


class IndexKind(StrEnum):
    """What may be looked up without opening it: exact identifiers with very many possible values, and nothing else.

    A status, a country or a name must never be added: with few values, the index is the value.
    """

    A_NUMBER = "a_number"
    PHONE = "phone"
    EMAIL = "email"


class MacPurpose(StrEnum):
    """What a keyed digest is for. Each has a key of its own, so a digest made for one proves nothing for another."""

    AUDIT = "audit"
    ROW = "row"
    IDEMPOTENCY = "idempotency"
    CURSOR = "cursor"
    TOKEN = "token"  # noqa: S105 - a purpose's name: the stored form of session, bearer and first-password secrets
    THROTTLE = "throttle"
    BANK_ACCOUNT = "bank_account"
    PASSWORD_PEPPER = "password_pepper"  # noqa: S105 - the name of a purpose, not a password


@dataclass(frozen=True, slots=True)
class Cell:
    """The one place a sealed value belongs to; moved to any other, it does not open."""

    table: str
    column: str
    row_id: UUID
    subject_id: UUID
