"""Row-level security on PostgreSQL: which rows of which table each sight sees and changes. One table, to be read whole.

This is the second wall, behind each room's ``scope.py``. It keeps organizations apart, also when a scope was forgotten
or a statement was smuggled in. Which *person* of an organization may see a row stays with the scopes. What is not
here is refused: no policy, no row. ``app/policing.py`` puts the table into the database at each migration.
"""

from typing import Final

from app.access.rows import POLICIES, SAME, Policy
from app.access.rows import declare as _policy
from app.access.rows import to as _to

__all__ = ["OWN_MATTER", "PARTNER", "POLICIES", "Policy"]

# An unset setting is NULL; after a transaction that set it locally it is empty. Both are nobody.
PARTNER: Final = "(SELECT nullif(current_setting('app.partner_id', true), '')::uuid)"
ACTOR: Final = "(SELECT nullif(current_setting('app.actor_id', true), '')::uuid)"
_KEY: Final = "(SELECT decode(nullif(current_setting('app.key', true), ''), 'hex'))"
_PERSON: Final = _to("person")
#: Who looks after the people of their own organization.
_STAFFING: Final = _to("staffing")
# A helper's tie ends by itself at its moment, here as in app/access/ties.py.
_HOLDS: Final = (
    "tie.until_at IS NULL AND (tie.ends_at IS NULL OR tie.ends_at > now())"
    f" AND (tie.partner_id = {PARTNER} OR tie.account_id = {ACTOR})"
)
_COLLEAGUES: Final = f"SELECT id FROM account WHERE partner_id = {PARTNER}"
_STAFF_OF: Final = _to("staff", "door", where=f"account_id = {ACTOR} OR account_id IN ({_COLLEAGUES})")
_BY_STAFF: Final = _to(
    *("staff", "door"), where=f"account_id = {ACTOR} OR ({_STAFFING} AND account_id IN ({_COLLEAGUES}))"
)


def _of_visible(column: str, table: str) -> str:
    """Rows that hang on a row of another table follow it: that table's own policy answers inside."""
    return f'{column} IN (SELECT id FROM "{table}")'


# EXISTS and not IN: the planner then looks up the few rows of a page by their keys, or makes a table of all that an
# organization has for the many rows of a report. IN always made the table: 3 ms for each room that a list joins.
def _tied(column: str) -> str:
    return f"EXISTS (SELECT FROM tie WHERE tie.subject_id = {column} AND {_HOLDS})"


def _taken_in(column: str) -> str:
    return f"EXISTS (SELECT FROM applicant AS taken WHERE taken.id = {column} AND taken.partner_id = {PARTNER})"


_MATTER: Final = (
    f'EXISTS (SELECT FROM "case" AS matter WHERE matter.id = case_id AND matter.partner_id = {PARTNER})'
    f" OR {_tied('case_id')}"
)


#: A matter is an organization's own when it took the person in, has the case, or is tied to either. It is a function,
#: because PostgreSQL refuses a policy that asks a table whose own policy asks the first one; so each asks in its turn.
OWN_MATTER: Final = f"""
CREATE FUNCTION amparo_own_matter(subject uuid) RETURNS boolean
 LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
AS $$ BEGIN RETURN EXISTS (SELECT FROM applicant WHERE id = subject AND partner_id = {PARTNER})
 OR EXISTS (SELECT FROM "case" WHERE id = subject AND (partner_id = {PARTNER} OR {_taken_in("applicant_id")}))
 OR {_tied("subject")}; END $$"""


def _own_matter(column: str) -> str:
    return f"amparo_own_matter({column})"


