"""Restoring into an empty installation: old data beside today's keys, or beside keys from a backup of theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, inspect
from sqlalchemy.engine import make_url

from app import installation, revision
from app.backups.actions.marking import alone, by_owner, clear_data, clear_keys, lift_mark, put_mark
from app.backups.actions.placing import Documents, Place, place_for
from app.backups.reads import contents
from app.backups.reads.archive import Archive, header_of, reading
from app.backups.rules import DATABASE, SIGNED, Contents, Header, Kind, Manifest, Unusable, differing
from app.config import Settings
from app.crypto import Vault, keystore_engine, migrate_keystore
from app.policing import admit_to_keystore


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back. Nobody can work with it before the mark is lifted."""

    made_at: datetime
    manifest: Manifest
    documents: int
    keys_of: datetime | None


def restore(settings: Settings, data: Path, keys: Path | None, identities: str) -> Restored:
    """Put the data, and with ``keys`` the keystore, where nothing is. What fails leaves nothing of it.

    Raises Unusable, or KeysUnavailable with its own sentence.
    """
    with alone(settings) as earlier:
        if earlier is not None:
            clear_data(settings)
            if keys is not None and "keys" in earlier:
                clear_keys(settings)
        _refuse_unless_empty(settings, with_keys=keys is not None)
        # The headers tell what can not work before anything is written; the whole is checked when it is read again.
        header = header_of(data, identities)
        _refuse_header(header, Kind.DATA)
        put_mark(settings, {"data"} if keys is None else {"data", "keys"})
        try:
            keys_of = None if keys is None else _restore_keys(settings, keys, identities, header)
            with _opened(settings, header) as vault:
                manifest, documents = _restore_data(settings, data, identities, vault)
        except BaseException:
            clear_data(settings)
            if keys is not None:
                clear_keys(settings)
            lift_mark(settings)
            raise
    return Restored(header.made_at, manifest, documents, keys_of)


def _refuse_unless_empty(settings: Settings, *, with_keys: bool) -> None:
    file = contents.sqlite_file(settings.owner_database)
    if file is not None and file.exists():
        raise Unusable(
            f"There is a database in the way: {file}. Restoring never overwrites one. Move it aside with its -wal"
            f" and -shm, for example to {file}.broken."
        )
    if file is None and (tables := _tables_in(by_owner(settings.owner_database), "public")):
        raise Unusable(
            f"There are {len(tables)} tables in the way, {', '.join(tables[:3])} among them. Restoring never overwrites"
            " one. Put them aside: ALTER SCHEMA public RENAME TO amparo_broken; CREATE SCHEMA public."
        )
    known = contents.keystore_is_known(settings)
    if with_keys and known:
        raise Unusable(
            "There is a keystore in the way. Leave --keys out to go on with it, which keeps the erased erased; or put"
            " it aside first, when it is lost or damaged."
        )
    if not with_keys and not known:
        raise Unusable("There is no keystore here. Name the newest backup of the keys with --keys.")


def _tables_in(engine: Engine, schema: str) -> list[str]:
    try:
        with engine.connect() as connection:
            return sorted(inspect(connection).get_table_names(schema=schema))
    finally:
        engine.dispose()


def _refuse_header(header: Header, kind: Kind) -> None:
    if header.kind is not kind:
        raise Unusable(f"This is a backup of the {header.kind}, where one of the {kind} is wanted.")
    if kind is Kind.DATA and header.revision not in revision.known():
        raise Unusable(
            f"A newer Amparo made this backup: its tables are at {header.revision}, which this version does not know."
            " Install that version or a later one, then restore."
        )


def _restore_keys(settings: Settings, file: Path, identities: str, data: Header) -> datetime:
    with reading(file, identities) as archive:
        header = archive.header
        _refuse_header(header, Kind.KEYS)
        _refuse_other(data, header.installation, "backup of the keys")
        place = place_for(settings.owner_keystore, header)
        with _taking(place):
            for name, piece in archive.pieces():
                _refuse_part(name)
                place.take(piece)
            archive.end()
            place.finish()
    engine = keystore_engine(settings.owner_keystore)
    try:
        migrate_keystore(engine)
    finally:
        engine.dispose()
    serving, owner = (make_url(each).username for each in (settings.keystore, settings.owner_keystore))
    if serving is not None and serving != owner:
        admitting = by_owner(settings.owner_keystore)
        with admitting.connect() as connection:
            admit_to_keystore(connection, serving)
        admitting.dispose()
    return header.made_at


def _restore_data(settings: Settings, file: Path, identities: str, vault: Vault) -> tuple[Manifest, int]:
    documents = Documents(contents.documents_folder(settings))
    with reading(file, identities) as archive:
        place = place_for(settings.owner_database, archive.header)
        try:
            with _taking(place):
                for name, piece in archive.pieces():
                    if name == DATABASE:
                        place.take(piece)
                    else:
                        documents.take(name, piece)
                documents.end_file()
                archive.end()
                _refuse_unsigned(archive, vault)
                place.finish()
        except BaseException:
            documents.abandon()
            raise
    _refuse_differing(settings, archive.manifest.contents)
    return archive.manifest, documents.count


@contextmanager
def _taking(place: Place) -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        raise Unusable(f"What is restored can not be written: {trouble.strerror}. Nothing was restored.") from None
    finally:
        place.abandon()


def _refuse_part(name: str) -> None:
    if name != DATABASE:
        raise Unusable("This backup of the keys has something else in it. Do not use it.")


@contextmanager
def _opened(settings: Settings, data: Header) -> Iterator[Vault]:
    vault = installation.open_vault(settings)
    try:
        _refuse_other(data, vault.installation, "keystore here")
        yield vault
    finally:
        vault.close()


def _refuse_other(data: Header, found: object, what: str) -> None:
    if data.installation != found:
        raise Unusable(
            f"The data are of installation {data.installation}, and the {what} is of {found}: nothing would open."
            " Take the backup or the keys that belong together."
        )


def _refuse_unsigned(archive: Archive, vault: Vault) -> None:
    """Anybody can write a file for our recipients; only this installation can sign what is in it."""
    key = vault.public_keys().get(archive.signature.key_id)
    if key is None or not vault.verify(key, SIGNED + archive.signed, archive.signature.signature):
        raise Unusable("This installation did not sign this backup: somebody else made it. Do not use it.")


def _refuse_differing(settings: Settings, wanted: Contents) -> None:
    """The rows of each table, counted before anything changes them, and the last seal of the record."""
    file = contents.sqlite_file(settings.owner_database)
    engine = contents.on_file(file) if file is not None else contents.on_server(settings.owner_database)
    try:
        with engine.connect() as connection:
            _, found = contents.of_data(connection)
    finally:
        engine.dispose()
    if other := differing(wanted.rows, found.rows):
        raise Unusable(f"What was restored differs from the backup's manifest in {', '.join(other[:5])}.")
    if (wanted.seals, wanted.last_seal) != (found.seals, found.last_seal):
        raise Unusable("The record that was restored does not end with the seal that the backup was made with.")
