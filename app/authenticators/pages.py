"""The pages of one's own ways to sign in, and of resets."""

from markupsafe import Markup

from app.access.grants import Permission
from app.authenticators import reads
from app.authenticators.reads import resets, seeds
from app.web.answers import Open, Page
from app.web.choices import Choice
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")


@door.page("/account/ways", Permission.ACCOUNT_SIGN_IN)
def ways(work: Work) -> Page:
    """One's own ways to sign in: passkeys, an app for codes, recovery codes."""
    return Page("authenticators/ways.html", {"ways": reads.ways(work), "reset": resets.of_oneself(work)})


@door.page("/account/ways/app", Permission.ACCOUNT_SIGN_IN)
def app(work: Work) -> Page:
    """The picture for an app, until its first code is entered."""
    seed = seeds.waiting(work)
    picture = Markup(seed.picture)  # noqa: S704 - drawn here, of an address that is percent-encoded
    return Page("authenticators/app.html", {"picture": picture, "secret": seed.secret})


@door.page("/staff/resets", Permission.STAFF_MANAGE)
def lost(work: Work) -> Page:
    """Who lost their ways to sign in, and who has to approve."""
    people = [Choice(str(each.id), f"{each.name} ({each.email})") for each in resets.people(work)]
    return Page("authenticators/resets.html", {"resets": resets.resets(work).items, "people": people})


@door.page("/recover", Open.INVITATION)
def recover() -> Page:
    """Where two halves of a code are entered."""
    return Page("authenticators/recover.html", {})
