"""Conditions that several policies are made of, as SQL: whose row it is, and whose matter."""

from typing import Final

from app.access.rows import to as _to

# An unset setting is NULL; after a transaction that set it locally it is empty. Both are nobody.
PARTNER: Final = "(SELECT nullif(current_setting('app.partner_id', true), '')::uuid)"
ACTOR: Final = "(SELECT nullif(current_setting('app.actor_id', true), '')::uuid)"
PERSON: Final = _to("person")
# A helper's tie ends by itself at its moment, here as in app/access/ties.py.
_HOLDS: Final = (
    "tie.until_at IS NULL AND (tie.ends_at IS NULL OR tie.ends_at > now())"
    f" AND (tie.partner_id = {PARTNER} OR tie.account_id = {ACTOR})"
)


# A function is planned once a connection and runs once a statement. As a condition of its own it was planned again for
# each of the ties that a statement's policies ask for, and with it the policy of the table it asks.
def colleague(column: str) -> str:
    """Whether this is somebody of one's own organization."""
    return f"{column} = ANY ((SELECT amparo_colleagues())::uuid[])"


#: Those of whose erasure one may know, by the policy of `erasure`.
ERASED: Final = "id = ANY ((SELECT amparo_erased())::uuid[])"


def of_visible(column: str, table: str) -> str:
    """Rows that hang on a row of another table follow it: that table's own policy answers inside."""
    return f'{column} IN (SELECT id FROM "{table}")'


# EXISTS and not IN: the planner then looks up the few rows of a page by their keys, or makes a table of all that an
# organization has for the many rows of a report. IN always made the table: 3 ms for each room that a list joins.
def tied(column: str) -> str:
    return f"EXISTS (SELECT FROM tie WHERE tie.subject_id = {column} AND {_HOLDS})"


def taken_in(column: str) -> str:
    return f"EXISTS (SELECT FROM applicant AS taken WHERE taken.id = {column} AND taken.partner_id = {PARTNER})"


MATTER: Final = (
    f'EXISTS (SELECT FROM "case" AS matter WHERE matter.id = case_id AND matter.partner_id = {PARTNER})'
    f" OR {tied('case_id')}"
)


def _ids(name: str, of: str) -> str:
    return (
        f"CREATE FUNCTION {name}() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE"
        f" SET search_path = public, pg_temp AS $$ BEGIN RETURN ARRAY({of}); END $$"
    )


#: By their names with the types of what they take. They run as who asks: the policies of what they read hold inside.
FUNCTIONS: Final[dict[str, str]] = {
    # A matter is an organization's own when it took the person in, has the case, or is tied to either. PostgreSQL
    # refuses a policy that asks a table whose own policy asks the first one; in a function each asks in its turn.
    "amparo_own_matter(uuid)": f"""
CREATE FUNCTION amparo_own_matter(subject uuid) RETURNS boolean
 LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
AS $$ BEGIN RETURN EXISTS (SELECT FROM applicant WHERE id = subject AND partner_id = {PARTNER})
 OR EXISTS (SELECT FROM "case" WHERE id = subject AND (partner_id = {PARTNER} OR {taken_in("applicant_id")}))
 OR {tied("subject")}; END $$""",
    "amparo_colleagues()": _ids("amparo_colleagues", f"SELECT id FROM account WHERE partner_id = {PARTNER}"),
    "amparo_erased()": _ids("amparo_erased", "SELECT applicant_id FROM erasure"),
}


def own_matter(column: str) -> str:
    return f"amparo_own_matter({column})"
