"""The money's pages in Chromium, with every status on them: axe-clean, in both languages, wide and narrow."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitor import Visitor, newest, served
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
        parts = [
            f"/funds/{made['fund_id']}/parts?figure={each}" for each in ("budget", "encumbered", "paid", "available")
        ]
        parts.append(f"/awards/{made['id']}/parts?figure=encumbered")
        lists = (
            "/funds",
            f"/funds/{made['fund_id']}",
            "/awards",
            "/disbursements",
            "/payees",
            "/disbursements/waiting",
        )
        for path in (*lists, *parts):
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


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("es", 390)])
def test_a_report_follows_its_form_and_is_kept(money: World, browser: Browser, language: str, width: int) -> None:
    """Figures, title and address follow each change; a wrong day is told in place; a kept question opens and goes."""
    made = award(money, "1000.00")
    disbursement(money, "settled", "100.00", made["id"])
    disbursement(money, "submitted", "40.00", made["id"])
    money.auditor.patch("/session", json={"language": language})
    with served(money) as address:
        auditor = Visitor(browser, address, language, width, "auditor")
        auditor.go("/reports/disbursements", "report-empty")
        _ask(auditor)
        auditor.page.locator(".presets a").nth(4).click()
        auditor.page.wait_for_load_state()
        auditor.look("report")
        _keep_and_forget(auditor)
        auditor.done()


def _ask(auditor: Visitor) -> None:
    """Change one thing after another; the answer follows without a press of a button."""
    page, year = auditor.page, datetime.now(UTC).year
    page.fill("#ffrom", f"{year - 1}-01-01")
    page.fill("#fto", f"{year + 1}-01-01")
    expect(page.locator("#answer tfoot")).to_contain_text("100")
    page.select_option("#fdate_basis", "requested")
    expect(page.locator("#answer tfoot")).to_contain_text("140")
    page.locator("label[for=fgroup_by-month]").click()
    expect(page.locator("h1")).to_contain_text(auditor.say("Month").lower())
    assert "date_basis=requested" in page.url
    assert "group_by=month" in page.url
    page.select_option("#fmethod", "wire")
    expect(page.locator("#answer .empty")).to_be_visible()
    page.select_option("#fmethod", "")
    page.fill("#fto", "2001-01-01")
    expect(page.locator("#answer [role=alert] a")).to_have_attribute("href", "#fto")
    auditor.complaints.clear()  # Chromium tells of the answer 422 on its console; the page shows what it says
    auditor.look("report-wrong")


def _keep_and_forget(auditor: Visitor) -> None:
    page = auditor.page
    auditor.send("/reports/saved", name="For the board", shared="yes")
    link = page.get_by_role("link", name="For the board")
    expect(link).to_be_visible()
    auditor.look("report-kept")
    link.click()
    page.wait_for_load_state()
    assert "date_basis=requested" in page.url
    auditor.go("/reports", "reports-kept")
    kept = page.locator(".kept form[data-api]").get_attribute("data-api")
    assert kept is not None
    auditor.send(kept.removeprefix("/api/v1"))
    expect(link).to_have_count(0)


def test_a_printed_report_has_figures_and_no_buttons(money: World, browser: Browser) -> None:
    disbursement(money, "settled", "100.00")
    with served(money) as address:
        auditor = Visitor(browser, address, "en", 1280, "auditor")
        page = auditor.go("/reports/disbursements", "report")
        page.locator(".presets a").nth(5).click()
        page.wait_for_load_state()
        page.emulate_media(media="print")
        for gone in ("form.report-form", ".files", "details.keep", "header.top"):
            expect(page.locator(gone)).to_be_hidden()
        for shown in ("h1", "#answer > h2", "#answer table", "#answer .bar >> nth=0"):
            expect(page.locator(shown)).to_be_visible()
        auditor.done()
