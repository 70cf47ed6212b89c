"""Coming back after everything was lost: throttled like a sign-in, whose place it takes."""

from app.authenticators.actions import resets
from app.errors import NotSignedIn
from app.staff.actions.signing_in import throttled
from app.work import Work


def recover(work: Work, form: resets.Recovery, *, address: str) -> str:
    """The secret of a link to choose new ways to sign in. Raises NotSignedIn, or TooSoon after too many failures."""
    attempt = throttled(work, form.email, address)
    try:
        return resets.recover(work, form)
    except NotSignedIn:
        attempt.failed()
        raise
