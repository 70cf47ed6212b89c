"""Confirming that somebody looked at who has access, once a quarter."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.access.grants import Permission
from app.audit.actions import record
from app.audit.rules.verdict import Verdict
from app.errors import Conflict
from app.once import once
from app.oversight import reads
from app.oversight.model import AccessReview
from app.oversight.rules import quarter_of
from app.work import Work


class Confirmation(BaseModel):
    """The digest of the list that was looked at: what is confirmed is what was seen."""

    model_config = ConfigDict(extra="forbid")

    digest: str = Field(pattern=r"^[0-9a-f]{64}$")


def keep_verdict(work: Work, verdict: Verdict, given: int = 0) -> None:
    """Put on record what checking the whole record came to, for the page to tell. For commands at the machine.

    ``given`` counts the files from elsewhere that it was compared with.
    """
    record(
        work,
        "audit.verified",
        object_type="audit_event",
        count=verdict.events,
        details={"finding": verdict.finding.value, "outcome": verdict.reason.name.lower(), "compared": given},
    )


def confirm_review(work: Work, form: Confirmation) -> UUID:
    """Put on record that the actor reviewed who has access, with the list as it stands.

    Raises Conflict when the list is no longer the one that was looked at.
    """
    work.allow(Permission.ACCESS_REVIEW)
    listed = reads.access_list(work)

    def do(review_id: UUID) -> None:
        if listed.digest != form.digest:
            raise Conflict("review.changed", "Who has access has changed since you opened this page. Look again.")
        work.insert(
            AccessReview,
            id=review_id,
            reviewed_at=work.now,
            reviewed_by=work.actor.id,
            quarter=quarter_of(work.now.date()),
            people=len(listed.items),
            dormant=listed.dormant,
            beyond=listed.beyond,
            invitations=listed.invitations,
            digest=listed.digest,
        )
        record(
            work,
            "access.reviewed",
            object_type="access_review",
            object_id=review_id,
            count=len(listed.items),
            details={"digest": listed.digest},
        )

    return once(work, form, do)
