"""Opening who an obligor is: for those who work on the case, for a purpose, always on record."""

from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.audit.rules import Purpose
from app.bonds.model import Bond, Obligor
from app.bonds.scope import visible
from app.crypto import Cell, Group
from app.errors import NotFound
from app.funds.model import Payee
from app.partners.model import Partner
from app.work import Work

#: Why those on the case open who an obligor is, on its page.
USUAL: Final = Purpose.REPRESENTATION


class Opening(BaseModel):
    """Why it is opened. There is one group; it may be named as where a person is opened."""

    model_config = ConfigDict(extra="forbid")

    group: Literal["payee"] = "payee"
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class OpenedObligor:
    """The name and address of an obligor; null is what is not there, or was erased."""

    name: str | None
    address: str | None


def open_obligor(work: Work, bond_id: UUID, form: Opening) -> OpenedObligor:
    """Open the obligor of a bond. Raises NotFound for a bond out of reach."""
    reach = work.allow(Permission.OBLIGOR_OPEN)
    row = work.session.execute(
        select(
            *(col(Bond.case_id), col(Bond.obligor_id), col(Obligor.subject_id), col(Obligor.address)),
            *(col(Obligor.payee_id), col(Payee.subject_id).label("payee_subject"), col(Payee.private_name)),
            col(Partner.name),
        )
        .join(Obligor, col(Obligor.id) == col(Bond.obligor_id))
        .outerjoin(Payee, col(Payee.id) == col(Obligor.payee_id))
        .outerjoin(Partner, col(Partner.id) == col(Obligor.partner_id))
        .where(col(Bond.id) == bond_id, visible(work.actor, reach))
    ).one_or_none()
    if row is None:
        raise NotFound
    record(
        work,
        "bond.obligor_opened",
        object_type="bond",
        object_id=bond_id,
        subject_id=row.case_id,
        groups=(Group.PAYEE,),
        purpose=form.purpose,
    )
    name = row.name
    if row.private_name:
        name = work.vault.open(
            Cell("payee", "private_name", row.payee_id, row.payee_subject), Group.PAYEE, row.private_name
        )
    address = None
    if row.address:
        address = work.vault.open(Cell("obligor", "address", row.obligor_id, row.subject_id), Group.PAYEE, row.address)
    return OpenedObligor(name, address)
