"""Where the record stands that a reference names: found through the scope of its own room, or not at all."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from app.access.actor import Actor
from app.access.grants import Permission, Reach
from app.applicants.model import Applicant
from app.cases import scope as cases
from app.cases.model import Case
from app.disbursements import scope as disbursements
from app.disbursements.model import Disbursement
from app.funds import scope as funds
from app.funds.model import Award
from app.intake import scope as intake
from app.intake.model import Application
from app.reference import read_reference
from app.work import Work


class Kind(enum.StrEnum):
    """What was found: which page shows it."""

    APPLICATION = "applications"
    CASE = "cases"
    AWARD = "awards"
    DISBURSEMENT = "disbursements"


@dataclass(frozen=True, slots=True)
class Found:
    """One record that the actor may see."""

    kind: Kind
    id: UUID


Seek = Callable[[Actor, Reach, str], Select[Any]]


@dataclass(frozen=True, slots=True)
class _Way:
    """How records of one kind are found: the permission that reads them, and the statement."""

    kind: Kind
    permission: Permission
    seek: Seek


def _of(model: Any, visible: Callable[[Actor, Reach], ColumnElement[bool]]) -> Seek:
    def seek(actor: Actor, reach: Reach, reference: str) -> Select[Any]:
        return select(col(model.id)).where(col(model.reference) == reference, visible(actor, reach))

    return seek


def _application_of_applicant(actor: Actor, reach: Reach, reference: str) -> Select[Any]:
    """The applicant's newest application that the actor sees."""
    return (
        select(col(Application.id))
        .join(Applicant, col(Applicant.id) == col(Application.applicant_id))
        .where(col(Applicant.reference) == reference, intake.visible(actor, reach))
        .order_by(col(Application.id).desc())
        .limit(1)
    )


def _case_of_applicant(actor: Actor, reach: Reach, reference: str) -> Select[Any]:
    """The applicant's newest case, for those who know whose case it is: to the money side a case has no applicant."""
    return (
        select(col(Case.id))
        .join(Applicant, col(Applicant.id) == col(Case.applicant_id))
        .where(
            col(Applicant.reference) == reference,
            cases.visible(actor, reach),
            cases.factual(actor, reach, cases.reach_of_facts(actor)),
        )
        .order_by(col(Case.id).desc())
        .limit(1)
    )


#: The first letters of a reference, and where to look, the best place first.
WAYS: Final[Mapping[str, tuple[_Way, ...]]] = {
    "AP": (
        _Way(Kind.APPLICATION, Permission.APPLICATION_READ, _application_of_applicant),
        _Way(Kind.CASE, Permission.CASE_READ, _case_of_applicant),
    ),
    "RQ": (_Way(Kind.APPLICATION, Permission.APPLICATION_READ, _of(Application, intake.visible)),),
    "CA": (_Way(Kind.CASE, Permission.CASE_READ, _of(Case, cases.visible)),),
    "AW": (_Way(Kind.AWARD, Permission.AWARD_READ, _of(Award, funds.visible_awards)),),
    "DB": (_Way(Kind.DISBURSEMENT, Permission.DISBURSEMENT_READ, _of(Disbursement, disbursements.visible)),),
}


def reads_as_reference(text: str) -> bool:
    """Whether ``text`` is a reference, with a check character that fits."""
    return read_reference(text) is not None


def find(work: Work, text: str) -> Found | None:
    """The record of a reference, as people write it. None when there is none, or it is not open to the actor."""
    work.allow(Permission.ACCOUNT_OWN)
    reference = read_reference(text)
    if reference is None:
        return None
    for way in WAYS.get(reference[:2], ()):
        if way.permission in work.actor.permissions:
            statement = way.seek(work.actor, work.allow(way.permission), reference)
            found = work.session.execute(statement).scalar_one_or_none()
            if found is not None:
                return Found(way.kind, found)
    return None
