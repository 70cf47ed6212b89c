"""A server with many lives: started, killed in the middle of its work, started again, over the same data."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from app.config import Settings

#: Loads the program once and then serves in a child of its own for each line it reads: a life costs no second start.
_AGAIN = """
import os, sys
from app.cli.serving import run_server
from app.main import from_environment
for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        run_server("app.main:from_environment", "127.0.0.1", int(sys.argv[1]), 1)
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("over", flush=True)
"""


def environment_of(settings: Settings, port: int) -> dict[str, str]:
    """What a server process is told about an installation."""
    told = {
        "AMPARO_ENVIRONMENT": settings.environment.value,
        "AMPARO_DATA_DIR": str(settings.data_dir),
        "AMPARO_DATABASE_URL": settings.database,
        "AMPARO_KEYRING_FILE": str(settings.keyring),
        "AMPARO_ORIGIN": f"http://localhost:{port}",
        "AMPARO_SESSION_IDLE_MINUTES": "720",
    }
    return {name: value for name, value in os.environ.items() if not name.startswith("AMPARO_")} | told


def command(settings: Settings, port: int, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the `amparo` command over the installation."""
    program = Path(sys.executable).parent / "amparo"
    return subprocess.run(
        (program, *words), env=environment_of(settings, port), capture_output=True, text=True, check=False, timeout=120
    )


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Lives:
    """The server process of an installation, and its present life."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._again: subprocess.Popen[str] | None = None

    @contextmanager
    def first(self) -> Iterator[int]:
        """A life by the command itself; its process id. It is over at the end of the block, whoever ended it."""
        program = Path(sys.executable).parent / "amparo"
        command = (program, "serve", "--port", str(self.port))
        with subprocess.Popen(command, env=environment_of(self.settings, self.port)) as process:
            try:
                self._wait_until_ready()
                yield process.pid
            finally:
                process.kill()

    @contextmanager
    def next(self) -> Iterator[int]:
        """Another life; its process id. It is over at the end of the block, whoever ended it."""
        parent = self._again or self._load()
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write("\n")
        parent.stdin.flush()
        child = int(parent.stdout.readline())
        try:
            self._wait_until_ready()
            yield child
        finally:
            _end(child)
            assert parent.stdout.readline() == "over\n"

    def close(self) -> None:
        """End the process that lends the lives."""
        if self._again is not None:
            self._again.communicate()
            self._again = None

    def _load(self) -> subprocess.Popen[str]:
        command = (sys.executable, "-c", _AGAIN, str(self.port))
        pipe = subprocess.PIPE
        self._again = subprocess.Popen(
            command, env=environment_of(self.settings, self.port), stdin=pipe, stdout=pipe, text=True
        )
        return self._again

    def _wait_until_ready(self, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if httpx2.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.02)
        raise AssertionError("the server did not come up")


def _end(process_id: int) -> None:
    try:
        os.kill(process_id, signal.SIGKILL)
    except ProcessLookupError:
        return
