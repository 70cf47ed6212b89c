"""The words of government fees, of what pays them and of how they are waived."""

import enum


class Agency(enum.StrEnum):
    """Who asks for a fee."""

    USCIS = "uscis"
    EOIR = "eoir"


class Filing(enum.StrEnum):
    """How a form is filed. A fee for ANY way has one price for both."""

    ONLINE = "online"
    PAPER = "paper"
    ANY = "any"


class FeeKind(enum.StrEnum):
    """Where a fee comes from: the agency's own rule, or an amount that a statute puts on top."""

    BASE = "base"
    STATUTORY = "statutory"


class FeeStatus(enum.StrEnum):
    """How a price stands in law on its days. A replaced price was the price of its days, and stays on record."""

    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    STAYED = "stayed"
    ENJOINED = "enjoined"
    REPORTED = "reported"

    @property
    def is_dated(self) -> bool:
        """Whether the line takes up its days. What is only reported stands beside them and is never asked for."""
        return self is not FeeStatus.REPORTED

    @property
    def is_owed(self) -> bool:
        """Whether anybody pays it on its days: nobody pays what a court has stopped."""
        return self in (FeeStatus.IN_FORCE, FeeStatus.SUPERSEDED)


class Confidence(enum.StrEnum):
    """How sure the installation may be of an amount."""

    OFFICIAL = "official"
    SECONDARY = "secondary"
    EXAMPLE = "example"  #: stands in until the installation has loaded the agency's own amounts


class Instrument(enum.StrEnum):
    """What an agency can be paid with."""

    ACH = "ach"
    CARD = "card"
    CHECK = "check"
    MONEY_ORDER = "money_order"
    PORTAL = "portal"  #: the agency's own site, where the person or the attorney pays


class WaiverState(enum.StrEnum):
    """Where a fee waiver stands. `EOIR_CODES` gives the letters of the immigration courts."""

    NOT_REQUESTED = "not_requested"
    PENDING = "pending"
    GRANTED = "granted"
    DENIED = "denied"
    NOT_REQUIRED = "not_required"


class WaiverBasis(enum.StrEnum):
    """Why a fee should be waived."""

    MEANS_TESTED_BENEFIT = "means_tested_benefit"
    INCOME = "income"  #: at or below 150 percent of the poverty guideline
    HARDSHIP = "hardship"


class ScheduleStatus(enum.StrEnum):
    """Where a schedule stands with the people who look after it."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class Known(enum.StrEnum):
    """An answer that may not be known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
