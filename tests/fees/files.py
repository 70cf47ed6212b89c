"""Schedules for tests: small ones, and the one that comes with the program."""

import csv
import io
from collections.abc import Mapping

from app.fees.reads.schedules import shipped
from app.fees.rules import COLUMNS

#: One fee with one price, as a line of a schedule.
LINE: Mapping[str, str] = {
    "id": "uscis-i-90-2024",
    "agency": "uscis",
    "form": "I-90",
    "item": "green_card",
    "title": "Green card",
    "kind": "base",
    "filing": "any",
    "effective_from": "2024-04-01",
    "rejects_from": "",
    "effective_to": "",
    "amount": "465.00",
    "waivable": "yes",
    "separate": "no",
    "online_only": "no",
    "due_days": "",
    "status": "in_force",
    "confidence": "official",
    "source": "89 FR 6194",
    "supersedes": "",
    "note": "",
}


def written(*lines: Mapping[str, str]) -> str:
    """A schedule with these lines; what a line does not name is as in LINE."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(dict(LINE) | dict(each) for each in lines)
    return out.getvalue()


def dearer() -> str:
    """The schedule that comes with the program, with the yearly asylum fee at 105 dollars from 16 October 2026 on."""
    changed = []
    for row in csv.DictReader(each for each in shipped().splitlines() if not each.startswith("#")):
        if row["id"] == "uscis-aaf-2026":
            row |= {"effective_to": "2026-10-15", "status": "superseded"}
        if row["id"] == "uscis-aaf-reported-2026":
            row |= {"status": "in_force", "confidence": "official", "supersedes": "uscis-aaf-2026", "source": "USCIS"}
        changed.append(row)
    return written(*changed)
