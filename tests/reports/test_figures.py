"""The figures: what counts, on which day, and that groups, totals and lines are the same money."""

import hashlib
import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from app.access import ties
from app.audit.actions import record
from app.disbursements.actions import create as asking
from app.disbursements.actions import decide, pay
from app.disbursements.actions.advance import Confirmed, Nothing
from app.disbursements.rules import DisbursementStatus, Method
from app.funds.rules import Category
from app.reports.reads import disbursements as reads
from app.reports.reads.question import Question
from app.reports.reads.views import Report
from app.reports.rules import DateBasis, Grouping
from tests.funds import stage as money
from tests.reports.stage import ASKED, Books, Payment, taken_back
from tests.world import NORTH, SOUTH, World

_S = DisbursementStatus
QUARTER = "from=2026-01-01&to=2026-03-31"
EVERYTHING = "from=2020-01-01&to=2029-12-31"


def report(world: World, query: str) -> Any:
    answer = world.fund_admin.get(f"/reports/disbursements?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_both_ends_of_a_period_are_inside(world: World) -> None:
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1)]
    Books(world).pay([Payment(10**place, settled_on=day) for place, day in enumerate(days)])
    assert report(world, QUARTER)["totals"] == {"amount": "1.10", "count": 2, "reversals": "0.00"}
    months = report(world, f"{EVERYTHING}&group_by=month")["rows"]
    assert [(row["month"], row["amount"]) for row in months] == [
        ("2025-12", "0.01"), ("2026-01", "0.10"), ("2026-03", "1.00"), ("2026-04", "10.00"),
    ]  # fmt: skip


def test_what_came_back_is_negative_on_its_own_day(world: World) -> None:
    """A return or reversal after settlement, in a later quarter than the payment."""
    Books(world).pay([
        Payment(100),
        taken_back(Payment(20), _S.REVERSED, date(2026, 4, 1)),
        taken_back(Payment(3), _S.RETURNED, date(2026, 2, 1)),
    ])  # fmt: skip
    first = report(world, f"{QUARTER}&details=true&group_by=")
    assert first["totals"] == {"amount": "1.20", "count": 4, "reversals": "-0.03"}
    assert [(line["date"], line["event"], line["amount"]) for line in first["lines"]] == [
        ("2026-01-08", "settled", "1.00"), ("2026-01-08", "settled", "0.20"), ("2026-01-08", "settled", "0.03"),
        ("2026-02-01", "returned", "-0.03"),
    ]  # fmt: skip
    second = report(world, "from=2026-04-01&to=2026-06-30&details=true&group_by=month")
    assert second["rows"][0]["amount"] == "-0.20"
    assert [(line["date"], line["event"]) for line in second["lines"]] == [("2026-04-01", "reversed")]


def test_each_basis_counts_those_that_reached_its_step(world: World) -> None:
    approved, released = Payment(10, released_on=None, settled_on=None), Payment(100, settled_on=None)
    Books(world).pay([
        ASKED,
        approved,
        released,
        Payment(1),
        taken_back(Payment(2000, settled_on=None), _S.RETURNED, date(2026, 1, 9)),  # came back before it was settled
        taken_back(Payment(30_000, released_on=None, settled_on=None), _S.REJECTED, date(2026, 1, 9)),
        taken_back(Payment(400_000, approved_on=None, released_on=None, settled_on=None), _S.EXPIRED, date(2026, 1, 9)),
    ])  # fmt: skip
    plus = {
        basis: {line["amount"] for line in report(world, f"{QUARTER}&details=true&date_basis={basis}")["lines"]}
        for basis in DateBasis
    }
    assert plus == {
        "settled": {"0.01"},
        "released": {"0.01", "1.00", "20.00", "-20.00"},
        "approved": {"0.01", "1.00", "20.00", "-20.00", "0.10", "300.00", "-300.00"},
        "requested": {
            "0.01", "1.00", "20.00", "-20.00", "0.10", "300.00", "-300.00", "4000.00", "-4000.00", "100.00",
        },
    }  # fmt: skip


def test_a_draft_is_not_asked_for_yet(world: World) -> None:
    made = money.award(world)
    payee = money.payee(world)["id"]
    drafts = [money.draft(world, made["id"], payee, "10.00") for _ in range(2)]
    assert money.step(world, drafts[0]["id"], "reject").status_code == 200
    assert report(world, f"{EVERYTHING}&date_basis=requested")["totals"]["count"] == 0
    assert money.step(world, drafts[1]["id"], "submit").status_code == 200
    assert report(world, f"{EVERYTHING}&date_basis=requested")["totals"]["amount"] == "10.00"


