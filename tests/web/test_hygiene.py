"""Every route, every status: exactly the security headers, and a canary sent to every parameter comes back in no body,
no header and no log."""

import re
from collections import Counter
from pathlib import Path

import pytest

from app.web import logs
from tests.web.sweep import CANARY, everything, wrong_with
from tests.world import World

#: What the ways of asking must have met, so that none of them stands idle.
MET = {200, 303, 400, 401, 403, 404, 405, 415, 422, 428}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_headers_are_exact_and_no_canary_comes_back(
    world: World,
    capfd: pytest.CaptureFixture[str],
    restored_logging: None,  # noqa: ARG001 - named for what it does
) -> None:
    logs.configure()
    statuses: Counter[int] = Counter()
    wrong = []
    for way in everything(world):
        statuses[way.answer.status_code] += 1
        wrong += [f"{way}: {each}" for each in (*wrong_with(way.answer), *way.leaks())]
        if way.answer.status_code == 500:
            wrong.append(f"{way}: {way.answer.text}")
    written = "".join(capfd.readouterr())
    assert not wrong, f"{len(wrong)}\n" + "\n".join(wrong[:40])
    assert CANARY not in written
    assert set(statuses) >= MET, statuses
    print(f"{statuses.total()} requests: {dict(sorted(statuses.items()))}")  # noqa: T201 - the counts are part of the proof


def test_no_form_puts_what_is_typed_into_an_address() -> None:
    """A form that is sent before its script has come would be sent by the browser itself, to the page's own address.

    Outside a dialog, method="dialog" sends nothing and loses nothing. What asks by its address says so.
    """
    forms = [
        (path.name, tag)
        for path in Path("app").rglob("*.html")
        for tag in re.findall(r"<form[^>]*>", path.read_text(encoding="utf-8"))
    ]
    assert len(forms) > 30
    wrong = [
        each
        for each in forms
        if ' method="dialog"' not in each[1] and not (' method="get"' in each[1] and " action=" in each[1])
    ]
    assert wrong == []
