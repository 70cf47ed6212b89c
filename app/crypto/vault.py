"""The vault: seals values into their place, opens them there, and makes what is derived from keys.

It opens what it is asked to open. Who may ask, and that it is recorded, is decided above it, in `reads.py`.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from app.crypto import envelope, rotation, schema, signing
from app.crypto.epochs import Epochs
from app.crypto.groups import Cell, Group, IndexKind, MacPurpose
from app.crypto.keyring import FileKeyring, RootProvider
from app.crypto.keystore import Keystore, keystore_engine
from app.crypto.padding import BLOCK, pad, unpad
from app.crypto.purposes import Kind, Purposes, add_purpose
from app.crypto.refusals import KeysUnavailable, UnknownSubject, Unopenable
from app.crypto.roots.root import Access, Secret
from app.crypto.subjects import Subjects
from app.crypto.upkeep import Upkeep


class Vault(Upkeep):
    """All cryptography of the product. One for each process, safe to share between its threads."""

    def __init__(self, provider: RootProvider, keystore: Keystore, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds and never goes back. Raises KeysUnavailable when the two do not belong together."""
        _check(provider, keystore)
        self._provider = provider
        self._keystore = keystore
        self._epochs = Epochs(keystore, provider)
        self._subjects = Subjects(keystore, self._epochs, provider.installation, clock)
        self._purposes = Purposes.load(keystore, provider)

    @classmethod
    def open_from(
        cls,
        *,
        keyring_file: Path,
        keystore_url: str,
        prepare_statements: bool = True,
        access: Access | None = None,
        secrets: Sequence[Secret] = (),
    ) -> Self:
        """The vault of an installation that `amparo init` has made; ``secrets`` open a keyring that is sealed.

        Raises KeysUnavailable, whose message is a sentence for the operator: keyring or keystore missing, damaged,
        readable by others, out of date, or not of one installation; KeysSealed when people must tell what opens it.
        """
        provider = FileKeyring(keyring_file, access)
        for secret in secrets:
            provider.unlock(secret)
        engine = keystore_engine(keystore_url, prepare_statements=prepare_statements)
        try:
            return cls(provider, Keystore(engine))
        except BaseException:
            engine.dispose()
            raise

    def __repr__(self) -> str:
        return f"<Vault of {self.installation}>"

    @property
    def installation(self) -> UUID:
        """The id of this installation, made by `amparo init`."""
        return self._provider.installation

    def is_open(self) -> bool:
        """Whether the keystore answers now and the root that is held opens its keys. Costs one query."""
        try:
            self._provider.health()
            if self._provider.remote:  # a question to a service for every key would be dear
                return schema.is_current(self._keystore.engine) is True
            Purposes.load(self._keystore, self._provider)
        except (KeysUnavailable, SQLAlchemyError):
            return False
        return True

    def close(self) -> None:
        """Give back the keystore's connections."""
        self._keystore.engine.dispose()

    # Sealed values

    def new_subject(self) -> UUID:
        """The id (UUIDv7) of a new subject, whose random key is already stored. One left unused does no harm."""
        return self._subjects.new()

    def preload(self, subject_ids: Iterable[UUID]) -> None:
        """Fetch the keys of many subjects (the first 1,000) with one query, before opening a page of their values."""
        self._subjects.preload(subject_ids)

    def forget(self, subject_id: UUID) -> None:
        """Drop a subject's opened key from this process; other processes do so within 60 seconds."""
        self._subjects.forget(subject_id)

    def destroy(self, subject_ids: Sequence[UUID]) -> int:
        """Delete the keys of subjects for good; gives how many there were, 0 when it was done before.

        What was sealed for them opens nowhere with this keystore. An older copy of the keystore, and what a disk still
        holds of the deleted rows, opens it until the epoch is changed (``rotate_epoch``) and that copy has expired.
        Other processes may hold an opened key for 60 seconds more; the rooms empty what it would open before.
        """
        return self._subjects.destroy(subject_ids)

    def destroyed(self) -> list[UUID]:
        """The subjects whose keys were destroyed: nothing of theirs may live, also in data from an older copy."""
        return self._keystore.destroyed()

    def seal(self, cell: Cell, group: Group, value: Any, *, floor: int = BLOCK) -> bytes:
        """``value`` (anything JSON has) as an envelope that opens in this cell and group only.

        Its length tells only how many blocks of 64 bytes the value needs. Seal "not asked" too: that a value is there
        must not say anything. ``floor`` (bytes, a multiple of 64) is for a value of several codes together, whose
        lengths would otherwise show when they cross a block.

        Raises UnknownSubject, TypeError for what is not JSON, KeyExhausted after 2**30 seals.
        """
        keys = self._subjects.get(cell.subject_id)
        self._subjects.check_share(keys)
        padded = pad(value, floor)
        nonce = envelope.fresh_nonce()
        blob = envelope.close(keys.cipher(group), keys.head, nonce, padded, keys.associated.data(cell))
        self._subjects.note_seal(keys, nonce)
        return blob

    def open(self, cell: Cell, group: Group, blob: bytes) -> Any:
        """The value that was sealed in this cell and group (tuples come back as lists). Raises Unopenable."""
        try:
            keys = self._subjects.that_sealed(cell.subject_id, blob)
            return unpad(envelope.uncover(keys.cipher(group), keys.head, blob, keys.associated.data(cell)))
        except (UnknownSubject, Unopenable, ValueError, RecursionError):
            pass
        raise Unopenable  # outside the handler, so that no cause is attached

    def reseal(self, cell: Cell, blob: bytes) -> bytes | None:
        """The same value of the same group and length under the subject's present key; None when it already is.

        Raises Unopenable, UnknownSubject, KeyExhausted.
        """
        keys = self._subjects.get(cell.subject_id)
        if blob.startswith(keys.head):
            return None
        old = self._subjects.that_sealed(cell.subject_id, blob)
        self._subjects.check_share(keys)
        group, padded = envelope.uncover_by_any(old.cipher, old.head, blob, old.associated.data(cell))
        nonce = envelope.fresh_nonce()
        again = envelope.close(keys.cipher(group), keys.head, nonce, padded, keys.associated.data(cell))
        self._subjects.note_seal(keys, nonce)
        return again

    # Blind indexes, digests, signatures

    @property
    def index_version(self) -> int:
        """The version of the key that blind indexes are made with."""
        return self._purposes.blind.version

    def blind(self, kind: IndexKind, normalised: str, version: int | None = None) -> bytes:
        """The blind index (18 bytes) of an identifier in its agreed form, by this version of the key or the newest.

        A-number: 9 digits, zero-padded. Phone: E.164. E-mail: lower-case. Raises ValueError for any other form, and
        KeysUnavailable for a version whose key is gone.
        """
        if version is not None and not self.has_index_key(version):
            raise KeysUnavailable(
                "The indexes of this data were made with a key that is gone. Run `amparo keys rotate`."
            )
        return self._purposes.blind.of(kind, normalised, version)

    def has_index_key(self, version: int) -> bool:
        """Whether this version's key exists; another process may just have made it."""
        if version not in self._purposes.blind.versions:
            self._purposes = Purposes.load(self._keystore, self._provider)
        return version in self._purposes.blind.versions

    def mac(self, purpose: MacPurpose, message: bytes) -> bytes:
        """The keyed digest (34 bytes) of ``message`` for one purpose."""
        return self._purposes.macs.make(purpose, message)

    def check_mac(self, purpose: MacPurpose, message: bytes, mac: bytes) -> bool:
        """Whether ``mac`` was made of ``message`` for this purpose, with the present key or an older one."""
        if not self._purposes.macs.knows(mac):  # another process may just have made a new key
            self._purposes = Purposes.load(self._keystore, self._provider)
        return self._purposes.macs.check(purpose, message, mac)

    @property
    def signing_key_id(self) -> UUID:
        """The key that signs now; keep it with the signature."""
        return self._purposes.signer.key_id

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature (64 bytes) by the current key."""
        return self._purposes.signer.sign(message)

    def public_key(self, key_id: UUID | None = None) -> bytes:
        """The public half (32 bytes) of the current signing key, or of the one named. Raises KeyError."""
        return self._purposes.signer.public_key(key_id)

    def public_keys(self) -> dict[UUID, bytes]:
        """Every public key, the retired ones too, by its id."""
        return self._purposes.signer.public_keys()

    @staticmethod
    def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Whether the holder of the private half of ``public_key`` signed ``message``. Needs no secret."""
        return signing.verify(public_key, message, signature)


