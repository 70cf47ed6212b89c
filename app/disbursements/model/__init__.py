"""Disbursements, their steps, the and the signatures over them."""

from app.disbursements.model.signing import ConfirmationQuestion, DisbursementSignature
from app.disbursements.model.tables import Disbursement, DisbursementStep

__all__ = ["ConfirmationQuestion", "Disbursement", "DisbursementSignature", "DisbursementStep"]
