"""Emergency openings over REST. Every act of weight asks for a fresh proof of who is there."""

from uuid import UUID

from app.access.grants import Permission
from app.applicants.reads import Revealed
from app.break_glass import actions, reads
from app.keyset import DEFAULT_LIMIT, Limit
from app.web.door import Door
from app.work import Work

door = Door("/break-glass")


@door.get("", Permission.BREAK_GLASS_READ)
def list_openings(work: Work, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None) -> reads.OpeningList:
    """The emergency openings that concern you, newest first."""
    return reads.openings(work, limit=limit, cursor=cursor)


@door.post("", Permission.BREAK_GLASS_OPEN, status_code=201, steps_up=True)
def break_glass(work: Work, form: actions.NewOpening) -> reads.OpeningView:
    """Open one person's identity, contact and immigration details for an hour. Those concerned are told at once."""
    return reads.opening(work, actions.break_glass(work, form))


@door.get("/holders", Permission.BREAK_GLASS_NAME)
def list_holders(work: Work) -> reads.HolderList:
    """Who may open in an emergency."""
    return reads.holders(work)


@door.post("/holders", Permission.BREAK_GLASS_NAME, status_code=201, steps_up=True)
def name_holder(work: Work, form: actions.NewHolder) -> reads.HolderList:
    """Name a colleague who may open in an emergency; nobody names themselves."""
    actions.name(work, form)
    return reads.holders(work)


@door.delete("/holders/{holder_id}", Permission.BREAK_GLASS_NAME, finds=actions.holds, status_code=204)
def unname_holder(work: Work, holder_id: UUID) -> None:
    """End a person's emergency openings, at once."""
    actions.unname(work, holder_id)


@door.get("/{opening_id}", Permission.BREAK_GLASS_READ)
def get_opening(work: Work, opening_id: UUID) -> reads.OpeningView:
    """One emergency opening: who, why, until when, and its review."""
    return reads.opening(work, opening_id)


@door.post("/{opening_id}/reveal", Permission.BREAK_GLASS_OPEN, finds=reads.openable, writes=False)
def reveal_group(work: Work, opening_id: UUID, form: reads.GlassReveal) -> Revealed:
    """Open one sealed group under your own emergency opening, while it lasts. Each is recorded."""
    return reads.reveal(work, opening_id, form)


@door.post("/{opening_id}/review", Permission.BREAK_GLASS_REVIEW, finds=reads.known, steps_up=True)
def review_opening(work: Work, opening_id: UUID, form: actions.Review) -> reads.OpeningView:
    """Judge somebody else's emergency opening."""
    return reads.opening(work, actions.review(work, opening_id, form))
