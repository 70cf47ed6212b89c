"""One case's whole way by HTTP, as its people go it: the ground that tests of the whole stand on."""

from dataclasses import dataclass, field
from typing import Any

from tests.world import NORTH, Person, World, key

#: A fictional applicant who fits Denver's and Colorado's rules: four people, 38,000 dollars, before the court.
BODY: dict[str, Any] = {
    "applicant": {
        "given_names": "Ejemplo",
        "family_names": "Ficticio",
        "date_of_birth": "1990-02-28",
        "country_of_birth": "GT",
        "a_number": "A900 000 017",
        "preferred_language": "spa",
        "interpreter_needed": "yes",
    },
    "contact": {
        "phone": "(303) 555-0142",
        "phone_safe": "yes",
        "email": "ejemplo@demo.example",
        "address": {
            "street": "1 Example Street",
            "city": "Denver",
            "county": "Denver",
            "state": "CO",
            "postal_code": "80204",
        },
    },
    "household": {"size": 4, "annual_income": "38000.00", "income_basis": "self_attested"},
    "immigration": {
        "status": "none",
        "in_removal_proceedings": "yes",
        "custody": "released",
        "court": "DEN",
        "next_hearing_on": "2027-03-09",
        "entered_on": "2021-05-01",
        "has_counsel": "no",
    },
    "consents": {"store": True, "share_with_partner": True},
}


def said(answer: Any, status: int = 200) -> Any:
    """The answer's JSON; whatever else came is shown."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
    return answer.json()


@dataclass
class Story:
    """The ids of everything that one case's way has made so far."""

    world: World
    fund: str = ""
    application: str = ""
    applicant: str = ""
    check: str = ""
    case: str = ""
    reference: str = ""
    assignment: str = ""
    award: str = ""
    payee: str = ""
    disbursement: str = ""
    ids: dict[str, str] = field(default_factory=dict)

    def begin(self, ruleset: str = "denver-dilsf") -> "Story":
        """A fund with 10,000 dollars for representation."""
        admin = self.world.fund_admin
        fund = {"name": "Denver Fund", "giver": "City", "starts_on": "2024-01-01", "ends_on": "2028-12-31",
                "awarded_total": "20000.00", "ruleset": ruleset}  # fmt: skip
        self.fund = said(admin.post("/funds", json=fund, headers=key()), 201)["id"]
        allocation = {"category": "representation", "amount": "10000.00"}
        said(admin.post(f"/funds/{self.fund}/allocations", json=allocation, headers=key()), 201)
        return self

    def apply(self, **changes: Any) -> "Story":
        """The application, submitted and checked for conflicts."""
        intake = self.world.intake
        made = said(intake.post("/applications", json=BODY | {"submit": True} | changes), 201)
        self.application, self.applicant = made["id"], made["applicant_id"]
        self.check = said(intake.post(f"/applications/{self.application}/conflict-checks", json={}), 201)["id"]
        return self

    def accept(self, partner: str = NORTH) -> "Story":
        """The case, offered to a partner."""
        form = {"fund_id": self.fund, "partner_id": str(self.world.partners[partner]), "representation": "full"}
        made = said(self.world.intake.post(f"/applications/{self.application}/accept", json=form), 201)
        self.case, self.reference = made["id"], made["reference"]
        return self

    def assign(self, attorney: str = "attorney", admin: str = "partner_admin") -> "Story":
        """The attorney, who attests that there is no conflict."""
        form = {"attorney_id": str(self.world.people[attorney]), "role": "primary"}
        asker: Person = getattr(self.world, admin)
        self.assignment = said(asker.post(f"/cases/{self.case}/assignments", json=form), 201)["id"]
        person: Person = getattr(self.world, attorney)
        said(person.post(f"/assignments/{self.assignment}/accept", json={"no_conflict": True}))
        return self

    def fund_it(self, amount: str = "1500.00") -> "Story":
        """The award, approved, and somebody to pay."""
        form = {"case_id": self.case, "fund_id": self.fund, "category": "representation", "amount": amount}
        self.award = said(self.world.attorney.post("/awards", json=form, headers=key()), 201)["id"]
        said(self.world.fund_admin.post(f"/awards/{self.award}/approve", json={}, headers=key()))
        payee = {"name": "Example Translation", "kind": "vendor"}
        self.payee = said(self.world.attorney.post("/payees", json=payee, headers=key()), 201)["id"]
        return self

    def draft(self, amount: str = "437.19", memo: str = "interview") -> "Story":
        """A disbursement as a draft."""
        form = {"award_id": self.award, "payee_id": self.payee, "amount": amount, "method": "ach", "memo": memo}
        self.disbursement = said(self.world.attorney.post("/disbursements", json=form, headers=key()), 201)["id"]
        return self

    def pay(self, amount: str = "437.19") -> "Story":
        """A disbursement through four hands until it is settled."""
        return self.draft(amount).settle()

    def pay_with(self, memo: str) -> "Story":
        """A small one with these words as its memo."""
        return self.draft("1.00", memo).settle()

    def settle(self) -> "Story":
        """The drafted disbursement through the hands of its four people."""
        for who, verb in (("attorney", "submit"), ("approver", "approve"), ("releaser", "release")):
            self.step(who, verb)
        return self.step("fund_admin", "settle", {"bank_reference": "ACH-EXAMPLE-1"})

    def step(self, who: str, verb: str, form: dict[str, Any] | None = None) -> "Story":
        """One verb on the disbursement."""
        person: Person = getattr(self.world, who)
        said(person.post(f"/disbursements/{self.disbursement}/{verb}", json=form or {}, headers=key()))
        return self


def whole_way(world: World) -> Story:
    """From the fund to a settled disbursement."""
    return Story(world).begin().apply().accept().assign().fund_it().pay()
