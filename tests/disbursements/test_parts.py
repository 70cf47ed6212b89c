"""Every figure opens to a list that adds up to it, to the cent, whatever was done to the fund before."""

from collections import Counter
from decimal import Decimal
from typing import Any
from uuid import UUID

from bs4 import BeautifulSoup
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from app.disbursements.reads.parts import Parts, parts_of_award, parts_of_fund
from app.disbursements.rules import OF_AN_AWARD, Figure
from app.funds.reads.awards import AwardFilter, awards
from app.funds.reads.funds import fund as fund_of
from app.work import Work
from tests.cases.stage import opened
from tests.disbursements.ledger_model import LedgerMachine
from tests.funds.stage import award, disbursement, fund, payee, request_award, step
from tests.world import Person, World, key


def added(pages: list[Parts]) -> int:
    """What the parts on all pages add up to; every page says the same of the whole."""
    assert len({(page.total, page.count) for page in pages}) == 1
    assert sum(len(page.items) for page in pages) == pages[0].count
    total = sum(part.amount for page in pages for part in page.items)
    assert total == pages[0].total
    return total


def turned(read: Any, *arguments: Any) -> list[Parts]:
    """All pages of a figure, two parts a page."""
    pages = [read(*arguments, limit=2)]
    while pages[-1].next:
        pages.append(read(*arguments, limit=2, cursor=pages[-1].next))
    return pages


def every_figure_adds_up(work: Work, fund_id: UUID, seen: Counter[str]) -> None:
    found = fund_of(work, fund_id)
    for whose, balance in [(None, found.balance), *((each.category, each.balance) for each in found.allocations)]:
        for name in ("budget", "encumbered", "paid", "available"):
            pages = turned(parts_of_fund, work, fund_id, Figure(name), whose)
            assert added(pages) == getattr(balance, name), (whose, name)
            seen[name] += len(pages[0].items)
    left = added(turned(parts_of_fund, work, fund_id, Figure.UNALLOCATED))
    assert left == found.balance.budget - sum(each.balance.budget for each in found.allocations)
    for each in awards(work, AwardFilter(fund_id=fund_id)).items:
        for figure in OF_AN_AWARD:
            pages = turned(parts_of_award, work, each.id, figure)
            assert added(pages) == getattr(each.balance, figure.value), figure
            seen[f"award {figure.value}"] += len(pages[0].items)


def test_the_parts_add_up_to_every_figure_after_any_steps(world: World, engine_name: str) -> None:
    case, to = opened(world), UUID(payee(world)["id"])
    seen: Counter[str] = Counter()

    class Machine(LedgerMachine):
        def __init__(self) -> None:
            super().__init__(world, case, to, Counter())

        def teardown(self) -> None:
            with world.act_as("auditor", writes=False) as work:
                every_figure_adds_up(work, self.fund_id, seen)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=8 if engine_name == "sqlite" else 4,
            stateful_step_count=15,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert all(seen[name] for name in ("budget", "encumbered", "paid", "available", "award encumbered", "award paid"))


def parts(person: Person, path: str, figure: str, **query: str) -> Any:
    asked = "&".join(f"{name}={value}" for name, value in {"figure": figure, **query}.items())
    answer = person.get(f"{path}/parts?{asked}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_a_paid_figure_is_made_of(world: World) -> None:
    made = award(world, "1000.00")
    settled = disbursement(world, "settled", "100.00", made["id"])
    back = disbursement(world, "reversed", "30.00", made["id"])
    path = f"/funds/{made['fund_id']}"
    found = parts(world.auditor, path, "paid", category="representation")
    assert (found["total"], found["count"], found["fund"]) == ("100.00", 3, "Fondo Uno")
    assert [(each["why"], each["amount"], each["disbursement"]) for each in found["items"]] == [
        ("reversed", "-30.00", back["reference"]),
        ("settled", "30.00", back["reference"]),
        ("settled", "100.00", settled["reference"]),
    ]
    held = parts(world.auditor, path, "encumbered")["items"]
    assert [(each["award"], each["case"], each["amount"]) for each in held] == [
        (made["reference"], made["case_reference"], "900.00")
    ]
    left = parts(world.auditor, path, "available")
    assert sorted((each["category"] or "", each["amount"]) for each in left["items"]) == [
        ("", "50000.00"),
        ("representation", "49000.00"),
    ]
    asked = disbursement(world, "submitted", "5.00", made["id"])
    under_way = parts(world.attorney, f"/awards/{made['id']}", "encumbered")
    assert [(each["disbursement"], each["status"]) for each in under_way["items"]] == [
        (asked["reference"], "submitted")
    ]


def test_what_can_not_be_opened(world: World) -> None:
    made = award(world, "1000.00")
    for path, status in (
        (f"/funds/{made['fund_id']}/parts?figure=paid&category=travel", 422),
        (f"/funds/{made['fund_id']}/parts?figure=unallocated&category=representation", 422),
        (f"/funds/{made['fund_id']}/parts?figure=zebra", 422),
        (f"/funds/{made['fund_id']}/parts", 422),
        (f"/funds/{made['fund_id']}/parts?figure=paid&cursor=zebra", 422),
        (f"/funds/{made['fund_id']}/parts?figure=encumbered&cursor=7", 422),
        (f"/funds/{UUID(int=7)}/parts?figure=paid", 404),
        (f"/awards/{made['id']}/parts?figure=budget", 422),
        (f"/awards/{UUID(int=7)}/parts?figure=paid", 404),
    ):
        assert world.auditor.get(path).status_code == status, path
    assert world.attorney2.get(f"/awards/{made['id']}/parts?figure=paid").status_code == 404
    assert world.attorney.get(f"/funds/{made['fund_id']}/parts?figure=paid").status_code == 403


def amount_of(text: str) -> Decimal:
    return Decimal(text.replace("$", "").replace(",", ""))


def test_every_figure_on_a_page_is_a_link_to_its_parts(world: World) -> None:
    made = award(world, "1000.00")
    disbursement(world, "settled", "100.00", made["id"])
    asked = disbursement(world, "submitted", "40.00", made["id"])
    request_award(world, made["case_id"], made["fund_id"])
    step(world, asked["id"], "approve")
    fund(world, name="Nothing yet")
    opened_figures = 0
    for path in ("/funds", f"/funds/{made['fund_id']}", f"/awards/{made['id']}"):
        page = BeautifulSoup(world.fund_admin.page(path).text, "html.parser")
        for link in page.select('a[href*="/parts?"]'):
            answer = BeautifulSoup(world.fund_admin.page(str(link["href"])).text, "html.parser")
            figure = amount_of(link.get_text())
            rows = [amount_of(cell.get_text()) for cell in answer.select("tbody td.number")]
            assert sum(rows) == figure, link["href"]
            assert amount_of(answer.select("tfoot td.number")[-1].get_text()) == figure
            heading = answer.select_one("h1")
            assert heading is not None
            assert link.get_text() in heading.get_text()
            opened_figures += 1
    assert opened_figures > 20
    empty = world.auditor.page(f"/awards/{made['id']}/parts?figure=paid", headers=key())
    assert empty.status_code == 200
