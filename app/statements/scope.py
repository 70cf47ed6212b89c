"""Which bank statements an actor may see: those over the whole fund all of them, nobody else any."""

from sqlalchemy import ColumnElement, false, true

from app.access.grants import Reach


def visible(reach: Reach) -> ColumnElement[bool]:
    """The rows of ``bank_statement`` within ``reach``."""
    return true() if reach is Reach.ALL else false()
