"""Whether the reader of a page can sign."""

from app.authenticators.reads import credential_ids
from app.work import Work


def has_passkey(work: Work) -> bool:
    """Whether the actor has a passkey, and sits at a browser in which it can be asked for."""
    return work.actor.session_id is not None and bool(credential_ids(work, work.actor.id))
