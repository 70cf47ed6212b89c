"""From what the setting names to the places themselves."""

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

from app.audit.sealing.places import Folder, Place
from app.config import Settings, UnsafeSettings

_OURS: Final = "app.audit.sealing."


def places_of(settings: Settings) -> tuple[Place, ...]:
    """Where checkpoints go, in the order of the setting. Raises UnsafeSettings when a place's library is missing."""
    return tuple(_bucket(each) if each.startswith("s3://") else Folder(Path(each)) for each in settings.checkpoints)


def _bucket(address: str) -> Place:
    for each in entry_points(group="amparo.places", name="s3"):
        if each.value.startswith(_OURS):  # another package may not put itself between the record and its checkpoints
            try:
                found: Callable[[str], Place] = each.load()
            except ModuleNotFoundError:
                break
            return found(address)
    raise UnsafeSettings(
        "AMPARO_CHECKPOINT_PLACES names a bucket, and the library for buckets is not installed here. "
        "Install Amparo with its extra `s3`; docs/operating/checkpoints.md says how."
    )