# -- Organizations and staff ------------------------------------------------------------------------------------------
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
        where=f"id = {ACTOR} OR partner_id = {PARTNER} OR (partner_id IS NULL AND {_PERSON})",
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
    _to(where=_of_visible("account_id", "account")),
    # Locked while it is counted who is left with a role; never changed.
    **dict.fromkeys(("add", "change", "remove"), _to("staff", where=f"account_id IN ({_COLLEAGUES})")),
    becomes=_to(),
    by="staffing",
)
for _name in ("sign_in_session", "token"):
    _policy(
        _name,
        _to("staff", "door", where=f"account_id = {ACTOR} OR digest = {_KEY} OR account_id IN ({_COLLEAGUES})"),
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
    *("federated_session", _to(where=_of_visible("session_id", "sign_in_session"))),
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
        where=f"partner_id = {PARTNER} OR (partner_id IS NULL AND {PARTNER} IS NULL AND {_PERSON})"
        f" OR id IN (SELECT provider_id FROM federated_identity WHERE account_id = {ACTOR})",
    ),
    add=_to("providing"),
    change=_to("providing", "door"),
)
for _name in ("client", "client_secret"):
    _policy(_name, _to("staff", "door"), change=_to("providing", "door"), add=_to("providing"))
_OWN_TIES: Final = f"partner_id = {PARTNER} OR account_id = {ACTOR} OR account_id IN ({_COLLEAGUES})"
_policy(
    "tie",
    # Who changes staff is told whether the person still works on cases.
    _to("records", "managing", "counting", where=_OWN_TIES),
    # Accepting an application hands it over: then the tie is the other organization's, the matter still one's own.
    add=_to("records", where=_own_matter("subject_id")),
    change=_to("records", where=_OWN_TIES),
)
_policy("idempotency_claim", _to("door", where=f"actor_id = {ACTOR}"), by=None)

# -- People who asked for help, and their cases -----------------------------------------------------------------------
_policy(
    "applicant",
    # Whose erasure an organization was asked about stays named by a reference on its certificate.
    _to(
        *("records", "directory", "counting"),
        where=f"partner_id = {PARTNER} OR {_tied('applicant.id')} OR id IN (SELECT applicant_id FROM erasure)",
    ),
    add=_to(where=f"partner_id = {PARTNER}"),
    change=_to("records", where=f"partner_id = {PARTNER} OR {_tied('applicant.id')}"),
)
_OWN_APPLICATION: Final = f"partner_id = {PARTNER} OR taken_by_id = {ACTOR}"
_policy(
    "application",
    # Who helps reads what was screened and when it was asked; only who took it in works on it.
    _to("records", where=f"{_OWN_APPLICATION} OR {_tied('applicant_id')}"),
    **dict.fromkeys(("add", "change"), _to("records", where=_OWN_APPLICATION)),
    by="working",
)
# The table refuses every change but the one by which somebody is erased.
_policy("screening", _to(where=_of_visible("application_id", "application")), change=_to("records"))
_policy("override", _to(where=_of_visible("application_id", "application")), remove=_to("records"))
_policy("conflict_check", _to("records", where=f"partner_id = {PARTNER}"), remove=_to("records"))
# Whoever makes an index holds the row; nobody but the machine's operator changes it.
_policy("index_key", _PERSON, add=_to(), becomes=_to())
_OF_CASE: Final = _tied('"case".id')
_policy(
    "case",
    # The organization that took the person in may know what became of the application, and nothing that hangs on it.
    _to("records", "counting", where=f"partner_id = {PARTNER} OR {_OF_CASE} OR {_taken_in('applicant_id')}"),
    # Made by the organization that took the person in, for the one that will help.
    add=_to(where=_taken_in("applicant_id")),
    change=_to(
        "records",
        where=f"partner_id = {PARTNER} OR {_OF_CASE}"
        f" OR ({_taken_in('applicant_id')} AND (status = 'offered' OR closed_by = {ACTOR}))",
    ),
)
_policy("assignment", _to("records", where=f"attorney_id = {ACTOR} OR {_MATTER}"))
_policy(
    "hearing",
    _to("records", where=_MATTER),
    # Intake enters the next hearing with the case that it hands over.
    add=_to("records", where=_own_matter("case_id")),
    remove=_to("records"),
)
for _name in ("deadline", "case_note", "fee_quote", "fee_waiver", "fee_notice"):
    _policy(_name, _to("records", where=_MATTER), remove=_to("records"))
