"""One request's way through: admitted, handed a Work, committed once, answered."""

import random
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.requests import Request
from starlette.responses import Response

from app.access import identify
from app.access.actor import Actor
from app.access.sights import DOOR, of_person, of_visitor
from app.config import Environment, Strength
from app.sight import OPTION, Sight
from app.web.answers import Entry
from app.web.gate import NOBODY, caller_of, language_of, stop_a_flood, stop_at_the_gate
from app.web.render import Reader
from app.web.replies import packed, reader_of, reply
from app.web.services import Services
from app.work import Deferred, WatchedSession, Work, carry_out

T = TypeVar("T")

#: A busy database or a deadlock is tried this often before the caller is asked to come back.
ATTEMPTS = 4
#: SQLSTATEs that mean "the same transaction may well succeed if it is run again".
_RETRY_STATES = frozenset({"40001", "40P01", "55P03"})


class Missing(Exception):
    """A header that this route requires is not there."""

    def __init__(self, header: str) -> None:
        super().__init__(header)
        self.header = header


class Busy(Exception):
    """The database had no time for this request."""


@dataclass(slots=True)
class Call:
    """One request on its way in: who asks, with which headers, on which route. Opens the Work and answers."""

    services: Services
    entry: Entry
    actor: Actor | None
    method: str
    path: str
    route: str
    parameters: dict[str, object]
    request_id: str
    key: str | None
    if_match: str | None
    language: str
    theme: str
    #: Whether the answer may be packed, and the caller can open it.
    packs: bool
    #: The request while nobody has looked who sends it; None from then on.
    request: Request | None
    touch: bool = False
    #: Whether a Work of this request found that its key had been used, and gave what was made then.
    replayed: bool = False
    on_refusal: list[Deferred] = field(default_factory=list)

    def run(self, do: Callable[[Work], Any], status: int) -> Response:
        """Open the Work, let ``do`` act in it, commit, and give the finished answer.

        Raises a Refusal, Missing or Busy; whatever is raised, nothing was committed.
        """
        for attempt in range(ATTEMPTS):
            try:
                response = self._attempt(do, status)
            except (TimeoutError, PoolTimeout):
                break
            except DBAPIError as error:
                if not _worth_retrying(error):
                    raise
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter, not a secret
            else:
                self.note_use()
                return response
        raise Busy

    def turn(self, do: Callable[[Work], T]) -> T:
        """Let ``do`` act in a Work of its own, committed before this returns, and give what it gave.

        For an endpoint that asks another machine in between: no transaction and no connection waits for the answer.
        """
        kept: list[T] = []
        self.run(lambda work: kept.append(do(work)), 204)
        return kept[-1]

    def _attempt(self, do: Callable[[Work], Any], status: int) -> Response:
        database = self.services.database
        self.on_refusal.clear()
        with (
            database.turn_to_write() if self.entry.writes else nullcontext(),
            database.connect(DOOR) as connection,
            WatchedSession(
                bind=connection.execution_options(writes=self.entry.writes),
                expire_on_commit=False,
                # Looking who asks has begun the connection's transaction: the session must end that one, not its own.
                join_transaction_mode="control_fully",
            ) as session,
        ):
            self.admit(connection)
            connection.execution_options(**{OPTION: self.sight()})
            work = self.work(session)
            self._judge(work)
            given = do(work)
            self.replayed |= work.replayed
            response = self.answer(given, status)
            work.finish()
            if work.writes or not database.is_sqlite:
                work.flush([] if work.writes else work.later)
                session.commit()
                return response
            session.rollback()
        if work.later:
            self.write_aside(work.later)
        return response

    def admit(self, connection: Connection) -> None:
        """Find out who asks and whether they may, once. Raises Shut, Denied or NotFound."""
        if self.request is None:
            return
        request, self.request = self.request, None
        found = caller_of(request, self.services, connection)
        self.actor = found.actor if found else None
        self.touch = bool(found and found.touch)
        self.language = language_of(request, self.actor)
        stop_a_flood(request, self.services, self.actor)
        self.parameters = stop_at_the_gate(request, self.services, self.actor, self.entry)

    def sight(self) -> Sight:
        """As whom the database is asked, once it is known who asks."""
        if self.entry.permission is None or self.actor is None:
            return of_visitor(self.actor)
        return of_person(self.actor)

    def admit_first(self) -> None:
        """Like `admit`, on a connection of its own: before a body is read, or a query found wanting."""
        if self.request is None:
            return
        with self.services.database.look(DOOR) as connection:
            self.admit(connection)
        self.note_use()

    def note_use(self) -> None:
        """Write that the session was used, at most once a minute; never while another connection is held."""
        if self.touch and self.actor is not None and self.actor.session_id is not None:
            self.touch = False
            with self.services.database.writing(self.sight()) as connection:
                identify.touch(connection, self.actor.session_id, datetime.now(UTC))

    def work(self, session: WatchedSession) -> Work:
        """The Work of this call in the given session."""
        actor = self.actor or NOBODY
        return Work(
            session=session,
            actor=actor,
            vault=self.services.vault,
            now=datetime.now(UTC),
            writes=self.entry.writes,
            request_id=self.request_id,
            key=self.key,
            route=f"{self.method} {self.path}",
            if_match=self.if_match,
            language=self.language,
            budget_factor=self.services.settings.budget_factor,
            files=self.services.settings.files,
            originator=self.services.settings.originator,
            decided=self.entry.permission is None,
            on_refusal=self.on_refusal,
        )

    def _judge(self, work: Work) -> None:
        """404, then 428, then 412: before the body is judged, whether it was well formed or not."""
        # An empty key promises nothing, also where none is required: whoever sends one believes to be safe.
        keyless = not self.key if self.entry.needs_key else self.key == "" and self.entry.writes
        if not (keyless or self.entry.needs_match):
            return
        version = self.entry.finds(work, **self.parameters) if self.entry.finds else None
        if keyless:
            raise Missing("Idempotency-Key")
        if self.entry.needs_match and self.if_match is None:
            raise Missing("If-Match")
        if version is not None:
            work.expect(version)

    def judge_unread(self) -> None:
        """For a body that can not be read: refuse for whatever comes before 422, in a transaction that ends at once."""
        database = self.services.database
        with database.connect(self.sight()) as connection, WatchedSession(bind=connection) as session:
            work = self.work(session)
            if self.entry.finds is not None:
                self.entry.finds(work, **self.parameters)
            self._judge(work)

    def write_aside(self, statements: list[Any]) -> None:
        """Commit deferred statements in a short transaction of their own (SQLite readers, and refusals)."""
        with self.services.database.writing(self.sight()) as connection:
            carry_out(connection, statements)

    def answer(self, given: Any, status: int) -> Response:
        """What an endpoint gave, as a finished response for this caller."""
        response = reply(given, status, self.reader(), self.services)
        if self.replayed:
            response.headers["Idempotency-Replayed"] = "true"
        return packed(response) if self.packs else response

    def reader(self) -> Reader:
        """Whom a page is written for."""
        demo = self.services.settings.environment is Environment.DEMO
        easy = demo and Strength.PASSWORD in self.services.strengths.values()
        return reader_of(self.actor, language=self.language, path=self.path, demo=demo, easy=easy, theme=self.theme)


def _worth_retrying(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRY_STATES or (state is None and "locked" in str(error.orig))
