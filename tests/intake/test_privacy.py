"""Nothing of a person outside a sealed field; and who meets an application at all."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.applicants.model import Applicant
from app.audit.model import AuditEvent
from app.db import metadata
from app.intake.model import Application, Screening
from tests.intake.stage import BODY, CANARIES, acceptance, another, body, checked, open_fund, submitted, taken
from tests.world import World


def whole_way(world: World) -> Any:
    """An application through every act, with a canary in every text."""
    fund = open_fund(world)
    made = taken(world, body(household__annual_income="unknown"))
    path = f"/applications/{made['id']}"
    world.intake.post(f"{path}/submit")
    asked = world.intake.post(
        f"{path}/needs-information", json={"missing": ["/household/annual_income"], "note": "Call Ximena"}
    ).json()
    changes = {"household": {"annual_income": BODY["household"]["annual_income"]}}
    world.intake.patch(path, json=changes, headers={"If-Match": f'"{asked["version"]}"'})
    world.intake.post(f"{path}/submit")
    world.intake.post(f"{path}/waitlist", json={"reason": "capacity", "referral": "1437 Canary Street"})
    taken(world, body(applicant__a_number=None, contact__email=None), who="other_intake")
    check = checked(world, made)
    review = {"resolution": "no_conflict", "reason": "Ximena again"}
    assert world.fund_admin.post(f"/conflict-checks/{check['id']}/resolve", json=review).status_code == 200
    assert world.intake.post(f"{path}/accept", json=acceptance(world, fund)).status_code == 201
    return made


def test_nothing_of_a_person_stands_in_clear_in_any_row(world: World) -> None:
    whole_way(world)
    seen = 0
    with world.services.database.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(table.select()):
                text = " ".join(
                    value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in row
                )
                seen += 1
                for canary in CANARIES:
                    assert canary not in text, (table.name, canary)
    assert seen > 30


def test_nothing_of_a_person_stands_in_clear_in_any_file(world: World) -> None:
    if not world.services.database.is_sqlite:
        return
    whole_way(world)
    files = [path for path in world.services.settings.data_dir.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    for path in files:
        content = path.read_bytes()
        for canary in CANARIES:
            assert canary.encode() not in content, (path.name, canary)


def test_what_was_not_said_takes_as_much_room_as_what_was(world: World) -> None:
    taken(world, {})
    taken(world)
    with world.services.database.engine.connect() as connection:
        rows = connection.execute(
            select(
                col(Applicant.identity_sealed),
                col(Applicant.contact_sealed),
                col(Applicant.immigration_sealed),
                col(Applicant.finances_sealed),
                col(Applicant.criminal_history_sealed),
                col(Applicant.notes_sealed),
            )
        ).all()
        remarks = connection.execute(select(col(Application.remarks_sealed))).all()
    empty, full = ([len(value) for value in row] for row in rows)
    assert empty == full
    assert len({len(row.remarks_sealed) for row in remarks}) == 1


def test_the_length_of_a_snapshot_does_not_tell_its_verdict(world: World) -> None:
    open_fund(world)
    submitted(world)
    submitted(world, another(household__annual_income="unknown", immigration__has_counsel="yes"))
    submitted(world, another(household__annual_income="99999"))
    with world.services.database.engine.connect() as connection:
        rows = connection.execute(select(col(Screening.verdict), col(Screening.snapshot_sealed))).all()
    assert len({row.verdict for row in rows}) == 2
    assert len({len(row.snapshot_sealed) for row in rows}) == 1


def test_every_reading_is_on_record_with_its_groups(world: World) -> None:
    made = taken(world)
    world.intake.get(f"/applications/{made['id']}")
    world.intake.get("/applications")
    world.intake.post(f"/applications/{made['id']}/withdraw", json={"reason": "other"})
    world.intake.get(f"/applications/{made['id']}")
    world.intake.get("/applications")
    with world.services.database.engine.connect() as connection:
        rows: Any = connection.execute(
            select(col(AuditEvent.action), col(AuditEvent.groups), col(AuditEvent.count).label("seen"))
            .where(col(AuditEvent.action).like("application.%"))
            .order_by(col(AuditEvent.id))
        ).all()
    read = [row.groups for row in rows if row.action == "application.read"]
    opened = "identity,contact,immigration,finances,notes"
    assert read == [opened, opened, "", ""], "created, read, withdrawn, read again"
    assert [(row.groups, row.seen) for row in rows if row.action == "application.listed"] == [("identity", 1), ("", 1)]


def test_the_record_names_fields_and_no_answer(world: World) -> None:
    made = taken(world)
    world.intake.patch(
        f"/applications/{made['id']}",
        json={"contact": {"address": {"city": "Aurora"}}, "household": {"size": 7}},
        headers={"If-Match": '"1"'},
    )
    with world.services.database.engine.connect() as connection:
        details = connection.execute(
            select(col(AuditEvent.details)).where(col(AuditEvent.action) == "application.changed")
        ).scalar_one()
    assert "/contact/address/city" in str(details)
    assert "/household/size" in str(details)
    assert "Aurora" not in str(details)


#: Who meets an application of the desk, by verb. Everybody else is refused by role, or finds nothing.
READS = ("", "/submit", "/screenings", "/conflict-checks", "/accept", "/decline", "/waitlist", "/withdraw",
         "/needs-information", "/overrides")  # fmt: skip


def test_an_application_exists_for_its_own_desk_alone(world: World) -> None:
    made = submitted(world)
    path = f"/applications/{made['id']}"
    for who, status in (
        ("other_intake", 404), ("attorney", 403), ("partner_admin", 403), ("fund_admin", 403), ("auditor", 403),
        ("admin", 403), ("stranger", 401),
    ):  # fmt: skip
        person = getattr(world, who)
        assert person.get(path).status_code == status, who
        assert person.patch(path, json={}, headers={"If-Match": '"1"'}).status_code == status, who
        for verb in READS[1:]:
            assert person.post(f"{path}{verb}", json={}).status_code == status, (who, verb)
        listed = person.get("/applications")
        if status == 404:
            assert listed.json()["items"] == []
        else:
            assert listed.status_code == status, who
        if who != "other_intake":
            assert person.post("/applications", json={}).status_code == status, who
    assert world.intake_colleague.get(path).status_code == 200


def test_a_sealed_answer_moved_to_another_person_does_not_open(world: World) -> None:
    first, second = taken(world), taken(world, another())
    table = metadata.tables["applicant"]
    with world.services.database.writing() as connection:
        stolen = connection.execute(
            select(table.c.identity_sealed).where(table.c.id == table.c.id.type.python_type(first["applicant_id"]))
        ).scalar_one()
        connection.execute(
            table.update()
            .where(table.c.id == table.c.id.type.python_type(second["applicant_id"]))
            .values(identity_sealed=stolen)
        )
    answer = world.intake.get(f"/applications/{second['id']}")
    assert (answer.status_code, answer.json()["code"]) == (500, "record.integrity")
    assert "Ximena" not in answer.text


@pytest.mark.parametrize("statement", ["UPDATE screening SET verdict = 'eligible'", "DELETE FROM screening"])
def test_a_snapshot_is_never_changed(world: World, statement: str) -> None:
    open_fund(world)
    submitted(world)
    with pytest.raises(Exception, match="append-only"), world.owning() as connection:
        connection.exec_driver_sql(statement)
