"""One event for a court: a file that anybody can check without the record, its database or any secret."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.audit.model import AuditEvent
from app.audit.reads.tree import Tree, TreeDamaged, event_at, first_checkpoint_of, position_of, signed_here
from app.audit.rules.checkpoints import Checkpoint
from app.audit.rules.proofs import check, inclusion_text
from app.crypto import Vault
from app.errors import Conflict, NotFound
from app.oversight.reads.events import EVERYTHING, within
from app.work import Work


@dataclass(frozen=True, slots=True)
class Proof:
    """A finished proof as a file."""

    text: str
    filename: str


def finds_event(work: Work, event_id: UUID) -> None:
    """Raise NotFound for an event that is absent, or that the actor may not read."""
    reach = work.allow(Permission.AUDIT_PROVE)
    wanted = select(col(AuditEvent.id)).where(col(AuditEvent.id) == event_id, within(work, reach, EVERYTHING))
    if work.session.execute(wanted).one_or_none() is None:
        raise NotFound


def proof(work: Work, event_id: UUID) -> Proof:
    """The proof of one event; making it is on record.

    Raises NotFound, and Conflict while no checkpoint covers the event or when the record does not fit it.
    """
    finds_event(work, event_id)
    return proof_of(work, event_id)


def proof_of(work: Work, event_id: UUID) -> Proof:
    """The same for whoever works at the machine. Raises NotFound and Conflict as ``proof`` does."""
    text = _made(work.session.connection(), work.vault, event_id)
    record(work, "audit.proved", object_type="audit_event", object_id=event_id)
    return Proof(text, f"amparo-proof-{event_id}.json")


def _made(connection: Connection, vault: Vault, event_id: UUID) -> str:
    position = position_of(connection, event_id)
    row = None if position is None else first_checkpoint_of(connection, position)
    if position is None or row is None:
        raise Conflict(
            "proof.too_new", "This event is too new. Its checkpoint is made within five minutes. Try again then."
        )
    try:
        checkpoint, leaf = Checkpoint.parse(row.note), event_at(connection, position)
        key = signed_here(vault, checkpoint)
        if key is None or leaf is None:
            raise _damaged()
        path = Tree(connection, vault).inclusion(position - 1, checkpoint.size)
        text = inclusion_text(leaf, position - 1, path, checkpoint.text, key)
    except (TreeDamaged, ValueError, TypeError):
        raise _damaged() from None
    # What does not hold is not given out: it would accuse the record before a court.
    if check(text, vault.verify, (key,)).code != 0:
        raise _damaged()
    return text


def _damaged() -> Conflict:
    return Conflict(
        "proof.damaged", "The record no longer fits its checkpoint, so nothing can be proved. Tell your operator."
    )
