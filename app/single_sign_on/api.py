"""Signing in with an organization's account, and the providers that can be signed in with, over REST."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Form, Request

from app.access.grants import Permission
from app.config import Environment
from app.single_sign_on.actions import ending, going, returning
from app.single_sign_on.actions import providers as entering
from app.single_sign_on.actions.going import Begin, BeginHere, Way
from app.single_sign_on.actions.second_step import SecondStep, prove
from app.single_sign_on.reads import identities, providers
from app.single_sign_on.rules import ATTEMPT_LIFE, Purpose
from app.web.answers import Answer, Open, Turns
from app.web.door import Door
from app.work import Work

federated = Door("/session/federated", tag="session")
identities_door = Door("/session/identities", tag="session")
door = Door("/identity-providers")

#: Where every provider sends the browser back: one address, made of AMPARO_ORIGIN alone.
RETURN = "/sign-in/return"


@federated.post("", Open.SIGN_IN, status_code=201)
def begin(turns: Turns, form: Begin, request: Request) -> Answer:
    """Begin to sign in with your organization's account; the answer says where to go, and sets a short-lived cookie."""
    address = _address(request)
    return _begun(turns, request, turns(lambda work: going.prepare(work, form, address)))


@federated.post("/link", Permission.ACCOUNT_SIGN_IN, steps_up=True, status_code=201)
def begin_linking(turns: Turns, form: BeginHere, request: Request) -> Answer:
    """Begin to link your organization's account to your own here."""
    address = _address(request)
    return _begun(turns, request, turns(lambda work: going.prepare_here(work, form, Purpose.LINK, address)))


@federated.post("/proof", Permission.ACCOUNT_SIGN_IN, status_code=201)
def begin_proving(turns: Turns, form: BeginHere, request: Request) -> Answer:
    """Begin to prove again who you are, at your organization, before a sensitive act."""
    address = _address(request)
    return _begun(turns, request, turns(lambda work: going.prepare_here(work, form, Purpose.PROVE, address)))


@federated.post("/return", Open.SIGN_IN)
def come_back(turns: Turns, form: returning.Return, request: Request) -> Answer:
    """Come back with what the provider answered; the answer says where to go on, and sets the session cookie."""
    settings = request.app.state.services.settings
    cookie = request.cookies.get(_cookie_name(request), "")
    taken = turns(lambda work: returning.take(work, form, cookie))
    said = returning.ask(taken, form, settings.public_origin + RETURN, loopback=_loopback(request))
    browser, life = request.headers.get("user-agent", ""), timedelta(hours=settings.session_hours)
    arrived = turns(lambda work: returning.arrive(work, taken, said, browser=browser, life=life))
    return Answer({"go_to": arrived.go_to}, {"Set-Cookie": _cookie(request, "")}, session_secret=arrived.secret)


@federated.post("/code", Permission.ACCOUNT_SIGN_IN, writes=False)
def second_step(work: Work, form: SecondStep, request: Request) -> Answer:
    """Add the code that your organization did not ask for; the answer sets a new session cookie."""
    return Answer({"proved_at": work.now}, session_secret=prove(work, form, address=_address(request)))


@federated.post("/sign-out", Permission.ACCOUNT_SIGN_IN)
def sign_out(turns: Turns, request: Request) -> Answer:
    """Sign out here; the answer says where to go to sign out at your organization too, where that is offered."""
    settings = request.app.state.services.settings
    left = turns(ending.leave)
    there = ending.where_to(left, settings.public_origin + "/sign-in", loopback=_loopback(request))
    return Answer({"go_to": there or "/sign-in"}, session_secret="")


@identities_door.get("", Permission.ACCOUNT_SIGN_IN)
def list_identities(work: Work) -> identities.IdentityList:
    """The accounts of organizations that are linked to mine."""
    return identities.identities(work)


@identities_door.delete("/{identity_id}", Permission.ACCOUNT_SIGN_IN, finds=identities.exists, steps_up=True)
def unlink(work: Work, identity_id: UUID) -> None:
    """Unlink an account; sessions that began with it end. Not the last way in."""
    ending.unlink(work, identity_id)


@door.get("", Permission.IDENTITY_PROVIDER_READ)
def list_providers(work: Work) -> providers.ProviderList:
    """The identity providers, by name."""
    return providers.providers(work)


@door.get("/{provider_id}", Permission.IDENTITY_PROVIDER_READ)
def get_provider(work: Work, provider_id: UUID) -> providers.ProviderView:
    """One identity provider."""
    return providers.provider(work, provider_id)


@door.post("", Permission.IDENTITY_PROVIDER_MANAGE, steps_up=True, status_code=201)
def add_provider(work: Work, form: entering.NewProvider, request: Request) -> providers.ProviderView:
    """Enter an identity provider."""
    return providers.provider(work, entering.add(work, form, loopback=_loopback(request)))


@door.patch("/{provider_id}", Permission.IDENTITY_PROVIDER_MANAGE, finds=providers.version, steps_up=True)
def change_provider(work: Work, provider_id: UUID, form: entering.ChangedProvider) -> providers.ProviderView:
    """Change an identity provider, or take it out of use."""
    entering.change(work, provider_id, form)
    return providers.provider(work, provider_id)


@door.post("/{provider_id}/check", Permission.IDENTITY_PROVIDER_MANAGE, finds=providers.provider_exists)
def check_provider(turns: Turns, provider_id: UUID, request: Request) -> entering.Checked:
    """Ask the provider now whether it can be signed in with."""
    provider = turns(lambda work: entering.to_check(work, provider_id))
    return entering.check(provider, loopback=_loopback(request))


@door.post("/{provider_id}/logout", Open.PROVIDER, finds=providers.known, takes="application/x-www-form-urlencoded")
def end_by_notice(
    turns: Turns, provider_id: UUID, logout_token: Annotated[ending.LogoutToken, Form()], request: Request
) -> Answer:
    """A provider's notice that somebody signed out there (OpenID Connect Back-Channel Logout 1.0)."""
    provider = turns(lambda work: providers.ready(work, provider_id))
    notice = ending.judge(provider, logout_token, datetime.now(UTC), loopback=_loopback(request))
    if notice is None or not turns(lambda work: ending.end_by_notice(work, provider, notice)):
        return Answer({"error": "invalid_request"}, status=400)
    return Answer({})


def _begun(turns: Turns, request: Request, way: Way) -> Answer:
    """Ask the provider for the way, keep what its answer is held against, and send the browser off."""
    redirect_uri = request.app.state.services.settings.public_origin + RETURN
    said = going.ask(way, redirect_uri, loopback=_loopback(request))
    begun = turns(lambda work: going.go(work, way, said, _address(request)))
    return Answer({"go_to": begun.go_to}, {"Set-Cookie": _cookie(request, begun.cookie)})


def _cookie_name(request: Request) -> str:
    """Under TLS the ``__Host-`` prefix makes browsers refuse it from anywhere else."""
    secure = request.app.state.services.settings.secure_cookies
    return "__Host-amparo-way" if secure else "amparo-way"


def _cookie(request: Request, secret: str) -> str:
    """The cookie that ties a way to its browser; an empty secret drops it. Only ever sent by our own pages."""
    life = int(ATTEMPT_LIFE.total_seconds()) if secret else 0
    secure = "; Secure" if request.app.state.services.settings.secure_cookies else ""
    return f"{_cookie_name(request)}={secret}; Max-Age={life}; Path=/; HttpOnly; SameSite=Strict{secure}"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _loopback(request: Request) -> bool:
    return bool(request.app.state.services.settings.environment is not Environment.PRODUCTION)
