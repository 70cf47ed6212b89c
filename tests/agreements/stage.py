"""Agreements and invoices as tests need them: made by the cast's own requests over one case of North's."""

from dataclasses import dataclass
from typing import Any

from tests.story import Story, said
from tests.world import NORTH, Person, World, key

FLAT: dict[str, Any] = {
    "model": "flat",
    "starts_on": "2025-01-01",
    "ends_on": "2027-12-31",
    "ceiling": "5000.00",
    "stage_rates": {"case_opened": "400.00", "master_hearing": "250.00", "merits_hearing": "1200.00"},
}
HOURLY: dict[str, Any] = {
    "model": "hourly",
    "starts_on": "2025-01-01",
    "ends_on": "2027-12-31",
    "ceiling": "5000.00",
    "case_cap": "1000.00",
    "hours_cap": "12",
    "hour_rates": {"staff_attorney": "75.00", "paralegal": "40.00"},
}
CASELOAD: dict[str, Any] = {
    "model": "caseload",
    "starts_on": "2025-01-01",
    "ends_on": "2027-12-31",
    "ceiling": "50000.00",
    "case_rate": "1000.01",
    "carry_over": 1,
    "projected": 2,
    "instalments": [
        {"share": 50},
        {"share": 40, "gate": "report_approved"},
        {"share": 10, "gate": "report_received"},
    ],
}


@dataclass
class Agreed:
    """One case with money, an agreement in force, and the partner as a payee."""

    world: World
    story: Story
    agreement: str
    payee: str

    @property
    def day(self) -> str:
        """A day on which the attorney had the case: today."""
        return str(said(self.world.partner_admin.get(f"/agreements/{self.agreement}"))["as_of"])

    def invoice(self, number: str = "2026-1", who: str = "partner_admin") -> str:
        """An invoice that was begun."""
        person: Person = getattr(self.world, who)
        form = {"agreement_id": self.agreement, "number": number}
        return str(said(person.post("/invoices", json=form, headers=key()), 201)["id"])

    def line(self, invoice: str, status: int = 201, who: str = "partner_admin", **form: Any) -> Any:
        """One line more; gives the answer."""
        person: Person = getattr(self.world, who)
        whole = {"case": self.story.reference, "worked_on": self.day} | form
        return said(person.post(f"/invoices/{invoice}/lines", json=whole, headers=key()), status)

    def submit(self, invoice: str) -> Any:
        return said(self.world.partner_admin.post(f"/invoices/{invoice}/submit", json={}, headers=key()))

    def act(
        self, invoice: str, line: str, verb: str, form: Any = None, *, who: str = "fund_admin", status: int = 200
    ) -> Any:
        """One verb on a line."""
        person: Person = getattr(self.world, who)
        return said(person.post(f"/invoices/{invoice}/lines/{line}/{verb}", json=form or {}, headers=key()), status)


def agree(world: World, terms: dict[str, Any], award: str = "3000.00") -> Agreed:
    """The whole ground: a case with an award, and terms that one person drafted and another put in force."""
    story = Story(world).begin().apply().accept().assign().fund_it(award)
    agreement = agreement_of(world, story.fund, terms)
    payee = {"kind": "partner", "name": NORTH}
    made = said(world.partner_admin.post("/payees", json=payee, headers=key()), 201)
    return Agreed(world, story, agreement, made["id"])


def agreement_of(world: World, fund: str, terms: dict[str, Any], partner: str = NORTH) -> str:
    """An agreement whose terms are in force."""
    form = {"fund_id": fund, "partner_id": str(world.partners[partner]), "name": "Representation"}
    agreement = str(said(world.fund_admin.post("/agreements", json=form, headers=key()), 201)["id"])
    version(world, agreement, terms)
    return agreement


def version(world: World, agreement: str, terms: dict[str, Any]) -> Any:
    """A version more, in force."""
    path = f"/agreements/{agreement}/versions"
    drafted = said(world.fund_admin.post(path, json=terms, headers=key()), 201)["versions"][-1]["id"]
    return said(world.approver.post(f"{path}/{drafted}/approve", json={}, headers=key()))


def invoiced(world: World, story: Story) -> dict[str, str]:
    """An agreement and an invoice of the case's own attorney, handed in, by the names in the routes' paths."""
    agreement = agreement_of(world, story.fund, CASELOAD)
    said(world.fund_admin.post(f"/agreements/{agreement}/reports", json={"number": 2}, headers=key()), 201)
    made = said(world.attorney.post("/invoices", json={"agreement_id": agreement, "number": "A-1"}, headers=key()), 201)
    path = f"/invoices/{made['id']}"
    today = said(world.attorney.get(f"/agreements/{agreement}"))
    form = {"case": story.reference, "worked_on": today["as_of"], "instalment": 1}
    line = said(world.attorney.post(f"{path}/lines", json=form, headers=key()), 201)["lines"][0]["id"]
    said(world.attorney.post(f"{path}/submit", json={}, headers=key()))
    return {
        "agreement_id": agreement,
        "version_id": today["in_force"]["id"],
        "number": "2",
        "invoice_id": made["id"],
        "line_id": line,
    }
