"""Judgements that no test machine can be brought to, from facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.doctor.rules import Finding, Level, exit_code, problem, unknown, warning
from app.doctor.rules.places import Place, Places, judge_places
from app.doctor.rules.upkeep import RecordFacts, judge_record

NOW = datetime(2026, 10, 12, 12, tzinfo=UTC)
FOLDER = Place("/var/lib/amparo", there=True, mode=0o40700, owner=998)
FILE = Place("/etc/amparo/keyring.json", there=True, mode=0o100600, owner=998)
SOUND = Places(
    data=FOLDER,
    database=FILE,
    keystore=FILE,
    keyring=FILE,
    keyring_folder=FOLDER,
    keyring_beside_data=False,
    made=True,
    same_account=True,
)


def codes(findings: list[Finding]) -> list[tuple[str, Level]]:
    return [(finding.code, finding.level) for finding in findings]


def test_sound_places_get_no_finding() -> None:
    assert list(judge_places(SOUND)) == []


def test_a_folder_that_can_not_be_written_is_named() -> None:
    places = replace(SOUND, data=replace(FOLDER, writable=False))
    assert codes(list(judge_places(places))) == [("data.read_only", Level.PROBLEM)]


def test_a_keyring_that_its_own_account_can_not_read_is_a_problem() -> None:
    places = replace(SOUND, keyring=replace(FILE, readable=False))
    assert codes(list(judge_places(places))) == [("keyring.unreadable", Level.PROBLEM)]


def test_a_keyring_that_another_account_can_not_read_could_not_be_checked() -> None:
    hidden = replace(FILE, hidden=True, readable=False, mode=0, owner=0)
    places = replace(SOUND, keyring=hidden, same_account=False)
    assert codes(list(judge_places(places))) == [("keyring.unreadable", Level.UNKNOWN)]


def test_the_advice_on_a_lost_keyring_depends_on_what_there_is() -> None:
    gone = replace(SOUND, keyring=Place("/etc/amparo/keyring.json", there=False))
    assert "backup" in next(judge_places(gone)).do
    assert "amparo init" in next(judge_places(replace(gone, made=False))).do


def test_seals_that_can_not_be_read_are_named() -> None:
    facts = RecordFacts(NOW, NOW, None, NOW - timedelta(minutes=2), 7, "unreadable")
    assert codes(list(judge_record(facts))) == [("seals.unreadable", Level.PROBLEM)]


def test_a_seal_of_this_second_is_given_time() -> None:
    assert list(judge_record(RecordFacts(NOW, NOW, NOW, NOW, 7, "behind"))) == []


def test_the_exit_code_says_the_worst() -> None:
    told = ("a.b", "wrong", "why", "do")
    assert exit_code([]) == 0
    assert exit_code([warning(*told)]) == 0
    assert exit_code([warning(*told), unknown(*told)]) == 2
    assert exit_code([unknown(*told), problem(*told)]) == 1
