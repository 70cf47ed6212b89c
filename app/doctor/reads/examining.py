"""One examination, from the settings to the machine. What can not be reached is said, and the rest is looked at."""

from collections.abc import Iterator

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app import installation, tables
from app.config import Environment, Settings, UnsafeSettings
from app.crypto import KeysUnavailable
from app.doctor.reads import backups, checkpoints, database, machine, places, settings
from app.doctor.reads.surroundings import Surroundings
from app.doctor.rules import Finding, problem, unknown
from app.doctor.rules.backups import judge_backups
from app.doctor.rules.checkpoints import judge_checkpoints
from app.doctor.rules.database import SqliteFacts, judge_postgres, judge_shape, judge_sqlite
from app.doctor.rules.places import Places, judge_places, judge_seals_place
from app.doctor.rules.settings import judge_settings
from app.doctor.rules.upkeep import KeyFacts, judge_keys, judge_machine, judge_record


def examine(around: Surroundings) -> list[Finding]:
    """Everything that is wrong with the installation that the environment describes."""
    try:
        wanted = Settings()
        assert wanted.database  # it may stand in a file, which is read here first
    except ValidationError as error:
        return [*map(_invalid, error.errors(include_input=False, include_url=False))]
    except UnsafeSettings as error:
        return [problem("settings.unsafe", str(error), "The service does not start.", "Do what the sentence says.")]
    return list(_examine(wanted, around))


def _invalid(error: object) -> Finding:
    assert isinstance(error, dict)
    name = "AMPARO_" + ".".join(map(str, error["loc"])).upper()
    return problem(
        "settings.invalid",
        f"{name}: {error['msg']}.",
        "The service does not start.",
        f"Give {name} a value as the list of settings says, or unset it.",
    )


def _examine(wanted: Settings, around: Surroundings) -> Iterator[Finding]:
    facts = settings.facts(wanted)
    yield from judge_settings(facts)
    if facts.backend not in ("sqlite", "postgresql"):
        return
    found = places.of(wanted, around)
    yield from judge_places(found)
    seals, beside = places.seals(wanted, found)
    yield from judge_seals_place(seals, beside=beside, production=wanted.environment is Environment.PRODUCTION)
    if found.database is None or found.database.there:
        yield from _database(wanted, around)
    yield from _keys(wanted, found)
    yield from judge_machine(machine.facts(wanted, around))
    yield from judge_backups(backups.facts(wanted, around))


def _database(wanted: Settings, around: Surroundings) -> Iterator[Finding]:
    tables.load_all()
    try:
        with database.looking(wanted) as connection:
            shape = database.shape(connection)
            yield from judge_shape(shape)
            if shape.engine == "sqlite":
                yield from judge_sqlite(database.sqlite(connection, wanted, around))
            else:
                yield from judge_postgres(database.postgres(connection, wanted, around))
            if shape.revision is not None:
                yield from judge_record(database.record(connection, wanted, around))
            if shape.revision == shape.head:
                yield from judge_checkpoints(checkpoints.facts(connection, wanted, around))
    except SQLAlchemyError as error:
        if database.is_damage(error):
            yield from judge_sqlite(SqliteFacts("wal", intact=False, network=None))
        else:
            yield database.unreachable(error, wanted)


def _keys(wanted: Settings, found: Places) -> Iterator[Finding]:
    files = [found.keyring, *([found.keystore] if found.keystore else [])]
    if any(not file.there or file.hidden or not file.readable or file.mode & 0o077 for file in files):
        yield unknown(
            "keys.unchecked",
            "The keys were not looked at.",
            "The keyring or the keystore is missing, closed to this account or open to others.",
            "Mend that first, then ask again.",
        )
        return
    try:
        vault = installation.open_vault(wanted)
    except KeysUnavailable as error:
        yield from judge_keys(KeyFacts(str(error)))
        return
    try:
        status = vault.status()
        yield from judge_keys(KeyFacts(None, status.roots, status.epochs))
    finally:
        vault.close()
