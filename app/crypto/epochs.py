"""The epoch keys in memory: opened when first needed, gone from here once they are destroyed in the keystore."""

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection

from app.crypto import wrapping
from app.crypto.derivation import HoldsKeys
from app.crypto.keyring import RootProvider
from app.crypto.keystore import Keystore
from app.crypto.refusals import KeysUnavailable


class Epochs(HoldsKeys):
    """Ciphers of the epochs that exist. Safe to share between threads: the table is replaced, never changed."""

    def __init__(self, keystore: Keystore, provider: RootProvider) -> None:
        self._keystore = keystore
        self._provider = provider
        self._ciphers: dict[int, AESGCM] = {}

    def __repr__(self) -> str:
        return f"<Epochs {sorted(self._ciphers)}>"

    def cipher(self, number: int) -> AESGCM | None:
        """The cipher of an epoch; None when it was destroyed."""
        held = self._ciphers.get(number)
        if held is None:
            with self._keystore.reading() as connection:
                held = self._load(connection).get(number)
        return held

    def current(self, connection: Connection) -> tuple[int, AESGCM]:
        """The epoch that new keys belong to, as this transaction sees it, and its cipher."""
        epochs = self._keystore.epochs(connection)
        if not epochs:
            raise KeysUnavailable("The keystore has no epoch key. Restore it from its backup.")
        number = epochs[-1].number
        ciphers = self._ciphers
        if ciphers.keys() != {key.number for key in epochs}:
            ciphers = self._load(connection)
        return number, ciphers[number]

    def _load(self, connection: Connection) -> dict[int, AESGCM]:
        # Those already open are kept: only the ones that another process made need the root key.
        held = self._ciphers
        ciphers: dict[int, AESGCM] = {}
        for key in self._keystore.epochs(connection):
            ciphers[key.number] = held.get(key.number) or AESGCM(
                self._provider.unwrap(
                    key.root_id, key.wrapped, wrapping.epoch_label(self._provider.installation, key.number)
                )
            )
        self._ciphers = ciphers
        return ciphers
