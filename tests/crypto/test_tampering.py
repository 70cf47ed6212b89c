"""Moves, flips and cuts: a sealed value opens where it was sealed, whole and unaltered, or not at all."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest

from app.crypto import Cell, Group, Unopenable, Vault
from app.crypto.envelope import OVERHEAD
from app.db import new_id

TABLES = ("applicant", "application", "case_note", "payee")
COLUMNS = ("identity_sealed", "contact_sealed", "answers_sealed", "body_sealed")
VALUES = ("no", "yes", None, {"a_number": "012345678"}, "Ñ" * 40, ["x" * 90, "y" * 300], "z" * 5_000)


@dataclass(frozen=True)
class Sealed:
    cell: Cell
    group: Group
    blob: bytes


class Attacker:
    """Somebody who may write anything anywhere in the database, and has every envelope, but no key."""

    def __init__(self, vault: Vault, seed: int) -> None:
        self.vault = vault
        self.chance = random.Random(seed)
        self.accepted: Counter[str] = Counter()
        self.tried: Counter[str] = Counter()
        subjects = [vault.new_subject() for _ in range(24)]
        self.sealed = [self._seal(subject) for subject in subjects for _ in range(8)]

    def _seal(self, subject: UUID) -> Sealed:
        cell = Cell(self.chance.choice(TABLES), self.chance.choice(COLUMNS), new_id(), subject)
        group = self.chance.choice(list(Group))
        return Sealed(cell, group, self.vault.seal(cell, group, self.chance.choice(VALUES)))

    def attack(self, rounds: int) -> None:
        kinds: list[Callable[[], tuple[str, Sealed]]] = [self.move, self.flip, self.cut]
        for number in range(rounds):
            kind, forged = kinds[number % len(kinds)]()
            self.tried[kind] += 1
            try:
                self.vault.open(forged.cell, forged.group, forged.blob)
            except Unopenable:
                continue
            self.accepted[kind] += 1

    def move(self) -> tuple[str, Sealed]:
        """An envelope in another row, column, table, subject or group, or in several of these at once."""
        while True:
            one, other = self.chance.choice(self.sealed), self.chance.choice(self.sealed)
            changes: dict[str, Any] = {
                name: getattr(other.cell, name)
                for name in ("table", "column", "row_id", "subject_id")
                if self.chance.random() < 0.4
            }
            group = other.group if self.chance.random() < 0.4 else one.group
            moved = Sealed(replace(one.cell, **changes), group, one.blob)
            if moved != one:
                return "move", moved

    def flip(self) -> tuple[str, Sealed]:
        """One to three bits of an envelope, anywhere from its version to its tag."""
        one = self.chance.choice(self.sealed)
        blob = bytearray(one.blob)
        for bit in self.chance.sample(range(len(blob) * 8), self.chance.choice([1, 1, 1, 2, 3])):
            blob[bit // 8] ^= 1 << (bit % 8)
        return "flip", replace(one, blob=bytes(blob))

    def cut(self) -> tuple[str, Sealed]:
        """An envelope shortened at either end or inside, lengthened, or put together from two."""
        one, other = self.chance.choice(self.sealed), self.chance.choice(self.sealed)
        blob, at = one.blob, self.chance.randrange(len(one.blob))
        blobs = (
            blob[:at],
            blob[at + 1 :],
            blob[:at] + blob[at + 1 :],
            blob[:at] + blob[at + self.chance.choice([16, 64]) :],
            blob + self.chance.randbytes(self.chance.choice([1, 16, 64])),
            self.chance.randbytes(1) + blob,
            blob[: min(at, len(other.blob))] + other.blob[min(at, len(other.blob)) :],
            blob + other.blob,
        )
        changed = [candidate for candidate in blobs if candidate not in {one.blob, other.blob}]
        return "cut", replace(one, blob=self.chance.choice(changed))


@pytest.mark.parametrize("rounds", [2_000, pytest.param(600_000, marks=pytest.mark.soak)])
def test_nothing_forged_is_accepted(lasting_vault: Vault, rounds: int) -> None:
    attacker = Attacker(lasting_vault, seed=rounds)
    attacker.attack(rounds)
    assert attacker.accepted == Counter()
    assert attacker.tried.total() == rounds
    assert min(attacker.tried.values()) >= rounds // 3
    for sealed in attacker.sealed:  # and all of them still open in their place
        lasting_vault.open(sealed.cell, sealed.group, sealed.blob)


def test_every_single_bit_matters(lasting_vault: Vault) -> None:
    cell = Cell("applicant", "identity_sealed", new_id(), lasting_vault.new_subject())
    blob = lasting_vault.seal(cell, Group.IDENTITY, "Ana")
    accepted = 0
    for bit in range(len(blob) * 8):
        flipped = (int.from_bytes(blob, "big") ^ (1 << bit)).to_bytes(len(blob), "big")
        try:
            lasting_vault.open(cell, Group.IDENTITY, flipped)
            accepted += 1
        except Unopenable:
            pass
    assert (len(blob) * 8, accepted) == (880, 0)


@pytest.mark.parametrize("name", ["table", "column", "row_id", "subject_id"])
def test_every_part_of_the_place_matters(lasting_vault: Vault, name: str) -> None:
    cell = Cell("applicant", "identity_sealed", new_id(), lasting_vault.new_subject())
    blob = lasting_vault.seal(cell, Group.IDENTITY, "Ana")
    before = getattr(cell, name)
    changed: Any = lasting_vault.new_subject() if isinstance(before, UUID) else before + "_"
    with pytest.raises(Unopenable):
        lasting_vault.open(replace(cell, **{name: changed}), Group.IDENTITY, blob)


def test_a_name_can_not_run_into_the_next(lasting_vault: Vault) -> None:
    cell = Cell("payee", "name_sealed", new_id(), lasting_vault.new_subject())
    blob = lasting_vault.seal(cell, Group.PAYEE, "x")
    with pytest.raises(Unopenable):
        lasting_vault.open(replace(cell, table="payeename", column="_sealed"), Group.PAYEE, blob)


@pytest.mark.parametrize("blob", [b"", b"\1", b"\1\1", bytes(OVERHEAD - 1), bytes(OVERHEAD), bytes(1000)])
def test_what_is_no_envelope_does_not_open(lasting_vault: Vault, blob: bytes) -> None:
    cell = Cell("applicant", "identity_sealed", new_id(), lasting_vault.new_subject())
    with pytest.raises(Unopenable):
        lasting_vault.open(cell, Group.IDENTITY, blob)


def test_a_stored_plaintext_does_not_open(lasting_vault: Vault) -> None:
    """A database administrator writes JSON where an envelope should be: it is not shown as if it were genuine."""
    cell = Cell("applicant", "identity_sealed", new_id(), lasting_vault.new_subject())
    with pytest.raises(Unopenable):
        lasting_vault.open(cell, Group.IDENTITY, b'{"given_names":"Somebody else"}'.ljust(128))
