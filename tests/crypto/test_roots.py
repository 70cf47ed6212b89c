"""One suite over every place where a root key can be: what each must do, and how each must fail."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import combinations
from pathlib import Path

import pytest

from app.crypto import Access, KeysSealed, KeysUnavailable, NewRoot, Place, Question, Secret, init_keyring
from app.crypto.keyring import FileKeyring
from app.crypto.roots import choosing, in_shares
from app.crypto.roots.choosing import place_of
from tests.crypto.places import FileStage, SharesStage, Stage
from tests.crypto.records import Records, forget_all
from tests.crypto.remote_places import STAGES, ModuleStage, ServiceStage

LABEL, KEY = b"a place", bytes(range(32))


@pytest.fixture(params=STAGES, ids=lambda each: each.place.value)
def stage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """An installation whose root is in each place in turn."""
    with ExitStack() as stack:
        yield request.param(tmp_path, monkeypatch, stack)


def test_every_place_is_tried() -> None:
    assert {each.place for each in STAGES} == set(Place)
    assert {place_of(place).place for place in Place} == set(Place)


def test_a_key_comes_back_in_its_place_only(stage: Stage) -> None:
    provider = stage.provider()
    root = provider.roots()[-1]
    wrapped = provider.wrap(root, KEY, LABEL)
    assert provider.unwrap(root, wrapped, LABEL) == KEY
    assert KEY not in wrapped
    assert provider.wrap(root, KEY, LABEL) != wrapped
    for blob, label in (
        (wrapped, b"another place"),
        (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), LABEL),
        (wrapped[:-1], LABEL),
        (b"", LABEL),
    ):
        with pytest.raises(KeysUnavailable):
            provider.unwrap(root, blob, label)


def test_records_open_and_keys_are_changed(stage: Stage) -> None:
    vault = stage.open()
    records = Records(vault, 3)
    assert vault.is_open()
    vault.rotate_epoch()
    records.add(vault, 20)
    forget_all(vault, records)
    records.check(vault)
    records.check(stage.open())


def test_nothing_on_disk_opens_it_but_the_file_itself(stage: Stage) -> None:
    text = stage.keyring.read_text()
    keys = [root.get("key", "") for root in json.loads(text)["roots"]]
    assert [len(key) == 44 for key in keys] == [stage.place is Place.FILE]
    assert stage.keyring.stat().st_mode & 0o077 == 0
    assert repr(stage.provider().described()[-1]).startswith("<")


def test_every_fault_is_said_and_mended_without_a_restart(stage: Stage) -> None:
    vault = stage.open()
    records = Records(vault, 2)
    for name, (fault, sentence) in stage.faults.items():
        before = stage.keyring.read_bytes()
        with fault():
            with pytest.raises(KeysUnavailable, match=sentence) as refused:
                stage.open()
            assert refused.value.__cause__ is None, name
            if vault.deletion_delay or stage.place is Place.PKCS11:
                vault._provider._well_until = 0.0  # type: ignore[attr-defined]  # as if the last answer were old
        assert stage.keyring.read_bytes() == before, name
        records.check(stage.open())
    assert vault.is_open()
    vault.rotate_epoch()
    forget_all(vault, records)
    records.check(vault)


@pytest.mark.parametrize("kind", [ModuleStage, ServiceStage], ids=lambda each: each.place.value)
def test_a_running_service_says_that_its_keys_are_away(
    kind: type[ModuleStage | ServiceStage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        stage = kind(tmp_path, monkeypatch, stack)
        vault = stage.open()
        records = Records(vault, 2)
        fault, sentence = stage.faults["down"]
        with fault():
            assert not vault.is_open()
            with pytest.raises(KeysUnavailable, match=sentence):
                vault.rotate_root()
            with pytest.raises(KeysUnavailable, match=sentence):
                vault.rotate_epoch()
            records.check(vault)  # what is open stays open
        assert vault.is_open()
        vault.rotate_epoch()
        vault.rotate_root()
        forget_all(vault, records)
        records.check(vault)


@pytest.mark.parametrize("kind", [ModuleStage, ServiceStage], ids=lambda each: each.place.value)
def test_one_in_ten_that_fails_loses_nothing(
    kind: type[ModuleStage | ServiceStage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        stage = kind(tmp_path, monkeypatch, stack)
        vault = stage.open()
        records, done = Records(vault, 2), 0
        with stage.flaky(10):
            for _ in range(6):
                try:
                    vault.rotate_epoch()
                except KeysUnavailable:
                    continue
                done += 1
        assert done >= 3
        vault.rotate_epoch()
        assert (vault.status().epochs, vault.status().subjects_waiting) == (1, 0)
        records.check(stage.open())


def test_a_root_moves_through_all_places_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        stages = []
        for number, kind in enumerate(STAGES):
            (tmp_path / str(number)).mkdir()
            stages.append(kind(tmp_path / str(number), monkeypatch, stack))
        home = stages[0]
        records = Records(home.open(), 5)
        for stage in (*stages[1:], home):
            vault = home.open()
            home.access, home.secrets = stage.access, stage.secrets
            vault._provider._access = stage.access  # type: ignore[attr-defined]  # another setting, as after a restart
            vault.rotate_root(stage.new)
            assert [root.place for root in home.provider().described()] == [stage.place]
            home.open().rotate_epoch()
            records.check(home.open())


def test_the_service_destroys_what_it_made_and_says_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        stage = ServiceStage(tmp_path, monkeypatch, stack)
        vault = stage.open()
        old = set(stage.service.keys)
        assert vault.deletion_delay.days == 7
        vault.rotate_root()
        assert stage.service.deleting == dict.fromkeys(old, 7)
        assert all(set(context) == {"amparo"} for context in stage.service.contexts)


def test_a_key_of_the_operators_own_is_used_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        stage, home = ServiceStage(tmp_path, monkeypatch, stack), FileStage(tmp_path / "home", monkeypatch, stack)
        named = stage.service.answer("CreateKey", {})[1]["KeyMetadata"]["Arn"]
        home.access = Access(production=False, kms_region="eu-central-1", kms_endpoint=stage.service.url, kms_key=named)
        vault = home.open()
        records = Records(vault, 1)
        vault.rotate_root(NewRoot(Place.AWS_KMS))
        home.open().rotate_root(NewRoot(Place.FILE))
        assert stage.service.deleting == {}
        records.check(home.open())


def test_the_module_never_gives_its_key_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        stage = ModuleStage(tmp_path, monkeypatch, stack)
        assert stage.extractable() == [False]
        stage.open().rotate_root()
        assert stage.extractable() == [False]  # one key: the old one was destroyed there


def test_the_words_of_shares_are_checked_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        stage = SharesStage(tmp_path, monkeypatch, stack)
        provider = FileKeyring(stage.keyring)
        assert provider.questions() == (Question(Place.SHARES, 3, 5),)
        right, other = stage.words, in_shares.split(KEY, shares=5, needed=3)
        first = right[0].split()
        mistyped = " ".join((*first[:9], "acid" if first[9] == "academic" else "academic", *first[10:]))
        for words, sentence in (
            ((mistyped, *right[1:3]), "Share 1 has a mistyped or missing word"),
            ((" ".join(first[:-1]), *right[1:3]), "Share 1 has a mistyped or missing word"),
            (("not a word of it", *right[1:3]), "Share 1 has a mistyped"),
            ((*right[:2], other[2]), "Share 3 belongs to another set"),
            (other[:3], "Share 1 belongs to another set"),
            (right[:2], "2 different shares were typed, and 3 are needed"),
        ):
            with pytest.raises(KeysUnavailable, match=sentence) as refused:
                provider.unlock(Secret(shares=words))
            assert not any(word in str(refused.value).split() for word in (first[5], first[12]))
            with pytest.raises(KeysSealed):
                provider.unwrap(provider.roots()[0], bytes(60), LABEL)
        for chosen in combinations(right, 3):
            opened = FileKeyring(stage.keyring)
            opened.unlock(Secret(shares=tuple(f"  {words.upper()} " for words in chosen)))
            assert opened.questions() == ()
            opened.health()


@pytest.mark.parametrize(("shares", "needed"), [(5, 1), (3, 4), (17, 3), (1, 1), (0, 0)])
def test_shares_that_guard_nothing_are_not_made(shares: int, needed: int) -> None:
    with pytest.raises(KeysUnavailable, match="2 or more must be needed"):
        in_shares.split(KEY, shares=shares, needed=needed)


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeysUnavailable, match="12 characters or more"):
        init_keyring(tmp_path / "root.json", wanted=NewRoot(Place.PASSPHRASE, Secret(passphrase="too short")))
    assert list(tmp_path.iterdir()) == []


def test_a_passphrase_costs_what_it_should(tmp_path: Path) -> None:
    """64 MiB and three passes: the first recommendation of RFC 9106 for little memory."""
    init_keyring(tmp_path / "root.json", wanted=NewRoot(Place.PASSPHRASE, Secret(passphrase="a long enough one")))
    root = json.loads((tmp_path / "root.json").read_bytes())["roots"][0]
    assert (root["memory"], root["passes"], root["lanes"]) == (65_536, 3, 4)


def test_a_library_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "entry_points", lambda **_: ())
    with pytest.raises(KeysUnavailable, match="Install Amparo with its extra `kms`"):
        init_keyring(tmp_path / "root.json", wanted=NewRoot(Place.AWS_KMS))
