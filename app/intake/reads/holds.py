"""Whether somebody who asked for help is on legal hold. Holds are set in a room above, which knows why."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, or_, select
from sqlalchemy.sql.expression import column, table
from sqlmodel import col

from app.db import UtcTime
from app.intake.model import Application
from app.work import Work

#: Named, not imported: retention stands above this room.
_hold = table("hold", column("applicant_id", Uuid()), column("scope"), column("set_at", UtcTime()), column("lifted_at"))


def held_since(work: Work, application_id: UUID) -> datetime | None:
    """Since when the person of an application, which the actor has reached through its own scope, is on hold.

    That there is a hold is told to everybody who sees the application, as it is with a case; why, to nobody here.
    """
    person = select(col(Application.applicant_id)).where(col(Application.id) == application_id)
    found: datetime | None = work.session.execute(
        select(_hold.c.set_at)
        .where(_hold.c.lifted_at.is_(None), or_(_hold.c.scope == "everything", _hold.c.applicant_id.in_(person)))
        .order_by(_hold.c.set_at)
        .limit(1)
    ).scalar()
    return found
