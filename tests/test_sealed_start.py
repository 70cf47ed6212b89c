"""A server without its root key: alive, open to nobody, and opened by people without a restart."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from app import unsealing
from app.cli import app as commands
from app.config import Settings
from app.crypto import KeysUnavailable, NewRoot, Place, Secret, split, telling
from app.crypto.roots import with_passphrase
from app.installation import open_vault
from app.main import from_environment
from app.unsealing import Listener, hand_over, sealed_servers
from app.web import sealed
from tests.lives import environment_of
from tests.world import ORIGIN, copy_of_sqlite, secret_of

PASSPHRASE = "six random words are good here"
WORDS = split(bytes(range(32)), shares=5, needed=3)


@pytest.fixture
def settings(sqlite_installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation that commands and servers of this process find in the environment."""
    made = copy_of_sqlite(sqlite_installation, tmp_path)
    for name, value in environment_of(made, 8000).items():
        if name.startswith("AMPARO_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("AMPARO_ORIGIN", ORIGIN)
    return Settings()


def move(settings: Settings, wanted: NewRoot) -> None:
    vault = open_vault(settings)
    vault.rotate_root(wanted)
    vault.close()


def run(*words: str, told: str = "") -> Result:
    return CliRunner().invoke(commands, words, input=told)


@contextmanager
def served() -> Iterator[TestClient]:
    """The server as `amparo serve` starts it, without a terminal."""
    with TestClient(from_environment(), base_url=ORIGIN, raise_server_exceptions=False) as client:
        yield client


def test_a_sealed_server_serves_nobody_until_it_is_opened(settings: Settings) -> None:
    move(settings, NewRoot(Place.SHARES, Secret(shares=WORDS)))
    with served() as client:
        assert client.get("/healthz").json() == {"status": "alive"}
        session = {"Cookie": f"amparo={secret_of('intake')}"}
        for path in ("/readyz", "/api/v1/staff/me", "/api/v1/applications", "/anything"):
            refused = client.get(path, headers=session)
            assert (refused.status_code, refused.json()["code"]) == (503, "sealed"), path
            assert refused.headers["content-type"] == "application/problem+json"
            assert "locked until the people who keep its key open it" in refused.json()["detail"]
        assert client.post("/api/v1/session", json={"email": "a@b.example", "password": "x"}).status_code == 503
        page = client.get("/", headers={"Accept": "text/html", "Accept-Language": "es"})
        assert (page.status_code, page.headers["retry-after"]) == (503, "30")
        assert "Content-Security-Policy" in page.headers
        assert '<html lang="es"' in page.text
        opened = run("keys", "unseal", told="\n".join(WORDS[2:5]) + "\n")
        assert (opened.exit_code, opened.stdout.splitlines()[-1]) == (0, "Open: 1 server process.")
        assert client.get("/readyz").json() == {"status": "ready"}
        assert client.get("/api/v1/applications", headers=session).status_code == 200
        assert sealed_servers(settings.unsealing) == []
        assert "No sealed server waits here" in run("keys", "unseal").stderr


def test_wrong_words_are_said_and_open_nothing(settings: Settings) -> None:
    move(settings, NewRoot(Place.SHARES, Secret(shares=WORDS)))
    other = split(bytes(32), shares=5, needed=3)
    with served() as client:
        for told, sentence in (
            (("no words", *WORDS[1:3]), "Share 1 has a mistyped or missing word"),
            ((*WORDS[:2], other[0]), "Share 3 belongs to another set"),
            (WORDS[:2], "This installation is sealed"),
            ((WORDS[0],) * 3, "1 different shares were typed, and 3 are needed"),
        ):
            failed = run("keys", "unseal", told="\n".join(told) + "\n")
            assert sentence in str(failed.exception), told
            assert client.get("/readyz").status_code == 503
        # What is handed over past the command is checked by the server itself.
        (path,) = sealed_servers(settings.unsealing)
        with pytest.raises(KeysUnavailable, match="Share 1 belongs to another set"):
            hand_over(path, Secret(shares=other[:3]))
        with pytest.raises(KeysUnavailable, match="shares and not with a passphrase"):
            hand_over(path, Secret(passphrase=PASSPHRASE))
        assert client.get("/readyz").status_code == 503


@pytest.mark.usefixtures("settings")
def test_a_passphrase_comes_from_a_credential_a_file_or_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(with_passphrase, "_MEMORY", 8 * 1024)  # what it really costs is looked at in tests/crypto
    assert "sealed by a passphrase" in run("keys", "move", "--to", "passphrase", told=f"{PASSPHRASE}\n").stdout
    with served() as client:
        assert client.get("/readyz").json()["code"] == "sealed"
        assert "not the passphrase" in str(run("keys", "unseal", told="another one entirely\n").exception)
        assert run("keys", "unseal", told=f"{PASSPHRASE}\n").exit_code == 0
        assert client.get("/readyz").status_code == 200
    (tmp_path / "keyring-passphrase").write_text(f"{PASSPHRASE}\n")
    for name, value in (
        ("AMPARO_KEYRING_PASSPHRASE_FILE", str(tmp_path / "keyring-passphrase")),
        ("CREDENTIALS_DIRECTORY", str(tmp_path)),
    ):
        with monkeypatch.context() as patched:
            patched.setenv(name, value)
            with served() as client:
                assert client.get("/readyz").status_code == 200


@pytest.mark.usefixtures("settings")
def test_keys_are_split_moved_and_changed_on_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.keys.split", lambda *_, **__: WORDS)
    failed = run("keys", "split", told="\n".join(split(bytes(32), shares=5, needed=3)[:3]) + "\n")
    assert "That is not what was shown. Nothing was changed" in failed.stderr
    assert "Root key: the keyring file, made" in run("keys", "status").stdout
    done = run("keys", "split", told="\n".join(WORDS[:3]) + "\n")
    assert "Done. 3 of 5 shares open this installation" in done.stdout
    assert all(done.stdout.count(words) == 1 for words in WORDS)
    token = telling.set(lambda keyring: keyring.unlock(Secret(shares=WORDS[1:4])))
    try:
        assert "Root key: 3 of 5 shares on paper" in run("keys", "status").stdout
        changed = run("keys", "rotate", "--macs")
        assert "Epoch 2 has begun" in changed.stdout
        assert "New shares must be written down by people" in str(run("keys", "rotate", "--root").exception)
        assert "Key of the digests: version 2" in run("keys", "status").stdout
        assert "now here: the keyring file" in run("keys", "move", "--to", "file").stdout
    finally:
        telling.reset(token)
    with served() as client:
        assert client.get("/readyz").status_code == 200
        audit = run("audit", "verify")
        assert audit.exit_code == 0, audit.output


def test_only_its_own_account_is_listened_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Secret] = []
    listener = Listener(tmp_path / "unseal", told.append)
    (tmp_path / "unseal").mkdir(mode=0o777)
    stale = tmp_path / "unseal" / "1.socket"
    with socket.socket(socket.AF_UNIX) as left, unsealing._short(stale) as address:
        left.bind(address)
    listener.start()
    try:
        (path,) = sealed_servers(tmp_path / "unseal")
        assert path.name == f"{os.getpid()}.socket"
        assert not stale.exists()
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        monkeypatch.setattr(unsealing, "_is_ours", lambda _: False)
        with pytest.raises(KeysUnavailable, match="went away"):
            hand_over(path, Secret(passphrase=PASSPHRASE))
        monkeypatch.undo()
        hand_over(path, Secret(passphrase=PASSPHRASE))
        assert [each.passphrase for each in told] == [PASSPHRASE]
        with socket.socket(socket.AF_UNIX) as rude, unsealing._short(path) as address:
            rude.connect(address)
            rude.sendall(b"[]\n")
            assert rude.recv(100) == b'{"refused": "That can not be read."}\n'
    finally:
        listener.stop()
    assert sealed_servers(tmp_path / "unseal") == []


class Peer:
    def __init__(self, account: int) -> None:
        self.account = account

    def getsockopt(self, *_: Any) -> bytes:
        return unsealing._CREDENTIALS.pack(1, self.account, 1)


@pytest.mark.skipif(not hasattr(socket, "SO_PEERCRED"), reason="only Linux tells who is at the other end")
@pytest.mark.parametrize(("account", "heard"), [(0, True), (1234, True), (1235, False)])
def test_the_kernel_says_who_speaks(account: int, heard: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    assert unsealing._is_ours(Peer(account)) is heard  # type: ignore[arg-type]  # the one method that is asked


def test_what_fails_at_the_opening_is_told_by_its_kind(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError(PASSPHRASE)

    move(settings, NewRoot(Place.SHARES, Secret(shares=WORDS)))
    with served() as client:
        monkeypatch.setattr(sealed.SealedStart, "_begin", broken)
        failed = run("keys", "unseal", told="\n".join(WORDS[:3]) + "\n")
        assert str(failed.exception) == "The server could not start (ZeroDivisionError). See its log."
        assert client.get("/readyz").status_code == 503
