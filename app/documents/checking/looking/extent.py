"""How far into its file a TIFF reaches: its parts lie anywhere, and what comes after the last is something else."""

import struct
from typing import Final

from app.documents.checking.looking.refusals import Refused
from app.documents.rules import Refusal

#: Bytes of a value by its type (TIFF 6.0, section 2; 13 is a directory).
_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_WHERE: Final = {273: 279, 324: 325, 513: 514}  # strips, tiles, an old kind of thumbnail: where, and how long
_DIRECTORIES: Final = frozenset({330, 34_665, 34_853, 40_965})
_MOST: Final = 500


def end_of_tiff(data: bytes) -> int:
    """The first byte after everything that the file's directories name. Raises Refused, or struct.error."""
    order = "<" if data[:2] == b"II" else ">"
    waiting, seen, end = [struct.unpack_from(f"{order}I", data, 4)[0]], set[int](), 8
    while waiting:
        at = waiting.pop()
        if at == 0 or at in seen:
            continue
        seen.add(at)
        if len(seen) > _MOST:
            raise Refused(Refusal.TOO_MUCH)
        (count,) = struct.unpack_from(f"{order}H", data, at)
        end = max(end, at + 2 + 12 * count + 4)
        named: dict[int, tuple[int, ...]] = {}
        for number in range(count):
            tag, values, reach = _entry(order, data, at + 2 + 12 * number)
            named[tag], end = values, max(end, reach)
        for where, length in _WHERE.items():
            pairs = zip(named.get(where, ()), named.get(length, ()), strict=False)
            end = max([end, *(first + long for first, long in pairs)])
        waiting += [each for tag in _DIRECTORIES & set(named) for each in named[tag]]
        waiting.append(struct.unpack_from(f"{order}I", data, at + 2 + 12 * count)[0])
    return end


def _entry(order: str, data: bytes, at: int) -> tuple[int, tuple[int, ...], int]:
    """A directory's entry: its tag, its values where they are whole numbers, and where they end."""
    tag, kind, count, first = struct.unpack_from(f"{order}HHII", data, at)
    length = _SIZES.get(kind, 1) * count
    place = at + 8 if length <= 4 else first
    if kind not in (3, 4, 13):
        return tag, (), place + length
    values = struct.unpack_from(f"{order}{count}{'H' if kind == 3 else 'I'}", data, place)
    return tag, values, place + length
