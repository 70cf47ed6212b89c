"""The pages of organizations' accounts: coming back from one, one's own links, and the providers."""

from uuid import UUID

from fastapi import Request

from app.access.grants import Permission
from app.single_sign_on.reads import identities, providers
from app.web.answers import Open, Page
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")


@door.page("/sign-in/return", Open.SIGN_IN)
def come_back() -> Page:
    """Where a provider sends the browser back; what stands in the address is read by the page's script alone."""
    return Page("single_sign_on/return.html", {})


@door.page("/account/organization", Permission.ACCOUNT_SIGN_IN)
def own(work: Work) -> Page:
    """The accounts of organizations that are linked to one's own, and those that can be."""
    linked = identities.identities(work).items
    held = {each.provider.id for each in linked}
    offers = [each for each in providers.linkable(work) if each.id not in held]
    return Page("single_sign_on/own.html", {"linked": linked, "offers": offers})


@door.page("/identity-providers", Permission.IDENTITY_PROVIDER_READ)
def all_providers(work: Work) -> Page:
    """The identity providers."""
    return Page("single_sign_on/list.html", {"providers": providers.providers(work).items})


@door.page("/identity-providers/new", Permission.IDENTITY_PROVIDER_MANAGE)
def new_provider(work: Work) -> Page:
    """The form to enter one."""
    partners = [(str(each.id), each.name) for each in providers.organizations(work)]
    return Page("single_sign_on/new.html", {"partners": partners})


@door.page("/identity-providers/{identity_provider_id}", Permission.IDENTITY_PROVIDER_READ)
def one_provider(work: Work, identity_provider_id: UUID, request: Request) -> Page:
    """One identity provider: what it is asked, what to enter at it, and changing it."""
    provider = providers.provider(work, identity_provider_id)
    origin = request.app.state.services.settings.public_origin
    addresses = {
        "came_back": f"{origin}/sign-in/return",
        "signed_out": f"{origin}/sign-in",
        "notices": f"{origin}/api/v1/identity-providers/{identity_provider_id}/logout",
    }
    return Page("single_sign_on/one.html", {"provider": provider, "addresses": addresses})
