"""What a partner organization does for the fund."""

import enum


class PartnerKind(enum.StrEnum):
    LEGAL_SERVICES = "legal_services"
    INTAKE = "intake"