def test_an_empty_period_is_a_report_of_nothing(world: World) -> None:
    Books(world).pay([Payment(settled_on=date(2025, 1, 1))])
    for group_by in ("fund,month", ""):
        empty = report(world, f"{QUARTER}&details=true&group_by={group_by}")
        assert (empty["rows"], empty["lines"]) == ([], [])
        assert empty["totals"] == {"amount": "0.00", "count": 0, "reversals": "0.00"}


#: Moments near midnight in Denver, in winter and in summer time and in nights before the clocks change, and their month
#: there; in UTC the first two are in the next month.
MIDNIGHTS = {
    datetime(2026, 1, 1, 6, 45, tzinfo=UTC): "2025-12",
    datetime(2026, 4, 1, 5, 45, tzinfo=UTC): "2026-03",
    datetime(2026, 3, 1, 7, 15, tzinfo=UTC): "2026-03",
    datetime(2026, 11, 1, 6, 15, tzinfo=UTC): "2026-11",
}


def test_a_month_ends_where_the_fund_is(world: World) -> None:
    fund = money.fund(world, time_zone="America/Denver")
    money.allocate(world, fund["id"])
    made = money.award(world, "5000.00", fund_id=fund["id"])
    payee = money.payee(world)["id"]
    for number, moment in enumerate(MIDNIGHTS):
        asked = UUID(money.draft(world, made["id"], payee, f"{10**number}.00")["id"])
        steps: dict[str, tuple[Any, Any]] = {
            "attorney": (asking.submit, Nothing()),
            "approver": (decide.approve, Confirmed()),
            "releaser": (pay.release, Confirmed()),
        }
        for name, (act, form) in steps.items():
            with world.act_as(name, now=moment - timedelta(minutes=5)) as work:
                act(work, asked, form)
        with world.act_as("fund_admin", now=moment) as work:
            pay.settle(work, asked, pay.Settlement())
    rows = report(world, f"{EVERYTHING}&group_by=month")["rows"]
    assert {row["month"]: row["amount"] for row in rows} == {
        "2025-12": "1.00", "2026-03": "110.00", "2026-11": "1000.00",
    }  # fmt: skip
    assert sorted(set(MIDNIGHTS.values())) == [row["month"] for row in rows]
    assert report(world, "from=2025-12-31&to=2025-12-31")["totals"]["amount"] == "1.00"
    assert report(world, "from=2026-03-31&to=2026-03-31")["totals"]["amount"] == "10.00"


def test_a_closed_chapter_keeps_its_figures(world: World) -> None:
    """A partner that works on a case no longer still finds what was paid on it."""
    books = Books(world)
    books.pay([Payment(100)])
    with world.act_as("fund_admin") as work:
        ties.untie_all(work.session, [books.case(NORTH)], work.now)
        record(work, "case.untied")
        work.decided = True
    mine = world.partner_admin.get(f"/reports/disbursements?{QUARTER}").json()
    assert mine["totals"]["amount"] == "1.00"


def test_the_digest_can_be_reckoned_again(world: World) -> None:
    books = Books(world)
    books.pay([Payment(100, fund='Fundación «Ñ» "x" / \\ 日本'), Payment(20, partner=SOUTH)])
    digests = set()
    for query in (f"{QUARTER}&details=true&group_by=method,fund", f"{QUARTER}&group_by=method,fund"):
        answer = report(world, query)
        held = {"lines": answer["lines"], "rows": answer["rows"]}
        canonical = json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert answer["digest"] == hashlib.sha256(canonical).hexdigest()
        assert report(world, query)["digest"] == answer["digest"]
        digests.add(answer["digest"])
    books.pay([Payment(1)])
    digests.add(report(world, f"{QUARTER}&group_by=method,fund")["digest"])
    assert len(digests) == 3


