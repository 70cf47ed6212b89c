"""Pages of the money that is given and set aside: funds, awards, payees."""

from uuid import UUID

from app.access.grants import Permission
from app.cases.rules import day_in
from app.eligibility.reads import ruleset_keys, versions
from app.funds.reads import awards as award_reads
from app.funds.reads import funds as fund_reads
from app.funds.reads import payees as payee_reads
from app.funds.reads import terms as term_reads
from app.funds.reads import transfers as transfer_reads
from app.funds.reads.choices import choices
from app.funds.reads.outlook import outlook
from app.funds.rules import AwardStatus, Balance
from app.money import Money
from app.partners.reads import partners
from app.web.addresses import id_in, page_of
from app.web.answers import Page
from app.web.charts import Part
from app.web.door import Door
from app.web.i18n import say
from app.work import Work

door = Door(tag="pages")

#: As many payees as one list gives: enough to choose from in a form.
_MANY = 200


def bar_of(balance: Balance) -> list[Part]:
    """A budget as the pieces of a bar: what is paid, what is set aside, what is left."""
    return [
        Part("paid", balance.paid),
        Part("encumbered", balance.encumbered),
        Part("available", balance.available),
    ]


@door.page("/funds", Permission.FUND_READ)
def funds_page(work: Work, cursor: str | None = None) -> Page:
    """Every fund with its balance."""
    found = fund_reads.funds(work, cursor=cursor)
    return Page(
        "funds/list.html",
        {
            "funds": found.items,
            "bars": {each.id: bar_of(each.balance) for each in found.items},
            "rulesets": [(key, say(work.language, _program(key))) for key in ruleset_keys()],
            "next_url": page_of("/funds", found.next, {}),
            "first_url": "/funds" if cursor else None,
        },
    )


@door.page("/funds/{fund_id}", Permission.FUND_READ)
def fund_page(work: Work, fund_id: UUID) -> Page:
    """One fund: its terms, its allocations, its latest awards."""
    found = fund_reads.fund(work, fund_id)
    return Page(
        "funds/fund.html",
        {
            "fund": found,
            "program": None if found.ruleset is None else _program(found.ruleset),
            "bar": bar_of(found.balance),
            "bars": {each.id: bar_of(each.balance) for each in found.allocations},
            "unallocated": Money(found.balance.budget - sum(each.balance.budget for each in found.allocations)),
            "awards": award_reads.awards(work, award_reads.AwardFilter(fund_id=fund_id), limit=10).items,
            "terms": term_reads.terms(work, fund_id),
            "outlook": outlook(work, fund_id),
        },
    )


@door.page("/funds/{fund_id}/terms", Permission.FUND_READ)
def terms_page(work: Work, fund_id: UUID, cursor: str | None = None) -> Page:
    """What a fund may be used for, how far its books are closed, and its money that moved without a case."""
    found = transfer_reads.transfers(work, fund_id, cursor=cursor)
    path = f"/funds/{fund_id}/terms"
    others = [each for each in fund_reads.funds(work, _MANY).items if each.id != fund_id]
    return Page(
        "funds/terms.html",
        {
            "fund": fund_reads.fund(work, fund_id),
            "terms": term_reads.terms(work, fund_id),
            "transfers": found.items,
            "programmes": [(str(each.id), each.name) for each in term_reads.programmes(work, _MANY).items],
            "partners": [(str(each.id), each.name) for each in partners(work).items],
            "others": [(str(each.id), each.name) for each in others],
            "me": work.actor.id,
            "next_url": page_of(path, found.next, {}),
            "first_url": path if cursor else None,
        },
    )


@door.page("/programmes", Permission.FUND_READ)
def programmes_page(work: Work, cursor: str | None = None) -> Page:
    """Every programme, and the form for another one."""
    found = term_reads.programmes(work, cursor=cursor)
    return Page(
        "funds/programmes.html",
        {
            "programmes": found.items,
            "next_url": page_of("/programmes", found.next, {}),
            "first_url": "/programmes" if cursor else None,
        },
    )


