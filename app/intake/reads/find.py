"""Finding one application through its scope, for the verbs that change it and for the door that asks before them."""

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app.access.grants import Permission
from app.applicants import reads as applicants
from app.applicants.model import Applicant
from app.applicants.scope import opened
from app.crypto import Cell, Group
from app.errors import Denied, NotFound
from app.intake.model import Application, Override
from app.intake.rules import ApplicationStatus, as_body
from app.intake.rules.answers import Body
from app.intake.scope import visible
from app.work import Work

#: The groups that hold an application's answers; who opens an application opens all of them.
GROUPS: Final = (Group.IDENTITY, Group.CONTACT, Group.IMMIGRATION, Group.FINANCES, Group.NOTES)


@dataclass(frozen=True, slots=True)
class Consents:
    """What the person agreed to. None is no answer, and never reads as yes."""

    store: bool | None
    share_with_partner: bool | None


@dataclass(frozen=True, slots=True)
class FoundApplication:
    """What a verb needs to know of an application before it changes it."""

    id: UUID
    applicant_id: UUID
    partner_id: UUID
    status: ApplicationStatus
    screening_run: UUID | None
    consents: Consents
    version: int
    row: Any = field(repr=False)


_FOUND: Select[*tuple[Any, ...]] = select(
    col(Application.applicant_id),
    col(Application.partner_id),
    col(Application.status),
    col(Application.screening_run),
    col(Application.consent_store),
    col(Application.consent_share),
    col(Application.remarks_sealed),
    col(Application.version),
    *applicants.sealed_columns(GROUPS),
).join(Applicant, col(Applicant.id) == col(Application.applicant_id))


def application_for(work: Work, permission: Permission, application_id: UUID) -> FoundApplication:
    """An application the actor may use this permission on; where the Work writes, its row is locked until it ends.

    Raises NotFound when it is absent or out of the permission's reach.
    """
    reach = work.allow(permission)
    statement = _FOUND.add_columns(opened(work.actor, GROUPS).label("may_open")).where(
        col(Application.id) == application_id, visible(work.actor, reach)
    )
    if work.writes:
        statement = statement.with_for_update(of=Application)
    row = work.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return FoundApplication(
        id=application_id,
        applicant_id=row.applicant_id,
        partner_id=row.partner_id,
        status=row.status,
        screening_run=row.screening_run,
        consents=Consents(row.consent_store, row.consent_share),
        version=row.version,
        row=row,
    )


def answers_of(work: Work, found: FoundApplication) -> Body:
    """The answers, in the shape of the API's body. The caller records ``GROUPS``.

    Raises Denied when the actor may not open them (any more).
    """
    if not found.row.may_open:
        raise Denied("group.closed", "Your role may not open this part of the record.")
    body = as_body(applicants.open_groups(work, found.applicant_id, found.row, GROUPS))
    consents = {
        name: value
        for name, value in (
            ("store", found.consents.store),
            ("share_with_partner", found.consents.share_with_partner),
        )
        if value is not None
    }
    return body | ({"consents": consents} if consents else {})


def remarks_of(work: Work, application_id: UUID, applicant_id: UUID, blob: bytes) -> dict[str, Any]:
    """What was written about the application: ``missing``, ``note``, ``referral``. Recorded as CONTACT."""
    remarks: dict[str, Any] = work.vault.open(remarks_cell(application_id, applicant_id), Group.CONTACT, blob)
    return remarks


def remarks_cell(application_id: UUID, applicant_id: UUID) -> Cell:
    """Where the remarks on an application are sealed."""
    return Cell("application", "remarks_sealed", application_id, applicant_id)


def changeable(work: Work, application_id: UUID) -> int:
    """For the door: the version of an application whose answers the actor may change. Raises NotFound."""
    return _version(work, Permission.APPLICATION_CHANGE, application_id)


def decidable(work: Work, application_id: UUID) -> int:
    """For the door: the version of an application the actor may decide about. Raises NotFound."""
    return _version(work, Permission.APPLICATION_DECIDE, application_id)


def checkable(work: Work, application_id: UUID) -> int:
    """For the door: the version of an application whose conflict check the actor may run. Raises NotFound."""
    return _version(work, Permission.CONFLICT_CHECK, application_id)


def _version(work: Work, permission: Permission, application_id: UUID) -> int:
    reach = work.allow(permission)
    version = select(col(Application.version)).where(col(Application.id) == application_id, visible(work.actor, reach))
    found = work.session.execute(version).one_or_none()
    if found is None:
        raise NotFound
    return int(found.version)


def override_for(work: Work, application_id: UUID, override_id: UUID) -> Any:
    """An override to be decided: its requester, status, applicant. Raises NotFound if it is not of this application."""
    reach = work.allow(Permission.OVERRIDE_APPROVE)
    statement: Select[*tuple[Any, ...]] = (
        select(
            col(Override.requested_by_id),
            col(Override.status),
            col(Application.applicant_id),
            col(Application.status).label("application_status"),
        )
        .join(Application, col(Application.id) == col(Override.application_id))
        .where(
            col(Override.id) == override_id,
            col(Override.application_id) == application_id,
            visible(work.actor, reach),
        )
    )
    if work.writes:
        statement = statement.with_for_update(of=Override)
    row = work.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return row


def approvable(work: Work, application_id: UUID, override_id: UUID) -> None:
    """For the door: the actor may decide about this override. Raises NotFound."""
    override_for(work, application_id, override_id)
