"""What waits for whom: the payments that somebody must move on, oldest first, with what there is to check."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, or_, select
from sqlmodel import col

from app import keyset
from app.access.anybody import ANYBODY, filled
from app.access.grants import GRANTS, Permission, Reach
from app.access.model import Account, AccountRole, AccountStatus
from app.access.ties import people_tied, within
from app.cases.reads import PersonName
from app.cases.rules import day_in
from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.reads.acts import Act, acts, bar_of, payees_of
from app.disbursements.reads.disbursements import DisbursementView, disbursements
from app.disbursements.reads.filter import DisbursementFilter
from app.disbursements.rules import NEEDS, WAITS_FOR, DisbursementStatus, Duty, Verb
from app.disbursements.scope import visible
from app.funds.model import Allocation, LedgerAccount, Payee
from app.funds.reads.ledger import totals_of_awards
from app.funds.rules import AccountKind, Category, balance_of_award
from app.money import Money
from app.work import Work


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payment and what it waits for.

    ``since`` is its last step, ``days`` how many days ago that was for the reader. ``acts`` are what the reader's role
    may do, with what keeps this very person from it. ``may`` are all who may take the step; null for readers to whom
    the fund's people are not shown. ``left_on_award`` and ``left_in_category`` remain besides this payment, whose
    amount is reserved already; the second is null for readers who see no fund.
    """

    disbursement: DisbursementView
    waits_for: Verb
    since: datetime
    days: int
    acts: list[Act]
    may: list[PersonName] | None
    left_on_award: Money
    left_in_category: Money | None


@dataclass(frozen=True, slots=True)
class Step:
    """How many payments wait for a step, and what they come to."""

    verb: Verb
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class WaitingList:
    """``steps`` counts all that waits within reach, not only what the filter lets through."""

    items: list[Waiting]
    steps: list[Step]
    next: str | None


@dataclass(frozen=True, slots=True)
class WaitingFilter:
    """Which to list; None is any. ``mine`` leaves those that the actor may move on now."""

    verb: Verb | None = None
    fund_id: UUID | None = None
    partner_id: UUID | None = None
    mine: bool = False


def waiting(
    work: Work, which: WaitingFilter, limit: int = keyset.DEFAULT_LIMIT, cursor: str | None = None
) -> WaitingList:
    """The payments in the actor's reach that wait for a step, oldest first; the look is recorded."""
    statuses = [status for status, verb in WAITS_FOR.items() if which.verb in (None, verb)]
    only = DisbursementFilter(
        fund_id=which.fund_id,
        partner_id=which.partner_id,
        also=(col(Disbursement.status).in_(statuses), *([_open_to(work)] if which.mine else [])),
        oldest_first=True,
    )
    found = disbursements(work, only, limit, cursor)
    return WaitingList(checks(work, found.items), steps(work), found.next)


def checks(work: Work, views: Sequence[DisbursementView]) -> list[Waiting]:
    """What there is to check about each of these payments that waits for a step; the others are left out."""
    views = [view for view in views if view.status in WAITS_FOR]
    if not views:
        return []
    able, people = acts(work, views), _people(work, views)
    awards = totals_of_awards(work, {view.award_id for view in views})
    categories = _left_in_categories(work, views)
    today = day_in(work.now, work.actor.time_zone)
    return [
        Waiting(
            disbursement=view,
            waits_for=WAITS_FOR[view.status],
            since=view.steps[-1].at,
            days=(today - day_in(view.steps[-1].at, work.actor.time_zone)).days,
            acts=able[view.id],
            may=None if people is None else people[view.id],
            left_on_award=balance_of_award(awards.get(view.award_id, {})).available,
            left_in_category=None if categories is None else categories[view.fund_id, view.category],
        )
        for view in views
    ]


def steps(work: Work) -> list[Step]:
    """How much waits for each step, within the actor's reach."""
    rows = work.session.execute(_steps(work.allow(Permission.DISBURSEMENT_READ)), filled(work.actor))
    found = {status: (count, Money(int(cents))) for status, count, cents in rows}
    return [Step(verb, *found.get(status, (0, Money(0)))) for status, verb in WAITS_FOR.items()]


@cache
def _steps(reach: Reach) -> Select[*tuple[Any, ...]]:
    return (
        select(col(Disbursement.status), func.count(), func.sum(col(Disbursement.amount)))
        .where(visible(ANYBODY, reach), col(Disbursement.status).in_(WAITS_FOR))
        .group_by(col(Disbursement.status))
    )


def _open_to(work: Work) -> ColumnElement[bool]:
    """The payments whose next step this person may take now; the same as `barred` says, as a condition."""
    return or_(false(), *(_open_for(work, status, verb) for status, verb in WAITS_FOR.items()))


