"""From a reference to its record: whoever may see it is taken there, for everybody else it is not there."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlmodel import col

from app.applicants.model import Applicant
from app.reference import new_reference
from tests.story import Story, said, whole_way
from tests.world import CAST, World

ATTORNEY, FUND = {"attorney"}, {"fund_admin", "approver", "releaser", "auditor"}
AROUND = ATTORNEY | {"partner_admin"}
OWN_DESK = {"intake", "intake_colleague"}


def led(world: World, who: str, reference: str) -> str | None:
    """Where somebody is taken by a reference; None when they are told that nothing was found."""
    answer = getattr(world, who).page(f"/find?reference={reference}")
    if answer.status_code == 303:
        return str(answer.headers["location"])
    assert answer.status_code == 200, answer.text
    return None


def said_to(world: World, who: str, reference: str) -> str:
    """What the page says, without the reference itself."""
    page = BeautifulSoup(getattr(world, who).page("/find", params={"reference": reference}).text, "html.parser")
    main = page.find("main")
    assert main is not None
    return main.get_text(" ", strip=True).replace(reference, "")


def reference_of(world: World, who: str, path: str) -> str:
    return str(said(getattr(world, who).get(path))["reference"])


@pytest.fixture
def story(world: World) -> Story:
    return whole_way(world)


def test_each_reference_opens_for_those_who_may_see_its_record(world: World, story: Story) -> None:
    application = said(world.intake.get(f"/applications/{story.application}"))
    expected = {
        application["reference"]: (f"/applications/{story.application}", OWN_DESK),
        story.reference: (f"/cases/{story.case}", AROUND | FUND),
        reference_of(world, "fund_admin", f"/awards/{story.award}"): (f"/awards/{story.award}", AROUND | FUND),
        reference_of(world, "fund_admin", f"/disbursements/{story.disbursement}"): (
            f"/disbursements/{story.disbursement}",
            AROUND | FUND,
        ),
    }
    for reference, (path, who) in expected.items():
        assert {each: led(world, each, reference) for each in CAST} == {
            each: path if each in who else None for each in CAST
        }, reference


def test_an_applicants_reference_leads_to_what_the_reader_knows_of_them(world: World, story: Story) -> None:
    """The money side knows a case and not whose it is: a person's reference must not lead from one to the other."""
    with world.services.database.engine.connect() as connection:
        reference = connection.execute(select(col(Applicant.reference))).scalar_one()
    assert reference.startswith("AP-")
    assert {each: led(world, each, reference) for each in CAST} == {
        each: f"/applications/{story.application}"
        if each in OWN_DESK
        else f"/cases/{story.case}"
        if each in AROUND
        else None
        for each in CAST
    }


def test_a_reference_is_read_as_people_write_it(world: World, story: Story) -> None:
    plain = story.reference.replace("-", "").lower()
    assert led(world, "attorney", plain) == f"/cases/{story.case}"
    assert led(world, "attorney", f"  {story.reference.lower()} ".replace(" ", "%20")) == f"/cases/{story.case}"


def test_unknown_and_not_mine_read_alike(world: World, story: Story) -> None:
    unknown = new_reference("CA")
    assert said_to(world, "attorney2", unknown) == said_to(world, "attorney2", story.reference)
    assert "Nothing found" in said_to(world, "attorney2", unknown)


def test_a_wrong_letter_is_named_as_that(world: World, story: Story) -> None:
    last = story.reference[-1]
    wrong = story.reference[:-1] + ("2" if last != "2" else "3")
    assert "a letter or number in it is wrong" in said_to(world, "attorney", wrong)
    assert "a letter or number in it is wrong" in said_to(world, "attorney", "CA-12")
    assert "Nothing found" not in said_to(world, "attorney", wrong)


def test_what_is_typed_stays_text(world: World) -> None:
    answer = world.attorney.page("/find", params={"reference": "<b>x</b>" * 30})
    assert "<b>x" not in answer.text
    assert answer.status_code == 200


def test_a_visitor_signs_in_first(world: World) -> None:
    answer = world.stranger.page(f"/find?reference={new_reference('CA')}")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/find"
