"""The tests of where somebody lives and how their immigration case stands."""

from app.eligibility.rules import messages as m
from app.eligibility.rules.answers import POINTERS, Answers, Custody, Missing, YesNo
from app.eligibility.rules.finding import Finding, failed, met, still_open
from app.eligibility.rules.messages import Message, say
from app.eligibility.rules.places import STATE_NAMES, plain_city, plain_county, plain_name, state_code
from app.eligibility.rules.rulesets import HomeInCity, HomeInCounty, InRemovalProceedings, InState


def check_city(rule: HomeInCity, answers: Answers) -> Finding:
    """The city of the home address, in the right state. Another known city or state is enough to fail."""
    where = {"city": rule.city, "state": STATE_NAMES[rule.state]}
    missing, elsewhere = [], False
    if isinstance(answers.city, Missing):
        missing.append("city")
    else:
        elsewhere = plain_city(answers.city) != plain_city(rule.city)
    state = _state(answers)
    if state is None:
        missing.append("state")
    elsewhere = elsewhere or (state is not None and state != rule.state)
    if elsewhere:
        return _placed(failed(say(m.CITY_FAIL, **where)))
    if missing:
        return _open(say(m.CITY_MISSING, **where), *missing)
    if _contradicts(rule.county, answers):
        return _open(say(m.CITY_COUNTY_DIFFER, city=rule.city, county=rule.county or ""), "city", "county")
    return _placed(met(say(m.CITY_MET, **where)))


def _contradicts(county: str | None, answers: Answers) -> bool:
    known = not isinstance(answers.county, Missing)
    return county is not None and known and plain_county(str(answers.county)) != plain_county(county)


def check_county(rule: HomeInCounty, answers: Answers) -> Finding:
    """The county of the home address, in the right state. Another known county or state is enough to fail."""
    where = {"county": rule.county, "state": STATE_NAMES[rule.state]}
    county = None if isinstance(answers.county, Missing) else plain_county(answers.county)
    state = _state(answers)
    if (county is not None and county != plain_county(rule.county)) or (state is not None and state != rule.state):
        return _placed(failed(say(m.COUNTY_FAIL, **where)))
    missing = [name for name, value in (("county", county), ("state", state)) if value is None]
    if missing:
        return _open(say(m.COUNTY_MISSING, **where), *missing)
    return _placed(met(say(m.COUNTY_MET, **where)))


def check_state(rule: InState, answers: Answers) -> Finding:
    """Home in the state; or held there, which the court tells: detention is often far from home."""
    state = _state(answers)
    if state == rule.state:
        return _placed(met(say(m.STATE_MET, state=STATE_NAMES[rule.state])))
    if not rule.courts or answers.custody in (Custody.RELEASED, Custody.NEVER_DETAINED):
        if state is None:
            return _open(say(m.STATE_MISSING, state=STATE_NAMES[rule.state]), "state")
        return _placed(failed(say(m.STATE_FAIL, state=STATE_NAMES[rule.state])))
    return _held_in_state(rule, answers, state)


def _held_in_state(rule: InState, answers: Answers, home: str | None) -> Finding:
    names = ["state"] if home is None else []
    if answers.custody is not Custody.DETAINED:
        return _open(say(m.STATE_MISSING_HELD, state=STATE_NAMES[rule.state]), *names, "custody")
    if isinstance(answers.court, Missing):
        return _open(say(m.STATE_MISSING_HELD, state=STATE_NAMES[rule.state]), *names, "court")
    if plain_name(answers.court) in {plain_name(court) for court in rule.courts}:
        return met(say(m.STATE_MET_HELD, state=STATE_NAMES[rule.state]))
    if home is None:
        return _open(say(m.STATE_MISSING, state=STATE_NAMES[rule.state]), "state")
    return _placed(failed(say(m.STATE_FAIL, state=STATE_NAMES[rule.state])))


def check_removal(rule: InRemovalProceedings, answers: Answers) -> Finding:
    """In removal proceedings; where the rule says so, being held counts too."""
    match answers.in_removal_proceedings:
        case YesNo.YES:
            return met(say(m.REMOVAL_MET))
        case YesNo.NO if not rule.or_detained:
            return failed(say(m.REMOVAL_FAIL))
        case YesNo.NO:
            return _threatened(answers)
        case _:
            # Being held is itself a threat of removal, whatever else is known.
            if rule.or_detained and answers.custody is Custody.DETAINED:
                return met(say(m.THREAT_MET))
            return _open(say(m.REMOVAL_MISSING), "in_removal_proceedings")


def _threatened(answers: Answers) -> Finding:
    if isinstance(answers.custody, Missing):
        return _open(say(m.THREAT_MISSING), "custody")
    if answers.custody is Custody.DETAINED:
        return met(say(m.THREAT_MET))
    return failed(say(m.THREAT_FAIL))


def check_detained(answers: Answers) -> Finding:
    """In immigration custody now."""
    if isinstance(answers.custody, Missing):
        return _open(say(m.DETAINED_MISSING), "custody")
    held = answers.custody is Custody.DETAINED
    return met(say(m.DETAINED_MET)) if held else failed(say(m.DETAINED_FAIL))


def check_counsel(answers: Answers) -> Finding:
    """No lawyer yet."""
    if isinstance(answers.has_counsel, Missing):
        return _open(say(m.COUNSEL_MISSING), "has_counsel")
    alone = answers.has_counsel is YesNo.NO
    return met(say(m.COUNSEL_MET)) if alone else failed(say(m.COUNSEL_FAIL))


def _state(answers: Answers) -> str | None:
    """The postal code of the home state; None also where what was typed is no state, so that it is asked again."""
    return None if isinstance(answers.state, Missing) else state_code(answers.state)


def _placed(finding: Finding) -> Finding:
    """A place names only the fund's own city, county or state, so everybody may read the same sentence."""
    return Finding(finding.verdict, finding.explanation, finding.explanation, finding.missing)


def _open(explanation: Message, *names: str) -> Finding:
    return still_open(explanation, *(POINTERS[name] for name in names))
