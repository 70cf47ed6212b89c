"""Linking, taking up an invitation, proving again, signing out here and there, and looking after the providers."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import select, text
from typer.testing import CliRunner

from app import installation
from app.access.model import SignInSession
from app.cli import provider as provider_commands
from app.config import Settings
from app.errors import Invalid
from app.single_sign_on.provider.addresses import is_fit, is_issuer
from app.web.services import Services
from tests.authenticators.hands import demand
from tests.authenticators.test_codes import with_app
from tests.single_sign_on import liar
from tests.single_sign_on.liar import CLIENT, SECRET, Claims, Liar, Tenant
from tests.single_sign_on.visitor import Browser, browser_of, enter, known
from tests.world import NORTH, ORIGIN, SOUTH, Person, World

EVENT: Claims = {"http://schemas.openid.net/event/backchannel-logout": {}}


@pytest.fixture(scope="module")
def provider() -> Iterator[Liar]:
    with liar.listening() as server:
        yield server


@pytest.fixture
def tenant(provider: Liar) -> Tenant:
    return provider.tenant(f"tenant-{time.monotonic_ns()}")


def actions(world: World) -> list[str]:
    with world.services.database.engine.connect() as connection:
        return list(connection.execute(text("SELECT action FROM audit_event ORDER BY id")).scalars())


def test_under_tls_the_way_is_tied_to_its_browser_by_a_secure_cookie(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant)
    demand(world, origin="https://localhost:8443")
    said, *terms = Browser(world).begin(provider_id).headers["set-cookie"].split("; ")
    assert said.startswith("__Host-amparo-way=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(terms)


def link(browser: Browser, provider_id: str, tenant: Tenant) -> Any:
    form = {"provider_id": provider_id, "next": "/account/organization"}
    begun = browser.send("POST", "/session/federated/link", json=form)
    return browser.come_back(tenant.authorize(begun.json()["go_to"])) if begun.status_code == 201 else begun


def test_an_account_is_linked_by_its_own_act_and_signs_in(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant, partner=NORTH)
    assert Browser(world).sign_in(provider_id, tenant).json()["code"] == "sign_in.not_linked"
    at_home = browser_of(world, "attorney")
    linked = link(at_home, provider_id, tenant)
    assert (linked.status_code, linked.json()) == (200, {"go_to": "/account/organization"})
    listed = at_home.send("GET", "/session/identities").json()["items"]
    assert [each["provider"]["id"] for each in listed] == [provider_id]
    browser = Browser(world)
    arrived = browser.sign_in(provider_id, tenant, next="/cases")
    assert (arrived.status_code, arrived.json()) == (200, {"go_to": "/cases"})
    assert browser.who() == "attorney@example.org"
    assert link(at_home, provider_id, tenant).json()["code"] == "identity.taken"
    assert link(browser_of(world, "colleague"), provider_id, tenant).json()["code"] == "identity.taken"
    tenant.subject = "subject-2"
    assert link(at_home, provider_id, tenant).json()["code"] == "identity.linked"
    done = actions(world)
    assert {
        "identity_provider.added",
        "sign_in.begun",
        "sign_in.returned",
        "sign_in.refused",
        "identity.linked",
    } <= set(done)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_provider_vouches_for_the_people_of_its_organization_only(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant, partner=NORTH)
    for stranger in ("attorney2", "fund_admin", "admin"):
        assert link(browser_of(world, stranger), provider_id, tenant).status_code == 404
    known(world, provider_id, tenant, "attorney2")
    assert Browser(world).sign_in(provider_id, tenant).json()["code"] == "sign_in.not_open"


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_two_organizations_at_one_issuer_are_kept_apart(world: World, tenant: Tenant) -> None:
    """At Google every organization has the same issuer: whose client it was decides whose people come in."""
    north = enter(world, tenant, partner=NORTH)
    known(world, north, tenant, "attorney")
    south = enter(world, tenant, partner=SOUTH, client_id="south", name="south")
    tenant.claims = lambda claims: claims.update(aud="south")
    browser = Browser(world)
    said = tenant.authorize(browser.begin(south).json()["go_to"].replace("client_id=south", f"client_id={CLIENT}"))
    assert browser.come_back(said).json()["code"] == "sign_in.not_linked"


def test_an_invitation_is_taken_up_with_the_organizations_account(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant, partner=NORTH)
    form = {
        "email": "new@example.org",
        "name": "New",
        "roles": ["attorney"],
        "partner_id": str(world.partners[NORTH]),
    }
    secret = world.partner_admin.post("/staff", json=form).json()["link"].partition("#")[2]
    browser = Browser(world)
    assert browser.sign_in(provider_id, tenant, secret=secret, next="/").status_code == 200
    assert browser.who() == "new@example.org"
    assert Browser(world).begin(provider_id, secret=secret).status_code == 404, "a link is used once"
    other = Browser(world)
    assert other.sign_in(provider_id, tenant).status_code == 200
    assert other.who() == "new@example.org"
    identity = browser.send("GET", "/session/identities").json()["items"][0]["id"]
    refused = browser.send("DELETE", f"/session/identities/{identity}")
    assert (refused.status_code, refused.json()["code"]) == (409, "identity.last")


def test_unlinking_ends_what_stands_on_it(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant)
    identity = known(world, provider_id, tenant, "fund_admin")
    browser = Browser(world)
    browser.sign_in(provider_id, tenant)
    at_home = browser_of(world, "fund_admin")
    assert browser_of(world, "approver").send("DELETE", f"/session/identities/{identity}").status_code == 404
    assert at_home.send("DELETE", f"/session/identities/{identity}").status_code in (200, 204)
    assert browser.who() is None
    assert at_home.who() == "fund_admin@example.org"
    assert Browser(world).sign_in(provider_id, tenant).json()["code"] == "sign_in.not_linked"


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_proving_again_asks_the_provider_anew(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant)
    known(world, provider_id, tenant, "fund_admin")
    browser = Browser(world)
    browser.sign_in(provider_id, tenant)
    before = dict(browser.cookies)
    begun = browser.send("POST", "/session/federated/proof", json={"provider_id": provider_id}).json()["go_to"]
    asked = parse_qs(urlsplit(begun).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    tenant.claims = lambda claims: claims.update(auth_time=claims["iat"] - 120)
    assert browser.come_back(tenant.authorize(begun)).json()["code"] == "sign_in.provider_unsound", "that was before"
    tenant.claims = lambda _: None
    begun = browser.send("POST", "/session/federated/proof", json={"provider_id": provider_id}).json()["go_to"]
    assert browser.come_back(tenant.authorize(begun)).status_code == 200
    assert browser.cookies["amparo"] != before["amparo"], "whoever knew the old cookie is not let in by this proof"
    assert Browser(world, before).who() is None
    tenant.subject = "somebody-else"
    begun = browser.send("POST", "/session/federated/proof", json={"provider_id": provider_id}).json()["go_to"]
    assert browser.come_back(tenant.authorize(begun)).status_code == 403


def test_a_silent_sign_in_is_no_fresh_proof(world: World, tenant: Tenant) -> None:
    """A provider that keeps somebody signed in lets them in without asking: a sensitive act asks for more."""
    provider_id = enter(world, tenant, max_age_minutes=None)
    known(world, provider_id, tenant, "admin")
    settings = Settings(**world.services.settings.model_dump() | {"step_up_minutes": 5})
    services = Services(settings, world.services.database, world.services.vault)
    world.client.app.state.services = services  # type: ignore[attr-defined]  # the application under the client
    act = ("POST", "/authenticator-app")
    silent: dict[str, Callable[[Claims], Any]] = {
        "hours ago": lambda claims: claims.update(auth_time=claims["iat"] - 3600),
        "not said": lambda claims: claims.pop("auth_time") and None,
    }
    browser = Browser(world)
    for name, lie in silent.items():
        tenant.claims, browser.cookies = lie, {}
        assert browser.sign_in(provider_id, tenant).status_code == 200
        assert browser.who() == "admin@example.org", name
        refused = browser.send(*act)
        assert (refused.status_code, refused.json()["code"]) == (403, "step_up"), name
    tenant.claims = lambda _: None
    begun = browser.send("POST", "/session/federated/proof", json={"provider_id": provider_id}).json()["go_to"]
    assert browser.come_back(tenant.authorize(begun)).status_code == 200
    assert browser.send(*act).status_code == 201, "asked anew, and just now"


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_signing_out_goes_by_way_of_the_provider(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant)
    known(world, provider_id, tenant, "auditor")
    browser = Browser(world)
    browser.sign_in(provider_id, tenant)
    left = browser.send("POST", "/session/federated/sign-out")
    address = urlsplit(left.json()["go_to"])
    asked = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}{address.path}" == tenant.issuer + "/end"
    assert asked["post_logout_redirect_uri"] == [ORIGIN + "/sign-in"]
    assert asked["client_id"] == [CLIENT]
    assert asked["id_token_hint"][0].count(".") == 2
    assert browser.who() is None
    assert "Clear-Site-Data" in left.headers
    at_home = browser_of(world, "auditor")
    assert at_home.send("POST", "/session/federated/sign-out").json() == {"go_to": "/sign-in"}
    assert at_home.who() is None


def notice(tenant: Tenant, typ: str = "logout+jwt", **changed: Any) -> str:
    now = int(time.time())
    claims: Claims = {
        "iss": tenant.issuer,
        "aud": CLIENT,
        "iat": now,
        "exp": now + 120,
        "jti": f"notice-{time.monotonic_ns()}",
        "events": EVENT,
        "sub": "subject-1",
        "sid": "session-there",
    }
    return tenant.signed({name: value for name, value in (claims | changed).items() if value is not None}, typ)


NOTICES: dict[str, Callable[[Tenant], str]] = {
    "another issuer": lambda it: notice(it, iss="https://elsewhere.example.org"),
    "for another client": lambda it: notice(it, aud="another"),
    "for us and another": lambda it: notice(it, aud=[CLIENT, "another"]),
    "an hour ago": lambda it: notice(it, iat=int(time.time()) - 3600),
    "in an hour": lambda it: notice(it, iat=int(time.time()) + 3600),
    "over": lambda it: notice(it, exp=int(time.time()) - 60),
    "without an id": lambda it: notice(it, jti=None),
    "without an event": lambda it: notice(it, events=None),
    "of another event": lambda it: notice(it, events={"http://schemas.example.org/event": {}}),
    "an event that is a word": lambda it: notice(it, events="logout"),
    "with a nonce": lambda it: notice(it, nonce="n"),
    "of nobody": lambda it: notice(it, sub=None, sid=None),
    "of a number": lambda it: notice(it, sub=1, sid=None),
    "an access token": lambda it: notice(it, typ="at+jwt"),
    "not signed": lambda it: liar.unsigned({"alg": "none"}, {"iss": it.issuer}),
    "no token": lambda _: "x",
    "an ID token": lambda it: notice(it, typ="JWT", events=None, nonce="n"),
}


def send_notice(world: World, provider_id: str, token: str) -> int:
    """As the provider's server sends it: from elsewhere, without a cookie, as a form."""
    path = f"/api/v1/identity-providers/{provider_id}/logout"
    world.client.cookies.clear()
    return int(world.client.post(path, data={"logout_token": token}).status_code)


