"""Many at once for the last dollars, and the same request many times: nothing is overspent, doubled or lost."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, event, func, select, text
from sqlmodel import Session, col

from app.disbursements.model import Disbursement
from app.disbursements.reads.verify import verify
from app.funds.model import Award, LedgerAccount
from app.funds.rules import AccountKind
from tests.cases.stage import opened
from tests.funds.stage import REASON, allocate, answered, award, disbursement, draft, fund, payee, request_award, step
from tests.world import Person, World, key

CLIENTS: Final = 32
Sending = Callable[[], Any]


def at_once(sendings: Sequence[Sending]) -> list[Any]:
    """Send all of it from as many threads, none before all are ready; whoever finds the house busy comes back."""
    ready = threading.Barrier(len(sendings))

    def send(sending: Sending) -> Any:
        ready.wait(30)
        for _ in range(20):
            response = sending()
            if response.status_code != 503:
                return response
            assert response.headers["Retry-After"]
        raise AssertionError("busy for too long")

    with ThreadPoolExecutor(len(sendings)) as threads:
        return list(threads.map(send, sendings))


def _post(person: Person, path: str, body: Any = None) -> Any:
    """One post with a key of its own."""
    return person.post(path, json={} if body is None else body, headers=key())


def outcomes(responses: Sequence[Any]) -> Counter[str]:
    """How often each outcome came: a status of success, or the code of the refusal."""
    return Counter(str(each.status_code) if each.status_code < 300 else str(each.json()["code"]) for each in responses)


def is_intact(world: World) -> bool:
    with Session(world.services.database.engine) as session:
        verdict = verify(session)
    assert verdict.intact, verdict.faults
    return True


def count(world: World, table: Any) -> int:
    with world.services.database.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_the_last_dollars_of_an_award(world: World) -> None:
    made, to = award(world, "100.00"), payee(world)["id"]
    body = {"award_id": made["id"], "payee_id": to, "amount": "10.00", "method": "ach"}
    people = [world.attorney, world.partner_admin]
    responses = at_once([partial(_post, people[number % 2], "/disbursements", body) for number in range(CLIENTS)])
    assert outcomes(responses) == {"201": 10, "award.insufficient": CLIENTS - 10}
    assert count(world, Disbursement) == 10
    assert answered(world.attorney.get(f"/awards/{made['id']}"))["balance"]["available"] == "0.00"
    assert is_intact(world)


def test_the_last_dollars_of_an_allocation(world: World) -> None:
    case, made = opened(world), fund(world)
    allocate(world, made["id"], "100.00")
    asked = [request_award(world, case.id, made["id"], "10.00")["id"] for _ in range(CLIENTS)]
    people = [world.fund_admin, world.approver, world.releaser]
    responses = at_once(
        [partial(_post, people[number % 3], f"/awards/{each}/approve") for number, each in enumerate(asked)]
    )
    assert outcomes(responses) == {"200": 10, "allocation.insufficient": CLIENTS - 10}
    balance = answered(world.auditor.get(f"/funds/{made['id']}"))["allocations"][0]["balance"]
    assert balance == {"budget": "100.00", "encumbered": "100.00", "paid": "0.00", "available": "0.00"}
    assert is_intact(world)


def test_the_last_dollars_of_a_fund(world: World) -> None:
    made = fund(world, "100.00")
    categories = ("representation", "travel", "expert", "interpreter")
    bodies = [{"category": categories[number % 4], "amount": "10.00"} for number in range(CLIENTS)]
    path = f"/funds/{made['id']}/allocations"
    responses = at_once([partial(_post, world.fund_admin, path, body) for body in bodies])
    assert outcomes(responses) == {"201": 10, "fund.insufficient": CLIENTS - 10}
    seen = answered(world.auditor.get(f"/funds/{made['id']}"))
    assert sum(float(each["balance"]["budget"]) for each in seen["allocations"]) == 100
    assert is_intact(world)


def test_all_levels_at_once(world: World) -> None:
    """Allocating, approving, drafting, closing and refusing beside one another: no deadlock shows, all adds up."""
    case, made, to = opened(world), fund(world, "1000.00"), payee(world)["id"]
    allocate(world, made["id"], "300.00")
    open_awards = [award(world, "20.00", case, made["id"])["id"] for _ in range(4)]
    asked = [request_award(world, case.id, made["id"], "30.00")["id"] for _ in range(8)]
    submitted = [disbursement(world, "submitted", "5.00", each)["id"] for each in open_awards]
    drafts = {"payee_id": to, "amount": "6.00", "method": "wire"}
    more = {"category": "representation", "amount": "100.00"}
    sendings: list[Sending] = [
        *(partial(_post, world.attorney, "/disbursements", drafts | {"award_id": each}) for each in open_awards * 3),
        *(partial(_post, world.approver, f"/awards/{each}/approve") for each in asked),
        *(partial(_post, world.fund_admin, f"/awards/{each}/close") for each in open_awards),
        *(partial(step, world, each, "reject") for each in submitted),
        *[partial(_post, world.fund_admin, f"/funds/{made['id']}/allocations", more)] * 4,
    ]
    responses = at_once(sendings)
    assert {each.status_code for each in responses} <= {200, 201, 409}
    assert is_intact(world)


@pytest.mark.parametrize("verb", ["create", "submit", "approve", "release", "settle", "reject", "return", "reverse"])
def test_one_key_is_one_act(world: World, verb: str) -> None:
    """Ten identical posts with one key: one row, one id, one entry, and nine that say they are a repetition."""
    before = {
        "submit": "draft",
        "approve": "submitted",
        "release": "approved",
        "settle": "released",
        "reject": "submitted",
        "return": "released",
        "reverse": "settled",
    }
    header = key()
    if verb == "create":
        made, to = award(world, "100.00"), payee(world)["id"]
        body = {"award_id": made["id"], "payee_id": to, "amount": "10.00", "method": "ach"}
        sendings = [lambda: world.attorney.post("/disbursements", json=body, headers=header)] * 10
    else:
        found = disbursement(world, before[verb])
        person = {"submit": world.attorney, "approve": world.approver, "release": world.releaser}.get(
            verb, world.fund_admin
        )
        words = REASON if verb in ("reject", "return", "reverse") else {}
        path = f"/disbursements/{found['id']}/{verb}"
        sendings = [lambda: person.post(path, json=words, headers=header)] * 10
    responses = at_once(sendings)
    assert {each.status_code for each in responses} == {201 if verb == "create" else 200}
    assert len({each.json()["id"] for each in responses}) == 1
    assert sum("Idempotency-Replayed" in each.headers for each in responses) == 9
    assert count(world, Disbursement) == 1
    assert is_intact(world)


def test_one_key_is_one_award_and_one_approval(world: World) -> None:
    case, made, header = opened(world), fund(world), key()
    allocate(world, made["id"], "100.00")
    body = {"case_id": str(case.id), "fund_id": made["id"], "category": "representation", "amount": "60.00"}
    responses = at_once([lambda: world.attorney.post("/awards", json=body, headers=header)] * 10)
    assert outcomes(responses) == {"201": 10}
    assert count(world, Award) == 1
    path = f"/awards/{responses[0].json()['id']}/approve"
    responses = at_once([lambda: world.approver.post(path, headers=header)] * 10)
    assert outcomes(responses) == {"200": 10}
    assert is_intact(world)


def test_of_two_who_decide_at_once_one_does(world: World) -> None:
    """Approve and reject, release and reject, settle and return: the status takes one step."""
    made = award(world, "1000.00")
    for status, first, second in (
        ("submitted", ("approver", "approve"), ("releaser", "reject")),
        ("approved", ("releaser", "release"), ("fund_admin", "reject")),
        ("released", ("fund_admin", "settle"), ("releaser", "return")),
        ("settled", ("fund_admin", "reverse"), ("releaser", "return")),
    ):
        for _ in range(3):
            found = disbursement(world, status, "1.00", made["id"])
            both = [partial(step, world, found["id"], verb, by=by) for by, verb in (first, second)]
            responses = at_once(both * 4)
            seen = outcomes(responses)
            assert seen["200"] >= 1
            assert set(seen) <= {"200", "disbursement.status", "segregation_of_duties"}, seen
            end = answered(world.auditor.get(f"/disbursements/{found['id']}"))
            assert len({each["verb"] for each in end["steps"]}) == len(end["steps"])
    assert is_intact(world)


def test_one_person_does_not_slip_through_twice(world: World) -> None:
    """Approving and releasing in the same moment, by the same person: never both."""
    made = award(world, "1000.00")
    for _ in range(4):
        found = disbursement(world, "submitted", "1.00", made["id"])
        at_once([partial(step, world, found["id"], verb, by="approver") for verb in ("approve", "release")] * 4)
        assert answered(world.auditor.get(f"/disbursements/{found['id']}"))["status"] == "approved"
    assert is_intact(world)


def test_money_that_comes_back_while_its_award_is_closed(world: World) -> None:
    case, made = opened(world), fund(world, "1000.00")
    allocate(world, made["id"], "500.00")
    for _ in range(4):
        each = award(world, "50.00", case, made["id"])
        paid = [disbursement(world, "settled", "5.00", each["id"])["id"] for _ in range(3)]
        closing = partial(_post, world.approver, f"/awards/{each['id']}/close")
        at_once([closing, *(partial(step, world, one, "reverse") for one in paid)])
        assert answered(world.auditor.get(f"/awards/{each['id']}"))["balance"]["paid"] == "0.00"
    assert answered(world.auditor.get(f"/funds/{made['id']}"))["balance"]["available"] == "1000.00"
    assert is_intact(world)


@contextmanager
def someone_else(world: World) -> Iterator[Connection]:
    """Somebody else's transaction, rolled back at the end; on SQLite it holds the whole database."""
    is_sqlite = world.services.database.is_sqlite
    with (
        world.services.database.engine.connect().execution_options(writes=is_sqlite) as connection,
        connection.begin() as transaction,
    ):
        yield connection
        transaction.rollback()


