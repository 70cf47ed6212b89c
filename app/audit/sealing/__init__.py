"""Sealing: committed events get gapless positions under a signed Merkle root, within a second, outside any request.

A request only writes its event with its MAC; nothing is locked across commits. Here batches of events are chained:
each seal names the digest of the one before. Seals stand in the database and, line by line, in an append-only file.
Every few minutes a checkpoint signs the tree over all of them, and is taken to places that nobody here can rewrite.
"""

from app.audit.sealing.batch import seal_once
from app.audit.sealing.checkpointer import Checkpointer
from app.audit.sealing.checkpoints import make_checkpoint
from app.audit.sealing.exporting import export
from app.audit.sealing.file import SealsFileDamaged, append_missing, seals_file
from app.audit.sealing.places import places_of
from app.audit.sealing.thread import EVERY, Sealer

__all__ = [
    "EVERY",
    "Checkpointer",
    "Sealer",
    "SealsFileDamaged",
    "append_missing",
    "export",
    "make_checkpoint",
    "places_of",
    "seal_once",
    "seals_file",
]
