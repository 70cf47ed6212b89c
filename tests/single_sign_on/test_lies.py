"""A provider that lies in more ways than real ones do: of all its tenants only the honest one signs anybody in."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from app.single_sign_on.provider import talk
from app.single_sign_on.provider.discovery import DIRECTORY
from tests.single_sign_on import liar
from tests.single_sign_on.liar import CLIENT, Answer, Claims, Liar, Tenant, elliptic, rsa
from tests.single_sign_on.visitor import Browser, enter, known, sessions
from tests.world import World

Lie = Callable[[Tenant], None]


@pytest.fixture(scope="module")
def provider() -> Iterator[Liar]:
    with liar.listening() as server:
        yield server


def claim(**changed: Any) -> Lie:
    """Claims that are changed; None takes one out."""

    def lie(tenant: Tenant) -> None:
        def change(claims: Claims) -> None:
            for name, value in changed.items():
                claims[name] = value(int(time.time())) if callable(value) else value
                if claims[name] is None:
                    del claims[name]

        tenant.claims = change

    return lie


def header(**changed: Any) -> Lie:
    def lie(tenant: Tenant) -> None:
        tenant.header = lambda it: it.update(changed)

    return lie


def discovery(**changed: Any) -> Lie:
    """Words of the discovery document that are changed; None takes one out."""

    def lie(tenant: Tenant) -> None:
        def change(document: Claims) -> None:
            document.update(changed)
            for name in [name for name, value in changed.items() if value is None]:
                del document[name]

        tenant.discovery = change

    return lie


def answering(where: str, said: Answer) -> Lie:
    def lie(tenant: Tenant) -> None:
        setattr(tenant, where, lambda _: said)

    return lie


def response(**changed: Any) -> Lie:
    """The token endpoint's answer changed; None takes a word out."""

    def lie(tenant: Tenant) -> None:
        def change(said: Claims) -> Claims:
            return {name: value for name, value in (said | changed).items() if value is not None}

        tenant.token = change

    return lie


def coming_back(**changed: str | None) -> Lie:
    """What the browser brings back changed."""

    def lie(tenant: Tenant) -> None:
        tenant.answer = lambda back: {name: value for name, value in (back | changed).items() if value is not None}

    return lie


def keys(*listed: Claims) -> Lie:
    def lie(tenant: Tenant) -> None:
        tenant.jwks = lambda document: {"keys": [*document["keys"], *listed]}

    return lie


def signed_by(sign: Callable[[Claims, Claims], str], **of_header: Any) -> Lie:
    def lie(tenant: Tenant) -> None:
        tenant.header = lambda it: it.update(of_header)
        tenant.sign = sign

    return lie


def both(*lies: Lie) -> Lie:
    def lie(tenant: Tenant) -> None:
        for each in lies:
            each(tenant)

    return lie


def other_key(tenant: Tenant) -> None:
    stranger = rsa("stranger")
    tenant.sign = lambda head, claims: jwt.encode(head, claims, stranger)


def other_kind(tenant: Tenant) -> None:
    """Signed with a key of another kind that goes by the name of the provider's."""
    tenant.header = lambda it: it.update(alg="ES256")
    tenant.sign = lambda head, claims: jwt.encode(head, claims, elliptic("stranger"), algorithms=["ES256"])


def weak_key(tenant: Tenant) -> None:
    with pytest.warns(UserWarning, match="2048"):
        tenant.key = rsa("weak", 1024)


def public_as_secret(tenant: Tenant) -> None:
    pem = tenant.key.as_pem(private=False)
    tenant.header = lambda it: it.update(alg="HS256")
    tenant.sign = lambda head, claims: liar.with_secret(head, claims, pem)


def not_signed(tenant: Tenant) -> None:
    tenant.header = lambda it: it.update(alg="none")
    tenant.sign = liar.unsigned


def elsewhere(status: int) -> Answer:
    return Answer({}, status, {"Location": "http://127.0.0.1:9/elsewhere"})


LARGE = Answer({"issuer": "x" * 400_000})
SLOW = Answer({}, delay=1.2)

