"""Bonds as they are shown: by references, with the steps of their lives and where their money stands."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app import keyset
from app.access.grants import Permission
from app.access.model import Account
from app.audit.actions import record
from app.bonds.model import Bond, BondStep, Obligor, ObligorPaper
from app.bonds.reads.views import BondList, BondStepView, BondView, ObligorView, PaperView, money_of
from app.bonds.rules import PAPERS, BondStatus, Holder, Paper
from app.bonds.rules.dues import due_of
from app.bonds.rules.money import EFFECTS, Stand, stand_of
from app.bonds.scope import visible
from app.cases.model import Case
from app.cases.reads import PersonName
from app.cases.rules import day_in
from app.cases.scope import assigned
from app.crypto import Cell, Group
from app.disbursements.model import Disbursement
from app.errors import NotFound
from app.funds.model import Award, Fund, LedgerEntry, Payee
from app.partners.model import Partner
from app.work import Work


@dataclass(frozen=True, slots=True)
class BondFilter:
    """Which bonds to list; None is any. ``among`` are the ids that a read standing on this one has found."""

    status: BondStatus | None = None
    fund_id: UUID | None = None
    obligor_id: UUID | None = None
    case_id: UUID | None = None
    among: Collection[UUID] | None = None


_Requester = aliased(Account, name="requester")
_Held = aliased(Partner, name="held")

_SELECT: Final[Select[*tuple[Any, ...]]] = (
    select(
        *(each for each in Bond.__table__.c if each.name not in ("row_mac", "rejection")),  # type: ignore[attr-defined]  # SQLModel adds it to every table class
        col(Case.reference).label("case_reference"),
        col(Case.closed_on).label("case_closed_on"),
        col(Case.partner_id),
        col(Partner.name).label("partner"),
        col(Award.reference).label("award_reference"),
        col(Award.status).label("award_status"),
        col(Fund.name).label("fund"),
        col(Fund.time_zone),
        col(Obligor.reference).label("obligor_reference"),
        col(Obligor.kind).label("obligor_kind"),
        col(Obligor.payee_id),
        col(Obligor.partner_id).label("held_by"),
        col(Obligor.confirmed_on),
        col(Payee.reference).label("payee_reference"),
        col(_Held.name).label("held_name"),
        col(Disbursement.reference).label("disbursement_reference"),
        col(_Requester.name).label("requester"),
    )
    .join(Case, col(Case.id) == col(Bond.case_id))
    .join(Partner, col(Partner.id) == col(Case.partner_id))
    .join(Award, col(Award.id) == col(Bond.award_id))
    .join(Fund, col(Fund.id) == col(Bond.fund_id))
    .join(Obligor, col(Obligor.id) == col(Bond.obligor_id))
    .join(_Requester, col(_Requester.id) == col(Bond.requested_by))
    .outerjoin(Payee, col(Payee.id) == col(Obligor.payee_id))
    .outerjoin(_Held, col(_Held.id) == col(Obligor.partner_id))
    .outerjoin(Disbursement, col(Disbursement.id) == col(Bond.disbursement_id))
)
_ENTRIES: Final = select(col(LedgerEntry.bond_id), col(LedgerEntry.kind), col(LedgerEntry.amount)).where(
    col(LedgerEntry.bond_id).in_(bindparam("bond_ids", expanding=True)), col(LedgerEntry.kind).in_(EFFECTS)
)
_STEPS: Final = (
    select(
        *(col(BondStep.bond_id), col(BondStep.verb), col(BondStep.at), col(BondStep.on_day), col(BondStep.actor_id)),
        col(Account.name),
        col(Obligor.reference),
    )
    .join(Account, col(Account.id) == col(BondStep.actor_id))
    .outerjoin(Obligor, col(Obligor.id) == col(BondStep.obligor_id))
    .where(col(BondStep.bond_id).in_(bindparam("bond_ids", expanding=True)))
    .order_by(col(BondStep.id))
)
_PAPERS: Final = (
    select(col(ObligorPaper.obligor_id), col(ObligorPaper.paper), col(ObligorPaper.seen_on), col(ObligorPaper.seen_by))
    .add_columns(col(Account.name))
    .join(Account, col(Account.id) == col(ObligorPaper.seen_by))
    .where(col(ObligorPaper.obligor_id).in_(bindparam("obligor_ids", expanding=True)))
)


def bonds(work: Work, which: BondFilter, limit: int = keyset.DEFAULT_LIMIT, cursor: str | None = None) -> BondList:
    """The bonds in the actor's reach, newest first; the look is recorded."""
    reach = work.allow(Permission.BOND_READ)
    wanted = {
        Bond.status: which.status,
        Bond.fund_id: which.fund_id,
        Bond.obligor_id: which.obligor_id,
        Bond.case_id: which.case_id,
    }
    conditions = [col(column) == value for column, value in wanted.items() if value is not None]
    if which.among is not None:
        conditions.append(col(Bond.id).in_(which.among))
    statement = _SELECT.where(visible(work.actor, reach), *conditions)
    rows = work.session.execute(keyset.newest_first(statement, col(Bond.id), limit=limit, cursor=cursor)).all()
    page = keyset.page(rows, limit)
    record(work, "bond.listed", object_type="bond", count=len(page.rows))
    return BondList(_views(work, page.rows), page.next)


