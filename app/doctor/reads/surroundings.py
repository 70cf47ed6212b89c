"""What of the machine an examination depends on."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path


def _free(path: Path) -> int:
    return shutil.disk_usage(path).free


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The account that asks, the clock, and where Linux tells of itself."""

    uid: int = field(default_factory=os.geteuid)
    root: int = 0  # the account that may do everything
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    proc: Path = Path("/proc")
    free: Callable[[Path], int] = _free
