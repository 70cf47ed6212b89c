"""The pages of the intake desk, as they come from the server, in both languages."""

import re
from typing import Any

from tests.intake.stage import acceptance, another, body, checked, open_fund, submitted, taken
from tests.world import World

SPANISH = {"Accept-Language": "es"}


def shown(world: World, path: str, who: str = "intake") -> str:
    """The page in both languages; the English one is given."""
    pages = [getattr(world, who).page(path, headers=headers) for headers in (SPANISH, {})]
    for page in pages:
        assert page.status_code == 200, (path, page.status_code, page.text[:2000])
        assert page.headers["Content-Type"].startswith("text/html")
        assert "<script>" not in page.text
        assert " style=" not in page.text
        ids = re.findall(r'\bid="([^"]+)"', page.text)
        assert len(ids) == len(set(ids)), [each for each in ids if ids.count(each) > 1]
    return str(pages[1].text)


def test_the_empty_form(world: World) -> None:
    page = shown(world, "/applications/new")
    assert 'name="/applicant/given_names"' in page
    assert "data-id=" not in page


def test_a_draft_comes_back_into_the_form_as_it_was_typed(world: World) -> None:
    half = body(
        applicant__a_number="A012 34",
        applicant__date_of_birth="1988",
        applicant__country_of_birth="Guatemalla",
        applicant__preferred_language="Mam",
        contact__address__state="Colorrado",
        immigration__entered_on="unknown",
        household__size="fo",
    )
    made = taken(world, half)
    page = shown(world, f"/applications/{made['id']}/edit")
    assert f'data-id="{made["id"]}"' in page
    assert "data-etag=" in page
    for typed in ("A012 34", "1988", "Guatemalla", "Mam", "Colorrado", 'value="fo"', "Ximena Canary"):
        assert typed in page, typed
    assert '<option value="Colorrado" selected>' in page


def test_an_application_that_can_not_be_changed_is_shown_instead_of_its_form(world: World) -> None:
    made = submitted(world)
    page = shown(world, f"/applications/{made['id']}/edit")
    assert "data-draft" not in page
    assert made["reference"] in page


def test_the_queue(world: World) -> None:
    assert "There is no application here." in shown(world, "/applications")
    open_fund(world)
    made = submitted(world)
    draft = taken(world, another())
    page = shown(world, "/applications")
    assert "Ximena Canary Zozobra Ñandú" in page
    assert f"/applications/{made['id']}" in page
    assert f"/applications/{draft['id']}/edit" in page
    assert "Colorado fund" in page
    assert draft["reference"] not in shown(world, "/applications?status=submitted")
    assert made["reference"] in shown(world, "/applications?status=submitted")
    assert draft["reference"] in shown(world, "/applications?status=")
    assert world.intake.page("/applications?status=nothing").status_code == 422


def test_the_queue_goes_on(world: World) -> None:
    for _ in range(51):
        taken(world, {})
    page = shown(world, "/applications?status=draft")
    onward = re.search(r'href="(/applications\?cursor=[^"]+)"', page)
    assert onward is not None
    rest = shown(world, onward[1].replace("&amp;", "&"))
    assert rest.count("<tr>") == 2


def test_an_application_with_its_reasons_and_what_can_be_done(world: World) -> None:
    open_fund(world)
    open_fund(world, "denver-dilsf", "Denver fund")
    made = submitted(world, body(household__annual_income="87654.32", contact__address__city=None))
    page = shown(world, f"/applications/{made['id']}")
    assert "$87,654.32" in page
    assert "Not eligible" in page
    assert "Denver fund" in page
    for verb in ("overrides", "conflict-checks", "screenings", "needs-information", "waitlist", "decline", "withdraw"):
        assert f"/api/v1/applications/{made['id']}/{verb}" in page, verb
    assert f"/api/v1/applications/{made['id']}/accept" not in page, "no fund's verdict is eligible"
    assert "Mar 4, 1988" in page
    assert "1988-03-04" not in page
    assert "Mam" in page
    assert "Guatemala" in page


def test_each_status_has_its_page(world: World) -> None:
    fund = open_fund(world)

    def page(made: Any, verb: str, sent: dict[str, Any]) -> str:
        answer = world.intake.post(f"/applications/{made['id']}/{verb}", json=sent)
        assert answer.status_code in (200, 201), answer.text
        return shown(world, f"/applications/{made['id']}")

    half = body(applicant__date_of_birth="1988", household__annual_income="12,0", immigration__entered_on="unknown")
    draft = shown(world, f"/applications/{taken(world, half)['id']}")
    assert "Go on with this draft" in draft
    assert "12,0" in draft
    asked = page(submitted(world), "needs-information", {"missing": ["/immigration/court"], "note": "Ask again"})
    assert "Still to be asked" in asked
    assert "Ask again" in asked
    assert "Call in May" in page(submitted(world), "waitlist", {"reason": "capacity", "referral": "Call in May"})
    assert "Ximena" not in page(submitted(world), "decline", {"reason": "capacity", "referral": "Elsewhere"})
    assert "Ximena" not in page(submitted(world), "withdraw", {"reason": "other"})
    made = submitted(world, another())
    checked(world, made)
    assert f'value="{fund}"' in shown(world, f"/applications/{made['id']}")
    done = page(made, "accept", acceptance(world, fund))
    assert "It became the case" in done
    assert "Teodoro" not in done


def test_the_queues_of_the_second_person(world: World) -> None:
    assert "Nothing waits" in shown(world, "/overrides", "approver")
    assert "No conflict check waits" in shown(world, "/conflict-checks", "fund_admin")
    fund = open_fund(world)
    made = submitted(world, body(household__annual_income="87654.32"))
    sent = {"fund_id": fund, "rule": "income", "reason": "Wages ended"}
    world.intake.post(f"/applications/{made['id']}/overrides", json=sent)
    page = shown(world, "/overrides", "approver")
    assert "Wages ended" in page
    assert made["reference"] in page
    assert "Ximena" not in page
    taken(world, who="other_intake")
    check = checked(world, made)
    page = shown(world, "/conflict-checks", "fund_admin")
    assert f"/api/v1/conflict-checks/{check['id']}/resolve" in page
    assert "Ximena" not in page
    assert "Somebody else reviews it" in shown(world, "/conflict-checks")
    asked = shown(world, f"/applications/{made['id']}")
    assert "Waiting for approval" in asked
    assert 'value="income" data-type' not in asked, "what was asked for is not offered again"


def test_pages_are_for_those_who_may(world: World) -> None:
    made = submitted(world)
    for path in (
        "/applications",
        "/applications/new",
        f"/applications/{made['id']}",
        f"/applications/{made['id']}/edit",
    ):
        assert world.attorney.page(path).status_code == 403, path
        assert world.stranger.page(path).status_code == 303, path
    assert world.other_intake.page(f"/applications/{made['id']}").status_code == 404
    assert world.other_intake.page(f"/applications/{made['id']}/edit").status_code == 404
    assert world.intake.page("/overrides").status_code == 403
