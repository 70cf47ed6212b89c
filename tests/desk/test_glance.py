"""The case at a glance with its money, and its timeline, from the application to the close."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import event

from tests.cases.stage import Made, accept, add_deadline, add_hearing, ask, close, events, opened
from tests.funds.stage import allocate, answered, award, disbursement, draft, fund, payee, request_award, step
from tests.intake.stage import CANARIES, accepted, body, open_fund
from tests.world import World, key, today


@contextmanager
def counting(world: World) -> Iterator[list[str]]:
    """The SELECTs that the application's database is asked in this block."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            asked.append(statement)

    engine = world.services.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_the_money_of_a_case_is_the_same_for_all_who_may_see_it(world: World) -> None:
    made = opened(world)
    fund_id = fund(world)["id"]
    allocate(world, fund_id)
    granted = award(world, "1000.00", made, fund_id)
    refused = request_award(world, made.id, fund_id, "77.00")
    answered(world.fund_admin.post(f"/awards/{refused['id']}/reject", json={}, headers=key()))
    settled = disbursement(world, "settled", "250.00", granted["id"])
    draft(world, granted["id"], payee(world)["id"], "50.00")
    for who in (world.attorney, world.partner_admin, world.fund_admin, world.auditor):
        money = who.get(made.path).json()["money"]
        assert (money["awarded"], money["paid"]) == ("1000.00", "250.00")
        assert (money["requested"], money["asked"], money["approved"], money["available"]) == (
            *("0.00", "50.00"),
            *("0.00", "700.00"),
        )
        first = money["awards"][0]
        assert [first[name] for name in ("asked", "approved", "paid", "available")] == [
            *("50.00", "0.00", "250.00", "700.00")
        ]
        assert (first["id"], first["amount"], first["available"], first["paid"]) == (
            granted["id"],
            "1000.00",
            "700.00",
            "250.00",
        )
        assert first["fund"] == {"id": fund_id, "name": "Fondo Uno"}
        assert [each["status"] for each in money["disbursements"]] == ["settled", "draft"]
        assert money["disbursements"][0]["reference"] == settled["reference"]
    assert "memo" not in world.attorney.get(made.path).text
    rejected = disbursement(world, "rejected", "20.00", granted["id"])
    lines = world.attorney.get(f"{made.path}/timeline").json()["items"]
    told = [each["what"] for each in lines if each["reference"] == rejected["reference"]]
    assert told == ["disbursement_requested", "disbursement_rejected"]
    assert "was rejected" in world.attorney.page(made.path).text
    other = opened(world, "colleague")
    assert world.colleague.get(other.path).json()["money"]["awards"] == []
    reversed_ = answered(step(world, settled["id"], "reverse"))
    assert reversed_["status"] == "reversed"
    assert world.fund_admin.get(made.path).json()["money"]["paid"] == "0.00"


def test_a_case_at_a_glance_takes_few_statements(world: World) -> None:
    made = opened(world)
    for path, most in ((made.path, 4), (f"{made.path}/timeline", 5), ("/cases", 2)):
        with counting(world) as asked:
            assert world.attorney.get(path).status_code == 200
        assert len(asked) <= most, [each[:60] for each in asked]  # one of them asks who is there


def test_every_look_at_a_case_is_on_record_with_what_it_opened(world: World) -> None:
    made = opened(world)
    for who, path, groups in (
        (world.attorney, made.path, "identity,contact,notes"),
        (world.attorney, f"{made.path}/timeline", ""),
        (world.partner_admin, made.path, ""),
        (world.fund_admin, made.path, ""),
    ):
        before = len(events(world, "case.read"))
        assert who.get(path).status_code == 200
        found = events(world, "case.read")[before:]
        assert [(each.actor_id, each.object_id, each.subject_id, each.groups) for each in found] == [
            (who.id, made.id, made.applicant_id, groups)
        ]
    before = len(events(world, "case.read"))
    assert world.colleague.get(made.path).status_code == 404
    assert len(events(world, "case.read")) == before
    assert len(events(world, "access.refused")) == 1


def test_a_timeline_tells_the_whole_way(world: World) -> None:
    fund_id = open_fund(world)
    allocate(world, fund_id, "5000.00")
    application, case = accepted(world, fund_id, body(immigration__next_hearing_on=str(today() + timedelta(days=90))))
    path = f"/cases/{case['id']}"
    made = Made(case["id"], application["applicant_id"])
    first = ask(world, made)
    world.attorney.post(f"/assignments/{first}/decline", json={"code": "capacity", "note": "Zozobra"})
    second = ask(world, made, "colleague")
    accept(world, second, "colleague")
    world.colleague.post(f"/assignments/{second}/end")
    accept(world, ask(world, made))
    hearing = add_hearing(world, made, today() + timedelta(days=40))
    world.attorney.post(f"/hearings/{hearing}/cancel")
    deadline = add_deadline(world, made, today() - timedelta(days=3), "Zozobra")
    world.attorney.post(f"/deadlines/{deadline}/complete")
    granted = award(world, "900.00", made, fund_id)
    disbursement(world, "settled", "900.00", granted["id"])
    answer = world.attorney.get(f"{path}/timeline")
    items = answer.json()["items"]
    assert [each["what"] for each in items if each["on"] <= today().isoformat()] == [
        "deadline",
        "applied",
        "case_offered",
        "attorney_asked",
        "attorney_declined",
        "attorney_asked",
        "attorney_accepted",
        "assignment_ended",
        "attorney_asked",
        "attorney_accepted",
        "deadline_completed",
        "award_requested",
        "award_approved",
        "disbursement_requested",
        "disbursement_approved",
        "disbursement_released",
        "disbursement_settled",
    ]
    assert [each["what"] for each in items[-2:]] == ["hearing_cancelled", "hearing"]
    assert items[4]["kind"] == "capacity"
    assert items[-3]["amount"] == "900.00"
    assert not any(canary in answer.text for canary in CANARIES)
    close(world, made)
    theirs = world.partner_admin.get(f"{path}/timeline").json()["items"]
    assert "relief_granted" in {each["kind"] for each in theirs if each["what"] == "closed"}
    money = world.fund_admin.get(f"{path}/timeline").json()["items"]
    assert {each["what"] for each in money} & {
        "hearing",
        "hearing_cancelled",
        "deadline",
        "deadline_completed",
    } == set()
    assert {each["kind"] for each in money} <= {None, "representation"}
    assert world.attorney.get(f"{path}/timeline").status_code == 404
    assert world.intake.get(f"{path}/timeline").status_code == 403
