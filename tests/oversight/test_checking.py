"""`amparo audit verify` over a running installation."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from app.audit.sealing import seal_once, seals_file
from app.oversight.reads import audit_verify
from tests.story import Story
from tests.world import World


def seal(world: World) -> None:
    services = world.services
    seal_once(services.database, services.vault, seals_file(services.settings), datetime.now(UTC))


def test_a_real_record_is_intact(world: World) -> None:
    """Everything the product writes on one case's way round-trips through the database to the byte."""
    Story(world).begin().apply().accept().assign().fund_it().pay()
    seal(world)
    code, lines = audit_verify(world.services, None)
    assert code == 0, lines
    assert lines[0].startswith("intact: ")
    assert "this installation's own" in lines[-1]


def test_without_any_file_it_says_so(world: World) -> None:
    seal(world)
    seals_file(world.services.settings).unlink(missing_ok=True)
    code, lines = audit_verify(world.services, None)
    assert code == 0
    assert lines[-1].startswith("Compared with no seals file")


def test_a_copy_of_the_file_shows_what_was_cut(world: World, tmp_path: Path) -> None:
    world.attorney.get("/cases")
    seal(world)
    copy = tmp_path / "copy.txt"
    copy.write_bytes(seals_file(world.services.settings).read_bytes())
    with world.owning() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.exec_driver_sql(f'DROP TRIGGER "{row.name}"')
        for table in ("audit_leaf", "audit_seal", "audit_event"):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - names from the line above
    code, lines = audit_verify(world.services, copy)
    assert code == 2
    assert lines[0].startswith("truncated: The record ends before seal 1")
    assert len(lines) == 3
    code, lines = audit_verify(world.services, tmp_path / "nowhere.txt")
    assert code == 3
    assert lines[0].startswith("undecided: The seals file can not be read.")
