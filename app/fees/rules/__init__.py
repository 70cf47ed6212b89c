"""The words and the pure decisions about government fees."""

from app.fees.rules.instruments import ACCEPTED, AcceptedInstrument, instruments_for
from app.fees.rules.words import (
    Agency,
    Confidence,
    FeeKind,
    FeeStatus,
    Filing,
    Instrument,
    Known,
    ScheduleStatus,
    WaiverBasis,
    WaiverState,
)

__all__ = [
    "ACCEPTED",
    "AcceptedInstrument",
    "Agency",
    "Confidence",
    "FeeKind",
    "FeeStatus",
    "Filing",
    "Instrument",
    "Known",
    "ScheduleStatus",
    "WaiverBasis",
    "WaiverState",
    "instruments_for",
]
