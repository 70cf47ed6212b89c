"""A scanner that speaks ClamAV's words on loopback or on a socket of its own, and finds what it is told to find."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Scanner:
    """What the stub answers, and what it was sent."""

    address: str = ""
    harmful: bytes = b"HARMFUL"
    answer: bytes = b""
    seen: list[bytes] = field(default_factory=list)

    def said_of(self, data: bytes) -> bytes:
        """In the daemon's words."""
        self.seen.append(data)
        found = b"stream: Test.Signature FOUND\0" if self.harmful in data else b"stream: OK\0"
        return self.answer or found


@contextmanager
def scanning(place: Path | None = None) -> Iterator[Scanner]:
    """Serve on loopback, or on a socket in a folder."""
    scanner = Scanner()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.read(10) == b"zINSTREAM\0"
            data = bytearray()
            while length := struct.unpack("!I", self.rfile.read(4))[0]:
                data += self.rfile.read(length)
            self.wfile.write(scanner.said_of(bytes(data)))

    server: socketserver.BaseServer
    if place is None:
        tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        scanner.address, server = f"127.0.0.1:{tcp.server_address[1]}", tcp
    else:
        scanner.address, server = str(place), socketserver.ThreadingUnixStreamServer(str(place), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield scanner
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
