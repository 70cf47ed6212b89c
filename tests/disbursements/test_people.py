"""Four different people: requester, approver, releaser, settler; nobody of the case, nobody of the payee."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlmodel import col

from app.access import ties
from app.access.grants import Role
from app.access.model import Account, AccountRole
from tests.funds.stage import REASON, answered, award, disbursement, draft, payee, request_award, step
from tests.world import NORTH, SOUTH, World, key

PART, CASE, PAYEE = "You had a part", "You work on this case", "You belong to the payee"


def _refused(response: Any, why: str) -> None:
    """Denied for this reason and no other."""
    assert (response.status_code, response.json()["code"]) == (403, "segregation_of_duties"), response.text
    assert why in response.text


def _make(world: World, name: str, **changes: Any) -> None:
    """Give a member of the cast a further role or another organization."""
    person = world.people[name]
    with world.services.database.writing() as connection:
        if role := changes.pop("role", None):
            connection.execute(insert(AccountRole).values(account_id=person, role=role))
        if changes:
            connection.execute(update(Account).where(col(Account.id) == person).values(**changes))


def test_one_person_never_has_two_parts(world: World) -> None:
    made = award(world, "1000.00")
    submitted = disbursement(world, "submitted", "1.00", made["id"])
    answered(step(world, submitted["id"], "approve", by="approver"))
    _refused(step(world, submitted["id"], "release", by="approver"), PART)
    answered(step(world, submitted["id"], "release", by="releaser"))
    for person in ("approver", "releaser"):
        _refused(step(world, submitted["id"], "settle", by=person), PART)
    answered(step(world, submitted["id"], "settle", by="fund_admin"))


def test_who_asked_does_not_pay(world: World) -> None:
    """The requester has become a fund administrator as well: still not the one who approves, releases or settles."""
    made = award(world, "1000.00")
    stages = {verb: disbursement(world, status, "1.00", made["id"]) for verb, status in _BEFORE.items()}
    with world.act_as("attorney") as work:
        ties.untie_person(work.session, world.people["attorney"], [UUID(made["case_id"])], work.now)
        work.decided = True
        work.recorded = 1
    _make(world, "attorney", role=Role.FUND_ADMINISTRATOR)
    for verb, found in stages.items():
        _refused(step(world, found["id"], verb, by="attorney"), PART)


_BEFORE = {"approve": "submitted", "release": "approved", "settle": "released"}


def test_who_works_on_the_case_does_not_pay(world: World) -> None:
    made = award(world, "1000.00")
    stages = {verb: disbursement(world, status, "1.00", made["id"]) for verb, status in _BEFORE.items()}
    with world.act_as("colleague") as work:
        ties.tie_person(work.session, world.people["colleague"], [UUID(made["case_id"])], work.now)
        work.decided = True
        work.recorded = 1
    _make(world, "colleague", role=Role.FUND_ADMINISTRATOR)
    for verb, found in stages.items():
        _refused(step(world, found["id"], verb, by="colleague"), CASE)


def test_who_belongs_to_the_payee_does_not_pay(world: World) -> None:
    made = award(world, "1000.00")
    stages = {verb: disbursement(world, status, "1.00", made["id"]) for verb, status in _BEFORE.items()}
    _make(world, "colleague", role=Role.FUND_ADMINISTRATOR)
    for verb, found in stages.items():
        _refused(step(world, found["id"], verb, by="colleague"), PAYEE)
    _make(world, "colleague", partner_id=world.partners[SOUTH])
    answered(step(world, stages["approve"]["id"], "approve", by="colleague"))


def test_a_second_submitter_has_had_a_part_too(world: World) -> None:
    made = award(world)
    asked = draft(world, made["id"], payee(world, by="fund_admin", kind="vendor", name="Ink")["id"])
    submitted = answered(step(world, asked["id"], "submit", by="partner_admin"))
    assert [each["duty"] for each in submitted["steps"]] == ["requester", "requester"]
    _make(world, "partner_admin", role=Role.FUND_ADMINISTRATOR)
    _refused(step(world, asked["id"], "approve", by="partner_admin"), PART)


def test_who_asked_for_an_award_does_not_decide_on_it(world: World) -> None:
    made = award(world)
    asked = request_award(world, UUID(made["case_id"]), made["fund_id"], by="partner_admin")
    _make(world, "partner_admin", role=Role.FUND_ADMINISTRATOR)
    for verb in ("approve", "reject"):
        _refused(world.partner_admin.post(f"/awards/{asked['id']}/{verb}", headers=key()), "You asked for this award")
    with world.act_as("colleague") as work:
        ties.tie_person(work.session, world.people["colleague"], [UUID(made["case_id"])], work.now)
        work.decided = True
        work.recorded = 1
    _make(world, "colleague", role=Role.FUND_ADMINISTRATOR)
    _refused(world.colleague.post(f"/awards/{asked['id']}/approve", headers=key()), "work on its case")
    answered(world.fund_admin.post(f"/awards/{asked['id']}/approve", headers=key()))


def test_refusing_and_taking_back_are_nobody_s_duty(world: World) -> None:
    """Whoever may settle may also say that money came back, even after a part in sending it."""
    made = award(world, "1000.00")
    approved = disbursement(world, "approved", "1.00", made["id"])
    answered(step(world, approved["id"], "reject", by="approver"))
    settled = disbursement(world, "settled", "1.00", made["id"])
    answered(step(world, settled["id"], "reverse", by="releaser"))


def test_a_refused_step_leaves_everything_as_it_was(world: World) -> None:
    approved = disbursement(world, "approved")
    _refused(step(world, approved["id"], "release", by="approver"), PART)
    seen = answered(world.auditor.get(f"/disbursements/{approved['id']}"))
    assert (seen["status"], len(seen["steps"])) == ("approved", 3)
    assert seen["partner"] == NORTH
    path = f"/disbursements/{approved['id']}/reject"
    assert world.approver.post(path, json={"code": REASON["code"]}, headers=key()).status_code == 422
