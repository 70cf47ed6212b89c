"""The thread that seals while a process serves."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.audit.reads import LOWEST
from app.audit.rules import first_id_at
from app.audit.sealing.batch import seal_once
from app.audit.sealing.file import SealsFileDamaged
from app.crypto import Vault
from app.db import Database
from app.metrics import SEALED_AT

log = structlog.get_logger()

#: Seconds between two looks: an event is sealed within a second of its commit.
EVERY: Final = 0.5
#: An event's id is made when it happens, its row is seen when its transaction commits. A look goes back this far ...
OVERLAP: Final = timedelta(seconds=10)
#: ... and twice a minute this far, for the rare long transaction; at the start, and once a day, over everything.
FAR_OVERLAP: Final = timedelta(minutes=15)
FAR_EVERY: Final = timedelta(seconds=30)
FULL_EVERY: Final = timedelta(days=1)
#: Seconds after which a trouble that stays is logged again.
_COMPLAIN_EVERY: Final = 60.0


class Looks:
    """From where on the next look must look: near, far, or over everything, each since the last of its kind."""

    def __init__(self) -> None:
        self._near: datetime | None = None
        self._far: datetime | None = None
        self._full: datetime | None = None
        self._kind = "full"

    def since(self, now: datetime) -> UUID:
        """The id above which the look at ``now`` has to find every unsealed event."""
        if self._near is None or self._far is None or self._full is None or now - self._full >= FULL_EVERY:
            self._kind = "full"
            return LOWEST
        # When the clock was set back, ids begin below the last look: hence min, and abs.
        if abs(now - self._far) >= FAR_EVERY:
            self._kind = "far"
            return first_id_at(min(self._far, now) - FAR_OVERLAP)
        self._kind = "near"
        return first_id_at(min(self._near, now) - OVERLAP)

    def done(self, now: datetime) -> None:
        """The look at ``now`` succeeded."""
        self._near = now
        if self._kind != "near":
            self._far = now
        if self._kind == "full":
            self._full = now


class Sealer:
    """Seals what was committed as long as the process serves: ``start`` begins, ``stop`` seals once more and ends."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        seals: Path,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database, self._vault, self._seals, self._clock = database, vault, seals, clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit-sealer", daemon=True)
        self._looks = Looks()
        self._complained = -_COMPLAIN_EVERY

    def start(self) -> None:
        """Begin; the first look is over everything that a former process left unsealed."""
        self._thread.start()

    def stop(self) -> None:
        """Seal what there is, and end. To be called before the database and the vault are closed."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(EVERY)
        self.look()

    def look(self) -> int:
        """One look, sealing what it finds; gives the number of events. After a trouble the next look tries again."""
        now = self._clock()
        since = self._looks.since(now)
        try:
            sealed = seal_once(self._database, self._vault, self._seals, now, since)
        except (SQLAlchemyError, TimeoutError, OSError, SealsFileDamaged) as trouble:
            if time.monotonic() - self._complained >= _COMPLAIN_EVERY:
                self._complained = time.monotonic()
                log.error("audit.not_sealed", error=type(trouble).__name__)  # noqa: TRY400 - no traceback, it may show rows
            return 0
        self._looks.done(now)
        SEALED_AT.set(now.timestamp())
        return sealed
