"""What lists of money can be limited to: the funds and partners that have awards within the actor's reach."""

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlmodel import col

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
    awarded = exists().where(col(Award.fund_id) == col(Fund.id), visible_awards(work.actor, reach))
    funds = work.session.execute(select(col(Fund.id), col(Fund.name)).where(awarded).order_by(col(Fund.name)))
    partners = select(col(Partner.id), col(Partner.name)).where(
        exists().where(col(Case.partner_id) == col(Partner.id), col(Award.case_id) == col(Case.id))
    )
    found = work.session.execute(partners.order_by(col(Partner.name))) if reach is Reach.ALL else ()
    return Choices([(str(row.id), row.name) for row in funds], [(str(row.id), row.name) for row in found])
