"""Keys, record, machine: what has to go on every day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.doctor.rules.findings import Finding, problem, warning

#: A seal is in the file within a second; what is older and not there is a fault.
_SEALED_WITHIN: Final = timedelta(minutes=1)
#: Commands write events too, and only a serving process seals: a pause for an upgrade is no fault.
_UNSEALED_FOR: Final = timedelta(minutes=15)
_CLOCK: Final = timedelta(minutes=1)
#: Below this SQLite's log, a migration or a backup may fill the disk.
LEAST_FREE: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """``trouble`` is the vault's own sentence when it does not open."""

    trouble: str | None
    roots: int = 1
    epochs: int = 1


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """The record's end, and the seals file's. Moments are aware, UTC."""

    now: datetime
    newest_event: datetime | None
    oldest_unsealed: datetime | None
    sealed_at: datetime | None  # of the newest seal in the database
    sealed: int
    file: str  # "fine", "missing", "damaged", "behind", "unreadable"


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """This machine."""

    root: bool
    swaps: tuple[str, ...]  # that are not in memory, and not known to be encrypted
    free: int  # bytes
    style_sheet: bool


def judge_keys(facts: KeyFacts) -> Iterator[Finding]:
    """The keys, when their files are there."""
    if facts.trouble is not None:
        yield problem(
            "keys.closed", facts.trouble, "Nothing opens, and the service does not start.", "Do what the sentence says."
        )
    if facts.roots > 1:
        yield problem(
            "keys.root_unfinished",
            "A change of the root key was broken off.",
            "The old root key, which should be gone, still opens everything.",
            "amparo keys rotate --root",
        )
    if facts.epochs > 1:
        yield problem(
            "keys.epoch_unfinished",
            "A change of the epoch's key was broken off.",
            "The old key, which should be gone, still opens what was erased since.",
            "amparo keys rotate",
        )


def judge_record(facts: RecordFacts) -> Iterator[Finding]:
    """The clock, and whether the record is being sealed."""
    if facts.newest_event is not None and facts.newest_event > facts.now + _CLOCK:
        yield problem(
            "clock.behind",
            "This machine's clock stands before the newest event of the record.",
            "It was set back, or an event was put there. Sessions, deadlines and the record's order depend on it.",
            "Set the clock by a time server, then run `amparo audit verify`.",
        )
    if facts.oldest_unsealed is not None and facts.now - facts.oldest_unsealed > _UNSEALED_FOR:
        yield warning(
            "record.unsealed",
            f"Events since {facts.oldest_unsealed:%Y-%m-%d %H:%M} UTC are not sealed.",
            "Until an event is sealed, the database's owner can take it away unnoticed.",
            "Start the service; when it runs, look for `audit.not_sealed` in its log.",
        )
    if facts.sealed_at is None or facts.now - facts.sealed_at < _SEALED_WITHIN or facts.file == "fine":
        return
    sentences = {
        "missing": "The seals file is not there, although there are seals.",
        "damaged": "The seals file ends with something that is not a seal.",
        "behind": f"The seals file does not end with seal {facts.sealed}, the newest of the record.",
        "unreadable": "The seals file can not be read.",
    }
    yield problem(
        f"seals.{facts.file}",
        sentences[facts.file],
        "The record can not be compared with what was true, so an older database put back would not show.",
        "Restore the file from its copy elsewhere, run `amparo audit verify --seals FILE`, then start the service:"
        " it appends what is missing.",
    )


def judge_machine(facts: MachineFacts) -> Iterator[Finding]:
    """Root, swap, disk and style sheet."""
    if facts.root:
        yield warning(
            "machine.root",
            "Amparo's data belongs to root.",
            "The service runs with all power over this machine; a fault in it has that too.",
            "Run it as an account of its own: see the systemd unit, or the container's user.",
        )
    if facts.swaps:
        yield warning(
            "machine.swap",
            f"Memory is swapped out to {', '.join(facts.swaps)}, which is not known to be encrypted.",
            "Open keys and names could be left on the disk.",
            "swapoff -a, or put swap on an encrypted device.",
        )
    if facts.free < LEAST_FREE:
        yield problem(
            "disk.full",
            f"Only {facts.free // 1_000_000} MB are free where the data lies.",
            "When the disk is full nothing can be recorded, so nothing is shown.",
            "Make room, or move the data to a larger disk.",
        )
    if not facts.style_sheet:
        yield problem(
            "assets.missing",
            "The style sheet was not built.",
            "Pages come without style, fonts and icons.",
            "make setup-demo (or build the container image again).",
        )
