"""The reader's language: which one, and every sentence in it.

English source text is the gettext msgid, so an English catalogue does not exist and a missing translation still reads
as a sentence. The other catalogues are ``locales/<language>/LC_MESSAGES/amparo.po``; they are read once at start and
never compiled to files. Values stand in messages as ``{name}``, in Python, templates and scripts alike.
"""

import gettext
import io
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.money import Money
from app.web.formats import format_day, format_money, locale_of

LOCALES_FOLDER: Final = Path(__file__).parent / "locales"
DOMAIN: Final = "amparo"
SOURCE_LANGUAGE: Final = "en"


def _spoken() -> dict[str, str]:
    """English, and every language that has a catalogue, named in itself."""
    translated = sorted(path.parent.parent.name for path in LOCALES_FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    names = {code: str(locale_of(code).languages.get(code, code)) for code in (SOURCE_LANGUAGE, *translated)}
    return {code: name[:1].upper() + name[1:] for code, name in names.items()}


#: Every language the screens speak, in the order in which the switch shows them. A catalogue is all it takes.
LANGUAGES: Final[Mapping[str, str]] = _spoken()

_PLACE: Final = re.compile(r"\{(\w+)\}")


def N_(msgid: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """Mark a message for the catalogue where it is written but not yet shown. Returns it unchanged."""
    return msgid


def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language other than English as Babel's own object. Raises OSError when it is absent."""
    path = LOCALES_FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN, abort_invalid=True)


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Messages of one language. English, and any language without a catalogue, answers with the msgid itself."""
    if language == SOURCE_LANGUAGE or language not in LANGUAGES:
        return gettext.NullTranslations()
    binary = io.BytesIO()
    write_mo(binary, read_catalogue(language))
    binary.seek(0)
    return gettext.GNUTranslations(binary)


def say(language: str, msgid: str, values: Mapping[str, object] | None = None) -> str:
    """The message in the reader's language with its ``{named}`` values set in.

    Money and dates are written the reader's way; everything else as ``str``. Raises KeyError when a value is missing.
    """
    return fill(language, translations(language).gettext(msgid), values or {})


def say_many(language: str, one: str, many: str, count: int, values: Mapping[str, object] | None = None) -> str:
    """Like `say`, choosing the plural form for ``count``, which is also the value ``{count}``."""
    return fill(language, translations(language).ngettext(one, many, count), {"count": count, **(values or {})})


def fill(language: str, text: str, values: Mapping[str, object]) -> str:
    """Set values into ``{named}`` places. A plain substitution: neither attributes nor format codes are followed."""
    if "{" not in text:
        return text
    return _PLACE.sub(lambda place: _write(language, values[place[1]]), text)


def places(text: str) -> frozenset[str]:
    """The names of the ``{named}`` places of a message."""
    return frozenset(_PLACE.findall(text))


def negotiate(account: str | None, cookie: str | None, accept: str | None) -> str:
    """The language to answer in: the account's choice, else the cookie, else the browser's wish, else English.

    ``accept`` is the text of an ``Accept-Language`` header; whatever is malformed in it is passed over.
    """
    for choice in (account, cookie, *_wishes(accept or "")):
        if choice in LANGUAGES:
            return str(choice)
    return SOURCE_LANGUAGE


def _wishes(accept: str) -> list[str]:
    """Primary languages of an ``Accept-Language`` header, most wanted first."""
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept[:500].split(",")):
        tag, _, quality = part.strip().partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or "1")
        except ValueError:
            continue
        if weight > 0:
            ranked.append((-weight, position, tag.strip().lower().split("-")[0]))
    return [language for _, _, language in sorted(ranked)]


def _write(language: str, value: object) -> str:
    if isinstance(value, Money):
        return format_money(language, value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return format_day(language, value)
    return str(value)
