"""People with a story, ready to be erased, and what the database holds of them."""

from sqlalchemy import select

from app.db import metadata
from tests.documents.files import hand_in, picture
from tests.story import BODY, Story, said, whole_way
from tests.world import World, key

CLOSING = {"outcome": "relief_granted", "reason": "The judge granted asylum."}

#: Every column of bytes that can hold something of a person, and so is emptied or deleted with them.
OF_A_PERSON = {
    "applicant": {
        "identity_sealed",
        "contact_sealed",
        "immigration_sealed",
        "finances_sealed",
        "criminal_history_sealed",
        "notes_sealed",
        "a_number_index",
        "phone_index",
        "email_index",
    },
    "application": {"remarks_sealed"},
    "assignment": {"decline_note"},
    "award": {"rejection"},
    "bond": {"rejection"},
    "case": {"language", "closing_reason"},
    "case_note": {"body"},
    "conflict_check": {"reason_sealed"},
    "deadline": {"title"},
    "disbursement": {"memo", "reason"},
    "document": {"words_sealed", "key_sealed", "removal_sealed"},
    "glass_opening": {"text_sealed", "review_sealed"},
    "hold": {"reason_sealed"},
    "invoice_line": {"narrative", "dispute_words"},
    "obligor": {"address"},
    "override": {"reason_sealed"},
    "screening": {"snapshot_sealed"},
    "wall": {"text_sealed"},
}


def closed_story(world: World) -> Story:
    """A case from the fund to its closing: with a note, a deadline, a hearing, two documents, and a payee who is its
    client."""
    story = whole_way(world)
    attorney = world.attorney
    said(attorney.post(f"/cases/{story.case}/notes", json={"body": "She fears her uncle."}), 201)
    deadline = {"kind": "evidence", "due_on": "2027-02-01", "title": "Letters of neighbors"}
    said(attorney.post(f"/cases/{story.case}/deadlines", json=deadline), 201)
    said(attorney.post(f"/cases/{story.case}/hearings", json={"kind": "master", "held_on": "2027-03-09"}), 201)
    said(hand_in(attorney, f"/cases/{story.case}", "photo.png", picture()), 201)
    said(hand_in(attorney, f"/cases/{story.case}", "theory.txt", b"She fears her uncle.", privileged="true"), 201)
    payee = {"kind": "person", "name": "Ejemplo Ficticio", "case_id": story.case}
    story.ids["payee"] = said(attorney.post("/payees", json=payee, headers=key()), 201)["id"]
    said(world.fund_admin.post(f"/awards/{story.award}/close", json={}, headers=key()))
    said(attorney.post(f"/cases/{story.case}/close", json=CLOSING))
    return story


def declined(world: World, number: int = 1) -> str:
    """Somebody whose application was declined; the applicant's id."""
    body = BODY | {"submit": True, "applicant": BODY["applicant"] | {"a_number": f"A{900_100_000 + number}"}}
    made = said(world.intake.post("/applications", json=body), 201)
    form = {"reason": "out_of_area", "referral": "Legal aid of the next county"}
    said(world.intake.post(f"/applications/{made['id']}/decline", json=form))
    return str(made["applicant_id"])


def values_of_people(world: World) -> set[bytes]:
    """Everything sealed or indexed that the database holds of people."""
    found: set[bytes] = set()
    with world.services.database.engine.connect() as connection:
        for name, columns in OF_A_PERSON.items():
            table = metadata.tables[name]
            for row in connection.execute(select(*(table.c[column] for column in sorted(columns)))):
                found.update(bytes(value) for value in row if value)
    return found
