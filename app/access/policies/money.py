"""Money, from a fund to the line of an invoice: which rows each sight sees and changes."""

from typing import Final

from app.access.policies.conditions import ACTOR, MATTER, PARTNER, PERSON, colleague, of_visible
from app.access.rows import SAME
from app.access.rows import declare as _policy
from app.access.rows import to as _to

for _name in ("fund", "allocation", "programme", "fund_terms"):
    _policy(_name, PERSON, add=_to("records"), change=_to("records"))
_policy("fund_transfer", _to("records"))
_policy("award", _to("records", where=MATTER))
_policy(
    "payee",
    _to(
        "records",
        where=f"partner_id = {PARTNER} OR entered_by_partner_id = {PARTNER}"
        f" OR (partner_id IS NULL AND entered_by_partner_id IS NULL AND case_id IS NULL AND {PERSON})"
        f" OR {MATTER}",
    ),
    add=_to("records", where=f"entered_by_partner_id = {PARTNER}"),
    becomes=_to("records", where=f"partner_id = {PARTNER} OR entered_by_partner_id = {PARTNER} OR {MATTER}"),
)
for _name in ("ledger_account", "ledger_entry"):
    _policy(
        _name,
        # EXISTS, for the few accounts of a page: IN read every award of the organization (20 ms for a list of 50).
        _to("records", where="EXISTS (SELECT FROM award AS shown WHERE shown.id = award_id)"),
        change=SAME if _name == "ledger_account" else None,
    )
_policy("disbursement", _to("records", where=f"partner_id = {PARTNER} OR {MATTER}"), add=_to("records", where=MATTER))
# Of the fund's people alone: runs to the bank, and what the bank says came of them.
for _name in ("batch", "batch_item", "bank_statement", "statement_line"):
    _policy(_name, _to("records"))
for _name in ("batch_download", "statement_match", "statement_mapping"):
    _policy(_name, _to("records"), change=None)
_policy("payee_account_change", _to("records", where=of_visible("payee_id", "payee")))
# Whose question it is; a signature is seen with its payment, and made by those who decide about money.
_OWN_QUESTION: Final = _to(where=f"actor_id = {ACTOR}")
_policy("confirmation_question", _OWN_QUESTION, add=_OWN_QUESTION, change=_OWN_QUESTION, remove=_OWN_QUESTION, by=None)
_policy("disbursement_signature", _to(where=of_visible("disbursement_id", "disbursement")), change=None)
_policy("disbursement_step", _to(where=of_visible("disbursement_id", "disbursement")), change=None)
_OWN_AGREEMENTS: Final = _to("records", where=f"partner_id = {PARTNER}")
# What was agreed is the fund's to write; its partner reads it.
_policy("agreement", _OWN_AGREEMENTS, add=_to("records"), change=_to("records"))
for _name, _of in (
    ("agreement_version", of_visible("agreement_id", "agreement")),
    ("agreement_report", of_visible("agreement_id", "agreement")),
):
    _policy(_name, _to("records", where=_of), add=_to("records"), change=_to("records"))
for _name in ("agreement_rate", "agreement_tranche"):
    _policy(
        _name,
        _to("records", where=of_visible("version_id", "agreement_version")),
        add=_to("records"),
        change=None,
    )
_policy("invoice", _OWN_AGREEMENTS)
_policy("invoice_line", _to("records", where=of_visible("invoice_id", "invoice")))
_policy("bond", _to("records", where=MATTER))
_policy("bond_step", _to("records", where=of_visible("bond_id", "bond")), change=None)
# Whose payee one may see, whose organization, or whose bond; the fund's own is everybody's to name.
_policy(
    "obligor",
    _to(
        "records",
        where=f"partner_id = {PARTNER} OR (payee_id IS NULL AND partner_id IS NULL AND {PERSON})"
        f" OR {of_visible('payee_id', 'payee')} OR id IN (SELECT obligor_id FROM bond)",
    ),
)
_policy("obligor_paper", _to("records", where=of_visible("obligor_id", "obligor")), add=_to("records"), change=None)
_policy(
    "saved_question",
    _to(
        where=f"owner_id = {ACTOR} OR (shared AND ({colleague('owner_id')} OR ({PARTNER} IS NULL AND {PERSON}"
        " AND owner_id IN (SELECT id FROM account WHERE partner_id IS NULL))))"
    ),
    **dict.fromkeys(("add", "change", "remove"), _to(where=f"owner_id = {ACTOR}")),
    by=None,
)
