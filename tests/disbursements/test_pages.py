"""The money's pages: who finds what on them, and that acts ask first."""

import re

from tests.funds.stage import award, disbursement, draft, fund, payee, request_award, step
from tests.world import World, key


def _forms(html: str) -> set[str]:
    """The routes that the forms of a page send to, without the sign-out in its head."""
    sent_to = {each.removeprefix("/api/v1") for each in re.findall(r'data-api="([^"]+)"', html)}
    return sent_to - {"/session/federated/sign-out"}


def _page(world: World, person: str, path: str, status: int = 200) -> str:
    response = getattr(world, person).page(path)
    assert response.status_code == status, (path, response.status_code)
    return str(response.text)


def test_every_acting_form_asks_first(world: World) -> None:
    made = award(world, "1000.00")
    pages = [_page(world, "fund_admin", path) for path in ("/funds", f"/funds/{made['fund_id']}")]
    asked = request_award(world, made["case_id"], made["fund_id"])
    pages.append(_page(world, "approver", f"/awards/{asked['id']}"))
    for status in ("submitted", "approved", "released", "settled"):
        found = disbursement(world, status, "1.00", made["id"])
        pages.append(_page(world, "auditor", f"/disbursements/{found['id']}"))
        people = ("attorney", "approver", "releaser", "fund_admin")
        pages.extend(_page(world, person, f"/disbursements/{found['id']}") for person in people)
    for html in pages:
        for form in re.findall(r"<form[^>]*data-api=[^>]*>", html):
            quiet = any(each in form for each in ("/session", "/bank-reference"))
            assert quiet or "data-confirm=" in form, form
        dialogs = set(re.findall(r'<dialog id="([^"]+)"', html))
        assert set(re.findall(r'data-confirm="([^"]+)"', html)) <= dialogs


def test_a_disbursement_shows_each_person_their_own_acts(world: World) -> None:
    made = award(world, "1000.00")
    submitted = disbursement(world, "submitted", "1.00", made["id"])
    path = f"/disbursements/{submitted['id']}"
    assert _forms(_page(world, "approver", path)) == {f"{path}/approve", f"{path}/reject"}
    for person, forms in (("attorney", {path}), ("partner_admin", {path}), ("auditor", set())):
        assert _forms(_page(world, person, path)) == forms
    step(world, submitted["id"], "approve")
    page = _page(world, "approver", path)
    assert f"{path}/release" not in _forms(page)
    assert "You had a part in it already" in page
    assert f"{path}/release" in _forms(_page(world, "releaser", path))
    step(world, submitted["id"], "release")
    assert _forms(_page(world, "fund_admin", path)) == {f"{path}/settle", f"{path}/return"}
    step(world, submitted["id"], "settle")
    assert _forms(_page(world, "fund_admin", path)) == {f"{path}/return", f"{path}/reverse", f"{path}/bank-reference"}


def test_an_award_is_decided_on_by_others_and_paid_from_by_the_attorney(world: World) -> None:
    made = award(world, "1000.00")
    asked = request_award(world, made["case_id"], made["fund_id"])
    path = f"/awards/{asked['id']}"
    assert _forms(_page(world, "approver", path)) == {f"{path}/approve", f"{path}/reject"}
    assert _forms(_page(world, "attorney", path)) == set()
    payee(world)
    page = _page(world, "attorney", f"/awards/{made['id']}")
    assert _forms(page) == {"/disbursements"}
    assert "North Legal Aid (•••• 1427)" in page
    assert _forms(_page(world, "approver", f"/awards/{made['id']}")) == {f"/awards/{made['id']}/close"}


def test_lists_show_references_and_figures_and_no_client(world: World) -> None:
    made = award(world, "1234.50")
    settled = disbursement(world, "settled", "100.00", made["id"])
    client = payee(world, kind="obligor", name="Xochitl Canario")
    asked = draft(world, made["id"], client["id"], "5.00", memo="For Xochitl Canario")
    funds = _page(world, "fund_admin", "/funds")
    for figure in ("$100,000.00", "$1,134.50", "$100.00", "$98,765.50"):
        assert figure in funds
    for path, words in (
        ("/awards", (made["reference"], made["case_reference"], "$1,234.50")),
        ("/disbursements", (settled["reference"], made["case_reference"], asked["reference"], client["reference"])),
        ("/payees", (client["reference"], "•••• 1427")),
    ):
        for person in ("fund_admin", "auditor"):
            html = _page(world, person, path)
            assert all(word in html for word in words), path
            assert "Canario" not in html
            assert "Xochitl" not in html


def test_filters_narrow_and_forgive(world: World) -> None:
    made = award(world, "1000.00")
    settled = disbursement(world, "settled", "1.00", made["id"])
    drafted = disbursement(world, "draft", "1.00", made["id"])
    page = _page(world, "fund_admin", "/disbursements?status=settled")
    assert settled["reference"] in page
    assert drafted["reference"] not in page
    assert "fits this filter" in _page(world, "fund_admin", "/disbursements?status=expired")
    assert settled["reference"] in _page(
        world, "fund_admin", f"/disbursements?award_id={made['id']}&fund_id=x&status=y"
    )
    assert made["reference"] in _page(world, "fund_admin", f"/awards?fund_id={made['fund_id']}")
    assert made["reference"] in _page(world, "fund_admin", "/awards?fund_id=nonsense&status=nonsense")
    assert "fits this filter" in _page(world, "fund_admin", "/awards?status=closed")


def test_pages_speak_spanish(world: World) -> None:
    made = disbursement(world, "settled")
    world.fund_admin.patch("/session", json={"language": "es"})
    for path in ("/funds", "/awards", "/disbursements", "/payees", f"/disbursements/{made['id']}"):
        html = _page(world, "fund_admin", path)
        assert '<html lang="es"' in html
        for english in (">Set aside<", ">Available<", "What you may do", ">Payee<", "Show the"):
            assert english not in html, (path, english)


def test_who_has_no_business_here_and_what_is_not_there(world: World) -> None:
    made = award(world)
    for path in ("/funds", "/awards", "/disbursements", "/payees"):
        assert world.intake.page(path).status_code == 403
        assert world.stranger.page(path).status_code == 303
    assert world.attorney2.page(f"/awards/{made['id']}").status_code == 404
    assert world.attorney.page("/funds").status_code == 403
    empty = fund(world, name="Nothing yet")
    assert "Nothing is allocated yet" in _page(world, "auditor", f"/funds/{empty['id']}")
    world.attorney.post("/payees", json={"kind": "vendor", "name": "x"}, headers=key())
    assert _forms(_page(world, "auditor", "/payees")) == set()