def _impatient(world: World) -> None:
    """Let new connections wait a quarter of a second for a lock, instead of seconds."""
    engine = world.services.database.engine
    wish = "PRAGMA busy_timeout=250" if world.services.database.is_sqlite else "SET lock_timeout = '250ms'"

    def say(connection: Any, _record: Any) -> None:
        connection.execute(wish)
        connection.commit()

    event.listen(engine, "connect", say)
    engine.dispose()


def _accounts(world: World) -> dict[AccountKind, UUID]:
    """The accounts of the only fund, allocation and award there are."""
    with world.services.database.engine.connect() as connection:
        found = connection.execute(select(col(LedgerAccount.kind), col(LedgerAccount.id))).all()
    return {row.kind: row.id for row in found}


def _lock(connection: Connection, account_id: UUID) -> None:
    connection.execute(select(col(LedgerAccount.id)).where(col(LedgerAccount.id) == account_id).with_for_update())


def test_a_deadlock_is_tried_again(world: World) -> None:
    """A foreign transaction takes the same locks the other way round; the request is the victim, and comes through."""
    made = award(world, "50.00")
    accounts = _accounts(world)
    on_postgres = not world.services.database.is_sqlite
    close = partial(_post, world.approver, f"/awards/{made['id']}/close")
    with ThreadPoolExecutor(1) as threads:
        with someone_else(world) as other:
            if on_postgres:
                other.execute(text("SET LOCAL deadlock_timeout = '20s'"))
                _lock(other, accounts[AccountKind.ENCUMBERED])
            closing = threads.submit(close)
            threading.Event().wait(0.5)
            if on_postgres:
                _lock(other, accounts[AccountKind.AVAILABLE])
        assert answered(closing.result(30))["status"] == "closed"
    assert is_intact(world)


