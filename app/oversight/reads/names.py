"""What ids in the record stand for: names of staff, partners and funds, references of everything else.

Never a client's name: the record is read by people who may not know one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from app.access.model import Account
from app.applicants.model import Applicant
from app.cases.model import Case
from app.disbursements.model import Disbursement
from app.funds.model import Award, Fund, Payee
from app.intake.model import Application
from app.partners.model import Partner
from app.work import Work


@dataclass(frozen=True, slots=True)
class Named:
    """A record by its kind, its id, and its name or reference when it has one."""

    type: str | None
    id: UUID
    label: str | None


_Source = tuple[ColumnElement[UUID] | Mapped[UUID], ColumnElement[str] | Mapped[str]]

#: Where the label of each kind of record stands.
SOURCES: Final[Mapping[str, _Source]] = {
    "account": (col(Account.id), col(Account.name)),
    "applicant": (col(Applicant.id), col(Applicant.reference)),
    "application": (col(Application.id), col(Application.reference)),
    "award": (col(Award.id), col(Award.reference)),
    "case": (col(Case.id), col(Case.reference)),
    "client": (col(Account.id), col(Account.name)),
    "disbursement": (col(Disbursement.id), col(Disbursement.reference)),
    "fund": (col(Fund.id), col(Fund.name)),
    "partner": (col(Partner.id), col(Partner.name)),
    "payee": (col(Payee.id), col(Payee.reference)),
}
#: What an event's subject may be: the column does not say which.
_SUBJECTS: Final = ("applicant", "case", "account")


def labels(work: Work, objects: Iterable[tuple[str, UUID]], subjects: Iterable[UUID]) -> dict[UUID, Named]:
    """The records that these ids name, as far as they have a name; one statement for each kind that occurs."""
    asked: dict[str, set[UUID]] = {}
    for kind, each in objects:
        if kind in SOURCES:
            asked.setdefault(kind, set()).add(each)
    about = set(subjects)
    for kind in _SUBJECTS if about else ():
        asked.setdefault(kind, set()).update(about)
    found: dict[UUID, Named] = {}
    for kind, ids in asked.items():
        for row in _labelled(work, kind, sorted(ids)):
            found[row.id] = Named(kind, row.id, row.label)
    return found


def _labelled(work: Work, kind: str, ids: Sequence[UUID]) -> Sequence[Any]:
    key, label = SOURCES[kind]
    rows: Sequence[Any] = work.session.execute(select(key.label("id"), label.label("label")).where(key.in_(ids))).all()
    return rows
