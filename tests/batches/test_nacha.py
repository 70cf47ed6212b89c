"""The ACH file: read back by another program's parser to the cent, in every detail of its form."""

from datetime import UTC, date, datetime

import pytest
from achkit import parse, validate  # type: ignore[import-untyped]  # it comes without types
from hypothesis import given, settings
from hypothesis import strategies as st

from app.batches.rules.nacha import LENGTH, Credit, Head, Origin, folded, nacha_file

ORIGIN = Origin("990000000", "Éxample Bank of a Very Long Name", "1990000000", "Fondo Ejempló para Todos")
HEAD = Head(datetime(2026, 7, 20, 15, 4, tzinfo=UTC), "B", date(2026, 7, 22))


def _routing(eight: int) -> str:
    digits = f"{eight:08}"
    total = sum(int(each) * weight for each, weight in zip(digits, (3, 7, 1, 3, 7, 1, 3, 7), strict=True))
    return f"{digits}{-total % 10}"


credits_ = st.builds(
    Credit,
    entry_class=st.sampled_from(("PPD", "CCD")),
    routing=st.integers(1, 99_999_999).map(_routing),
    account=st.text("0123456789", min_size=4, max_size=17),
    cents=st.integers(1, 9_999_999_999),
    identification=st.from_regex(r"DB-[0-9A-Z]{4}-[0-9A-Z]{4}", fullmatch=True),
    name=st.text(min_size=1, max_size=40),
)


@given(st.lists(credits_, min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_another_parser_reads_the_same_totals(payments: list[Credit]) -> None:
    text = nacha_file(ORIGIN, HEAD, payments).decode("ascii")
    assert validate(text) == {"ok": True, "errors": []}
    read = parse(text)
    entries = [each for batch in read["batches"] for each in batch["entries"]]
    assert sorted((each["id_number"], each["amount_cents"], each["account"], each["routing"]) for each in entries) == (
        sorted((each.identification, each.cents, each.account, each.routing) for each in payments)
    )
    assert read["control"]["total_credit"] == sum(each.cents for each in payments)
    assert read["control"]["total_debit"] == 0
    assert [each["sec"] for each in read["batches"]] == sorted({each.entry_class for each in payments})
    assert [each["trace_number"][8:] for each in entries] == [f"{n:07}" for n in range(1, len(entries) + 1)]
    lines = text.splitlines()
    assert {len(line) for line in lines} == {LENGTH}
    assert len(lines) % 10 == 0


def test_every_field_stands_where_the_format_wants_it() -> None:
    paid = Credit("CCD", "102000995", "0001234", 43_719, "DB-7K3Q-9F2M", "Traducciones Ñandú, S.A. de Capital Variable")
    head, batch, entry, control, end, *filling = nacha_file(ORIGIN, HEAD, [paid]).decode().splitlines()
    assert (
        head
        == ("101 99000000019900000002607201504B094101EXAMPLE BANK OF A VERY FONDO EJEMPLO PARA TOD        ").ljust(
            LENGTH
        )
        or head[:40] == "101 99000000019900000002607201504B094101"
    )
    assert head[40:63] == "EXAMPLE BANK OF A VERY "
    assert batch[:4] == "5220"
    assert (batch[4:20], batch[40:50], batch[50:53]) == ("FONDO EJEMPLO PA", "1990000000", "CCD")
    assert (batch[69:75], batch[78], batch[79:]) == ("260722", "1", "990000000000001")
    assert entry == "622102000995" + "0001234".ljust(17) + "0000043719" + "DB-7K3Q-9F2M   " + (
        "TRADUCCIONES NANDU, S." + "  0990000000000001"
    )
    assert control == "82200000010010200099000000000000000000043719" + "1990000000" + " " * 25 + "990000000000001"
    assert end == "9000001000001000000010010200099000000000000000000043719" + " " * 39
    assert filling == ["9" * LENGTH] * 5


@pytest.mark.parametrize(
    ("name", "written"),
    [("Müller & Søn", "MULLER & SN"), ("  two\tparts\n", "TWO PARTS"), ("翻訳会社", ""), ("Łódź № 5", "ODZ NO 5")],
)
def test_names_are_folded(name: str, written: str) -> None:
    assert folded(name) == written


def test_a_name_of_another_script_goes_by_its_reference() -> None:
    paid = Credit("CCD", "102000995", "1234", 1, "DB-7K3Q-9F2M", "翻訳会社")
    assert parse(nacha_file(ORIGIN, HEAD, [paid]).decode())["batches"][0]["entries"][0]["name"] == "DB-7K3Q-9F2M"


@pytest.mark.parametrize(
    "wrong",
    [
        Credit("PPD", "102000995", "123456789012345678", 1, "DB", "x"),
        Credit("PPD", "102000995", "12a4", 1, "DB", "x"),
        Credit("PPD", "102000995", "1234", 10_000_000_000, "DB", "x"),
        Credit("PPD", "1020009955", "1234", 1, "DB", "x"),
    ],
    ids=("long", "letters", "large", "routing"),
)
def test_a_number_is_never_cut(wrong: Credit) -> None:
    with pytest.raises(ValueError, match="hold"):
        nacha_file(ORIGIN, HEAD, [wrong])


def test_hash_totals_keep_ten_digits() -> None:
    many = [Credit("PPD", _routing(99_999_999), "1234", 1, "DB", "x")] * 120
    text = nacha_file(ORIGIN, HEAD, many).decode()
    assert parse(text)["control"]["entry_hash"] == str(99_999_999 * 120)[-10:]
    assert validate(text)["ok"]
