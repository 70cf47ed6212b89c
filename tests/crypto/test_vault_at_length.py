"""The vault's properties over very many examples, for `make soak`; `make test` has the same with few."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.crypto import Cell, Group, Unopenable, Vault
from app.crypto.padding import padded_length
from tests.crypto.test_padding import JSON

pytestmark = pytest.mark.soak
_long = settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))

_names = st.text(min_size=1, max_size=20)


def _cell(vault: Vault, table: str = "applicant", column: str = "identity_sealed") -> Cell:
    return Cell(table, column, uuid4(), vault.new_subject())


@_long
@given(value=JSON, group=st.sampled_from(Group), table=_names, column=_names)
def test_what_is_sealed_comes_back(lasting_vault: Vault, value: Any, group: Group, table: str, column: str) -> None:
    cell = _cell(lasting_vault, table, column)
    assert lasting_vault.open(cell, group, lasting_vault.seal(cell, group, value)) == value


@_long
@given(
    part=st.sampled_from(["table", "column", "row_id", "subject_id", "group"]),
    group=st.sampled_from(Group),
    other=st.sampled_from(Group),
    name=_names,
)
def test_no_part_of_the_place_can_be_changed(
    lasting_vault: Vault, part: str, group: Group, other: Group, name: str
) -> None:
    cell = _cell(lasting_vault)
    blob = lasting_vault.seal(cell, group, "Ana")
    elsewhere = {"table": name, "column": name, "row_id": uuid4(), "subject_id": lasting_vault.new_subject()}
    changed = cell if part == "group" else replace(cell, **{part: elsewhere[part]})  # type: ignore[arg-type]  # by name
    asked = other if part == "group" else group
    if (changed, asked) == (cell, group):
        assert lasting_vault.open(changed, asked, blob) == "Ana"
        return
    with pytest.raises(Unopenable):
        lasting_vault.open(changed, asked, blob)


@_long
@given(position=st.integers(0, 17), by=st.integers(1, 255))
def test_no_byte_of_the_header_can_be_changed(lasting_vault: Vault, position: int, by: int) -> None:
    """Version, suite and the sixteen bytes of the key's id."""
    cell = _cell(lasting_vault)
    blob = bytearray(lasting_vault.seal(cell, Group.CONTACT, "Ana"))
    blob[position] ^= by
    with pytest.raises(Unopenable):
        lasting_vault.open(cell, Group.CONTACT, bytes(blob))


@_long
@given(group=st.sampled_from(Group))
def test_no_envelope_takes_the_id_of_another_key(lasting_vault: Vault, group: Group) -> None:
    one, other = _cell(lasting_vault), _cell(lasting_vault)
    blob, theirs = (lasting_vault.seal(cell, group, "Ana") for cell in (one, other))
    for cell in (one, other):
        with pytest.raises(Unopenable):
            lasting_vault.open(cell, group, theirs[:18] + blob[18:])


@_long
@given(first=st.text(max_size=60), second=st.text(max_size=60))
def test_a_length_tells_only_the_number_of_blocks(lasting_vault: Vault, first: str, second: str) -> None:
    """Whoever guesses which of two short answers was given, by its length, does as well as whoever does not look."""
    cell = _cell(lasting_vault)
    lengths = [len(lasting_vault.seal(cell, Group.NOTES, text)) for text in (first, second)]
    needed = [padded_length(len(as_json(text))) for text in (first, second)]
    assert (lengths[0] == lengths[1]) is (needed[0] == needed[1])
    assert all(length % 64 == 46 for length in lengths)


def as_json(text: str) -> bytes:
    """A text as JSON, written here once more: only the two marks and control characters need more than their bytes."""
    short = {'"': 2, "\\": 2, "\n": 2, "\r": 2, "\t": 2, "\b": 2, "\f": 2}
    return b"x" * (2 + sum(short.get(each, 6 if ord(each) < 32 else len(each.encode())) for each in text))
