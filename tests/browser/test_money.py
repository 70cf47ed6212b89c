"""The money's pages in Chromium, with every status on them: axe-clean, in both languages, wide and narrow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_one_case import Visitor, newest, served
from tests.funds.stage import answered, award, disbursement, draft, payee, request_award
from tests.world import World, copy_of_sqlite, key, running


@pytest.fixture
def money(sqlite_installation: Path, tmp_path: Path) -> Iterator[World]:
    """A running application on one engine: pages do not know which it is."""
    with running(copy_of_sqlite(sqlite_installation, tmp_path)) as world:
        yield world


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("es", 390)])
def test_pages_of_the_money(money: World, browser: Browser, language: str, width: int) -> None:
    made = award(money, "1000.00")
    statuses = ("draft", "submitted", "approved", "released", "settled", "rejected", "returned", "reversed")
    found = {status: disbursement(money, status, "12.00", made["id"])["id"] for status in statuses}
    asked = request_award(money, made["case_id"], made["fund_id"])["id"]
    answered(money.approver.post(f"/awards/{asked}/reject", json={"reason": "Twice"}, headers=key()))
    draft(money, made["id"], payee(money, kind="obligor", name="Xochitl Canario")["id"])
    with served(money) as address:
        fund, attorney = (Visitor(browser, address, language, width, name) for name in ("fund_admin", "attorney"))
        for path in ("/funds", f"/funds/{made['fund_id']}", "/awards", "/disbursements", "/payees"):
            fund.go(path, f"money-{path.split('/')[1]}{len(path)}")
            fund.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            fund.look(f"opened-{path.split('/')[1]}{len(path)}")
        for status, disbursement_id in found.items():
            fund.go(f"/disbursements/{disbursement_id}", status)
        for path in (f"/awards/{made['id']}", f"/awards/{asked}", f"/disbursements/{found['rejected']}", "/payees"):
            attorney.go(path, f"attorney-{path.split('/')[1]}-{path[-4:]}")
        fund.done()
        attorney.done()


def test_money_is_moved_by_hand(money: World, browser: Browser) -> None:
    """A fund is taken on, allocated, awarded, paid, reversed and closed, by forms that ask before they act."""
    made = award(money, "1000.00")
    with served(money) as address:
        fund, releaser = (Visitor(browser, address, "en", 1280, name) for name in ("fund_admin", "releaser"))
        fund.go("/funds", "funds")
        fund.send(
            "/funds",
            name="Fondo Dos",
            giver="A foundation",
            awarded_total="$12,345.50",
            starts_on="2026-01-01",
            ends_on="2099-12-31",
        )
        expect(fund.page.get_by_role("heading", level=1)).to_have_text("Fondo Dos")
        fund.send("/allocations", category="expert", amount="2,000")
        expect(fund.page.locator("main")).to_contain_text("$2,000.00")
        expect(fund.page.locator("main")).to_contain_text("$12,345.50")
        settled = disbursement(money, "settled", "100.00", made["id"])["id"]
        fund.go(f"/disbursements/{settled}", "settled")
        fund.send("/bank-reference", bank_reference="TRN 4711")
        expect(fund.page.locator("main")).to_contain_text("TRN 4711")
        releaser.go(f"/disbursements/{settled}", "settled")
        releaser.send("/reverse", code="duplicate", reason="The invoice came twice")
        assert answered(money.auditor.get(f"/disbursements/{settled}"))["status"] == "reversed"
        fund.go(f"/awards/{made['id']}", "award")
        fund.send("/close")
        assert answered(money.auditor.get(f"/awards/{made['id']}"))["status"] == "closed"
        fund.done()
        releaser.done()
    assert newest(money.fund_admin, "/funds") != made["fund_id"]


def test_who_goes_back_has_done_nothing(money: World, browser: Browser) -> None:
    submitted = disbursement(money, "submitted")["id"]
    with served(money) as address:
        approver = Visitor(browser, address, "en", 1280, "approver")
        page = approver.go(f"/disbursements/{submitted}", "submitted")
        page.locator('form[data-api$="/approve"] button[type=submit]').click()
        dialog = page.locator("dialog[open]")
        expect(dialog).to_contain_text("$100.00 for North Legal Aid")
        approver.look("asks")
        dialog.locator("button[value=no]").click()
        expect(page.locator("dialog[open]")).to_have_count(0)
        approver.done()
    assert answered(money.auditor.get(f"/disbursements/{submitted}"))["status"] == "submitted"
