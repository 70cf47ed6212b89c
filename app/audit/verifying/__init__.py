"""Verifying: is the record as it was written? Reads only, in constant memory, and stops at the first fault."""

from app.audit.verifying.verify import verify

__all__ = ["verify"]
