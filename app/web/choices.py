"""Long lists to choose from: countries, languages, states. Codes from ISO by pycountry, names from CLDR by Babel."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

import pycountry

from app.web.formats import format_zone, locale_of
from app.web.i18n import N_, say


@dataclass(frozen=True, slots=True)
class Choice:
    """What is sent (`value`) and what is read (`text`, already in the reader's language)."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Choices:
    """A short list of the usual, then everything in alphabetical order."""

    first: tuple[Choice, ...]
    rest: tuple[Choice, ...]


#: Countries of birth seen most by the funds of the region, by ISO 3166 alpha-2.
_USUAL_COUNTRIES: Final = ("MX", "GT", "HN", "SV", "NI", "VE", "CO", "EC", "PE", "CU", "HT", "BR")

#: Languages asked for most, by ISO 639-3; names that CLDR lacks are given here.
_USUAL_LANGUAGES: Final = (
    *("spa", "eng", "hat", "por", "fra", "ara", "cmn", "rus", "quc", "mam", "kjb", "kek", "cak", "ixl"),
    *("nhn", "que", "amh", "tir", "som", "prs", "vie"),
)
_NAMES: Final = {
    "quc": N_("K'iche'"),
    "mam": N_("Mam"),
    "kjb": N_("Q'anjob'al"),
    "kek": N_("Q'eqchi'"),
    "cak": N_("Kaqchikel"),
    "ixl": N_("Ixil"),
    "jac": N_("Popti'"),
    "cac": N_("Chuj"),
    "knj": N_("Akateko"),
    "acr": N_("Achi"),
    "poh": N_("Poqomchi'"),
    "tzj": N_("Tz'utujil"),
    "tzo": N_("Tzotzil"),
    "tzh": N_("Tzeltal"),
    "yua": N_("Yucatec Maya"),
    "miq": N_("Miskito"),
    "cab": N_("Garifuna"),
    "mix": N_("Mixtec (Mixtepec)"),
    "trc": N_("Triqui (Copala)"),
    "nhn": N_("Nahuatl (Central)"),
    "ppl": N_("Pipil (Nawat)"),
    "cmn": N_("Mandarin Chinese"),
    "yue": N_("Cantonese"),
    "prs": N_("Dari"),
    "ase": N_("American Sign Language"),
}

#: The territories whose people meet a United States immigration court, by USPS code.
_WITHOUT_COURT: Final = frozenset({"AS", "UM"})


@cache
def countries(language: str) -> Choices:
    """Countries of birth by ISO 3166 alpha-2, named in ``language``."""
    named = locale_of(language).territories
    everything = {country.alpha_2: named.get(country.alpha_2, country.name) for country in pycountry.countries}
    return _choices(everything, _USUAL_COUNTRIES)


@cache
def languages(language: str) -> Choices:
    """Languages by ISO 639-3, named in ``language``: those that CLDR names, and those the funds' applicants speak."""
    everything = dict(_named_by_cldr(language))
    everything |= {code: say(language, name) for code, name in _NAMES.items()}
    return _choices(everything, _USUAL_LANGUAGES)


@cache
def states() -> tuple[Choice, ...]:
    """States, the District of Columbia and territories by USPS code; their names are the same in every language."""
    named = {s.code[3:]: s.name for s in pycountry.subdivisions if s.country_code == "US"}
    found = (Choice(code, name) for code, name in named.items() if code not in _WITHOUT_COURT)
    return tuple(sorted(found, key=lambda choice: choice.text))


#: Zones of the states and territories, from east to west; Phoenix, where clocks are never changed, has its own.
_ZONES: Final = (
    *("America/Puerto_Rico", "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix"),
    *("America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "Pacific/Guam"),
)


def time_zones(language: str, present: str) -> tuple[Choice, ...]:
    """Time zones by IANA name, as they are called in ``language``; ``present`` among them, wherever it is."""
    known = _ZONES if present in _ZONES else (*_ZONES, present)
    names = ((zone, format_zone(language, zone)) for zone in known)
    return tuple(Choice(zone, name[:1].upper() + name[1:]) for zone, name in names)


def name_of_country(language: str, code: str) -> str:
    """The name of a country by its ISO 3166 alpha-2 code; a code that is none comes back as it is."""
    return str(locale_of(language).territories.get(code, code))


def name_of_language(language: str, code: str) -> str:
    """The name of a language by its ISO 639-3 code; a code without a name comes back as it is."""
    known = languages(language)
    return next((choice.text for choice in (*known.first, *known.rest) if choice.value == code), code)


def _named_by_cldr(language: str) -> dict[str, str]:
    """Living single languages with a CLDR name. CLDR says ``es`` where ISO 639-3 says ``spa``."""
    named: dict[str, str] = {}
    for tag, name in locale_of(language).languages.items():
        key = {"alpha_2": tag} if len(tag) == 2 else {"alpha_3": tag}
        entry = pycountry.languages.get(**key) if "_" not in tag else None
        if entry is not None and entry.type == "L":
            named[entry.alpha_3] = name[:1].upper() + name[1:]
    return named


def _choices(named: dict[str, str], usual: tuple[str, ...]) -> Choices:
    in_order = sorted((Choice(code, name) for code, name in named.items()), key=lambda choice: _sorting(choice.text))
    return Choices(tuple(Choice(code, named[code]) for code in usual), tuple(in_order))


def _sorting(text: str) -> str:
    """Accents and case do not part neighbours: Ángola stands between Andorra and Antigua."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
