"""Changing keys while records stay readable. Each change can be broken off anywhere and simply started again.

*Root*: the new root goes into the keyring beside the old one, the few keys under the root are rewrapped in one
transaction, then the old root is forgotten. At every moment the keyring holds the root that the keystore needs.

*Epoch*: the new epoch takes all new subjects at once, the others are rewrapped in small transactions, and when the
last one has moved the old epoch's key is destroyed. Until then both epochs open.
"""

import secrets
import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, bindparam, delete, func, select, update

from app.crypto import schema, wrapping
from app.crypto.derivation import KEY_BYTES
from app.crypto.keyring import NewRoot, RootProvider
from app.crypto.keystore import Keystore, WrappedEpoch
from app.crypto.purposes import Kind, add_purpose
from app.crypto.refusals import KeysUnavailable

#: Told how many are done, of how many.
Progress = Callable[[int, int], None]

#: Subjects rewrapped by one transaction.
BATCH: Final = 2_000


def rotate_root(keystore: Keystore, provider: RootProvider, wanted: NewRoot | None = None) -> UUID:
    """Put a new root key in the place of the present one and give its id; finishes a broken-off change first.

    The new key is where the old one was, unless another place is wanted. The backup of the keyring must be renewed
    afterwards: an older copy no longer opens the keystore.
    """
    with provider.rotation():
        roots = provider.roots()
        broken_off = len(roots) > 1
        root = roots[-1] if broken_off else provider.add_root(wanted)
        with keystore.writing() as connection:
            keystore.hold_still(connection, alone=True)
            _rewrap_under(keystore, provider, connection, root)
        provider.keep_only(root)
        arrived = wanted is None or (provider.place(root) is wanted.place and wanted.secret is None)
    keystore.flush_residue()
    if broken_off and not arrived:
        return rotate_root(keystore, provider, wanted)
    return root


def _rewrap_under(keystore: Keystore, provider: RootProvider, connection: Connection, root: UUID) -> None:
    installation = provider.installation
    for epoch in keystore.epochs(connection):
        label = wrapping.epoch_label(installation, epoch.number)
        wrapped = _moved(provider, epoch.root_id, root, epoch.wrapped, label)
        connection.execute(
            update(schema.epoch).where(schema.epoch.c.number == epoch.number).values(root_id=root, wrapped=wrapped)
        )
    for purpose in keystore.purposes(connection):
        label = wrapping.purpose_label(installation, purpose.kind, purpose.version, purpose.id)
        wrapped = _moved(provider, purpose.root_id, root, purpose.wrapped, label)
        connection.execute(
            update(schema.purpose_key)
            .where(schema.purpose_key.c.id == purpose.id)
            .values(root_id=root, wrapped=wrapped)
        )
    connection.execute(update(schema.installation).values(root_id=root))


def _moved(provider: RootProvider, old: UUID, new: UUID, wrapped: bytes, label: bytes) -> bytes:
    key = provider.unwrap(old, wrapped, label)
    rewrapped = provider.wrap(new, key, label)
    if provider.unwrap(new, rewrapped, label) != key:
        raise KeysUnavailable("The new root key does not open what it has just wrapped. Nothing was changed.")
    return rewrapped


def rotate_signing(keystore: Keystore, provider: RootProvider) -> UUID:
    """Make a new signing key the current one and give its id; the old ones stay, for checking what they signed."""
    with keystore.writing() as connection:
        keystore.hold_still(connection, alone=True)
        versions = [key.version for key in keystore.purposes(connection) if key.kind == Kind.SIGNING]
        root = _root_of(keystore, connection)
        return add_purpose(keystore, provider, connection, root, Kind.SIGNING, max(versions) + 1)


def rotate_macs(keystore: Keystore, provider: RootProvider) -> int:
    """Make the next key of digests and give its version; the old ones stay, because what they made is still checked."""
    with keystore.writing() as connection:
        keystore.hold_still(connection, alone=True)
        versions = [key.version for key in keystore.purposes(connection) if key.kind == Kind.MAC]
        root = _root_of(keystore, connection)
        add_purpose(keystore, provider, connection, root, Kind.MAC, max(versions) + 1)
        return max(versions) + 1


def begin_index_key(keystore: Keystore, provider: RootProvider) -> int:
    """Make the next key of the blind indexes beside the present one, or find the one that was begun; its version."""
    with keystore.writing() as connection:
        keystore.hold_still(connection, alone=True)
        versions = [key.version for key in keystore.purposes(connection) if key.kind == Kind.BLIND]
        if len(versions) == 1:
            root = _root_of(keystore, connection)
            add_purpose(keystore, provider, connection, root, Kind.BLIND, versions[0] + 1)
            return versions[0] + 1
        return versions[-1]


