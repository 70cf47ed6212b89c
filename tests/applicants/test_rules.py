"""The agreed form of identifiers, and how alike two names are."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.applicants.rules import (
    FIELDS,
    NameMatcher,
    a_number,
    email,
    full_name,
    name_words,
    normalised,
    phone,
    plain_date,
    whole,
)
from app.crypto.groups import Group, IndexKind


@given(st.integers(1, 999_999_999), st.lists(st.sampled_from(["A", "a", " ", "-", "\u2013", "\u00a0"]), max_size=9))
def test_an_a_number_has_one_form_however_it_is_written(number: int, marks: list[str]) -> None:
    digits = str(number).zfill(7)
    written = list(digits)
    for at, mark in enumerate(marks):
        written.insert((at * 3) % (len(written) + 1), mark)
    assert a_number("".join(written)) == digits.zfill(9)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("A012 345 678", "012345678"), ("a12345678", "012345678"), ("A-12-345-678", "012345678"),
        ("1234567", "001234567"), ("Ａ０１２３４５６７８", "012345678"), (" A012345678\n", "012345678"),
    ],
)  # fmt: skip
def test_a_numbers(text: str, form: str) -> None:
    assert a_number(text) == form


@pytest.mark.parametrize("text", ["", "A", "123456", "1234567890", "A01234567B", "0000000", "000000000", "12.345.678"])
def test_no_a_numbers(text: str) -> None:
    assert a_number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "303-555-0142", "(303) 555-0142", "+1 303 555 0142", "1-303-555-0142", "303.555.0142", "3035550142",
        "303-555-0142 ext. 7", "３０３-５５５-０１４２",
    ],
)  # fmt: skip
def test_a_phone_has_one_form_however_it_is_written(text: str) -> None:
    assert phone(text) == "+13035550142"


def test_a_phone_of_another_country_keeps_its_code() -> None:
    assert phone("+502 2222-3333") == "+50222223333"


@pytest.mark.parametrize("text", ["", "555", "303-555", "call me", "303-555-01420000", "+"])
def test_no_phones(text: str) -> None:
    assert phone(text) is None


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Ana@Example.ORG", "ana@example.org"), (" ana@example.org ", "ana@example.org"),
        ("ana@Müller.example", "ana@xn--mller-kva.example"), ("ana.b+c@example.org", "ana.b+c@example.org"),
        ("ａｎａ@example.org", "ana@example.org"),
    ],
)  # fmt: skip
def test_addresses(text: str, form: str) -> None:
    assert email(text) == form


@pytest.mark.parametrize(
    "text",
    ["", "ana", "ana@", "@example.org", "a b@example.org", "a@b@example.org", "ana@example", "ana@.org", "ana@-x.org",
     "ana@" + "x" * 64 + ".org", "a" * 250 + "@x.org", "ana@exa mple.org", "ana@example..org"],
)  # fmt: skip
def test_no_addresses(text: str) -> None:
    assert email(text) is None


@given(st.text(max_size=60))
def test_nothing_that_can_be_typed_makes_a_normaliser_fall(text: str) -> None:
    for kind in IndexKind:
        form = normalised(kind, text)
        # What has an agreed form keeps it: otherwise the same number would have two indexes.
        assert form is None or normalised(kind, form) == form


@given(st.from_regex(r"[a-z0-9.]{1,20}@[a-z0-9]{1,20}\.[a-z]{2,6}", fullmatch=True))
def test_case_never_parts_two_mailboxes(text: str) -> None:
    assert email(text.upper()) == email(text) == text


def test_what_is_no_text_has_no_form() -> None:
    assert normalised(IndexKind.A_NUMBER, None) is None
    assert normalised(IndexKind.PHONE, 3035550142) is None


@pytest.mark.parametrize("text", ["2026-3-1", "20260301", "2026-W10-1", "2026-02-30", "", "unknown", None, 20260302])
def test_no_dates(text: object) -> None:
    assert plain_date(text) is None


def test_a_group_is_always_whole() -> None:
    for group, fields in FIELDS.items():
        assert whole(group, {"strange": 1}) == dict.fromkeys(fields)
    assert whole(Group.FINANCES, {"size": 3})["size"] == 3


def test_names_are_compared_without_accents_case_and_order() -> None:
    assert name_words("María-José", None, "NÚÑEZ") == ("maria", "jose", "nunez")
    assert NameMatcher.looking_for("Nunez maria").score(name_words("María José", "Núñez")) == 1.0
    assert NameMatcher.looking_for("Hernandes").score(name_words("Hernández")) > 0.8
    assert NameMatcher.looking_for("Hernandez").score(name_words("Quijano")) < 0.5
    assert NameMatcher.looking_for("").score(("x",)) == 0.0
    assert name_words("李 小龙") == ("李", "小龙")


@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=8), min_size=1, max_size=4))
def test_a_name_is_itself_in_any_order(words: list[str]) -> None:
    assert NameMatcher.looking_for(" ".join(words)).score(tuple(reversed(words))) == 1.0


def test_a_full_name_has_no_gaps() -> None:
    assert full_name({"given_names": "Ana", "family_names": None}) == "Ana"
    assert full_name({}) == ""
