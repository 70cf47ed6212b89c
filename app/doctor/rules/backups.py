"""Backups: whether they are made, who can read them, and what must not lie about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.doctor.rules.findings import Finding, problem

#: A timer may be late, and a backup takes its time.
_GRACE: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """What is known of backups. Moments are aware, UTC; None when there is none.

    ``folder`` is where the settings say that backups land, ``kept`` the keys' backups that are past their life.
    """

    now: datetime
    wanted: bool  # in production, or where somebody began to make them
    production: bool
    recipients: int
    trouble: str | None  # why the recipients can not be read
    days: int
    data: datetime | None
    keys: datetime | None
    folder: str | None
    open: bool
    holds_keyring: bool
    keys_folder: str | None
    kept: tuple[str, ...]
    restoring: bool


def judge_backups(facts: BackupFacts) -> Iterator[Finding]:
    """Every finding about backups."""
    if facts.restoring:
        yield problem(
            "backup.restoring",
            "A restore was broken off here.",
            "The data may hold people who were erased since, so the service does not start.",
            "Run the same `amparo restore` again: it begins anew.",
        )
    if facts.trouble is not None or (facts.production and not facts.recipients):
        yield problem(
            "backup.recipients",
            facts.trouble or "Nobody is named who can read the backups.",
            "No backup can be made: it would lie in clear for whoever finds it.",
            "Run `amparo backup recipient new`, keep the identity offline, set AMPARO_BACKUP_RECIPIENTS.",
        )
    if facts.wanted:
        yield from _ages(facts)
    yield from _places(facts)


def _ages(facts: BackupFacts) -> Iterator[Finding]:
    oldest = facts.now - timedelta(days=facts.days) - _GRACE
    if facts.data is None or facts.data < oldest:
        yield problem(
            "backup.old",
            f"{_said(facts.data)}: no backup of the data within {_days(facts.days)}.",
            "After a broken disk everything since then would be gone.",
            "Look why the backup's timer did not run (systemctl list-timers), and run `amparo backup data` now.",
        )
    if facts.keys is None or facts.keys < oldest:
        yield problem(
            "backup.keys_old",
            f"{_said(facts.keys)}: no backup of the keys within {_days(facts.days)}.",
            "If the keystore is lost, whoever was taken in since then can not be read by anybody.",
            "Look why the backup's timer did not run (systemctl list-timers), and run `amparo backup keys` now.",
        )


def _places(facts: BackupFacts) -> Iterator[Finding]:
    if facts.kept:
        yield problem(
            "backup.keys_kept",
            f"{len(facts.kept)} backups of the keys in {facts.keys_folder} are past their life, {facts.kept[0]} first.",
            "With an old backup of the data they open what was erased since. Certificates say that they are gone.",
            "Run `amparo backup prune`, and remove the same files from every other place.",
        )
    if facts.open:
        yield problem(
            "backup.open",
            f"The folder of backups {facts.folder} is open to others.",
            "Other accounts of this machine can copy whole databases.",
            f"chmod 700 {facts.folder}",
        )
    if facts.holds_keyring:
        yield problem(
            "backup.holds_keyring",
            f"There is a keyring among the backups in {facts.folder}.",
            "Whoever takes that folder reads every client: the root key must never lie beside the data.",
            "Move it to a place of its own, then run `amparo keys rotate --root`.",
        )


def _said(moment: datetime | None) -> str:
    return "There is none" if moment is None else f"The newest is of {moment:%Y-%m-%d %H:%M} UTC"


def _days(days: int) -> str:
    return "a day" if days == 1 else f"{days} days"
