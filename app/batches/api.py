"""Payment runs over REST."""

from uuid import UUID

from app.access.grants import Permission
from app.batches.actions import create as making
from app.batches.actions import move
from app.batches.reads import batches as reads
from app.batches.reads.files import file
from app.batches.reads.find import readable
from app.batches.rules.runs import BatchMethod, BatchStatus, FileKind
from app.keyset import DEFAULT_LIMIT, Limit
from app.web.answers import Bytes
from app.web.door import Door
from app.work import Work

door = Door("/batches")


@door.get("", Permission.BATCH_READ)
def list_batches(
    work: Work, status: BatchStatus | None = None, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None
) -> reads.BatchList:
    """The payment runs, newest first."""
    return reads.batches(work, status, limit, cursor)


@door.get("/candidates", Permission.BATCH_MAKE)
def list_candidates(work: Work, method: BatchMethod = BatchMethod.ACH) -> reads.Candidates:
    """The released payments of a method that are in no run, oldest first, each with what keeps it out of one."""
    return reads.candidates(work, method)


@door.get("/{batch_id}", Permission.BATCH_READ)
def get_batch(work: Work, batch_id: UUID) -> reads.BatchView:
    """One payment run with its payments, its totals by fund and its files."""
    return reads.batch(work, batch_id)


@door.post("", Permission.BATCH_MAKE, key=True, status_code=201)
def create_batch(work: Work, form: making.NewBatch) -> reads.BatchView:
    """Put released payments into a run: all that are named (or all that are free), or none."""
    return reads.batch(work, making.create(work, form), answering=True)


@door.post("/{batch_id}/confirm", Permission.BATCH_CONFIRM, finds=readable, key=True, steps_up=True)
def confirm_batch(work: Work, batch_id: UUID, form: move.Nothing | None = None) -> reads.BatchView:
    """Confirm a run that somebody else made. Whoever does takes its files out."""
    return reads.batch(work, move.confirm(work, batch_id, form or move.Nothing()), answering=True)


@door.post("/{batch_id}/send", Permission.BATCH_CONFIRM, finds=readable, key=True)
def send_batch(work: Work, batch_id: UUID, form: move.Nothing | None = None) -> reads.BatchView:
    """Say that the run went to the bank; from then on it can not be voided."""
    return reads.batch(work, move.send(work, batch_id, form or move.Nothing()), answering=True)


@door.post("/{batch_id}/void", Permission.BATCH_MAKE, finds=readable, key=True)
def void_batch(work: Work, batch_id: UUID, form: move.Nothing | None = None) -> reads.BatchView:
    """Give up a run that was not sent: its payments are free again."""
    return reads.batch(work, move.void(work, batch_id, form or move.Nothing()), answering=True)


@door.post("/{batch_id}/settle", Permission.DISBURSEMENT_SETTLE, finds=readable, key=True)
def settle_batch(work: Work, batch_id: UUID, form: move.RunSettlement | None = None) -> reads.BatchView:
    """Say that the bank paid a run: its payments are settled together."""
    return reads.batch(work, move.settle_all(work, batch_id, form or move.RunSettlement()), answering=True)


@door.get("/{batch_id}/files/{kind}", Permission.BATCH_CONFIRM, steps_up=True, responses={409: {}})
def get_file(work: Work, batch_id: UUID, kind: FileKind) -> Bytes:
    """A file of a confirmed run, with whole account numbers: for who confirmed it. Each time is on record."""
    found = file(work, batch_id, kind)
    return Bytes(found.body, found.media_type, found.filename)
