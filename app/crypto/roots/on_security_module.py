"""The root key in a hardware security module, by PKCS#11 (OASIS, v2.40): made there, and never taken out.

What is wrapped is nonce, ciphertext and tag of AES-256-GCM with the label as associated data. Needs the extra
`pkcs11`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

import pkcs11
from pkcs11 import exceptions as refused

from app.crypto.envelope import NONCE_BYTES, fresh_nonce
from app.crypto.refusals import KeysUnavailable
from app.crypto.roots.answering import OneAtATime
from app.crypto.roots.root import Access, Entry, Making, Place, Root, marked, secret_in, unmarked

_TAG_BITS: Final = 128
_GCM: Final = pkcs11.Mechanism.AES_GCM
Answer = TypeVar("Answer")

#: A PKCS#11 library is loaded once in a process, and its sessions share one login.
_asking = OneAtATime()

_WRONG_PIN: Final = (refused.PinIncorrect, refused.PinInvalid, refused.PinLenRange, refused.PinExpired)
_GONE: Final = (refused.TokenNotPresent, refused.TokenNotRecognised, refused.NoSuchToken, refused.DeviceRemoved)
#: Modules do not agree on how to say that a tag does not fit.
_WRONG_KEY: Final = (
    refused.EncryptedDataInvalid,
    refused.EncryptedDataLenRange,
    refused.ArgumentsBad,
    refused.GeneralError,
)


class PKCS11(Root):
    """A root on a token. The keyring says which token and object; the settings, where the library and the PIN are."""

    place = Place.PKCS11
    remote = True

    def __init__(self, entry: Entry, access: Access) -> None:
        super().__init__(entry, access)
        self._token = str(entry.details["token"])
        self._object = bytes.fromhex(entry.details["object"])
        self._refused_pin: str | None = None

    @classmethod
    def make(cls, new: Making) -> Mapping[str, Any]:
        if not new.access.pkcs11_token:
            raise KeysUnavailable("Set AMPARO_PKCS11_TOKEN to the label of the token that shall hold the root key.")
        details = {"token": new.access.pkcs11_token, "object": new.root_id.bytes.hex()}
        cls(Entry(new.root_id, 0, cls.place, details), new.access).generate()
        return details

    def generate(self) -> None:
        """Have the module make the key."""
        self._ask(_generate(self.entry.id), writes=True)

    @property
    def name(self) -> str:
        return f"The security module (token {self._token})"

    def wrap(self, key: bytes, label: bytes) -> bytes:
        nonce = fresh_nonce()
        how = pkcs11.GCMParams(nonce, label, _TAG_BITS)
        payload = marked(key, label)
        found = self._ask(lambda session: self._key(session).encrypt(payload, mechanism=_GCM, mechanism_param=how))
        return nonce + bytes(found)

    def unwrap(self, wrapped: bytes, label: bytes) -> bytes:
        how = pkcs11.GCMParams(wrapped[:NONCE_BYTES], label, _TAG_BITS)
        sealed = wrapped[NONCE_BYTES:]
        found = self._ask(lambda session: self._key(session).decrypt(sealed, mechanism=_GCM, mechanism_param=how))
        return unmarked(bytes(found), label, self.name)

    def destroy(self) -> None:
        def work(session: Any) -> None:
            for each in session.get_objects({pkcs11.Attribute.ID: self._object}):
                each.destroy()

        self._ask(work, writes=True)

    def _key(self, session: Any) -> Any:
        return session.get_key(object_class=pkcs11.ObjectClass.SECRET_KEY, id=self._object)

    def _ask(self, work: Callable[[Any], Answer], *, writes: bool = False) -> Answer:
        module = self.access.pkcs11_module
        if module is None:
            raise KeysUnavailable("Set AMPARO_PKCS11_MODULE to the library (.so) of the security module.")
        pin = self._pin()

        def call() -> Answer:
            library = pkcs11.lib(str(module))
            library.reinitialize()  # a token that came back, or was put in another slot, is found again
            with library.get_token(token_label=self._token).open(user_pin=pin, rw=writes) as session:
                return work(session)

        try:
            return _asking.ask(call, self.name, self.access.patience)
        except _WRONG_PIN:
            self._refused_pin = pin
            raise self._pin_refused() from None
        except refused.PKCS11Error as trouble:
            raise KeysUnavailable(self._explained(trouble)) from None
        except (RuntimeError, OSError):
            raise KeysUnavailable(f"The library {module} of the security module does not load.") from None

    def _pin(self) -> str:
        if self.access.pkcs11_pin_file is None:
            raise KeysUnavailable("Set AMPARO_PKCS11_PIN_FILE to a file that holds the PIN of the security module.")
        pin = secret_in(self.access.pkcs11_pin_file, "The PIN", "AMPARO_PKCS11_PIN_FILE")
        if pin == self._refused_pin:  # a module locks itself after a few wrong ones
            raise self._pin_refused()
        return pin

    def _pin_refused(self) -> KeysUnavailable:
        file = self.access.pkcs11_pin_file
        return KeysUnavailable(
            f"{self.name} refuses the PIN. Put the right one into {file}; it is not tried again until it changes."
        )

    def _explained(self, trouble: Exception) -> str:
        if isinstance(trouble, _GONE):
            return f"{self.name} is not there. Plug it in or start it, or correct AMPARO_PKCS11_TOKEN."
        if isinstance(trouble, refused.PinLocked):
            return f"{self.name} has locked its PIN. Its security officer must unlock it."
        if isinstance(trouble, refused.NoSuchKey):
            return f"{self.name} does not hold root key {self.entry.id}. Restore the module's own backup."
        if isinstance(trouble, _WRONG_KEY):
            return (
                f"{self.name} does not open a wrapped key ({type(trouble).__name__}): it and the keystore are not of "
                "one installation, or it has a fault of its own. See its log."
            )
        return f"{self.name} refuses to work ({type(trouble).__name__}). See its own log."


def _generate(root_id: UUID) -> Callable[[Any], None]:
    def work(session: Any) -> None:
        fixed = {pkcs11.Attribute.EXTRACTABLE: False, pkcs11.Attribute.SENSITIVE: True}
        uses = pkcs11.MechanismFlag.ENCRYPT | pkcs11.MechanismFlag.DECRYPT
        session.generate_key(
            pkcs11.KeyType.AES,
            256,
            id=root_id.bytes,
            label=f"amparo root {root_id}",
            store=True,
            capabilities=uses,
            template=fixed,
        )

    return work
