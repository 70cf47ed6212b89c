"""Disbursements, their steps, the signatures over them, and the limits of a fund's payments."""

from app.disbursements.model.limits import PaymentLimit
from app.disbursements.model.signing import ConfirmationQuestion, DisbursementSignature
from app.disbursements.model.tables import Disbursement, DisbursementStep

__all__ = ["ConfirmationQuestion", "Disbursement", "DisbursementSignature", "DisbursementStep", "PaymentLimit"]