@door.page("/programmes/{programme_id}", Permission.FUND_READ)
def programme_page(work: Work, programme_id: UUID) -> Page:
    """Several funds as one: its sources and what they come to."""
    found = term_reads.programme(work, programme_id)
    return Page(
        "funds/programme.html",
        {
            "programme": found,
            "bar": bar_of(found.balance),
            "bars": {each.id: bar_of(each.balance) for each in found.funds},
        },
    )


@door.page("/awards", Permission.AWARD_READ)
def awards_page(
    work: Work,
    status: str = "",
    fund_id: str = "",
    partner_id: str = "",
    reference: str = "",
    mine: str = "",
    cursor: str | None = None,
) -> Page:
    """Awards to decide on, oldest first, and all others. What the filter can not read counts as not chosen."""
    some = choices(work)
    chosen = AwardStatus(status) if status in set(AwardStatus) else None
    only = award_reads.AwardFilter(
        status=chosen,
        fund_id=id_in(fund_id),
        partner_id=id_in(partner_id),
        requested_by=work.actor.id if mine else None,
        reference=reference.strip() or None,
        oldest_first=chosen is AwardStatus.REQUESTED,
    )
    found = award_reads.awards(work, only, cursor=cursor)
    kept = {
        "status": chosen or "",
        "fund_id": str(only.fund_id or ""),
        "partner_id": str(only.partner_id or ""),
        "reference": only.reference or "",
        "mine": "yes" if mine else "",
    }
    return Page(
        "funds/awards.html",
        {
            "awards": found.items,
            "only": only,
            "filtered": any(kept.values()),
            "funds": some.funds,
            "partners": some.partners,
            "next_url": page_of("/awards", found.next, kept),
            "first_url": page_of("/awards", "", kept) if cursor else None,
        },
    )


@door.page("/awards/{award_id}", Permission.AWARD_READ)
def award_page(work: Work, award_id: UUID) -> Page:
    """One award: its balance, the decision on it, and the payments that can be asked from it."""
    found = award_reads.award(work, award_id)
    asks = work.actor.reach(Permission.DISBURSEMENT_CREATE) is not None
    payees = payee_reads.payees(work, limit=_MANY).items if asks else []
    return Page(
        "funds/award.html",
        {
            "award": found,
            "bar": bar_of(found.balance),
            "asked_by_me": found.requested_by.id == work.actor.id,
            "left_in_category": _left_after(work, found),
            "days": (day_in(work.now, work.actor.time_zone) - found.requested_on).days,
            "payees": [(str(each.id), _payee(each)) for each in payees],
        },
    )


@door.page("/payees/{payee_id}", Permission.PAYEE_READ)
def payee_page(work: Work, payee_id: UUID) -> Page:
    """One payee, and the change of its bank account."""
    found = payee_reads.payee(work, payee_id)
    change = found.account_change
    return Page("funds/payee.html", {"payee": found, "own": change is not None and change.asked_by.id == work.actor.id})


@door.page("/payees", Permission.PAYEE_READ)
def payees_page(work: Work, cursor: str | None = None) -> Page:
    """Payees, and the form for another one."""
    found = payee_reads.payees(work, cursor=cursor)
    return Page(
        "funds/payees.html",
        {
            "payees": found.items,
            "partners": [(str(each.id), each.name) for each in partners(work).items],
            "next_url": page_of("/payees", found.next, {}),
            "first_url": "/payees" if cursor else None,
        },
    )


def _left_after(work: Work, award: award_reads.AwardView) -> Money | None:
    """What the category would have left after an award that is to be decided; below zero when it has less than that.

    None when nothing is to be decided, and for readers who see no fund.
    """
    if award.status is not AwardStatus.REQUESTED or work.actor.reach(Permission.FUND_READ) is None:
        return None
    allocation = fund_reads.allocation(work, award.fund_id, award.category)
    return Money(allocation.balance.available - award.amount)


def _payee(payee: payee_reads.PayeeView) -> str:
    """A payee as it stands in a list to choose from."""
    return payee.name if payee.account is None else f"{payee.name} ({payee.account})"


def _program(ruleset: str) -> str:
    """What people call the programme whose rules these are: a message of the catalogue."""
    return versions(ruleset)[-1].program