# Prices of the government: everybody's to read, the fund's to load.
_policy("fee_schedule", _PERSON, add=_to("records"), change=_to("records"))
# What came with an application is seen with its person, what was added to a case with the case.
_policy(
    "document",
    _to(
        "records",
        where=f"{_MATTER} OR (application_id IS NOT NULL AND ({_taken_in('applicant_id')} OR {_tied('applicant_id')}))",
    ),
    remove=_to("records"),
)
_policy("temporary_help", _to("records", where=f"account_id = {ACTOR} OR {_MATTER}"))
# A wall around a person stands for the organization that took them in too: it extends the wall to their next case.
_WALLED: Final = f"account_id = {ACTOR} OR {_taken_in('{subject}')} OR {_tied('{subject}')}"
_policy("wall", _to("records", where=_WALLED.format(subject="wall.applicant_id")))
_policy(
    "walled",
    _to("records", "staff", "managing", "counting", where=_WALLED.format(subject="walled.subject_id")),
    add=_to("records", where=_own_matter("subject_id")),
    change=_to("records", where=_WALLED.format(subject="walled.subject_id")),
)
# The database itself looks for a hold before something is erased: who may erase must see every hold about it.
_policy(
    "hold",
    _to(
        "records",
        where=f"(applicant_id IS NULL AND {_PERSON}) OR set_by_id = {ACTOR}"
        f" OR {_taken_in('applicant_id')} OR {_tied('applicant_id')}",
    ),
    add=_to("records", where=_own_matter("applicant_id")),
    change=_to("records"),
)
_OWN_ERASURES: Final = f"partner_id = {PARTNER} OR notified_id = {ACTOR} OR asked_by_id = {ACTOR}"
_policy(
    "erasure",
    # How many wait for the nightly run is told to who looks after the machine; it runs as the machine's operator.
    _to("records", "counting", where=_OWN_ERASURES),
    **dict.fromkeys(("add", "change"), _to("records", where=_OWN_ERASURES)),
    by="working",
)
for _name, _where in (
    ("glass_holder", f"account_id = {ACTOR}"),
    ("glass_opening", f"account_id = {ACTOR} OR {_MATTER}"),
):
    _policy(_name, _to("records", "staff", "audit", where=_where), add=_to("records"), change=_to("records"))

# -- Money ------------------------------------------------------------------------------------------------------------
for _name in ("fund", "allocation", "programme", "fund_terms"):
    _policy(_name, _PERSON, add=_to("records"), change=_to("records"))
_policy("fund_transfer", _to("records"))
_policy("award", _to("records", where=_MATTER))
_policy(
    "payee",
    _to(
        "records",
        where=f"partner_id = {PARTNER} OR entered_by_partner_id = {PARTNER}"
        f" OR (partner_id IS NULL AND entered_by_partner_id IS NULL AND case_id IS NULL AND {_PERSON})"
        f" OR {_MATTER}",
    ),
    add=_to("records", where=f"entered_by_partner_id = {PARTNER}"),
    becomes=_to("records", where=f"partner_id = {PARTNER} OR entered_by_partner_id = {PARTNER} OR {_MATTER}"),
)
for _name in ("ledger_account", "ledger_entry"):
    _policy(
        _name,
        # EXISTS, for the few accounts of a page: IN read every award of the organization (20 ms for a list of 50).
        _to("records", where="EXISTS (SELECT FROM award AS shown WHERE shown.id = award_id)"),
        change=SAME if _name == "ledger_account" else None,
    )
_policy("disbursement", _to("records", where=f"partner_id = {PARTNER} OR {_MATTER}"), add=_to("records", where=_MATTER))
# Of the fund's people alone: runs to the bank, and what the bank says came of them.
for _name in ("batch", "batch_item", "bank_statement", "statement_line"):
    _policy(_name, _to("records"))
