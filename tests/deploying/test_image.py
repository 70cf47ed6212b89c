"""The image's steps, followed without Docker; then it serves from a tree that nobody can write."""

import hashlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.deploying import confined
from tests.deploying.dockerfile import read
from tests.deploying.following import ROOT, Followed, context_names, follow, in_tree
from tests.lives import free_port

PASSPHRASE = "one small lantern on a hill"
SAME_ORIGIN = {"Origin": confined.ORIGIN, "Sec-Fetch-Site": "same-origin", "X-Requested-With": "amparo"}


@pytest.fixture(scope="session")
def followed() -> Iterator[Followed]:
    """The image's tree, made once: by an account that owns nothing else, in a folder that every account may enter."""
    folder = Path(tempfile.mkdtemp(prefix="amparo-image-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        made = follow(folder)
        for path in made.place("/srv").rglob("*"):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
        yield made
    finally:
        for path in folder.rglob("*"):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        shutil.rmtree(folder)


@pytest.fixture
def image(followed: Followed) -> Followed:
    """With empty volumes of the image's own account, and nothing else that it can write."""
    for volume in followed.volumes():
        shutil.rmtree(volume, ignore_errors=True)
        volume.mkdir(parents=True)
        volume.chmod(0o700)
        if os.geteuid() == 0:
            os.chown(volume, confined.account(followed), confined.account(followed))
    return followed


def digest(image: Followed) -> str:
    whole = hashlib.sha256()
    for name in in_tree(image.place("/srv")):
        whole.update(name.encode() + (image.place("/srv") / name).read_bytes())
    return whole.hexdigest()


def wait_until_ready(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError("it did not become ready")


def sign_in(port: int) -> int:
    form = {"email": "ada@example.org", "password": PASSPHRASE}
    return httpx2.post(
        f"http://127.0.0.1:{port}/api/v1/session", json=form, headers=SAME_ORIGIN, timeout=30
    ).status_code


def test_it_serves_keeps_and_writes_nowhere_else(image: Followed) -> None:
    before = digest(image)
    assert "Back this file up now" in confined.run(image, "init").stdout
    added = confined.run(image, "staff", "add", "--email", "ada@example.org", "--name", "Ada", "--role", "auditor")
    secret = added.stdout.strip().rpartition("#")[2]
    port = free_port()
    with confined.serving(image, port):
        wait_until_ready(port)
        assert confined.healthy(image, port)
        first = httpx2.post(
            f"http://127.0.0.1:{port}/api/v1/session/first-password",
            json={"secret": secret, "password": PASSPHRASE},
            headers=SAME_ORIGIN,
            timeout=30,
        )
        assert first.status_code < 300, first.text
        page = httpx2.get(f"http://127.0.0.1:{port}/sign-in")
        sheet = re.search(r'href="(/static/[^"]+uswds[^"]+css)"', page.text)
        assert sheet is not None
        assert httpx2.get(f"http://127.0.0.1:{port}{sheet[1]}").status_code == 200
    assert not confined.healthy(image, port)
    with confined.serving(image, port):
        wait_until_ready(port)
        assert sign_in(port) < 300
    found = confined.run(image, "doctor")
    # Whoever has just made an installation has named nobody who can read its backups, and made none: nothing else.
    named = re.findall(r"^PROBLEM.*\[(\S+)\]$", found.stdout, re.MULTILINE)
    assert (found.returncode, named) == (1, ["backup.recipients", "backup.old", "backup.keys_old"]), found.stdout
    assert digest(image) == before
    assert all(path.stat().st_mode & 0o077 == 0 for volume in image.volumes() for path in volume.iterdir())


@pytest.mark.parametrize("place", ["app/new", ".venv/new", "migrations/new", "/etc/new", "/usr/local/new", "/new"])
def test_it_can_not_write_elsewhere(place: str, image: Followed) -> None:
    tried = confined.python(image, f"open({place!r}, 'w')")
    assert re.search(r"(PermissionError|Read-only file system)", tried.stderr), tried.stderr


def test_it_does_not_start_without_its_address(image: Followed) -> None:
    code = "import os, sys, app.cli; del os.environ['AMPARO_ORIGIN']; sys.argv = ['amparo', 'serve']; app.cli.main()"
    tried = confined.python(image, code)
    assert tried.returncode == 1
    assert "Set AMPARO_ORIGIN" in tried.stderr


def test_only_what_runs_is_in_it(followed: Followed) -> None:
    names = set(in_tree(followed.place("/srv/amparo")))
    assert "app/web/static/vendor/uswds/css/uswds.min.css" in names
    assert not [name for name in names if re.match(r"(\.boot|node_modules|tests|docs|benchmarks|\.ci|boot\.txt)", name)]
    assert not [name for name in names if re.search(r"/site-packages/(pytest|mypy|playwright|pip)/", name)]


def test_nothing_secret_can_get_in(tmp_path: Path) -> None:
    """An installation, and secrets of other tools, among the sources."""
    wanted = ["app/main.py", "migrations/env.py", "pyproject.toml"]
    left = [
        "data/keyring.json",
        "app/keyring.json",
        "app/.env",
        "app/amparo.db",
        ".env",
        "docs/deploying/secrets/app_url",
    ]
    for name in (*wanted, *left):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / ".dockerignore").write_bytes((ROOT / ".dockerignore").read_bytes())
    assert context_names(tmp_path) == wanted
    assert not re.search(r"(?i)(password|secret|token)\s*=", (ROOT / "Dockerfile").read_text())


def test_its_account_and_its_bases(followed: Followed) -> None:
    file = read(ROOT / "Dockerfile")
    number = confined.account(followed)
    noted = followed.notes.read_text()
    assert number > 1000
    assert f"--uid {number}" in noted
    assert f"--gid {number}" in noted
    assert [file.base(stage).count(":") for stage in file.stages] == [1, 1, 1], "each base has its tag"
    assert not any(re.search(r"[a-z0-9-]+\.[a-z]+/", file.base(stage)) for stage in file.stages), "no mirror's name"
    assert all(not file.base(stage).endswith(":latest") for stage in file.stages)
    for folder in file.image.last("VOLUME").words():
        assert "-m 0700 -o amparo -g amparo" in noted
        assert followed.mapped(folder) in noted
