"""Which emergency openings an actor may know of: the fund's people and the auditor all, attorneys those of their cases.

A wall beats everything here too: what is behind one can be opened by nobody whom it keeps away.
"""

from sqlalchemy import ColumnElement
from sqlmodel import col

from app.access import ties
from app.access.actor import Actor
from app.access.grants import Reach
from app.break_glass.model import GlassOpening


def visible(actor: Actor, reach: Reach) -> ColumnElement[bool]:
    """The rows of ``glass_opening`` within ``reach``."""
    return ties.within(actor, reach, col(GlassOpening.case_id))
