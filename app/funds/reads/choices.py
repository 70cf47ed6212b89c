"""What lists of money can be limited to: the funds and partners that have awards within the actor's reach."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, exists, select
from sqlmodel import col

from app.access.anybody import ANYBODY, filled
from app.access.grants import Permission, Reach
from app.cases.model import Case
from app.funds.model import Award, Fund
from app.funds.scope import visible_awards
from app.partners.model import Partner
from app.work import Work


@dataclass(frozen=True, slots=True)
class Choices:
    """Ids and names to choose from. A partner's people have no choice of partners."""

    funds: list[tuple[str, str]]
    partners: list[tuple[str, str]]


def choices(work: Work) -> Choices:
    """The funds and partners of the awards that the actor may see, by name."""
    reach = work.allow(Permission.AWARD_READ)
    funds = work.session.execute(_funds(reach), filled(work.actor))
    partners = work.session.execute(_PARTNERS) if reach is Reach.ALL else ()
    return Choices([(str(row.id), row.name) for row in funds], [(str(row.id), row.name) for row in partners])


@cache
def _funds(reach: Reach) -> Select[*tuple[Any, ...]]:
    awarded = exists().where(col(Award.fund_id) == col(Fund.id), visible_awards(ANYBODY, reach))
    return select(col(Fund.id), col(Fund.name)).where(awarded).order_by(col(Fund.name))


_PARTNERS: Final = (
    select(col(Partner.id), col(Partner.name))
    .where(exists().where(col(Case.partner_id) == col(Partner.id), col(Award.case_id) == col(Case.id)))
    .order_by(col(Partner.name))
)
