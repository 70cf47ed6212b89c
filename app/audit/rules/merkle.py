"""The Merkle tree of RFC 6962 (the same in RFC 9162): hashes, the ranges that proofs are made of, and their checking.

Positions are counted from 0 here, as both texts do. A range is (begin, end) without its end.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

#: The head of a tree without leaves.
EMPTY: Final = hashlib.sha256(b"").digest()

Range = tuple[int, int]


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two nodes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The head over nodes of one height, in their order; there is one at least."""
    level = list(hashes)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        # A last node without a neighbour rises unchanged: with left-complete pairs this equals the RFC's recursion.
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def split(size: int) -> int:
    """The largest power of two below ``size``, which is 2 or more: where the RFC divides a range."""
    return 1 << ((size - 1).bit_length() - 1)


def range_hash(begin: int, end: int, node: Callable[[int, int], bytes]) -> bytes:
    """The hash over a range of leaves as the tree divides it. ``node(height, number)`` gives complete subtrees."""
    size = end - begin
    if size == 0:
        return EMPTY
    if size & (size - 1) == 0 and begin % size == 0:
        height = size.bit_length() - 1
        return node(height, begin >> height)
    middle = begin + split(size)
    return node_hash(range_hash(begin, middle, node), range_hash(middle, end, node))


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges whose hashes lead from a leaf to the head, from below (PATH of RFC 6962, 2.1.1).

    Raises ValueError for a leaf that the tree does not have.
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    found: list[Range] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + split(end - begin)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((begin, middle))
            begin = middle
    return found[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The ranges whose hashes show that a tree grew out of a smaller one (PROOF of RFC 6962, 2.1.2).

    Raises ValueError unless 0 < ``old`` <= ``new``.
    """
    if not 0 < old <= new:
        raise ValueError("no such trees")
    found: list[Range] = []
    begin, end, whole = 0, new, True
    while old != end:
        middle = begin + split(end - begin)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((begin, middle))
            begin, whole = middle, False
    if not whole:
        found.append((begin, end))
    return found[::-1]


def head_from(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The head that a leaf's hash and its path lead to; None when no path could be so (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    number, last, head = index, size - 1, leaf
    for each in path:
        if last == 0:
            return None
        if number % 2 or number == last:
            head = node_hash(each, head)
            while number % 2 == 0 and number:
                number, last = number >> 1, last >> 1
        else:
            head = node_hash(head, each)
        number, last = number >> 1, last >> 1
    return head if last == 0 else None


def is_consistent(old: int, new: int, old_head: bytes, new_head: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path shows that the new tree begins with the whole old one (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_head == new_head
    steps = [old_head, *path] if old & (old - 1) == 0 else list(path)
    if not steps:
        return False
    number, last = old - 1, new - 1
    while number % 2:
        number, last = number >> 1, last >> 1
    was = now = steps[0]
    for each in steps[1:]:
        if last == 0:
            return False
        if number % 2 or number == last:
            was, now = node_hash(each, was), node_hash(each, now)
            while number % 2 == 0 and number:
                number, last = number >> 1, last >> 1
        else:
            now = node_hash(now, each)
        number, last = number >> 1, last >> 1
    return last == 0 and was == old_head and now == new_head


class Growing:
    """A tree that leaves are added to: it keeps one hash for each height, so neither memory nor a step grows."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        self.size += 1
        rest = self.size
        while rest % 2 == 0:
            leaf = node_hash(self._peaks.pop(), leaf)
            rest >>= 1
        self._peaks.append(leaf)

    def head(self) -> bytes:
        """The head over all leaves so far."""
        if not self._peaks:
            return EMPTY
        head = self._peaks[-1]
        for each in reversed(self._peaks[:-1]):
            head = node_hash(each, head)
        return head
