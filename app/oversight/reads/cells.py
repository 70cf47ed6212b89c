"""Cells of files that people open in a spreadsheet."""

from typing import Any


def inert(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula begins with an apostrophe (OWASP, "CSV Injection")."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
