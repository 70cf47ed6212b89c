"""An OpenID provider on loopback that is honest until it is told how to lie. It has many tenants."""

import base64
import gzip
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

CLIENT, SECRET, SUBJECT = "amparo", "the-secret-of-the-client", "subject-1"
Claims = dict[str, Any]


@cache
def rsa(name: str, bits: int = 2048) -> RSAKey:
    """A key of a name, made once a run."""
    return RSAKey.generate_key(bits, {"kid": name, "use": "sig"})


@cache
def elliptic(name: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": name, "use": "sig"})


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(header: Claims, claims: Claims) -> str:
    return f"{encoded(header)}.{encoded(claims)}."


def with_secret(header: Claims, claims: Claims, secret: bytes) -> str:
    signed = f"{encoded(header)}.{encoded(claims)}"
    return f"{signed}.{encoded(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def half_hash(text: str) -> str:
    return encoded(hashlib.sha256(text.encode()).digest()[:16])


@dataclass
class Answer:
    """What a path answers: by default JSON."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass
class Tenant:
    """One issuer. Each hook may change what is about to be said; what it returns, if anything, is said instead."""

    issuer: str
    subject: str = SUBJECT
    key: RSAKey = field(default_factory=lambda: rsa("key-1"))
    discovery: Callable[[Claims], Any] = lambda _: None
    jwks: Callable[[Claims], Any] = lambda _: None
    claims: Callable[[Claims], Any] = lambda _: None
    header: Callable[[Claims], Any] = lambda _: None
    sign: Callable[[Claims, Claims], str] | None = None
    token: Callable[[Claims], Any] = lambda _: None
    answer: Callable[[Claims], Any] = lambda _: None
    codes: dict[str, Claims] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    checks_pkce: bool = True

    def authorize(self, address: str) -> dict[str, str]:
        """What the browser would bring back: somebody signs in here and agrees."""
        parts = urlsplit(address)
        assert address.startswith(self.issuer + "/authorize?"), address
        query = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()}
        assert query["client_id"] == CLIENT
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert query["scope"] == "openid", "nothing but who it is may be asked for"
        code = f"code-{len(self.codes)}-{time.monotonic_ns()}"
        self.codes[code] = query
        back = {"code": code, "state": query["state"], "iss": self.issuer}
        return self.answer(back) or back

    def signed(self, claims: Claims, typ: str = "JWT") -> str:
        header: Claims = {"alg": "RS256", "kid": self.key.kid, "typ": typ}
        self.header(header)
        if self.sign is not None:
            return self.sign(header, claims)
        return jwt.encode(
            header, claims, self.key, registry=JWSRegistry(algorithms=["RS256"], strict_check_header=False)
        )

    def respond(self, path: str, form: Claims) -> Answer:
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return self._said(self.discovery, self._document())
        if path == "/jwks":
            return self._said(self.jwks, {"keys": [self.key.as_dict(private=False)]})
        if path == "/token":
            return self._token(form)
        return Answer({"sub": "somebody-else", "email": "fund_admin@example.org"})

    def _document(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": self.issuer + "/authorize",
            "token_endpoint": self.issuer + "/token",
            "jwks_uri": self.issuer + "/jwks",
            "userinfo_endpoint": self.issuer + "/userinfo",
            "end_session_endpoint": self.issuer + "/end",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def _token(self, form: Claims) -> Answer:
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = encoded(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or (self.checks_pkce and asked["code_challenge"] != challenge):
            return Answer({"error": "invalid_grant", "error_description": "<b>words of the provider</b>"}, 400)
        now = int(time.time())
        access = f"access-{now}"
        claims: Claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "auth_time": now - 5,
            "nonce": asked["nonce"],
            "amr": ["pwd", "mfa"],
            "sid": "session-there",
            "at_hash": half_hash(access),
        }
        claims = self.claims(claims) or claims
        said = {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": self.signed(claims)}
        return self._said(self.token, said)

    def _said(self, hook: Callable[[Claims], Any], usual: Claims) -> Answer:
        instead = hook(usual)
        return instead if isinstance(instead, Answer) else Answer(usual if instead is None else instead)


@dataclass
class Liar:
    """The server with its tenants, by the first part of the path."""

    address: str
    tenants: dict[str, Tenant] = field(default_factory=dict)

    def tenant(self, name: str) -> Tenant:
        self.tenants[name] = Tenant(f"{self.address}/{name}")
        return self.tenants[name]


@contextmanager
def listening() -> Iterator[Liar]:
    """A liar on a free port of loopback until the block ends."""
    liar = Liar("")

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            _, name, *rest = self.path.partition("?")[0].split("/")
            length = int(self.headers.get("Content-Length", 0))
            form = {key: values[0] for key, values in parse_qs(self.rfile.read(length).decode()).items()}
            said = liar.tenants[name].respond("/" + "/".join(rest), form)
            time.sleep(said.delay)
            body = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
            self.send_response(said.status)
            for key, value in ({"Content-Type": "application/json"} | said.headers).items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer  # noqa: N815 - the names that the base class calls

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # whoever asked did not want to hear it all

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    liar.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield liar
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def packed(usual: Claims) -> Answer:
    """Small on the way, large when it is opened."""
    return Answer(gzip.compress(json.dumps(usual).encode() + b" " * 5_000_000), headers={"Content-Encoding": "gzip"})
