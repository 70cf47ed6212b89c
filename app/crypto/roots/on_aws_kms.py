"""The root key at a cloud's key service (AWS KMS, API of 2014-11-01): made there, and never given out.

The label is the encryption context, so a wrapped key opens in its place only. Needs the extra `kms`.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any, Final, TypeVar

import boto3  # type: ignore[import-untyped]  # it comes without types
from botocore import exceptions as refused  # type: ignore[import-untyped]  # the same
from botocore.config import Config  # type: ignore[import-untyped]  # the same

from app.crypto.refusals import KeysUnavailable
from app.crypto.roots.answering import slow
from app.crypto.roots.root import Access, Entry, Making, Place, Root, marked, text, unmarked

#: The service deletes no key sooner (PendingWindowInDays).
DELETION_DAYS: Final = 7
_ATTEMPTS: Final = 4
Answer = TypeVar("Answer")

_SENTENCES: Final = {
    "NotFoundException": "knows no such key. Check the region, and that the key was not deleted.",
    "DisabledException": "has this key disabled. Somebody with the right to must enable it again.",
    "KMSInvalidStateException": "is about to delete this key. Cancel its deletion at once: without it nothing opens.",
    "AccessDeniedException": "does not let this account use the key. Check its policy and the credentials here.",
    "IncorrectKeyException": "holds another key than this was wrapped with. Check AMPARO_KMS_REGION and the keyring.",
    "InvalidCiphertextException": "did not wrap this key for this place: it and the keystore do not belong together.",
}


class AWSKMS(Root):
    """A root at the key service. Credentials come from the machine's role or its usual files, never from Amparo."""

    place = Place.AWS_KMS
    remote = True
    delay = timedelta(days=DELETION_DAYS)

    def __init__(self, entry: Entry, access: Access) -> None:
        super().__init__(entry, access)
        self._key = str(entry.details["key"])
        self._ours = bool(entry.details["ours"])

    @classmethod
    def make(cls, new: Making) -> Mapping[str, Any]:
        """The key that the settings name, unless it is the present root; else one that the service makes now."""
        named, before = new.access.kms_key, new.before
        if named and (before is None or before.entry.details["key"] != named):
            return {"key": named, "ours": False}
        return {
            "key": cls(Entry(new.root_id, 0, cls.place, {"key": "", "ours": True}), new.access).create(),
            "ours": True,
        }

    def create(self) -> str:
        """Have the service make the key; gives its address there (ARN)."""
        what = f"Root key {self.entry.id} of an Amparo installation"
        return str(self._ask(lambda client: client.create_key(Description=what))["KeyMetadata"]["Arn"])

    @property
    def name(self) -> str:
        return f"The key service ({self._key.rpartition(':')[2] or 'no key yet'})"

    def wrap(self, key: bytes, label: bytes) -> bytes:
        payload, context = marked(key, label), {"amparo": text(label)}
        found = self._ask(lambda client: client.encrypt(KeyId=self._key, Plaintext=payload, EncryptionContext=context))
        return bytes(found["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, label: bytes) -> bytes:
        context = {"amparo": text(label)}
        found = self._ask(
            lambda client: client.decrypt(KeyId=self._key, CiphertextBlob=wrapped, EncryptionContext=context)
        )
        return unmarked(bytes(found["Plaintext"]), label, self.name)

    def destroy(self) -> None:
        """Only a key that was made by this program is destroyed by it; it may be asked for a second time."""
        if not self._ours:
            return
        try:
            self._client.schedule_key_deletion(KeyId=self._key, PendingWindowInDays=DELETION_DAYS)
        except refused.ClientError as trouble:
            if _code(trouble) not in ("KMSInvalidStateException", "NotFoundException"):
                raise KeysUnavailable(self._explained(trouble)) from None
        except refused.BotoCoreError as trouble:
            raise KeysUnavailable(self._explained(trouble)) from None

    @cached_property
    def _client(self) -> Any:
        patience = self.access.patience
        return boto3.client(
            "kms",
            region_name=self.access.kms_region,
            endpoint_url=self.access.kms_endpoint,
            config=Config(
                connect_timeout=patience / 2,
                read_timeout=patience / 2,
                retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
            ),
        )

    def _ask(self, work: Callable[[Any], Answer]) -> Answer:
        try:
            return work(self._client)
        except (refused.ConnectTimeoutError, refused.ReadTimeoutError):
            raise slow(self.name, self.access.patience) from None
        except (refused.ClientError, refused.BotoCoreError) as trouble:
            raise KeysUnavailable(self._explained(trouble)) from None

    def _explained(self, trouble: Exception) -> str:
        if isinstance(trouble, refused.SSLError):
            return (
                f"{self.name} shows a certificate that this machine does not trust. Nothing was sent. "
                "Check AMPARO_KMS_ENDPOINT and who stands between."
            )
        if isinstance(trouble, refused.NoRegionError):
            return "Set AMPARO_KMS_REGION to the region of the key service, like eu-central-1."
        if isinstance(trouble, refused.NoCredentialsError | refused.PartialCredentialsError):
            return f"{self.name} needs credentials. Give this machine a role, or put them where AWS's tools look."
        if isinstance(trouble, refused.ClientError):
            code = _code(trouble)
            return f"{self.name} {_SENTENCES.get(code, f'refuses to work ({code}). Amparo asks again.')}"
        return (
            f"{self.name} can not be reached ({type(trouble).__name__}). "
            "Check the network and AMPARO_KMS_ENDPOINT; Amparo asks again."
        )


def _code(trouble: Any) -> str:
    return str(trouble.response.get("Error", {}).get("Code", "no code"))
