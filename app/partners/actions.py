"""Taking a partner organization on."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import func, insert, select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.errors import Invalid, Problem
from app.once import once
from app.partners.model import Partner
from app.partners.rules import PartnerKind
from app.work import Work


class NewPartner(BaseModel):
    """An organization by its full name, and the number that people call who asked it for help."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    kind: PartnerKind = PartnerKind.LEGAL_SERVICES
    phone: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9 ()+.,x-]{7,40}$")] | None = None


def create(work: Work, form: NewPartner) -> UUID:
    """Add a partner and give its id. Raises Invalid when another one has this name."""
    work.allow(Permission.PARTNER_MANAGE)

    def do(partner_id: UUID) -> None:
        taken = select(col(Partner.id)).where(func.lower(col(Partner.name)) == form.name.lower())
        if work.session.execute(taken).first() is not None:
            raise Invalid(Problem("/name", "name.taken", "Another partner has this name. Enter a different one."))
        work.session.execute(
            insert(Partner).values(
                id=partner_id,
                name=form.name,
                kind=form.kind,
                phone=form.phone,
                active=True,
                created_at=work.now,
                version=1,
            )
        )
        record(work, "partner.created", object_type="partner", object_id=partner_id)

    return once(work, form, do)
