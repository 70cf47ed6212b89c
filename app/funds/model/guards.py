"""The rules of awards and of the ledger as triggers, the same on both engines."""

from typing import Final

from app.db import append_only, guard
from app.funds.rules import AWARD_MOVES

_FIXED: Final = ("id", "reference", "case_id", "fund_id", "allocation_id", "category", "amount", "requested_by")
_AWARD_CHANGED: Final = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _FIXED)
_AWARD_MOVED: Final = " OR ".join(
    f"(OLD.status = '{old.value}' AND NEW.status = '{new.value}')" for old, new in sorted(AWARD_MOVES)
)
_AWARD_WRONG: Final = f"({_AWARD_CHANGED}) OR NOT (NEW.status = OLD.status OR {_AWARD_MOVED})"

_SAME_ACCOUNT: Final = (
    "NEW.id = OLD.id AND NEW.fund_id = OLD.fund_id AND NEW.kind = OLD.kind"
    " AND NEW.allocation_id IS NOT DISTINCT FROM OLD.allocation_id AND NEW.award_id IS NOT DISTINCT FROM OLD.award_id"
)
#: What a change of an account must be: a later entry of this account than the last one counted, by exactly its amount.
#: Entries are numbered as they come and never change, so each counts once, and nothing else counts.
_COUNTS_ENTRY: Final = (
    "NEW.last_entry > OLD.last_entry AND EXISTS (SELECT 1 FROM ledger_entry AS e WHERE e.number = NEW.last_entry AND ("
    "(e.debit_account_id = NEW.id AND NEW.balance = OLD.balance + e.amount)"
    " OR (e.credit_account_id = NEW.id AND NEW.balance = OLD.balance - e.amount)))"
)
_ACCOUNT_WRONG: Final = f"NOT ({_SAME_ACCOUNT} AND {_COUNTS_ENTRY})"
_KEEP_BALANCES: Final = (
    "UPDATE ledger_account SET last_entry = NEW.number, balance = balance"
    " + CASE WHEN id = NEW.debit_account_id THEN NEW.amount ELSE -NEW.amount END"
    " WHERE id IN (NEW.debit_account_id, NEW.credit_account_id)"
)
#: On SQLite, INSERT OR REPLACE would remove the old row without asking the triggers on DELETE.
_ENTRY_REPLACED: Final = (
    "EXISTS (SELECT 1 FROM ledger_entry"
    " WHERE number = NEW.number OR (disbursement_id = NEW.disbursement_id AND kind = NEW.kind)"
    " OR (transfer_id = NEW.transfer_id AND fund_id = NEW.fund_id AND kind = NEW.kind)"
    " OR (kind = 'awarded' AND NEW.kind = 'awarded' AND award_id = NEW.award_id))"
)


#: No entry on or before the day through which a fund's books are closed.
_LOCKED: Final = (
    "EXISTS (SELECT 1 FROM fund_terms AS t WHERE t.fund_id = NEW.fund_id AND t.locked_through >= NEW.occurred_on)"
)
#: Named like a CHECK, so that whoever posts can tell it from others.
PERIOD_IS_OPEN: Final = "ck_ledger_entry_period_is_open"
_UNLOCKED: Final = (
    "(OLD.locked_through IS NOT NULL AND (NEW.locked_through IS NULL OR NEW.locked_through < OLD.locked_through))"
)
_TERMS_WRONG: Final = (
    "NEW.id <> OLD.id OR NEW.fund_id <> OLD.fund_id"
    f" OR ({_UNLOCKED} AND (OLD.unlock_asked_by IS NULL OR NEW.changed_by = OLD.unlock_asked_by))"
)
_TRANSFER_FIXED: Final = " OR ".join(
    f"NEW.{column} IS DISTINCT FROM OLD.{column}"
    for column in ("id", "kind", "fund_id", "to_fund_id", "category", "to_category", "amount", "asked_by")
)
_TRANSFER_WRONG: Final = f"{_TRANSFER_FIXED} OR (NEW.status <> OLD.status AND OLD.status <> 'asked')"


