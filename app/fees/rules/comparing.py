"""Two schedules side by side: what came, what went, what is different."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, fields

from app.fees.rules.lines import FeeLine


class ChangeKind(enum.StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """A line as it was and as it would be; ``columns`` are those that differ, for a changed one."""

    kind: ChangeKind
    before: FeeLine | None
    after: FeeLine | None
    columns: tuple[str, ...]

    @property
    def line(self) -> FeeLine:
        """The line it is about, as it would be, or as it was when it goes."""
        line = self.after or self.before
        assert line is not None  # a change has one of the two
        return line


_NAMES = tuple(each.name for each in fields(FeeLine))


def compare(before: Sequence[FeeLine], after: Sequence[FeeLine]) -> list[Change]:
    """Every line that differs, by agency, form and day. A line is the same one when its id is."""
    old = {each.id: each for each in before}
    new = {each.id: each for each in after}
    changes = [Change(ChangeKind.REMOVED, old[each], None, ()) for each in old.keys() - new.keys()]
    changes += [Change(ChangeKind.ADDED, None, new[each], ()) for each in new.keys() - old.keys()]
    for each in old.keys() & new.keys():
        columns = tuple(name for name in _NAMES if getattr(old[each], name) != getattr(new[each], name))
        if columns:
            changes.append(Change(ChangeKind.CHANGED, old[each], new[each], columns))
    return sorted(changes, key=_place)


def _place(change: Change) -> tuple[str, str, str, str, str]:
    line = change.line
    return (line.agency, line.form, line.item, line.effective_from.isoformat(), line.id)
