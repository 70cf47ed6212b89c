from collections.abc import Callable
from datetime import date
from decimal import Decimal
from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree

import pytest

from app.eligibility.reads import (
    DataFileError,
    UnknownRuleSet,
    library,
    load,
    ruleset,
    ruleset_keys,
    rulesets,
    screening,
    versions,
)
from app.eligibility.rules import IncomeAtMost, IncomeSteps, LegalStatus, ruleset_digest
from tests.eligibility.people import A_DAY, HELPED_BY_ALL

Edit = Callable[[str, str, str], None]
COLORADO, FEES, YEARS = "rulesets/colorado-ildf.toml", "rulesets/filing-fees-example.toml", "poverty_guidelines.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with as_file(files("app.eligibility") / "data") as data:
        return copytree(data, tmp_path / "data")


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replace the first occurrence of a text in a file of the copied folder."""

    def replace(name: str, old: str, new: str) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def test_what_ships() -> None:
    assert ruleset_keys() == ("colorado-ildf", "denver-dilsf", "filing-fees-example")
    assert [each.id for each in rulesets(date(2026, 1, 1))] == [
        "colorado-ildf@2021-07",
        "denver-dilsf@2018-03",
        "filing-fees-example@2026-01",
    ]
    assert [each.key for each in rulesets(date(2019, 1, 1))] == ["denver-dilsf"]
    assert rulesets(date(2017, 1, 1)) == ()


def test_everything_that_ships_is_dated_sourced_and_marked() -> None:
    for key in ruleset_keys():
        for version in versions(key):
            assert version.example_for_confirmation
            assert version.source
            assert version.effective_note
            assert version.legal_status.applies
            assert all(rule.basis and rule.source for rule in version.rules)


def test_only_an_invented_program_is_called_an_illustration() -> None:
    kinds = {key: {each.legal_status for each in versions(key)} for key in ruleset_keys()}
    assert kinds == {
        "colorado-ildf": {LegalStatus.IN_FORCE},
        "denver-dilsf": {LegalStatus.PROGRAM_TERMS},
        "filing-fees-example": {LegalStatus.ILLUSTRATION},
    }


def test_an_unknown_key() -> None:
    with pytest.raises(UnknownRuleSet):
        ruleset("nowhere", A_DAY)
    with pytest.raises(UnknownRuleSet):
        screening("nowhere", HELPED_BY_ALL, A_DAY)


def test_the_files_are_read_once() -> None:
    assert library() is library()


def test_the_copied_folder_is_the_same_library(folder: Path) -> None:
    assert load(folder) == library()


def test_layout_and_comments_do_not_change_a_digest(edit: Edit, folder: Path) -> None:
    edit(COLORADO, "percent = 200", "# how high?\npercent   =   200")
    before, after = library().rulesets["colorado-ildf"][0], load(folder).rulesets["colorado-ildf"][0]
    assert ruleset_digest(before) == ruleset_digest(after)
    edit(COLORADO, "percent   =   200", "percent = 201")
    assert ruleset_digest(load(folder).rulesets["colorado-ildf"][0]) != ruleset_digest(before)


@pytest.mark.parametrize("percent", ["133.3", "200", "200.00"])
def test_a_percentage_is_read_exactly(edit: Edit, folder: Path, percent: str) -> None:
    edit(COLORADO, "percent = 200", f"percent = {percent}")
    parameters = load(folder).rulesets["colorado-ildf"][0].rules[0].parameters
    assert isinstance(parameters, IncomeAtMost)
    assert parameters.percent == Decimal(percent)


def test_the_steps_are_read_exactly() -> None:
    parameters = library().rulesets["filing-fees-example"][1].rules[0].parameters
    assert parameters == IncomeSteps((Decimal(200), Decimal(350)), None)


@pytest.mark.parametrize(
    ("name", "old", "new", "pointer", "problem"),
    [
        (COLORADO, "percent = 200", "percent = 0", "/versions/0/rules/0/percent", "greater than 0"),
        (COLORADO, "percent = 200", 'percent = "200"', "/versions/0/rules/0/percent", "must be a number"),
        (COLORADO, "percent = 200", "percent = true", "/versions/0/rules/0/percent", "must be a number"),
        (COLORADO, "percent = 200", "", "/versions/0/rules/0/percent", "required"),
        (COLORADO, "percent = 200", "percent = nan", "/versions/0/rules/0/percent", "finite"),
        (COLORADO, 'region = "contiguous"', 'region = "mars"', "/versions/0/rules/0/region", "home"),
        (COLORADO, 'kind = "in_state"', 'kind = "in_space"', "/versions/0/rules/1", "in_state"),
        (COLORADO, 'state = "CO"', 'state = "Colorado"', "/versions/0/rules/1/state", "postal code"),
        (COLORADO, "or_detained = false", 'or_detained = "no"', "/versions/0/rules/2/or_detained", "boolean"),
        (COLORADO, 'id = "residence"', 'id = "income"', "/versions/0", "id of its own"),
        (COLORADO, 'id = "residence"', 'id = "Residence!"', "/versions/0/rules/1/id", "pattern"),
        (COLORADO, 'basis = "C.R.S.', 'basis = ""\nother = "C.R.S.', "/versions/0/rules/0/basis", "at least 1"),
        (COLORADO, "example_for_confirmation", "example", "/versions/0/example_for_confirmation", "required"),
        (COLORADO, '"in_force"', '"perhaps"', "/versions/0/legal_status", "enjoined"),
        (
            COLORADO,
            "effective_from = 2021-07-01",
            'effective_from = "2021-07-01"',
            "/versions/0/effective_from",
            "date",
        ),
        (COLORADO, "effective_from = 2021-07-01", "effective_from = 2021-02-30", "", "TOML"),
        (COLORADO, 'key = "colorado-ildf"', 'key = "colorado"', "/key", "colorado.toml"),
        (COLORADO, 'key = "colorado-ildf"', 'key = "colorado-ildf"\nauthor = "x"', "/author", "not permitted"),
        (FEES, "effective_to = 2025-12-31", "", "", "2024-01 must end before version 2026-01 begins"),
        (FEES, "effective_to = 2025-12-31", "effective_to = 2026-01-01", "", "must end before"),
        (FEES, "effective_to = 2025-12-31", "effective_to = 2023-12-31", "/versions/0", "must not be before"),
        (FEES, 'version = "2026-01"', 'version = "2024-01"', "", "name of its own"),
        (FEES, "percents = [200, 350]", "percents = [350, 200]", "/versions/1/rules/0", "must rise"),
        (FEES, "percents = [200, 350]", "percents = []", "/versions/1/rules/0/percents", "at least 1"),
        (YEARS, "first = 12_060", "first = 0", "/guidelines/0/contiguous/first", "greater than 0"),
        (YEARS, "first = 12_060", "first = 12060.5", "/guidelines/0/contiguous/first", "integer"),
        (YEARS, "effective_from = 2018-01-18", "effective_from = 2017-12-18", "/guidelines/1", "in the year"),
        (YEARS, "year = 2018", "year = 2019", "/guidelines/1", "in the year"),
        (YEARS, "hhs-poverty-guidelines-2018", "hhs-poverty-guidelines-2017", "", "id of its own"),
        (YEARS, "alaska =", "alsaka =", "/guidelines/0/alaska", "required"),
    ],
)
def test_a_mistake_in_a_file_is_named(
    folder: Path, edit: Edit, name: str, old: str, new: str, pointer: str, problem: str
) -> None:
    edit(name, old, new)
    with pytest.raises(DataFileError) as refused:
        load(folder)
    assert refused.value.file == Path(name).name
    assert refused.value.pointer == pointer
    assert problem in refused.value.problem
    assert str(refused.value).startswith(f"{Path(name).name}: {pointer or '/'}: ")


def test_a_missing_year_is_named(folder: Path) -> None:
    parts = (folder / YEARS).read_text(encoding="utf-8").split("[[guidelines]]")
    (folder / YEARS).write_text("[[guidelines]]".join(parts[:3] + parts[4:]), encoding="utf-8")
    with pytest.raises(DataFileError, match="2019 must follow those of 2018"):
        load(folder)


def test_a_version_that_does_not_apply_may_overlap(folder: Path, edit: Edit) -> None:
    edit(FEES, "effective_to = 2025-12-31", "")
    edit(FEES, 'legal_status = "illustration"', 'legal_status = "proposed"')
    first, second = load(folder).rulesets["filing-fees-example"]
    assert (first.in_force(A_DAY), second.in_force(A_DAY)) == (False, True)


def test_missing_files_are_named(folder: Path) -> None:
    (folder / YEARS).unlink()
    with pytest.raises(DataFileError, match=r"poverty_guidelines\.toml: /: this file is missing"):
        load(folder)
    with pytest.raises(DataFileError, match="no rule set file"):
        load(folder / "nowhere")


def test_bytes_that_are_no_text_are_named(folder: Path) -> None:
    (folder / COLORADO).write_bytes(b"key = \xff")
    with pytest.raises(DataFileError, match=r"colorado-ildf\.toml: /: this is not TOML in UTF-8"):
        load(folder)


def test_the_example_in_the_documentation_works_as_it_says(folder: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "eligibility.md").read_text(encoding="utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    file = folder / "rulesets" / "larimer-example.toml"
    file.write_text(example, encoding="utf-8")
    assert [rule.kind for rule in load(folder).rulesets["larimer-example"][0].rules] == ["income_at_most"]
    file.write_text(example.replace("percent = 187.5", "percent = 0"), encoding="utf-8")
    with pytest.raises(DataFileError) as refused:
        load(folder)
    assert str(refused.value) in text
