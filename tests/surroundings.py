"""One of everything that may stand around a case: walls, help, an emergency, a hold, programs, ways to sign in."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import col

from app.access.sights import OPERATOR
from app.audit.model import AuditLeaf
from app.audit.sealing import make_checkpoint, seal_once, seals_file
from tests.authenticators.hands import enrolled
from tests.documents.files import hand_in, picture
from tests.retention.ways import held_and_asked
from tests.single_sign_on.visitor import organization_of
from tests.story import Story, said
from tests.world import Person, World


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
    made["event_id"] = marked_event(world)
    return made


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
