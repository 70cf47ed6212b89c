"""Emergency openings, who may make one, and what one opens."""

from app.break_glass.reads.holders import Holder, HolderList, holders, is_named, must_be_named, nameable
from app.break_glass.reads.openings import (
    GlassReveal,
    OpeningList,
    OpeningView,
    find,
    known,
    news,
    openable,
    opening,
    openings,
    reveal,
)

__all__ = [
    "GlassReveal",
    "Holder",
    "HolderList",
    "OpeningList",
    "OpeningView",
    "find",
    "holders",
    "is_named",
    "known",
    "must_be_named",
    "nameable",
    "news",
    "openable",
    "opening",
    "openings",
    "reveal",
]
