"""What needs a person who works on cases, as rules and as the home page of each."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations
from uuid import UUID

from bs4 import BeautifulSoup

from app.desk.reads.needs import needs
from app.desk.rules import Need, NeedWhat, Urgency, by_urgency, urgency
from tests.cases.stage import add_deadline, add_hearing, close, opened
from tests.funds.stage import answered, award, disbursement, draft, payee, step
from tests.world import World, today

TODAY = date(2026, 3, 14)
ID = UUID(int=1)


def need(what: NeedWhat, days: int | None = None) -> Need:
    on = None if days is None else TODAY + timedelta(days=days)
    return Need(what, ID, "CA-0000-0000", None, on)


def test_how_urgent_each_need_is() -> None:
    for what, days, wanted in (
        (NeedWhat.DEADLINE, -400, Urgency.NOW),
        (NeedWhat.DEADLINE, 1, Urgency.NOW),
        (NeedWhat.DEADLINE, 2, Urgency.SOON),
        (NeedWhat.HEARING, 0, Urgency.NOW),
        (NeedWhat.HEARING, 14, Urgency.SOON),
        (NeedWhat.OFFER, -30, Urgency.NOW),
        (NeedWhat.WAITING, 0, Urgency.NOW),
        (NeedWhat.PAYMENT, -3, Urgency.NOW),
        (NeedWhat.DRAFT, -90, Urgency.LATER),
        (NeedWhat.STEPLESS, None, Urgency.LATER),
    ):
        assert urgency(need(what, days), TODAY) is wanted, (what, days)


def test_the_most_urgent_stands_first_in_any_order_of_finding() -> None:
    now = [need(NeedWhat.DEADLINE, -9), need(NeedWhat.HEARING, 0), need(NeedWhat.OFFER, -2), need(NeedWhat.PAYMENT, -1)]
    later = [need(NeedWhat.DRAFT, -1)]
    for found in permutations([*now, *later]):
        assert by_urgency(found, TODAY) == {Urgency.NOW: now, Urgency.LATER: later}
    assert by_urgency([], TODAY) == {}


def lines(world: World, who: str = "attorney") -> dict[str, list[tuple[str, str]]]:
    """The lines of the home page under their headings: where each leads, and its text."""
    page = BeautifulSoup(getattr(world, who).page("/").text, "html.parser")
    return {
        str(section.h2.get_text(strip=True)): [  # type: ignore[union-attr]  # a panel has a heading
            (str(a["href"]), a.get_text(" ", strip=True)) for a in section.select(".needs a")
        ]
        for section in page.select("main section")
    }


def test_payments_that_came_back_need_their_attorney_until_another_is_made(world: World) -> None:
    made = opened(world)
    add_hearing(world, made, today() + timedelta(days=60))
    award_id = award(world, "900.00", made)["id"]
    assert lines(world) == {}
    shown = {}
    for status in ("rejected", "returned", "reversed"):
        shown[status] = disbursement(world, status, "50.00", award_id)["id"]
    disbursement(world, "settled", "50.00", award_id)
    found = lines(world)["Now"]
    assert {href for href, _ in found} == {f"/disbursements/{each}" for each in shown.values()}
    assert all(any(word in text for _, text in found) for word in ("Rejected", "Returned", "Reversed", "$50.00"))
    assert lines(world, "partner_admin") == lines(world)
    for who in ("colleague", "attorney2", "partner_admin2"):
        assert lines(world, who) == {}, who


def test_a_payment_that_has_a_successor_or_is_old_is_no_news(world: World) -> None:
    award_id = award(world, "900.00")["id"]
    whom = payee(world)["id"]
    first = draft(world, award_id, whom, "50.00")["id"]
    assert next(href for href, _ in lines(world)["When you have time"]) == f"/disbursements/{first}"
    assert "When you have time" not in lines(world, "partner_admin") or all(
        first not in href for href, _ in lines(world, "partner_admin")["When you have time"]
    ), "a draft is its author's"
    for verb in ("submit", "reject"):
        answered(step(world, first, verb))
    assert first in lines(world)["Now"][0][0]
    second = draft(world, award_id, whom, "50.00")["id"]
    assert "Now" not in lines(world)
    for verb in ("submit", "reject"):
        answered(step(world, second, verb))
    assert [href for href, _ in lines(world)["Now"]] == [f"/disbursements/{second}"]
    month = today() + timedelta(days=31)
    with world.act_as("attorney", now=datetime.combine(month, time(18), UTC)) as work:
        assert NeedWhat.PAYMENT not in {each.what for some in needs(work).lines.values() for each in some}


def test_open_cases_without_a_next_step_are_named(world: World) -> None:
    bare, dated, done = opened(world), opened(world), opened(world)
    add_deadline(world, dated, today() + timedelta(days=90))
    close(world, done)
    found = lines(world)["When you have time"]
    assert [href for href, _ in found] == [f"{bare.path}#deadlines"]
    assert "Ixchel Canario Quetzal" in found[0][1]
    theirs = lines(world, "partner_admin")["When you have time"]
    assert [href for href, _ in theirs] == [f"{bare.path}#deadlines"]
    assert "Ixchel" not in theirs[0][1]


def test_dates_beyond_the_first_ten_are_counted(world: World) -> None:
    made = opened(world)
    for _ in range(12):
        add_deadline(world, made, today() - timedelta(days=1))
    assert len(lines(world)["Now"]) == 10
    assert "2 more dates in the calendar" in world.attorney.page("/").text
