"""Pages of disbursements: what waits for whom, the list of all, the life of one, and what figures are made of."""

from uuid import UUID

from app.access.grants import Permission
from app.disbursements.reads import disbursements as reads
from app.disbursements.reads import parts as part_reads
from app.disbursements.reads import waiting as waiting_reads
from app.disbursements.reads.acts import able, acts
from app.disbursements.reads.filter import DisbursementFilter
from app.disbursements.reads.signing import has_passkey
from app.disbursements.rules import STRAIGHT_WAY, WAITS_FOR, DisbursementStatus, Figure, Verb
from app.funds.reads.awards import to_decide
from app.funds.reads.choices import choices
from app.funds.rules import Category
from app.money import Money
from app.web.addresses import id_in, page_of
from app.web.answers import Page
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")

_LIST, _WAITING = "/disbursements", "/disbursements/waiting"


@door.page(_WAITING, Permission.DISBURSEMENT_READ)
def waiting_page(
    work: Work,
    step: str = "",
    fund_id: str = "",
    partner_id: str = "",
    mine: str = "",
    cursor: str | None = None,
) -> Page:
    """What waits for whom, oldest first. What the filter can not read is not chosen."""
    some = choices(work)
    which = waiting_reads.WaitingFilter(
        verb=Verb(step) if step in WAITS_FOR.values() else None,
        fund_id=id_in(fund_id),
        partner_id=id_in(partner_id),
        mine=bool(mine),
    )
    found = waiting_reads.waiting(work, which, cursor=cursor)
    kept = {
        "fund_id": str(which.fund_id or ""),
        "partner_id": str(which.partner_id or ""),
        "mine": "yes" if which.mine else "",
    }
    chosen = {"step": which.verb or "", **kept}
    return Page(
        "disbursements/waiting.html",
        {
            "waiting": found,
            "to_decide": to_decide(work),
            "which": which,
            "tabs": [
                (each, page_of(_WAITING, "", kept | {"step": "" if each.verb is which.verb else each.verb.value}))
                for each in found.steps
            ],
            "funds": some.funds,
            "partners": some.partners,
            "next_url": page_of(_WAITING, found.next, chosen),
            "first_url": page_of(_WAITING, "", chosen) if cursor else None,
        },
    )


@door.page(_LIST, Permission.DISBURSEMENT_READ)
def disbursements_page(
    work: Work,
    status: str = "",
    fund_id: str = "",
    partner_id: str = "",
    award_id: str = "",
    reference: str = "",
    mine: str = "",
    cursor: str | None = None,
) -> Page:
    """Every disbursement, newest first. What the filter can not read is not chosen."""
    some = choices(work)
    only = DisbursementFilter(
        status=DisbursementStatus(status) if status in set(DisbursementStatus) else None,
        fund_id=id_in(fund_id),
        partner_id=id_in(partner_id),
        award_id=id_in(award_id),
        reference=reference.strip() or None,
        part_of=work.actor.id if mine else None,
    )
    found = reads.disbursements(work, only, cursor=cursor)
    kept = {
        "status": only.status or "",
        "fund_id": str(only.fund_id or ""),
        "partner_id": str(only.partner_id or ""),
        "award_id": str(only.award_id or ""),
        "reference": only.reference or "",
        "mine": "yes" if mine else "",
    }
    return Page(
        "disbursements/list.html",
        {
            "disbursements": found.items,
            "able": able(work, found.items),
            "steps": waiting_reads.steps(work),
            "to_decide": to_decide(work),
            "only": only,
            "filtered": any(kept.values()),
            "funds": some.funds,
            "partners": some.partners,
            "next_url": page_of(_LIST, found.next, kept),
            "first_url": page_of(_LIST, "", kept) if cursor else None,
        },
    )


@door.page("/disbursements/{disbursement_id}", Permission.DISBURSEMENT_READ)
def disbursement_page(work: Work, disbursement_id: UUID) -> Page:
    """One disbursement: where it stands, who moved it, what there is to check, and what the reader may do."""
    found = reads.disbursement(work, disbursement_id)
    waits = next(iter(waiting_reads.checks(work, [found])), None)
    return Page(
        "disbursements/disbursement.html",
        {
            "disbursement": found,
            "acts": waits.acts if waits else acts(work, [found])[found.id],
            "way": STRAIGHT_WAY,
            "signs": has_passkey(work),
            "waits": waits,
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
            "next_url": page_of(f"{path}/parts", found.next, kept),
            "first_url": page_of(f"{path}/parts", "", kept) if cursor else None,
        },
    )


def _made_of(found: part_reads.Parts) -> str:
    """What the parts are, and so which columns tell of them."""
    if found.figure is Figure.ENCUMBERED:
        return "awards" if found.award is None else "payments"
    whole_fund = found.award is None and found.category is None
    return "categories" if whole_fund and found.figure is Figure.AVAILABLE else "entries"
