"""Fictional applicants, the same for the same seed. Telephone numbers are 555-01xx, addresses are of `example` domains.

Money and rules in the demo are real and published; people are not, and can not be mistaken for real ones: every family
name is one of the words for "example" or "invented" in some language.
"""

import enum
import random
from datetime import date, timedelta
from typing import Any, Final

#: (given name, language it goes with as ISO 639-3, country as ISO 3166)
_GIVEN: Final = (
    ("Ana", "spa", "GT"), ("Luis", "spa", "HN"), ("Marisol", "spa", "SV"), ("Jorge", "spa", "MX"),
    ("Yesenia", "spa", "NI"), ("Carlos", "spa", "VE"), ("Ximena", "spa", "CO"), ("Wilmer", "spa", "EC"),
    ("Juana", "mam", "GT"), ("Diego", "quc", "GT"), ("Petrona", "kjb", "GT"), ("Jean-Robert", "hat", "HT"),
    ("Mirlande", "hat", "HT"), ("Aminata", "fra", "GN"), ("Moussa", "ful", "MR"), ("Mekdes", "amh", "ET"),
    ("Tesfay", "tir", "ER"), ("Farid", "prs", "AF"), ("زهرا", "prs", "AF"), ("李娜", "cmn", "CN"),
    ("Олена", "ukr", "UA"), ("Thiago", "por", "BR"), ("Gurpreet", "pan", "IN"), ("Nadia", "ara", "SY"),
)  # fmt: skip
_FAMILY: Final = (
    "Ejemplo", "Muestra", "Ficticio", "Inventado", "Exemplo", "Exemple", "Beispiel", "Namuna", "Mfano", "Egzanp",
    "Przykład", "Приклад", "例", "مثال",
)  # fmt: skip
_STREETS: Final = ("Example Street", "Sample Avenue", "Specimen Court", "Placeholder Road")
#: (city, county, first digits of the ZIP code, how often)
_PLACES: Final = (
    ("Denver", "Denver", "802", 62), ("Aurora", "Arapahoe", "800", 20), ("Lakewood", "Jefferson", "802", 10),
    ("Greeley", "Weld", "806", 8),
)  # fmt: skip
_ELSEWHERE: Final = (("Cheyenne", "Laramie", "WY", "820"), ("Sidney", "Cheyenne", "NE", "691"))
_AREA_CODES: Final = ("303", "720", "970", "719", "983")


class Situation(enum.StrEnum):
    """What about a person decides whom the funds may help."""

    FITS = "fits"
    SLIGHTLY_OVER_INCOME = "slightly_over_income"
    OVER_INCOME = "over_income"
    INCOME_UNKNOWN = "income_unknown"
    ELSEWHERE = "elsewhere"
    NO_PROCEEDING = "no_proceeding"
    HAS_COUNSEL = "has_counsel"


#: Situations in which Denver's fund, which asks for no income and no missing counsel, would help all the same.
_NOT_IN_DENVER: Final = frozenset({
    Situation.SLIGHTLY_OVER_INCOME, Situation.OVER_INCOME, Situation.INCOME_UNKNOWN, Situation.HAS_COUNSEL,
})  # fmt: skip


def answers(
    chance: random.Random, number: int, taken_on: date, situation: Situation, phone_of: int | None = None
) -> dict[str, Any]:
    """One applicant's answers in the shape of the API's body. ``phone_of``: whose telephone it is, if not theirs."""
    given, language, country = chance.choice(_GIVEN)
    born = taken_on - timedelta(days=chance.randrange(18 * 366, 70 * 365))
    return {
        "applicant": {
            "given_names": given,
            "family_names": f"{chance.choice(_FAMILY)} {chance.choice(_FAMILY)}",
            "date_of_birth": born.isoformat(),
            "country_of_birth": country,
            "a_number": f"A{900_000_000 + number * 7 + chance.randrange(7):09d}",
            "preferred_language": language,
            "interpreter_needed": chance.choice(["yes", "yes", "no", "unknown"]),
        },
        "contact": {
            "phone": telephone(number if phone_of is None else phone_of),
            "phone_safe": chance.choice(["yes", "yes", "yes", "no", "not_asked"]),
            "email": f"applicant{number}@demo.example" if chance.random() < 0.4 else None,
            "address": _address(chance, situation),
        },
        "household": _household(chance, situation),
        "immigration": _immigration(chance, taken_on, situation),
        "consents": {"store": True, "share_with_partner": True},
    }


def telephone(number: int) -> str | None:
    """A fictional number of the person's own; None when the numbers that are kept for fiction are used up."""
    if number >= 100 * len(_AREA_CODES):
        return None
    return f"({_AREA_CODES[number // 100]}) 555-01{number % 100:02d}"


def _address(chance: random.Random, situation: Situation) -> dict[str, str]:
    if situation is Situation.ELSEWHERE:
        city, county, state, digits = chance.choice(_ELSEWHERE)
    else:
        places = [place for place in _PLACES if situation not in _NOT_IN_DENVER or place[0] != "Denver"]
        city, county, digits, _ = chance.choices(places, weights=[place[3] for place in places])[0]
        state = "CO"
    return {
        "street": f"{chance.randrange(1, 400)} {chance.choice(_STREETS)}",
        "city": city,
        "county": county,
        "state": state,
        "postal_code": f"{digits}{chance.randrange(1, 40):02d}",
    }


def _household(chance: random.Random, situation: Situation) -> dict[str, Any]:
    """Size and income. The limits are 200 and 350 percent of the guidelines of any year from 2024 to 2026."""
    size = chance.choices(range(1, 9), weights=[30, 18, 16, 14, 10, 6, 4, 2])[0]
    more = size - 1
    if situation is Situation.INCOME_UNKNOWN:
        income = "unknown"
    elif situation is Situation.SLIGHTLY_OVER_INCOME:
        income = f"{34_000 + 11_500 * more + chance.randrange(8) * 100}.00"
    elif situation is Situation.OVER_INCOME:
        income = f"{70_000 + 22_000 * more + chance.randrange(40) * 250}.00"
    else:
        income = f"{chance.randrange(120) * (24_000 + 9_000 * more) // 120}.00"
    basis = chance.choice(["tax_return", "pay_stubs", "self_attested", "self_attested"])
    return {"size": size, "annual_income": income, "income_basis": None if income == "unknown" else basis}


def _immigration(chance: random.Random, taken_on: date, situation: Situation) -> dict[str, Any]:
    entered = taken_on - timedelta(days=chance.randrange(60, 5000))
    if situation is Situation.NO_PROCEEDING:
        return {
            "status": chance.choice(["lawful_permanent_resident", "asylee", "deferred_action", "tps"]),
            "in_removal_proceedings": "no",
            "custody": "never_detained",
            "entered_on": entered.isoformat(),
            "has_counsel": "no",
        }
    anywhere = (
        ["released", "never_detained"]
        if situation is Situation.ELSEWHERE
        else ["detained", "released", "never_detained"]
    )
    custody = chance.choice(anywhere)
    return {
        "status": chance.choice(["none", "none", "asylum_applicant", "parolee", "tps", "other"]),
        "in_removal_proceedings": "yes",
        "custody": custody,
        "facility": "Aurora" if custody == "detained" else None,
        "court": "AUR" if custody == "detained" else "DEN",
        "next_hearing_on": (taken_on + timedelta(days=chance.randrange(20, 700))).isoformat(),
        "entered_on": entered.isoformat(),
        "has_counsel": "yes" if situation is Situation.HAS_COUNSEL else "no",
    }