def test_locks_are_taken_from_the_fund_down(world: World) -> None:
    """While a request waits for an allocation, it holds nothing of the award below."""
    made = award(world, "50.00")
    accounts = _accounts(world)
    with ThreadPoolExecutor(1) as threads:
        with someone_else(world) as other:
            _lock(other, accounts[AccountKind.AVAILABLE])
            closing = threads.submit(partial(_post, world.approver, f"/awards/{made['id']}/close"))
            threading.Event().wait(0.5)
            assert not closing.done()
            if not world.services.database.is_sqlite:
                other.execute(text("SET LOCAL lock_timeout = '100ms'"))
            for kind in (AccountKind.ENCUMBERED, AccountKind.RESERVED, AccountKind.PAID):
                _lock(other, accounts[kind])
        assert answered(closing.result(30))["status"] == "closed"


def test_a_database_that_stays_busy_is_503_and_changes_nothing(world: World) -> None:
    made = award(world, "50.00")
    body = {"award_id": made["id"], "payee_id": payee(world)["id"], "amount": "1.00", "method": "ach"}
    drafted = draft(world, made["id"], body["payee_id"], "1.00")
    _impatient(world)
    with someone_else(world) as other:
        if not world.services.database.is_sqlite:
            other.execute(text("LOCK TABLE ledger_account IN ACCESS EXCLUSIVE MODE"))
        response = _post(world.attorney, "/disbursements", body)
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert [each["id"] for each in answered(world.attorney.get("/disbursements"))["items"]] == [drafted["id"]]
    assert world.attorney.get(f"/disbursements/{uuid4()}").status_code == 404
    assert is_intact(world)
