import pytest

from app.eligibility.rules import (
    Answers,
    Custody,
    Detained,
    HomeInCity,
    HomeInCounty,
    InRemovalProceedings,
    InState,
    Missing,
    RuleVerdict,
    WithoutCounsel,
    YesNo,
)
from app.eligibility.rules import messages as m
from tests.eligibility.people import person, result

PASSED, FAILED, UNKNOWN = RuleVerdict.PASSED, RuleVerdict.FAILED, RuleVerdict.UNKNOWN
NOT_ASKED = Missing.NOT_ASKED
DENVER = HomeInCity("Denver", "CO", "Denver")
LARIMER = HomeInCounty("Larimer", "CO")
COLORADO = InState("CO", ("DEN", "AUR", "Aurora Immigration Court"))
HOMES_IN_COLORADO = InState("CO", ())
PROCEEDINGS = InRemovalProceedings(or_detained=False)
OR_THREATENED = InRemovalProceedings(or_detained=True)
CITY, COUNTY, STATE = "/contact/address/city", "/contact/address/county", "/contact/address/state"
CUSTODY, COURT = "/immigration/custody", "/immigration/court"


@pytest.mark.parametrize(
    ("answers", "verdict", "msgid", "missing"),
    [
        (person(), PASSED, m.CITY_MET, ()),
        (person(city=" DENVER ", state="Colorado", county=NOT_ASKED), PASSED, m.CITY_MET, ()),
        (person(city="City and County of Denver", county="Denver County"), PASSED, m.CITY_MET, ()),
        (person(city="Aurora", county="Arapahoe"), FAILED, m.CITY_FAIL, ()),
        (person(city="Aurora", state=NOT_ASKED), FAILED, m.CITY_FAIL, ()),
        (person(state="NC"), FAILED, m.CITY_FAIL, ()),
        (person(city=NOT_ASKED, state="NC"), FAILED, m.CITY_FAIL, ()),
        (person(city=NOT_ASKED), UNKNOWN, m.CITY_MISSING, (CITY,)),
        (person(state=Missing.DECLINED), UNKNOWN, m.CITY_MISSING, (STATE,)),
        (person(state="Kolorado"), UNKNOWN, m.CITY_MISSING, (STATE,)),
        (person(city=NOT_ASKED, state=NOT_ASKED), UNKNOWN, m.CITY_MISSING, (CITY, STATE)),
        (person(county="Arapahoe"), UNKNOWN, m.CITY_COUNTY_DIFFER, (CITY, COUNTY)),
    ],
)
def test_home_in_a_city(answers: Answers, verdict: RuleVerdict, msgid: str, missing: tuple[str, ...]) -> None:
    found = result(DENVER, answers)
    assert (found.verdict, found.explanation.msgid, found.missing) == (verdict, msgid, missing)


def test_without_a_county_in_the_rule_no_county_contradicts() -> None:
    assert result(HomeInCity("Denver", "CO", None), person(county="Arapahoe")).verdict is PASSED


@pytest.mark.parametrize(
    ("answers", "verdict", "msgid", "missing"),
    [
        (person(county="larimer county"), PASSED, m.COUNTY_MET, ()),
        (person(county="County of Larimer"), PASSED, m.COUNTY_MET, ()),
        (person(county="Weld"), FAILED, m.COUNTY_FAIL, ()),
        (person(county=NOT_ASKED, state="WY"), FAILED, m.COUNTY_FAIL, ()),
        (person(county=Missing.UNKNOWN), UNKNOWN, m.COUNTY_MISSING, (COUNTY,)),
        (person(county="Larimer", state=NOT_ASKED), UNKNOWN, m.COUNTY_MISSING, (STATE,)),
        (person(county=NOT_ASKED, state=NOT_ASKED), UNKNOWN, m.COUNTY_MISSING, (COUNTY, STATE)),
    ],
)
def test_home_in_a_county(answers: Answers, verdict: RuleVerdict, msgid: str, missing: tuple[str, ...]) -> None:
    found = result(LARIMER, answers)
    assert (found.verdict, found.explanation.msgid, found.missing) == (verdict, msgid, missing)


