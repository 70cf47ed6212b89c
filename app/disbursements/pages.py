"""Pages of disbursements: the queue, and the life of one."""

from urllib.parse import urlencode
from uuid import UUID

from app.access.grants import Permission
from app.disbursements.reads import disbursements as reads
from app.disbursements.reads.acts import acts
from app.disbursements.rules import STRAIGHT_WAY, DisbursementStatus
from app.web.answers import Page
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")


@door.page("/disbursements", Permission.DISBURSEMENT_READ)
def disbursements_page(
    work: Work, status: str = "", fund_id: str = "", award_id: str = "", cursor: str | None = None
) -> Page:
    """Disbursements to approve, release and settle, and all others. What the filter can not read is not chosen."""
    only = reads.DisbursementFilter(
        status=DisbursementStatus(status) if status in set(DisbursementStatus) else None,
        fund_id=_id(fund_id),
        award_id=_id(award_id),
    )
    found = reads.disbursements(work, only, cursor=cursor)
    kept = {"status": only.status or "", "fund_id": str(only.fund_id or ""), "award_id": str(only.award_id or "")}
    return Page(
        "disbursements/list.html",
        {
            "disbursements": found.items,
            "acts": acts(work, found.items),
            "only": only,
            "next_url": _next(found.next, kept),
            "first_url": _next("", kept) if cursor else None,
        },
    )


@door.page("/disbursements/{disbursement_id}", Permission.DISBURSEMENT_READ)
def disbursement_page(work: Work, disbursement_id: UUID) -> Page:
    """One disbursement: where it stands, who moved it, and what the reader may do."""
    found = reads.disbursement(work, disbursement_id)
    return Page(
        "disbursements/disbursement.html",
        {
            "disbursement": found,
            "acts": acts(work, [found])[found.id],
            "way": STRAIGHT_WAY,
            "reached": {step.verb: step for step in found.steps},
        },
    )


def _id(text: str) -> UUID | None:
    """The id in a filter; None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _next(cursor: str | None, kept: dict[str, str]) -> str | None:
    """The address of a page of the list; None when there is no such page."""
    if cursor is None:
        return None
    query = {name: value for name, value in {**kept, "cursor": cursor}.items() if value}
    return f"/disbursements?{urlencode(query)}" if query else "/disbursements"