def test_nothing_is_settled_between_groups_and_lines(world: World) -> None:
    """A payment that is committed while the report reads is in both or in neither."""
    books = Books(world)
    books.pay([Payment(100)])
    engine = world.services.database.engine
    late = [Payment(7)]

    def settle_one_more(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "FROM disbursement" in statement and statement.startswith("SELECT") and late:
            books.pay([late.pop()])

    event.listen(engine, "after_cursor_execute", settle_one_more)
    try:
        during = report(world, f"{QUARTER}&details=true&group_by=month")
    finally:
        event.remove(engine, "after_cursor_execute", settle_one_more)
    assert not late
    assert during["totals"] == {"amount": "1.00", "count": 1, "reversals": "0.00"}
    assert [line["amount"] for line in during["lines"]] == ["1.00"]
    assert report(world, QUARTER)["totals"]["amount"] == "1.07"


FUNDS = ("Fondo Uno", "Ápice 2026", "zeta")
DAYS = st.dates(date(2025, 12, 20), date(2026, 4, 10))


@st.composite
def payments(draw: st.DrawFn) -> Payment:
    """A payment of any kind: steps on rising days as far as it came, and perhaps an end that its status allows."""
    days = sorted(draw(st.lists(DAYS, min_size=5, max_size=5)))
    reached = draw(st.sampled_from([_S.SUBMITTED, _S.APPROVED, _S.RELEASED, _S.SETTLED]))
    order = [_S.SUBMITTED, _S.APPROVED, _S.RELEASED, _S.SETTLED]
    came = [days[place] if place <= order.index(reached) else None for place in range(4)]
    ends = {
        _S.SUBMITTED: [None, _S.REJECTED, _S.EXPIRED],
        _S.APPROVED: [None, _S.REJECTED, _S.EXPIRED],
        _S.RELEASED: [None, _S.RETURNED],
        _S.SETTLED: [None, _S.RETURNED, _S.REVERSED],
    }
    ended = draw(st.sampled_from(ends[reached]))
    return Payment(
        cents=draw(st.integers(1, 99_999_999_999_999)),
        fund=draw(st.sampled_from(FUNDS)),
        partner=draw(st.sampled_from((NORTH, SOUTH))),
        category=draw(st.sampled_from(Category)),
        method=draw(st.sampled_from(Method)),
        requested_on=days[0],
        approved_on=came[1],
        released_on=came[2],
        settled_on=came[3],
        ended=ended,
        ended_on=days[4] if ended else None,
    )


def expected_lines(paid: list[Payment], question: Question) -> list[tuple[date, int, Payment]]:
    """What the report must list, reckoned from the payments themselves."""
    found = []
    for payment in paid:
        reached_on = getattr(payment, f"{question.date_basis}_on")
        if reached_on is not None:
            found.append((reached_on, payment.cents, payment))
            if payment.ended_on is not None:
                found.append((payment.ended_on, -payment.cents, payment))
    return [entry for entry in found if question.from_ <= entry[0] <= question.to]


def key_of(entry: tuple[date, int, Payment], group_by: tuple[Grouping, ...]) -> tuple[str, ...]:
    day, _, payment = entry
    return tuple(day.isoformat()[:7] if each is Grouping.MONTH else str(getattr(payment, each)) for each in group_by)


def check(found: Report, paid: list[Payment], question: Question) -> None:
    """Groups, totals and lines are what the payments say, and the same money."""
    expected = expected_lines(paid, question)
    sums: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for entry in expected:
        sums[key_of(entry, question.group_by)].append(entry[1])
    keys = [tuple(str(getattr(row, each)) for each in question.group_by) for row in found.rows]
    assert len(set(keys)) == len(keys)
    assert {key: (row.amount, row.count, row.reversals) for key, row in zip(keys, found.rows, strict=True)} == {
        key: (sum(cents), len(cents), sum(min(0, each) for each in cents)) for key, cents in sums.items()
    }
    assert found.totals.amount == sum(row.amount for row in found.rows) == sum(entry[1] for entry in expected)
    assert found.totals.count == sum(row.count for row in found.rows) == len(expected)
    if found.lines is not None:
        assert sorted((line.date, int(line.amount), line.fund) for line in found.lines) == sorted(
            (day, cents, payment.fund) for day, cents, payment in expected
        )
        assert [line.date for line in found.lines] == sorted(line.date for line in found.lines)


def test_any_payments_in_any_groups(world: World, engine_name: str) -> None:
    """The database's groups, the lines, the groups of the lines, and a reckoning by hand agree to the cent."""
    books = Books(world)
    books.prepare(FUNDS, (NORTH, SOUTH), Category)
    examples = 40 if engine_name == "sqlite" else 15

    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(payments(), max_size=12),
        st.sampled_from(DateBasis),
        st.lists(st.sampled_from(Grouping), unique=True).map(tuple),
        st.tuples(DAYS, DAYS).map(sorted),
    )
    def holds(paid: list[Payment], basis: DateBasis, group_by: tuple[Grouping, ...], days: list[date]) -> None:
        asked = {"from": str(days[0]), "to": str(days[1]), "date_basis": basis, "group_by": ",".join(group_by)}
        with world.act_as("fund_admin") as work:
            books.put(work.session.connection(), paid)
            grouped = reads.disbursements(work, Question.model_validate(asked))
            listed = reads.disbursements(work, Question.model_validate(asked | {"details": "true"}))
            work.session.rollback()
        question = Question.model_validate(asked)
        check(grouped, paid, question)
        check(listed, paid, question)
        assert grouped.rows == listed.rows

    holds()
