"""The audit record, and who has access to what, as those see it who watch over it. Reading it is on record too."""

from app.audit.rules import Outcome, Purpose
from app.audit.rules.registry import ACTIONS, DETAILS, OBJECTS
from app.oversight.reads.checked import RecordCheck, checked
from app.oversight.reads.checking import audit_verify
from app.oversight.reads.checkpoints import CheckpointState, checkpoint_state
from app.oversight.reads.events import EventFilter, EventList, EventView, events
from app.oversight.reads.export import Exported, exported
from app.oversight.reads.lookup import Asked, Subject, subject
from app.oversight.reads.names import Named
from app.oversight.reads.offices import Office, office
from app.oversight.reads.proofs import Proof, proof
from app.oversight.reads.reach import Held, TheirAccess, held, their_access
from app.oversight.reads.review import AccessList, access_as_csv, access_list, access_review
from app.oversight.reads.seals import SealList, SealsState, SealView, seals, state

__all__ = [
    "ACTIONS",
    "DETAILS",
    "OBJECTS",
    "AccessList",
    "Asked",
    "CheckpointState",
    "EventFilter",
    "EventList",
    "EventView",
    "Exported",
    "Held",
    "Named",
    "Office",
    "Outcome",
    "Proof",
    "Purpose",
    "RecordCheck",
    "SealList",
    "SealView",
    "SealsState",
    "Subject",
    "TheirAccess",
    "access_as_csv",
    "access_list",
    "access_review",
    "audit_verify",
    "checked",
    "checkpoint_state",
    "events",
    "exported",
    "held",
    "office",
    "proof",
    "seals",
    "state",
    "subject",
    "their_access",
]
