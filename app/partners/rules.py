"""What a partner organization does for the fund."""

import enum


class PartnerKind(enum.StrEnum):
    LEGAL_SERVICES = "legal_services"
    INTAKE = "intake"


#: More open cases than any organization takes: a slip of the keyboard, not a capacity.
MOST_CASES = 10_000
