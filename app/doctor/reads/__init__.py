"""Gathering the facts: nothing here changes an installation, and no secret or client's value leaves it."""

from app.doctor.reads.examining import examine
from app.doctor.reads.surroundings import Surroundings

__all__ = ["Surroundings", "examine"]
