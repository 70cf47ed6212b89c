"""Seal by seal through the record: chain, signature, positions, the MAC of every event, Merkle root, checkpoints."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from app.audit import reads
from app.audit.reads.tree import leaf_of
from app.audit.rules import merkle_root
from app.audit.rules.merkle import Growing
from app.audit.rules.seals import LARGEST, NOTHING_BEFORE, Seal
from app.audit.rules.verdict import Fault, Reason
from app.audit.verifying.kept import Kept
from app.audit.verifying.marks import Marks
from app.crypto import Vault

#: Where things are in a row of `reads.positions`: the covered columns begin with the event's id.
_POSITION, _MAC, _ID = 0, 1, 2
#: So many events are tried before the keys are called foreign.
_SAMPLE = 100


class Walk:
    """One way through the sealed record; ``events`` and ``seals`` count what was found in order."""

    def __init__(self, connection: Connection, vault: Vault, ends: reads.Ends, marks: Marks) -> None:
        self._connection, self._vault, self._ends, self._marks = connection, vault, ends, marks
        self._tree, self._kept = Growing(), Kept(connection)
        self._keys = vault.public_keys()
        self._rows = reads.positions(connection, max(ends.taken, ends.sealed))
        self._before: Seal | None = None
        self.events = 0
        self.seals = 0

    def fault(self) -> Fault | None:
        """The first fault on the way, or None at its end."""
        for seal in self._seals():
            fault = self._of_seal(seal) or self._of_events(seal)
            if fault is not None:
                return fault
            self._before = seal
            self.seals += 1
        return self._after_the_last() or self._marks.beyond(self._tree) or self._kept.above()

    def _seals(self) -> Iterator[Seal]:
        number = reads.BELOW_ALL
        while batch := reads.seals_after(self._connection, number):
            for seal in batch:
                if seal.number > self._ends.number:
                    return
                yield seal
            number = batch[-1].number

    def _of_seal(self, seal: Seal) -> Fault | None:
        """What is wrong with the seal itself: its place in the chain, its bounds, its signature."""
        head, expected, position = seal.head, self.seals + 1, self.events + 1
        if head.number != expected:
            return Fault(Reason.SEAL_GONE, position, expected)
        if head.first_position != position or not 0 <= head.last_position - position < LARGEST:
            return Fault(Reason.SEAL_BOUNDS, position, expected)
        if head.previous != (NOTHING_BEFORE if self._before is None else self._before.digest()):
            return Fault(Reason.SEAL_UNCHAINED, position, expected)
        if not is_signed(self._vault, self._keys, seal):
            return Fault(Reason.SEAL_UNSIGNED, position, expected)
        return None

    def _of_events(self, seal: Seal) -> Fault | None:
        """What is wrong with the events that the seal covers."""
        head, leaves = seal.head, []
        for position in range(head.first_position, head.last_position + 1):
            row = next(self._rows, None)
            if row is None:
                return Fault(Reason.POSITIONS_CUT, position, seal.number)
            if row[_POSITION] != position:
                return Fault(Reason.POSITION_GONE if row[_POSITION] > position else Reason.POSITION_ADDED, position)
            if row[_ID] is None:
                return Fault(Reason.EVENT_GONE, position)
            leaf = leaf_of(self._vault, row[_MAC], row[_ID:])
            if leaf is None:
                return Fault(Reason.EVENT_ALTERED, position)
            leaves.append((row[_MAC] + bytes.fromhex(row[_ID]), leaf))
            self.events += 1
        if merkle_root([sealed for sealed, _ in leaves]) != head.root:
            return Fault(Reason.BATCH_ALTERED, head.first_position, seal.number)
        return self._of_tree([leaf for _, leaf in leaves])

    def _of_tree(self, leaves: list[bytes]) -> Fault | None:
        """What is wrong with the tree once a seal's events are in it: what is kept of it, or a checkpoint over it."""
        fault: Fault | None = None
        for leaf in leaves:
            self._tree.add(leaf)
            fault = fault or self._kept.add(leaf)
        # A checkpoint ends where a seal ends: one of another size is no checkpoint of this record. It tells more than a
        # kept hash does, so it is told first.
        return self._marks.at(self._tree) or fault

    def _after_the_last(self) -> Fault | None:
        """Positions above the last seal: honest events whose seals were taken away, or something that was put there."""
        row = next(self._rows, None)
        if row is None:
            return None
        position = self.events + 1
        if row[_POSITION] < position:
            return Fault(Reason.POSITION_ADDED, row[_POSITION])
        if row[_ID] is None:
            return Fault(Reason.EVENT_GONE, row[_POSITION])
        if leaf_of(self._vault, row[_MAC], row[_ID:]) is None:
            return Fault(Reason.EVENT_ALTERED, row[_POSITION])
        return Fault(Reason.SEALS_CUT, position)


def is_signed(vault: Vault, keys: Any, seal: Seal) -> bool:
    """Whether one of this installation's keys, the retired ones too, signed the seal."""
    public_key = keys.get(seal.head.key_id)
    return public_key is not None and vault.verify(public_key, seal.head.signed_text().encode(), seal.signature)


def foreign(connection: Connection, vault: Vault, ends: reads.Ends) -> bool:
    """Whether nothing that was looked at, the first and the last seal and some events, was made with these keys."""
    if not ends.number:
        return False
    keys = vault.public_keys()
    seals = (*reads.seals_after(connection, reads.BELOW_ALL, 1), reads.last_seal(connection))
    if any(seal is not None and seal.head.key_id in keys for seal in seals):
        return False
    rows = reads.positions(connection, min(ends.taken, _SAMPLE))
    return not any(row[_ID] is not None and leaf_of(vault, row[_MAC], row[_ID:]) is not None for row in rows)
