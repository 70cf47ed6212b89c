"""The page of claims names only what is there."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "asvs.md"


def test_every_place_that_shows_a_claim_exists() -> None:
    named = set(re.findall(r"`((?:app|tests)/[\w./]+)`", PAGE.read_text(encoding="utf-8")))
    assert len(named) > 30
    assert [name for name in sorted(named) if not (PAGE.parents[1] / name).exists()] == []


def test_a_number_is_claimed_once() -> None:
    holds = PAGE.read_text(encoding="utf-8").partition("## What does not hold")[0]
    numbers = [
        each
        for row in re.findall(r"^\| ([\d., to]+) \|", holds, re.MULTILINE)
        for each in re.findall(r"\d+\.\d+\.\d+", row)
    ]
    assert len(numbers) == len(set(numbers)) > 80
