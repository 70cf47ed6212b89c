"""As whom the database is asked, for everybody who asks: people at their doors, the gate, and the house itself.

Which rows the words below show stands in ``app/access/policies/``. A sight is the second wall: it is never narrower
than a room's ``scope.py`` and never wider than the person's organization, unless a grant over all records says so.
"""

from typing import Final

from app.access.actor import OPERATOR_ID, Actor
from app.access.grants import Permission, Reach
from app.sight import Sight

#: What permissions are about when, held over ALL, they reach the records of every organization.
_RECORDS: Final = frozenset(
    {
        "agreement",
        "applicant",
        "application",
        "assignment",
        "award",
        "batch",
        "bond",
        "case",
        "conflict",
        "disbursement",
        "document",
        "erasure",
        "fund",
        "fund_report",
    }
    | {"help", "hold", "invoice", "obligor", "override", "payee", "report", "retention", "statement", "wall"}
)

#: Acts that look and change nothing.
_LOOKING: Final = frozenset({"access", "open", "read", "reveal", "search"})

#: Somebody at an open door: signing in, choosing a password, asking whether the service is ready.
DOOR: Final = Sight("door")
#: The sealer: reads events, adds positions and seals.
SEALER: Final = Sight("sealer")
#: The conflict check: whose identifiers are shared, across all organizations. For those statements alone.
DIRECTORY: Final = Sight("directory")
#: Whose names stand on a trace that the asker may read, across all organizations. For those statements alone.
NAMES: Final = Sight("names")
#: How many records there are that somebody reaches, or that wait, for who sees none. For those statements alone.
COUNTING: Final = Sight("counting")
#: Commands at the machine itself, migrations among them: every row.
OPERATOR: Final = Sight("operator", str(OPERATOR_ID))


def at_the_gate(digest: bytes) -> Sight:
    """For the one look-up of who asks: the session or token with this digest, and whose it is."""
    return Sight("gate", key=digest.hex())


def of_person(actor: Actor) -> Sight:
    """What a signed-in person's requests are shown."""
    return Sight(_words(actor), str(actor.id), "" if actor.partner_id is None else str(actor.partner_id))


def of_visitor(actor: Actor | None) -> Sight:
    """For an open door: what signing in needs, and what the visitor sees if somebody is signed in already."""
    if actor is None:
        return DOOR
    return Sight(f"door {_words(actor)}", str(actor.id), "" if actor.partner_id is None else str(actor.partner_id))


def _words(actor: Actor) -> str:
    """The words of what this person may see, and those of what they may decide: `app.access.rows` keeps them apart."""
    held = actor.permissions
    over_all = {each for each in held if actor.reach(each) is Reach.ALL}
    # What waits for the nightly run is only counted: the run itself is the machine's operator.
    of_records = {each for each in held if each.partition(".")[0] in _RECORDS} - {Permission.RETENTION_RUN}
    deciding = {each for each in of_records if each.partition(".")[2] not in _LOOKING}
    words = {
        "records": of_records & over_all,
        "deciding": deciding & over_all,
        "working": deciding,
        "audit": over_all & {Permission.AUDIT_READ},
        "partners": over_all & {Permission.PARTNER_READ},
        "staff": over_all & {Permission.STAFF_READ},
        "managing": over_all & {Permission.STAFF_MANAGE},
        "staffing": held & {Permission.STAFF_MANAGE},
        "providing": over_all & {Permission.CLIENT_MANAGE, Permission.IDENTITY_PROVIDER_MANAGE},
        "reviewing": over_all & {Permission.ACCESS_REVIEW},
    }
    return " ".join(["person", *(word for word, permissions in words.items() if permissions)])
