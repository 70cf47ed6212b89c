"""kill -9 in the middle of money posts: what was acknowledged is there, nothing is there twice, the books hold."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from app.access.sights import OPERATOR
from app.config import Settings
from app.db import open_database
from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.reads.verify import verify
from tests.cases.stage import opened
from tests.counting import FIGURES
from tests.funds.stage import REASON, allocate, answered, fund, payee, request_award
from tests.lives import Lives, command
from tests.postgres import PostgresServer
from tests.world import API, copy_of_sqlite, installation_on_postgres, key, running, secret_of

#: The steps of a payment, who takes each, and the ways that payments go.
WHO = {"submit": "attorney", "approve": "approver", "release": "releaser", "settle": "fund_admin"}
WAYS = (
    ("submit", "approve", "release", "settle"),
    ("submit", "approve", "release", "settle", "reverse"),
    ("submit", "approve", "release", "return"),
    ("submit", "reject"),
)
CLIENTS = 6


@dataclass
class Payment:
    """One payment as its client knows it: what was acknowledged, and the key of what it is asking now."""

    way: tuple[str, ...]
    key: str = field(default_factory=lambda: str(uuid4()))
    id: str | None = None
    taken: int = 0
    status: str = ""

    def acknowledged(self, answer: dict[str, Any]) -> None:
        if self.id is None:
            self.id = str(answer["id"])
        else:
            self.taken += 1
        assert answer["id"] == self.id
        self.status = str(answer["status"])
        self.key = str(uuid4())

    @property
    def finished(self) -> bool:
        return self.id is not None and self.taken == len(self.way)


class Client:
    """Somebody's program that pays and pays, and repeats with the same key what was not answered."""

    def __init__(self, url: str, award_id: str, payee_id: str, seed: int) -> None:
        self.url = url
        self.draft = {"award_id": award_id, "payee_id": payee_id, "amount": "1.00", "method": "ach"}
        self.random = random.Random(seed)
        self.payments: list[Payment] = []
        self.acknowledged = self.unanswered = self.repeated = 0
        self.trouble: list[str] = []

    def work(self, *, begin_more: bool) -> None:
        """Post until the server is gone; or, when nothing more shall begin, until all that was begun is finished."""
        with httpx2.Client(base_url=self.url + API, timeout=30) as client:
            while payment := self._present(begin_more=begin_more):
                try:
                    response = self._send(client, payment)
                except httpx2.TransportError:
                    self.unanswered += 1
                    return
                if response.status_code == 503:
                    continue
                if response.status_code not in (200, 201):
                    self.trouble.append(f"{payment} {response.status_code} {response.text}")
                    return
                self.acknowledged += 1
                self.repeated += "Idempotency-Replayed" in response.headers
                payment.acknowledged(response.json())

    def _present(self, *, begin_more: bool) -> Payment | None:
        if (not self.payments or self.payments[-1].finished) and begin_more:
            self.payments.append(Payment(self.random.choice(WAYS)))
        return None if not self.payments or self.payments[-1].finished else self.payments[-1]

    def _send(self, client: httpx2.Client, payment: Payment) -> httpx2.Response:
        if payment.id is None:
            who, path, body = "attorney", "/disbursements", self.draft
        else:
            verb = payment.way[payment.taken]
            who, path = WHO.get(verb, "fund_admin"), f"/disbursements/{payment.id}/{verb}"
            body = REASON if verb in ("reject", "return", "reverse") else {}
        headers = {
            "Cookie": f"amparo={secret_of(who)}",
            "Sec-Fetch-Site": "same-origin",
            "Idempotency-Key": payment.key,
        }
        return client.post(path, json=body, headers=headers)


