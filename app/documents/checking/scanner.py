"""ClamAV's daemon, asked in its own words (clamd(8), INSTREAM): the file is streamed to it, in pieces with lengths."""

import socket
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from app.documents.rules import Scan

_SECONDS: Final = 60.0
_MOST_SAID: Final = 4_096


class ScannerAway(Exception):
    """The scanner does not answer, or not in its words: the file waits."""


def scan(address: str, pieces: Iterable[bytes]) -> Scan:
    """Whether the scanner at ``address`` (a socket's path, or ``127.0.0.1:3310``) knows the file as harmful.

    Raises ScannerAway.
    """
    try:
        with _connected(address) as connection:
            connection.sendall(b"zINSTREAM\0")
            for piece in pieces:
                connection.sendall(struct.pack("!I", len(piece)) + piece)
            connection.sendall(struct.pack("!I", 0))
            said = _said(connection)
    except (OSError, ValueError):
        raise ScannerAway from None
    if said.endswith(b" OK"):
        return Scan.CLEAN
    if said.endswith(b" FOUND"):
        return Scan.FOUND
    raise ScannerAway


def scanned(address: str, pieces: Iterable[bytes]) -> Scan | None:
    """What the scanner says; None while it is away, so that the document has to wait for it."""
    if not address:
        return Scan.OFF
    try:
        return scan(address, pieces)
    except ScannerAway:
        return None


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_SECONDS)
        try:
            connection.connect(str(Path(address)))
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=_SECONDS)


def _said(connection: socket.socket) -> bytes:
    said = b""
    while not said.endswith(b"\0") and len(said) < _MOST_SAID:
        more = connection.recv(_MOST_SAID)
        if not more:
            break
        said += more
    return said.rstrip(b"\0\n")
