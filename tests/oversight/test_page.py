"""The audit page, in both languages."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup, Tag

from app.audit.actions import event_row, insert_events
from app.audit.rules import Outcome, first_id_at
from app.audit.rules.registry import ACTIONS, OBJECTS
from app.audit.sealing import seal_once, seals_file
from app.crypto import Group
from app.db import new_id
from tests.story import Story
from tests.world import World


def show(world: World, path: str = "/audit", language: str = "en") -> BeautifulSoup:
    answer = world.auditor.page(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def rows(page: BeautifulSoup) -> list[Tag]:
    return page.select("table tbody tr")


def seal(world: World) -> None:
    services = world.services
    seal_once(services.database, services.vault, seals_file(services.settings), datetime.now(UTC))


def test_it_tells_who_did_what_to_which_case(world: World) -> None:
    story = Story(world).begin().apply().accept().assign()
    page = show(world, f"/audit?object_id={story.case}")
    (offered,) = [row for row in rows(page) if "Opened a case for a partner" in row.text]
    assert "Intake" in offered.text
    assert story.reference in offered.text
    assert offered.find("a", href=f"/cases/{story.case}") is not None
    # Each name and reference leads to all that is on record about it.
    link = offered.find("a", href=f"/audit?object_id={story.case}")
    assert link is not None
    assert rows(show(world, f"/audit?actor_id={world.people['intake']}"))
    everything = show(world).text
    assert "Ejemplo" not in everything
    assert "Ficticio" not in everything


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_kind_of_event_can_be_shown(world: World, language: str) -> None:
    """Every action, kind of object and field group, a refusal, nobody signed in, and a word of an older version."""
    vault = world.services.vault
    made = [
        event_row(
            vault,
            datetime.now(UTC),
            action,
            list(Outcome)[number % 2],
            actor_id=world.people["intake"] if number % 3 else None,
            object_type=list(OBJECTS)[number % len(OBJECTS)] if number % 5 else None,
            object_id=new_id() if number % 2 else None,
            subject_id=new_id() if number % 7 else None,
            groups=",".join(Group) if number % 4 else "",
            purpose="intake" if number % 2 else None,
            count=number,
            details={"code": "x", "fields": ["a", "b"], "n": 1, "none": None} if number % 3 else {},
        )
        for number, action in enumerate([*ACTIONS, "older.word"])
    ]
    made[-1] |= {"object_type": "older_kind"}
    with world.services.database.writing() as connection:
        connection.execute(insert_events(), made)
    shown = []
    path: str | None = "/audit"
    while path:
        page = show(world, path, language)
        shown += [row.text for row in rows(page)]
        following = page.select_one("nav.pages a:last-child")
        is_next = following is not None and "cursor=" in str(following["href"])
        path = str(following["href"]) if following is not None and is_next else None
    assert len(shown) >= len(made)
    assert any("older.word" in text for text in shown)
    if language == "en":
        assert [text for text in ACTIONS.values() if not any(text in row for row in shown)] == []


def test_filters_stand_in_the_form_and_in_the_way_on(world: World) -> None:
    person = world.people["intake"]
    for _ in range(60):
        row = event_row(world.services.vault, datetime.now(UTC), "case.read", Outcome.DONE, actor_id=person)
        with world.services.database.writing() as connection:
            connection.execute(insert_events(), [row])
    page = show(world, f"/audit?actor_id={person}&action=case.read&from=2020-01-01&to=2190-01-01")
    assert len(rows(page)) == 50
    assert [option["value"] for option in page.select("form.filters option[selected]")] == [str(person), "case.read"]
    assert [field["value"] for field in page.select("input[type=date]")] == ["2020-01-01", "2190-01-01"]
    following = page.select_one("nav.pages a")
    assert following is not None
    second = show(world, str(following["href"]))
    assert len(rows(second)) == 10
    assert [option["value"] for option in second.select("form.filters option[selected]")] == [str(person), "case.read"]


def test_what_it_can_not_read_counts_as_not_chosen(world: World) -> None:
    page = show(world, "/audit?actor_id=canary&action=canary&from=canary&to=9999-99-99&object_id=canary&subject_id=c")
    assert "canary" not in page.text
    assert "canary" not in str(page)
    assert world.auditor.page("/audit?cursor=canary").status_code == 422


def test_no_event_fits(world: World) -> None:
    page = show(world, f"/audit?subject_id={new_id()}")
    assert rows(page) == []
    assert "No event fits this filter." in page.text


def test_it_tells_how_far_the_record_is_sealed(world: World) -> None:
    show(world)
    seal(world)
    page = show(world)
    line = seals_file(world.services.settings).read_text().splitlines()[-1]
    assert line in page.text
    assert "not being sealed" not in page.text
    row = event_row(world.services.vault, datetime.now(UTC), "case.read", Outcome.DONE)
    row |= {"id": first_id_at(datetime.now(UTC) - timedelta(minutes=5))}
    with world.services.database.writing() as connection:
        connection.execute(insert_events(), [row])
    assert "The record is not being sealed" in show(world).text


def test_nobody_else_sees_it(world: World) -> None:
    for name in ("intake", "attorney", "admin"):
        assert getattr(world, name).page("/audit").status_code == 403
    assert world.stranger.page("/audit").status_code == 303
