"""The settings that say how this machine gets to its root key; docs/operating/keys.md tells when each is needed."""

import os
from functools import cached_property
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings


class KeySettings(BaseSettings):
    """The part of ``Settings`` that is about keys."""

    data_dir: Path = Path("data")
    keyring_file: Path | None = Field(default=None, description="the root key; keep it apart from the data")
    keyring_passphrase_file: Path | None = Field(
        default=None, description="a file with the passphrase that opens the keyring; a systemd credential is found"
    )
    pkcs11_module: Path | None = Field(default=None, description="the library (.so) of the security module")
    pkcs11_token: str = Field(default="", description="label of the token on which a new root key is made")
    pkcs11_pin_file: Path | None = Field(default=None, description="a file with its PIN; a systemd credential is found")
    kms_key: str | None = Field(default=None, description="a key at AWS KMS for the root; one is made unless given")
    kms_region: str | None = Field(default=None, description="its region, like eu-central-1")
    kms_endpoint: str | None = Field(default=None, description="its address, where it is not the region's usual one")
    key_patience_seconds: float = Field(default=10.0, gt=0, le=60, description="for an answer of a key service")
    key_days: int = Field(
        default=0, ge=0, le=36_500, description="after so many days an applicant's key needs renewing; 0 says never"
    )
    unseal_dir: Path | None = Field(default=None, description="where a sealed server listens; unseal in data_dir")

    @cached_property
    def keyring(self) -> Path:
        return self.keyring_file or self.data_dir / "keyring.json"

    @cached_property
    def keyring_passphrase(self) -> Path | None:
        """The file that holds the keyring's passphrase; None when people tell it."""
        return self.keyring_passphrase_file or _credential("keyring-passphrase")

    @cached_property
    def pkcs11_pin(self) -> Path | None:
        """The file that holds the security module's PIN."""
        return self.pkcs11_pin_file or _credential("pkcs11-pin")

    @cached_property
    def unsealing(self) -> Path:
        """The folder of the sockets at which sealed servers of this installation listen."""
        return self.unseal_dir or self.data_dir / "unseal"


def _credential(name: str) -> Path | None:
    """What systemd gives a service by LoadCredential= under this name."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    found = Path(folder) / name if folder else None
    return found if found is not None and found.is_file() else None
