"""Who works at the machine itself, without HTTP: the operator, and a Work of theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlmodel import col

from app.access.actor import OPERATOR_ID, Actor
from app.access.grants import Role
from app.access.model import Account
from app.access.sights import OPERATOR as OPERATOR_SIGHT
from app.errors import Invalid, Problem
from app.web.services import Services
from app.work import WatchedSession, Work

#: The machine's operator: on record as such, with no role and so with no permission over clients.
OPERATOR = Actor(
    id=OPERATOR_ID,
    email="",
    name="operator",
    roles=frozenset({Role.SYSTEM_ADMINISTRATOR}),
    partner_id=None,
    partner_name=None,
    language=None,
    time_zone="UTC",
    session_id=None,
)


@contextmanager
def working(services: Services) -> Iterator[Work]:
    """A Work of the machine's operator, committed at the end of the block."""
    database = services.database
    with (
        database.turn_to_write(),
        database.connect(OPERATOR_SIGHT) as connection,
        WatchedSession(bind=connection.execution_options(writes=True), expire_on_commit=False) as session,
    ):
        work = Work(
            session=session,
            actor=OPERATOR,
            vault=services.vault,
            now=datetime.now(UTC),
            writes=True,
            request_id=uuid4().hex,
            route="command line",
            files=services.settings.files,
            originator=services.settings.originator,
            decided=True,
        )
        yield work
        work.finish()
        session.commit()


def account_of(work: Work, email: str) -> UUID:
    """Whose address this is. Raises Invalid when it is nobody's."""
    found: UUID | None = work.session.execute(
        select(col(Account.id)).where(col(Account.email) == email.strip().lower())
    ).scalar()
    if found is None:
        raise Invalid(Problem("/email", "email.unknown", "Nobody here has this address."))
    return found
