"""``docs/access.md``: the grants tables as a page for people who do not read code."""

from collections.abc import Callable

from app.access.grants import APART, GRANTS, OPENS, REFERENCES_ONLY, Permission, Reach, Role
from app.crypto.groups import Group

#: What no table of roles can say, in the words of whoever has to defend it.
_BEATS = (
    "- **A wall.** A person whom a wall keeps away from a client does not reach anything of that client by any",
    "  role, at any reach, by help or in an emergency; to them it is as if the client did not exist. Sums of a",
    "  fund stay whole, and lose the references of that client for them. One administrator puts a wall up, two",
    "  people lift it, never oneself.",
    "- **The end of an assignment.** An attorney's access ends in the moment in which the assignment or the case",
    "  ends, and with it the help that the attorney has given.",
    "- **Temporary help.** A colleague of the same organization is *assigned* for 1 to 10 hours, and then no",
    "  more.",
    "- **Emergencies.** `break_glass.open` works for people whom a colleague has named, after a fresh proof of",
    "  who they are: identity, contact and immigration of one client for 60 minutes, 3 times in 30 days, told to",
    "  the attorney, the fund and the auditor at once, reviewed by somebody else in 72 hours. Never criminal",
    "  history, notes or finances.",
    "- **A legal hold** changes nothing for those who work: it stops the erasing. **An erased person** is there",
    "  for nobody; what was paid stays, by reference.",
    "- **A program's scopes** only narrow what its role allows.",
)
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
            "## What beats the tables",
            "",
            *_BEATS,
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
