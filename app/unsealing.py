"""How a sealed server is told what opens it: a local socket (mode 0600) in a folder of its own (mode 0700).

Nothing that is told goes over a network, into a file, an argument or an environment variable. Each server process has
its own socket; the kernel says who is at the other end, and only the server's own account and root are listened to.
"""

import json
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from app.crypto import KeysUnavailable, Secret

_LONGEST: Final = 65_536
_LONGEST_ADDRESS: Final = 100
_SECONDS: Final = 60.0
_CREDENTIALS: Final = struct.Struct("3i")  # process, account, group: SO_PEERCRED of Linux
_ENDING: Final = ".socket"


class Listener:
    """Waits for somebody who tells a secret, and says what came of it."""

    def __init__(self, folder: Path, opening: Callable[[Secret], None]) -> None:
        """``opening`` raises KeysUnavailable for a secret that does not open."""
        self._path = folder / f"{os.getpid()}{_ENDING}"
        self._opening = opening
        self._socket: socket.socket | None = None

    def start(self) -> None:
        """Listen in a thread. Raises KeysUnavailable when there is no place for the socket."""
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.parent.chmod(0o700)
            self._path.unlink(missing_ok=True)
            with _short(self._path) as address:
                listening.bind(address)
            self._path.chmod(0o600)
        except OSError as trouble:
            listening.close()
            raise KeysUnavailable(
                f"No socket can be made at {self._path} ({trouble}). Set AMPARO_UNSEAL_DIR to a short path of a folder "
                "that this account can write."
            ) from None
        listening.listen(4)
        self._socket = listening
        threading.Thread(target=self._listen, args=(listening,), daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        listening, self._socket = self._socket, None
        if listening is not None:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            self._path.unlink(missing_ok=True)

    def _listen(self, listening: socket.socket) -> None:
        while self._socket is listening:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(_SECONDS)
                if _is_ours(connection):
                    connection.sendall(json.dumps(self._answer(connection)).encode() + b"\n")

    def _answer(self, connection: socket.socket) -> dict[str, str]:
        try:
            told = json.loads(_line(connection))
            secret = Secret(told.get("passphrase"), tuple(map(str, told.get("shares", ()))))
        except (ValueError, AttributeError, TypeError):
            return {"refused": "That can not be read."}
        try:
            self._opening(secret)
        except KeysUnavailable as refused:
            return {"refused": str(refused)}
        except Exception as trouble:  # noqa: BLE001 - whatever stops the start is told to who opens, by its kind alone
            return {"refused": f"The server could not start ({type(trouble).__name__}). See its log."}
        return {"opened": "yes"}


def sealed_servers(folder: Path) -> list[Path]:
    """The sockets at which a server listens now; what a killed one left is removed."""
    found = []
    for path in sorted(folder.glob(f"*{_ENDING}")):
        try:
            with _connected(path):
                found.append(path)
        except OSError:
            path.unlink(missing_ok=True)
    return found


def hand_over(path: Path, secret: Secret) -> None:
    """Tell one server. Raises KeysUnavailable with its refusal, or when it went away meanwhile."""
    try:
        with _connected(path) as connection:
            told = {"passphrase": secret.passphrase, "shares": secret.shares}
            connection.sendall(json.dumps(told).encode() + b"\n")
            answer = json.loads(_line(connection))
    except (OSError, ValueError):
        raise KeysUnavailable("The server went away meanwhile. See whether it runs, then try again.") from None
    if "opened" not in answer:
        raise KeysUnavailable(str(answer["refused"]))


def _connected(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(_SECONDS)
        with _short(path) as address:
            connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """An address of the socket: the kernel takes 107 bytes at most, but Linux knows its folder by a number too."""
    if len(os.fsencode(path)) < _LONGEST_ADDRESS or not Path("/proc/self/fd").is_dir():
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _is_ours(connection: socket.socket) -> bool:
    option: int | None = getattr(socket, "SO_PEERCRED", None)
    if option is None:  # elsewhere the modes of socket and folder alone keep others out
        return True
    _, account, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size))
    return account in (0, os.geteuid())


def _line(connection: socket.socket) -> bytes:
    return b"".join(_parts(connection))


def _parts(connection: socket.socket) -> Iterator[bytes]:
    length = 0
    while part := connection.recv(4096):
        length += len(part)
        if length > _LONGEST:
            raise ValueError("too long")
        yield part
        if part.endswith(b"\n"):
            return
