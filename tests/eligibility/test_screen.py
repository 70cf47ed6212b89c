import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.eligibility.reads import guidelines, library, ruleset, ruleset_keys, screening
from app.eligibility.rules import (
    Answers,
    Custody,
    LegalStatus,
    Message,
    Missing,
    Outcome,
    RuleVerdict,
    Verdict,
    YesNo,
    outcome,
    ruleset_digest,
    screen,
    screen_without_rules,
)
from app.eligibility.rules import messages as m
from app.money import Money
from tests.eligibility.people import A_DAY, HELPED_BY_ALL, person

COLORADO, DENVER, FEES = "colorado-ildf", "denver-dilsf", "filing-fees-example"


def verdicts(found: Verdict) -> dict[str, str]:
    return {each.rule: each.verdict.value for each in found.rules}


@pytest.mark.parametrize("key", [COLORADO, DENVER, FEES])
def test_a_person_whom_all_three_help(key: str) -> None:
    found = screening(key, HELPED_BY_ALL, A_DAY)
    assert found.verdict is Outcome.ELIGIBLE
    assert found.missing == ()
    assert set(verdicts(found).values()) == {"pass"}


@pytest.mark.parametrize("key", [COLORADO, DENVER, FEES])
def test_without_answers_every_fund_needs_information(key: str) -> None:
    found = screening(key, Answers(), A_DAY)
    assert found.verdict is Outcome.NEEDS_INFORMATION
    assert set(verdicts(found).values()) == {"unknown"}
    assert found.missing


@pytest.mark.parametrize(
    ("key", "answers", "verdict", "decided_by"),
    [
        (COLORADO, person(annual_income=6_600_000), Outcome.ELIGIBLE, ""),
        (COLORADO, person(annual_income=6_600_001), Outcome.INELIGIBLE, "income"),
        (COLORADO, person(annual_income=Missing.UNKNOWN), Outcome.NEEDS_INFORMATION, "income"),
        (COLORADO, person(in_removal_proceedings=YesNo.NO), Outcome.INELIGIBLE, "removal_proceedings"),
        (COLORADO, person(has_counsel=YesNo.YES), Outcome.INELIGIBLE, "no_counsel"),
        (COLORADO, person(has_counsel=Missing.NOT_ASKED), Outcome.NEEDS_INFORMATION, "no_counsel"),
        (COLORADO, person(state="UT"), Outcome.INELIGIBLE, "residence"),
        (COLORADO, person(city="Greeley", county="Weld"), Outcome.ELIGIBLE, ""),
        (DENVER, person(city="Greeley", county="Weld"), Outcome.INELIGIBLE, "residence"),
        (DENVER, person(annual_income=10**12), Outcome.ELIGIBLE, ""),
        (DENVER, person(in_removal_proceedings=YesNo.NO), Outcome.INELIGIBLE, "removal_proceedings"),
        (
            DENVER,
            person(in_removal_proceedings=YesNo.NO, custody=Custody.DETAINED),
            Outcome.ELIGIBLE,
            "",
        ),
        (DENVER, person(in_removal_proceedings=Missing.DECLINED), Outcome.NEEDS_INFORMATION, "removal_proceedings"),
        (FEES, person(in_removal_proceedings=YesNo.NO, has_counsel=YesNo.YES), Outcome.ELIGIBLE, ""),
        (FEES, person(annual_income=11_550_001), Outcome.INELIGIBLE, "income"),
    ],
)
def test_the_shipped_rules(key: str, answers: Answers, verdict: Outcome, decided_by: str) -> None:
    found = screening(key, answers, A_DAY)
    assert found.verdict is verdict
    assert [each.rule for each in found.rules if each.verdict is not RuleVerdict.PASSED] == [
        rule for rule in [decided_by] if rule
    ]


@pytest.mark.parametrize("missing", Missing)
@pytest.mark.parametrize("key", [COLORADO, FEES])
def test_unknown_income_is_never_a_verdict(key: str, missing: Missing) -> None:
    found = screening(key, person(annual_income=missing), A_DAY)
    assert found.verdict is Outcome.NEEDS_INFORMATION
    assert found.missing == ("/household/annual_income",)