def keep_the_rules() -> None:
    """Promise the triggers."""
    _keep_periods()
    guarded_life(
        "fund_terms",
        wrong_beginning="NEW.unlock_asked_by IS NOT NULL",
        wrong_change=_TERMS_WRONG,
        messages=("terms begin as they are", "two people open a closed period again", "terms stay"),
    )
    guarded_life(
        "fund_transfer",
        wrong_beginning="NEW.status <> 'asked'",
        wrong_change=_TRANSFER_WRONG,
        messages=("a transfer begins as asked", "a transfer does not change like this", "a transfer stays"),
    )
    append_only("ledger_entry")
    guarded_life(
        "award",
        wrong_beginning="NEW.status <> 'requested'",
        wrong_change=_AWARD_WRONG,
        messages=(
            "an award begins as requested",
            "an award does not change like this",
            "an award is closed, never deleted",
        ),
    )
    guarded_life(
        "ledger_account",
        wrong_beginning="NEW.balance <> 0 OR NEW.last_entry <> 0",
        wrong_change=_ACCOUNT_WRONG,
        messages=("an account begins empty", "a balance moves by an entry only", "an account stays"),
    )
    name = "ledger_entry_keeps_balances"
    function = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
    refuse = "SELECT RAISE(ABORT, 'ledger_entry is append-only')"
    guard(
        "ledger_entry",
        name,
        sqlite=(
            f"CREATE TRIGGER {name}_new BEFORE INSERT ON ledger_entry WHEN {_ENTRY_REPLACED} BEGIN {refuse}; END",
            f"CREATE TRIGGER {name} AFTER INSERT ON ledger_entry BEGIN {_KEEP_BALANCES}; END",
        ),
        postgresql=(
            f"{function} $$ BEGIN {_KEEP_BALANCES}; RETURN NULL; END $$",
            f"CREATE TRIGGER {name} AFTER INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION {name}()",
        ),
    )


def _keep_periods() -> None:
    """Promise that no entry falls into a closed period, whoever posts it."""
    name = "ledger_entry_period"
    refuse = (
        f"RAISE EXCEPTION 'this period of the fund is closed' USING ERRCODE = 'check_violation',"
        f" CONSTRAINT = '{PERIOD_IS_OPEN}'"
    )
    abort = f"SELECT RAISE(ABORT, 'CHECK constraint failed: {PERIOD_IS_OPEN}')"
    body = f"BEGIN IF {_LOCKED} THEN {refuse}; END IF; RETURN NEW; END"
    guard(
        "ledger_entry",
        name,
        sqlite=(f"CREATE TRIGGER {name} BEFORE INSERT ON ledger_entry WHEN {_LOCKED} BEGIN {abort}; END",),
        postgresql=(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            f"CREATE TRIGGER {name} BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION {name}()",
        ),
    )


def guarded_life(table: str, *, wrong_beginning: str, wrong_change: str, messages: tuple[str, str, str]) -> None:
    """Promise that rows of ``table`` begin, change and stay as they should.

    The conditions speak of NEW and OLD and say what is wrong; the messages are for a wrong beginning, a wrong change
    and a removal, in this order.
    """
    name = f"{table}_life"
    begin, change, stay = (f"'{message}'" for message in messages)
    body = (
        f"IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION {stay}; END IF; "
        f"IF TG_OP = 'INSERT' THEN IF {wrong_beginning} THEN RAISE EXCEPTION {begin}; END IF; RETURN NEW; END IF; "
        f"IF {wrong_change} THEN RAISE EXCEPTION {change}; END IF; RETURN NEW;"
    )
    run = f"EXECUTE FUNCTION {name}()"
    there = f"NEW.id IN (SELECT id FROM {table})"  # noqa: S608 - names of tables, from this program's own source
    wrongly = {
        f"{name}_begin BEFORE INSERT ON {table} WHEN {wrong_beginning} OR {there}": begin,
        f"{name}_change BEFORE UPDATE ON {table} WHEN {wrong_change}": change,
        f"{name}_stay BEFORE DELETE ON {table}": stay,
    }
    guard(
        table,
        name,
        sqlite=tuple(
            f"CREATE TRIGGER {when} BEGIN SELECT RAISE(ABORT, {message}); END" for when, message in wrongly.items()
        ),
        postgresql=(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
            f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW {run}",
            f"CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}",
        ),
    )
