"""From one checkpoint to a later one: does the record that was signed then still stand at the beginning?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.access.sights import SEALER
from app.audit.reads.tree import Tree, TreeDamaged, last_checkpoint, signed_here
from app.audit.rules.checkpoints import LONGEST, Checkpoint
from app.audit.rules.proofs import check, consistency_text
from app.web.services import Services

_INTACT, _ALTERED, _TRUNCATED, _UNDECIDED = range(4)
_SAID: Final = {
    _ALTERED: "altered: The later checkpoint does not go on the earlier one. The record was written anew.",
    _TRUNCATED: "truncated: The record ends before the later one. It was cut off, or an older copy was put back.",
}


@dataclass(frozen=True, slots=True)
class Following:
    """The exit code as of `amparo audit verify`, what to print, and the proof when there is one."""

    code: int
    lines: list[str]
    proof: str | None = None


def newest_checkpoint(services: Services) -> Checkpoint | None:
    """The newest checkpoint; None before the first. Raises ValueError when what stands there is none."""
    with services.database.look(SEALER) as connection:
        row = last_checkpoint(connection)
    return None if row is None else Checkpoint.parse(row.note)


def following(services: Services, old: Path, new: Path) -> Following:
    """Whether the record leads from the checkpoint in one file to that in another, with the proof for others."""
    found = []
    for file in (old, new):
        checkpoint = _read(file)
        key = None if checkpoint is None else signed_here(services.vault, checkpoint)
        if checkpoint is None or key is None:
            return Following(_UNDECIDED, [f"undecided: {file} is no checkpoint of this installation."])
        found.append((checkpoint, key))
    (earlier, _), (later, _) = found
    if earlier.size > later.size or not earlier.size:
        return Following(_UNDECIDED, ["undecided: Give the earlier checkpoint first; it has to cover an event."])
    try:
        with services.database.look(SEALER) as connection:
            last = last_checkpoint(connection)
            if last is None or last.size < later.size:
                return Following(_TRUNCATED, [_SAID[_TRUNCATED]])
            path = Tree(connection, services.vault).consistency(earlier.size, later.size)
    except TreeDamaged:
        return Following(_ALTERED, [_SAID[_ALTERED]])
    text = consistency_text(earlier.text, later.text, path, [key for _, key in found])
    checked = check(text, services.vault.verify, {key for _, key in found})
    return Following(_INTACT, checked.lines, text) if checked.code == 0 else Following(_ALTERED, [_SAID[_ALTERED]])


def _read(file: Path) -> Checkpoint | None:
    try:
        with file.open("rb") as opened:
            return Checkpoint.parse(opened.read(LONGEST + 1).decode())
    except (OSError, ValueError):
        return None
