"""The pages of bank statements."""

from uuid import UUID

from app.access.grants import Permission
from app.statements.actions.receive import MOST_BYTES
from app.statements.reads import lines as line_reads
from app.statements.reads import reconciling
from app.statements.reads import statements as reads
from app.statements.rules.words import StatementStatus
from app.web.addresses import page_of
from app.web.answers import Page
from app.web.door import Door
from app.work import Work

door = Door(tag="pages")


@door.page("/statements", Permission.STATEMENT_READ)
def statements_page(work: Work, cursor: str | None = None) -> Page:
    """Every statement, newest first, and a form to add one."""
    found = reads.statements(work, cursor=cursor)
    may = work.actor.reach(Permission.STATEMENT_MATCH) is not None
    return Page(
        "statements/list.html",
        {
            "statements": found,
            "mappings": [(str(each.id), each.name) for each in reads.mappings(work).items] if may else None,
            "most": MOST_BYTES,
            "next_url": page_of("/statements", found.next, {}),
            "first_url": "/statements" if cursor else None,
        },
    )


@door.page("/statements/{statement_id}", Permission.STATEMENT_READ)
def statement_page(work: Work, statement_id: UUID, cursor: str | None = None) -> Page:
    """The bank's side and ours of one statement."""
    found = reconciling.reconciliation(work, statement_id)
    lines = line_reads.lines(work, statement_id, cursor=cursor)
    is_open = found.statement.status is StatementStatus.OPEN
    whole = found.statement.matched == found.statement.lines
    path = f"/statements/{statement_id}"
    return Page(
        "statements/statement.html",
        {
            "found": found,
            "lines": lines,
            "matches": is_open and work.actor.reach(Permission.STATEMENT_MATCH) is not None,
            "closes": is_open and whole and work.actor.reach(Permission.STATEMENT_CLOSE) is not None,
            "next_url": page_of(path, lines.next, {}),
            "first_url": path if cursor else None,
        },
    )
