"""A large file over real HTTP: a server on the loopback, a browser's form sent in steps, and its memory watched."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx2

from app.config import Settings
from tests.lives import environment_of, free_port
from tests.world import API, secret_of

STEP = 65_536
_BOUNDARY = "amparo-large-file"
_LINE = b"Every line of this letter says the same, and it is a long letter.\n"
_TEXT = (_LINE * (STEP // len(_LINE) + 1))[:STEP]


@dataclass(frozen=True)
class Figures:
    """Seconds there and back, and by how many bytes the server's resident memory grew at most meanwhile."""

    there: float
    back: float
    grown_there: int
    grown_back: int


@contextmanager
def serving(settings: Settings, most_bytes: int) -> Iterator[tuple[str, int]]:
    """A server process over the installation: its address and its process id."""
    port = free_port()
    told = environment_of(settings, port) | {"AMPARO_MAX_DOCUMENT_BYTES": str(most_bytes)}
    command = (Path(sys.executable).parent / "amparo", "serve", "--port", str(port))
    with subprocess.Popen(command, env=told, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url)
            yield url, process.pid
        finally:
            process.terminate()


def there_and_back(url: str, pid: int, case: str, length: int) -> Figures:
    """Hand in a text of this length on a case as its attorney, and open the original again."""
    with httpx2.Client(base_url=url + API, timeout=300, headers=_headers()) as client:
        _send(client, case, STEP)  # what is loaded at the first upload is no growth
        with watched(pid) as watch:
            began = time.perf_counter()
            document = _send(client, case, length)
            there = time.perf_counter() - began
        grown = watch.most
        with watched(pid) as watch:
            began = time.perf_counter()
            came = 0
            with client.stream("GET", f"/documents/{document}/content?version=original") as answer:
                assert answer.status_code == 200
                for piece in answer.iter_bytes():
                    came += len(piece)
            back = time.perf_counter() - began
    assert came == length
    return Figures(there, back, grown, watch.most)


class _Watch:
    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self._before = self.resident()
        self.most = 0
        self.over = threading.Event()

    def resident(self) -> int:
        """Bytes of memory that the process holds now."""
        line = next(each for each in self._status.read_text().splitlines() if each.startswith("VmRSS:"))
        return int(line.split()[1]) << 10

    def run(self) -> None:
        while not self.over.wait(0.02):
            self.most = max(self.most, self.resident() - self._before)


@contextmanager
def watched(pid: int) -> Iterator[_Watch]:
    """By how much a process grows at most, within the block."""
    watch = _Watch(pid)
    thread = threading.Thread(target=watch.run)
    thread.start()
    try:
        yield watch
    finally:
        watch.over.set()
        thread.join()


def _send(client: httpx2.Client, case: str, length: int) -> str:
    headers = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}", "Idempotency-Key": str(uuid4())}
    answer = client.post(f"/cases/{case}/documents", content=_form(length), headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _form(length: int) -> Iterator[bytes]:
    yield f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="kind"\r\n\r\nevidence\r\n'.encode()
    yield (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="letter.txt"\r\n'
        "Content-Type: text/plain\r\n\r\n"
    ).encode()
    left = length
    while left:
        piece = _TEXT[: min(left, STEP)]
        left -= len(piece)
        yield piece
    yield f"\r\n--{_BOUNDARY}--\r\n".encode()


def _headers() -> dict[str, str]:
    return {"Cookie": f"amparo={secret_of('attorney')}", "Sec-Fetch-Site": "same-origin"}


def _wait_for(url: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if httpx2.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError("the server did not come up")
