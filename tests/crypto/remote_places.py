"""The places outside this process, and what can go wrong with each: a security module and a key service."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID

import pkcs11
from pkcs11.exceptions import DeviceError

from app.crypto import Place
from app.crypto.roots import on_security_module
from app.crypto.roots.root import Entry
from tests.crypto.key_service import KeyService, certificate_for
from tests.crypto.places import EnvironmentStage, Fault, FileStage, PassphraseStage, SharesStage, Stage
from tests.crypto.security_module import PIN, TOKEN, SecurityModule


class ModuleStage(Stage):
    place = Place.PKCS11

    def prepare(self) -> None:
        self.module = SecurityModule(self.folder, self.monkeypatch)
        self.access = replace(
            self.access,
            pkcs11_module=self.module.library,
            pkcs11_token=TOKEN,
            pkcs11_pin_file=self.module.pin_file,
        )
        self.faults = {
            "down": (self._down, r"The security module \(token amparo\) is not there. Plug it in"),
            "slow": (self._slow, r"did not answer within 0.4 seconds"),
            "wrong key": (self._replaced, "does not open a wrapped key .* not of one installation"),
            "revoked": (self.content(self.module.pin_file, "111111"), "refuses the PIN. Put the right one into"),
            "no pin": (self.gone(self.module.pin_file), "The PIN can not be read from .* AMPARO_PKCS11_PIN_FILE"),
        }

    @contextmanager
    def _down(self) -> Iterator[None]:
        self.module.take_away()
        yield
        self.module.bring_back()

    @contextmanager
    def _slow(self) -> Iterator[None]:
        """A module that thinks for longer than anybody waits."""
        found = on_security_module.PKCS11._key
        over = threading.Event()

        def late(root: on_security_module.PKCS11, session: Any) -> Any:
            over.wait(5)
            return found(root, session)

        with self.monkeypatch.context() as patched:
            patched.setattr(on_security_module.PKCS11, "_key", late)
            yield
        over.set()

    @contextmanager
    def _replaced(self) -> Iterator[None]:
        """Somebody puts another key under the same name."""
        root = self.provider().roots()[-1]
        self.module.take_away()
        self.module.make_token()
        on_security_module.PKCS11(Entry(root, 0, self.place, self._details(root)), self.access).generate()
        yield
        self.module.drop_token()
        self.module.bring_back()

    def extractable(self) -> list[bool]:
        """Of each key on the token, whether it could be taken out."""
        library = pkcs11.lib(str(self.module.library))
        library.reinitialize()
        with library.get_token(token_label=TOKEN).open(user_pin=PIN) as session:
            return [bool(each[pkcs11.Attribute.EXTRACTABLE]) for each in session.get_objects()]

    @staticmethod
    def _details(root: UUID) -> dict[str, str]:
        return {"token": TOKEN, "object": root.bytes.hex()}

    @contextmanager
    def flaky(self, one_in: int) -> Iterator[None]:
        found, asked = on_security_module.PKCS11._key, count(1)

        def sometimes(root: on_security_module.PKCS11, session: Any) -> Any:
            if next(asked) % one_in == 0:
                raise DeviceError
            return found(root, session)

        with self.monkeypatch.context() as patched:
            patched.setattr(on_security_module.PKCS11, "_key", sometimes)
            yield


class ServiceStage(Stage):
    place = Place.AWS_KMS

    def prepare(self) -> None:
        for name, value in (("AWS_ACCESS_KEY_ID", "nobody"), ("AWS_SECRET_ACCESS_KEY", "nothing")):
            self.monkeypatch.setenv(name, value)
        self.monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        self.service = KeyService()
        self.stack.callback(self.service.stop)
        self.access = replace(self.access, kms_region="eu-central-1", kms_endpoint=self.service.url)
        code, untrusted = self._failing, "a certificate that this machine does not trust"
        self.faults = {
            "down": (self._down, r"can not be reached \(.*Check the network and AMPARO_KMS_ENDPOINT"),
            "slow": (self._slow, "did not answer within 0.4 seconds"),
            "wrong key": (code("IncorrectKeyException"), "holds another key"),
            "lying": (self._lying, "answered with another key than it was given"),
            "revoked": (code("AccessDeniedException"), "does not let this account use the key"),
            "disabled": (code("DisabledException"), "has this key disabled. Somebody"),
            "deleting": (code("KMSInvalidStateException"), "Cancel its deletion at once"),
            "gone": (code("NotFoundException"), "knows no such key"),
            "bad certificate": (
                self._tls("127.0.0.1", trusted=False),
                untrusted,
            ),
            "bad host": (self._tls("kms.example", trusted=True), untrusted),
        }

    @contextmanager
    def _down(self) -> Iterator[None]:
        self.service.stop()
        yield
        self.service.start()

    @contextmanager
    def _slow(self) -> Iterator[None]:
        self.service.delay = 0.3
        yield
        self.service.delay = 0.0

    @contextmanager
    def _lying(self) -> Iterator[None]:
        self.service.lie = True
        yield
        self.service.lie = False

    def _failing(self, code: str) -> Fault:
        @contextmanager
        def fault() -> Iterator[None]:
            self.service.fail = code
            yield
            self.service.fail = None

        return fault

    def _tls(self, host: str, *, trusted: bool) -> Fault:
        """The service behind another certificate, while clients expect it at its address."""

        @contextmanager
        def fault() -> Iterator[None]:
            plain, certificate = self.access, certificate_for(self.folder, host)
            self.service.stop()
            self.service.start(certificate)
            # A handshake takes its time on a busy machine, and is not what is slow here.
            self.access = replace(plain, patience=6.0, kms_endpoint=self.service.url.replace("http:", "https:"))
            with self.monkeypatch.context() as patched:
                if trusted:
                    patched.setenv("AWS_CA_BUNDLE", str(certificate[0]))
                yield
            self.access = plain
            self.service.stop()
            self.service.start()

        return fault

    @contextmanager
    def flaky(self, one_in: int) -> Iterator[None]:
        self.service.flaky = one_in
        yield
        self.service.flaky = 0


STAGES = (FileStage, PassphraseStage, SharesStage, EnvironmentStage, ModuleStage, ServiceStage)
