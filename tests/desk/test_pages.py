"""Pages of the desk and of cases, as each person of the cast gets them, in both languages."""

from datetime import timedelta

from bs4 import BeautifulSoup

from app.web.statuses import STATUSES
from tests.cases.stage import CANARIES, add_deadline, add_hearing, ask, close, offered, opened
from tests.funds.stage import allocate, award, disbursement, fund, request_award
from tests.intake.stage import submitted, taken
from tests.world import CAST, World, today


def soup(answer: object) -> BeautifulSoup:
    assert answer.status_code == 200, answer.text  # type: ignore[attr-defined]  # an httpx response
    return BeautifulSoup(answer.text, "html.parser")  # type: ignore[attr-defined]  # as above


def forms(page: BeautifulSoup) -> set[str]:
    """Where the forms of a page send what, by the last word of the address."""
    return {str(form["data-api"]).rsplit("/", 1)[-1] for form in page.select("main form[data-api]")}


def panel(page: BeautifulSoup, heading: str) -> str:
    """The text of the section under a heading of the second rank."""
    found = page.find("h2", string=heading)
    assert found is not None, heading
    assert found.parent is not None
    return found.parent.get_text(" ", strip=True)


def headings(page: BeautifulSoup) -> list[str]:
    return [each.get_text(strip=True) for each in page.select("main h2")]


def test_home_says_what_needs_each_person(world: World) -> None:
    made, waiting = opened(world), offered(world)
    asked = offered(world)
    ask(world, asked)
    add_hearing(world, made, today() + timedelta(days=14))
    add_hearing(world, made, today() + timedelta(days=15), "custody")
    add_deadline(world, made, today() - timedelta(days=400), "Late")
    fund_id = fund(world)["id"]
    allocate(world, fund_id)
    request_award(world, made.id, fund_id, "321.00")
    disbursement(world, "released", "45.00", award(world, "100.00", made, fund_id)["id"])
    taken(world)
    submitted(world)

    attorney = soup(world.attorney.page("/"))
    now = panel(attorney, "Now")
    assert now.index("Overdue") < now.index("Answer the offer"), "what is overdue stands first"
    soon = panel(attorney, "In the next 14 days")
    assert "Ixchel Canario Quetzal" in soon
    assert "Master" in soon
    assert "Bond hearing" not in attorney.get_text()

    admin = soup(world.partner_admin.page("/"))
    reference = world.partner_admin.get(waiting.path).json()["reference"]
    theirs = panel(admin, "Now")
    assert theirs.count("Needs an attorney") == 1
    assert reference in theirs
    assert "Answer the offer" not in theirs

    money = soup(world.fund_admin.page("/"))
    assert "$321.00" in panel(money, "Awards to approve")
    assert "$45.00" in panel(money, "Disbursements to settle")
    assert "Disbursements to approve" not in headings(money), "what has no line has no panel"

    intake = soup(world.intake.page("/"))
    assert "Ximena" in panel(intake, "Draft")
    assert "Ximena" in panel(intake, "Submitted")
    assert "Waitlisted" not in headings(intake)
    for name in ("partner_admin", "partner_admin2", "fund_admin", "auditor", "admin", "attorney2", "colleague"):
        text = getattr(world, name).page("/").text
        assert not any(canary in text for canary in (*CANARIES, "Ximena")), name
    assert "seal" in panel(soup(world.auditor.page("/")), "The audit record").lower()


def test_home_is_calm_when_nothing_is_to_be_done(world: World) -> None:
    for name in CAST:
        page = soup(getattr(world, name).page("/"))
        calm = "Nothing needs you now." in page.get_text()
        assert calm == (name != "auditor"), name
        assert headings(page) == ([] if calm else ["The audit record"]), name
    opened(world)
    assert "Nothing needs you now." not in soup(world.attorney.page("/")).get_text()


def test_a_case_page_shows_each_what_they_work_with(world: World) -> None:
    made, free = opened(world), offered(world)
    allocate(world, fund(world)["id"])
    add_deadline(world, made, today() + timedelta(days=3), "Letter to Canario")
    add_hearing(world, made, today() + timedelta(days=4))
    world.attorney.post(f"{made.path}/notes", json={"body": "Privileged\n<b>words</b>"})
    attorney = soup(world.attorney.page(made.path))
    text = attorney.get_text(" ", strip=True)
    assert all(word in text for word in ("Ixchel Canario Quetzal", "Feb 3, 1991", "Letter to Canario", "<b>words</b>"))
    assert forms(attorney) == {
        *("deadlines", "hearings", "notes", "close", "holds", "awards", "end", "complete", "cancel"),
        str(made.id),
    }
    groups = {str(each["data-group"]) for each in attorney.select("[data-reveal]")}
    assert groups == {"immigration", "finances", "criminal_history", "notes"}
    admin_page = world.partner_admin.page(made.path)
    assert forms(soup(admin_page)) == {"end", "awards", "holds"}
    assert forms(soup(world.partner_admin.page(free.path))) == {"assignments", "holds"}
    for who, what in ((world.fund_admin, {"holds"}), (world.auditor, set())):
        shown = who.page(made.path)
        assert forms(soup(shown)) == what
        assert not any(word in shown.text for word in ("Asylum", "AUR", "Detained", "Privileged"))
    for answer in (admin_page, world.fund_admin.page(made.path), world.auditor.page(made.path)):
        assert not any(word in answer.text for word in (*CANARIES, "Privileged", "Letter"))
    for other in (world.colleague, world.attorney2, world.partner_admin2):
        assert other.page(made.path).status_code == 404
    assert world.attorney.page(free.path).status_code == 404
    assert world.intake.page(made.path).status_code == 403
    assert world.stranger.page(made.path).headers["Location"].startswith("/sign-in")
    close(world, made)
    closed = soup(world.partner_admin.page(made.path))
    assert "Relief granted" in panel(closed, "The case")
    assert "Why it was closed is sealed." in panel(closed, "The case")
    assert "sealed" not in soup(world.fund_admin.page(made.path)).select_one("main").get_text()  # type: ignore[union-attr]  # there is one
    assert forms(closed) == {"holds"}
    assert world.attorney.page(made.path).status_code == 404


