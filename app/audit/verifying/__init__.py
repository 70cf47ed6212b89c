"""Verifying: is the record as it was written? Reads only, in constant memory, and stops at the first fault."""

from app.audit.verifying.verify import SEALED_WITHIN, verify

__all__ = ["SEALED_WITHIN", "verify"]
