"""One world with a matter in every relation to its people: what the cells of the matrix are asked of."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlmodel import col

from app.access import walls
from app.access.grants import Permission
from app.access.model import Account, AccountStatus, SignInSession
from app.audit.actions import record
from app.cases.model import Wall
from app.cases.rules import WallReason
from app.db import new_id
from tests.documents.files import hand_in
from tests.retention.ways import erase, put_on_hold
from tests.story import BODY, Story, said
from tests.world import Person, World, key

#: How a matter stands to the person of each role: the attorney of North, the intake worker of the desk, and so on.
#: assigned: worked on by this very person · own: by a colleague · other: by another organization · walled: as assigned,
#: behind a wall · ended: no longer worked on (an ended assignment, a withdrawn application) · held: as assigned, under
#: a legal hold · erased: closed, and the person erased since.
RELATIONS = ("assigned", "own", "other", "walled", "ended", "held", "erased")
#: Who asks, by role; then those who may do nothing any more, or never might.
ASKERS = {
    "intake": "intake",
    "attorney": "attorney",
    "partner": "partner_admin",
    "fund": "fund_admin",
    "auditor": "auditor",
    "system": "admin",
}
SHUT = {"anonymous": "stranger", "suspended": "colleague", "expired": "intake_colleague"}


@dataclass(frozen=True)
class Matter:
    """A case with its money, and beside it an application that is still open, as far as the relation goes."""

    ids: dict[str, str]
    email: str
    reference: str
    desk_email: str
    desk_reference: str


def matters(world: World) -> dict[str, Matter]:
    """Make them all, put up the walls, suspend one person and let the session of another run out."""
    fund = Story(world).begin().fund
    said(world.approver.post("/break-glass/holders", json={"account_id": str(world.people["fund_admin"])}), 201)
    said(world.fund_admin.post("/break-glass/holders", json={"account_id": str(world.people["releaser"])}), 201)
    said(world.fund_admin.post("/break-glass/holders", json={"account_id": str(world.people["approver"])}), 201)
    made = {relation: _matter(world, fund, relation) for relation in RELATIONS}
    put_on_hold(world, case_id=made["held"].ids["case_id"])
    put_on_hold(world, applicant_id=made["held"].ids["person_id"])
    for name in ("applicant_id", "person_id"):
        erase(world, made["erased"].ids[name])
    _walls(world, made["walled"])
    _shut(world)
    return made


def _body(email: str) -> dict[str, Any]:
    return {"contact": {"email": email, "phone_safe": "yes", "address": BODY["contact"]["address"]}}


def _matter(world: World, fund: str, relation: str) -> Matter:
    email, desk_email = f"{relation}.case@demo.example", f"{relation}.desk@demo.example"
    a_number = BODY["applicant"] | {"a_number": f"A8{RELATIONS.index(relation)}0 000 017"}
    partner, lawyer, admin = {
        "own": ("North Legal Aid", "colleague", "partner_admin"),
        "other": ("South Legal Aid", "attorney2", "partner_admin2"),
    }.get(relation, ("North Legal Aid", "attorney", "partner_admin"))
    story = Story(world, fund=fund).apply(applicant=a_number, **_body(email))
    handed = _document(world.intake, f"/applications/{story.application}")
    story.accept(partner).assign(lawyer, admin)
    ids = _of_case(world, story, lawyer) | {"fund_id": fund, "handed_id": handed}
    if relation == "ended":
        said(world.partner_admin.post(f"/assignments/{story.assignment}/end", json={}))
    if relation == "erased":
        _close(world, story)
    taker = {"own": "intake_colleague", "other": "other_intake"}.get(relation, "intake")
    a_number = BODY["applicant"] | {"a_number": f"A9{RELATIONS.index(relation)}0 000 017"}
    form = BODY | {"submit": True, "applicant": a_number} | _body(desk_email)
    taken = said(getattr(world, taker).post("/applications", json=form), 201)
    checked = said(getattr(world, taker).post(f"/applications/{taken['id']}/conflict-checks", json={}), 201)
    paper = _document(getattr(world, taker), f"/applications/{taken['id']}")
    if relation in ("ended", "erased"):
        said(world.intake.post(f"/applications/{taken['id']}/withdraw", json={"reason": "has_counsel"}))
    ids |= {"application_id": taken["id"], "person_id": taken["applicant_id"], "check_id": checked["id"]}
    ids["desk_document_id"] = paper
    return Matter(ids, email, story.reference, desk_email, taken["reference"])


def _document(person: Person, path: str) -> str:
    return str(said(hand_in(person, path, "secret.txt", b"una carta"), 201)["id"])


def _of_case(world: World, story: Story, lawyer: str) -> dict[str, str]:
    person = getattr(world, lawyer)
    hearing = {"held_on": "2027-03-09", "kind": "master", "court": "DEN"}
    deadline = {"due_on": "2027-03-09", "kind": "evidence", "title": "brief"}
    story.world = _As(world, lawyer)  # type: ignore[assignment]  # the story asks for its attorney by that name
    story.fund_it("300.00").draft("100.00", "secret memo")
    story.world = world
    # Three emergency openings a person: the later ones are somebody else's.
    world.made["opened"] = world.made.get("opened", 0) + 1
    opener = (world.fund_admin, world.releaser, world.approver)[(world.made["opened"] - 1) // 3]
    opened = opener.post("/break-glass", json={"case_id": story.case, "reason": "danger", "text": "x"})
    return {
        "case_id": story.case,
        "applicant_id": story.applicant,
        "assignment_id": story.assignment,
        "award_id": story.award,
        "disbursement_id": story.disbursement,
        "payee_id": story.payee,
        "opening_id": said(opened, 201)["id"],
        "document_id": _document(person, f"/cases/{story.case}"),
        "hearing_id": said(person.post(f"/cases/{story.case}/hearings", json=hearing), 201)["id"],
        "deadline_id": said(person.post(f"/cases/{story.case}/deadlines", json=deadline), 201)["id"],
    }


def _close(world: World, story: Story) -> None:
    """The money back in its fund, and the case closed: only then somebody can be erased."""
    said(world.attorney.post(f"/disbursements/{story.disbursement}/submit", json={}, headers=key()))
    said(world.approver.post(f"/disbursements/{story.disbursement}/reject", json={"reason": "x"}, headers=key()))
    said(world.approver.post(f"/awards/{story.award}/close", json={}, headers=key()))
    closing = {"outcome": "services_completed", "reason": "done"}
    said(world.attorney.post(f"/cases/{story.case}/close", json=closing))


@dataclass
class _As:
    """The world, in which another lawyer goes by the name of attorney."""

    world: World
    lawyer: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.world, self.lawyer if name == "attorney" else name)


def _walls(world: World, matter: Matter) -> None:
    """A wall for each asker: around the case, and around the person whose application is still open."""
    with world.act_as("releaser") as work:
        work.allow(Permission.WALL_SET)
        for who in ASKERS.values():
            for applicant, subjects in (
                (matter.ids["applicant_id"], ("applicant_id", "case_id")),
                (matter.ids["person_id"], ("person_id",)),
            ):
                wall_id = new_id()
                work.session.execute(
                    insert(Wall).values(
                        id=wall_id,
                        account_id=world.people[who],
                        case_id=UUID(matter.ids["case_id"]),
                        applicant_id=UUID(applicant),
                        reason=WallReason.OTHER,
                        text_sealed=b"",
                        set_by=work.actor.id,
                        set_at=work.now,
                    )
                )
                walls.put_up(work.session, wall_id, world.people[who], [UUID(matter.ids[name]) for name in subjects])
        record(work, "wall.set", object_type="wall")


def _shut(world: World) -> None:
    with world.services.database.writing() as connection:
        connection.execute(
            update(Account)
            .where(col(Account.id) == world.people[SHUT["suspended"]])
            .values(status=AccountStatus.SUSPENDED)
        )
        connection.execute(
            update(SignInSession)
            .where(col(SignInSession.account_id) == world.people[SHUT["expired"]])
            .values(ends_at=datetime.now(UTC) - timedelta(seconds=1))
        )
