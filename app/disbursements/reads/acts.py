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
from app.disbursements.reads.disbursements import DisbursementView
from app.disbursements.rules import DUTIES, MOVES, NEEDS, Bar, Standing, Verb, barred
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
    # Who belongs to no organization does not belong to the payee's.
    partners = {} if work.actor.partner_id is None else partners_of_payees(work, views)
    found: dict[UUID, list[Act]] = {}
    for view in views:
        standing = Standing(
            took_part=any(step.duty and step.by and step.by.id == work.actor.id for step in view.steps),
            on_the_case=view.case_id in own_cases,
            partner_id=work.actor.partner_id,
            payee_partner_id=partners.get(view.payee.id),
        )
        found[view.id] = [
            Act(verb, barred(DUTIES.get(verb), standing))
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


def partners_of_payees(work: Work, views: Sequence[DisbursementView]) -> dict[UUID, UUID | None]:
    """The organizations of the payees of these disbursements; None for a payee of none."""
    payees = select(col(Payee.id), col(Payee.partner_id)).where(col(Payee.id).in_({view.payee.id for view in views}))
    return {row.id: row.partner_id for row in work.session.execute(payees)}
