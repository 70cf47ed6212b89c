"""The shape of the repository: every rule holds for every file, and every rule is able to fail."""

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.shape import (
    BY_NAME,
    COMMITS,
    DATA_FOLDERS,
    DOMAIN_NAMES,
    MARKUP,
    MORE_NAMES,
    PLATFORM,
    RULES,
    SCHEMA,
    Rule,
    Source,
)
from tests.shape import doors_hold_no_sql as doors
from tests.shape import exceptions_are_explained as exceptions
from tests.shape import files_can_be_read_in_one_sitting as lengths
from tests.shape import files_have_agreed_names as names
from tests.shape import imports_stand_at_the_top as imports
from tests.shape import markup_has_its_place as markup
from tests.shape import messages_are_constant as messages
from tests.shape import models_are_plain as models
from tests.shape import nothing_opens_on_load as loading
from tests.shape import rooms_write_their_own_tables as writes
from tests.shape import rows_are_reached_through_their_scope as scopes
from tests.shape import rules_are_pure as purity
from tests.shape import sealing_has_its_places as sealing
from tests.shape import tables_show_no_value as tables
from tests.shape import the_door_commits as commits
from tests.shape import uploads_touch_no_disk as uploads

ROOT = Path(__file__).resolve().parent.parent

#: Addresses of registries, and places that exist on one machine only. Written so that this file does not match itself.
ADDRESSES = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com|(?:extra-)?index[-_]url\s*[=:]|--find[-]links"
    r"|//[^/\s\"']*(?:artifactory|nexus)[^/\s\"']*/"
    r"|(?<![\w.$}])/(?:root|home|work|Users)/[\w.-]+|file:/{3}"
    r"|(?<![\d.])(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}(?![\d.])"
)
FORBIDDEN_FILES = re.compile(
    r"(^|/)(uv\.lock|pylock\.toml|poetry\.lock|Pipfile\.lock|yarn\.lock|\.env|\.DS_Store|Thumbs\.db|.*\.pyc"
    r"|.*\.(?:sqlite3?|db|log|bak|orig|rej|swp|pem|key|p12))$"
)


#: What setup, runs and tests leave behind; only asked where there is no git to say so.
LEFT_BEHIND = re.compile(
    r"(^|/)(\.(git|boot|venv|\w+_cache|hypothesis)|node_modules|vendor|data|__pycache__|[\w.-]+\.egg-info)/"
)


@cache
def repository() -> tuple[str, ...]:
    """Every file that is, or is about to be, part of the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    else:  # an unpacked archive
        listed = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*")]
        listed = [name for name in listed if not LEFT_BEHIND.search(name) or name.startswith("app/eligibility/data/")]
    return tuple(sorted({name for name in listed if name and (ROOT / name).is_file()}))


@cache
def sources() -> tuple[Source, ...]:
    """The product's own Python: the rooms, and the migrations that make their tables."""
    wanted = (name for name in repository() if name.endswith(".py") and name.startswith(("app/", "migrations/")))
    return tuple(Source(name, (ROOT / name).read_text(encoding="utf-8")) for name in wanted)


