"""Files and folders: who can read them, who owns them, and what must not lie beside what."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.doctor.rules.findings import Finding, problem, unknown, warning

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Place:
    """One file or folder. ``mode`` and ``owner`` mean nothing when it is not there, or hidden from this account."""

    path: str
    there: bool
    hidden: bool = False
    mode: int = 0
    owner: int = 0
    readable: bool = True
    writable: bool = True


@dataclass(frozen=True, slots=True)
class Places:
    """Where an installation is; None for what another engine keeps. ``data`` is the folder."""

    data: Place
    database: Place | None
    keystore: Place | None
    keyring: Place
    keyring_folder: Place
    keyring_beside_data: bool
    made: bool  # the database or the keystore has something in it
    same_account: bool  # the doctor runs as the account that owns the data


def judge_places(places: Places) -> Iterator[Finding]:
    """Every finding about files and folders."""
    yield from _data(places)
    yield from _keyring(places)
    for name, place in (("database", places.database), ("keystore", places.keystore)):
        if place is not None:
            yield from _store(name, place, places.data)


def _data(places: Places) -> Iterator[Finding]:
    data = places.data
    if not data.there:
        yield problem(
            "data.missing",
            f"There is no data folder {data.path}.",
            "Nothing can be kept.",
            "Check AMPARO_DATA_DIR; for a new installation run `amparo init`.",
        )
        return
    if stat.S_IMODE(data.mode) & _OTHERS:
        yield problem(
            "data.open",
            f"The data folder {data.path} is open to others (mode {_octal(data)}).",
            "Other accounts of this machine can copy the database, its log and the seals.",
            f"chmod 700 {data.path}",
        )
    if not data.writable:
        yield problem(
            "data.read_only",
            f"The data folder {data.path} can not be written.",
            "Nothing that people enter can be kept.",
            f"Give the folder to the account that runs Amparo (chown amparo: {data.path}), or mount it for writing.",
        )


def _keyring(places: Places) -> Iterator[Finding]:
    keyring = places.keyring
    if not keyring.there:
        restore = "Restore it from its backup: these records open with no other."
        yield problem(
            "keyring.missing",
            f"There is no keyring at {keyring.path}.",
            "Without the root key nothing opens, and the service does not start.",
            restore if places.made else "Check AMPARO_KEYRING_FILE; for a new installation run `amparo init`.",
        )
        return
    if keyring.hidden or not keyring.readable:
        yield (problem if places.same_account else unknown)(
            "keyring.unreadable",
            f"The keyring {keyring.path} can not be read by this account.",
            "The service could not open anything as this account, and the keys could not be checked.",
            "Run this as the account that runs Amparo, or give the file to it.",
        )
    if keyring.hidden:
        return
    if stat.S_IMODE(keyring.mode) & _OTHERS:
        yield problem(
            "keyring.open",
            f"The keyring {keyring.path} is open to others (mode {_octal(keyring)}).",
            "Whoever reads it and the data reads every client; the service does not start.",
            f"chmod 600 {keyring.path}, then `amparo keys rotate --root`: somebody may have a copy.",
        )
    if places.data.there and keyring.owner != places.data.owner:
        yield problem(
            "keyring.owner",
            f"The keyring {keyring.path} belongs to another account than the data.",
            "Either the service can not read it, or somebody else can change it.",
            f"Give it to the account that runs Amparo: chown --reference={places.data.path} {keyring.path}",
        )
    yield from _keyring_folder(places)


def _keyring_folder(places: Places) -> Iterator[Finding]:
    keyring, folder = places.keyring, places.keyring_folder
    if folder.mode & _OTHERS_WRITE:
        yield problem(
            "keyring.folder",
            f"Others may write in {folder.path}, the keyring's folder (mode {_octal(folder)}).",
            "They can take the keyring away or put another in its place.",
            f"chmod 700 {folder.path}",
        )
    if places.keyring_beside_data:
        yield problem(
            "keyring.beside_data",
            f"The keyring {keyring.path} lies in the same folder as the data.",
            "Whoever takes the folder, or a backup of it, reads every client.",
            "Move the keyring to a folder or volume of its own and set AMPARO_KEYRING_FILE to it.",
        )


def _store(name: str, place: Place, data: Place) -> Iterator[Finding]:
    if not place.there:
        yield problem(
            f"{name}.missing",
            f"There is no {name} at {place.path}.",
            "The service can not run.",
            "Restore it from its backup; for a new installation run `amparo init`.",
        )
        return
    if stat.S_IMODE(place.mode) & _OTHERS:
        yield problem(
            f"{name}.open",
            f"The {name} {place.path} is open to others (mode {_octal(place)}).",
            "Copies and backups keep this mode, also where no closed folder protects them.",
            f"chmod 600 {place.path}",
        )
    if data.there and place.owner != data.owner:
        yield problem(
            f"{name}.owner",
            f"The {name} {place.path} belongs to another account than its folder.",
            "The service can not write it. Somebody ran a command as another user, or restored as root.",
            f"chown --reference={data.path} {place.path}*",
        )


def judge_seals_place(seals: Place, *, beside: bool, production: bool) -> Iterator[Finding]:
    """Where the seals go; ``beside`` the data they prove less."""
    if seals.there and seals.mode & _OTHERS_WRITE:
        yield problem(
            "seals.open",
            f"Others may write the seals file {seals.path} (mode {_octal(seals)}).",
            "Whoever changes the record could change its seals too.",
            f"chmod 600 {seals.path}",
        )
    if beside and production:
        yield warning(
            "seals.beside_data",
            f"The seals file {seals.path} lies beside the database.",
            "Whoever can put back an older database can put back older seals, and nothing shows.",
            "Set AMPARO_SEALS_FILE to a mount that only grows, or copy the file every few minutes to another machine"
            " and set it to where the copy is made from.",
        )


def _octal(place: Place) -> str:
    return f"{stat.S_IMODE(place.mode):04o}"
