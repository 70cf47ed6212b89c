"""People who asked for help, and their cases: which rows each sight sees and changes."""

from typing import Final

from app.access.policies.conditions import (
    ACTOR,
    ERASED,
    MATTER,
    PARTNER,
    PERSON,
    of_visible,
    own_matter,
    taken_in,
    tied,
)
from app.access.rows import declare as _policy
from app.access.rows import to as _to

_policy(
    "applicant",
    # Whose erasure an organization was asked about stays named by a reference on its certificate.
    _to(
        *("records", "directory", "counting"),
        where=f"partner_id = {PARTNER} OR {tied('applicant.id')} OR {ERASED}",
    ),
    add=_to(where=f"partner_id = {PARTNER}"),
    change=_to("records", where=f"partner_id = {PARTNER} OR {tied('applicant.id')}"),
)
_OWN_APPLICATION: Final = f"partner_id = {PARTNER} OR taken_by_id = {ACTOR}"
_policy(
    "application",
    # Who helps reads what was screened and when it was asked; only who took it in works on it.
    _to("records", where=f"{_OWN_APPLICATION} OR {tied('applicant_id')}"),
    **dict.fromkeys(("add", "change"), _to("records", where=_OWN_APPLICATION)),
    by="working",
)
# The table refuses every change but the one by which somebody is erased.
_policy("screening", _to(where=of_visible("application_id", "application")), change=_to("records"))
_policy("override", _to(where=of_visible("application_id", "application")), remove=_to("records"))
_policy("conflict_check", _to("records", where=f"partner_id = {PARTNER}"), remove=_to("records"))
# Whoever makes an index holds the row; nobody but the machine's operator changes it.
_policy("index_key", PERSON, add=_to(), becomes=_to())
_OF_CASE: Final = tied('"case".id')
_policy(
    "case",
    # The organization that took the person in may know what became of the application, and nothing that hangs on it.
    _to("records", "counting", where=f"partner_id = {PARTNER} OR {_OF_CASE} OR {taken_in('applicant_id')}"),
    # Made by the organization that took the person in, for the one that will help.
    add=_to(where=taken_in("applicant_id")),
    change=_to(
        "records",
        where=f"partner_id = {PARTNER} OR {_OF_CASE}"
        f" OR ({taken_in('applicant_id')} AND (status = 'offered' OR closed_by = {ACTOR}))",
    ),
)
_policy("assignment", _to("records", where=f"attorney_id = {ACTOR} OR {MATTER}"))
_policy(
    "hearing",
    _to("records", where=MATTER),
    # Intake enters the next hearing with the case that it hands over.
    add=_to("records", where=own_matter("case_id")),
    remove=_to("records"),
)
for _name in ("deadline", "case_note", "fee_quote", "fee_waiver", "fee_notice"):
    _policy(_name, _to("records", where=MATTER), remove=_to("records"))
# Prices of the government: everybody's to read, the fund's to load.
_policy("fee_schedule", PERSON, add=_to("records"), change=_to("records"))
# What came with an application is seen with its person, what was added to a case with the case.
_policy(
    "document",
    _to(
        "records",
        where=f"{MATTER} OR (application_id IS NOT NULL AND ({taken_in('applicant_id')} OR {tied('applicant_id')}))",
    ),
    remove=_to("records"),
)
_policy("temporary_help", _to("records", where=f"account_id = {ACTOR} OR {MATTER}"))
# A wall around a person stands for the organization that took them in too: it extends the wall to their next case.
_WALLED: Final = f"account_id = {ACTOR} OR {taken_in('{subject}')} OR {tied('{subject}')}"
_policy("wall", _to("records", where=_WALLED.format(subject="wall.applicant_id")))
_policy(
    "walled",
    _to("records", "staff", "managing", "counting", where=_WALLED.format(subject="walled.subject_id")),
    add=_to("records", where=own_matter("subject_id")),
    change=_to("records", where=_WALLED.format(subject="walled.subject_id")),
)
# The database itself looks for a hold before something is erased: who may erase must see every hold about it.
_policy(
    "hold",
    _to(
        "records",
        where=f"(applicant_id IS NULL AND {PERSON}) OR set_by_id = {ACTOR}"
        f" OR {taken_in('applicant_id')} OR {tied('applicant_id')}",
    ),
    add=_to("records", where=own_matter("applicant_id")),
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
    ("glass_opening", f"account_id = {ACTOR} OR {MATTER}"),
):
    _policy(_name, _to("records", "staff", "audit", where=_where), add=_to("records"), change=_to("records"))
