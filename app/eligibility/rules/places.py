"""States, poverty guideline regions, and the comparison of place names."""

import unicodedata
from enum import StrEnum

_STATES = """
AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware
DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa
KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota
MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey
NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon
PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah
VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming
AS American Samoa|GU Guam|MP Northern Mariana Islands|PR Puerto Rico|VI Virgin Islands
"""

# The Department of Health and Human Services issues no guidelines for these; the serving office decides.
TERRITORIES = frozenset({"AS", "GU", "MP", "PR", "VI"})


class Region(StrEnum):
    """Where one column of the federal poverty guidelines applies."""

    CONTIGUOUS = "contiguous"
    ALASKA = "alaska"
    HAWAII = "hawaii"


def plain_name(text: str) -> str:
    """A place name without accents, case, punctuation and doubled spaces, for comparing only."""
    spread = unicodedata.normalize("NFKD", text)
    # "Lm" are letter-like marks, such as the one in Hawaiʻi.
    letters = "".join(
        c if c.isalnum() and unicodedata.category(c) != "Lm" else " " for c in spread if not unicodedata.combining(c)
    )
    return " ".join(letters.casefold().split())


def plain_city(text: str) -> str:
    """Like `plain_name`, also without a leading "City of" or "City and County of"."""
    name = plain_name(text)
    for prefix in ("city and county of ", "city of "):
        name = name.removeprefix(prefix)
    return name


def plain_county(text: str) -> str:
    """Like `plain_city`, also without a trailing "County"."""
    name = plain_city(text).removeprefix("county of ")
    return name.removesuffix(" county")


STATE_NAMES = dict(entry.split(" ", 1) for entry in _STATES.replace("\n", "|").strip("|").split("|"))
_CODE_OF = {plain_name(text).replace(" ", ""): code for code, name in STATE_NAMES.items() for text in (code, name)}


def state_code(text: str) -> str | None:
    """The postal code of a state or territory written as a code or in full; None when it is neither."""
    return _CODE_OF.get(plain_name(text).replace(" ", ""))  # so that "D.C." and Hawaiʻi are found too


def region_of(code: str) -> Region | None:
    """The guideline region of a postal state code; None for a territory, which has no guidelines."""
    if code in TERRITORIES:
        return None
    return {"AK": Region.ALASKA, "HI": Region.HAWAII}.get(code, Region.CONTIGUOUS)
