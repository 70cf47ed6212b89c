"""The drill: back up while people work, lose the data, restore. What was saved is there, who was erased is not."""

import threading
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.sights import OPERATOR
from app.applicants.model import Applicant
from app.backups.rules import Kind
from tests.backups.stage import Place, finished, restored
from tests.retention.stage import closed_story, declined
from tests.retention.ways import erase, nightly
from tests.story import BODY, said
from tests.world import World, running


def living(world: World) -> set[UUID]:
    """Whom the database knows and has not erased."""
    with world.services.database.connect(OPERATOR) as connection:
        return set(connection.execute(select(col(Applicant.id)).where(col(Applicant.erased_at).is_(None))).scalars())


class Writer(threading.Thread):
    """Somebody who takes people in, one after the other, and remembers what was acknowledged, in order."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.acknowledged, self.trouble = world, [UUID(int=0)], ""
        self.over = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            person = BODY["applicant"] | {"a_number": f"A{905_000_000 + number}"}
            answer = self.world.intake.post("/applications", json=BODY | {"applicant": person})
            if answer.status_code != 201:
                self.trouble = answer.text
                return
            self.acknowledged.append(UUID(answer.json()["applicant_id"]))


def test_restoring_brings_back_what_was_saved_and_nobody_who_was_erased(place: Place) -> None:
    with running(place.settings) as world:
        closed_story(world)
        gone, kept = UUID(declined(world, 1)), UUID(declined(world, 2))
        writer = Writer(world)
        writer.start()
        while len(writer.acknowledged) < 6:
            assert not writer.trouble
            writer.over.wait(0.01)
        before = writer.acknowledged[1:]
        data = place.back_up(Kind.DATA, world.services.vault)
        place.back_up(Kind.KEYS, world.services.vault)
        writer.over.set()
        writer.join()
        assert not writer.trouble
        after = set(writer.acknowledged[1:])
        erase(world, str(gone))
    place.lose_data()
    back = restored(place, data)
    with running(place.settings) as world:
        report, found = finished(place, world)
        assert found.wrong == []
        assert (report.again, report.kept, report.unopened) == (1, {}, [])
        here = living(world)
        assert set(before) <= here <= after | here
        assert kept in here
        assert gone not in here
        assert (found.people, found.erased) == (len(here), 1)
        assert found.opened > 40
        said(world.intake.post("/applications", json=BODY), 201)
        assert nightly(world).again == 0
    assert back.manifest.contents.seals == 0
