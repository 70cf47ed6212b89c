"""Running a conflict check, and resolving its review."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import delete, insert, select, update
from sqlmodel import col

from app.access.grants import Permission
from app.applicants import reads as applicants
from app.audit.actions import record
from app.conflicts.model import ConflictCheck
from app.conflicts.reads import reviewable
from app.conflicts.rules import CheckResult, Resolution, result_of
from app.conflicts.scope import visible
from app.crypto import Cell, Group
from app.errors import Conflict, Denied, NotFound
from app.once import once
from app.work import Work


class Resolving(BaseModel):
    """How the review ended, and why; the reason is sealed, and read by reviewers only."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    resolution: Resolution
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]

    def __repr_args__(self) -> Any:
        return []


def run(work: Work, check_id: UUID, *, application_id: UUID, applicant_id: UUID, partner_id: UUID) -> CheckResult:
    """Compare the applicant's identifiers with everybody's, and keep whom that found for the reviewer.

    The caller has reached the application through its own scope and asked for the permission.
    """
    found = applicants.sharing(work, applicant_id)
    result = result_of(found.compared, found.shared)
    work.session.execute(
        insert(ConflictCheck).values(
            id=check_id,
            application_id=application_id,
            applicant_id=applicant_id,
            partner_id=partner_id,
            result=result,
            compared=[kind.value for kind in found.compared],
            matches=[
                {"applicant_id": str(who), "by": [kind.value for kind in kinds]} for who, kinds in found.shared.items()
            ],
            checked_by_id=work.actor.id,
            checked_at=work.now,
        )
    )
    record(
        work,
        "conflict.checked",
        object_type="conflict_check",
        object_id=check_id,
        subject_id=applicant_id,
        details={"result": result},
    )
    return result


def resolve(work: Work, check_id: UUID, form: Resolving) -> UUID:
    """Say whether what a check found is a conflict. The person who asked can not be the one who answers.

    Raises NotFound out of scope, Denied for the asker, Conflict when there is nothing (left) to resolve.
    """
    reviewable(work, check_id)
    reach = work.allow(Permission.CONFLICT_RESOLVE)
    row = work.session.execute(
        select(
            col(ConflictCheck.applicant_id),
            col(ConflictCheck.checked_by_id),
            col(ConflictCheck.result),
            col(ConflictCheck.resolution),
        )
        .where(col(ConflictCheck.id) == check_id, visible(work.actor, reach))
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.checked_by_id == work.actor.id:
        raise Denied("segregation_of_duties", "Somebody else must review the check that you asked for.")

    def do(_: UUID) -> None:
        _refuse_resolved(row.result, row.resolution)
        cell = Cell("conflict_check", "reason_sealed", check_id, row.applicant_id)
        work.session.execute(
            update(ConflictCheck)
            .where(col(ConflictCheck.id) == check_id)
            .values(
                resolution=form.resolution,
                resolved_by_id=work.actor.id,
                resolved_at=work.now,
                reason_sealed=work.vault.seal(cell, Group.STAFF, form.reason),
            )
        )
        record(
            work,
            "conflict.resolved",
            object_type="conflict_check",
            object_id=check_id,
            subject_id=row.applicant_id,
            details={"resolution": form.resolution},
        )

    return once(work, form, do, result_id=check_id)


def _refuse_resolved(result: CheckResult, resolution: Resolution | None) -> None:
    if result is CheckResult.CLEAR:
        raise Conflict("conflict_check.clear", "This check found nothing to review.")
    if resolution is not None:
        raise Conflict(
            "conflict_check.resolved", "This check was reviewed already. Run a new one if something changed."
        )


def erase(work: Work, applicant_id: UUID) -> None:
    """Delete the checks that were run for a person who is erased. Called inside an erasure.

    Checks of others that found this person stay: they name the empty record, and what was shared only by its kind.
    """
    work.session.execute(delete(ConflictCheck).where(col(ConflictCheck.applicant_id) == applicant_id))
