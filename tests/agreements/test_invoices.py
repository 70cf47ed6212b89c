"""An invoice's whole way: lines held against the agreement, accepted by another person, paid through four hands."""

from typing import Any

from tests.agreements.stage import CASELOAD, FLAT, HOURLY, Agreed, agree, agreement_of, version
from tests.story import said
from tests.world import Person, World, key


def test_from_a_line_to_a_settled_payment(world: World) -> None:
    agreed = agree(world, FLAT)
    invoice = agreed.invoice()
    first = agreed.line(invoice, stage="case_opened", narrative="first meeting with the client")
    assert [(each["verdict"], each["amount"]) for each in first["lines"]] == [("ok", "400.00")]
    again = agreed.line(invoice, stage="case_opened", amount="400.00")["lines"][1]
    assert (again["verdict"], again["reason"]) == ("refused", "billed_already")
    dear = agreed.line(invoice, stage="master_hearing", amount="300.00")["lines"][2]
    assert (dear["verdict"], dear["reason"], dear["expected"], dear["difference"]) == (
        *("disputed", "rate", "250.00", "50.00"),
    )
    handed_in = agreed.submit(invoice)
    assert handed_in["status"] == "submitted"
    one, two, three = (each["id"] for each in handed_in["lines"])
    seen = said(world.fund_admin.get(f"/invoices/{invoice}"))
    assert [each["narrative"] for each in seen["lines"]] == [None] * 3
    assert agreed.story.reference == seen["lines"][0]["case_reference"]
    assert agreed.act(invoice, one, "accept")["status"] == "partly_accepted"
    assert agreed.act(invoice, two, "accept", status=409)["type"].endswith("invoice.line_does_not_fit")
    agreed.act(invoice, two, "reject", {"code": "duplicate"})
    assert agreed.act(invoice, three, "dispute", {"code": "rate", "words": "see the agreement"})["status"] == "disputed"
    corrected = {"answer": "corrected", "amount": "250.00"}
    agreed.act(invoice, three, "answer", corrected, who="partner_admin")
    assert agreed.act(invoice, three, "accept")["accepted"] == "650.00"
    asked = said(world.partner_admin.post(f"/invoices/{invoice}/payments", json={}, headers=key()), 201)
    drafts = [each["disbursement_id"] for each in asked["lines"] if each["disbursement_id"]]
    assert len(drafts) == 2
    assert {each["disbursement_status"] for each in asked["lines"]} == {"draft", None}
    agreed.story.disbursement = drafts[0]
    for who, verb in (("partner_admin", "submit"), ("approver", "approve"), ("releaser", "release")):
        agreed.story.step(who, verb)
    agreed.story.step("fund_admin", "settle")
    paid = said(world.partner_admin.get(f"/invoices/{invoice}"))
    assert (paid["accepted"], paid["paid"], paid["status"]) == ("650.00", "400.00", "partly_accepted")
    nothing = world.partner_admin.post(f"/invoices/{invoice}/payments", json={}, headers=key())
    assert said(nothing, 409)["type"].endswith("invoice.nothing_to_pay")
    assert said(world.fund_admin.get(f"/agreements/{agreed.agreement}"))["accepted"] == "650.00"


def test_hours_stop_at_the_caps_across_invoices(world: World) -> None:
    agreed = agree(world, HOURLY)
    first, second = agreed.invoice("1"), agreed.invoice("2", who="attorney")
    agreed.line(first, role="staff_attorney", hours="8")
    agreed.line(second, role="staff_attorney", hours="5", who="attorney")
    agreed.submit(first)
    said(world.attorney.post(f"/invoices/{second}/submit", json={}, headers=key()))
    line = said(world.fund_admin.get(f"/invoices/{second}"))["lines"][0]
    assert line["verdict"] == "ok"
    taken = said(world.fund_admin.get(f"/invoices/{first}"))["lines"][0]["id"]
    agreed.act(first, taken, "accept")
    now = said(world.fund_admin.get(f"/invoices/{second}"))["lines"][0]
    assert (now["verdict"], now["reason"], now["hours_left"]) == ("disputed", "hours_cap", "4.00")
    agreed.act(second, line["id"], "accept", status=409)


def test_nobody_accepts_their_own_and_other_partners_have_none(world: World) -> None:
    agreed = agree(world, FLAT)
    invoice = agreed.invoice()
    line = agreed.line(invoice, stage="case_opened")["lines"][0]["id"]
    assert world.fund_admin.get(f"/invoices/{invoice}").status_code == 404  # a draft is the partner's own affair
    agreed.submit(invoice)
    assert world.partner_admin2.get(f"/invoices/{invoice}").status_code == 404
    assert world.colleague.get(f"/invoices/{invoice}").status_code == 404
    assert world.partner_admin2.get(f"/agreements/{agreed.agreement}").status_code == 404
    foreign = agreement_of(world, agreed.story.fund, FLAT)
    form = {"agreement_id": foreign, "number": "7"}
    assert world.partner_admin2.post("/invoices", json=form, headers=key()).status_code == 422
    assert (
        world.partner_admin.post(f"/invoices/{invoice}/lines/{line}/accept", json={}, headers=key()).status_code == 403
    )
    agreed.act(invoice, line, "accept")
    agreed.act(invoice, line, "accept", status=409)


