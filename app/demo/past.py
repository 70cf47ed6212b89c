"""Acting in the past: lives whose steps are done in the order of their moments, each in a Work of its own.

One transaction holds them all. That is what makes two years take seconds (a commit waits for the disk), and it leaves
nothing behind when the making is interrupted.
"""

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeAlias
from uuid import uuid4

from sqlalchemy import Connection

from app.access.actor import OPERATOR_ID, Actor
from app.access.sights import OPERATOR as OPERATOR_SIGHT
from app.access.sights import of_person
from app.crypto import Vault
from app.sight import OPTION
from app.work import WatchedSession, Work


@dataclass(frozen=True, slots=True)
class Step:
    """At this moment this person does this: ``verb(work, *arguments)``."""

    at: datetime
    who: str
    verb: Callable[..., Any]
    arguments: tuple[Any, ...]


def step(at: datetime, who: str, verb: Callable[..., Any], *arguments: Any) -> Step:
    """A step, written like a sentence: when, who, does what, to what."""
    return Step(at, who, verb, arguments)


#: Yields steps in the order of their moments, and is sent what each verb gave.
Life: TypeAlias = Generator[Step, Any, Any]


class Past:
    """Runs lives side by side up to ``end``; what would come after it is not done."""

    def __init__(self, connection: Connection, vault: Vault, end: datetime) -> None:
        self.people: dict[str, Actor] = {}
        self.works = 0
        self._connection = connection
        self._vault = vault
        self._end = end
        self._now = datetime.min.replace(tzinfo=UTC)
        self._waiting: list[tuple[datetime, int, Step, Life]] = []
        self._order = count()

    def start(self, life: Life) -> None:
        """Let a life begin with its first step."""
        self._go_on(life, None)

    def run(self) -> None:
        """Do every step before the end. Whatever a verb raises ends the run: the demo breaks no rule of the house."""
        while self._waiting:
            _, _, coming, life = heapq.heappop(self._waiting)
            self._go_on(life, self._do(coming))

    def _go_on(self, life: Life, answer: Any) -> None:
        try:
            coming = life.send(answer)
        except StopIteration:
            return
        if coming.at < self._now:
            raise ValueError("a step before one that was done already")
        if coming.at < self._end:
            heapq.heappush(self._waiting, (coming.at, next(self._order), coming, life))
        else:
            life.close()

    def _do(self, coming: Step) -> Any:
        """One step in a Work of its own. It joins the run's transaction, which whoever opened it will commit."""
        self._now = coming.at
        actor = self.people[coming.who]
        # Also a demo asks the database as whoever acts: its two years are a test of the second wall.
        self._connection.execution_options(**{OPTION: OPERATOR_SIGHT if actor.id == OPERATOR_ID else of_person(actor)})
        with WatchedSession(bind=self._connection, expire_on_commit=False) as session:
            work = Work(
                session=session,
                actor=actor,
                vault=self._vault,
                now=coming.at,
                writes=True,
                request_id=uuid4().hex,
                route="demo",
            )
            answer = coming.verb(work, *coming.arguments)
            work.finish()
        self.works += 1
        return answer
