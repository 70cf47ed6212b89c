"""Who has opened a case: its own people's part of the record, for its attorney and for auditors."""

from sqlalchemy import insert

from app.access.grants import Role
from app.access.model import AccountRole
from tests.cases.stage import Made, ask, close, events, offered, opened
from tests.funds.stage import award, disbursement
from tests.story import Story, said, whole_way
from tests.world import World


def access(world: World, who: str, made: Made, query: str = "") -> dict[str, object]:
    answer: dict[str, object] = said(getattr(world, who).get(f"{made.path}/access{query}"))
    return answer


def test_each_opening_is_told_with_who_when_what_and_what_for(world: World) -> None:
    story = whole_way(world)
    path = f"/cases/{story.case}"
    said(world.attorney.get(path))
    reveal = {"group": "immigration", "purpose": "representation"}
    said(world.attorney.post(f"/applicants/{story.applicant}/reveal", json=reveal))
    said(world.fund_admin.get(path))
    said(world.attorney.get(f"{path}/notes"))
    found = said(world.attorney.get(f"{path}/access"))
    assert found["reference"] == story.reference
    told = [
        (each["reader"]["name"], each["reader"]["roles"], each["action"], each["groups"], each["purpose"])
        for each in found["items"]
    ]
    assert told[:4] == [
        ("Attorney", ["attorney"], "note.listed", ["notes"], None),
        ("Fund Admin", ["fund_administrator"], "case.read", [], None),
        ("Attorney", ["attorney"], "applicant.revealed", ["immigration"], "representation"),
        ("Attorney", ["attorney"], "case.read", ["identity", "contact", "notes"], None),
    ]
    readers = {each["reader"]["name"]: each for each in found["readers"]}
    assert {"Intake", "Attorney", "Fund Admin"} <= set(readers)
    assert readers["Intake"]["reader"]["partner"] == "Intake Desk"
    assert readers["Attorney"]["times"] == len([each for each in told if each[0] == "Attorney"])
    assert sum(each["times"] for each in found["readers"]) == len(told)
    assert "award.requested" not in {each[2] for each in told}, "what was only done is no opening"


def test_reading_it_is_on_record_and_stands_in_it(world: World) -> None:
    made = opened(world)
    said(world.attorney.get(made.path))
    access(world, "attorney", made)
    [event] = events(world, "case.access_listed")
    assert (event.object_id, event.subject_id, event.count) == (made.id, made.applicant_id, 1)
    again = access(world, "auditor", made)
    assert again["items"][0]["action"] == "case.access_listed"  # type: ignore[index]  # JSON
    assert again["items"][0]["reader"]["name"] == "Attorney"  # type: ignore[index]  # as above


def test_another_case_of_the_same_person_is_not_told(world: World) -> None:
    made = opened(world)
    other = offered(world, applicant_id=made.applicant_id)
    said(world.fund_admin.get(made.path))
    said(world.approver.get(other.path))
    shown = {each["reader"]["name"] for each in access(world, "attorney", made)["items"]}  # type: ignore[attr-defined]  # JSON
    assert "Fund Admin" in shown
    assert "Approver" not in shown
    for who in ("attorney", "colleague"):
        assert getattr(world, who).get(f"{other.path}/access").status_code == 404


def test_it_is_open_to_who_watches_over_the_case(world: World) -> None:
    made = opened(world)
    offer = offered(world)
    ask(world, offer)
    for who, status in {
        **dict.fromkeys(("attorney", "auditor", "fund_admin", "partner_admin"), 200),
        **dict.fromkeys(("colleague", "attorney2", "partner_admin2"), 404),
        **dict.fromkeys(("intake", "admin"), 403),
    }.items():
        assert getattr(world, who).get(f"{made.path}/access").status_code == status, who
        assert getattr(world, who).page(f"{made.path}/access").status_code == status, who
    assert world.attorney.get(f"{offer.path}/access").status_code == 404, "an offer is not the case"
    close(world, made)
    assert world.attorney.get(f"{made.path}/access").status_code == 404
    assert world.auditor.get(f"{made.path}/access").status_code == 200


def test_pages_of_it_follow_one_another(world: World) -> None:
    made = opened(world)
    for _ in range(3):
        said(world.attorney.get(made.path))
    first = access(world, "auditor", made, "?limit=2")
    rest = access(world, "auditor", made, f"?limit=200&cursor={first['next']}")
    ids = [each["id"] for page in (first, rest) for each in page["items"]]  # type: ignore[attr-defined]  # JSON
    assert len(ids) == len(set(ids)) == 3
    assert ids == sorted(ids, reverse=True)
    page = world.auditor.page(f"{made.path}/access")
    assert "Saw a case" in page.text
    assert world.auditor.page(f"{made.path}/access?cursor=nonsense").status_code == 422


def test_the_page_tells_no_client(world: World) -> None:
    story = Story(world).begin().apply().accept().assign()
    disbursement(world, "settled", "10.00", award(world, "100.00")["id"])
    text = world.auditor.page(f"/cases/{story.case}/access").text
    assert "Ejemplo" not in text
    assert "Ficticio" not in text


def test_a_partners_administrator_sees_own_people_alone(world: World) -> None:
    """On a case of the own organization; somebody who is its attorney too sees everybody, as an attorney does."""
    made = opened(world)
    for who in ("attorney", "fund_admin", "auditor"):
        said(getattr(world, who).get(made.path))
    assert {each["reader"]["name"] for each in access(world, "partner_admin", made)["readers"]} == {"Attorney"}  # type: ignore[attr-defined]  # JSON
    everybody = {each["reader"]["name"] for each in access(world, "fund_admin", made)["readers"]}  # type: ignore[attr-defined]  # JSON
    assert everybody >= {"Attorney", "Fund Admin", "Auditor", "Partner Admin"}
    with world.services.database.writing() as connection:
        both = {"account_id": world.people["attorney"], "role": Role.PARTNER_ADMINISTRATOR}
        connection.execute(insert(AccountRole).values(both))
    names = {each["reader"]["name"] for each in access(world, "attorney", made)["readers"]}  # type: ignore[attr-defined]  # JSON
    assert names >= everybody
