"""What every life in the demo needs: the past in which it acts, the people, the money, and today."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.demo.cast import Office
from app.demo.givers import Program
from app.demo.past import Past
from app.demo.purse import Purse
from app.demo.stories import Story


@dataclass(frozen=True, slots=True)
class Stage:
    """``partners`` and ``payees`` are ids by the keys of the cast and of the payees."""

    past: Past
    purse: Purse
    today: date
    partners: dict[str, UUID]
    payees: dict[str, UUID]

    def person(self, key: str) -> UUID:
        """The account of one of the staff."""
        return self.past.people[key].id


@dataclass(frozen=True, slots=True)
class CaseStory:
    """A case of a story: at which office, and whose programs may pay for it. ``attorney`` is who has it, if anybody."""

    story: Story
    id: UUID
    applicant_id: UUID
    office: Office
    programs: frozenset[Program]
    attorney: str = ""
