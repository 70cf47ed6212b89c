"""One line of a fee schedule, and the price it makes on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from app.fees.rules.words import Agency, Confidence, FeeKind, FeeStatus, Filing
from app.money import Money

#: The columns of a schedule, in the order in which the file that comes with the program has them.
COLUMNS: Final = (
    *("id", "agency", "form", "item", "title", "kind", "filing"),
    *("effective_from", "rejects_from", "effective_to", "amount"),
    *("waivable", "separate", "online_only", "due_days"),
    *("status", "confidence", "source", "supersedes", "note"),
)


class FeeKey(NamedTuple):
    """What has one price a day: a form's item, filed in one way, by where the fee comes from."""

    agency: Agency
    form: str
    item: str
    filing: Filing
    kind: FeeKind


@dataclass(frozen=True, slots=True)
class FeeLine:
    """A price and the days it is for, both included; ``effective_to`` None: until another line says otherwise.

    ``effective_from`` goes by the postmark. From ``rejects_from`` on a filing without the fee is sent back; None: from
    the first day. ``separate`` is paid apart from the form's other fees. ``due_days`` are the days that the agency
    gives from its notice on, for fees that it asks for by a notice.
    """

    id: str
    agency: Agency
    form: str
    item: str
    title: str
    kind: FeeKind
    filing: Filing
    effective_from: date
    rejects_from: date | None
    effective_to: date | None
    amount: Money
    waivable: bool
    separate: bool
    online_only: bool
    due_days: int | None
    status: FeeStatus
    confidence: Confidence
    source: str
    supersedes: str
    note: str

    @property
    def key(self) -> FeeKey:
        return FeeKey(self.agency, self.form, self.item, self.filing, self.kind)

    def covers(self, day: date) -> bool:
        """Whether the day is one of its days."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    def as_json(self) -> dict[str, Any]:
        """The line for a snapshot: words, days as text, the amount with its cents."""
        return {
            name: value.isoformat() if isinstance(value, date) else str(value) if name == "amount" else value
            for name, value in asdict(self).items()
        }


def line_from(snapshot: dict[str, Any]) -> FeeLine:
    """The line that ``as_json`` wrote."""
    days = {
        name: None if snapshot[name] is None else date.fromisoformat(snapshot[name])
        for name in ("effective_from", "rejects_from", "effective_to")
    }
    words = {
        "agency": Agency(snapshot["agency"]),
        "kind": FeeKind(snapshot["kind"]),
        "filing": Filing(snapshot["filing"]),
        "status": FeeStatus(snapshot["status"]),
        "confidence": Confidence(snapshot["confidence"]),
        "amount": Money.parse(snapshot["amount"]),
    }
    return FeeLine(**{**snapshot, **days, **words})


def on_day(lines: Iterable[FeeLine], day: date) -> list[FeeLine]:
    """The lines of a day, one for each key: what is owed and what a court has stopped. Reported ones are left out."""
    return sorted(
        (each for each in lines if each.status.is_dated and each.covers(day)),
        key=lambda each: (each.agency, each.form, each.kind, each.item, each.filing),
    )


def price(lines: Iterable[FeeLine], key: FeeKey, day: date) -> FeeLine | None:
    """The one line that says what a key costs on a day; None before its first day and after its last."""
    return next((each for each in lines if each.key == key and each.status.is_dated and each.covers(day)), None)


def reported(lines: Iterable[FeeLine], of: FeeLine, day: date) -> FeeLine | None:
    """Another amount for the same fee that somebody reported for this day and nobody has confirmed."""
    found = (each for each in lines if each.key == of.key and not each.status.is_dated and each.covers(day))
    return next(found, None)


def matching(lines: Sequence[FeeLine], words: str) -> list[FeeLine]:
    """The lines in whose form or title all these words stand; all lines for no words."""
    wanted = words.casefold().split()
    return [each for each in lines if all(word in f"{each.form} {each.title}".casefold() for word in wanted)]
