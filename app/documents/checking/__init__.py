"""Is a file what it says, and harmless? Looked at in a process of its own, without network, disk or our keys."""

from app.documents.checking.asking import Finding, Part, examine
from app.documents.checking.scanner import scanned

__all__ = ["Finding", "Part", "examine", "scanned"]