def _open_for(work: Work, status: DisbursementStatus, verb: Verb) -> ColumnElement[bool]:
    actor, reach = work.actor, work.actor.reach(NEEDS[verb])
    if reach is None:
        return false()
    here = and_(col(Disbursement.status) == status, visible(actor, reach))
    if verb is Verb.SUBMIT:
        return here
    took_part = exists().where(
        col(DisbursementStep.disbursement_id) == col(Disbursement.id),
        col(DisbursementStep.actor_id) == actor.id,
        _counts_against(verb),
    )
    # The list that this stands in has each payment's payee beside it.
    of_own = func.coalesce(
        or_(col(Payee.account_changed_by) == actor.id, func.lower(col(Payee.name)) == actor.name.lower()), false()
    )
    on_the_case = within(actor, Reach.ASSIGNED, col(Disbursement.case_id))
    free = and_(here, not_(took_part), not_(on_the_case), not_(of_own))
    if actor.partner_id is None:
        return free
    of_the_payee = exists().where(
        col(Payee.id) == col(Disbursement.payee_id), col(Payee.partner_id) == actor.partner_id
    )
    return and_(free, not_(of_the_payee))


def _counts_against(verb: Verb) -> ColumnElement[bool]:
    """The steps that keep their actor from this one; the same as `took_part` says."""
    duty, version = col(DisbursementStep.duty), func.coalesce(col(Disbursement.version), 1)
    if verb is not Verb.APPROVE:
        return duty.is_not(None)
    again = and_(col(DisbursementStep.verb) == verb, func.coalesce(col(DisbursementStep.version), 1) == version)
    return or_(and_(duty.is_not(None), duty != Duty.APPROVER), again)


def _people(work: Work, views: Sequence[DisbursementView]) -> dict[UUID, list[PersonName]] | None:
    """For each payment who may take its next step, by name; None for readers to whom the fund's people are not shown.

    Submitting is the asker's own business and that of the colleagues on the case: nobody is named for it.
    """
    if work.actor.reach(Permission.STAFF_READ) is not Reach.ALL:
        return None
    tied = people_tied(work.session, {view.case_id for view in views})
    able = _able(work)
    payees = payees_of(work, views)
    found: dict[UUID, list[PersonName]] = {view.id: [] for view in views}
    for person, partner_id, permissions in able:
        for view in views:
            verb = WAITS_FOR[view.status]
            on_it = (person.id, view.case_id) in tied
            if verb is Verb.SUBMIT or NEEDS[verb] not in permissions:
                continue
            if bar_of(verb, view, person, partner_id, payees[view.payee.id], on_it) is None:
                found[view.id].append(person)
    return found


def _able(work: Work) -> list[tuple[PersonName, UUID | None, frozenset[Permission]]]:
    """Everybody whose account is open and whose role moves every payment on, with what the role may do."""
    moving = frozenset(NEEDS[verb] for verb in WAITS_FOR.values())
    may = {
        role: frozenset(each for each, reach in grants.items() if each in moving and reach is Reach.ALL)
        for role, grants in GRANTS.items()
    }
    rows = work.session.execute(
        select(col(Account.id), col(Account.name), col(Account.partner_id), col(AccountRole.role))
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id))
        .where(
            col(Account.status) == AccountStatus.ACTIVE,
            col(Account.machine).is_(False),
            col(AccountRole.role).in_([role for role, permissions in may.items() if permissions]),
        )
        .order_by(col(Account.name), col(Account.id))
    ).all()
    permissions: dict[UUID, frozenset[Permission]] = {}
    for row in rows:
        permissions[row.id] = permissions.get(row.id, frozenset()) | may[row.role]
    people = {row.id: (PersonName(row.id, row.name), row.partner_id) for row in rows}
    return [(person, partner_id, permissions[person.id]) for person, partner_id in people.values()]


def _left_in_categories(work: Work, views: Sequence[DisbursementView]) -> dict[tuple[UUID, Category], Money] | None:
    """What no award has set aside yet, by fund and category; None for readers who see no fund."""
    if work.actor.reach(Permission.FUND_READ) is None:
        return None
    rows = work.session.execute(
        select(col(Allocation.fund_id), col(Allocation.category), col(LedgerAccount.balance))
        .join(LedgerAccount, col(LedgerAccount.allocation_id) == col(Allocation.id))
        .where(
            col(LedgerAccount.kind) == AccountKind.AVAILABLE,
            col(Allocation.fund_id).in_({view.fund_id for view in views}),
        )
    )
    return {(fund_id, category): balance for fund_id, category, balance in rows}