for _name in ("batch_download", "statement_match", "statement_mapping"):
    _policy(_name, _to("records"), change=None)
_policy("payee_account_change", _to("records", where=_of_visible("payee_id", "payee")))
# Whose question it is; a signature is seen with its payment, and made by those who decide about money.
_OWN_QUESTION: Final = _to(where=f"actor_id = {ACTOR}")
_policy("confirmation_question", _OWN_QUESTION, add=_OWN_QUESTION, change=_OWN_QUESTION, remove=_OWN_QUESTION, by=None)
_policy("disbursement_signature", _to(where=_of_visible("disbursement_id", "disbursement")), change=None)
_policy("disbursement_step", _to(where=_of_visible("disbursement_id", "disbursement")), change=None)
_OWN_AGREEMENTS: Final = _to("records", where=f"partner_id = {PARTNER}")
# What was agreed is the fund's to write; its partner reads it.
_policy("agreement", _OWN_AGREEMENTS, add=_to("records"), change=_to("records"))
for _name, _of in (
    ("agreement_version", _of_visible("agreement_id", "agreement")),
    ("agreement_report", _of_visible("agreement_id", "agreement")),
    ("agreement_rate", _of_visible("version_id", "agreement_version")),
    ("agreement_tranche", _of_visible("version_id", "agreement_version")),
):
    _policy(_name, _to("records", where=_of), add=_to("records"), change=_to("records"))
_policy("invoice", _OWN_AGREEMENTS)
_policy("invoice_line", _to("records", where=_of_visible("invoice_id", "invoice")))
_policy("bond", _to("records", where=_MATTER))
_policy("bond_step", _to("records", where=_of_visible("bond_id", "bond")), change=None)
# Whose payee one may see, whose organization, or whose bond; the fund's own is everybody's to name.
_policy(
    "obligor",
    _to(
        "records",
        where=f"partner_id = {PARTNER} OR (payee_id IS NULL AND partner_id IS NULL AND {_PERSON})"
        f" OR {_of_visible('payee_id', 'payee')} OR id IN (SELECT obligor_id FROM bond)",
    ),
)
_policy("obligor_paper", _to("records", where=_of_visible("obligor_id", "obligor")), add=_to("records"), change=None)
_policy(
    "saved_question",
    _to(
        where=f"owner_id = {ACTOR} OR (shared AND (owner_id IN ({_COLLEAGUES}) OR ({PARTNER} IS NULL AND {_PERSON}"
        " AND owner_id IN (SELECT id FROM account WHERE partner_id IS NULL))))"
    ),
    **dict.fromkeys(("add", "change", "remove"), _to(where=f"owner_id = {ACTOR}")),
    by=None,
)

# -- The record -------------------------------------------------------------------------------------------------------
_policy(
    "audit_event",
    _to(
        "audit",
        "sealer",
        where=f"actor_id = {ACTOR} OR {_tied('audit_event.subject_id')} OR {_tied('object_id')}"
        f" OR actor_id IN ({_COLLEAGUES}) OR {_of_visible('object_id', 'erasure')}",
    ),
    # Nobody writes under another's name; at the door nobody has a name yet.
    add=_to("door", where=f"actor_id = {ACTOR}"),
    change=None,
    by=None,
)
_policy("access_review", _to("audit", "staff"), add=_to("reviewing"), change=None)
for _name in ("audit_leaf", "audit_seal", "audit_tile", "audit_checkpoint"):
    # Positions, digests and signatures: they tell of nobody, and prove a certificate to whoever may read it.
    _policy(_name, _to("audit", "sealer", "person"), add=_to("sealer"), change=None)
# Where checkpoints go to, and whether they got there: of concern to who watches over the record.
_policy("audit_place", _to("audit", "sealer"), add=_to("sealer"), change=_to("sealer"), remove=_to())

# -- The shape of the database itself ---------------------------------------------------------------------------------
_policy("alembic_version", _to("person", "door"), add=_to(), change=_to(), remove=_to())
