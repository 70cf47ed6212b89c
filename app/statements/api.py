"""Bank statements over REST."""

from uuid import UUID

from fastapi import Request

from app.access.grants import Permission
from app.keyset import DEFAULT_LIMIT, Limit
from app.statements.actions import map as mapping
from app.statements.actions import match as matching
from app.statements.actions import receive
from app.statements.reads import lines as line_reads
from app.statements.reads import reconciling
from app.statements.reads import statements as reads
from app.statements.reads.find import readable
from app.web.answers import MULTIPART, Turns
from app.web.door import Door
from app.web.uploads import Upload
from app.work import Work

door = Door("/statements")


@door.get("", Permission.STATEMENT_READ)
def list_statements(work: Work, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None) -> reads.StatementList:
    """The bank's statements, newest first."""
    return reads.statements(work, limit, cursor)


@door.post("", Permission.STATEMENT_MATCH, key=True, takes=MULTIPART, status_code=201)
def add_statement(turns: Turns, request: Request) -> reads.StatementView:
    """Take a statement in: a form with ``format`` and what its kind needs (``mapping_id``, ``account``, ``opening``,
    ``closing``, ``from_on``, ``to_on``), and last the ``file``. It is refused unless it adds up to the cent."""
    upload: Upload = request.scope["amparo.upload"]
    statement_id = receive.receive(turns, upload)
    return turns(lambda work: reads.statement(work, statement_id, answering=True))


@door.get("/mappings", Permission.STATEMENT_MATCH)
def list_mappings(work: Work) -> reads.MappingList:
    """How banks' CSV files are read."""
    return reads.mappings(work)


@door.post("/mappings", Permission.STATEMENT_MATCH, key=True, status_code=201)
def keep_mapping(work: Work, form: mapping.NewMapping) -> reads.MappingList:
    """Keep how a bank's CSV files are read: which column says what."""
    mapping.keep_mapping(work, form)
    return reads.mappings(work)


@door.get("/{statement_id}", Permission.STATEMENT_READ)
def get_statement(work: Work, statement_id: UUID) -> reads.StatementView:
    """One statement, with its balances."""
    return reads.statement(work, statement_id)


@door.get("/{statement_id}/lines", Permission.STATEMENT_READ)
def list_lines(
    work: Work, statement_id: UUID, unmatched: bool = False, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None
) -> line_reads.LineList:
    """The lines of a statement, with what each is or may be."""
    return line_reads.lines(work, statement_id, unmatched, limit, cursor)


@door.get("/{statement_id}/reconciliation", Permission.STATEMENT_READ)
def get_reconciliation(work: Work, statement_id: UUID) -> reconciling.Reconciliation:
    """The bank's side and ours, to the cent: sums by what lines are, and payments the bank has not shown."""
    return reconciling.reconciliation(work, statement_id)


@door.post("/{statement_id}/matches", Permission.STATEMENT_MATCH, finds=readable, key=True, status_code=201)
def match_line(work: Work, statement_id: UUID, form: matching.NewMatch) -> reconciling.Reconciliation:
    """Say what a line is. A payment is settled by it, and one that came back is returned with the bank's code."""
    return reconciling.reconciliation(work, matching.match(work, statement_id, form))


@door.post("/{statement_id}/close", Permission.STATEMENT_CLOSE, finds=readable, key=True)
def close_statement(work: Work, statement_id: UUID, form: matching.Nothing | None = None) -> reads.StatementView:
    """Close a statement whose every line is explained; somebody who matched none of them does."""
    return reads.statement(work, matching.close(work, statement_id, form or matching.Nothing()), answering=True)
