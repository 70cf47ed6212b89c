"""PostgreSQL's own programs: where they are, how old they are, and how they are told where to go."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import make_url

from app.backups.rules import Unusable

#: What a program of PostgreSQL may see of this one's environment; its own variables could send it elsewhere.
_KEPT: Final = ("PATH", "LC_ALL", "LANG", "TZ", "TMPDIR", "HOME", "SSL_CERT_FILE")


def program(name: str) -> tuple[Path, int]:
    """Where ``pg_dump`` or ``pg_restore`` is, and its major version. Raises Unusable."""
    found = shutil.which(name)
    if found is None:
        raise Unusable(f"There is no {name} on PATH. Install the client programs of PostgreSQL (postgresql-client).")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"\) (\d+)", said)
    if version is None:
        raise Unusable(f"{found} does not say its version: it is not PostgreSQL's {name}.")
    return Path(found), int(version[1])


def refuse_older(name: str, have: int, need: int) -> None:
    """Raises Unusable when a program is older than the server or the backup that it has to read."""
    if have < need:
        raise Unusable(
            f"{name} is of PostgreSQL {have}, and PostgreSQL {need} is needed here. Install the client programs of"
            f" PostgreSQL {need} (postgresql-client-{need}) and put them first on PATH."
        )


def address_of(url: str) -> tuple[str, dict[str, str]]:
    """A SQLAlchemy address as libpq takes it, without the password, and the environment that holds the password.

    Arguments of a process can be read by everybody on the machine; its environment only by the same account.
    """
    address = make_url(url)
    query = {name: value for name, value in address.query.items() if isinstance(value, str)}
    given = {"host": address.host, "port": address.port, "user": address.username, "dbname": address.database}
    conninfo = make_conninfo("", **{name: value for name, value in {**given, **query}.items() if value is not None})
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment["PGOPTIONS"] = "-c timezone=UTC -c app.sees=operator -c statement_timeout=0 -c lock_timeout=60000"
    environment["PGAPPNAME"] = "amparo backup"
    if address.password is not None:
        environment["PGPASSWORD"] = str(address.password)
    return conninfo, environment


def said_by(name: str, stderr: bytes) -> str:
    """What a program said was wrong, in its first line that says so. It names tables and never values."""
    lines = stderr.decode("utf-8", errors="replace").splitlines()
    errors = [line for line in lines if "error" in line.lower()] or lines
    first = errors[0].strip() if errors else "it gave no reason"
    if "No space left" in stderr.decode("utf-8", errors="replace"):
        return f"{name} found no space left on the disk."
    return f"{name} failed: {first[:300]}"
