"""The thread that looks after documents while a process serves."""

import threading
import time
from typing import Final

import structlog

from app.crypto import Vault
from app.documents.actions.keeping import Begin, check_waiting, sweep

log = structlog.get_logger()

#: Seconds between two looks at what waits for the scanner, and between two sweeps.
EVERY: Final = 60.0
SWEEP_EVERY: Final = 3_600.0


class Keeper:
    """Asks the scanner again, and sweeps away what nothing names: ``start`` begins, ``stop`` ends."""

    def __init__(self, begin: Begin, vault: Vault) -> None:
        self._begin, self._vault = begin, vault
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="documents", daemon=True)

    def start(self) -> None:
        """Begin to look, a minute from now."""
        self._thread.start()

    def stop(self) -> None:
        """End after the look that is under way."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        swept = time.monotonic() - SWEEP_EVERY
        while not self._stopping.wait(EVERY):
            try:
                check_waiting(self._begin, self._vault)
                if time.monotonic() - swept >= SWEEP_EVERY:
                    sweep(self._begin)
                    swept = time.monotonic()
            except Exception as error:  # noqa: BLE001 - the thread outlives a database that is away for a moment
                log.error("documents.trouble", error=type(error).__name__)  # noqa: TRY400 - a traceback may quote data
