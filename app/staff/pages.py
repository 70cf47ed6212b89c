"""The pages of signing in and of one's own account."""

from app.access.grants import Permission
from app.access.offered import offered
from app.staff import reads
from app.web.answers import Open, Page
from app.web.choices import Choice, time_zones
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")


@door.page("/sign-in", Open.SIGN_IN)
def sign_in(work: Work, next: str = "/") -> Page:  # noqa: A002 - the name that stands in the address
    """Where one signs in; ``next`` is where one wanted to go, and only ever a path of this site."""
    return Page("staff/sign_in.html", {"next": _local(next), "offers": offered(work)})


@door.page("/first-password", Open.INVITATION)
def first_password(work: Work) -> Page:
    """Where an invitation link leads."""
    return Page("staff/password.html", {"offers": offered(work)})


@door.page("/account", Permission.ACCOUNT_OWN)
def account(work: Work) -> Page:
    """One's own account: password and sessions."""
    zones = time_zones(work.language, work.actor.time_zone)
    return Page(
        "staff/account.html", {"me": reads.me(work.actor), "sessions": reads.sessions(work).items, "zones": zones}
    )


@door.page("/staff", Permission.STAFF_READ)
def people(work: Work) -> Page:
    """The people one may see."""
    decides = Permission.STAFF_APPROVE in work.actor.permissions
    waiting = reads.requests(work).items if decides else []
    return Page("staff/people.html", {"people": reads.staff(work).items, "waiting": waiting, "decides": decides})


@door.page("/staff/new", Permission.STAFF_MANAGE)
def invite(work: Work) -> Page:
    """The form to invite somebody."""
    offered = reads.invitable(work)
    view = {
        "roles": offered.roles,
        "partners": [Choice(str(partner.id), partner.name) for partner in offered.partners],
        "zones": time_zones(work.language, work.actor.time_zone),
        "zone": work.actor.time_zone,
    }
    return Page("staff/invite.html", view)


def _local(path: str) -> str:
    """The path when it is one of this site, else the first page.

    A browser drops tabs and line ends and takes a backslash for a slash, and the form fills in what stands in braces:
    each of them can make another site's address of a path.
    """
    fit = path.startswith("/") and not path.startswith("//") and path.isprintable() and not set(path) & {"{", "\\"}
    return path if fit else "/"
