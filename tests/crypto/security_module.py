"""A security module for the tests: SoftHSM, the machine's own, with a token in a folder of the test."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TOKEN, PIN = "amparo", "482915"
_LIBRARIES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


def find_module() -> Path:
    """The library. In a build its lack is a failure, on somebody's own machine the test is skipped."""
    found = next(filter(Path.is_file, map(Path, (os.environ.get("SOFTHSM2_MODULE", ""), *_LIBRARIES))), None)
    if found is None or shutil.which("softhsm2-util") is None:
        sentence = "no SoftHSM: install Debian's softhsm2 package"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


class SecurityModule:
    """A token that can be taken away, and a PIN that can be changed."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.library = find_module()
        self.tokens, self.away = folder / "tokens", folder / "tokens-away"
        self.tokens.mkdir()
        settings = folder / "softhsm2.conf"
        settings.write_text(f"directories.tokendir = {self.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
        monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
        self.pin_file = folder / "pin"
        self.pin_file.write_text(PIN + "\n")
        self.make_token()

    def make_token(self) -> None:
        words = ("--init-token", "--free", "--label", TOKEN, "--so-pin", "73512846", "--pin", PIN)
        subprocess.run(("softhsm2-util", *words), check=True, capture_output=True)

    def take_away(self) -> None:
        self.tokens.rename(self.away)
        self.tokens.mkdir()

    def drop_token(self) -> None:
        shutil.rmtree(self.tokens)
        self.tokens.mkdir()

    def bring_back(self) -> None:
        self.tokens.rmdir()
        self.away.rename(self.tokens)