def bond(work: Work, bond_id: UUID, *, answering: bool = False) -> BondView:
    """One bond with its steps and papers; the look is recorded, and with it the opening of a refusal's reason.

    ``answering`` a verb that is on record itself, only such an opening is. Raises NotFound when the bond is absent or
    out of the actor's reach.
    """
    reach = work.allow(Permission.BOND_READ)
    may_open = assigned(work.actor, opens=work.actor.opens(Group.NOTES) is not None)
    statement = _SELECT.add_columns(may_open.label("opens"), col(Bond.rejection)).where(
        col(Bond.id) == bond_id, visible(work.actor, reach)
    )
    row = work.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    opens = bool(row.opens) and bool(row.rejection)
    if opens or not answering:
        groups = (Group.NOTES,) if opens else ()
        record(work, "bond.read", object_type="bond", object_id=bond_id, subject_id=row.case_id, groups=groups)
    view = _views(work, [row])[0]
    if not opens:
        return view
    cell = Cell("bond", "rejection", bond_id, row.case_id)
    return replace(view, rejection=work.vault.open(cell, Group.NOTES, row.rejection))


def bonds_of_case(work: Work, case_id: UUID) -> list[BondView]:
    """The bonds of a case, newest first, for its own page: that look is on record. None for who may not see bonds."""
    reach = work.actor.reach(Permission.BOND_READ)
    if reach is None:
        return []
    statement = _SELECT.where(col(Bond.case_id) == case_id, visible(work.actor, reach)).order_by(col(Bond.id).desc())
    return _views(work, work.session.execute(statement).all())


def _views(work: Work, rows: Sequence[Any]) -> list[BondView]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    stands, steps = stands_of(work, ids), _steps(work, ids)
    papers = _papers(work, {row.obligor_id for row in rows})
    return [_view(work, row, stands[row.id], steps[row.id], papers[row.obligor_id]) for row in rows]


def stands_of(work: Work, bond_ids: Iterable[UUID]) -> Mapping[UUID, Stand]:
    """Where the money of these bonds stands, from their entries."""
    entries: dict[UUID, list[tuple[Any, int]]] = defaultdict(list)
    ids = list(bond_ids)
    for row in work.session.execute(_ENTRIES, {"bond_ids": ids}):
        entries[row.bond_id].append((row.kind, row.amount))
    return {each: stand_of(entries[each]) for each in ids}


def _steps(work: Work, bond_ids: list[UUID]) -> dict[UUID, list[BondStepView]]:
    found: dict[UUID, list[BondStepView]] = defaultdict(list)
    for row in work.session.execute(_STEPS, {"bond_ids": bond_ids}):
        by = PersonName(row.actor_id, row.name)
        found[row.bond_id].append(BondStepView(row.verb, row.at, row.on_day, by, row.reference))
    return found


def _papers(work: Work, obligor_ids: Collection[UUID]) -> dict[UUID, dict[Paper, PaperView]]:
    found: dict[UUID, dict[Paper, PaperView]] = defaultdict(dict)
    for row in work.session.execute(_PAPERS, {"obligor_ids": list(obligor_ids)}):
        found[row.obligor_id][row.paper] = PaperView(row.paper, row.seen_on, PersonName(row.seen_by, row.name))
    return found


def _obligor(row: Any, papers: Mapping[Paper, PaperView]) -> ObligorView:
    holder = Holder.PAYEE if row.payee_id else Holder.PARTNER if row.held_by else Holder.FUND
    return ObligorView(
        id=row.obligor_id,
        reference=row.payee_reference or row.obligor_reference,
        holder=holder,
        kind=row.obligor_kind,
        name=row.held_name,
        address_confirmed_on=row.confirmed_on,
        papers=[papers.get(paper, PaperView(paper, None, None)) for paper in PAPERS[row.obligor_kind]],
    )


#: Columns of a row that are shown as they are.
_PLAIN: Final = (
    *("id", "reference", "kind", "status", "case_id", "case_reference", "award_id", "award_reference", "award_status"),
    *("fund_id", "fund", "partner_id", "partner", "amount", "disbursement_id", "disbursement_reference"),
    *("receipt_number", "receipt_lost", "requested_on", "decided_on", "signed_on", "posted_on", "redelivered_on"),
    *("cancelled_on", "claimed_on", "received_on", "breached_on", "contested_on", "contest", "forfeited_on", "version"),
)


def _view(work: Work, row: Any, stand: Stand, steps: list[BondStepView], papers: Mapping[Paper, PaperView]) -> BondView:
    return BondView(
        **{name: getattr(row, name) for name in _PLAIN},
        money=money_of(stand),
        obligor=_obligor(row, papers),
        requested_by=PersonName(row.requested_by, row.requester),
        due=sorted(due_of(row, day_in(work.now, row.time_zone))),
        rejection=None,
        steps=steps,
    )
