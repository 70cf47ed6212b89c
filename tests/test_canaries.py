"""Canaries: unmistakable values in every sensitive field of fifty people, who then go the whole way.

Afterwards every byte that is left behind is searched: database, write-ahead log, keystore, logs, temporary files, and
every answer to somebody without the right. A control value that may stand in clear must be found by the same search.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.web import logs
from tests.disk import contents_of
from tests.postgres import PostgresServer
from tests.story import BODY, Story, said
from tests.world import NORTH, World, key

#: On SQLite, where it is quick; on PostgreSQL fewer, for the same places.
PEOPLE, FEWER = 50, 20
CONTROL = "Kontrollwert-of-a-partner"


def answers(number: int) -> dict[str, Any]:
    """An application whose every sensitive answer is a canary of this person."""
    applicant = BODY["applicant"] | {
        "given_names": f"Kanarie{number:03d}given",
        "family_names": f"Kanarie{number:03d}family",
        "other_names": f"Kanarie{number:03d}other",
        "date_of_birth": f"19{31 + number // 12:02d}-{1 + number % 12:02d}-17",
        "a_number": f"A7310{number:02d}739",
    }
    address = BODY["contact"]["address"] | {"street": f"{number} Kanarie{number:03d}street"}
    contact = {
        "phone": f"(303) 555-01{number:02d}",
        "phone_safe": "yes",
        "email": f"kanarie{number:03d}@demo.example",
        "address": address,
    }
    household = {"size": 4, "annual_income": f"3{number:04d}.73", "income_basis": "self_attested"}
    return BODY | {"applicant": applicant, "contact": contact, "household": household}


def canaries(number: int) -> list[str]:
    """What must be nowhere, as it was typed and as it is normalised."""
    body = answers(number)
    born = body["applicant"]["date_of_birth"]
    digits = f"7310{number:02d}739"
    return [
        *(f"Kanarie{number:03d}", f"kanarie{number:03d}", born, digits, f"303) 555-01{number:02d}"),
        *(f"+130355501{number:02d}", body["household"]["annual_income"], f"91{number:03d}73910"),
    ]


#: Who may not know who these people are: money, log, machine, other partners, and intake after the disposition.
BLIND = (
    *("fund_admin", "auditor", "admin", "partner_admin", "partner_admin2", "colleague", "attorney2"),
    *("intake", "other_intake", "stranger"),
)
NEEDLES = [each.encode() for number in range(PEOPLE) for each in canaries(number)]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go while the test runs."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def go(world: World, people: int) -> list[Story]:
    """So many people from the intake to a payment, with words in every field that takes words."""
    ground = Story(world).begin()
    stories = []
    for number in range(people):
        story = Story(world, fund=ground.fund).apply(**answers(number)).accept().assign()
        words = f"Kanarie{number:03d}words"
        attorney, case = world.attorney, story.case
        said(attorney.post(f"/cases/{case}/notes", json={"body": words}), 201)
        deadline = {"due_on": "2027-03-09", "kind": "evidence", "title": words}
        said(attorney.post(f"/cases/{case}/deadlines", json=deadline), 201)
        story.fund_it("100.00")
        account = {"routing_number": "021000021", "account_number": f"91{number:03d}73910"}
        payee = {"kind": "vendor", "name": f"Vendor {number}", "account": account}
        story.payee = said(attorney.post("/payees", json=payee, headers=key()), 201)["id"]
        story.pay_with(words)
        stories.append(story)
    return stories


def look_without_the_right(world: World, stories: list[Story]) -> Iterator[tuple[str, bytes]]:
    """Every answer that somebody gets who may not know who the people are."""
    story = stories[0]
    paths = [
        *(f"/{room}" for room in ("cases", "awards", "disbursements", "payees", "funds", "calendar", "reports")),
        *(f"/cases/{each.case}" for each in stories[:5]),
        f"/cases/{story.case}/timeline",
        f"/disbursements/{story.disbursement}",
        f"/awards/{story.award}",
        f"/payees/{story.payee}",
        f"/applications/{story.application}",
        "/applications",
        "/audit/events?limit=200",
        "/reports/disbursements?from=2026-01-01&to=2029-12-31&group_by=fund,partner&details=true",
        "/reports/disbursements?from=2026-01-01&to=2029-12-31&format=csv&details=true",
    ]
    pages = [
        *("/", "/cases", "/disbursements", "/audit", "/reports/disbursements", "/funds", "/awards", "/applications"),
        *(f"/cases/{story.case}", f"/disbursements/{story.disbursement}", f"/applications/{story.application}"),
    ]
    for who in BLIND:
        person = getattr(world, who)
        for path in paths:
            yield f"{who} GET {path}", person.get(path).content
        for page in pages:
            yield f"{who} page {page}", person.page(page).content
        for group in ("identity", "contact", "immigration", "finances"):
            reveal = {"group": group, "purpose": "representation"}
            answer = person.post(f"/applicants/{story.applicant}/reveal", json=reveal)
            assert answer.status_code in (401, 403, 404), f"{who} opened {group}"
            yield f"{who} reveal {group}", answer.content


def folders_left(world: World, engine_name: str, temporary: Path, request: pytest.FixtureRequest) -> list[Path]:
    """Every folder that the run has written to."""
    folders = [world.services.settings.data_dir, temporary]
    if engine_name == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        with world.services.database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("CHECKPOINT"))
        folders.append(server.folder)
    return folders


def found_in(content: bytes, needles: list[bytes]) -> list[bytes]:
    return [needle for needle in needles if needle in content]


def test_no_canary_is_left_anywhere(
    world: World,
    engine_name: str,
    temporary: Path,
    request: pytest.FixtureRequest,
    capfd: pytest.CaptureFixture[str],
    restored_logging: None,  # noqa: ARG001 - named for what it does
) -> None:
    logs.configure()
    said(world.fund_admin.post("/partners", json={"name": CONTROL}), 201)
    stories = go(world, PEOPLE if engine_name == "sqlite" else FEWER)
    leaks = [
        f"{what}: {found[0]!r}"
        for what, content in look_without_the_right(world, stories)
        if (found := found_in(content, NEEDLES))
    ]
    world.services.database.engine.dispose()
    controls = 0
    contents = contents_of(*folders_left(world, engine_name, temporary, request))
    for path, content in contents:
        controls += CONTROL.encode() in content
        leaks += [f"{path.name}: {needle!r}" for needle in found_in(content, NEEDLES)]
    assert controls, "the search must find what may stand in clear"
    written = capfd.readouterr()
    leaks += [f"log: {each!r}" for each in found_in((written.out + written.err).encode(), NEEDLES)]
    assert not leaks, "\n".join(leaks[:40])


def test_the_right_people_do_see_them(world: World) -> None:
    story = Story(world).begin().apply(**answers(7)).accept(NORTH).assign()
    assert "Kanarie007given" in world.attorney.get(f"/cases/{story.case}").text
    form = {"group": "immigration", "purpose": "representation"}
    assert "731007739" in said_text(world.attorney.post(f"/applicants/{story.applicant}/reveal", json=form))


def said_text(answer: Any) -> str:
    said(answer)
    return str(answer.text)
