"""What a person may do with disbursements now, and what keeps them from the rest: for pages, not instead of a check."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import col

from app.access.anybody import ANYBODY, filled
from app.access.grants import Reach
from app.access.ties import within
from app.cases.model import Case
from app.cases.reads import PersonName
from app.disbursements.reads.disbursements import DisbursementView
from app.disbursements.rules import (
    DUTIES,
    MOVES,
    NEEDS,
    Bar,
    Duty,
    Part,
    Standing,
    Verb,
    barred,
    is_the_payee,
    took_part,
)
from app.funds.model import Payee
from app.work import Work


@dataclass(frozen=True, slots=True)
class Act:
    """A verb that the status allows and the person's role has; ``bar`` says why it must be somebody else's."""

    verb: Verb
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class Able:
    """What a row of a list says of its acts: those that are free, or else what bars the first."""

    free: tuple[Verb, ...]
    bar: Bar | None


def able(work: Work, views: Sequence[DisbursementView]) -> dict[UUID, Able]:
    """For each of these disbursements which acts are the actor's now, in short."""
    return {id_: _in_short(found) for id_, found in acts(work, views).items()}


def _in_short(found: Sequence[Act]) -> Able:
    free = tuple(act.verb for act in found if act.bar is None)
    return Able(free, None if free or not found else found[0].bar)


def acts(work: Work, views: Sequence[DisbursementView]) -> dict[UUID, list[Act]]:
    """For each of these disbursements what the actor may do with it now."""
    if all(work.actor.reach(permission) is None for permission in NEEDS.values()):
        return {view.id: [] for view in views}
    own_cases = _tied(work, views)
    payees = payees_of(work, views)
    found: dict[UUID, list[Act]] = {}
    for view in views:
        person = PersonName(work.actor.id, work.actor.name)
        found[view.id] = [
            Act(
                verb,
                bar_of(verb, view, person, work.actor.partner_id, payees[view.payee.id], view.case_id in own_cases),
            )
            for verb, move in MOVES.items()
            if view.status in move.old and verb in NEEDS and work.actor.reach(NEEDS[verb]) is not None
        ]
    return found


def _tied(work: Work, views: Sequence[DisbursementView]) -> frozenset[UUID]:
    """Of the cases of these disbursements, those that the actor works on."""
    asked = filled(work.actor, case_ids=list({view.case_id for view in views}))
    return frozenset(work.session.execute(_OWN_CASES, asked).scalars())


_OWN_CASES: Final = select(col(Case.id)).where(
    col(Case.id).in_(bindparam("case_ids", expanding=True)), within(ANYBODY, Reach.ASSIGNED, col(Case.id))
)


@dataclass(frozen=True, slots=True)
class PayeeOf:
    """What may keep somebody from paying this payee."""

    name: str | None
    partner_id: UUID | None
    account_changed_by: UUID | None


def payees_of(work: Work, views: Sequence[DisbursementView]) -> dict[UUID, PayeeOf]:
    """The payees of these disbursements, by their ids."""
    columns = (Payee.id, Payee.name, Payee.partner_id, Payee.account_changed_by)
    rows = work.session.execute(
        select(*(col(each) for each in columns)).where(col(Payee.id).in_({view.payee.id for view in views}))
    )
    return {row.id: PayeeOf(row.name, row.partner_id, row.account_changed_by) for row in rows}


def bar_of(
    verb: Verb, view: DisbursementView, person: PersonName, partner_id: UUID | None, payee: PayeeOf, tied: bool
) -> Bar | None:
    """What keeps a person from a verb; the same as `must_be_free` says, from what is shown."""
    parts = [Part(step.verb, step.duty, step.version) for step in view.steps if step.by and step.by.id == person.id]
    standing = Standing(
        took_part(verb, parts, view.version),
        tied,
        partner_id,
        payee.partner_id,
        is_the_payee(person.name, payee.name),
        payee.account_changed_by == person.id,
    )
    duty = DUTIES.get(verb)
    return Bar.TOOK_PART if duty is Duty.REQUESTER and standing.took_part else barred(duty, standing)
