"""Erasing one person: what is gone, what stays, what stands in the way, and what happens when two things meet."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import LargeBinary, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from app.access.model import Account
from app.crypto import UnknownSubject
from app.db import metadata
from app.disbursements.model import Disbursement
from app.disbursements.reads.verify import verify as verify_ledger
from app.errors import Conflict, Denied, NotFound
from app.funds.model import Payee
from app.funds.rules import PayeeKind
from app.oversight.reads.checking import audit_verify
from app.retention.actions import asking, erasing
from app.retention.reads.due import due_people
from app.retention.rules import ErasureCause
from app.work import WatchedSession
from tests.funds.stage import award, draft
from tests.retention.stage import OF_A_PERSON, closed_story, declined, values_of_people
from tests.retention.ways import LATER, approve_erasure, erase, hold_by, lift, nightly, operator, put_on_hold
from tests.story import Story, said
from tests.world import SOUTH, World, key

#: Columns of bytes that hold nothing of a client: staff's own, keyed digests, the record and its seals.
OF_NOBODY: dict[str, set[str]] = {
    "audit_event": {"mac"},
    "audit_checkpoint": {"root"},
    "audit_seal": {"root", "previous", "signature"},
    "audit_tile": {"hashes", "root"},
    "authenticator_app": {"seed_sealed"},
    "bank_statement": {"account_digest"},
    "challenge": {"digest", "holder"},
    "confirmation_question": {"holder", "nonce", "challenge"},
    "client_failure": {"who", "network"},
    "client_secret": {"digest"},
    "disbursement": {"account_hash"},
    "disbursement_signature": {
        *("credential_id", "public_key", "client_data", "authenticator_data", "signature", "nonce"),
        *("account_hash", "memo_hash"),
    },
    "factor_reset": {"first_half", "second_half"},
    "federated_session": {"id_token_sealed"},
    "idempotency_claim": {"digest", "fingerprint"},
    "identity_provider": {"client_secret_sealed"},
    "logout_notice": {"digest"},
    "passkey": {"credential_id", "public_key"},
    "password_link": {"digest"},
    "payee_account_change": {"account", "former"},  # goes with its payee
    "payee": {"private_name", "account"},  # of the person's own payees emptied, see below; of others kept
    "recovery_code": {"digest"},
    "statement_line": {"description"},  # emptied for lines that were payments on the case, see tests/statements
    "sign_in_attempt": {"digest", "browser", "network", "secrets_sealed"},
    "sign_in_failure": {"who", "network"},
    "sign_in_session": {"digest"},
    "token": {"digest"},
}

REPORT = "/reports/disbursements?from=2024-01-01&to=2028-12-31&details=true"


def count(world: World, table: str) -> int:
    with world.services.database.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608 - names from below


def test_everything_of_the_person_is_gone_and_the_money_stays(world: World) -> None:
    story = closed_story(world)
    before = said(world.auditor.get(REPORT))
    reference = said(world.fund_admin.get(f"/cases/{story.case}"))["reference"]
    sealed = values_of_people(world)
    assert len(sealed) > 12, "there must be something to erase"
    erasure_id = erase(world, story.applicant)
    assert not values_of_people(world)
    assert [count(world, table) for table in ("case_note", "hearing", "deadline", "conflict_check")] == [0] * 4
    for subject in (story.applicant, story.case):
        with pytest.raises(UnknownSubject):
            world.services.vault._subjects.get(UUID(subject))
    shown = said(world.fund_admin.get(f"/cases/{story.case}"))
    assert shown["reference"] != reference
    after = said(world.auditor.get(REPORT))
    assert after["totals"] == before["totals"]
    assert len(after["lines"]) == len(before["lines"])
    with WatchedSession(world.services.database.engine) as session:
        assert verify_ledger(session).intact
    certificate = said(world.auditor.get(f"/retention/erasures/{erasure_id}/certificate"))
    assert certificate["keys_destroyed_at"]
    assert certificate["epoch"] == 1
    assert story.applicant not in str(certificate)


def test_nobody_finds_the_person_and_every_list_goes_on(world: World) -> None:
    story = closed_story(world)
    assert audit_verify(world.services, None)[0] in (0, 3)
    erase(world, story.applicant)
    _is_gone(world, story)
    for who, path in (
        ("fund_admin", "/disbursements"),
        ("fund_admin", f"/disbursements/{story.disbursement}"),
        ("fund_admin", "/overrides"),
        ("fund_admin", "/conflict-checks?open_only=false"),
        ("fund_admin", "/payees"),
        ("fund_admin", "/holds"),
        ("auditor", "/audit/events"),
        ("auditor", "/retention/erasures"),
        ("intake", "/applications"),
        ("attorney", "/assignments"),
        ("attorney", "/cases"),
        ("partner_admin", "/cases"),
        ("partner_admin", REPORT),
    ):
        said(getattr(world, who).get(path))
    for who, page in (("fund_admin", f"/cases/{story.case}"), ("auditor", "/audit"), ("intake", "/")):
        assert getattr(world, who).page(page).status_code == 200, page


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_private_person_who_was_paid_goes_with_the_last_case(world: World, elsewhere: bool) -> None:
    story = closed_story(world)
    with world.services.database.writing() as connection:
        paid = connection.execute(select(col(Disbursement.payee_id))).scalar_one()
        connection.execute(update(Payee).where(col(Payee.id) == paid).values(kind=PayeeKind.OBLIGOR, name=None))
        kept = connection.execute(select(col(Payee.subject_id)).where(col(Payee.id) == paid)).scalar_one()
    if elsewhere:
        draft(world, award(world)["id"], str(paid))
    erase(world, story.applicant)
    with world.services.database.engine.connect() as connection:
        row = connection.execute(
            select(col(Payee.private_name), col(Payee.account), col(Payee.account_end)).where(col(Payee.id) == paid)
        ).one()
        references = connection.execute(
            select(col(Disbursement.bank_reference)).where(col(Disbursement.case_id) == UUID(story.case))
        ).scalars()
        assert set(references) == {None}
    if elsewhere:
        assert row.private_name
        assert row.account
        world.services.vault._subjects.get(kept)
        return
    assert (bytes(row.private_name), bytes(row.account), row.account_end) == (b"", b"", None)
    with pytest.raises(UnknownSubject):
        world.services.vault._subjects.get(kept)
    form = {"award_id": award(world)["id"], "payee_id": str(paid), "amount": "1.00", "method": "ach"}
    assert world.attorney.post("/disbursements", json=form, headers=key()).status_code == 422


def test_an_erased_case_takes_no_new_words(world: World) -> None:
    story = closed_story(world)
    said(world.fund_admin.post("/break-glass/holders", json={"account_id": str(world.people["approver"])}), 201)
    erase(world, story.applicant)
    wall = {"account_id": str(world.people["auditor"]), "reason": "family", "text": "A cousin of Maria's."}
    assert world.fund_admin.post(f"/cases/{story.case}/walls", json=wall).status_code == 404
    glass = {"case_id": story.case, "reason": "danger", "text": "Maria's shelter called."}
    assert world.approver.post("/break-glass", json=glass).status_code == 404
    assert not values_of_people(world)


def _is_gone(world: World, story: Story) -> None:
    reveal: dict[str, Any] = {"group": "identity", "purpose": "intake"}
    for who in ("attorney", "colleague", "attorney2", "partner_admin", "intake", "other_intake"):
        person = getattr(world, who)
        for path in (f"/cases/{story.case}", f"/applications/{story.application}", f"/awards/{story.award}"):
            assert person.get(path).status_code in {403, 404}, (who, path)
        assert person.post(f"/applicants/{story.applicant}/reveal", json=reveal).status_code in {403, 404}, who
    assert world.attorney.get(f"/cases/{story.case}/closing").status_code == 404
    for form in ({"a_number": "A900 000 017"}, {"phone": "303-555-0142"}, {"name": "Ejemplo Ficticio"}):
        for who in ("intake", "attorney"):
            assert said(getattr(world, who).post("/applicants/search", json=form))["items"] == []


def test_every_column_of_bytes_has_a_fate() -> None:
    found = {
        # A row's MAC tells of nobody: without the key it is noise, and it is made anew when the row is emptied.
        table.name: {each.name for each in table.columns if isinstance(each.type, LargeBinary)} - {"row_mac"}
        for table in metadata.sorted_tables
    }
    known = {name: OF_A_PERSON.get(name, set()) | OF_NOBODY.get(name, set()) for name in found}
    assert {name: columns for name, columns in found.items() if columns} == {k: v for k, v in known.items() if v}


def test_done_again_it_changes_nothing(world: World) -> None:
    applicant = declined(world)
    erasure_id = erase(world, applicant)
    first = said(world.auditor.get(f"/retention/erasures/{erasure_id}/certificate"))
    assert nightly(world).erased == 0
    with operator(world)() as work:
        erasing.erase(work, erasure_id)
    assert said(world.auditor.get(f"/retention/erasures/{erasure_id}/certificate")) == first


def test_nothing_brings_the_erased_back(world: World) -> None:
    story = closed_story(world)
    erase(world, story.applicant)
    wrong = (
        "UPDATE applicant SET intake_open = intake_open",
        "UPDATE \"case\" SET court = 'DEN'",
        "UPDATE screening SET verdict = 'ineligible'",
        "DELETE FROM screening",
        "UPDATE erasure SET status = 'approved'",
        "DELETE FROM erasure",
    )
    for statement in wrong:
        with pytest.raises(DBAPIError), world.services.database.writing() as connection:
            connection.execute(text(statement))


def test_a_hold_keeps_everything(world: World) -> None:
    story = closed_story(world)
    erasure_id = approve_erasure(world, story.applicant)
    hold = put_on_hold(world, case_id=story.case)
    before = values_of_people(world)
    report = nightly(world)
    assert (report.erased, report.kept) == (0, {erasure_id: "erasure.on_hold"})
    assert values_of_people(world) == before
    with pytest.raises(DBAPIError, match="on legal hold"), world.services.database.writing() as connection:
        connection.execute(text("UPDATE applicant SET erased_at = created_at"))
    lift(world, hold)
    assert nightly(world).erased == 1


def test_a_hold_on_everything_keeps_everybody(world: World) -> None:
    applicants = [declined(world, number) for number in range(2)]
    approve_erasure(world, applicants[0])
    hold = put_on_hold(world)
    assert nightly(world).erased == 0
    with world.act_as("fund_admin") as work:
        work.decided = True
        form = asking.NewErasure(applicant_id=UUID(applicants[1]), cause=ErasureCause.PERSON_ASKED)
        with pytest.raises(Conflict, match=r"erasure\.on_hold"):
            asking.request(work, form)
    lift(world, hold)
    assert nightly(world).erased == 1


def test_the_schedule_gives_notice_and_waits_for_a_second_person(world: World) -> None:
    story = closed_story(world)
    applicant = declined(world, 7)
    now = datetime.now(UTC)
    assert _noticed(world, now) == 0
    assert _noticed(world, now + timedelta(days=89)) == 0
    assert _noticed(world, now + timedelta(days=91)) == 1
    assert _noticed(world, now + timedelta(days=91)) == 0, "once"
    assert _noticed(world, now + timedelta(days=366 * 7)) == 1
    items = said(world.fund_admin.get("/retention/erasures"))["items"]
    of = {each["applicant_id"]: each for each in items}
    assert of[applicant]["retention_class"] == "declined_inquiry"
    assert of[applicant]["notified"] is None
    assert of[story.applicant]["retention_class"] == "closed_matter"
    assert of[story.applicant]["notified"] == "Attorney"
    assert nightly(world).erased == 0, "nobody approved"
    early = world.approver.post(f"/retention/erasures/{of[story.applicant]['id']}/approve", json={})
    assert early.status_code == 409
    assert early.json()["code"] == "erasure.notice"
    seen = {each["id"] for each in said(world.attorney.get("/retention/erasures"))["items"]}
    assert seen == {of[story.applicant]["id"]}
    assert said(world.attorney2.get("/retention/erasures"))["items"] == []
    said(
        world.attorney.post("/holds", json={"case_id": story.case, "reason_code": "litigation", "reason": "Appeal."}),
        201,
    )


def test_who_leaves_an_organization_leaves_its_holds_and_notices(world: World) -> None:
    """Also what they set, asked for or were told of themselves: it is about the clients of the former one."""
    story = closed_story(world)
    assert _noticed(world, datetime.now(UTC) + timedelta(days=366 * 7)) == 1
    with world.act_as("attorney") as work:
        hold_by(work, case_id=UUID(story.case))

    def seen() -> list[int]:
        return [len(said(world.attorney.get(path))["items"]) for path in ("/holds", "/retention/erasures")]

    assert seen() == [1, 1]
    with world.services.database.writing() as connection:
        moved = update(Account).where(col(Account.id) == world.people["attorney"])
        connection.execute(moved.values(partner_id=world.partners[SOUTH]))
    assert seen() == [0, 0]


def test_who_is_due_behind_a_wall_is_not_listed(world: World) -> None:
    story = closed_story(world)
    wall = {"account_id": str(world.people["approver"]), "reason": "family", "text": "A neighbor of theirs."}
    said(world.fund_admin.post(f"/cases/{story.case}/walls", json=wall), 201)
    now = datetime.now(UTC) + timedelta(days=366 * 7)
    for who, seen in (("fund_admin", [UUID(story.applicant)]), ("approver", [])):
        with world.act_as(who, now=now) as work:
            assert [each.applicant_id for each in due_people(work)] == seen
    assert _noticed(world, now) == 1, "the nightly run leaves nobody out"


def _noticed(world: World, now: datetime) -> int:
    with operator(world, now)() as work:
        return len(asking.notice_due(work))


def test_two_people_are_two_people(world: World) -> None:
    applicant = declined(world)
    with world.act_as("fund_admin") as work:
        form = asking.NewErasure(applicant_id=UUID(applicant), cause=ErasureCause.PERSON_ASKED)
        erasure_id = asking.request(work, form)
    with pytest.raises(Denied), world.act_as("fund_admin", now=datetime.now(UTC) + LATER) as work:
        asking.approve(work, erasure_id)
    hold = put_on_hold(world, applicant_id=applicant)
    said(world.approver.post(f"/holds/{hold}/lift", json={}))
    again = world.approver.post(f"/holds/{hold}/lift", json={})
    assert (again.status_code, again.json()["code"]) == (403, "second_person")
    assert said(world.releaser.post(f"/holds/{hold}/lift", json={}))["lifted_by"] == "Releaser"
    assert world.fund_admin.post(f"/holds/{hold}/lift", json={}).status_code == 409


def test_only_what_has_ended_can_be_erased(world: World) -> None:
    story = Story(world).begin().apply()
    form = {"applicant_id": story.applicant, "cause": "person_asked"}
    assert world.fund_admin.post("/retention/erasures", json=form).json()["code"] == "erasure.going_on"
    story.accept().assign()
    form = {"case_id": story.case, "cause": "person_asked"}
    assert world.attorney.post("/retention/erasures", json=form).json()["code"] == "erasure.going_on"
    assert world.attorney2.post("/retention/erasures", json=form).status_code == 404
    assert world.intake.post("/retention/erasures", json=form).status_code == 403


@pytest.mark.parametrize("first", ["hold", "erasure"])
def test_a_hold_and_an_erasure_at_once_end_in_one_of_two_ways(world: World, first: str) -> None:
    applicant = declined(world)
    erasure_id = approve_erasure(world, applicant)
    started, done, outcome = threading.Event(), threading.Event(), {}

    def second() -> None:
        started.wait(10)
        try:
            if first == "hold":
                with operator(world)() as work:
                    erasing.erase(work, erasure_id)
            else:
                with world.act_as("releaser") as work:
                    hold_by(work, applicant_id=UUID(applicant))
            outcome["second"] = "done"
        except (Conflict, NotFound) as refused:
            outcome["second"] = refused.code
        done.set()

    thread = threading.Thread(target=second)
    thread.start()
    if first == "hold":
        with world.act_as("releaser") as work:
            hold_by(work, applicant_id=UUID(applicant))
            started.set()
            assert not done.wait(0.4), "the erasure waits for the hold"
    else:
        with operator(world)() as work:
            erasing.erase(work, erasure_id)
            started.set()
            assert not done.wait(0.4), "the hold waits for the erasure"
    thread.join(20)
    assert outcome["second"] == ("erasure.on_hold" if first == "hold" else "not_found")
    assert bool(values_of_people(world)) == (first == "hold")