def test_a_known_no_outweighs_what_is_not_known() -> None:
    found = screening(COLORADO, person(annual_income=Missing.UNKNOWN, state="UT"), A_DAY)
    assert found.verdict is Outcome.INELIGIBLE
    assert found.missing == ()


def test_the_same_answers_under_two_guideline_years_give_two_verdicts_with_two_sources() -> None:
    answers = person(annual_income=6_500_000)
    before = screening(COLORADO, answers, date(2026, 1, 12))
    after = screening(COLORADO, answers, date(2026, 1, 13))
    assert (before.verdict, after.verdict) == (Outcome.INELIGIBLE, Outcome.ELIGIBLE)
    assert before.reference_data is not None
    assert after.reference_data is not None
    assert before.reference_data.source == "HHS Poverty Guidelines 2025, 90 FR 5917"
    assert after.reference_data.source == "HHS Poverty Guidelines 2026, 91 FR 1797"
    assert before.reference_data.digest != after.reference_data.digest
    limits = [dict(each.rules[0].explanation.values)["limit"] for each in (before, after)]
    assert limits == [Money(6_430_000), Money(6_600_000)]


def test_the_same_answers_under_two_versions_give_two_verdicts_with_two_sources() -> None:
    answers = person(annual_income=8_000_000)
    before = screening(FEES, answers, date(2025, 12, 31))
    after = screening(FEES, answers, date(2026, 1, 1))
    assert (before.verdict, after.verdict) == (Outcome.INELIGIBLE, Outcome.ELIGIBLE)
    assert before.ruleset is not None
    assert after.ruleset is not None
    assert (before.ruleset.id, after.ruleset.id) == (f"{FEES}@2024-01", f"{FEES}@2026-01")
    assert before.ruleset.source != after.ruleset.source
    assert before.rules[0].basis != after.rules[0].basis
    assert before.reference_data == after.reference_data  # on both days the guidelines of 2025


@pytest.mark.parametrize("key", [COLORADO, DENVER, FEES])
@pytest.mark.parametrize("on", [date.min, date(2016, 12, 31), date(2017, 6, 1)])
def test_before_its_rules_began_a_program_needs_information(key: str, on: date) -> None:
    found = screening(key, HELPED_BY_ALL, on)
    assert found.verdict is Outcome.NEEDS_INFORMATION
    assert (found.ruleset, found.reference_data, found.rules, found.missing) == (None, None, (), ())
    assert found.remarks == (Message(m.NOT_IN_FORCE, (("day", on),)),)


@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2028, 2, 29), date.max])
def test_unusual_days(on: date) -> None:
    for key in ruleset_keys():
        assert screening(key, HELPED_BY_ALL, on).verdict is Outcome.ELIGIBLE


def test_rules_older_than_the_guidelines_leave_income_open() -> None:
    rules = ruleset(COLORADO, A_DAY)
    assert rules is not None
    found = screen(HELPED_BY_ALL, date(2016, 6, 1), rules, guidelines(date(2016, 6, 1)))
    assert found.verdict is Outcome.NEEDS_INFORMATION
    assert verdicts(found)["income"] == "unknown"
    assert found.reference_data is None


def test_an_example_says_that_it_is_one() -> None:
    for key in ruleset_keys():
        assert Message(m.EXAMPLE_RULES) in screening(key, HELPED_BY_ALL, A_DAY).remarks
    rules = ruleset(COLORADO, A_DAY)
    assert rules is not None
    confirmed = replace(rules, example_for_confirmation=False)
    assert screen(HELPED_BY_ALL, A_DAY, confirmed, guidelines(A_DAY)).remarks == ()


@pytest.mark.parametrize(
    ("key", "on", "stale"),
    [
        (COLORADO, date(2027, 2, 28), False),
        (COLORADO, date(2027, 3, 1), True),
        (DENVER, date(2027, 3, 1), False),
    ],
)
def test_old_guidelines_are_named_from_march_on(key: str, on: date, stale: bool) -> None:
    said = screening(key, HELPED_BY_ALL, on).remarks
    assert (Message(m.STALE_GUIDELINES, (("year", "2026"),)) in said) is stale


