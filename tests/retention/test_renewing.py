"""A person's key is renewed: everything of theirs opens under the new one, and under the old one nothing."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import LargeBinary, select, text
from sqlalchemy.exc import DBAPIError

from app.access.sights import OPERATOR
from app.audit.verifying.rows import verify_rows
from app.backups.reads.checking import check
from app.crypto import Unopenable
from app.crypto.tracing import key_of
from app.db import metadata
from app.retention.actions import renewing
from tests.retention.stage import closed_story
from tests.retention.ways import operator
from tests.world import World


def sealed(world: World) -> dict[tuple[str, str, UUID], bytes]:
    """Every envelope in the database."""
    found: dict[tuple[str, str, UUID], bytes] = {}
    with world.owning() as connection:
        for table in metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, LargeBinary) and "id" in table.columns:
                    for row_id, value in connection.execute(select(table.c.id, column)):
                        if value and key_of(bytes(value)) is not None:
                            found[table.name, column.name, row_id] = bytes(value)
    return found


def check_all(world: World) -> int:
    services = world.services
    found = check(services.settings, services.database, services.vault, datetime.now(UTC))
    assert found.wrong == []
    return found.opened


def test_everything_of_a_person_is_sealed_anew(world: World) -> None:
    story = closed_story(world)
    vault, person = world.services.vault, UUID(story.applicant)
    before, opened = sealed(world), check_all(world)
    (old,) = {key_of(value) for (table, _, row_id), value in before.items() if (table, row_id) == ("applicant", person)}
    done = renewing.renew(operator(world), vault, [person], patience=0)
    after = sealed(world)
    theirs = {place for place, value in before.items() if key_of(value) == old}
    assert {table for table, _, _ in theirs} >= {"applicant", "screening", "document"}
    assert (done.people, done.values) == (1, len(theirs))
    assert {place for place in before if before[place] != after[place]} == theirs
    assert {len(before[place]) - len(after[place]) for place in theirs} == {0}
    assert old not in {key_of(value) for value in after.values()}
    assert (vault.status().subjects_renewing, check_all(world)) == (0, opened)
    assert verify_rows(world.services.database, vault).faults == ()
    again = renewing.renew(operator(world), vault, [person], patience=0)
    assert again.values == len(theirs)


def test_a_mark_is_kept_until_the_key_is_new(world: World) -> None:
    story = closed_story(world)
    vault, person, begin = world.services.vault, UUID(story.applicant), operator(world)
    assert renewing.needing(begin, vault, 0) == []
    vault.mark_compromised(person)
    assert renewing.needing(begin, vault, 0) == [person]
    vault.begin_renewal([person])  # broken off here
    assert vault.status().subjects_renewing == 1
    check_all(world)
    people = renewing.needing(begin, vault, 0)
    waits: list[float] = []
    assert renewing.renew(begin, vault, people, patience=120, sleep=waits.append).people == 1
    assert waits
    assert 100 < waits[0] <= 120
    assert renewing.needing(begin, vault, 0) == []
    assert renewing.needing(begin, vault, 1) == []


def test_a_value_that_does_not_open_keeps_the_old_key(world: World) -> None:
    story = closed_story(world)
    vault, person = world.services.vault, UUID(story.applicant)
    application, applicant = metadata.tables["application"], metadata.tables["applicant"]
    with world.services.database.writing(OPERATOR) as connection:  # a value of another place
        identity = connection.execute(select(applicant.c.identity_sealed)).scalar_one()
        connection.execute(application.update().values(remarks_sealed=identity))
    with pytest.raises(Unopenable):
        renewing.renew(operator(world), vault, [person], patience=0)
    assert vault.status().subjects_renewing == 1


def test_the_guard_lets_only_a_new_seal_through(world: World) -> None:
    story = closed_story(world)
    renewed = renewing.renew(operator(world), world.services.vault, [UUID(story.applicant)], patience=0)
    assert renewed.people == 1
    for change in (
        "verdict = 'eligible'",
        "snapshot_sealed = snapshot_sealed",
        "snapshot_sealed = substr(snapshot_sealed, 1, 40)",
        "row_mac = substr(row_mac, 1, 20)",
    ):
        with pytest.raises(DBAPIError, match="append-only"), world.owning() as connection:
            connection.execute(text(f"UPDATE screening SET {change}"))  # noqa: S608 - the four above
