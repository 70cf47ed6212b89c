"""Addresses of lists: what stands in their filters, and where their next page is."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID


def id_in(text: str) -> UUID | None:
    """The id in a filter; None when it is none: what a filter can not read counts as not chosen."""
    try:
        return UUID(text)
    except ValueError:
        return None


def page_of(path: str, cursor: str | None, kept: Mapping[str, str]) -> str | None:
    """The address of a page of a list with its filters; the first for an empty cursor, None for none."""
    if cursor is None:
        return None
    query = {name: value for name, value in {**kept, "cursor": cursor}.items() if value}
    return f"{path}?{urlencode(query)}" if query else path
