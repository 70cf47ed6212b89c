"""A document's stream of chunks opens whole, in its place, under its key, or not at all."""

import io
import random
from collections.abc import Callable
from uuid import uuid4

import pytest

from app.crypto.refusals import Unopenable
from app.crypto.stream import (
    CHUNK,
    HEAD,
    SEALED_CHUNK,
    DocumentKey,
    Place,
    Sealing,
    new_key,
    open_stream,
    opened_length,
    sealed_length,
)

PLACE = Place(uuid4(), "original", uuid4())
#: Empty, tiny, just under, at and over a chunk, five chunks and a bit.
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 77)

Attack = Callable[[bytes], bytes]


def sealed(key: DocumentKey, data: bytes, place: Place = PLACE, step: int = 10_000) -> bytes:
    sealing = Sealing(key, place)
    made = [sealing.head]
    made += [sealing.add(data[first : first + step]) for first in range(0, len(data), step)]
    return b"".join((*made, sealing.end()))


def opened(key: DocumentKey, stream: bytes, place: Place = PLACE) -> bytes:
    return b"".join(open_stream(key, place, io.BytesIO(stream)))


def chunks_of(stream: bytes) -> list[bytes]:
    return [stream[first : first + SEALED_CHUNK] for first in range(HEAD, len(stream), SEALED_CHUNK)]


def _from(head: bytes, chunks: list[bytes]) -> bytes:
    return head + b"".join(chunks)


def _on_chunks(change: Callable[[list[bytes]], list[bytes]]) -> Attack:
    return lambda stream: _from(stream[:HEAD], change(chunks_of(stream)))


#: What somebody who can write the file can do to its structure.
ATTACKS: dict[str, Attack] = {
    "the last chunk is dropped": _on_chunks(lambda chunks: chunks[:-1]),
    "the first chunk is dropped": _on_chunks(lambda chunks: chunks[1:]),
    "every chunk between first and last is dropped": _on_chunks(lambda chunks: [*chunks[:1], *chunks[-1:]]),
    "one in the middle is dropped": _on_chunks(lambda c: c[: len(c) // 2] + c[len(c) // 2 + 1 :]),
    "two are exchanged": _on_chunks(lambda c: [c[-1], *c[1:-1], c[0]]),
    "the first is repeated": _on_chunks(lambda chunks: [*chunks[:1], *chunks]),
    "the last is repeated": _on_chunks(lambda chunks: [*chunks, *chunks[-1:]]),
    "it is cut by a byte": lambda stream: stream[:-1],
    "it is cut in the middle": lambda stream: stream[: len(stream) // 2],
    "a byte is added": lambda stream: stream + b"\0",
    "an empty chunk is added": lambda stream: stream + bytes(16),
    "nothing but its head": lambda stream: stream[:HEAD],
    "nothing": lambda _stream: b"",
}


@pytest.mark.parametrize("size", SIZES)
def test_comes_back_as_it_was_and_is_as_long_as_was_said(size: int) -> None:
    key, data = new_key(), random.Random(size).randbytes(size)
    for step in (1_000, CHUNK, 200_000):
        stream = sealed(key, data, step=step)
        assert len(stream) == sealed_length(size)
        assert opened_length(len(stream)) == size
        assert opened(key, stream) == data


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("size", SIZES)
def test_a_changed_structure_does_not_open(size: int, name: str) -> None:
    key, data = new_key(), random.Random(size).randbytes(size)
    stream = sealed(key, data)
    changed = ATTACKS[name](stream)
    if changed == stream:  # of one chunk, first and last are the same
        return
    with pytest.raises(Unopenable):
        opened(key, changed)


@pytest.mark.parametrize("size", SIZES)
def test_opens_nowhere_else(size: int) -> None:
    key, data = new_key(), bytes(size)
    stream = sealed(key, data)
    others = [
        Place(uuid4(), PLACE.part, PLACE.subject_id),
        Place(PLACE.document_id, "clean", PLACE.subject_id),
        Place(PLACE.document_id, PLACE.part, uuid4()),
    ]
    for place in others:
        with pytest.raises(Unopenable):
            opened(key, stream, place)
    with pytest.raises(Unopenable):
        opened(new_key(), stream)
    # The end of another stream of the same document and key.
    with pytest.raises(Unopenable):
        opened(key, stream[:-20] + sealed(key, data)[-20:])


def flips(number: int) -> int:
    """Bits turned over at random places, head included; how many streams still opened."""
    chance = random.Random(number)
    key, accepted = new_key(), 0
    streams = [sealed(key, chance.randbytes(size)) for size in (1, 500, CHUNK + 5)]
    for _ in range(number):
        stream = bytearray(chance.choice(streams))
        # Half of them in the head or the first bytes, where the structure is.
        place = chance.randrange(min(len(stream), HEAD + 64) if chance.random() < 0.5 else len(stream))
        stream[place] ^= 1 << chance.randrange(8)
        try:
            opened(key, bytes(stream))
            accepted += 1
        except Unopenable:
            pass
    return accepted


def test_no_turned_bit_opens() -> None:
    assert flips(500) == 0


@pytest.mark.soak
def test_no_turned_bit_opens_of_many() -> None:
    assert flips(10_000) == 0


def test_what_comes_before_a_broken_chunk_is_all_that_comes() -> None:
    key, data = new_key(), bytes(range(256)) * 1024
    stream = bytearray(sealed(key, data))
    stream[HEAD + 2 * SEALED_CHUNK] ^= 1
    got = bytearray()
    with pytest.raises(Unopenable) as refused:
        for chunk in open_stream(key, PLACE, io.BytesIO(bytes(stream))):
            got += chunk
    assert got == data[: 2 * CHUNK]
    assert refused.value.__cause__ is None
    assert repr(key) == "<DocumentKey>"
