"""When the last backup of each kind was made, and where: a small file beside the data, for doctor and pruning."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from app.backups.rules import Kind
from app.config import Settings

_NAME: Final = "backups.json"


@dataclass(frozen=True, slots=True)
class Last:
    """The newest backup of a kind."""

    at: datetime
    file: Path


def place(settings: Settings) -> Path:
    """Where it is written down."""
    return settings.data_dir.absolute() / _NAME


def last(settings: Settings) -> dict[Kind, Last]:
    """What is written down; what can not be read says nothing, as if no backup had been made."""
    try:
        found = json.loads(place(settings).read_text(encoding="utf-8"))
        return {
            Kind(kind): Last(datetime.fromisoformat(each["at"]), Path(each["file"])) for kind, each in found.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
