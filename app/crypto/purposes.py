"""The keys that serve a whole installation, in versions: digests, blind indexes and signing.

Each is random and wrapped by the root, not derived from it: so the root can be changed without changing a single
digest, password pepper or index, and a purpose can be given a new key without touching the root.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import Connection

from app.crypto import wrapping
from app.crypto.blind import BlindIndex, Macs
from app.crypto.derivation import KEY_BYTES, HoldsKeys
from app.crypto.keyring import RootProvider
from app.crypto.keystore import Keystore, WrappedPurpose
from app.crypto.refusals import KeysUnavailable
from app.crypto.signing import Signer
from app.db import new_id


class Kind(StrEnum):
    """What a key of the installation is for."""

    BLIND = "blind"
    MAC = "mac"
    SIGNING = "signing"


@dataclass(frozen=True, slots=True)
class Purposes(HoldsKeys):
    """The opened keys of the installation."""

    blind: BlindIndex
    macs: Macs
    signer: Signer

    @classmethod
    def load(cls, keystore: Keystore, provider: RootProvider) -> Self:
        """Open them all. Raises KeysUnavailable when one is missing or does not open."""
        with keystore.reading() as connection:
            rows = keystore.purposes(connection)
        keys: dict[Kind, dict[int, bytes]] = {kind: {} for kind in Kind}
        seeds: dict[UUID, bytes] = {}
        for row in rows:
            label = wrapping.purpose_label(provider.installation, row.kind, row.version, row.id)
            key = provider.unwrap(row.root_id, row.wrapped, label)
            keys[Kind(row.kind)][row.version] = key
            if row.kind == Kind.SIGNING:
                seeds[row.id] = key
        if not all(keys.values()):
            raise KeysUnavailable("The keystore lacks one of its keys. Restore it from its backup.")
        # Rows come in order of their version, so the last seed is the current one.
        return cls(BlindIndex(keys[Kind.BLIND]), Macs(keys[Kind.MAC]), Signer(seeds, list(seeds)[-1]))


def add_purpose(
    keystore: Keystore, provider: RootProvider, connection: Connection, root: UUID, kind: Kind, version: int
) -> UUID:
    """Make a new random key of this kind and version, wrapped by that root; gives its id."""
    key_id = new_id()
    label = wrapping.purpose_label(provider.installation, kind, version, key_id)
    wrapped = provider.wrap(root, secrets.token_bytes(KEY_BYTES), label)
    keystore.add_purpose(connection, WrappedPurpose(key_id, kind, version, root, wrapped))
    return key_id
