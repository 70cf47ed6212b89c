"""Cases as tests need them: made by the intake desk's own acts, offered and accepted over HTTP."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlmodel import col

from app.access.grants import Role
from app.access.model import AccountRole
from app.applicants import actions as applicants
from app.applicants.rules import Custody
from app.audit.actions import record
from app.audit.model import AuditEvent
from app.cases import actions as cases
from app.cases.rules import CaseType, Representation
from app.crypto import Group
from app.db import new_id
from tests.world import INTAKE_DESK, NORTH, World, key

#: A fictional person; every word of it is a canary.
IDENTITY = {"given_names": "Ixchel", "family_names": "Canario Quetzal", "date_of_birth": "1991-02-03"}
CONTACT = {"phone": "+13035550142", "phone_safe": "yes", "preferred_language": "mam", "interpreter_needed": "yes"}
CANARIES = ("Ixchel", "Canario", "Quetzal", "1991-02-03", "3035550142")


@dataclass(frozen=True)
class Made:
    """A case and whose it is."""

    id: UUID
    applicant_id: UUID

    @property
    def path(self) -> str:
        return f"/cases/{self.id}"


def offered(world: World, partner: str = NORTH, *, applicant_id: UUID | None = None, **facts: Any) -> Made:
    """A case that intake has just offered to a partner; the desk's reach ends with it."""
    with world.act_as("intake") as work:
        if applicant_id is None:
            answers = {Group.IDENTITY: IDENTITY, Group.CONTACT: CONTACT}
            applicant_id = applicants.create(work, world.partners[INTAKE_DESK], answers)
            record(work, "application.created")
        known: dict[str, Any] = {
            "representation": Representation.FULL,
            "case_type": CaseType.ASYLUM,
            "custody": Custody.DETAINED,
            "court": "AUR",
            "next_hearing_on": None,
        }
        case_id = cases.open_offered(
            work,
            application_id=new_id(),
            applicant_id=applicant_id,
            partner_id=world.partners[partner],
            fund_id=new_id(),
            **(known | facts),
        )
        applicants.close_intake(work, applicant_id)
    return Made(case_id, applicant_id)


def ask(world: World, made: Made, attorney: str = "attorney", admin: str = "partner_admin") -> str:
    """The id of an assignment offered to an attorney."""
    answer = getattr(world, admin).post(
        f"{made.path}/assignments", json={"attorney_id": str(world.people[attorney]), "role": "primary"}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def accept(world: World, assignment_id: str, attorney: str = "attorney") -> None:
    answer = getattr(world, attorney).post(f"/assignments/{assignment_id}/accept", json={"no_conflict": True})
    assert answer.status_code == 200, answer.text


def opened(world: World, attorney: str = "attorney", admin: str = "partner_admin", **more: Any) -> Made:
    """A case that an attorney has accepted."""
    made = offered(world, **more)
    accept(world, ask(world, made, attorney, admin), attorney)
    return made


def add_hearing(world: World, made: Made, held_on: date, kind: str = "master") -> str:
    answer = world.attorney.post(f"{made.path}/hearings", json={"held_on": held_on.isoformat(), "kind": kind})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def add_deadline(world: World, made: Made, due_on: date, title: str = "File the brief") -> str:
    body = {"due_on": due_on.isoformat(), "kind": "appeal_brief", "title": title}
    answer = world.attorney.post(f"{made.path}/deadlines", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def close(world: World, made: Made, outcome: str = "relief_granted") -> None:
    body = {"outcome": outcome, "reason": "The court granted relief."}
    answer = world.attorney.post(f"{made.path}/close", json=body, headers=key())
    assert answer.status_code == 200, answer.text


def events(world: World, action: str) -> list[Any]:
    """What the record holds of an action, oldest first."""
    with world.services.database.engine.connect() as connection:
        statement = select(AuditEvent.__table__).where(col(AuditEvent.action) == action)  # type: ignore[attr-defined]  # SQLModel adds it
        return list(connection.execute(statement.order_by(col(AuditEvent.id))).all())


def give_role(world: World, name: str, role: Role) -> None:
    """Another role for a member of the cast."""
    with world.services.database.writing() as connection:
        connection.execute(insert(AccountRole).values(account_id=world.people[name], role=role))


def pointers(answer: Any) -> list[str]:
    """The pointers of a refused body."""
    return [each["pointer"] for each in answer.json()["errors"]]
