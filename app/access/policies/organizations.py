"""Organizations, those who work there, and how they sign in: which rows each sight sees and changes."""

from typing import Final

from app.access.policies.conditions import ACTOR, PARTNER, PERSON, colleague, of_visible, own_matter
from app.access.rows import declare as _policy
from app.access.rows import to as _to

_KEY: Final = "(SELECT decode(nullif(current_setting('app.key', true), ''), 'hex'))"
#: Who looks after the people of their own organization.
_STAFFING: Final = _to("staffing")
_STAFF_OF: Final = _to("staff", "door", where=f"account_id = {ACTOR} OR {colleague('account_id')}")
_BY_STAFF: Final = _to(*("staff", "door"), where=f"account_id = {ACTOR} OR ({_STAFFING} AND {colleague('account_id')})")

_policy(
    "partner",
    _to("partners", "gate", "door", "names", where=f"id = {PARTNER}"),
    add=_to("staff"),
    change=_to("staff"),
)
_policy(
    "account",
    # Those of the fund belong to no organization: everybody may know who approved or paid.
    _to(
        *("records", "staff", "gate", "door", "names"),
        where=f"id = {ACTOR} OR partner_id = {PARTNER} OR (partner_id IS NULL AND {PERSON})",
    ),
    add=_to("staff", where=f"({_STAFFING} AND partner_id = {PARTNER})"),
    # Nobody changes to another organization by a change of their own account.
    change=_to(
        *("staff", "door"),
        where=f"(id = {ACTOR} AND partner_id IS NOT DISTINCT FROM {PARTNER})"
        f" OR ({_STAFFING} AND partner_id = {PARTNER})",
    ),
    by=None,
)
_policy(
    "account_role",
    _to(where=of_visible("account_id", "account")),
    # Locked while it is counted who is left with a role; never changed.
    **dict.fromkeys(("add", "change", "remove"), _to("staff", where=colleague("account_id"))),
    becomes=_to(),
    by="staffing",
)
for _name in ("sign_in_session", "token"):
    _policy(
        _name,
        _to("staff", "door", where=f"account_id = {ACTOR} OR digest = {_KEY} OR {colleague('account_id')}"),
        add=_to("door", *(["managing"] if _name == "token" else []), where=f"account_id = {ACTOR}"),
        change=_BY_STAFF,
        remove=_to("door") if _name == "token" else None,
        by=None,
    )
# Whatever else proves who somebody is: their own, looked after by their organization's administrator, used at the door.
_policy("federated_identity", _STAFF_OF, **dict.fromkeys(("add", "change", "remove"), _BY_STAFF), by=None)
for _name in ("password_link", "passkey", "authenticator_app", "recovery_code", "factor_reset", "role_request"):
    _policy(_name, _STAFF_OF, **dict.fromkeys(("add", "change"), _BY_STAFF), by=None)
_policy("sign_in_attempt", _to("staff", "door", where=f"account_id = {ACTOR}"), remove=_to("door"), by=None)
# Keyed digests of addresses and networks, which name nobody. A signed-in person may have to prove who they are again.
for _name in ("sign_in_failure", "challenge"):
    _policy(_name, _to("door", "person"), remove=_to("door", "person"))
for _name in ("client_failure", "logout_notice"):
    _policy(_name, _to("door"), remove=_to("door"))
_policy(
    *("federated_session", _to(where=of_visible("session_id", "sign_in_session"))),
    add=_to("door"),
    change=None,
    remove=_to("staff", "door"),
)
_policy(
    "identity_provider",
    # Those of one's own organization, or of the fund for its people; and where one has an account.
    _to(
        "staff",
        "door",
        where=f"partner_id = {PARTNER} OR (partner_id IS NULL AND {PARTNER} IS NULL AND {PERSON})"
        f" OR id IN (SELECT provider_id FROM federated_identity WHERE account_id = {ACTOR})",
    ),
    add=_to("providing"),
    change=_to("providing", "door"),
)
for _name in ("client", "client_secret"):
    _policy(_name, _to("staff", "door"), change=_to("providing", "door"), add=_to("providing"))
_OWN_TIES: Final = f"partner_id = {PARTNER} OR account_id = {ACTOR} OR {colleague('account_id')}"
_policy(
    "tie",
    # Who changes staff is told whether the person still works on cases.
    _to("records", "managing", "counting", where=_OWN_TIES),
    # Accepting an application hands it over: then the tie is the other organization's, the matter still one's own.
    add=_to("records", where=own_matter("subject_id")),
    change=_to("records", where=_OWN_TIES),
)
_policy("idempotency_claim", _to("door", where=f"actor_id = {ACTOR}"), by=None)
