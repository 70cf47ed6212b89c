"""Whose a sealed value is, by the key id that stands at its head. Opens nothing."""

from typing import Final
from uuid import UUID

from sqlalchemy import Engine, select

from app.crypto import schema
from app.crypto.envelope import OVERHEAD
from app.crypto.padding import BLOCK

#: No envelope is shorter: its header, nonce and tag, and one block.
SHORTEST: Final = OVERHEAD + BLOCK
_HEAD: Final = b"\x01\x01"


def key_of(value: bytes) -> UUID | None:
    """The id of the key that an envelope was made with; None for what is no envelope."""
    if len(value) < SHORTEST or not value.startswith(_HEAD):
        return None
    return UUID(bytes=bytes(value[2:18]))


def subjects_of_keys(keystore: Engine) -> dict[UUID, UUID]:
    """The subject of every key that exists, by the key's id."""
    columns = schema.subject_key.c
    with keystore.connect() as connection:
        return {row.id: row.subject_id for row in connection.execute(select(columns.id, columns.subject_id))}
