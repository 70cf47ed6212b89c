"""One of everything that may stand around a case: walls, help, an emergency, a hold, programs, ways to sign in."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import col

from app.access.sights import OPERATOR
from app.audit.model import AuditLeaf
from app.audit.sealing import make_checkpoint, seal_once, seals_file
from tests.authenticators.hands import enrolled
from tests.batches.stage import make
from tests.documents.files import hand_in, picture
from tests.fees.files import dearer
from tests.retention.ways import held_and_asked
from tests.single_sign_on.visitor import organization_of
from tests.statements.samples import Booked, ofx
from tests.story import Story, said
from tests.world import Person, World, key, today


def surroundings(world: World, story: Story) -> dict[str, str]:
    """Made as people make it, by the names in the routes' paths."""
    question = {"name": "Quarter", "period": "last_quarter", "shared": True}
    program = {"name": "Desk", "role": "auditor", "scopes": ["audit.read"]}
    made = {"client_id": said(world.admin.post("/clients", json=program), 201)["id"]}
    made["secret_id"] = said(world.admin.get(f"/clients/{made['client_id']}"))["secrets"][0]["id"]
    made["token_id"] = said(world.attorney.post("/tokens", json={"name": "script"}), 201)["id"]
    made |= held_and_asked(world, story.case)
    path = f"/staff/{world.people['releaser']}"
    said(world.fund_admin.patch(path, json={"roles": ["auditor"]}, headers={"If-Match": '"1"'}))
    made["request_id"] = said(world.fund_admin.get(path))["waiting"]["id"]
    lost = {"account_id": str(world.people["colleague"])}
    made["reset_id"] = said(world.partner_admin.post("/factor-resets", json=lost), 201)["id"]
    made["passkey_id"] = passkey_of(world.colleague)
    made["saved_id"] = said(world.approver.post("/reports/saved", json=question), 201)["id"]
    made |= walled_helped_and_opened(world, story)
    made["provider_id"], made["identity_id"] = organization_of(world, "colleague")
    paper = hand_in(world.attorney, f"/cases/{story.case}", "letter.png", picture())
    made["document_id"] = said(paper, 201)["id"]
    made["programme_id"] = said(world.fund_admin.post("/programmes", json={"name": "Together"}), 201)["id"]
    income = {"kind": "income", "fund_id": story.fund, "amount": "1.00"}
    made["transfer_id"] = said(world.fund_admin.post("/transfers", json=income, headers=key()), 201)["id"]
    made["bond_id"] = asked_bond(world, story)
    made |= fees_around(world, story)
    made |= run_and_statement(world, story)
    made["event_id"] = marked_event(world)
    return made


def asked_bond(world: World, story: Story) -> str:
    """A bond that nobody has decided on."""
    money = {"category": "bond", "amount": "2000.00"}
    said(world.fund_admin.post(f"/funds/{story.fund}/allocations", json=money, headers=key()), 201)
    form = {"case_id": story.case, "fund_id": story.fund, **money}
    award = said(world.attorney.post("/awards", json=form, headers=key()), 201)["id"]
    bond = {"award_id": award, "kind": "delivery", "obligor": {"holder": "fund", "kind": "nonprofit"}}
    return str(said(world.attorney.post("/bonds", json=bond, headers=key()), 201)["id"])


def run_and_statement(world: World, story: Story) -> dict[str, str]:
    """A run that the approver confirmed, and a bank's statement with one line that nobody explained."""
    form = {"award_id": story.award, "payee_id": story.payee, "amount": "1.00", "method": "check"}
    paid = said(world.attorney.post("/disbursements", json=form, headers=key()), 201)["id"]
    for who, verb in (("attorney", "submit"), ("approver", "approve"), ("releaser", "release")):
        said(getattr(world, who).post(f"/disbursements/{paid}/{verb}", json={}, headers=key()))
    run = said(make(world, story.fund, method="check"), 201)["id"]
    said(world.approver.post(f"/batches/{run}/confirm", json={}, headers=key()))
    data = ofx([Booked(today(), "1.00", "INTEREST")], "1.00")
    taken = world.fund_admin.post(
        "/statements", data={"format": "ofx", "opening": "0.00"}, files={"file": ("s.ofx", data)}, headers=key()
    )
    return {"batch_id": run, "kind": "register", "statement_id": said(taken, 201)["id"]}


def fees_around(world: World, story: Story) -> dict[str, str]:
    """A schedule that waits for a second person; a quote, a waiver and a notice of the case."""
    of_case, day = f"/cases/{story.case}", today().isoformat()
    said(world.fund_admin.post("/fees/schedules", json={"content": dearer()}), 201)
    asked = {"filed_on": day, "fees": ["uscis-i-765-general-online-2024"]}
    waiver = {"agency": "uscis", "form": "I-765"}
    return {
        "schedule_id": said(world.fund_admin.get("/fees/schedules"))["items"][0]["id"],
        "quote_id": said(world.attorney.post(f"{of_case}/fee-quotes", json=asked), 201)["id"],
        "waiver_id": said(world.attorney.post(f"{of_case}/fee-waivers", json=waiver), 201)["id"],
        "notice_id": said(world.attorney.post(f"{of_case}/fee-notices", json={"noticed_on": day}), 201)["id"],
    }


def marked_event(world: World) -> str:
    """The first event of the record, once a checkpoint stands over it."""
    services, now = world.services, datetime.now(UTC)
    seal_once(services.database, services.vault, seals_file(services.settings), now)
    make_checkpoint(services.database, services.vault, now)
    with services.database.connect(OPERATOR) as connection:
        return str(connection.execute(select(col(AuditLeaf.event_id)).where(col(AuditLeaf.position) == 1)).scalar_one())


def walled_helped_and_opened(world: World, story: Story) -> dict[str, str]:
    """A wall around somebody without a part, a colleague's help that was ended, and an emergency opening."""
    wall = {"account_id": str(world.people["other_intake"]), "reason": "other", "text": "x"}
    wall_id = said(world.approver.post(f"/cases/{story.case}/walls", json=wall), 201)["id"]
    lent = {"account_id": str(world.people["colleague"]), "hours": 1}
    help_id = said(world.attorney.post(f"/cases/{story.case}/helpers", json=lent), 201)["id"]
    said(world.attorney.post(f"/cases/{story.case}/helpers/{help_id}/end", json={}))
    named = {"account_id": str(world.people["approver"])}
    said(world.fund_admin.post("/break-glass/holders", json=named), 201)
    glass = {"case_id": story.case, "reason": "danger", "text": "x"}
    opened = said(world.approver.post("/break-glass", json=glass), 201)
    return {"wall_id": wall_id, "help_id": help_id, "opening_id": opened["id"], "holder_id": named["account_id"]}


def passkey_of(person: Person) -> str:
    enrolled(person)
    return str(said(person.get("/passkeys"), 200)["items"][0]["id"])