LIES: dict[str, Lie] = {
    "signed by another key": other_key,
    "not signed": not_signed,
    "not signed, and discovery lists none": both(
        not_signed, discovery(id_token_signing_alg_values_supported=["none", "RS256"])
    ),
    "signed with the public key as a secret": public_as_secret,
    "signed by a key of another kind": other_kind,
    "signed by a weak key": weak_key,
    "names a key that is not there": header(kid="nowhere"),
    "names a critical extension": header(crit=["exp"]),
    "an access token for an ID token": header(typ="at+jwt"),
    "a notice of signing out for an ID token": header(typ="logout+jwt"),
    "another issuer": claim(iss="https://elsewhere.example.org"),
    "no issuer": claim(iss=None),
    "no subject": claim(sub=None),
    "an empty subject": claim(sub=""),
    "a number for a subject": claim(sub=1),
    "the nonce of another": claim(nonce="of-another"),
    "no nonce": claim(nonce=None),
    "issued in an hour": claim(iat=lambda now: now + 3600),
    "never issued": claim(iat=None),
    "expired for 32 seconds": claim(exp=lambda now: now - 32),
    "never expires": claim(exp=None),
    "expires by a word": claim(exp="tomorrow"),
    "not good yet": claim(nbf=lambda now: now + 600),
    "another access token's hash": claim(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "for another client": claim(aud="another"),
    "for another client, issued to us": claim(aud="another", azp=CLIENT),
    "for us and another": claim(aud=[CLIENT, "another"]),
    "for us and another, issued to us": claim(aud=[CLIENT, "another"], azp=CLIENT),
    "for us, issued to another": claim(azp="another"),
    "for nobody": claim(aud=None),
    "signed in there thirty days ago": claim(auth_time=lambda now: now - 30 * 86_400),
    "does not say when one signed in there": claim(auth_time=None),
    "signed in there tomorrow": claim(auth_time=lambda now: now + 86_400),
    "one factor": claim(amr=["pwd"]),
    "no word of factors": claim(amr=None),
    "factors in one word": claim(amr="mfa"),
    "discovery without an issuer": discovery(issuer=None),
    "discovery of another issuer": discovery(issuer="https://elsewhere.example.org"),
    "no protection of the way back": discovery(code_challenge_methods_supported=None),
    "a weak protection of the way back": discovery(code_challenge_methods_supported=["plain"]),
    "no code flow": discovery(response_types_supported=["id_token"]),
    "keys on another machine without TLS": discovery(jwks_uri="http://intranet.example.org/keys"),
    "tokens from a number": discovery(token_endpoint="https://169.254.169.254/latest"),
    "sends the browser to a script": discovery(authorization_endpoint="javascript:alert(1)"),
    "discovery sends elsewhere": answering("discovery", elsewhere(302)),
    "keys send elsewhere": answering("jwks", elsewhere(301)),
    "the token endpoint sends elsewhere": answering("token", elsewhere(307)),
    "a huge discovery": answering("discovery", LARGE),
    "a huge token response": answering("token", LARGE),
    "a packed discovery": lambda tenant: setattr(tenant, "discovery", liar.packed),
    "discovery is a list": answering("discovery", Answer([])),
    "discovery is a page": answering("discovery", Answer(b"<!doctype html>")),
    "discovery takes too long": answering("discovery", SLOW),
    "the token endpoint takes too long": answering("token", SLOW),
    "keys without a key": answering("jwks", Answer({"keys": []})),
    "keys with a private one": keys(rsa("private").as_dict(private=True)),
    "keys with a secret": keys(OctKey.generate_key(256).as_dict(private=True)),
    "two keys of one name": keys({**rsa("twin").as_dict(private=False), "kid": "key-1"}),
    "no ID token": response(id_token=None),
    "a list for an ID token": response(id_token=["x"]),
    "half an ID token": response(id_token="eyJhbGciOiJSUzI1NiJ9.e30"),
    "another type of token": response(token_type="mac"),
    "an error of the token endpoint": answering("token", Answer({"error": "server_error"}, 400)),
    "the token endpoint is broken": answering("token", Answer(b"<h1>Bad gateway</h1>", 502)),
    "an error with an ID token": response(error="invalid_grant"),
    "the answer of another issuer": coming_back(iss="https://elsewhere.example.org"),
    "no issuer with the answer, though announced": coming_back(iss=None),
    "a state that nobody made": coming_back(state="nobody-made-this"),
    "a code that it never gave": coming_back(code="never-given"),
    "no code": coming_back(code=None),
}

#: Things that are said of a person and mean nothing here: who it is stands in issuer and subject.
HARMLESS: dict[str, Lie] = {
    "honest": lambda _: None,
    "another's e-mail": claim(email="fund_admin@example.org", email_verified=True),
    "an e-mail that is not verified": claim(email="approver@example.org", email_verified=False),
    "another's name": claim(name="Fund Admin", preferred_username="fund_admin"),
    "userinfo of another": lambda _: None,
    "a string of one audience in a list": claim(aud=[CLIENT]),
    "expired for 20 seconds": claim(exp=lambda now: now - 20),
}


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "TIMES", httpx2.Timeout(0.5))
    monkeypatch.setattr("app.single_sign_on.provider.exchange.TIMES", httpx2.Timeout(0.5))


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.usefixtures("in_a_hurry")
def test_only_the_honest_provider_signs_in(world: World, provider: Liar) -> None:
    assert len(LIES) >= 30
    before, signed_in, served = sessions(world), [], []
    for number, (name, lie) in enumerate({**LIES, "honest": HARMLESS["honest"]}.items()):
        tenant = provider.tenant(f"lie-{number}")
        lie(tenant)
        provider_id = enter(world, tenant)
        known(world, provider_id, tenant, "fund_admin", subject="subject-1")
        browser = Browser(world)
        answer = browser.sign_in(provider_id, tenant)
        assert answer.status_code in (200, 403, 409), (name, answer.text)
        if answer.status_code == 200 or browser.who() is not None:
            signed_in.append(name)
        else:
            served.append(answer.json()["code"])
            assert answer.json()["detail"], name
            assert "provider</b>" not in answer.text, "the provider's words are shown to nobody"
    assert signed_in == ["honest"]
    assert sessions(world) == before + 1
    assert len(served) == len(LIES)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_means_nothing_changes_nothing(world: World, provider: Liar) -> None:
    for number, (name, lie) in enumerate(HARMLESS.items()):
        tenant = provider.tenant(f"harmless-{number}")
        lie(tenant)
        provider_id = enter(world, tenant)
        known(world, provider_id, tenant, "auditor")
        browser = Browser(world)
        assert browser.sign_in(provider_id, tenant).status_code == 200, name
        assert browser.who() == "auditor@example.org", name
        assert "/userinfo" not in tenant.asked, "what a provider says of people is not asked for"


