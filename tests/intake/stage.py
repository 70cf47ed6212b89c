"""Applications as tests need them: a fictional person, funds with rules, and the way to any status, over HTTP."""

from copy import deepcopy
from typing import Any

from tests.world import NORTH, World, key

#: A fictional household whose income is exactly at 200 percent of the guideline of 2026 for four people.
BODY: dict[str, Any] = {
    "applicant": {
        "given_names": "Ximena Canary",
        "family_names": "Zozobra Ñandú",
        "other_names": "Chabela",
        "date_of_birth": "1988-03-04",
        "country_of_birth": "GT",
        "a_number": "A012 345 678",
        "preferred_language": "mam",
        "interpreter_needed": "yes",
    },
    "contact": {
        "phone": "303-555-0142",
        "phone_safe": "no",
        "email": "Ximena.Zozobra@example.org",
        "address": {
            "street": "1437 Canary Street",
            "city": "Denver",
            "county": "Denver",
            "state": "CO",
            "postal_code": "80204",
        },
    },
    "household": {"size": 4, "annual_income": "31337.42", "income_basis": "pay_stubs"},
    "immigration": {
        "status": "asylum_applicant",
        "in_removal_proceedings": "yes",
        "custody": "never_detained",
        "facility": "Canary Facility",
        "court": "Denver",
        "next_hearing_on": "2027-05-06",
        "entered_on": "2019-08-07",
        "has_counsel": "no",
    },
    "notes": {"own_words": "They took my\nCanary brother."},
    "consents": {"store": True, "share_with_partner": True},
}

#: What must never be found outside a sealed field.
CANARIES = (
    "Ximena", "Zozobra", "Ñandú", "Chabela", "1988-03-04", "012 345 678", "012345678", "303-555-0142", "3035550142",
    "1437 Canary", "31337.42", "3133742", "Canary Facility", "2019-08-07", "Canary brother",
)  # fmt: skip


def body(**changes: Any) -> dict[str, Any]:
    """The person's answers; keys are places with a double underscore, None takes an answer out."""
    made = deepcopy(BODY)
    for place, value in changes.items():
        *path, last = place.split("__")
        here = made
        for step in path:
            here = here[step]
        if value is None:
            here.pop(last, None)
        else:
            here[last] = value
    return made


def another(**changes: Any) -> dict[str, Any]:
    """Somebody else, who shares no identifier with the first person."""
    return body(
        applicant__given_names="Teodoro",
        applicant__family_names="Quijano",
        applicant__other_names=None,
        applicant__a_number="A087654321",
        contact__phone="720-555-0199",
        contact__email="teo@example.net",
        **changes,
    )


def open_fund(world: World, ruleset: str = "colorado-ildf", name: str = "Colorado fund") -> str:
    """A fund in its term with these rules; its id."""
    answer = world.fund_admin.post(
        "/funds",
        json={
            "name": name,
            "giver": "Somebody",
            "starts_on": "2020-01-01",
            "ends_on": "2035-12-31",
            "awarded_total": "100000.00",
            "ruleset": ruleset,
        },
        headers=key(),
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def taken(world: World, answers: dict[str, Any] | None = None, who: str = "intake", **more: Any) -> Any:
    """A draft as the API gives it."""
    answer = getattr(world, who).post("/applications", json={**(BODY if answers is None else answers), **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def submitted(world: World, answers: dict[str, Any] | None = None, who: str = "intake") -> Any:
    """A submitted application as the API gives it."""
    return taken(world, answers, who, submit=True)


def checked(world: World, application: Any, who: str = "intake") -> Any:
    """The conflict check of an application."""
    answer = getattr(world, who).post(f"/applications/{application['id']}/conflict-checks")
    assert answer.status_code == 201, answer.text
    return answer.json()


def acceptance(world: World, fund_id: str, partner: str = NORTH, **more: Any) -> dict[str, Any]:
    """The body that accepts an application."""
    return {"fund_id": fund_id, "partner_id": str(world.partners[partner]), "representation": "full", **more}


def accepted(world: World, fund_id: str, answers: dict[str, Any] | None = None) -> tuple[Any, Any]:
    """An application that became a case, and the case as its answer names it."""
    application = submitted(world, answers)
    checked(world, application)
    answer = world.intake.post(f"/applications/{application['id']}/accept", json=acceptance(world, fund_id))
    assert answer.status_code == 201, answer.text
    return application, answer.json()