def end_index_keys(keystore: Keystore, before: int) -> None:
    """Delete the keys of the blind indexes below this version, which no index is made with any more."""
    columns = schema.purpose_key.c
    with keystore.writing() as connection:
        keystore.hold_still(connection, alone=True)
        connection.execute(delete(schema.purpose_key).where(columns.kind == Kind.BLIND.value, columns.version < before))
    keystore.flush_residue()


def rotate_epoch(
    keystore: Keystore, provider: RootProvider, batch: int = BATCH, progress: Progress | None = None
) -> int:
    """Begin a new epoch, or go on with one that was begun, move every subject to it, destroy the older ones.

    Gives the number of the new epoch. Raises KeysUnavailable, and destroys nothing, when a subject's key does not
    open. The destroyed epoch's key was wrapped by the root: what a disk or a backup still holds of it stays openable
    until the root is changed too, after the epoch: `amparo keys rotate --root`.
    """
    with keystore.writing() as connection:
        keystore.hold_still(connection, alone=True)
        epochs = keystore.epochs(connection)
        if len(epochs) == 1:
            add_epoch(keystore, provider, connection, _root_of(keystore, connection), epochs[-1].number + 1)
            epochs = keystore.epochs(connection)
    installation = provider.installation
    ciphers = {
        epoch.number: AESGCM(
            provider.unwrap(epoch.root_id, epoch.wrapped, wrapping.epoch_label(installation, epoch.number))
        )
        for epoch in epochs
    }
    current = epochs[-1].number
    done, total = 0, _waiting(keystore, current) if progress else 0
    while moved := _rewrap_subjects(keystore, installation, ciphers, current, batch):
        done += moved
        if progress:
            progress(done, max(total, done))
    _destroy_before(keystore, current)
    keystore.flush_residue()
    return current


def _waiting(keystore: Keystore, current: int) -> int:
    with keystore.reading() as connection:
        counted = select(func.count()).where(schema.subject_key.c.epoch < current)
        return int(connection.execute(counted).scalar_one())


def add_epoch(keystore: Keystore, provider: RootProvider, connection: Connection, root: UUID, number: int) -> None:
    """Make the random key of a new epoch, wrapped by that root."""
    label = wrapping.epoch_label(provider.installation, number)
    wrapped = provider.wrap(root, secrets.token_bytes(KEY_BYTES), label)
    keystore.add_epoch(connection, WrappedEpoch(number, root, wrapped))


def _root_of(keystore: Keystore, connection: Connection) -> UUID:
    owner = keystore.owner(connection)
    if owner is None:
        raise KeysUnavailable("The keystore is empty. Run `amparo init`.")
    return owner[1]


def _rewrap_subjects(
    keystore: Keystore, installation: UUID, ciphers: dict[int, AESGCM], current: int, batch: int
) -> int:
    """Move up to ``batch`` subjects to the current epoch in one transaction; gives how many were moved."""
    columns = schema.subject_key.c
    waiting = (
        select(columns.id, columns.subject_id, columns.epoch, columns.wrapped)
        .where(columns.epoch < current)
        .order_by(columns.epoch, columns.id)
        .limit(batch)
        .with_for_update()
    )
    with keystore.writing() as connection:
        moved = []
        for row in connection.execute(waiting):
            if row.epoch not in ciphers:
                raise _does_not_open(row.id)
            old = wrapping.subject_label(installation, row.epoch, row.subject_id, row.id)
            new = wrapping.subject_label(installation, current, row.subject_id, row.id)
            try:
                key = wrapping.unwrap(ciphers[row.epoch], row.wrapped, old)
            except KeysUnavailable:
                raise _does_not_open(row.id) from None
            wrapped = wrapping.wrap(ciphers[current], key, new)
            if wrapping.unwrap(ciphers[current], wrapped, new) != key:
                raise KeysUnavailable("The new epoch does not open what it has just wrapped. Nothing was destroyed.")
            moved.append({"key_id": row.id, "new_epoch": current, "new_wrapped": wrapped})
        if moved:
            connection.execute(
                update(schema.subject_key)
                .where(columns.id == bindparam("key_id"))
                .values(epoch=bindparam("new_epoch"), wrapped=bindparam("new_wrapped")),
                moved,
            )
    return len(moved)


def _destroy_before(keystore: Keystore, current: int) -> None:
    with keystore.writing() as connection:
        keystore.hold_still(connection, alone=True)
        left = select(schema.subject_key.c.id).where(schema.subject_key.c.epoch < current).limit(1)
        if connection.execute(left).first() is not None:
            raise KeysUnavailable("Some keys still belong to an older epoch, which was kept. Run the rotation again.")
        connection.execute(
            update(schema.epoch)
            .where(schema.epoch.c.number < current, schema.epoch.c.wrapped.is_not(None))
            .values(wrapped=None, destroyed_at=int(time.time()))
        )


def _does_not_open(key_id: UUID) -> KeysUnavailable:
    return KeysUnavailable(
        f"The subject key {key_id} does not open under its epoch; no epoch was destroyed. "
        "Restore the keystore from its backup and run the rotation again."
    )
