"""Pages of bonds: the register with the position and what is due, and the life of one bond."""

from datetime import date
from uuid import UUID

from app.access.grants import Permission
from app.bonds.reads import bonds as reads
from app.bonds.reads.acts import acts
from app.bonds.reads.chasing import chase, due_bonds
from app.bonds.reads.opening import USUAL
from app.bonds.reads.position import position
from app.bonds.rules import STRAIGHT_WAY, BondStatus, missing_papers
from app.bonds.rules.dues import Due
from app.funds.reads.choices import choices
from app.funds.reads.payees import payees
from app.funds.rules import PayeeKind
from app.web.addresses import id_in, page_of
from app.web.answers import Page
from app.web.charts import Part
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")

#: As many payees as one list gives, and as many lines of the chase list as stand on the register.
_MANY, _FIRST = 200, 20


@door.page("/bonds", Permission.BOND_READ)
def bonds_page(
    work: Work,
    status: str = "",
    fund_id: str = "",
    due: str = "",
    as_of: str = "",
    cursor: str | None = None,
) -> Page:
    """The position, what is due, and the register. What the filter can not read is not chosen."""
    chosen = Due(due) if due in set(Due) else None
    only = reads.BondFilter(
        status=BondStatus(status) if status in set(BondStatus) else None,
        fund_id=id_in(fund_id),
        among=None if chosen is None else due_bonds(work, chosen),
    )
    kept = {"status": only.status or "", "fund_id": str(only.fund_id or ""), "due": chosen or ""}
    found = reads.bonds(work, only, cursor=cursor)
    stands = position(work, _day(as_of))
    total = stands.total
    return Page(
        "bonds/list.html",
        {
            "bonds": found.items,
            "only": only,
            "due": chosen,
            "filtered": any(kept.values()),
            "position": stands,
            "bar": [
                Part("paid", total.returned.amount),
                Part("encumbered", total.forfeited.amount),
                Part("available", total.outstanding.amount),
            ],
            "chase": chase(work, limit=_FIRST),
            "funds": choices(work).funds,
            "next_url": page_of("/bonds", found.next, kept),
            "first_url": page_of("/bonds", "", kept) if cursor else None,
        },
    )


def _day(text: str) -> date | None:
    """A day of an address; what is none, or is to come, counts as not chosen."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day <= date.today() else None  # noqa: DTZ011 - the read asks again, in the reader's zone


@door.page("/bonds/{bond_id}", Permission.BOND_READ)
def bond_page(work: Work, bond_id: UUID) -> Page:
    """One bond: where it stands, the next step, its money and its obligor."""
    found = reads.bond(work, bond_id)
    may = acts(work, found)
    seen = [each.paper for each in found.obligor.papers if each.seen_on is not None]
    return Page(
        "bonds/bond.html",
        {
            "bond": found,
            "acts": may,
            "way": STRAIGHT_WAY,
            "missing": missing_papers(found.obligor.kind, seen),
            "purpose": USUAL,
            "obligors": [
                (str(each.id), each.name)
                for each in (payees(work, limit=_MANY).items if "substitute" in may.verbs else [])
                if each.kind is PayeeKind.OBLIGOR
            ],
        },
    )