def test_who_drafts_terms_does_not_put_them_in_force_and_old_terms_stay(world: World) -> None:
    agreed = agree(world, FLAT)
    path = f"/agreements/{agreed.agreement}/versions"
    dearer = FLAT | {"effective_on": agreed.day, "stage_rates": {"case_opened": "500.00"}}
    drafted = said(world.fund_admin.post(path, json=dearer, headers=key()), 201)["versions"][-1]["id"]
    own = world.fund_admin.post(f"{path}/{drafted}/approve", json={}, headers=key())
    assert said(own, 403)["type"].endswith("segregation_of_duties")
    said(world.approver.post(f"{path}/{drafted}/approve", json={}, headers=key()))
    now = said(world.partner_admin.get(f"/agreements/{agreed.agreement}"))["in_force"]
    then = said(world.partner_admin.get(f"/agreements/{agreed.agreement}?as_of=2025-06-01"))["in_force"]
    assert (now["stage_rates"][0]["amount"], then["stage_rates"][0]["amount"]) == ("500.00", "400.00")
    shorter = version(world, agreed.agreement, FLAT | {"starts_on": "2025-02-01"})
    assert len(shorter["versions"]) == 3


def test_a_sheet_is_taken_whole_or_its_bad_lines_are_named(world: World) -> None:
    agreed = agree(world, HOURLY)
    invoice = agreed.invoice()
    head = "case,worked_on,role,hours,amount,narrative\n"
    good = f"{agreed.story.reference},{agreed.day},staff_attorney,2.5,,letter\n"
    bad = (
        f"CA-0000-0000,{agreed.day},paralegal,1,,\n"
        f"{agreed.story.reference},14/03/2026,painter,25,-3,\n"
        f"{agreed.story.reference},{agreed.day},paralegal,,,\n"
    )

    def send(text: str) -> Any:
        files = {"file": ("lines.csv", text.encode(), "text/csv")}
        return world.partner_admin.post(f"/invoices/{invoice}/lines/file", files=files, headers=key())

    refused = said(send(head + good + bad), 422)["errors"]
    unread = [f"/lines/4/{column}" for column in ("worked_on", "role", "hours", "amount")]
    assert [each["pointer"] for each in refused] == [*unread, "/lines/3/case", "/lines/5/hours"]
    assert refused[0]["message"] == "Line 4, worked_on: write a date like 2026-03-14."
    assert said(send("case,day\n"), 422)["errors"][0]["code"] == "sheet.columns"
    assert said(world.partner_admin.get(f"/invoices/{invoice}"))["lines"] == []
    taken = said(send(head + good), 201)["lines"]
    assert [(each["hours"], each["amount"], each["verdict"]) for each in taken] == [("2.50", "187.50", "ok")]


def test_a_part_waits_for_its_report_and_another_person(world: World) -> None:
    agreed = agree(world, CASELOAD)
    invoice = agreed.invoice()
    agreed.line(invoice, instalment=1)
    lines = agreed.line(invoice, instalment=2)["lines"]
    assert [(each["amount"], each["reason"]) for each in lines] == [("500.00", None), ("400.00", "gate_closed")]
    path = f"/agreements/{agreed.agreement}/reports"
    said(world.fund_admin.post(path, json={"number": 2}, headers=key()), 201)
    assert said(world.fund_admin.post(path, json={"number": 2}, headers=key()), 409)["status"] == 409
    assert said(world.fund_admin.post(f"{path}/2/approve", json={}, headers=key()), 403)["status"] == 403
    opened = said(world.approver.post(f"{path}/2/approve", json={}, headers=key()))["in_force"]["instalments"]
    assert [each["open"] for each in opened] == [True, True, False]
    agreed.submit(invoice)
    for line in lines:
        agreed.act(invoice, line["id"], "accept")
    assert said(world.partner_admin.get(f"/invoices/{invoice}"))["status"] == "accepted"


def test_the_pages_show_it_to_each_side(world: World) -> None:
    agreed = agree(world, FLAT)
    invoice = agreed.invoice()
    agreed.line(invoice, stage="case_opened", narrative="first meeting with the client")
    line = agreed.line(invoice, stage="master_hearing", amount="300.00")["lines"][1]["id"]
    written = world.partner_admin.page(f"/invoices/{invoice}").text
    assert "Add a line" in written
    assert "The amount is not the agreed one." in written
    agreed.submit(invoice)
    agreed.act(invoice, line, "dispute", {"code": "rate"})
    review = world.fund_admin.page(f"/invoices/{invoice}").text
    assert "Accept" in review
    assert "first meeting" not in review
    assert "first meeting" in said_by(world.attorney, agreed, invoice)
    assert "Your answer" in world.partner_admin.page(f"/invoices/{invoice}").text
    for person, path in (
        (world.fund_admin, "/agreements"),
        (world.fund_admin, f"/agreements/{agreed.agreement}?as_of=2026-01-02"),
        (world.partner_admin, "/invoices?status=disputed"),
        (world.auditor, f"/invoices/{invoice}"),
    ):
        assert person.page(path).status_code == 200


def said_by(attorney: Person, agreed: Agreed, invoice: str) -> str:
    """What the attorney of the case reads of an own invoice: the words of its lines open to them alone."""
    own = agreed.invoice("own", who="attorney")
    agreed.line(own, who="attorney", stage="merits_hearing", narrative="first meeting")
    assert attorney.page(f"/invoices/{invoice}").status_code == 404
    return str(attorney.page(f"/invoices/{own}").text)