def test_a_notice_of_the_provider_ends_the_session(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant)
    known(world, provider_id, tenant, "auditor")
    browser = Browser(world)
    browser.sign_in(provider_id, tenant)
    for name, lie in NOTICES.items():
        assert send_notice(world, provider_id, lie(tenant)) == 400, name
        assert browser.who() == "auditor@example.org", name
    assert send_notice(world, provider_id, notice(tenant, sid="another-session")) == 200
    assert send_notice(world, provider_id, notice(tenant, sub="another", sid="session-there")) == 200
    assert browser.who() == "auditor@example.org", "both that are named must fit"
    good = notice(tenant, sub=None)
    assert send_notice(world, provider_id, good) == 200
    assert browser.who() is None
    browser.sign_in(provider_id, tenant)
    assert send_notice(world, provider_id, good) == 400, "the same notice is taken once"
    assert browser.who() == "auditor@example.org"
    assert send_notice(world, provider_id, notice(tenant, sid=None, typ="JWT")) == 200
    assert browser.who() is None
    assert browser_of(world, "auditor").who() == "auditor@example.org", "sessions that do not stand on it go on"
    assert send_notice(world, str(UUID(int=7)), good) == 404


def test_a_provider_out_of_use_signs_nobody_in_and_ends_its_sessions(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant)
    known(world, provider_id, tenant, "auditor")
    browser, late = Browser(world), Browser(world)
    browser.sign_in(provider_id, tenant)
    back = tenant.authorize(late.begin(provider_id).json()["go_to"])
    assert f'value="{provider_id}"' in world.stranger.page("/sign-in").text
    change = {"json": {"active": False}, "headers": {"If-Match": '"1"'}}
    assert world.fund_admin.patch(f"/identity-providers/{provider_id}", **change).status_code == 403
    assert world.admin.patch(f"/identity-providers/{provider_id}", **change).status_code == 200
    assert browser.who() is None
    assert late.come_back(back).json()["code"] == "sign_in.start_again"
    assert Browser(world).begin(provider_id).status_code == 404
    assert f'value="{provider_id}"' not in world.stranger.page("/sign-in").text
    again = {"json": {"active": True}, "headers": {"If-Match": '"2"'}}
    assert world.admin.patch(f"/identity-providers/{provider_id}", **again).status_code == 200
    assert Browser(world).sign_in(provider_id, tenant).status_code == 200


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_providers_are_entered_and_shown_without_their_secret(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant, partner=NORTH)
    shown = world.fund_admin.get(f"/identity-providers/{provider_id}")
    assert SECRET not in shown.text
    assert shown.json()["has_secret"] is True
    with world.services.database.engine.connect() as connection:
        kept = connection.execute(text("SELECT client_secret_sealed FROM identity_provider")).scalar_one()
    assert SECRET.encode() not in bytes(kept)
    assert world.admin.post(f"/identity-providers/{provider_id}/check").json() == {
        "fine": True,
        "reason": None,
        "signs_out_there": True,
    }
    same = {"name": "other", "issuer": tenant.issuer, "client_id": CLIENT}
    assert world.admin.post("/identity-providers", json=same).json()["errors"][0]["pointer"] == "/client_id"
    for issuer in ("http://intranet.example.org", "https://192.0.2.7", "https://u:p@idp.example.org", "javascript:x"):
        refused = world.admin.post("/identity-providers", json=same | {"issuer": issuer})
        assert refused.json()["errors"][0]["pointer"] == "/issuer", issuer
    for page, who in (
        ("", "fund_admin"),
        ("/new", "admin"),
        (f"/{provider_id}", "admin"),
        (f"/{provider_id}", "auditor"),
    ):
        status = 403 if who == "auditor" else 200
        assert getattr(world, who).page("/identity-providers" + page).status_code == status
    assert world.attorney.page("/account/organization").status_code == 200
    assert world.stranger.page("/sign-in/return?state=x&code=y").status_code == 200