def complaints(rule: Rule, path: str, text: str) -> list[str]:
    return list(rule(Source(path, text)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: Rule) -> None:
    assert len(sources()) > 20, "the files were not found"
    assert [complaint for source in sources() for complaint in rule(source)] == []


BROKEN: list[tuple[Rule, str, str]] = [
    (imports, "app/cases/reads.py", "def f():\n    import os"),
    (imports, "app/cases/reads.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app.x import y"),
    (imports, "app/cases/reads.py", "try:\n    import os\nexcept ImportError:\n    pass"),
    (imports, "app/cases/reads.py", "import importlib\nimportlib.import_module('app.x')"),
    (names, "app/cases/helpers.py", ""),
    (names, "app/utils/dates.py", ""),
    (names, "app/cases/queries.py", ""),
    (names, "app/cases/sheets.py", ""),
    (names, "app/cases/actions2.py", ""),
    (names, "tests/common.py", ""),
    (doors, "app/cases/api.py", "work.session.scalars(x)"),
    (doors, "app/cases/api.py", "select(Case)"),
    (doors, "app/cases/pages.py", "work.vault"),
    (doors, "app/cases/pages.py", "@door.post('')\ndef f(): ..."),
    (scopes, "app/cases/reads.py", "work.session.get(Case, id)"),
    (scopes, "app/cases/actions/close.py", "session.merge(case)"),
    (commits, "app/cases/actions.py", "work.session.commit()"),
    (commits, "app/work.py", "self.session.rollback()"),
    (commits, "app/cases/reads.py", "with engine.begin(): ..."),
    (loading, "app/cases/model.py", "class Sealed(TypeDecorator[str]): ..."),
    (loading, "app/crypto/column.py", "class Sealed(sa.types.TypeDecorator): ..."),
    (loading, "app/cases/model.py", "@event.listens_for(Case, 'load')\ndef f(): ..."),
    (uploads, "app/documents/api.py", "from fastapi import UploadFile"),
    (uploads, "app/documents/api.py", "import tempfile"),
    (uploads, "app/documents/api.py", "async def f(request):\n    await request.form()"),
    (markup, "app/cases/pages.py", "Markup('<b>' + name + '</b>')"),
    (sealing, "app/cases/actions.py", "work.vault.open(cell, group, blob)"),
    (sealing, "app/cases/reads.py", "work.vault.seal(cell, group, value)"),
    (tables, "app/cases/model.py", "class Case(SQLModel, table=True): ..."),
    (tables, "app/cases/model.py", "class Case(Table, Mixin, table=True): ..."),
    (tables, "app/cases/model.py", "class Case(Table, table=True):\n    def __repr__(self): ..."),
    (models, "app/cases/model.py", "from __future__ import annotations"),
    (models, "app/access/model.py", "roles = Relationship()"),
    (messages, "app/cases/reads.py", "text(f'SELECT {x}')"),
    (messages, "app/cases/reads.py", "text('SELECT ' + x)"),
    (messages, "app/cases/reads.py", "sa.text('SELECT {}'.format(x))"),
    (messages, "app/cases/reads.py", "connection.exec_driver_sql('SELECT %s' % x)"),
    (messages, "app/web/door.py", "log.info(f'signed in {x}')"),
    (messages, "app/web/door.py", "self._logger.warning('signed in %s' % x)"),
    (purity, "app/cases/rules.py", "import sqlalchemy"),
    (purity, "app/cases/rules/close.py", "from app.cases.reads import x"),
    (purity, "app/cases/rules.py", "from app import db"),
    (purity, "app/cases/rules.py", "import os"),
    (purity, "app/cases/rules.py", "from datetime import date\ndate.today()"),
    (writes, "app/cases/actions.py", "from app.access.model import Tie\ninsert(Tie)"),
    (writes, "app/cases/actions.py", "from app.funds.model import Award\ninsert(Award)"),
    (writes, "app/cases/actions.py", "from app.funds.model import Award as A\nsa.update(A).values(x=1)"),
    (exceptions, "app/cases/rules.py", "x = 1  # noqa"),
    (exceptions, "app/cases/rules.py", "x = 1  # noqa: E501"),
    (exceptions, "app/cases/rules.py", "x = 1  # type: ignore[attr-defined]"),
    (lengths, "app/cases/rules.py", "x = 1\n" * 301),
]


@pytest.mark.parametrize(
    ("rule", "path", "text"), BROKEN, ids=[f"{rule.__name__}-{i}" for i, (rule, *_) in enumerate(BROKEN)]
)
def test_a_rule_notices_what_it_forbids(rule: Rule, path: str, text: str) -> None:
    assert complaints(rule, path, text)


def test_every_rule_is_shown_to_fail() -> None:
    assert {rule for rule, *_ in BROKEN} == set(RULES)


ALLOWED: list[tuple[Rule, str, str]] = [
    (names, "app/reports/sheets.py", ""),
    (names, "app/crypto/keyring.py", ""),
    (names, "app/cases/actions/close.py", ""),
    (doors, "app/cases/api.py", "@door.delete('/{id}')\ndef f(work, id): return actions.end(work, id)"),
    (scopes, "app/cases/reads.py", "answers.get('x')"),
    (commits, "app/web/entrance.py", "session.commit()"),
    (loading, "app/db.py", "class UtcTime(TypeDecorator[datetime]): ..."),
    (uploads, "app/sso/api.py", "from fastapi import Form"),
    (markup, "app/web/templating.py", "Markup(escape(x))"),
    (markup, "app/cases/pages.py", "Markup('<b>{}</b>').format(name)"),
    (sealing, "app/cases/reads.py", "work.vault.open(cell, group, blob)"),
    (sealing, "app/cases/actions/close.py", "work.vault.seal(cell, group, value)"),
    (tables, "app/cases/model.py", "class Case(Table, table=True): ..."),
    (messages, "app/cases/reads.py", "text('SELECT ' 'x' + ' FROM y')"),
    (messages, "app/web/door.py", "log.info('signed_in', account=x)"),
    (purity, "app/cases/rules.py", "from app.funds.rules import Category\nfrom datetime import date\nimport enum"),
    (writes, "app/cases/actions.py", "from app.funds.model import Award\nselect(Award)"),
    (writes, "app/staff/actions.py", "from app.access.model import Account\ninsert(Account)"),
    (exceptions, "app/cases/rules.py", "x = 1  # noqa: S311 - jitter, not a secret"),
    (exceptions, "app/cases/rules.py", "x = y.z  # type: ignore[attr-defined]  # the library has no types for it"),
]


@pytest.mark.parametrize(
    ("rule", "path", "text"), ALLOWED, ids=[f"{rule.__name__}-{i}" for i, (rule, *_) in enumerate(ALLOWED)]
)
def test_a_rule_lets_the_ordinary_pass(rule: Rule, path: str, text: str) -> None:
    assert complaints(rule, path, text) == []


def test_every_exception_is_still_needed() -> None:
    for place in COMMITS:
        text = "\n".join(source.text for source in sources() if source.path.startswith(place))
        assert re.search(r"\.(begin|commit|rollback|writing)\(", text), f"{place} ends no transaction any more"
    assert all("import_module" in (ROOT / place).read_text(encoding="utf-8") for place in BY_NAME)
    assert all("Markup(" in (ROOT / place).read_text(encoding="utf-8") for place in MARKUP)
    for place in SCHEMA:
        assert any(source.path.startswith(place) for source in sources()), f"{place} is gone"


def contracts() -> list[dict[str, Any]]:
    """The import contracts as they stand in pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def rooms() -> set[str]:
    """The domains: every package under app/ that does not carry the others."""
    return {source.room for source in sources() if source.room is not None} - PLATFORM


def test_the_import_order_knows_every_room() -> None:
    inside = next(contract for contract in contracts() if contract["id"] == "room")
    assert set(inside["containers"]) == {f"app.{room}" for room in rooms()}
    assert set(MORE_NAMES) <= rooms()


def test_a_room_has_only_agreed_folders() -> None:
    strange = [
        name
        for name in repository()
        if (parts := Path(name).parts)[0] == "app" and len(parts) > 3 and parts[1] in rooms()
        if parts[2] not in DOMAIN_NAMES | MORE_NAMES.get(parts[1], frozenset()) | DATA_FOLDERS
    ]
    assert strange == []


def test_tests_and_migrations_have_agreed_names() -> None:
    outside = [name for name in repository() if name.endswith(".py") and not name.startswith("app/")]
    assert [complaint for name in outside for complaint in names(Source(name, ""))] == []


def offending_lines(text: str) -> Iterator[str]:
    return (line.strip()[:120] for line in text.splitlines() if ADDRESSES.search(line))


def test_the_repository_names_no_registry_and_no_machine() -> None:
    found = []
    for name in repository():
        content = (ROOT / name).read_bytes()
        if b"\0" not in content[:4096]:
            found += [f"{name}: {line}" for line in offending_lines(content.decode("utf-8", errors="replace"))]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "https://" + "pypi" + ".org/simple",
        '"resolved": "https://registry.' + "npmjs" + '.org/lit"',
        "--index" + "-url=https://example.org",
        "https://artifactory" + ".example.org/api",
        "/" + "root/amparo",
        "cd /" + "home/somebody",
        "http://10" + ".0.0.7:8080",
    ],
)
def test_addresses_are_noticed(line: str) -> None:
    assert list(offending_lines(line))


def test_ordinary_lines_are_not_addresses() -> None:
    for line in ("/cases/home/desk", "http://127.0.0.1:8000", "version 10.17.0", "https://amparo.example.org/home/x"):
        assert list(offending_lines(line)) == [], line


def test_the_repository_holds_no_leftovers() -> None:
    assert [name for name in repository() if FORBIDDEN_FILES.search(name)] == []
    assert all(map(FORBIDDEN_FILES.search, ("uv.lock", "data/amparo.db", "x/.env", "app/x.pyc", "tls/server.key")))


#: One breach for each import contract: a file, and the line that is put at its end.
BREACHES = {
    "order": ("app/partners/rules.py", "import app.staff.rules"),
    "room": ("app/partners/model.py", "import app.partners.reads"),
    "doors-are-last": ("app/web/door.py", "import app.partners.api"),
    "http-ends-at-the-door": ("app/partners/actions.py", "import fastapi"),
    "thin-doors": ("app/partners/api.py", "import sqlalchemy"),
    "pure-rules": ("app/partners/rules.py", "import app.db"),
    "one-vault": ("app/partners/reads.py", "import cryptography.fernet"),
    "no-cycles": ("app/partners/scope.py", "import app.partners.reads"),
}


def lint(folder: Path) -> str:
    """What the import linter says about the tree in this folder."""
    command = [shutil.which("lint-imports") or str(ROOT / ".venv/bin/lint-imports"), "--no-logo", "--no-cache"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder), "COLUMNS": "200"}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr


def tree_in(folder: Path) -> None:
    """A copy of the rooms and of the contracts, to be broken."""
    shutil.copytree(ROOT / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__", "static", "locales"))
    shutil.copy(ROOT / "pyproject.toml", folder)


def test_every_import_contract_has_a_breach() -> None:
    assert {contract["id"] for contract in contracts()} == set(BREACHES)


@pytest.mark.parametrize("contract", BREACHES)
def test_an_import_contract_notices_its_breach(contract: str, tmp_path: Path) -> None:
    tree_in(tmp_path)
    path, line = BREACHES[contract]
    with (tmp_path / path).open("a") as file:
        file.write(f"\n{line}\n")
    name = next(one["name"] for one in contracts() if one["id"] == contract)
    assert f"{name} BROKEN" in (said := lint(tmp_path)), said


def test_a_room_without_a_place_is_noticed(tmp_path: Path) -> None:
    tree_in(tmp_path)
    (tmp_path / "app" / "wardrobe").mkdir()
    (tmp_path / "app" / "wardrobe" / "__init__.py").touch()
    assert "app.wardrobe" in (said := lint(tmp_path)), said
