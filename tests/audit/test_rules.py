"""The message of an event, the Merkle root, the text of a seal."""

import hashlib
import random
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import orjson
import pytest

from app.audit.rules import (
    COVERED,
    VERSION,
    Outcome,
    Purpose,
    details_text,
    first_id_at,
    merkle_root,
    message,
    moment_text,
    plain,
)
from app.audit.rules.seals import NOTHING_BEFORE, Head, Seal, leaf, next_head
from app.db import new_id

ROW = {
    "id": UUID("0198c0de-1234-7abc-8def-0123456789ab"),
    "at": datetime(2026, 10, 12, 17, 3, 22, 123, tzinfo=UTC),
    "action": "case.read",
    "outcome": Outcome.DONE,
    "actor_id": UUID("0198c0de-1234-7abc-8def-0123456789ac"),
    "session_id": None,
    "object_type": "case",
    "object_id": UUID("0198c0de-1234-7abc-8def-0123456789ad"),
    "subject_id": None,
    "groups": "identity,contact",
    "purpose": Purpose.INTAKE,
    "count": 3,
    "request_id": "r",
    "details": '{"fields":["ñ"]}',
}


def test_the_message_is_fixed_for_ever() -> None:
    """Events of years ago must still check: these bytes never change; a new column gets a new version."""
    assert (
        message(plain(ROW))
        == (
            '["audit-event/1","0198c0de12347abc8def0123456789ab","2026-10-12 17:03:22.000123","case.read","done",'
            '"0198c0de12347abc8def0123456789ac",null,"case","0198c0de12347abc8def0123456789ad",null,"identity,contact",'
            '"intake",3,"r","{\\"fields\\":[\\"ñ\\"]}"]'
        ).encode()
    )


def test_every_column_changes_the_message() -> None:
    other = {
        "id": new_id(), "at": datetime(2026, 10, 12, 17, 3, 22, 124, tzinfo=UTC), "action": "case.reads",
        "outcome": Outcome.REFUSED,
        "actor_id": None, "session_id": new_id(), "object_type": None, "object_id": None, "subject_id": new_id(),
        "groups": "", "purpose": None, "count": None, "request_id": "", "details": "{}",
    }  # fmt: skip
    seen = {message(plain(ROW))} | {message(plain(ROW | {name: other[name]})) for name in COVERED}
    assert len(seen) == len(COVERED) + 1
    # Nothing, no text and zero are three things; a text is not the number it spells.
    values = [message(plain(ROW | {"count": value, "object_type": kind})) for value in (None, 0) for kind in (None, "")]
    assert len({*values, message(plain(ROW | {"count": "3"})), message(plain(ROW))}) == 6
    # What stands in one column can not be moved into the next.
    assert message(plain(ROW | {"action": 'a","b', "object_type": ""})) != message(
        plain(ROW | {"action": "a", "object_type": "b"})
    )


def test_checking_writes_the_same_message_in_another_way() -> None:
    """Verifying has no time for the readable form; both must give the same bytes for whatever a column can hold."""
    texts = [chr(code) for code in (*range(0x250), 0x2028, 0x2029, 0xFEFF, 0xFFFD, 0xFFFF, 0x10000, 0x1F642, 0x10FFFF)]
    generator = random.Random(7)
    texts += ["".join(generator.choices([*texts, '"', "\\", "/"], k=40)) for _ in range(500)]
    for values in (texts, [None, 0, -1, 2**63 - 1, -(2**63), "", "null"]):
        assert message(values) == orjson.dumps([VERSION, *values])
    for wrong in ("\ud800", "a\udfffb"):
        with pytest.raises(UnicodeEncodeError):
            message([wrong])
        with pytest.raises(TypeError):
            orjson.dumps([wrong])


def test_moments_are_utc_to_the_microsecond() -> None:
    denver = timezone(timedelta(hours=-6))
    assert moment_text(datetime(2026, 7, 1, 18, 0, tzinfo=denver)) == "2026-07-02 00:00:00.000000"
    with pytest.raises(ValueError, match="time zone"):
        moment_text(datetime(2026, 7, 1, 18, 0))  # noqa: DTZ001 - a moment without a zone is what must be refused


def test_details_are_one_text() -> None:
    assert details_text({"b": 1, "a": ["ñ", None]}) == '{"a":["ñ",null],"b":1}'
    for wrong in ({"a": {1}}, {"a": new_id()}, {"a": datetime.now(UTC)}, {"a": float("nan")}):
        with pytest.raises((TypeError, ValueError)):
            details_text(wrong)


def test_an_event_holds_only_what_a_column_holds() -> None:
    for wrong in (1.5, b"bytes", {"a": 1}):
        with pytest.raises(TypeError):
            plain(ROW | {"object_type": wrong})


def test_ids_made_later_are_above_the_first_id_of_a_moment() -> None:
    before = datetime.now(UTC)
    made = new_id()
    assert first_id_at(before - timedelta(milliseconds=1)) < made < first_id_at(before + timedelta(minutes=1))
    assert first_id_at(before).version == 7


def _recursive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + _recursive_root(leaves[:split]) + _recursive_root(leaves[split:])).digest()


def test_the_root_is_that_of_rfc_6962() -> None:
    for size in range(70):
        leaves = [bytes([number]) * (number % 5) for number in range(size)]
        assert merkle_root(leaves) == _recursive_root(leaves), size


@pytest.mark.parametrize(
    ("size", "root"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_known_roots(size: int, root: str) -> None:
    """The vectors that the certificate-transparency projects test with."""
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    assert merkle_root([bytes.fromhex(each) for each in leaves[:size]]).hex() == root


def _seal(number: int = 7) -> Seal:
    head = Head(number, datetime(2026, 10, 12, tzinfo=UTC), 12, 14, b"r" * 32, b"p" * 32, UUID(int=5))
    return Seal(head, b"s" * 64)


def test_a_seal_is_its_line() -> None:
    seal = _seal()
    assert seal.line() == (
        "amparo-audit-seal/1 7 2026-10-12T00:00:00.000000Z 12 14 "
        f"{'72' * 32} {'70' * 32} 00000000-0000-0000-0000-000000000005 {'c3Nz' * 21}cw=="
    )
    assert Seal.parse(seal.line()) == seal
    assert seal.line().rsplit(" ", 1)[0] == seal.head.signed_text()
    assert seal.digest() == hashlib.sha256(seal.line().encode()).digest()


def test_only_the_very_line_is_a_seal() -> None:
    line = _seal().line()
    for position in range(len(line)):
        for other in "~ 09Z":
            changed = line[:position] + other + line[position + 1 :]
            try:
                assert changed == line or Seal.parse(changed) != _seal()
            except ValueError:
                continue
    for wrong in ("", line[:-1], line + " ", " " + line, line + "\n", line.replace(" 7 ", " 07 "), line.upper()):
        with pytest.raises(ValueError, match=r"seal|month|day"):
            Seal.parse(wrong)


def test_the_next_seal_follows_the_one_before() -> None:
    events = [(new_id(), b"m" * 34), (new_id(), b"n" * 34)]
    moment = datetime.now(UTC)
    first = next_head(None, events, moment, UUID(int=1))
    assert (first.number, first.first_position, first.last_position, first.previous) == (1, 1, 2, NOTHING_BEFORE)
    second = next_head(Seal(first, b"s" * 64), events, moment, UUID(int=1))
    assert (second.number, second.first_position, second.last_position) == (2, 3, 4)
    assert second.previous == Seal(first, b"s" * 64).digest()
    assert first.root == merkle_root([leaf(event_id, mac) for event_id, mac in events])
