"""The home page, the page of a case, the page of who has opened it, and the way from a reference to its record."""

from uuid import UUID

from app.access.grants import Permission
from app.applicants.rules import NO_ANSWER, plain_date
from app.bonds.reads.bonds import bonds_of_case
from app.cases.reads import attorneys, helpers_for
from app.desk import reads
from app.desk.reads.bonds import bond_to_ask
from app.desk.reads.finding import find, reads_as_reference
from app.retention.reads.holds import standing_of
from app.web.answers import Answer, Page
from app.web.choices import name_of_language
from app.web.door import Door
from app.work import Work, etag

door = Door(tag="pages")


@door.page("/", Permission.ACCOUNT_OWN)
def home_page(work: Work) -> Page:
    """What needs you now."""
    return Page("desk/home.html", {"home": reads.home(work)})


@door.page("/find", Permission.ACCOUNT_OWN)
def find_page(work: Work, reference: str = "") -> Answer:
    """From a reference to its record. What is not there and what is not open are answered alike."""
    text = reference.strip()[:40]
    found = find(work, text)
    if found is not None:
        headers = {"Location": f"/{found.kind}/{found.id}"}
        return Answer(Page("desk/find.html", {"reference": text, "outcome": "blank"}, 303), headers)
    outcome = ("nothing" if reads_as_reference(text) else "unreadable") if text else "blank"
    return Answer(Page("desk/find.html", {"reference": text, "outcome": outcome}))


@door.page("/cases/{case_id}", Permission.CASE_READ)
def case_page(work: Work, case_id: UUID) -> Page:
    """One case: what is next, who works on it, its notes, money and timeline, and what can be done with it."""
    case, timeline = reads.glance_and_timeline(work, case_id)
    permissions = work.actor.permissions
    asks = Permission.ASSIGNMENT_OFFER in permissions and case.status != "closed"
    spoken = case.applicant and case.applicant.contact and case.applicant.contact.preferred_language
    born = case.applicant and case.applicant.identity and plain_date(case.applicant.identity.date_of_birth)
    bonds = bonds_of_case(work, case_id)
    of_funds = reads.payers_to_ask(work, case_id, case.applicant.id if case.applicant else None)
    return Page(
        "desk/case.html",
        {
            "case": case,
            "etag": etag(case.version),
            "stations": reads.way(work, case),
            "timeline": timeline,
            "works": case.notes is not None,
            "attorneys": [(each.id, f"{each.name} ({each.cases})") for each in attorneys(work)] if asks else [],
            "payers": of_funds.items,
            "not_paying": of_funds.unavailable,
            "bonds": bonds,
            "asks_bond": bond_to_ask(work, case.money, bonds) if case.status == "open" else None,
            "me": work.actor.id,
            "born_on": born,
            "language": name_of_language(work.language, spoken) if spoken and spoken not in NO_ANSWER else spoken,
            "now": work.now,
            "kept": standing_of(work, case_id),
        },
    )


@door.page("/cases/{case_id}/fees", Permission.FEE_QUOTE)
def fees_page(work: Work, case_id: UUID, on: str = "") -> Page:
    """The government's fees of one case: notices with a last day, quotes, waivers, and the ways to money."""
    return Page("desk/case_fees.html", {"of": reads.fees_of_case(work, case_id, plain_date(on)), "now": work.now})


@door.page("/cases/{case_id}/access", Permission.CASE_ACCESS)
def access_page(work: Work, case_id: UUID, cursor: str | None = None) -> Page:
    """Who has opened a case."""
    found = reads.access(work, case_id, cursor=cursor)
    path = f"/cases/{case_id}/access"
    return Page(
        "desk/access.html",
        {
            "access": found,
            "next_url": f"{path}?cursor={found.next}" if found.next else None,
            "first_url": path if cursor else None,
            "helpers": [(each.id, each.name) for each in helpers_for(work, case_id)],
            "now": work.now,
        },
    )
