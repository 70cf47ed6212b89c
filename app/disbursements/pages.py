"""Pages of disbursements: the queue, and the life of one."""

from urllib.parse import urlencode
from uuid import UUID

from app.access.grants import Permission
from app.disbursements.reads import disbursements as reads
from app.disbursements.reads import parts as part_reads
from app.disbursements.reads.acts import acts
from app.disbursements.rules import STRAIGHT_WAY, DisbursementStatus, Figure
from app.funds.rules import Category
from app.money import Money
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
            "next_url": _address("/disbursements", found.next, kept),
            "first_url": _address("/disbursements", "", kept) if cursor else None,
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


@door.page("/funds/{fund_id}/parts", Permission.FUND_READ)
def fund_parts_page(
    work: Work, fund_id: UUID, figure: Figure, category: Category | None = None, cursor: str | None = None
) -> Page:
    """What a figure of a fund is made of."""
    found = part_reads.parts_of_fund(work, fund_id, figure, category, cursor=cursor)
    return _parts_page(found, f"/funds/{fund_id}", cursor)


@door.page("/awards/{award_id}/parts", Permission.AWARD_READ)
def award_parts_page(work: Work, award_id: UUID, figure: Figure, cursor: str | None = None) -> Page:
    """What a figure of an award is made of."""
    return _parts_page(part_reads.parts_of_award(work, award_id, figure, cursor=cursor), f"/awards/{award_id}", cursor)


def _parts_page(found: part_reads.Parts, path: str, cursor: str | None) -> Page:
    kept = {"figure": found.figure.value}
    if found.award is None and found.category is not None:
        kept["category"] = found.category.value
    by = _made_of(found)
    return Page(
        "disbursements/parts.html",
        {
            "parts": found,
            "path": path,
            "by": by,
            "width": {"categories": 1, "entries": 5, "awards": 4, "payments": 3}[by],
            "shown": Money(sum(part.amount for part in found.items)),
            "next_url": _address(f"{path}/parts", found.next, kept),
            "first_url": _address(f"{path}/parts", "", kept) if cursor else None,
        },
    )


def _made_of(found: part_reads.Parts) -> str:
    """What the parts are, and so which columns tell of them."""
    if found.figure is Figure.ENCUMBERED:
        return "awards" if found.award is None else "payments"
    whole_fund = found.award is None and found.category is None
    return "categories" if whole_fund and found.figure is Figure.AVAILABLE else "entries"


def _id(text: str) -> UUID | None:
    """The id in a filter; None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _address(path: str, cursor: str | None, kept: dict[str, str]) -> str | None:
    """The address of a page of a list; None when there is no such page."""
    if cursor is None:
        return None
    query = {name: value for name, value in {**kept, "cursor": cursor}.items() if value}
    return f"{path}?{urlencode(query)}" if query else path