def init_keystore(*, keyring_file: Path, keystore_url: str, access: Access | None = None) -> None:
    """Make and fill the keystore of a new installation; done again, it only checks and migrates.

    Raises KeysUnavailable when the database can not be used, and when the keyring had a keystore before and this one is
    empty: a new one would not open what was sealed with the old.
    """
    provider = FileKeyring(keyring_file, access)
    keystore = Keystore(keystore_engine(keystore_url, create=not provider.keystore_made))
    try:
        schema.migrate_keystore(keystore.engine)
        with keystore.writing() as connection:
            owner = keystore.owner(connection)
            if owner is None:
                if provider.keystore_made:
                    raise KeysUnavailable(_LOST)
                root = provider.roots()[-1]
                connection.execute(schema.installation.insert().values(one=1, id=provider.installation, root_id=root))
                rotation.add_epoch(keystore, provider, connection, root, 1)
                for kind in Kind:
                    add_purpose(keystore, provider, connection, root, kind, 1)
        _check(provider, keystore)
        provider.note_keystore()
    except SQLAlchemyError as trouble:
        raise _unusable(trouble) from None
    finally:
        keystore.engine.dispose()


_LOST = (
    "The keystore is empty, but this keyring has had one. Restore the keystore from its backup: "
    "a new one would not open what was sealed with the old."
)


def _check(provider: RootProvider, keystore: Keystore) -> None:
    try:
        current = schema.is_current(keystore.engine)
        if current is None:
            raise KeysUnavailable(_LOST if provider.keystore_made else "The keystore is empty. Run `amparo init`.")
        if not current:
            raise KeysUnavailable("The keystore was made by an older Amparo. Run `amparo migrate`.")
        with keystore.reading() as connection:
            owner = keystore.owner(connection)
    except SQLAlchemyError as trouble:
        raise _unusable(trouble) from None
    if owner is None:
        raise KeysUnavailable(_LOST if provider.keystore_made else "The keystore is empty. Run `amparo init`.")
    if owner[0] != provider.installation:
        raise KeysUnavailable(
            f"The keyring is of installation {provider.installation}, the keystore of {owner[0]}. "
            "Check AMPARO_KEYRING_FILE and AMPARO_KEYSTORE_URL: one of them belongs elsewhere."
        )


def _unusable(trouble: SQLAlchemyError) -> KeysUnavailable:
    return KeysUnavailable(
        f"The keystore can not be used ({type(trouble).__name__}). Check AMPARO_KEYSTORE_URL, that the database is "
        "running and its user may create there; if its file is damaged, restore it from its backup."
    )