@pytest.mark.parametrize("status", LegalStatus)
def test_what_is_proposed_or_enjoined_is_never_applied(status: LegalStatus) -> None:
    rules = ruleset(COLORADO, A_DAY)
    assert rules is not None
    applied = replace(rules, legal_status=status).in_force(A_DAY)
    assert applied is (status not in {LegalStatus.PROPOSED, LegalStatus.ENJOINED})


def test_a_version_holds_on_its_first_and_last_day_only_within() -> None:
    first, second = library().rulesets[FEES]
    assert first.effective_to is not None
    assert first.in_force(first.effective_from)
    assert first.in_force(first.effective_to)
    assert not first.in_force(first.effective_from - timedelta(days=1))
    assert not first.in_force(first.effective_to + timedelta(days=1))
    assert second.in_force(first.effective_to + timedelta(days=1))


def test_an_override_sets_one_rule_aside_and_no_other() -> None:
    found = screening(COLORADO, person(annual_income=10**9, has_counsel=Missing.UNKNOWN), A_DAY)
    assert outcome(found.rules) is Outcome.INELIGIBLE
    assert outcome(found.rules, {"income"}) is Outcome.NEEDS_INFORMATION
    assert outcome(found.rules, {"income", "no_counsel"}) is Outcome.ELIGIBLE
    assert outcome(found.rules, {"residence"}) is Outcome.INELIGIBLE


def test_no_rules_are_not_a_yes() -> None:
    assert outcome(()) is Outcome.NEEDS_INFORMATION
    assert screen_without_rules("x", "X", A_DAY).verdict is Outcome.NEEDS_INFORMATION


def test_what_would_settle_it_is_named_once_and_in_the_order_of_the_rules() -> None:
    found = screening(FEES, Answers(), A_DAY)
    assert found.missing == ("/household/annual_income", "/household/size", "/contact/address/state")


def test_the_snapshot_is_plain_json_and_gives_its_messages_back() -> None:
    found = screening(COLORADO, person(annual_income=10**9), A_DAY)
    stored = json.loads(json.dumps(found.as_json()))
    assert stored["verdict"] == "ineligible"
    assert stored["as_of"] == "2026-06-01"
    assert stored["ruleset"]["id"] == "colorado-ildf@2021-07"
    assert stored["reference_data"]["id"] == "hhs-poverty-guidelines-2026"
    assert [Message.from_json(each["explanation"]) for each in stored["rules"]] == [
        each.explanation for each in found.rules
    ]
    early = json.loads(json.dumps(screening(COLORADO, HELPED_BY_ALL, date(2016, 1, 1)).as_json()))
    assert Message.from_json(early["remarks"][0]).values == (("day", date(2016, 1, 1)),)


@pytest.mark.parametrize("damaged", [{}, {"msgid": 3, "values": {}}, {"msgid": "x", "values": {"a": {"money": "1"}}}])
def test_a_damaged_message_is_refused(damaged: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="stored message"):
        Message.from_json(damaged)


@pytest.mark.parametrize("income", [31_415_926, 3_141_592])
def test_the_plain_snapshot_has_no_arithmetic_and_no_place_of_the_applicant(income: int) -> None:
    answers = person(annual_income=income, household_size=7, city="Canaryville", county="Canary")
    for key in ruleset_keys():
        text = json.dumps(screening(key, answers, A_DAY).as_plain_json())
        assert "31415" not in text
        assert "Canary" not in text
        assert '"size"' not in text
        assert "explanation" not in text


def test_a_verdict_never_shows_a_value() -> None:
    found = screening(COLORADO, person(annual_income=31_415_926, household_size=7), A_DAY)
    assert "31415" not in repr(found)
    assert "314,15" not in repr(found)


def test_a_digest_changes_with_the_content_and_with_nothing_else() -> None:
    rules = ruleset(COLORADO, A_DAY)
    assert rules is not None
    assert ruleset_digest(replace(rules)) == ruleset_digest(rules)
    assert ruleset_digest(replace(rules, source="Elsewhere")) != ruleset_digest(rules)
    assert ruleset_digest(replace(rules, rules=rules.rules[:-1])) != ruleset_digest(rules)
