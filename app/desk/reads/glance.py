"""The case at a glance: the case with its money."""

from dataclasses import dataclass, fields
from uuid import UUID

from app.cases import reads as cases
from app.desk.reads.money import CaseMoney, money_of_case
from app.desk.reads.timeline import entries
from app.desk.rules import TimelineEntry
from app.work import Work


@dataclass(frozen=True, slots=True)
class Glance(cases.CaseView):
    """A case with all that hangs on it, money too, as far as the reader may know it."""

    money: CaseMoney | None


def glance(work: Work, case_id: UUID) -> Glance:
    """What is next on a case, in three statements. Raises NotFound when it is absent or out of the actor's scope."""
    case = cases.case(work, case_id)
    known = {each.name: getattr(case, each.name) for each in fields(cases.CaseView)}
    return Glance(**known, money=money_of_case(work, case_id))


def glance_and_timeline(work: Work, case_id: UUID) -> tuple[Glance, list[TimelineEntry]]:
    """Both, for the page that shows both. Raises NotFound when the case is absent or out of the actor's scope."""
    case = glance(work, case_id)
    return case, entries(work, case, case.money)
