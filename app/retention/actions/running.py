"""The nightly run: notices for who is due, erasing what was approved, keys destroyed, the epoch changed.

Every step is a transaction of its own, and each run first finishes what an earlier one was stopped in.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from app.access.grants import Permission
from app.applicants.actions import index_anew
from app.applicants.reads import index_version
from app.crypto import Vault
from app.documents import actions as documents
from app.errors import Refusal
from app.retention.actions.asking import notice_due
from app.retention.actions.erasing import (
    approved,
    come_back,
    epochs_left,
    erase,
    erase_again,
    keys_left,
    note_epoch_destroyed,
    note_keys_destroyed,
)
from app.retention.reads.due import due
from app.retention.reads.erasures import waiting
from app.work import Work

#: Opens a Work of the one who runs it, committed at the end of the block.
Begin = Callable[[], AbstractContextManager[Work]]

#: An epoch that is older is changed by the run also when nobody was erased. A run is nightly: less than a day.
OLDEST = timedelta(hours=20)


@dataclass(slots=True)
class Report:
    """What one run did.

    ``again`` are people whom an older copy of the data had brought back. ``kept`` says by code why an approved erasure,
    or such a person, was not erased. ``unopened`` are people of whom a sealed value does not open, for another reason.
    """

    noticed: int = 0
    erased: int = 0
    again: int = 0
    kept: dict[UUID, str] = field(default_factory=dict)
    unopened: list[UUID] = field(default_factory=list)
    keys: int = 0
    epoch: int | None = None
    indexes: int | None = None
    root_changed: bool = False


def run(begin: Begin, vault: Vault, *, root: bool = False) -> Report:
    """Do everything that is due now; with ``root`` the root key is changed after an erasure too.

    Raises KeysUnavailable when a key does not open; nothing is destroyed then.
    """
    report = Report()
    if vault.status().epochs > 1:
        # Keys that moved before the run was stopped are wrapped by the new epoch: it is finished before others go.
        vault.rotate_epoch()
    _erase_again(begin, vault, report)
    with begin() as work:
        report.noticed = len(notice_due(work))
    with begin() as work:
        ready = approved(work)
    for erasure_id in ready:
        try:
            with begin() as work:
                erase(work, erasure_id)
            report.erased += 1
        except Refusal as refused:
            report.kept[erasure_id] = refused.code
    _destroy_keys(begin, vault, report)
    documents.sweep(begin)
    _change_epoch(begin, vault, report, root=root)
    return report


def after_restore(begin: Begin, vault: Vault) -> Report:
    """What must be done before anybody works with data from an older copy, and nothing that can wait for the night.

    An approval in the copy is not carried out: a hold that was set after the copy was made is not in it.
    """
    report = Report()
    _erase_again(begin, vault, report)
    with begin() as work:
        work.allow(Permission.RETENTION_RUN)
        unindexed = index_version(work) != vault.status().index_version
    if unindexed:
        done = index_anew(begin, vault)
        report.indexes, report.unopened = done.count, done.unopened
    return report


def _erase_again(begin: Begin, vault: Vault, report: Report) -> None:
    """A missing key alone proves nothing: only whom the keystore remembers to have destroyed is erased again."""
    with begin() as work:
        back = come_back(work, vault.destroyed())
    for applicant_id in back:
        try:
            with begin() as work:
                erase_again(work, applicant_id)
            report.again += 1
        except Refusal as refused:
            report.kept[applicant_id] = refused.code


def _destroy_keys(begin: Begin, vault: Vault, report: Report) -> None:
    with begin() as work:
        left = keys_left(work)
    if left:
        report.keys = vault.destroy([key for _, keys in left for key in keys])
        with begin() as work:
            note_keys_destroyed(work, [erasure_id for erasure_id, _ in left])


def _change_epoch(begin: Begin, vault: Vault, report: Report, *, root: bool) -> None:
    with begin() as work:
        left = epochs_left(work)
        old = work.now - vault.status().epoch_made_at > OLDEST
        # Data that was put back from a copy is older than the key of its indexes.
        unindexed = index_version(work) != vault.status().index_version
    if left or old:
        report.epoch = vault.rotate_epoch()
    if left or unindexed:
        done = index_anew(begin, vault)
        report.indexes, report.unopened = done.count, done.unopened
    if not left or report.epoch is None:
        return
    if root:
        vault.rotate_root()
        report.root_changed = True
    with begin() as work:
        note_epoch_destroyed(work, left, report.epoch - 1, root_changed=root)


def listed(begin: Begin) -> list[str]:
    """What is due and what waits, as lines for the person at the machine. References only."""
    with begin() as work:
        work.allow(Permission.RETENTION_RUN)
        people, left = due(work), waiting(work)
    lines = [f"{each.on} {each.reference} {each.of}{' (on legal hold)' if each.on_hold else ''}" for each in people]
    return [
        *lines,
        f"{len(people)} due, {left.noticed} noticed, {left.approved} approved and not erased yet.",
    ]


def said(report: Report) -> list[str]:
    """A report as lines for the person at the machine."""
    lines = [f"{report.noticed} noticed, {report.erased} erased, {report.keys} keys destroyed."]
    if report.again:
        lines.append(f"{report.again} erased again, whom an older copy of the data had brought back.")
    lines += [f"Not erased: {erasure_id}: {code}" for erasure_id, code in report.kept.items()]
    lines += [f"Does not open, and is not found by search: {applicant_id}" for applicant_id in report.unopened]
    if report.epoch is not None:
        lines.append(f"Epoch {report.epoch} has begun; the one before it is destroyed.")
    if report.indexes is not None:
        lines.append(f"The indexes of {report.indexes} people were made anew.")
    if report.root_changed:
        lines.append("Made a new root key. Back the keyring up again, and destroy the old copies.")
    return lines
