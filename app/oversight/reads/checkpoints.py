"""The newest checkpoint over the record, and whether it got to the places that others keep."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.model import AuditPlace
from app.audit.reads.tree import last_checkpoint
from app.audit.rules.checkpoints import origin_of, verifier_key
from app.work import Work

#: A place that has had nothing for so long is told, though no error was.
_LATE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class PlaceState:
    """A place that takes checkpoints: whether it has the newest, and when it got its last."""

    place: str
    current: bool
    exported_at: datetime | None
    trouble: str | None


@dataclass(frozen=True, slots=True)
class CheckpointState:
    """The newest checkpoint; ``note`` is its text, ``key`` what tools for signed notes check it with."""

    size: int
    root: str
    made_at: datetime
    note: str
    key: str
    places: list[PlaceState]

    @property
    def lacking(self) -> int:
        """How many places do not have it."""
        return sum(not each.current for each in self.places)


def checkpoint_state(work: Work) -> CheckpointState | None:
    """The newest checkpoint, None before the first."""
    work.allow(Permission.AUDIT_SEALS)
    row = last_checkpoint(work.session.connection())
    if row is None:
        return None
    places = work.session.execute(
        select(
            col(AuditPlace.place),
            col(AuditPlace.number),
            col(AuditPlace.exported_at),
            col(AuditPlace.trouble),
        ).order_by(col(AuditPlace.place))
    ).all()
    return CheckpointState(
        size=row.size,
        root=row.root.hex(),
        made_at=row.made_at,
        note=row.note,
        key=verifier_key(origin_of(work.vault.installation), work.vault.public_key()),
        places=[
            # A checkpoint is taken away some seconds after it is made: until then the place is not behind.
            PlaceState(
                each.place,
                each.trouble is None and (each.number >= row.number or work.now - row.made_at < _LATE),
                each.exported_at,
                each.trouble,
            )
            for each in places
        ],
    )
