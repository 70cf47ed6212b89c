"""A row that decides and was changed outside Amparo is refused where it is met, and the refusal is on record."""

from collections.abc import Iterator

import pytest
from sqlalchemy import insert, select, text
from sqlmodel import col

from app.access.grants import Role
from app.access.model import Account, AccountRole, SignInSession
from app.access.sights import OPERATOR
from app.audit.model import AuditEvent
from app.audit.verifying.rows import verify_rows
from tests.integrity.attacker import Attacker, table
from tests.story import Story
from tests.world import Person, World, key


@pytest.fixture
def attacker(world: World) -> Iterator[Attacker]:
    found = Attacker(world)
    yield found
    found.engine.dispose()


def of(attacker: Attacker, name: str, column: str, value: object) -> dict[str, object]:
    return next(row for row in attacker.rows(table(name)) if row[column] == value)


def refused(world: World, person: Person, name: str, row_id: object) -> None:
    answer = person.get("/cases")
    assert (answer.status_code, answer.json()["code"]) == (503, "integrity")
    with world.services.database.connect(OPERATOR) as connection:
        events = connection.execute(select(col(AuditEvent.details), col(AuditEvent.object_id)).where(
            col(AuditEvent.action) == "rows.altered")).all()  # fmt: skip
    assert f'"table":"{name}"' in events[-1].details
    assert events[-1].object_id == row_id


def test_a_role_that_somebody_gave_themselves(world: World, attacker: Attacker) -> None:
    assert world.attorney.get("/cases").status_code == 200
    with attacker.engine.begin() as connection:
        row = {"account_id": world.people["attorney"], "role": Role.PARTNER_ADMINISTRATOR}
        connection.execute(insert(AccountRole), row)
    refused(world, world.attorney, "account_role", None)


def test_an_account_in_another_organization(world: World, attacker: Attacker) -> None:
    row = of(attacker, "account", "id", world.people["attorney"])
    attacker.change(table("account"), row, partner_id=world.partners["South Legal Aid"])
    refused(world, world.attorney, "account", world.people["attorney"])


def test_a_session_that_is_turned_over_to_another_account(world: World, attacker: Attacker) -> None:
    row = of(attacker, "sign_in_session", "account_id", world.people["attorney"])
    attacker.change(table("sign_in_session"), row, account_id=world.people["admin"])
    refused(world, world.attorney, "sign_in_session", row["id"])


def test_a_payment_that_grew_is_not_approved(world: World, attacker: Attacker) -> None:
    story = Story(world).begin().apply().accept().assign().fund_it().draft().step("attorney", "submit")
    row = attacker.rows(table("disbursement"))[0]
    attacker.change(table("disbursement"), row, amount=int(row["amount"]) * 10)
    answer = world.approver.post(f"/disbursements/{story.disbursement}/approve", json={}, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (503, "integrity")
    attacker.change(table("disbursement"), row, amount=row["amount"])
    story.step("approver", "approve")
    assert verify_rows(world.services.database, world.services.vault).faults == ()


def test_what_does_not_go_through_the_program_carries_no_mac(world: World) -> None:
    """Text past SQLAlchemy's own words is an edit like the owner's."""
    with world.owning() as connection:
        connection.execute(text("UPDATE partner SET capacity = 7"))
    faults = verify_rows(world.services.database, world.services.vault).faults
    assert {each.table for each in faults} == {"partner"}


@pytest.mark.parametrize("statement", ["insert", "update"])
def test_a_write_whose_values_only_the_database_knows_is_refused(world: World, statement: str) -> None:
    with world.services.database.connect(OPERATOR) as connection, pytest.raises(TypeError, match="witnessed"):
        if statement == "insert":
            found = select(col(SignInSession.account_id), col(Account.status)).limit(0)
            connection.execute(insert(AccountRole).from_select(["account_id", "role"], found))
        else:
            connection.execute(insert(AccountRole).values(account_id=text("x"), role=Role.AUDITOR))
