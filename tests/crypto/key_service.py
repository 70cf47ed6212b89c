"""A stub of a cloud's key service on the loopback: the calls of AWS KMS that Amparo makes, and its ways to fail."""

import base64
import ipaddress
import json
import os
import ssl
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID


class Refused(Exception):
    """An error of the service, by its code."""


class KeyService:
    """The service. ``fail`` is a code that it answers with, ``delay`` seconds, ``flaky`` one in so many."""

    def __init__(self) -> None:
        self.keys: dict[str, AESGCM] = {}
        self.deleting: dict[str, int] = {}
        self.fail: str | None = None
        self.lie = False
        self.delay = 0.0
        self.flaky = 0
        self.asked = 0
        self.contexts: list[Mapping[str, str]] = []
        self.port = 0
        self.start()

    def start(self, certificate: tuple[Path, Path] | None = None) -> None:
        """Listen, at the same port as before, with TLS when there is a certificate."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = service.answer(self.headers["X-Amz-Target"].rpartition(".")[2], body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, action: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked += 1
        time.sleep(self.delay)
        if self.flaky and self.asked % self.flaky == 0:
            return 500, {"__type": "KMSInternalException", "message": "once in a while"}
        try:
            if self.fail is not None:
                raise Refused(self.fail)
            return 200, getattr(self, f"_{action}")(body)
        except Refused as refused:
            return 400, {"__type": str(refused), "message": "refused"}

    def _CreateKey(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the service's name
        arn = f"arn:aws:kms:eu-central-1:000000000000:key/{uuid4()}"
        self.keys[arn] = AESGCM(AESGCM.generate_key(256))
        return {"KeyMetadata": {"Arn": arn, "KeyId": arn.rpartition("/")[2]}}

    def _Encrypt(self, body: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the service's name
        cipher, context = self._key(body), self._context(body)
        nonce = os.urandom(12)
        blob = nonce + cipher.encrypt(nonce, base64.b64decode(body["Plaintext"]), context)
        return {"CiphertextBlob": base64.b64encode(blob).decode(), "KeyId": body["KeyId"]}

    def _Decrypt(self, body: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the service's name
        cipher, context = self._key(body), self._context(body)
        blob = base64.b64decode(body["CiphertextBlob"])
        try:
            plain = cipher.decrypt(blob[:12], blob[12:], context)
        except InvalidTag:
            raise Refused("InvalidCiphertextException") from None
        if self.lie:
            plain = bytes(len(plain))
        return {"Plaintext": base64.b64encode(plain).decode(), "KeyId": body["KeyId"]}

    def _ScheduleKeyDeletion(self, body: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the service's name
        if body["KeyId"] in self.deleting:
            raise Refused("KMSInvalidStateException")
        self._key(body)
        self.deleting[body["KeyId"]] = body["PendingWindowInDays"]
        return {"KeyId": body["KeyId"], "KeyState": "PendingDeletion"}

    def _key(self, body: dict[str, Any]) -> AESGCM:
        if body["KeyId"] not in self.keys:
            raise Refused("NotFoundException")
        if body["KeyId"] in self.deleting:
            raise Refused("KMSInvalidStateException")
        return self.keys[body["KeyId"]]

    def _context(self, body: dict[str, Any]) -> bytes:
        self.contexts.append(body["EncryptionContext"])
        return json.dumps(body["EncryptionContext"], sort_keys=True).encode()


def certificate_for(folder: Path, host: str) -> tuple[Path, Path]:
    """A certificate for a host that nobody has signed but itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    try:
        other: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        other = x509.DNSName(host)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([other]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / f"{host}.crt", folder / f"{host}.private"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private
