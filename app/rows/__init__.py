"""Rows that decide something carry a MAC; here is the one place that makes it for every write, and checks it.

It listens to the engine, below every room: an insert, update or delete of a witnessed table (`app.db.WITNESSED`) can
not go past it. What was written is remembered with the connection until the act's event takes it on record.
"""

from app.rows.states import NOTHING, Shape, Written, shape_of, witnessed_columns
from app.rows.witness import WITNESS, Witness, taken, witness_of

__all__ = ["NOTHING", "WITNESS", "Shape", "Witness", "Written", "shape_of", "taken", "witness_of", "witnessed_columns"]
