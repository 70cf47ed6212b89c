"""Sealing what people tell us, and ending the reach of the intake desk."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from app.applicants.model import Applicant
from app.applicants.rules import FLOORS, INDEXED, Sealed, normalised, whole
from app.crypto import Cell, Group
from app.reference import new_reference
from app.work import Work


def create(work: Work, partner_id: UUID, answers: Mapping[Group, Sealed]) -> UUID:
    """Take a person in under a key of their own and give their id. The caller has asked for the permission and records.

    Every group is sealed, the ones without an answer too: that a value is there must not say anything.
    """
    applicant_id = work.vault.new_subject()
    work.insert(
        Applicant,
        id=applicant_id,
        reference=new_reference("AP"),
        partner_id=partner_id,
        intake_open=True,
        created_at=work.now,
        **_sealed(work, applicant_id, {group: answers.get(group, {}) for group in FLOORS}),
    )
    return applicant_id


def change(work: Work, applicant_id: UUID, answers: Mapping[Group, Sealed]) -> None:
    """Seal the given groups anew, each as a whole. The caller has loaded the applicant through a scope, and records."""
    work.session.execute(
        update(Applicant).where(col(Applicant.id) == applicant_id).values(**_sealed(work, applicant_id, answers))
    )


def close_intake(work: Work, applicant_id: UUID) -> None:
    """End the reach of the intake desk, at once: what it sealed it can no longer open."""
    work.session.execute(update(Applicant).where(col(Applicant.id) == applicant_id).values(intake_open=False))


def _sealed(work: Work, applicant_id: UUID, answers: Mapping[Group, Sealed]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for group, given in answers.items():
        column = f"{group.value}_sealed"
        cell = Cell("applicant", column, applicant_id, applicant_id)
        columns[column] = work.vault.seal(cell, group, whole(group, given), floor=FLOORS[group])
        columns |= _indexed(work, group, given)
    return columns


def _indexed(work: Work, group: Group, given: Sealed) -> Iterable[tuple[str, bytes | None]]:
    """The keyed indexes of a group's identifiers; what is only half typed has none yet."""
    for kind in INDEXED.get(group, ()):
        agreed = normalised(kind, given.get(kind.value))
        yield f"{kind.value}_index", None if agreed is None else work.vault.blind(kind, agreed)


def erase(work: Work, applicant_id: UUID) -> None:
    """Empty everything that a person told us, under a new reference. Called inside an erasure.

    The row stays for what money refers to; the database takes no later change of it.
    """
    columns: dict[str, Any] = {f"{group.value}_sealed": b"" for group in FLOORS}
    columns |= {f"{kind.value}_index": None for kinds in INDEXED.values() for kind in kinds}
    work.session.execute(
        update(Applicant)
        .where(col(Applicant.id) == applicant_id, col(Applicant.erased_at).is_(None))
        .values(reference=new_reference("AP"), intake_open=False, erased_at=work.now, **columns)
    )
