"""Bonds over REST."""

from uuid import UUID

from app.access.grants import Permission
from app.bonds.actions import asking, breaching, obligors, posting, returning
from app.bonds.actions.advance import Nothing, OnDay
from app.bonds.reads import bonds as reads
from app.bonds.reads.chasing import ChaseList, chase, due_bonds
from app.bonds.reads.find import readable
from app.bonds.reads.opening import OpenedObligor, Opening, open_obligor
from app.bonds.reads.position import BondPosition, position
from app.bonds.reads.views import BondList, BondView
from app.bonds.rules import BondStatus
from app.bonds.rules.dues import Due
from app.cases.actions.dates import Day
from app.keyset import DEFAULT_LIMIT, Limit
from app.web.door import Door
from app.work import Work

door = Door("/bonds")

_P = Permission


@door.get("", _P.BOND_READ)
def list_bonds(
    work: Work,
    status: BondStatus | None = None,
    fund_id: UUID | None = None,
    obligor_id: UUID | None = None,
    case_id: UUID | None = None,
    due: Due | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> BondList:
    """The bonds in your reach, newest first; ``due`` leaves those about which somebody should do this now."""
    among = None if due is None else due_bonds(work, due)
    return reads.bonds(work, reads.BondFilter(status, fund_id, obligor_id, case_id, among), limit, cursor)


@door.get("/chase", _P.BOND_READ)
def list_chase(
    work: Work,
    due: Due | None = None,
    fund_id: UUID | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> ChaseList:
    """What there is to do about bonds, with the days that it waits; oldest first."""
    return chase(work, due, fund_id, limit, cursor)


@door.get("/position", _P.BOND_READ)
def get_position(work: Work, as_of: Day | None = None) -> BondPosition:
    """Bonds and dollars by where they stand, per fund and in all, as of a day (today unless given)."""
    return position(work, as_of)


@door.get("/{bond_id}", _P.BOND_READ)
def get_bond(work: Work, bond_id: UUID) -> BondView:
    """One bond with its steps, its money, and the papers of its obligor."""
    return reads.bond(work, bond_id)


@door.post("", _P.BOND_REQUEST, key=True, status_code=201)
def request_bond(work: Work, form: asking.NewBond) -> BondView:
    """Ask for a bond on an award of the category bond, of its whole amount."""
    return reads.bond(work, asking.request(work, form), answering=True)


@door.post("/{bond_id}/approve", _P.BOND_DECIDE, finds=readable, key=True)
def approve_bond(work: Work, bond_id: UUID, form: Nothing | None = None) -> BondView:
    """Approve what somebody else asked for."""
    return reads.bond(work, asking.approve(work, bond_id, form or Nothing()), answering=True)


@door.post("/{bond_id}/reject", _P.BOND_DECIDE, finds=readable, key=True)
def reject_bond(work: Work, bond_id: UUID, form: asking.Refusal) -> BondView:
    """Refuse a bond, with a reason if you wish."""
    return reads.bond(work, asking.reject(work, bond_id, form), answering=True)


@door.post("/{bond_id}/withdraw", _P.BOND_REQUEST, finds=readable, key=True)
def withdraw_bond(work: Work, bond_id: UUID, form: Nothing | None = None) -> BondView:
    """Take a request back before anything is posted."""
    return reads.bond(work, asking.withdraw(work, bond_id, form or Nothing()), answering=True)


@door.post("/{bond_id}/papers", _P.BOND_RECORD, finds=readable, key=True)
def see_papers(work: Work, bond_id: UUID, form: obligors.PapersSeen) -> BondView:
    """Say which papers of the obligor were seen; they count for all bonds of this obligor."""
    return reads.bond(work, obligors.see_papers(work, bond_id, form), answering=True)


@door.post("/{bond_id}/sign", _P.BOND_RECORD, finds=readable, key=True)
def sign_bond(work: Work, bond_id: UUID, form: OnDay | None = None) -> BondView:
    """Say that the obligor signed the contract (Form I-352), once all papers were seen."""
    return reads.bond(work, obligors.sign(work, bond_id, form or OnDay()), answering=True)


@door.post("/{bond_id}/substitute", _P.BOND_RECORD, finds=readable, key=True)
def substitute_obligor(work: Work, bond_id: UUID, form: obligors.Substitution) -> BondView:
    """Put another obligor in the place of the present one."""
    return reads.bond(work, obligors.substitute(work, bond_id, form), answering=True)


@door.post("/{bond_id}/address", _P.BOND_ADDRESS, finds=readable, key=True)
def confirm_address(work: Work, bond_id: UUID, form: obligors.AddressConfirmed | None = None) -> BondView:
    """Enter the obligor's address, or confirm that it is still right."""
    form = form or obligors.AddressConfirmed()
    return reads.bond(work, obligors.confirm_address(work, bond_id, form), answering=True)


@door.post("/{bond_id}/obligor", _P.OBLIGOR_OPEN, finds=readable, key=True)
def open_obligor_of_bond(work: Work, bond_id: UUID, form: Opening) -> OpenedObligor:
    """Open the name and address of the obligor, for a purpose; always on record."""
    return open_obligor(work, bond_id, form)


@door.post("/{bond_id}/post", _P.BOND_RECORD, finds=readable, key=True)
def post_bond(work: Work, bond_id: UUID, form: posting.Posted) -> BondView:
    """Say that the bond is posted with the settled payment of its award, with the receipt's number (Form I-305)."""
    return reads.bond(work, posting.post_bond(work, bond_id, form), answering=True)


@door.post("/{bond_id}/unpost", _P.BOND_RECORD, finds=readable, key=True)
def unpost_bond(work: Work, bond_id: UUID, form: Nothing | None = None) -> BondView:
    """Take the posting back, because the payment came back or was a mistake."""
    return reads.bond(work, posting.unpost(work, bond_id, form or Nothing()), answering=True)


@door.post("/{bond_id}/redeliver", _P.BOND_RECORD, finds=readable, key=True)
def redeliver(work: Work, bond_id: UUID, form: OnDay | None = None) -> BondView:
    """Say that the person was detained again: the government must cancel the bond."""
    return reads.bond(work, returning.redeliver(work, bond_id, form or OnDay()), answering=True)


@door.post("/{bond_id}/cancel", _P.BOND_RECORD, finds=readable, key=True)
def cancel_bond(work: Work, bond_id: UUID, form: OnDay | None = None) -> BondView:
    """Say that the government ended the bond (Form I-391)."""
    return reads.bond(work, returning.cancel(work, bond_id, form or OnDay()), answering=True)


@door.post("/{bond_id}/claim", _P.BOND_RECORD, finds=readable, key=True)
def claim_refund(work: Work, bond_id: UUID, form: returning.Claimed | None = None) -> BondView:
    """Say that the refund was claimed; with an affidavit (Form I-395) when the receipt is lost."""
    return reads.bond(work, returning.claim(work, bond_id, form or returning.Claimed()), answering=True)


@door.post("/{bond_id}/receive", _P.BOND_RECORD, finds=readable, key=True)
def receive_refund(work: Work, bond_id: UUID, form: returning.Received) -> BondView:
    """Say that the refund came: principal and interest; by another person than claimed it."""
    return reads.bond(work, returning.receive(work, bond_id, form), answering=True)


@door.post("/{bond_id}/interest", _P.BOND_RECORD, finds=readable, key=True)
def receive_interest(work: Work, bond_id: UUID, form: returning.InterestReceived) -> BondView:
    """Say that interest came by itself, after the refund or on a forfeited bond."""
    return reads.bond(work, returning.receive_interest(work, bond_id, form), answering=True)


@door.post("/{bond_id}/breach", _P.BOND_RECORD, finds=readable, key=True)
def breach_bond(work: Work, bond_id: UUID, form: OnDay | None = None) -> BondView:
    """Say that the government declared the bond breached (Form I-323)."""
    return reads.bond(work, breaching.breach(work, bond_id, form or OnDay()), answering=True)


@door.post("/{bond_id}/contest", _P.BOND_RECORD, finds=readable, key=True)
def contest_breach(work: Work, bond_id: UUID, form: breaching.Contested) -> BondView:
    """Say that the breach is contested, by mitigation or appeal."""
    return reads.bond(work, breaching.contest(work, bond_id, form), answering=True)


@door.post("/{bond_id}/mitigate", _P.BOND_RECORD, finds=readable, key=True)
def mitigate_breach(work: Work, bond_id: UUID, form: breaching.Mitigated) -> BondView:
    """Say which part the government keeps; the rest can be claimed."""
    return reads.bond(work, breaching.mitigate(work, bond_id, form), answering=True)


@door.post("/{bond_id}/reinstate", _P.BOND_RECORD, finds=readable, key=True)
def reinstate_bond(work: Work, bond_id: UUID, form: OnDay | None = None) -> BondView:
    """Say that the breach was taken back: the bond is posted as before."""
    return reads.bond(work, breaching.reinstate(work, bond_id, form or OnDay()), answering=True)


@door.post("/{bond_id}/forfeit", _P.BOND_RECORD, finds=readable, key=True)
def forfeit_bond(work: Work, bond_id: UUID, form: OnDay | None = None) -> BondView:
    """Say that the bond is lost."""
    return reads.bond(work, breaching.forfeit(work, bond_id, form or OnDay()), answering=True)