@pytest.mark.parametrize(
    ("answers", "verdict", "msgid", "missing"),
    [
        (person(custody=NOT_ASKED, court=NOT_ASKED), PASSED, m.STATE_MET, ()),
        (person(state="TX"), FAILED, m.STATE_FAIL, ()),
        (person(state="TX", custody=Custody.DETAINED, court="aur"), PASSED, m.STATE_MET_HELD, ()),
        (person(state=NOT_ASKED, custody=Custody.DETAINED, court="AUR"), PASSED, m.STATE_MET_HELD, ()),
        (person(state="TX", custody=Custody.DETAINED, court="El Paso"), FAILED, m.STATE_FAIL, ()),
        (person(state=NOT_ASKED, custody=Custody.DETAINED, court="El Paso"), UNKNOWN, m.STATE_MISSING, (STATE,)),
        (
            person(state="TX", custody=Custody.DETAINED, court=NOT_ASKED),
            UNKNOWN,
            m.STATE_MISSING_HELD,
            (COURT,),
        ),
        (person(state="TX", custody=Missing.UNKNOWN), UNKNOWN, m.STATE_MISSING_HELD, (CUSTODY,)),
        (person(state=NOT_ASKED, custody=NOT_ASKED), UNKNOWN, m.STATE_MISSING_HELD, (STATE, CUSTODY)),
        (person(state=NOT_ASKED), UNKNOWN, m.STATE_MISSING, (STATE,)),
    ],
)
def test_in_a_state(answers: Answers, verdict: RuleVerdict, msgid: str, missing: tuple[str, ...]) -> None:
    found = result(COLORADO, answers)
    assert (found.verdict, found.explanation.msgid, found.missing) == (verdict, msgid, missing)


def test_without_courts_only_the_home_counts() -> None:
    held = person(state="TX", custody=Custody.DETAINED, court="AUR")
    assert result(HOMES_IN_COLORADO, held).verdict is FAILED
    assert result(HOMES_IN_COLORADO, person(state=NOT_ASKED, custody=NOT_ASKED)).missing == (STATE,)


@pytest.mark.parametrize(
    ("proceedings", "custody", "strict", "wide"),
    [
        (YesNo.YES, Missing.UNKNOWN, PASSED, PASSED),
        (YesNo.NO, Custody.DETAINED, FAILED, PASSED),
        (YesNo.NO, Custody.RELEASED, FAILED, FAILED),
        (YesNo.NO, Custody.NEVER_DETAINED, FAILED, FAILED),
        (YesNo.NO, Missing.NOT_ASKED, FAILED, UNKNOWN),
        (Missing.UNKNOWN, Custody.DETAINED, UNKNOWN, PASSED),
        (Missing.UNKNOWN, Custody.RELEASED, UNKNOWN, UNKNOWN),
        (Missing.DECLINED, Custody.NEVER_DETAINED, UNKNOWN, UNKNOWN),
        (Missing.NOT_ASKED, Missing.NOT_ASKED, UNKNOWN, UNKNOWN),
    ],
)
def test_removal_proceedings(
    proceedings: YesNo | Missing, custody: Custody | Missing, strict: RuleVerdict, wide: RuleVerdict
) -> None:
    answers = person(in_removal_proceedings=proceedings, custody=custody)
    assert result(PROCEEDINGS, answers).verdict is strict
    assert result(OR_THREATENED, answers).verdict is wide


def test_removal_asks_for_what_would_settle_it() -> None:
    nothing = person(in_removal_proceedings=NOT_ASKED, custody=NOT_ASKED)
    assert result(OR_THREATENED, nothing).missing == ("/immigration/in_removal_proceedings",)
    assert result(OR_THREATENED, person(in_removal_proceedings=YesNo.NO, custody=NOT_ASKED)).missing == (CUSTODY,)


@pytest.mark.parametrize(
    ("custody", "verdict"),
    [
        (Custody.DETAINED, PASSED),
        (Custody.RELEASED, FAILED),
        (Custody.NEVER_DETAINED, FAILED),
        *((missing, UNKNOWN) for missing in Missing),
    ],
)
def test_detained(custody: Custody | Missing, verdict: RuleVerdict) -> None:
    assert result(Detained(), person(custody=custody)).verdict is verdict


@pytest.mark.parametrize(
    ("counsel", "verdict"), [(YesNo.NO, PASSED), (YesNo.YES, FAILED), *((missing, UNKNOWN) for missing in Missing)]
)
def test_counsel(counsel: YesNo | Missing, verdict: RuleVerdict) -> None:
    assert result(WithoutCounsel(), person(has_counsel=counsel)).verdict is verdict


@pytest.mark.parametrize("rule", [PROCEEDINGS, OR_THREATENED, Detained(), WithoutCounsel()])
@pytest.mark.parametrize("answer", [YesNo.YES, YesNo.NO, Missing.UNKNOWN])
def test_the_plain_sentence_tells_no_immigration_fact(
    rule: InRemovalProceedings | Detained | WithoutCounsel, answer: YesNo | Missing
) -> None:
    found = result(rule, person(in_removal_proceedings=answer, has_counsel=answer))
    assert found.plain.msgid in {m.MET_PLAIN, m.FAIL_PLAIN, m.OPEN_PLAIN}
    assert not found.plain.values


def test_a_place_sentence_never_repeats_the_applicants_own_place() -> None:
    found = result(DENVER, person(city="Canaryville"))
    assert dict(found.explanation.values) == {"city": "Denver", "state": "Colorado"}
