"""Blind indexes, keyed digests and signatures."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto import BLIND_BYTES, MAC_BYTES, IndexKind, MacPurpose, Vault
from app.crypto.blind import BlindIndex, Macs
from app.crypto.signing import Signer
from tests.crypto.conftest import Installation

GOOD = {
    IndexKind.A_NUMBER: ["012345678", "000000001", "999999999"],
    IndexKind.PHONE: ["+13035550100", "+50255501234"],
    IndexKind.EMAIL: ["ana@example.org", "ñandú@example.org", "a+b@mail.example.com"],
}
BAD = {
    IndexKind.A_NUMBER: [
        "",
        "12345678",
        "0123456789",
        "A12345678",
        "012-345-678",
        "٠١٢٣٤٥٦٧٨",
        "012345678\n",
        " 12345678",
    ],
    IndexKind.PHONE: ["", "3035550100", "+0303555010", "+1 303 555 0100", "+1303555010012345", "+1303555O100", "+"],
    IndexKind.EMAIL: [
        "",
        "Ana@example.org",
        "ana",
        "@example.org",
        "ana@",
        "ana @example.org",
        "a@b@c",
        "ana@example.org ",
    ],
}


@pytest.mark.parametrize("kind", IndexKind)
def test_an_index_is_the_same_tomorrow_and_in_another_process(installation: Installation, kind: IndexKind) -> None:
    first, second = installation.open(), installation.open()
    indexes = [first.blind(kind, text) for text in GOOD[kind]]
    assert indexes == [second.blind(kind, text) for text in GOOD[kind]]
    assert len(set(indexes)) == len(indexes)
    assert {len(index) for index in indexes} == {BLIND_BYTES} == {18}
    assert {index[:2] for index in indexes} == {b"\0\1"}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in BAD.items() for text in texts])
def test_what_is_not_normalised_is_refused_without_showing_it(lasting_vault: Vault, kind: IndexKind, text: str) -> None:
    with pytest.raises(ValueError, match=f"^{kind.value} is not normalised$") as refusal:
        lasting_vault.blind(kind, text)
    assert refusal.value.__context__ is None


def test_each_kind_and_version_has_its_own_key() -> None:
    old, new = BlindIndex({1: b"1" * 32}), BlindIndex({1: b"1" * 32, 2: b"2" * 32})
    assert (old.version, new.version) == (1, 2)
    assert set(new._keys) == {(version, kind) for version in (1, 2) for kind in IndexKind}
    assert len(set(new._keys.values())) == 6
    assert old.of(IndexKind.PHONE, "+13035550142") == new.of(IndexKind.PHONE, "+13035550142", 1)
    before, after = (index.of(IndexKind.A_NUMBER, "012345678") for index in (old, new))
    assert (before[:2], after[:2]) == (b"\0\1", b"\0\2")
    assert before[2:] != after[2:]


@settings(deadline=None)
@given(message=st.binary(), purpose=st.sampled_from(MacPurpose), flip=st.integers(0, MAC_BYTES * 8 - 1))
def test_a_digest_is_for_its_message_and_purpose(
    lasting_vault: Vault, message: bytes, purpose: MacPurpose, flip: int
) -> None:
    mac = lasting_vault.mac(purpose, message)
    assert len(mac) == MAC_BYTES == 34
    assert lasting_vault.check_mac(purpose, message, mac)
    assert not lasting_vault.check_mac(purpose, message + b"\0", mac)
    flipped = (int.from_bytes(mac, "big") ^ (1 << flip)).to_bytes(MAC_BYTES, "big")
    assert not lasting_vault.check_mac(purpose, message, flipped)
    for other in set(MacPurpose) - {purpose}:
        assert not lasting_vault.check_mac(other, message, mac)


@pytest.mark.parametrize("mac", [b"", b"\0\1", b"\0\1" + bytes(31), b"\0\1" + bytes(33), b"\0\2" + bytes(32)])
def test_what_is_not_a_digest_is_refused(lasting_vault: Vault, mac: bytes) -> None:
    assert not lasting_vault.check_mac(MacPurpose.AUDIT, b"message", mac)


def test_old_digests_are_checked_with_their_key() -> None:
    old, new = Macs({1: b"1" * 32}), Macs({1: b"1" * 32, 2: b"2" * 32})
    before = old.make(MacPurpose.ROW, b"row")
    after = new.make(MacPurpose.ROW, b"row")
    assert (before[:2], after[:2]) == (b"\0\1", b"\0\2")
    assert new.check(MacPurpose.ROW, b"row", before)
    assert new.check(MacPurpose.ROW, b"row", after)
    assert not old.check(MacPurpose.ROW, b"row", after)
    assert not new.check(MacPurpose.ROW, b"row", b"\0\2" + before[2:])


@settings(deadline=None)
@given(message=st.binary(), flip=st.integers(0, 511))
def test_a_signature_is_for_its_message_and_key(lasting_vault: Vault, message: bytes, flip: int) -> None:
    signature, public = lasting_vault.sign(message), lasting_vault.public_key()
    assert (len(signature), len(public)) == (64, 32)
    assert Vault.verify(public, message, signature)
    assert not Vault.verify(public, message + b"\0", signature)
    assert not Vault.verify(public, message, (int.from_bytes(signature, "big") ^ (1 << flip)).to_bytes(64, "big"))
    other = Signer({UUID(int=1): bytes(range(32))}, UUID(int=1)).public_key()
    assert not Vault.verify(other, message, signature)


@pytest.mark.parametrize(("public", "signature"), [(b"", bytes(64)), (bytes(31), bytes(64)), (bytes(range(32)), b"")])
def test_what_is_no_key_or_signature_is_refused(public: bytes, signature: bytes) -> None:
    assert not Vault.verify(public, b"message", signature)


def test_an_unknown_signing_key(lasting_vault: Vault) -> None:
    with pytest.raises(KeyError):
        lasting_vault.public_key(uuid4())