def test_only_addresses_over_tls_are_asked_in_production() -> None:
    for address in (
        *("http://idp.example.org", "http://127.0.0.1:8080", "https://127.0.0.1", "https://[::1]", "https://localhost"),
        *("https://2130706433", "https://0x7f.1", "ftp://idp.example.org", "https://", "https://idp.example.org:0", ""),
        *("https://user@idp.example.org", "https://idp.example.org\\@x", "https://idp.example.org/#x", "//idp", None),
    ):
        assert not is_fit(address, loopback=False), address
    assert is_fit("https://idp.example.org:8443/realms/x", loopback=False)
    assert is_issuer("https://idp.example.org/realms/x", loopback=False)
    assert not is_issuer("https://idp.example.org/?x=1", loopback=False)
    assert is_fit("http://127.0.0.1:8080/x", loopback=True)
    assert not is_fit("http://192.0.2.7/x", loopback=True)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_way_that_is_not_for_a_path_of_this_site_ends_at_home(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant)
    known(world, provider_id, tenant, "auditor")
    for path in ("https://elsewhere.example.org", "//elsewhere.example.org", "/\\elsewhere", "javascript:x"):
        assert Browser(world).sign_in(provider_id, tenant, next=path).json() == {"go_to": "/"}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_session_says_how_it_was_proved(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant)
    known(world, provider_id, tenant, "auditor")
    assert Browser(world).sign_in(provider_id, tenant).status_code == 200
    with world.services.database.engine.connect() as connection:
        words = list(connection.execute(select(SignInSession.__table__.c.methods)).scalars())  # type: ignore[attr-defined]  # SQLModel adds it
    assert words.count("federated_mfa") == 1


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_session_on_one_factor_can_only_prove_a_second(world: World, tenant: Tenant) -> None:
    """Where Amparo asks for the second factor itself, even where this installation takes a password alone."""
    provider_id = enter(world, tenant, second_factor="here")
    tenant.claims = lambda claims: claims.update(amr=["pwd"])
    at_home = browser_of(world, "auditor")
    assert link(at_home, provider_id, tenant).status_code == 200
    app = with_app(world.auditor)
    browser = Browser(world)
    assert browser.sign_in(provider_id, tenant).status_code == 200
    assert browser.who() == "auditor@example.org"
    assert browser.send("GET", "/audit/events").status_code == 403
    for verb, path in (("POST", "/passkeys/challenge"), ("DELETE", "/authenticator-app")):
        assert browser.send(verb, path).json()["code"] == "sign_in.weak", path
    weak = Person(world.client, None, browser.cookies["amparo"])
    assert "/api/v1/session/federated/code" in weak.page("/account/ways").text
    begun = browser.send("POST", "/session/federated/proof", json={"provider_id": provider_id}).json()["go_to"]
    assert browser.come_back(tenant.authorize(begun)).json()["code"] == "sign_in.second_factor"
    assert browser.send("POST", "/session/federated/code", json={"code": "000000"}).status_code == 422
    code = app.now()
    assert browser.send("POST", "/session/federated/code", json={"code": code}).status_code == 200
    assert browser.send("GET", "/audit/events").status_code == 200
    assert at_home.send("POST", "/session/federated/code", json={"code": code}).status_code == 403


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_word_for_a_strong_sign_in_is_asked_for_and_taken(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant, accepted_acr=["urn:example:strong"], accepted_amr=[])
    known(world, provider_id, tenant, "auditor")
    assert parse_qs(urlsplit(Browser(world).begin(provider_id).json()["go_to"]).query)["acr_values"] == [
        "urn:example:strong"
    ]
    assert Browser(world).sign_in(provider_id, tenant).json()["code"] == "sign_in.second_factor"
    tenant.claims = lambda claims: claims.update(acr="urn:example:strong")
    assert Browser(world).sign_in(provider_id, tenant).status_code == 200


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_only_the_organizations_own_domain_comes_in(world: World, tenant: Tenant) -> None:
    provider_id = enter(world, tenant, hosted_domain="legal.example.org", max_age_minutes=None)
    known(world, provider_id, tenant, "auditor")
    for said in ({}, {"hd": "elsewhere.example.org"}):
        tenant.claims = partial(dict.update, **said) if said else lambda _: None
        assert Browser(world).sign_in(provider_id, tenant).json()["code"] == "sign_in.provider_unsound"
    tenant.claims = lambda claims: claims.update(hd="legal.example.org")
    assert Browser(world).sign_in(provider_id, tenant).status_code == 200


