"""Run a followed image as its own account, where it can write its volumes and nothing else."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tests.deploying.following import Followed

ORIGIN = "https://amparo.example.org"
#: In a mount namespace of its own: everything read-only, but the volumes, and a small /tmp in memory.
_CONFINE = """
set -eu
number=$1; shift
while [ "$1" != -- ]; do mount --bind "$1" "$1"; shift; done; shift
mount -o remount,bind,ro /
mount -t tmpfs -o size=16m,mode=1777,noexec tmpfs /tmp
exec setpriv --reuid "$number" --regid "$number" --clear-groups --no-new-privs --bounding-set -all -- "$@"
"""


def run(image: Followed, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """One command in the image, to its end."""
    return subprocess.run(
        prefix(image) + program(image) + list(arguments), **how(image), capture_output=True, text=True, check=False
    )


def python(image: Followed, code: str) -> "subprocess.CompletedProcess[str]":
    """A line of Python in the image."""
    interpreter = image.place(image.stage.last("WORKDIR").rest) / ".venv" / "bin" / "python"
    return subprocess.run(
        [*prefix(image), str(interpreter), "-c", code], **how(image), capture_output=True, text=True, check=False
    )


@contextmanager
def serving(image: Followed, port: int) -> "Iterator[subprocess.Popen[str]]":
    """What CMD says, on another port."""
    command = [word.replace("8000", str(port)) for word in image.stage.last("CMD").words()]
    with subprocess.Popen(prefix(image) + program(image) + command, **how(image), text=True) as process:
        try:
            yield process
        finally:
            process.terminate()  # STOPSIGNAL
            process.wait(30)


def healthy(image: Followed, port: int) -> bool:
    """What HEALTHCHECK says."""
    check = image.stage.last("HEALTHCHECK").rest.partition("CMD ")[2]
    code = next(word for word in check.split('", "') if "urlopen" in word).removesuffix('"]')
    return python(image, code.replace("8000", str(port))).returncode == 0


def program(image: Followed) -> list[str]:
    name = image.stage.last("ENTRYPOINT").words()[0]
    folders = image.environment()["PATH"].split(os.pathsep)
    return [str(next(path for folder in folders if (path := Path(folder) / name).is_file()))]


def account(image: Followed) -> int:
    """The number in USER."""
    return int(image.stage.last("USER").rest.split(":")[0])


def prefix(image: Followed) -> list[str]:
    """What confines a command: as root all of it, else what this account can not write anyway.

    Where root is not allowed a mount namespace, as in many containers, the account and the tree's modes must do alone.
    """
    if os.geteuid() != 0:
        return []
    number = str(account(image))
    if not _may_unshare():
        return ["setpriv", "--reuid", number, "--regid", number, "--clear-groups", "--no-new-privs"]
    return ["unshare", "--mount", "sh", "-c", _CONFINE, "sh", number, *map(str, image.volumes()), "--"]


@cache
def _may_unshare() -> bool:
    tried = ["unshare", "--mount", "mount", "-o", "remount,bind,ro", "/"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def how(image: Followed) -> dict[str, Any]:
    """Where and with which variables; nothing of this machine's environment comes along."""
    return {
        "cwd": image.place(image.stage.last("WORKDIR").rest),
        # Its first person has no passkey at hand: a password with a code lets them begin.
        "env": image.environment()
        | {"AMPARO_ORIGIN": ORIGIN, "AMPARO_SIGN_IN_STRENGTH": "fund=two_factors", "LC_ALL": "C.UTF-8"},
    }
