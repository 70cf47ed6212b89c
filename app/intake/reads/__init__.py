"""Applications as they are shown: the queue, one with its verdicts, and overrides for those who decide about them."""

from app.intake.reads.find import approvable, changeable, checkable, decidable
from app.intake.reads.holds import held_since
from app.intake.reads.listing import ApplicationItem, ApplicationList, applications
from app.intake.reads.one import accepted_case, application, receipt
from app.intake.reads.overrides import OverrideList, OverrideView, override, overrides
from app.intake.reads.poverty import Household, PovertyView, poverty
from app.intake.reads.verdicts import FundVerdict, RuleView, ScreeningView
from app.intake.reads.views import AcceptedCase, ApplicationView, ReceiptView

__all__ = [
    "AcceptedCase",
    "ApplicationItem",
    "ApplicationList",
    "ApplicationView",
    "FundVerdict",
    "Household",
    "OverrideList",
    "OverrideView",
    "PovertyView",
    "ReceiptView",
    "RuleView",
    "ScreeningView",
    "accepted_case",
    "application",
    "applications",
    "approvable",
    "changeable",
    "checkable",
    "decidable",
    "held_since",
    "override",
    "overrides",
    "poverty",
    "receipt",
]