def a_way(world: World, provider: Liar, name: str) -> tuple[Tenant, str]:
    tenant = provider.tenant(name)
    provider_id = enter(world, tenant)
    known(world, provider_id, tenant, "auditor")
    return tenant, provider_id


def test_a_way_is_gone_once_in_the_browser_that_began_it(world: World, provider: Liar) -> None:
    tenant, provider_id = a_way(world, provider, f"once-{time.monotonic_ns()}")
    mine, other = Browser(world), Browser(world)
    back = tenant.authorize(mine.begin(provider_id).json()["go_to"])
    other.begin(provider_id)
    for browser in (other, Browser(world)):
        refused = browser.come_back(back)
        assert (refused.status_code, refused.json()["code"]) == (403, "sign_in.start_again")
        assert browser.who() is None
    kept = dict(mine.cookies)
    assert mine.come_back(back).status_code == 200
    again = Browser(world, kept)
    refused = again.come_back(back)
    assert (refused.status_code, refused.json()["code"]) == (403, "sign_in.start_again")
    assert again.who() is None


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_code_of_another_way_is_no_use(world: World, provider: Liar) -> None:
    """Whoever steals a code, or plants one of their own, has neither the verifier nor the nonce that belong to it."""
    tenant, provider_id = a_way(world, provider, f"codes-{time.monotonic_ns()}")
    for checks in (True, False):
        tenant.checks_pkce = checks
        mine, theirs = Browser(world), Browser(world)
        back = tenant.authorize(mine.begin(provider_id).json()["go_to"])
        stolen = tenant.authorize(theirs.begin(provider_id).json()["go_to"])["code"]
        refused = mine.come_back(back | {"code": stolen})
        assert (refused.status_code, refused.json()["code"]) == (403, "sign_in.provider_unsound")
        assert mine.who() is None


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_provider_that_was_away_is_asked_again_without_a_restart(world: World, provider: Liar) -> None:
    tenant, provider_id = a_way(world, provider, f"away-{time.monotonic_ns()}")
    tenant.discovery = lambda _: Answer(b"", 503)
    refused = Browser(world).begin(provider_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "sign_in.provider_away")
    tenant.discovery = lambda _: None
    asked = len(tenant.asked)
    assert Browser(world).begin(provider_id).status_code == 409, "a failure is kept for seconds"
    assert len(tenant.asked) == asked
    DIRECTORY.forget()
    assert Browser(world).sign_in(provider_id, tenant).status_code == 200


def test_keys_that_were_changed_are_fetched_again(
    world: World, provider: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant, provider_id = a_way(world, provider, f"keys-{time.monotonic_ns()}")
    assert Browser(world).sign_in(provider_id, tenant).status_code == 200
    tenant.key = rsa("key-2")
    assert Browser(world).sign_in(provider_id, tenant).status_code == 403, "not more than twice a minute"
    monkeypatch.setattr("app.single_sign_on.provider.discovery.KEYS_AGAIN", 0.0)
    assert Browser(world).sign_in(provider_id, tenant).status_code == 200
