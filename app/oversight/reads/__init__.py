"""The audit record as the auditor reads it. Reading it is on record too."""

from app.audit.rules.registry import ACTIONS, OBJECTS
from app.oversight.reads.checking import audit_verify
from app.oversight.reads.events import EventFilter, EventList, EventView, events
from app.oversight.reads.names import Named
from app.oversight.reads.seals import SealList, SealsState, SealView, seals, state

__all__ = [
    "ACTIONS",
    "OBJECTS",
    "EventFilter",
    "EventList",
    "EventView",
    "Named",
    "SealList",
    "SealView",
    "SealsState",
    "audit_verify",
    "events",
    "seals",
    "state",
]
