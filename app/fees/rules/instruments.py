"""What each agency can be paid with on a day. A new rule is a new row, and old days keep theirs."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.fees.rules.words import Agency, Confidence, Instrument


@dataclass(frozen=True, slots=True)
class AcceptedInstrument:
    """That an agency takes one instrument, from a day on (None: as long as is known) to a last one.

    ``form`` is the form that authorizes the payment; one such form goes with each filing. ``source`` and
    ``confidence`` say how it is known.
    """

    agency: Agency
    instrument: Instrument
    effective_from: date | None
    effective_to: date | None
    form: str | None
    source: str
    confidence: Confidence

    def covers(self, day: date) -> bool:
        """Whether the agency takes it on this day, the first and the last one included."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )


_LAST_CHECKS: Final = date(2025, 10, 27)
_ELECTRONIC: Final = date(2025, 10, 28)
_NO_CHECKS: Final = "USCIS takes no checks or money orders from October 28, 2025 (summaries by law firms)"
_PORTAL: Final = "EOIR Payment Portal (secondary sources)"

#: Every row that is known. Pairs of one agency and one instrument never cover a day twice.
ACCEPTED: Final[tuple[AcceptedInstrument, ...]] = (
    AcceptedInstrument(Agency.USCIS, Instrument.ACH, _ELECTRONIC, None, "G-1650", _NO_CHECKS, Confidence.SECONDARY),
    AcceptedInstrument(Agency.USCIS, Instrument.CARD, None, None, "G-1450", _NO_CHECKS, Confidence.SECONDARY),
    AcceptedInstrument(Agency.USCIS, Instrument.CHECK, None, _LAST_CHECKS, None, _NO_CHECKS, Confidence.SECONDARY),
    AcceptedInstrument(
        Agency.USCIS, Instrument.MONEY_ORDER, None, _LAST_CHECKS, None, _NO_CHECKS, Confidence.SECONDARY
    ),
    AcceptedInstrument(Agency.EOIR, Instrument.PORTAL, None, None, None, _PORTAL, Confidence.SECONDARY),
)


def instruments_for(agency: Agency, day: date) -> tuple[AcceptedInstrument, ...]:
    """What the agency takes on this day, each with the form it needs and how that is known."""
    return tuple(each for each in ACCEPTED if each.agency is agency and each.covers(day))
