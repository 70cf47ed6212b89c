"""The page of programs, the form to take one on, and the page of one's own tokens."""

from app.access.grants import Permission, Role
from app.clients.reads import clients as reads
from app.clients.reads import tokens as token_reads
from app.clients.rules import MOST_TOKENS, ROLES
from app.partners import reads as partner_reads
from app.web.answers import Page
from app.web.choices import Choice
from app.web.door import Door
from app.web.scopes import SCOPES
from app.work import Work

door = Door(tag="pages")


@door.page("/clients", Permission.CLIENT_MANAGE)
def clients(work: Work) -> Page:
    """The programs that speak to Amparo."""
    return Page("clients/list.html", {"clients": reads.clients(work).items, "scopes": SCOPES})


@door.page("/clients/new", Permission.CLIENT_MANAGE)
def take_on(work: Work, role: Role | None = None) -> Page:
    """The form to take a program on: first whose rights, then which part of them."""
    work.allow(Permission.CLIENT_MANAGE)
    offer = next((each for each in reads.offers() if each.role == role), None)
    partners = [Choice(str(each.id), each.name) for each in partner_reads.partners(work).items]
    return Page("clients/new.html", {"roles": ROLES, "offer": offer, "partners": partners, "scopes": SCOPES})


@door.page("/account/tokens", Permission.ACCOUNT_OWN)
def tokens(work: Work) -> Page:
    """One's own tokens, and the form to make one."""
    items = token_reads.tokens(work).items
    may = [each for each in SCOPES if each in work.actor.permissions]
    view = {"tokens": items, "may": may, "scopes": SCOPES, "full": len(items) >= MOST_TOKENS}
    return Page("clients/tokens.html", view)
