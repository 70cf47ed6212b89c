"""Sealing what people tell us, and ending the reach of the intake desk."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, true, update
from sqlmodel import col

from app.access.grants import Permission
from app.applicants.model import Applicant, IndexKey
from app.applicants.reads import index_version, open_groups, sealed_columns
from app.applicants.rules import FLOORS, INDEXED, Sealed, normalised, whole
from app.audit.actions import record
from app.crypto import Cell, Group, Unopenable, Vault
from app.reference import new_reference
from app.work import Work

#: People whose keys are fetched by one query while indexes are made anew.
_TOGETHER: Final = 500


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


@dataclass(slots=True)
class Indexed:
    """How many people got new indexes, and who got none because a sealed value of theirs does not open."""

    count: int = 0
    unopened: list[UUID] = field(default_factory=list)


def index_anew(begin: Callable[[], AbstractContextManager[Work]], vault: Vault) -> Indexed:
    """Give the blind indexes a new key: every index is made anew in one transaction, then the old key is destroyed.

    ``begin`` opens a Work. Broken off anywhere, it is simply done again. One person whose values do not open keeps
    nobody else from being found. While it runs, whoever makes or compares indexes waits (SQLite: whoever writes).
    """
    version = vault.begin_index_key()
    with begin() as work:
        work.allow(Permission.RETENTION_RUN)
        held = work.session.execute(select(col(IndexKey.version)).with_for_update()).scalar_one()
        done = Indexed() if held == version else _make_anew(work, version)
        work.session.execute(update(IndexKey).values(version=version))
        record(work, "applicant.indexes_renewed", count=done.count, details={"version": version})
    vault.end_index_keys(version)
    return done


def _make_anew(work: Work, version: int) -> Indexed:
    groups = tuple(INDEXED)
    last, done = None, Indexed()
    while rows := _next_to_index(work, last):
        work.vault.preload(row.id for row in rows)
        for row in rows:
            try:
                opened = open_groups(work, row.id, row, groups)
            except Unopenable:
                # What stands there was made with a key that goes now.
                opened = {group: {} for group in groups}
                done.unopened.append(row.id)
            else:
                done.count += 1
            columns = dict(each for group in groups for each in _indexed(work, group, opened[group], version))
            work.session.execute(update(Applicant).where(col(Applicant.id) == row.id).values(**columns))
        last = rows[-1].id
    return done


def _next_to_index(work: Work, last: UUID | None) -> list[Any]:
    after = true() if last is None else col(Applicant.id) > last
    rows = work.session.execute(
        select(col(Applicant.id), *sealed_columns(INDEXED))
        .where(col(Applicant.erased_at).is_(None), after)
        .order_by(col(Applicant.id))
        .limit(_TOGETHER)
    )
    return list(rows.all())


def _sealed(work: Work, applicant_id: UUID, answers: Mapping[Group, Sealed]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    version = index_version(work)
    for group, given in answers.items():
        column = f"{group.value}_sealed"
        cell = Cell("applicant", column, applicant_id, applicant_id)
        columns[column] = work.vault.seal(cell, group, whole(group, given), floor=FLOORS[group])
        columns |= _indexed(work, group, given, version)
    return columns


def _indexed(work: Work, group: Group, given: Sealed, version: int) -> Iterable[tuple[str, bytes | None]]:
    """The keyed indexes of a group's identifiers; what is only half typed has none yet."""
    for kind in INDEXED.get(group, ()):
        agreed = normalised(kind, given.get(kind.value))
        yield f"{kind.value}_index", None if agreed is None else work.vault.blind(kind, agreed, version)


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
