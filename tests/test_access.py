"""The access matrix: every route of the API, every caller, every relation; one wrong cell fails the build.

Each route is called with a body that no form takes. Whoever may and reaches the record is therefore told so by 422 (or
sees it, by GET), whoever may but does not reach it by 404, whoever may not by 403; and nothing is ever changed, so one
story serves every cell. The table is written by hand, from the design and not from the grants it checks.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.access.grants import Permission
from app.main import API_DOORS
from app.web import health
from tests.agreements.stage import invoiced
from tests.counting import FIGURES
from tests.story import BODY, Story, said
from tests.surroundings import surroundings
from tests.world import CAST, NORTH, World, key

#: Callers by relation to the records of the story, which North's `attorney` is assigned to and South has no part in.
ATTORNEYS = ("attorney", "colleague", "attorney2")
PARTNERS = ("partner_admin", "partner_admin2")
INTAKE = ("intake", "intake_colleague", "other_intake")
FUND = ("fund_admin", "approver", "releaser")
EVERYBODY = (*ATTORNEYS, *PARTNERS, *INTAKE, *FUND, "auditor", "admin")
assert set(EVERYBODY) == set(CAST)

#: Who reaches the record, and for whom it does not exist; everybody else is refused.
Row = tuple[tuple[str, ...], tuple[str, ...]]
NOBODY: tuple[str, ...] = ()
OWN_INTAKE: Row = (("intake", "intake_colleague"), ("other_intake",))
ON_CASE: Row = (("attorney",), ("colleague", "attorney2"))
AROUND_CASE: Row = (("attorney", "partner_admin"), ("colleague", "attorney2", "partner_admin2"))
SEES_CASE: Row = (("attorney", "partner_admin", *FUND, "auditor"), ("colleague", "attorney2", "partner_admin2"))
PAYS: Row = (FUND, NOBODY)
MANAGES: Row = (("partner_admin", *FUND, "admin"), ("partner_admin2",))
SEES_PARTNERS = (*INTAKE, *ATTORNEYS, *PARTNERS, *FUND, "auditor", "admin")
SEES_FEES = (*ATTORNEYS, *PARTNERS, *FUND, "auditor")

EXPECTED: dict[str, Row] = {
    "POST /session": (EVERYBODY, NOBODY),
    "GET /session": (EVERYBODY, NOBODY),
    "PATCH /session": (EVERYBODY, NOBODY),
    "GET /session/all": (EVERYBODY, NOBODY),
    "POST /session/proof": (EVERYBODY, NOBODY),
    "POST /session/passkey/challenge": (EVERYBODY, NOBODY),
    "POST /session/passkey": (EVERYBODY, NOBODY),
    "POST /session/proof/challenge": (EVERYBODY, NOBODY),
    "POST /session/proof/passkey": (EVERYBODY, NOBODY),
    "POST /session/invitation/challenge": (EVERYBODY, NOBODY),
    "POST /session/invitation/passkey": (EVERYBODY, NOBODY),
    "POST /session/recovery": (EVERYBODY, NOBODY),
    "GET /session/ways": (EVERYBODY, NOBODY),
    "POST /session/ways/seen": (EVERYBODY, NOBODY),
    "GET /passkeys": (EVERYBODY, NOBODY),
    "POST /passkeys": (EVERYBODY, NOBODY),
    "POST /passkeys/challenge": (EVERYBODY, NOBODY),
    "POST /authenticator-app": (EVERYBODY, NOBODY),
    "POST /authenticator-app/confirm": (EVERYBODY, NOBODY),
    "DELETE /authenticator-app": (EVERYBODY, NOBODY),
    "POST /recovery-codes": (EVERYBODY, NOBODY),
    "GET /factor-resets": ((*PARTNERS, *FUND, "admin"), NOBODY),
    "POST /factor-resets": ((*PARTNERS, *FUND, "admin"), NOBODY),
    "DELETE /passkeys/{passkey_id}": (("colleague",), tuple(each for each in EVERYBODY if each != "colleague")),
    "POST /factor-resets/{reset_id}/approve": (("partner_admin", *FUND, "admin"), ("partner_admin2",)),
    "POST /factor-resets/{reset_id}/stop": (
        ("colleague", "partner_admin", *FUND, "admin"),
        tuple(each for each in EVERYBODY if each not in ("colleague", "partner_admin", *FUND, "admin")),
    ),
    "POST /session/password": (EVERYBODY, NOBODY),
    "POST /session/first-password": (EVERYBODY, NOBODY),
    "POST /session/federated": (EVERYBODY, NOBODY),
    "POST /session/federated/code": (EVERYBODY, NOBODY),
    "POST /session/federated/link": (EVERYBODY, NOBODY),
    "POST /session/federated/proof": (EVERYBODY, NOBODY),
    "POST /session/federated/return": (EVERYBODY, NOBODY),
    "POST /session/federated/sign-out": (EVERYBODY, NOBODY),
    "GET /session/identities": (EVERYBODY, NOBODY),
    "DELETE /session/identities/{identity_id}": (
        ("colleague",),
        tuple(each for each in EVERYBODY if each != "colleague"),
    ),
    "GET /identity-providers": ((*FUND, "admin"), NOBODY),
    "POST /identity-providers": (("admin",), NOBODY),
    "GET /identity-providers/{provider_id}": ((*FUND, "admin"), NOBODY),
    "PATCH /identity-providers/{provider_id}": (("admin",), NOBODY),
    "POST /identity-providers/{provider_id}/check": (("admin",), NOBODY),
    "GET /openapi.json": (EVERYBODY, NOBODY),
    "GET /staff": ((*PARTNERS, *FUND, "auditor", "admin"), NOBODY),
    "GET /staff/{account_id}": (("partner_admin", *FUND, "auditor", "admin"), ("partner_admin2",)),
    "POST /staff": ((*PARTNERS, *FUND, "admin"), NOBODY),
    "PATCH /staff/{account_id}": MANAGES,
    "POST /staff/{account_id}/link": MANAGES,
    "POST /staff/{account_id}/suspend": MANAGES,
    "POST /staff/{account_id}/reinstate": MANAGES,
    "GET /staff/{account_id}/access": (("partner_admin", *FUND, "auditor", "admin"), ("partner_admin2",)),
    "GET /staff/{account_id}/sessions": (("admin",), NOBODY),
    "DELETE /staff/{account_id}/sessions": (("admin",), NOBODY),
    "GET /staff/requests": ((*FUND, "admin"), NOBODY),
    "POST /staff/requests/{request_id}/approve": ((*FUND, "admin"), NOBODY),
    "POST /staff/requests/{request_id}/reject": ((*FUND, "admin"), NOBODY),
    "POST /staff/requests/{request_id}/withdraw": (("fund_admin",), (*PARTNERS, "approver", "releaser", "admin")),
    "GET /clients": (("admin",), NOBODY),
    "GET /clients/{client_id}": (("admin",), NOBODY),
    "POST /clients": (("admin",), NOBODY),
    "POST /clients/{client_id}/secrets": (("admin",), NOBODY),
    "DELETE /clients/{client_id}/secrets/{secret_id}": (("admin",), NOBODY),
    "DELETE /clients/{client_id}": (("admin",), NOBODY),
    "GET /tokens": (EVERYBODY, NOBODY),
    "POST /tokens": (EVERYBODY, NOBODY),
    "DELETE /tokens/{token_id}": (("attorney",), tuple(who for who in EVERYBODY if who != "attorney")),
    "GET /partners": (SEES_PARTNERS, NOBODY),
    "GET /partners/{partner_id}": (
        (*INTAKE, "attorney", "colleague", "partner_admin", *FUND, "auditor", "admin"),
        ("attorney2", "partner_admin2"),
    ),
    "POST /partners": ((*FUND, "admin"), NOBODY),
    "PATCH /partners/{partner_id}": ((*FUND, "admin"), NOBODY),
    "POST /applicants/search": ((*INTAKE, *ATTORNEYS), NOBODY),
    "POST /applicants/{applicant_id}/reveal": (
        ("attorney",),
        ("colleague", "attorney2", "intake", "intake_colleague", "other_intake"),
    ),
    "GET /conflict-checks": ((*INTAKE, *FUND), NOBODY),
    "GET /conflict-checks/{check_id}": (("intake", "intake_colleague", *FUND), ("other_intake",)),
    "POST /conflict-checks/{check_id}/resolve": (("intake", "intake_colleague", *FUND), ("other_intake",)),
    "POST /applications": (INTAKE, NOBODY),
    "GET /applications": (INTAKE, NOBODY),
    "POST /applications/poverty": (INTAKE, NOBODY),
    "GET /applications/{application_id}": OWN_INTAKE,
    "GET /applications/{application_id}/receipt": OWN_INTAKE,
    "PATCH /applications/{application_id}": OWN_INTAKE,
    "POST /applications/{application_id}/submit": OWN_INTAKE,
    "POST /applications/{application_id}/screenings": OWN_INTAKE,
    "POST /applications/{application_id}/overrides": OWN_INTAKE,
    "POST /applications/{application_id}/overrides/{override_id}/approve": PAYS,
    "POST /applications/{application_id}/overrides/{override_id}/reject": PAYS,
    "POST /applications/{application_id}/conflict-checks": OWN_INTAKE,
    "POST /applications/{application_id}/accept": OWN_INTAKE,
    "POST /applications/{application_id}/decline": OWN_INTAKE,
    "POST /applications/{application_id}/waitlist": OWN_INTAKE,
    "POST /applications/{application_id}/withdraw": OWN_INTAKE,
    "POST /applications/{application_id}/needs-information": OWN_INTAKE,
    "GET /overrides": PAYS,
    "GET /cases": ((*ATTORNEYS, *PARTNERS, *FUND, "auditor"), NOBODY),
    "GET /cases/{case_id}": SEES_CASE,
    "PATCH /cases/{case_id}": ON_CASE,
    "GET /cases/{case_id}/timeline": SEES_CASE,
    "POST /cases/{case_id}/assignments": (("partner_admin",), ("partner_admin2",)),
    "POST /cases/{case_id}/hearings": ON_CASE,
    "POST /cases/{case_id}/deadlines": ON_CASE,
    "POST /cases/{case_id}/notes": ON_CASE,
    "GET /cases/{case_id}/notes": ON_CASE,
    "GET /cases/{case_id}/walls": (("partner_admin", *FUND, "auditor"), ("partner_admin2",)),
    "POST /cases/{case_id}/walls": (("partner_admin", *FUND), ("partner_admin2",)),
    "POST /cases/{case_id}/walls/{wall_id}/lift": (("partner_admin", *FUND), ("partner_admin2",)),
    "POST /cases/{case_id}/helpers": AROUND_CASE,
    "POST /cases/{case_id}/helpers/{help_id}/end": AROUND_CASE,
    "GET /break-glass": ((*ATTORNEYS, *FUND, "auditor"), NOBODY),
    "POST /break-glass": PAYS,
    "GET /break-glass/holders": PAYS,
    "POST /break-glass/holders": PAYS,
    "DELETE /break-glass/holders/{holder_id}": PAYS,
    "GET /break-glass/{opening_id}": (("attorney", *FUND, "auditor"), ("colleague", "attorney2")),
    "POST /break-glass/{opening_id}/reveal": PAYS,
    "POST /break-glass/{opening_id}/review": PAYS,
    "POST /cases/{case_id}/close": ON_CASE,
    "GET /cases/{case_id}/closing": (NOBODY, ATTORNEYS),  # its one reader is there when it is closed: tests/cases
    "GET /cases/{case_id}/funds": AROUND_CASE,
    "GET /cases/{case_id}/access": SEES_CASE,
    "GET /assignments": (ATTORNEYS, NOBODY),
    "POST /assignments/{assignment_id}/accept": ON_CASE,
    "POST /assignments/{assignment_id}/decline": ON_CASE,
    "POST /assignments/{assignment_id}/end": AROUND_CASE,
    "POST /hearings/{hearing_id}/cancel": ON_CASE,
    "POST /deadlines/{deadline_id}/complete": ON_CASE,
    "GET /fees": (SEES_FEES, NOBODY),
    "GET /fees/content": (SEES_FEES, NOBODY),
    "GET /fees/schedules": (SEES_FEES, NOBODY),
    "POST /fees/schedules/check": PAYS,
    "POST /fees/schedules": PAYS,
    "GET /fees/schedules/{schedule_id}": (SEES_FEES, NOBODY),
    "POST /fees/schedules/{schedule_id}/confirm": PAYS,
    "POST /fees/schedules/{schedule_id}/withdraw": PAYS,
    "GET /cases/{case_id}/fee-quotes": AROUND_CASE,
    "POST /cases/{case_id}/fee-quotes": AROUND_CASE,
    "GET /cases/{case_id}/fee-quotes/{quote_id}": AROUND_CASE,
    "GET /cases/{case_id}/fee-waivers": AROUND_CASE,
    "POST /cases/{case_id}/fee-waivers": ON_CASE,
    "PATCH /cases/{case_id}/fee-waivers/{waiver_id}": ON_CASE,
    "GET /cases/{case_id}/fee-notices": AROUND_CASE,
    "POST /cases/{case_id}/fee-notices": ON_CASE,
    "POST /cases/{case_id}/fee-notices/{notice_id}/paid": ON_CASE,
    "POST /cases/{case_id}/fee-notices/{notice_id}/request": AROUND_CASE,
    "GET /cases/{case_id}/income-for-waiver": ON_CASE,
    "GET /calendar": ((*ATTORNEYS, *PARTNERS), NOBODY),
    "GET /funds": ((*FUND, "auditor"), NOBODY),
    "GET /funds/{fund_id}": ((*FUND, "auditor"), NOBODY),
    "GET /funds/{fund_id}/parts": ((*FUND, "auditor"), NOBODY),
    "GET /awards/{award_id}/parts": SEES_CASE,
    "GET /funds/{fund_id}/outlook": ((*FUND, "auditor"), NOBODY),
    "GET /funds/{fund_id}/entries": ((*FUND, "auditor"), NOBODY),
    "GET /funds/{fund_id}/terms": ((*FUND, "auditor"), NOBODY),
    "POST /funds/{fund_id}/terms": PAYS,
    "POST /funds/{fund_id}/lock": PAYS,
    "POST /funds/{fund_id}/unlock": PAYS,
    "GET /programmes": ((*FUND, "auditor"), NOBODY),
    "POST /programmes": PAYS,
    "GET /programmes/{programme_id}": ((*FUND, "auditor"), NOBODY),
    "GET /transfers": ((*FUND, "auditor"), NOBODY),
    "POST /transfers": PAYS,
    "POST /transfers/{transfer_id}/approve": PAYS,
    "POST /transfers/{transfer_id}/reject": PAYS,
    "POST /funds": PAYS,
    "POST /funds/{fund_id}/allocations": PAYS,
    "GET /payees": ((*ATTORNEYS, *PARTNERS, *FUND, "auditor"), NOBODY),
    "GET /payees/{payee_id}": (
        ("attorney", "colleague", "partner_admin", *FUND, "auditor"),
        ("attorney2", "partner_admin2"),
    ),
    "POST /payees/{payee_id}/account": (
        ("attorney", "colleague", "partner_admin", *FUND),
        ("attorney2", "partner_admin2"),
    ),
    "POST /payees/{payee_id}/account/confirm": PAYS,
    "POST /payees/{payee_id}/account/reject": PAYS,
    "POST /payees": ((*ATTORNEYS, *PARTNERS, *FUND), NOBODY),
    "GET /awards": ((*ATTORNEYS, *PARTNERS, *FUND, "auditor"), NOBODY),
    "GET /awards/{award_id}": SEES_CASE,
    "POST /awards": ((*ATTORNEYS, *PARTNERS), NOBODY),
    "POST /awards/{award_id}/approve": PAYS,
    "POST /awards/{award_id}/reject": PAYS,
    "POST /awards/{award_id}/close": PAYS,
    "GET /disbursements": ((*ATTORNEYS, *PARTNERS, *FUND, "auditor"), NOBODY),
    "GET /disbursements/waiting": ((*ATTORNEYS, *PARTNERS, *FUND, "auditor"), NOBODY),
    "GET /disbursements/{disbursement_id}": SEES_CASE,
    "POST /disbursements": ((*ATTORNEYS, *PARTNERS), NOBODY),
    "PATCH /disbursements/{disbursement_id}": AROUND_CASE,
    "POST /disbursements/{disbursement_id}/confirmations": PAYS,
    "POST /disbursements/{disbursement_id}/submit": AROUND_CASE,
    "POST /disbursements/{disbursement_id}/approve": PAYS,
    "POST /disbursements/{disbursement_id}/reject": PAYS,
    "POST /disbursements/{disbursement_id}/release": PAYS,
    "POST /disbursements/{disbursement_id}/settle": PAYS,
    "POST /disbursements/{disbursement_id}/bank-reference": PAYS,
    "POST /disbursements/{disbursement_id}/return": PAYS,
    "POST /disbursements/{disbursement_id}/reverse": PAYS,
    "GET /batches": ((*FUND, "auditor"), NOBODY),
    "GET /batches/candidates": PAYS,
    "GET /batches/{batch_id}": ((*FUND, "auditor"), NOBODY),
    "POST /batches": PAYS,
    "POST /batches/{batch_id}/confirm": PAYS,
    "POST /batches/{batch_id}/send": PAYS,
    "POST /batches/{batch_id}/void": PAYS,
    "POST /batches/{batch_id}/settle": PAYS,
    # Only who confirmed this run: here the approver.
    "GET /batches/{batch_id}/files/{kind}": (("approver",), NOBODY),
    "GET /statements": ((*FUND, "auditor"), NOBODY),
    "POST /statements": PAYS,
    "GET /statements/mappings": PAYS,
    "POST /statements/mappings": PAYS,
    "GET /statements/{statement_id}": ((*FUND, "auditor"), NOBODY),
    "GET /statements/{statement_id}/lines": ((*FUND, "auditor"), NOBODY),
    "GET /statements/{statement_id}/reconciliation": ((*FUND, "auditor"), NOBODY),
    "POST /statements/{statement_id}/matches": PAYS,
    "POST /statements/{statement_id}/close": PAYS,
    "GET /bonds": ((*ATTORNEYS, *PARTNERS, *FUND, "auditor"), NOBODY),
    "GET /bonds/chase": ((*ATTORNEYS, *PARTNERS, *FUND, "auditor"), NOBODY),
    "GET /bonds/position": ((*ATTORNEYS, *PARTNERS, *FUND, "auditor"), NOBODY),
    "GET /bonds/{bond_id}": SEES_CASE,
    "POST /bonds": (ATTORNEYS, NOBODY),
    "POST /bonds/{bond_id}/withdraw": ON_CASE,
    "POST /bonds/{bond_id}/obligor": ON_CASE,
    "POST /bonds/{bond_id}/address": (
        ("attorney", "partner_admin", *FUND),
        ("colleague", "attorney2", "partner_admin2"),
    ),
    "POST /bonds/{bond_id}/approve": PAYS,
    "POST /bonds/{bond_id}/reject": PAYS,
    "POST /bonds/{bond_id}/papers": PAYS,
    "POST /bonds/{bond_id}/sign": PAYS,
    "POST /bonds/{bond_id}/substitute": PAYS,
    "POST /bonds/{bond_id}/post": PAYS,
    "POST /bonds/{bond_id}/unpost": PAYS,
    "POST /bonds/{bond_id}/redeliver": PAYS,
    "POST /bonds/{bond_id}/cancel": PAYS,
    "POST /bonds/{bond_id}/claim": PAYS,
    "POST /bonds/{bond_id}/receive": PAYS,
    "POST /bonds/{bond_id}/interest": PAYS,
    "POST /bonds/{bond_id}/breach": PAYS,
    "POST /bonds/{bond_id}/contest": PAYS,
    "POST /bonds/{bond_id}/mitigate": PAYS,
    "POST /bonds/{bond_id}/reinstate": PAYS,
    "POST /bonds/{bond_id}/forfeit": PAYS,
    "GET /agreements": ((*ATTORNEYS, *PARTNERS, *FUND, "auditor"), NOBODY),
    "GET /agreements/{agreement_id}": (
        ("attorney", "colleague", "partner_admin", *FUND, "auditor"),
        ("attorney2", "partner_admin2"),
    ),
    "POST /agreements": PAYS,
    "POST /agreements/{agreement_id}/versions": PAYS,
    "POST /agreements/{agreement_id}/versions/{version_id}/approve": PAYS,
    "POST /agreements/{agreement_id}/reports": PAYS,
    "POST /agreements/{agreement_id}/reports/{number}/approve": PAYS,
    "GET /invoices": ((*ATTORNEYS, *PARTNERS, *FUND, "auditor"), NOBODY),
    "POST /invoices": ((*ATTORNEYS, *PARTNERS), NOBODY),
    "GET /invoices/{invoice_id}": SEES_CASE,
    "POST /invoices/{invoice_id}/lines": AROUND_CASE,
    "POST /invoices/{invoice_id}/lines/file": AROUND_CASE,
    "DELETE /invoices/{invoice_id}/lines/{line_id}": AROUND_CASE,
    "POST /invoices/{invoice_id}/submit": AROUND_CASE,
    "POST /invoices/{invoice_id}/lines/{line_id}/accept": PAYS,
    "POST /invoices/{invoice_id}/lines/{line_id}/dispute": PAYS,
    "POST /invoices/{invoice_id}/lines/{line_id}/reject": PAYS,
    "POST /invoices/{invoice_id}/lines/{line_id}/answer": AROUND_CASE,
    "POST /invoices/{invoice_id}/payments": AROUND_CASE,
    "GET /reports": ((*PARTNERS, *FUND, "auditor"), NOBODY),
    "GET /reports/approvals": ((*FUND, "auditor"), NOBODY),
    "GET /reports/budget": ((*FUND, "auditor"), NOBODY),
    "GET /reports/disbursements": ((*PARTNERS, *FUND, "auditor"), NOBODY),
    "GET /reports/fund-position": ((*FUND, "auditor"), NOBODY),
    "GET /reports/partner-statement": ((*PARTNERS, *FUND, "auditor"), NOBODY),
    "GET /reports/saved": ((*PARTNERS, *FUND, "auditor"), NOBODY),
    "POST /reports/saved": ((*PARTNERS, *FUND, "auditor"), NOBODY),
    "DELETE /reports/saved/{saved_id}": (("approver",), (*PARTNERS, "fund_admin", "releaser", "auditor")),
    "GET /holds": ((*ATTORNEYS, *PARTNERS, *FUND, "auditor"), NOBODY),
    "POST /holds": ((*ATTORNEYS, *PARTNERS, *FUND), NOBODY),
    "GET /holds/{hold_id}": SEES_CASE,
    "POST /holds/{hold_id}/lift": PAYS,
    "GET /retention": ((*ATTORNEYS, *PARTNERS, *FUND, "auditor"), NOBODY),
    "GET /retention/due": PAYS,
    "GET /retention/waiting": (("admin",), NOBODY),
    "GET /retention/erasures": ((*ATTORNEYS, *PARTNERS, *FUND, "auditor"), NOBODY),
    "POST /retention/erasures": ((*ATTORNEYS, *PARTNERS, *FUND), NOBODY),
    "GET /retention/erasures/{erasure_id}": ((*FUND, "auditor"), (*ATTORNEYS, *PARTNERS)),
    "POST /retention/erasures/{erasure_id}/approve": PAYS,
    "POST /retention/erasures/{erasure_id}/withdraw": (FUND, (*ATTORNEYS, *PARTNERS)),
    # There is none before it is done: tests/retention.
    "GET /retention/erasures/{erasure_id}/certificate": (NOBODY, (*ATTORNEYS, *PARTNERS, *FUND, "auditor")),
    "GET /audit/events": ((*PARTNERS, *FUND, "auditor"), NOBODY),
    "GET /audit/events/{event_id}/proof": (("auditor",), NOBODY),
    "GET /audit/checkpoints": ((*FUND, "auditor"), NOBODY),
    "POST /audit/subjects": ((*PARTNERS, *FUND, "auditor"), NOBODY),
    "POST /audit/export": (("auditor",), NOBODY),
    "GET /cases/{case_id}/documents": SEES_CASE,
    "POST /cases/{case_id}/documents": ON_CASE,
    "GET /applications/{application_id}/documents": OWN_INTAKE,
    "POST /applications/{application_id}/documents": OWN_INTAKE,
    "GET /documents/{document_id}": (
        ("attorney", "partner_admin", *FUND, "auditor"),
        ("colleague", "attorney2", "partner_admin2", *INTAKE),
    ),
    "GET /documents/{document_id}/content": (("attorney",), ("colleague", "attorney2", *INTAKE)),
    "GET /documents/{document_id}/preview": (("attorney",), ("colleague", "attorney2", *INTAKE)),
    "PATCH /documents/{document_id}": (("attorney",), ("colleague", "attorney2", *INTAKE)),
    "DELETE /documents/{document_id}": (("attorney",), ("colleague", "attorney2", *INTAKE)),
    "GET /access-reviews": (("auditor", "admin"), NOBODY),
    "GET /access-reviews/export": (("auditor", "admin"), NOBODY),
    "POST /access-reviews": (("auditor", "admin"), NOBODY),
}

#: Routes that end a session: called by everybody they would empty the cast. Their tests are in tests/staff. And where
#: programs ask for a token, which takes no JSON: tests/clients.
ELSEWHERE = {"DELETE /session", "DELETE /session/all", "DELETE /session/{session_id}", "POST /oauth/token"}
ELSEWHERE |= {"POST /identity-providers/{provider_id}/logout"}  # a notice is no JSON either: tests/single_sign_on
OPEN = {"POST /session", "POST /session/first-password", "POST /session/federated", "POST /session/federated/return"}
OPEN |= {
    "POST /session/passkey/challenge",
    "POST /session/passkey",
    "POST /session/invitation/challenge",
    "POST /session/invitation/passkey",
    "POST /session/recovery",
}


def routes() -> Iterator[str]:
    for door in (*API_DOORS, health.description):
        for route in door.routes():
            for method in route.methods or ():
                yield f"{method} {route.path_format}"


def test_every_route_has_its_row_and_no_row_is_dead() -> None:
    assert set(routes()) - ELSEWHERE == set(EXPECTED)


@dataclass
class Stage:
    """One accepted application with its case and money, and one that is still open, by the names in the paths."""

    world: World
    accepted: dict[str, str]
    taken: dict[str, str]

    def path(self, route: str) -> str:
        ids = self.taken if "{application_id}" in route or "{check_id}" in route else self.accepted
        return route.split(" ", 1)[1].format(**ids)


def build(world: World) -> Stage:
    story = Story(world).begin().apply().accept().assign().fund_it().pay()
    hearing = {"held_on": "2027-03-09", "kind": "master", "court": "DEN"}
    deadline = {"due_on": "2027-03-09", "kind": "evidence", "title": "brief"}
    accepted = {
        "account_id": str(world.people["attorney"]),
        "partner_id": str(world.partners[NORTH]),
        "applicant_id": story.applicant,
        "case_id": story.case,
        "assignment_id": story.assignment,
        "hearing_id": said(world.attorney.post(f"/cases/{story.case}/hearings", json=hearing), 201)["id"],
        "deadline_id": said(world.attorney.post(f"/cases/{story.case}/deadlines", json=deadline), 201)["id"],
        "fund_id": story.fund,
        "payee_id": story.payee,
        "award_id": story.award,
        "disbursement_id": story.disbursement,
    }
    accepted |= surroundings(world, story)
    accepted |= invoiced(world, story)
    elsewhere = BODY["contact"]["address"] | {"city": "Greeley", "county": "Weld"}
    again = BODY | {"contact": BODY["contact"] | {"address": elsewhere}}
    taken = Story(world, fund=story.fund).apply(**again)
    override = {"fund_id": story.fund, "rule": "residence", "reason": "lives with family in the city"}
    asked = said(world.intake.post(f"/applications/{taken.application}/overrides", json=override), 201)
    return Stage(
        world, accepted, {"application_id": taken.application, "check_id": taken.check, "override_id": asked["id"]}
    )


def outcome(stage: Stage, route: str, who: str) -> int | str:
    """What a caller meets: a status of refusal, or "reached"."""
    method = route.split(" ", 1)[0]
    person = getattr(stage.world, who)
    path = stage.path(route)
    if route == "GET /reports/disbursements":
        path += "?from=2026-01-01&to=2026-01-31"
    if route.endswith("/parts"):
        path += "?figure=paid"
    more: dict[str, Any] = (
        {} if method == "GET" else {"json": {"no_such_field": 1}, "headers": key() | {"If-Match": '"1"'}}
    )
    if method == "POST" and route.endswith(("/documents", "/lines/file", "/statements")):
        more = {"files": {"no_such_file": b"x"}, "headers": key()}
    status = person.request(method, path, **more).status_code
    return "reached" if status in (200, 412, 422) else int(status)


def wanted(route: str, who: str) -> int | str:
    """What the table says."""
    reaches, absent = EXPECTED[route]
    if who == "stranger":
        return "reached" if route in OPEN else 401
    if who in reaches:
        return "reached"
    return 404 if who in absent else 403


def test_the_whole_matrix(world: World, record_property: Callable[[str, object], None]) -> None:
    stage = build(world)
    wrong, cells = [], 0
    for route in EXPECTED:
        for who in (*EVERYBODY, "stranger"):
            cells += 1
            if (found := outcome(stage, route, who)) != wanted(route, who):
                wrong.append(f"{route} by {who}: {found}, not {wanted(route, who)}")
    asked = f"{len(EXPECTED)} routes x {len(CAST) + 1} people"
    record_property(FIGURES, f"routes: {asked} = {cells} cells, {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)
    assert cells == len(EXPECTED) * (len(CAST) + 1)


def test_every_permission_is_asked_by_a_route() -> None:
    asked = {
        route.endpoint.entry.permission  # type: ignore[attr-defined]  # set by Door
        for door in (*API_DOORS, health.description)
        for route in door.routes()
    }
    # Whether a role is given alone is asked inside the acts that give one.
    assert asked - {None} == set(Permission) - {Permission.STAFF_GRANT}
