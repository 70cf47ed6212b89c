"""Erasing one person: everything of theirs in one transaction, under one look for holds; then their keys."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlmodel import col

from app.access import ties
from app.access.grants import Permission
from app.agreements.actions import erasing as agreements
from app.applicants import actions as applicants
from app.applicants.model import Applicant
from app.audit.actions import record
from app.bonds.actions import erasing as bonds
from app.break_glass import actions as break_glass
from app.cases.actions import erasing as cases
from app.conflicts import actions as conflicts
from app.disbursements.actions import erasing as disbursements
from app.documents import actions as documents
from app.errors import Conflict
from app.fees import actions as fees
from app.funds.actions import erasing as funds
from app.intake.actions import erasing as intake
from app.retention.model import Erasure, Hold
from app.retention.reads.find import cases_of, erasure_for, is_held, matters_of, payments_in_flight, take_turn
from app.retention.reads.schedule import schedule
from app.retention.rules import ErasureStatus, refuse_going_on, refuse_held, refuse_in_flight
from app.statements.actions import erasing as statements
from app.work import Work

#: People who are looked for by one statement.
_TOGETHER: Final = 500


def erase(work: Work, erasure_id: UUID) -> None:
    """Empty everything of an approved erasure's person. Done again it changes nothing.

    Ledger, awards, payments, verdicts and the record stay, and name an empty person by a new, random reference. The
    keys are named in the erasure and destroyed after this is committed (``destroy_keys``): not before, because what is
    on hold must still open when this is rolled back.

    Raises NotFound, Conflict on hold, while something goes on, and for what nobody approved.
    """
    take_turn(work)
    found = erasure_for(work, Permission.RETENTION_RUN, erasure_id)
    if found.status is ErasureStatus.ERASED:
        return
    if found.status is not ErasureStatus.APPROVED:
        raise Conflict("erasure.not_approved", "A second person has not approved this.")
    applicant_id = found.applicant_id
    work.session.execute(select(col(Applicant.id)).where(col(Applicant.id) == applicant_id).with_for_update())
    case_ids = cases_of(work, applicant_id)
    refuse_held(is_held(work, applicant_id))
    refuse_going_on(matters_of(work, [applicant_id])[applicant_id])
    refuse_in_flight(payments_in_flight(work, case_ids))
    subjects = [applicant_id, *case_ids, *_empty(work, applicant_id, case_ids)]
    work.session.execute(update(Erasure).where(col(Erasure.id) == erasure_id).values(**_erased(work, subjects)))
    record(
        work,
        "erasure.done",
        object_type="erasure",
        object_id=erasure_id,
        subject_id=applicant_id,
        count=len(case_ids),
        details={"class": found.retention_class, "cause": found.cause},
    )


def come_back(work: Work, destroyed: Sequence[UUID]) -> list[UUID]:
    """Those of these subjects who live here though their key was destroyed: an older copy of the data was put back."""
    work.allow(Permission.RETENTION_RUN)
    found: list[UUID] = []
    for first in range(0, len(destroyed), _TOGETHER):
        some = destroyed[first : first + _TOGETHER]
        living = select(col(Applicant.id)).where(col(Applicant.id).in_(some), col(Applicant.erased_at).is_(None))
        found += work.session.execute(living).scalars()
    return found


def erase_again(work: Work, applicant_id: UUID) -> None:
    """Empty a person whose key was destroyed and whom an older copy of the data has brought back.

    Nothing of theirs opens any more, so nobody is asked again, and what went on in the copy does not go on. An
    approval that came back with the copy is done by this, a mere notice withdrawn.

    Raises Conflict on hold, and while a payment is on its way.
    """
    work.allow(Permission.RETENTION_RUN)
    take_turn(work)
    work.session.execute(select(col(Applicant.id)).where(col(Applicant.id) == applicant_id).with_for_update())
    case_ids = cases_of(work, applicant_id)
    refuse_held(is_held(work, applicant_id))
    refuse_in_flight(payments_in_flight(work, case_ids))
    subjects = [applicant_id, *case_ids, *_empty(work, applicant_id, case_ids)]
    of_person = update(Erasure).where(col(Erasure.applicant_id) == applicant_id)
    work.session.execute(
        of_person.where(col(Erasure.status) == ErasureStatus.APPROVED).values(**_erased(work, subjects))
    )
    work.session.execute(
        of_person.where(col(Erasure.status) == ErasureStatus.NOTICED).values(status=ErasureStatus.WITHDRAWN)
    )
    record(
        work,
        "erasure.done",
        object_type="applicant",
        object_id=applicant_id,
        subject_id=applicant_id,
        count=len(case_ids),
        details={"cause": "restored"},
    )


def approved(work: Work) -> list[UUID]:
    """The erasures that were approved and wait for the run, oldest first."""
    work.allow(Permission.RETENTION_RUN)
    waiting = select(col(Erasure.id)).where(col(Erasure.status) == ErasureStatus.APPROVED).order_by(col(Erasure.id))
    return list(work.session.execute(waiting).scalars())


def keys_left(work: Work) -> list[tuple[UUID, list[UUID]]]:
    """Erasures whose keys are not destroyed yet, with those keys."""
    work.allow(Permission.RETENTION_RUN)
    left = select(col(Erasure.id), col(Erasure.keys)).where(
        col(Erasure.status) == ErasureStatus.ERASED, col(Erasure.keys_destroyed_at).is_(None)
    )
    return [(row.id, [UUID(each) for each in row.keys]) for row in work.session.execute(left)]


def note_keys_destroyed(work: Work, erasure_ids: list[UUID]) -> None:
    """Keep that the keys of these erasures are gone."""
    work.allow(Permission.RETENTION_RUN)
    _note(work, erasure_ids, keys=[], keys_destroyed_at=work.now)
    record(work, "erasure.keys_destroyed", object_type="erasure", count=len(erasure_ids))


def epochs_left(work: Work) -> list[UUID]:
    """Erasures whose keys are gone, while the epoch that wrapped them is not."""
    work.allow(Permission.RETENTION_RUN)
    left = select(col(Erasure.id)).where(
        col(Erasure.keys_destroyed_at).is_not(None), col(Erasure.epoch_destroyed_at).is_(None)
    )
    return list(work.session.execute(left).scalars())


def note_epoch_destroyed(work: Work, erasure_ids: list[UUID], epoch: int, *, root_changed: bool) -> None:
    """Keep which epoch was destroyed for these erasures, and from when no copy of the keys opens anything of them."""
    work.allow(Permission.RETENTION_RUN)
    horizon_on = work.now.date() + timedelta(days=schedule().key_backup_days) + work.vault.deletion_delay
    _note(
        work,
        erasure_ids,
        epoch=epoch,
        epoch_destroyed_at=work.now,
        root_changed=root_changed,
        horizon_on=horizon_on,
    )
    record(
        work,
        "erasure.epoch_destroyed",
        object_type="erasure",
        count=len(erasure_ids),
        details={"epoch": epoch, "root": "changed" if root_changed else "kept"},
    )


def _empty(work: Work, applicant_id: UUID, case_ids: list[UUID]) -> list[UUID]:
    """Have every room empty what it knows; gives the other subjects whose keys go too."""
    agreements.erase(work, case_ids)
    statements.erase(work, case_ids)
    subjects = funds.erase(work, case_ids)
    subjects += disbursements.erase(work, case_ids)
    subjects += bonds.erase(work, case_ids)
    documents.erase(work, applicant_id)
    intake.erase(work, applicant_id)
    conflicts.erase(work, applicant_id)
    break_glass.erase(work, applicant_id)
    fees.erase(work, case_ids)
    cases.erase(work, case_ids)
    applicants.erase(work, applicant_id)
    ties.untie_all(work.session, (applicant_id, *case_ids), work.now)
    of_person = col(Hold.applicant_id) == applicant_id
    subjects += work.session.execute(select(col(Hold.subject_id)).where(of_person)).scalars()
    work.session.execute(update(Hold).where(of_person).values(reason_sealed=b""))
    return subjects


def _erased(work: Work, subjects: list[UUID]) -> dict[str, Any]:
    return {
        "status": ErasureStatus.ERASED,
        "erased_at": work.now,
        "tombstone": uuid4(),
        "keys": [str(each) for each in subjects],
    }


def _note(work: Work, erasure_ids: list[UUID], **values: Any) -> None:
    work.session.execute(update(Erasure).where(col(Erasure.id).in_(erasure_ids)).values(**values))