def test_lists_offers_calendar_and_notes_have_pages(world: World) -> None:
    made = opened(world)
    add_hearing(world, made, today())
    add_deadline(world, made, today(), "File")
    for number in range(3):
        world.attorney.post(f"{made.path}/notes", json={"body": f"Note {number}"})
    ask(world, offered(world))
    listed = soup(world.attorney.page("/cases?status=open"))
    assert "Ixchel Canario Quetzal" in listed.get_text()
    assert soup(world.attorney.page("/cases?status=closed")).select("table") == []
    reference = world.attorney.get(made.path).json()["reference"]
    for query in ("status=nonsense", "attorney=maybe", "status=&next=&reference=", f"reference={reference.lower()}"):
        assert len(soup(world.attorney.page(f"/cases?{query}")).select("tbody tr")) == 1, query
    offers = soup(world.attorney.page("/offers"))
    assert forms(offers) == {"accept", "decline"}
    assert "Mam" in offers.get_text()
    assert not any(canary in offers.get_text() for canary in CANARIES)
    calendar = soup(world.attorney.page("/calendar?from=&to=nonsense")).get_text(" ", strip=True)
    assert "Master calendar hearing" in calendar
    assert "File" in calendar
    assert world.auditor.page("/calendar").status_code == 403
    menus = {name: "Calendar" in getattr(world, name).page("/").text for name in CAST}
    assert {name for name, there in menus.items() if there} == {
        *("attorney", "colleague", "attorney2", "partner_admin", "partner_admin2")
    }
    theirs = soup(world.partner_admin.page("/calendar")).get_text(" ", strip=True)
    assert "Master calendar hearing" in theirs
    assert not any(word in theirs for word in (*CANARIES, "File"))
    notes = soup(world.attorney.page(f"{made.path}/notes"))
    assert [each.get_text() for each in notes.select(".written")] == ["Note 2", "Note 1", "Note 0"]
    assert world.colleague.page(f"{made.path}/notes").status_code == 404
    assert world.partner_admin.page(f"{made.path}/notes").status_code == 403


def test_a_list_without_a_row_says_what_to_do(world: World) -> None:
    bare = soup(world.attorney.page("/cases"))
    assert bare.select_one("main .empty a")["href"] == "/offers"  # type: ignore[index]  # bs4: there, or the test fails
    made, free = opened(world), offered(world)
    wrong = soup(world.attorney.page("/cases?reference=CA-1111")).get_text(" ", strip=True)
    assert "This is not a reference" in wrong
    assert "no longer opens to its attorney" in soup(world.attorney.page("/cases?status=closed")).get_text()
    nothing = soup(world.partner_admin.page("/cases?status=closed"))
    assert "No case fits this filter." in nothing.get_text()
    for query, wanted in {
        "attorney=waiting": free,
        f"attorney={world.people['attorney']}": made,
        "next=stepless": made,
    }.items():
        rows = soup(world.partner_admin.page(f"/cases?{query}")).select("tbody th a")
        assert [row["href"] for row in rows] == [wanted.path], query
    fields = {str(each["name"]) for each in soup(world.fund_admin.page("/cases")).select("form.filters [name]")}
    assert fields == {"reference", "status"}, "money roles are not asked for what they may not know"


def test_pages_answer_everybody_in_spanish(world: World) -> None:
    made = opened(world)
    add_deadline(world, made, today())
    shown = 0
    for name in CAST:
        for path in ("/", "/cases", "/offers", "/calendar", made.path, f"{made.path}/access"):
            answer = getattr(world, name).page(path, headers={"Accept-Language": "es"})
            assert answer.status_code in (200, 403, 404), (name, path)
            if answer.status_code == 200:
                shown += 1
                assert '<html lang="es"' in answer.text, (name, path)
    assert shown >= len(CAST) + 20


def test_every_status_of_a_case_has_its_words() -> None:
    assert set(STATUSES["case"]) == {"offered", "open", "closed"}