@pytest.fixture
def settings(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """An installation without a running application, on each engine in turn."""
    if engine_name == "sqlite":
        yield copy_of_sqlite(request.getfixturevalue("sqlite_installation"), tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    settings = installation_on_postgres(server, tmp_path)
    yield settings
    server.drop(settings.database)


def _stage(settings: Settings) -> tuple[str, str]:
    """An award with much money and a payee, made in this process before the server's first life."""
    with running(settings) as world:
        made = fund(world, "1000000.00")
        allocate(world, made["id"], "900000.00")
        asked = request_award(world, opened(world).id, made["id"], "800000.00")
        approved = answered(world.approver.post(f"/awards/{asked['id']}/approve", headers=key()))
        return str(approved["id"]), str(payee(world)["id"])


@contextmanager
def _steps_committed(settings: Settings) -> Iterator[Callable[[], int] | None]:
    """How many steps of payments the database holds, told by PostgreSQL itself and as often as one asks.

    Nothing on SQLite: a reader beside the server would tidy its log away, and the next life had nothing to recover.
    """
    if settings.database_url is None:
        yield None
        return
    database = open_database(settings)
    steps = select(func.count()).select_from(DisbursementStep)

    def counted() -> int:
        with database.look(OPERATOR) as connection:
            return int(connection.execute(steps).scalar_one())

    try:
        yield counted
    finally:
        database.engine.dispose()


def _live(
    clients: list[Client], process_id: int, chance: random.Random | None, steps: Callable[[], int] | None = None
) -> None:
    """Let all clients post at once; by chance kill the server under them. Without chance let them finish.

    With ``steps`` the kill is aimed: it falls as soon as the database holds one step more, which is between a commit
    and its answer far more often than chance would have it.
    """
    before = sum(each.acknowledged for each in clients)
    threads = [threading.Thread(target=each.work, kwargs={"begin_more": chance is not None}) for each in clients]
    for thread in threads:
        thread.start()
    if chance is not None:
        some = before + chance.randint(1, 15)
        while sum(each.acknowledged for each in clients) < some and all(thread.is_alive() for thread in threads):
            time.sleep(0.001)
        if steps is None:
            time.sleep(chance.uniform(0, 0.05))
        else:
            _until_more(steps, threads)
        os.kill(process_id, signal.SIGKILL)
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert [each.trouble for each in clients if each.trouble] == []


def _until_more(steps: Callable[[], int], threads: list[threading.Thread]) -> None:
    before = steps()
    while steps() == before and all(thread.is_alive() for thread in threads):
        pass


def _check(settings: Settings, clients: list[Client]) -> None:
    """Everything acknowledged is in the database once, as it was acknowledged; nothing else is."""
    expected = {UUID(payment.id): payment for each in clients for payment in each.payments if payment.id}
    database = open_database(settings)
    with database.connect(OPERATOR) as connection, Session(connection) as session:
        assert verify(session).intact
        statuses = session.execute(select(col(Disbursement.id), col(Disbursement.status))).all()
        steps = session.execute(
            select(col(DisbursementStep.disbursement_id), func.count()).group_by(col(DisbursementStep.disbursement_id))
        ).all()
    database.engine.dispose()
    assert {row[0]: row[1].value for row in statuses} == {each: known.status for each, known in expected.items()}
    assert {row[0]: row[1] for row in steps} == {each: known.taken + 1 for each, known in expected.items()}


def _kill(settings: Settings, times: int, seed: int = 20260314) -> str:
    """Kill the server so many times under its clients and check all they know; gives what was counted."""
    award_id, payee_id = _stage(settings)
    lives, chance = Lives(settings), random.Random(seed)
    clients = [Client(lives.url, award_id, payee_id, chance.randrange(2**32)) for _ in range(CLIENTS)]
    try:
        with lives.first() as process_id:
            _live(clients, process_id, chance)
        for killed in range(1, 4 * times):
            # Few kills may all miss the moment between commit and answer; then some more are needed.
            if killed >= times and any(each.repeated for each in clients):
                break
            with lives.next() as process_id, _steps_committed(settings) as steps:
                _live(clients, process_id, chance, steps if killed % 2 or killed >= times else None)
        with lives.next() as process_id:
            _live(clients, process_id, None)
            time.sleep(2)  # the record is sealed within a second
            os.kill(process_id, signal.SIGTERM)
            time.sleep(1)
    finally:
        lives.close()
    _check(settings, clients)
    assert sum(each.unanswered for each in clients) >= times
    assert sum(each.acknowledged for each in clients) > 3 * times
    # Some were committed and never answered: the kills did come in the middle.
    assert sum(each.repeated for each in clients) > 0
    for words in (("ledger", "verify"), ("audit", "verify")):
        done = command(settings, lives.port, *words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    acknowledged, unanswered, repeated = (
        sum(getattr(each, name) for each in clients) for name in ("acknowledged", "unanswered", "repeated")
    )
    return (
        f"{killed} kills, {acknowledged} posts acknowledged, {unanswered} cut off, "
        f"{repeated} of them committed and answered when sent again, all on record once"
    )


def test_kill_nine_in_the_middle_of_money_posts(settings: Settings) -> None:
    _kill(settings, 10)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_kill_nine_in_the_middle_of_money_posts_for_long(
    settings: Settings, part: int, record_property: Callable[[str, object], None]
) -> None:
    """Together a thousand kills on each engine; each part is whole, so a soak cut short has shown something."""
    record_property(FIGURES, f"kill -9 during money posts, part {part}: {_kill(settings, 100, 20260314 + part)}")
