"""What the lines of a schedule must be together: one price for each fee on each day, and no day between without one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from app.errors import Problem
from app.fees.rules.lines import FeeKey, FeeLine
from app.fees.rules.words import FeeStatus, Filing

_PLACE: Final = "/content"
_DAY: Final = timedelta(days=1)


class NumberedLine(NamedTuple):
    """A line with where it stands in the file."""

    number: int
    line: FeeLine


def wrong_together(lines: Sequence[NumberedLine]) -> list[Problem]:
    """What is wrong with lines that are right one by one."""
    return [
        *_wrong_days(lines),
        *_wrong_names(lines),
        *_wrong_ways(lines),
        *_wrong_order(lines),
        *_wrong_replacements(lines),
    ]


def _wrong_days(lines: Sequence[NumberedLine]) -> Iterator[Problem]:
    for number, each in lines:
        values = {"line": number}
        if each.effective_to is not None and each.effective_to < each.effective_from:
            yield Problem(
                _PLACE,
                "fees.ends_first",
                "Line {line}, effective_to: write a day that is not before effective_from, or nothing.",
                values,
            )
        if each.rejects_from is not None and each.rejects_from < each.effective_from:
            yield Problem(
                _PLACE,
                "fees.rejects_first",
                "Line {line}, rejects_from: write a day that is not before effective_from, or nothing.",
                values,
            )


def _wrong_names(lines: Sequence[NumberedLine]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, each in lines:
        if each.id in first:
            yield Problem(
                _PLACE,
                "fees.same_id",
                "Line {line}, id: line {other} has this name already. Write another one.",
                {"line": number, "other": first[each.id]},
            )
        first.setdefault(each.id, number)


def _wrong_ways(lines: Sequence[NumberedLine]) -> Iterator[Problem]:
    """A fee for any way of filing and one for online or paper would be two prices for one thing."""
    both: dict[tuple[object, ...], NumberedLine] = {
        (each.line.agency, each.line.form, each.line.item, each.line.kind): each
        for each in lines
        if each.line.filing is Filing.ANY
    }
    for number, each in lines:
        other = both.get((each.agency, each.form, each.item, each.kind))
        if other is not None and each.filing is not Filing.ANY:
            yield Problem(
                _PLACE,
                "fees.two_ways",
                "Line {line}, filing: line {other} has a price for any way. Write any in all, or in none of them.",
                {"line": number, "other": other.number},
            )


def _wrong_order(lines: Sequence[NumberedLine]) -> Iterator[Problem]:
    for one in _by_key(lines).values():
        for earlier, later in pairwise(sorted(one, key=lambda each: each.line.effective_from)):
            ends = earlier.line.effective_to
            values: dict[str, str | int] = {
                "line": later.number,
                "other": earlier.number,
                "day": later.line.effective_from.isoformat(),
            }
            if ends is None or ends >= later.line.effective_from:
                before = values | {"day": _before(later.line.effective_from)}
                yield Problem(
                    _PLACE,
                    "fees.overlap",
                    "Line {line}, effective_from: line {other} has a price for this day too. "
                    "Write {day} as the effective_to of line {other}.",
                    before,
                )
            elif ends + _DAY != later.line.effective_from:
                yield Problem(
                    _PLACE,
                    "fees.gap",
                    "Line {line}, effective_from: days are left without a price. "
                    "Write {day}, the day after line {other} ends.",
                    values | {"day": (ends + _DAY).isoformat()},
                )


def _by_key(lines: Sequence[NumberedLine]) -> Mapping[FeeKey, list[NumberedLine]]:
    found: dict[FeeKey, list[NumberedLine]] = {}
    for each in lines:
        if each.line.status.is_dated:
            found.setdefault(each.line.key, []).append(each)
    return found


def _before(day: date) -> str:
    return (day - _DAY).isoformat()


def _wrong_replacements(lines: Sequence[NumberedLine]) -> Iterator[Problem]:
    named = {each.line.id: each.line for each in lines}
    replaced = {each.line.supersedes for each in lines}
    for number, each in lines:
        values = {"line": number}
        if each.supersedes:
            other = named.get(each.supersedes)
            if other is None:
                yield Problem(
                    _PLACE,
                    "fees.replaces_none",
                    "Line {line}, supersedes: no line has this id. Write the id of the line it replaces.",
                    values,
                )
            elif other.key != each.key or other.effective_from >= each.effective_from:
                yield Problem(
                    _PLACE,
                    "fees.replaces_other",
                    "Line {line}, supersedes: write the id of an earlier line for the same fee.",
                    values,
                )
        if each.status is FeeStatus.SUPERSEDED and each.id not in replaced:
            yield Problem(
                _PLACE,
                "fees.not_replaced",
                "Line {line}, status: no line supersedes it. Write in_force, or its id in the line that does.",
                values,
            )
        if each.status is FeeStatus.SUPERSEDED and each.effective_to is None:
            yield Problem(
                _PLACE,
                "fees.replaced_for_ever",
                "Line {line}, effective_to: it was superseded. Write its last day.",
                values,
            )