def test_the_command_enters_lists_and_takes_out_of_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the operator would, whose installation has nobody yet who could sign in."""
    for name, value in (("DATA_DIR", tmp_path), ("ENVIRONMENT", "test"), ("KEYRING_FILE", tmp_path / "keyring.json")):
        monkeypatch.setenv(f"AMPARO_{name}", str(value))
    installation.make(Settings())
    (tmp_path / "secret").write_text(SECRET + "\n")
    runner = CliRunner()
    asked = ["--name", "North", "--issuer", "https://idp.example.org", "--client-id", CLIENT]
    added = runner.invoke(provider_commands.commands, ["add", *asked, "--secret-file", str(tmp_path / "secret")])
    assert "/sign-in/return" in added.output, added.exception
    assert "the fund\thttps://idp.example.org\tin use" in runner.invoke(provider_commands.commands, ["list"]).output
    assert runner.invoke(provider_commands.commands, ["disable", "North"]).exit_code == 0
    assert "out of use" in runner.invoke(provider_commands.commands, ["list"]).output
    unfit = ["--name", "x", "--issuer", "http://intranet.example.org", "--client-id", "x"]
    for words in (["disable", "South"], ["add", *asked], ["add", *asked, "--partner", "None"], ["add", *unfit]):
        assert isinstance(runner.invoke(provider_commands.commands, words).exception, Invalid), words
    assert all(SECRET.encode() not in file.read_bytes() for file in tmp_path.glob("*.db*"))
