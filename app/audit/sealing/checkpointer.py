"""The thread that makes checkpoints and takes them away while a process serves. It holds up nobody."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.audit.reads.tree import TreeDamaged
from app.audit.sealing.checkpoints import EVERY, is_due, make_checkpoint
from app.audit.sealing.exporting import export, is_behind
from app.audit.sealing.places import Place
from app.crypto import Vault
from app.db import Database
from app.metrics import CHECKPOINT_AT, CHECKPOINT_NOT_MADE

log = structlog.get_logger()

#: Seconds between two looks; a look at which nothing is due asks two questions of the database.
LOOK_EVERY: Final = 5.0
#: After a trouble no checkpoint is tried for so many seconds: a damaged tree does not mend itself.
_REST: Final = 60.0


class Checkpointer:
    """Makes checkpoints as long as the process serves: ``start`` begins, ``stop`` makes a last one and ends."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        places: Sequence[Place],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        passing: Callable[[], float] = time.monotonic,
    ) -> None:
        """``clock`` tells the time and may jump; ``passing`` gives seconds and never goes back."""
        self._database, self._vault, self._places = database, vault, places
        self._clock, self._passing = clock, passing
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit-checkpointer", daemon=True)
        self._made_at = self._rest_until = -EVERY.total_seconds()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End. To be called after the sealer's end and before the database and the vault are closed."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_EVERY):
            self.look()
        self.look(last=True)

    def look(self, *, last: bool = False) -> bool:
        """Make and export what is due; gives whether a checkpoint was made. After a trouble a later look tries again.

        The ``last`` look does not wait: what was sealed by then is not left without a checkpoint over a night.
        """
        now, passed, made = self._clock(), self._passing(), False
        try:
            rested = passed - self._made_at >= EVERY.total_seconds()
            if passed >= self._rest_until and (last or is_due(self._database, now, rested=rested)):
                made = make_checkpoint(self._database, self._vault, now) is not None
            if made:
                self._made_at = passed
                CHECKPOINT_AT.set(now.timestamp())
            if self._places and is_behind(self._database, self._places, now):
                export(self._database, self._places, now)
        except (SQLAlchemyError, TimeoutError, TreeDamaged) as trouble:
            self._rest_until = passed + _REST
            CHECKPOINT_NOT_MADE.inc()
            log.error("audit.checkpoint_not_made", error=type(trouble).__name__)  # noqa: TRY400 - no traceback, it may show rows
        return made
