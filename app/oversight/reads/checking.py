"""`amparo audit verify`: the verdict and how it is said."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from app.audit.rules.verdict import Verdict
from app.audit.sealing import seals_file
from app.audit.verifying import verify
from app.web.services import Services


def audit_verify(services: Services, seals: Path | None) -> tuple[int, list[str]]:
    """Check the whole record; gives the exit code (0 intact, 1 altered, 2 truncated, 3 undecided) and what to print."""
    verdict, lines = judged(services, seals)
    return verdict.exit_code, lines


def judged(services: Services, seals: Path | None, checkpoints: Sequence[Path] = ()) -> tuple[Verdict, list[str]]:
    """Check the whole record; gives the verdict and what to print.

    ``checkpoints`` are files that somebody else keeps, or folders of them.

    ``seals`` is a copy of the seals file that somebody else keeps. Without one the installation's own is compared,
    when there is one: that finds what happened to the database alone.
    """
    own = seals_file(services.settings)
    beside = seals or (own if own.exists() else None)
    verdict = verify(services.database, services.vault, beside, datetime.now(UTC), checkpoints)
    lines = verdict.lines()
    if seals is None and beside is not None:
        lines.append(f"The file was this installation's own, {own}: a copy that others keep proves more.")
    return verdict, lines
