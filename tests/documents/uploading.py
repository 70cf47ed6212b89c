"""A process that hands in documents as fast as it can, to be killed at any moment. Run by test_kills.py."""

import sys
from pathlib import Path

from app.config import Settings
from tests.documents.files import hand_in
from tests.world import running, settings_for


def main() -> None:
    """Hand in texts on a case until somebody ends it."""
    settings: Settings = settings_for(Path(sys.argv[1]))
    with running(settings) as world:
        print("ready", flush=True)  # noqa: T201 - its parent waits for this word
        for number in range(1_000):
            data = f"letter {number} ".encode() * 20_000
            hand_in(world.attorney, f"/cases/{sys.argv[2]}", f"{number}.txt", data)


if __name__ == "__main__":
    main()
