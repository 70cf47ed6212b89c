"""How each row of the matrix is asked over HTTP, and what the answer says. Nothing is changed by asking."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from tests.access.matters import Matter
from tests.world import key

#: What no form takes: whoever may and reaches the record is told so by 422, and nothing is changed.
_SENSELESS: dict[str, Any] = {"no_such_field": 1}

Look = Callable[[Any, Matter], bool]
#: Whoever asks: a `Person`, or one who remembers or only notes.
Asker = Any


def _verb(method: str, path: str) -> Callable[[Asker, Matter], str]:
    def ask(person: Asker, matter: Matter) -> str:
        more = {} if method == "GET" else {"json": _SENSELESS, "headers": key() | {"If-Match": '"1"'}}
        return _word(person.request(method, path.format(**matter.ids), **more).status_code, "r")

    return ask


def _made(path: str, body: Callable[[Matter], dict[str, Any]]) -> Callable[[Asker, Matter], str]:
    """A record to be made under another one: everything fits but what must exist besides."""

    def ask(person: Asker, matter: Matter) -> str:
        return _word(person.post(path, json=body(matter), headers=key()).status_code, "r")

    return ask


def _shown(path: str, look: Look) -> Callable[[Asker, Matter], str]:
    def ask(person: Asker, matter: Matter) -> str:
        answer = person.get(path.format(**matter.ids))
        if answer.status_code != 200:
            return _word(answer.status_code, "?")
        return "o" if look(answer.json(), matter) else "m"

    return ask


def _listed(path: str, name: str, look: Look | None = None) -> Callable[[Asker, Matter], str]:
    def ask(person: Asker, matter: Matter) -> str:
        answer = person.get(path.format(**matter.ids))
        if answer.status_code != 200:
            return _word(answer.status_code, "?")
        mine = [each for each in answer.json()["items"] if matter.ids[name] in (each.get("id"), each.get(name))]
        if not mine:
            return "4"
        return "o" if look is None or look(mine[0], matter) else "m"

    return ask


def _handed_in(path: str) -> Callable[[Asker, Matter], str]:
    """A file is handed in as a form; this one has no part that is known."""

    def ask(person: Asker, matter: Matter) -> str:
        answer = person.post(path.format(**matter.ids), files={"no_such_file": b"x"}, headers=key())
        return _word(answer.status_code, "r")

    return ask


def _opened(path: str, group: str, **more: str) -> Callable[[Asker, Matter], str]:
    def ask(person: Asker, matter: Matter) -> str:
        answer = person.post(path.format(**matter.ids), json={"group": group, **more})
        return _word(answer.status_code, "o")

    return ask


def _found(desk: bool) -> Callable[[Asker, Matter], str]:
    def ask(person: Asker, matter: Matter) -> str:
        answer = person.post("/applicants/search", json={"email": matter.desk_email if desk else matter.email})
        if answer.status_code != 200:
            return _word(answer.status_code, "?")
        wanted = matter.ids["person_id" if desk else "applicant_id"]
        return "o" if wanted in {each["applicant_id"] for each in answer.json()["items"]} else "4"

    return ask


def _word(status: int, reached: str) -> str:
    if status in (200, 201, 412, 422):
        return reached
    return {401: "1", 403: "3", 404: "4"}.get(status, str(status))


_GROUPS = ("identity", "contact", "immigration", "finances", "criminal_history", "notes")

ROWS: dict[str, Callable[[Asker, Matter], str]] = {
    **{
        f"reveal {group}": _opened("/applicants/{applicant_id}/reveal", group, purpose="representation")
        for group in _GROUPS
    },
    **{f"desk {group}": _opened("/applicants/{person_id}/reveal", group, purpose="intake") for group in _GROUPS},
    "search client": _found(desk=False),
    "search applicant": _found(desk=True),
    **{
        f"emergency {group}": _opened("/break-glass/{opening_id}/reveal", group)
        for group in ("identity", "contact", "immigration")
    },
    "emergency notice": _listed("/break-glass?limit=200", "opening_id"),
    "emergency review": _verb("POST", "/break-glass/{opening_id}/review"),
    "application": _shown("/applications/{application_id}", lambda found, _: _names(found)),
    "application in list": _listed("/applications?limit=200", "application_id", lambda found, _: bool(found["name"])),
    "application receipt": _verb("GET", "/applications/{application_id}/receipt"),
    "application change": _verb("PATCH", "/applications/{application_id}"),
    "application submit": _verb("POST", "/applications/{application_id}/submit"),
    "application screen": _verb("POST", "/applications/{application_id}/screenings"),
    "application accept": _verb("POST", "/applications/{application_id}/accept"),
    "application decline": _verb("POST", "/applications/{application_id}/decline"),
    "application override": _verb("POST", "/applications/{application_id}/overrides"),
    "conflict run": _verb("POST", "/applications/{application_id}/conflict-checks"),
    "conflict check": _verb("GET", "/conflict-checks/{check_id}"),
    "conflict resolve": _verb("POST", "/conflict-checks/{check_id}/resolve"),
    "case": _verb("GET", "/cases/{case_id}"),
    "case in list": _listed("/cases?limit=200", "case_id"),
    "case facts": _shown("/cases/{case_id}", lambda found, _: found["custody"] is not None),
    "case identity": _shown("/cases/{case_id}", lambda found, _: _part(found, "identity", "family_names")),
    "case contact": _shown("/cases/{case_id}", lambda found, matter: _part(found, "contact", "email", matter.email)),
    "case notes": _shown("/cases/{case_id}", lambda found, _: found["notes"] is not None),
    "case timeline": _verb("GET", "/cases/{case_id}/timeline"),
    "case change": _verb("PATCH", "/cases/{case_id}"),
    "case close": _verb("POST", "/cases/{case_id}/close"),
    "case access": _verb("GET", "/cases/{case_id}/access"),
    "case funds": _verb("GET", "/cases/{case_id}/funds"),
    "hearing add": _verb("POST", "/cases/{case_id}/hearings"),
    "hearing cancel": _verb("POST", "/hearings/{hearing_id}/cancel"),
    "deadline add": _verb("POST", "/cases/{case_id}/deadlines"),
    "deadline complete": _verb("POST", "/deadlines/{deadline_id}/complete"),
    "calendar": _listed("/calendar?from=2027-03-01&to=2027-03-31", "case_id"),
    "note add": _verb("POST", "/cases/{case_id}/notes"),
    "notes": _verb("GET", "/cases/{case_id}/notes"),
    "document": _shown("/documents/{document_id}", lambda found, _: _named(found)),
    "document handed in": _shown("/documents/{handed_id}", lambda found, _: _named(found)),
    "document facts": _shown("/documents/{document_id}", lambda found, _: found["kind"] == "evidence"),
    "document content": _verb("GET", "/documents/{document_id}/content"),
    "document handed in content": _verb("GET", "/documents/{handed_id}/content"),
    "document change": _verb("PATCH", "/documents/{document_id}"),
    "document remove": _verb("DELETE", "/documents/{document_id}"),
    "document add": _handed_in("/cases/{case_id}/documents"),
    "documents": _listed("/cases/{case_id}/documents", "document_id", lambda found, _: _named(found)),
    "desk document": _shown("/documents/{desk_document_id}", lambda found, _: _named(found)),
    "desk document content": _verb("GET", "/documents/{desk_document_id}/content"),
    "desk document change": _verb("PATCH", "/documents/{desk_document_id}"),
    "desk document add": _handed_in("/applications/{application_id}/documents"),
    "desk documents": _listed(
        "/applications/{application_id}/documents", "desk_document_id", lambda found, _: _named(found)
    ),
    "assignment offer": _verb("POST", "/cases/{case_id}/assignments"),
    "assignment end": _verb("POST", "/assignments/{assignment_id}/end"),
    "assignment accept": _verb("POST", "/assignments/{assignment_id}/accept"),
    "help": _verb("POST", "/cases/{case_id}/helpers"),
    "walls": _verb("GET", "/cases/{case_id}/walls"),
    "wall": _verb("POST", "/cases/{case_id}/walls"),
    "award": _verb("GET", "/awards/{award_id}"),
    "award in list": _listed("/awards?limit=200", "award_id"),
    "award parts": _verb("GET", "/awards/{award_id}/parts?figure=paid"),
    "award request": _made("/awards", lambda matter: {
        "case_id": matter.ids["case_id"], "fund_id": str(uuid4()), "category": "representation", "amount": "1.00"
    }),
    "award approve": _verb("POST", "/awards/{award_id}/approve"),
    "award reject": _verb("POST", "/awards/{award_id}/reject"),
    "award close": _verb("POST", "/awards/{award_id}/close"),
    "disbursement": _verb("GET", "/disbursements/{disbursement_id}"),
    "disbursement memo": _shown("/disbursements/{disbursement_id}", lambda found, _: found["memo"] == "secret memo"),
    "disbursement in list": _listed("/disbursements?limit=200", "disbursement_id"),
    "disbursement create": _made("/disbursements", lambda matter: {
        "award_id": matter.ids["award_id"], "payee_id": str(uuid4()), "amount": "1.00", "method": "ach"
    }),
    "disbursement submit": _verb("POST", "/disbursements/{disbursement_id}/submit"),
    "disbursement approve": _verb("POST", "/disbursements/{disbursement_id}/approve"),
    "disbursement release": _verb("POST", "/disbursements/{disbursement_id}/release"),
    "disbursement settle": _verb("POST", "/disbursements/{disbursement_id}/settle"),
    "payee": _verb("GET", "/payees/{payee_id}"),
}  # fmt: skip


def _part(found: Any, group: str, name: str, value: str = "Ficticio") -> bool:
    """Whether this group of the applicant stands opened in a case."""
    applicant = found["applicant"]
    return bool(applicant and applicant[group] and applicant[group][name] == value)


def _named(found: Any) -> bool:
    """Whether a document's name stands opened."""
    return bool(found["name"] == "secret.txt")


def _names(found: Any) -> bool:
    return "Ficticio" in str(found)
