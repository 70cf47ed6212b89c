"""``docs/access.md``: the grants tables as a page for people who do not read code."""

from collections.abc import Callable

from app.access.grants import APART, GRANTS, OPENS, REFERENCES_ONLY, Permission, Reach, Role
from app.crypto.groups import Group

_REACH = {Reach.OWN: "own", Reach.ASSIGNED: "assigned", Reach.PARTNER: "partner", Reach.ALL: "all"}


def as_markdown() -> str:
    """The whole page. ``amparo access > docs/access.md`` renews it; a test fails when it is stale."""
    return "\n".join(
        (
            "# Who may do what",
            "",
            "Made from `app/access/grants.py` by `amparo access`; do not edit. An empty cell is a refusal.",
            "*own* is what names the very person, *assigned* are records the person is tied to now, *partner* those of",
            "the person's organization, *all* every record. Which rows a reach means stands in each room's `scope.py`.",
            "",
            "## Permissions",
            "",
            *_table("permission", Permission, lambda role, each: GRANTS[role].get(Permission(each))),
            "",
            "## Sealed groups",
            "",
            "Who may open which group, each opening on record. Intake's reach ends with the application's disposition;",
            "an attorney's with the assignment.",
            "",
            *_table("group", Group, lambda role, each: OPENS[role].get(Group(each))),
            "",
            "## Roles",
            "",
            "- See references only, never a client's circumstances: " + ", ".join(sorted(REFERENCES_ONLY)) + ".",
            *(f"- Never in one person: {' and '.join(sorted(pair))}." for pair in sorted(APART, key=sorted)),
            "",
        )
    )


def _table(title: str, rows: type[Permission] | type[Group], cell: Callable[[Role, str], Reach | None]) -> list[str]:
    lines = [f"| {title} | " + " | ".join(role.replace("_", " ") for role in Role) + " |"]
    lines.append("| --- |" + " --- |" * len(Role))
    for each in rows:
        reaches = (cell(role, each) for role in Role)
        lines.append(f"| `{each}` | " + " | ".join(_REACH[reach] if reach else "" for reach in reaches) + " |")
    return lines
