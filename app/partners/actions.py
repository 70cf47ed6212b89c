"""Taking a partner organization on, and changing what is known of it."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select, update
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.errors import Invalid, Problem
from app.once import once
from app.partners import reads
from app.partners.model import Partner
from app.partners.rules import MOST_CASES, PartnerKind
from app.work import Work

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9 ()+.,x-]{7,40}$")]
Capacity = Annotated[int, Field(ge=0, le=MOST_CASES, strict=True)]


class NewPartner(BaseModel):
    """An organization by its full name, the number that people call who asked it for help, and how many open cases it
    takes at once."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    kind: PartnerKind = PartnerKind.LEGAL_SERVICES
    phone: Phone | None = None
    capacity: Capacity | None = None


class PartnerChange(BaseModel):
    """What is to be different; what is not sent stays. Null takes a phone or a capacity away."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    kind: PartnerKind | None = None
    phone: Phone | None = None
    capacity: Capacity | None = None
    active: bool | None = None


#: What can be unknown, and so be taken away.
_MAY_BE_EMPTY = frozenset({"phone", "capacity"})


def create(work: Work, form: NewPartner) -> UUID:
    """Add a partner and give its id. Raises Invalid when another one has this name."""
    work.allow(Permission.PARTNER_MANAGE)

    def do(partner_id: UUID) -> None:
        _name_is_free(work, form.name, None)
        work.insert(Partner, id=partner_id, active=True, created_at=work.now, version=1, **form.model_dump())
        record(work, "partner.created", object_type="partner", object_id=partner_id)

    return once(work, form, do)


def change(work: Work, partner_id: UUID, form: PartnerChange) -> UUID:
    """Change what is known of a partner, suspend it, or take it back.

    People of a suspended partner are nobody from the next request on: no session, no token, no sign-in. Nothing of
    theirs is changed, so that they go on where they were when it is taken back.
    Raises NotFound, and Invalid when nothing is different or another one has this name.
    """
    work.allow(Permission.PARTNER_MANAGE)
    before = reads.partner_to_change(work, partner_id)
    sent = form.model_dump(exclude_unset=True)
    wanted = {name: value for name, value in sent.items() if value is not None or name in _MAY_BE_EMPTY}
    changed = {name: value for name, value in wanted.items() if value != getattr(before, name)}
    if not changed:
        raise Invalid(Problem("/name", "partner.nothing", "Nothing is different. Change something, then save."))
    if "name" in changed:
        _name_is_free(work, changed["name"], partner_id)
    work.session.execute(
        update(Partner)
        .where(col(Partner.id) == partner_id, col(Partner.version) == before.version)
        .values(version=before.version + 1, **changed)
    )
    active = changed.pop("active", None)
    if active is not None:
        record(
            work,
            "partner.reinstated" if active else "partner.suspended",
            object_type="partner",
            object_id=partner_id,
        )
    if changed:
        fields: dict[str, str | int | list[str] | None] = {"fields": sorted(changed)}
        record(work, "partner.changed", object_type="partner", object_id=partner_id, details=fields)
    return partner_id


def _name_is_free(work: Work, name: str, partner_id: UUID | None) -> None:
    # Compared here: SQLite's own lower() knows the 26 letters of English only.
    others = work.session.execute(select(col(Partner.name)).where(col(Partner.id) != partner_id))
    if name.casefold() in {each.casefold() for each in others.scalars()}:
        raise Invalid(Problem("/name", "name.taken", "Another partner has this name. Enter a different one."))
