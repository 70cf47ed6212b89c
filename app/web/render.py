"""Pages: a template, the person who reads it, and the view it shows.

``render("cases/status.html", reader, case=case)`` finds ``app/cases/templates/status.html``. Templates see only what
they are handed; a name that is not there is an error, never an empty space.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from app.money import Money
from app.web import charts, formats
from app.web.assets import static_base
from app.web.i18n import LANGUAGES, fill, say_many, translations
from app.web.labels import VALUES
from app.web.navigation import current_place, places_for
from app.web.statuses import known_values, label

_APP: Final = Path(__file__).parent.parent
#: What stands where there is nothing to show.
_NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Reader:
    """The person a page is for. ``name`` is empty when nobody is signed in; ``path`` is the page's, without query.

    ``theme`` is light, dark, or empty for what the reader's system wishes.
    """

    language: str = "en"
    time_zone: str = "America/Denver"
    name: str = ""
    email: str = ""
    roles: tuple[str, ...] = ()
    permissions: frozenset[str] = frozenset()
    partner: str | None = None
    path: str = "/"
    demo: bool = False
    theme: str = ""

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``: which way the reader's language is written."""
        return formats.locale_of(self.language).text_direction

    @property
    def signed_in(self) -> bool:
        return bool(self.name)


#: Who is being written for. Macros that a template imports do not see its variables, and every one of them speaks.
_reading: ContextVar[Reader] = ContextVar("reading")


def render(template: str, reader: Reader, **view: object) -> str:
    """The finished page. ``template`` is ``"<room>/<file>"``.

    Raises jinja2.TemplateNotFound for a template that is not there, jinja2.UndefinedError for a name not in ``view``.
    """
    token = _reading.set(reader)
    try:
        return environment().get_template(template).render(view, reader=reader)
    finally:
        _reading.reset(token)


def fragment(template: str, kind: str = "") -> Markup:
    """A part of pages that is the same for everybody who reads a language: rendered once, and kept.

    It is handed nothing but ``kind``, a word of an enumeration: no view and no reader, so that nothing of a person can
    be kept with it. A name that stands for one is an error, as on any page.
    """
    return _kept(template, str(kind), _reading.get().language)


@cache
def _kept(template: str, kind: str, language: str) -> Markup:
    token = _reading.set(Reader(language=language))
    try:
        return Markup(environment().get_template(template).render(kind=kind))  # noqa: S704 - a finished page's part
    finally:
        _reading.reset(token)


class _Rooms(BaseLoader):
    """Finds ``room/page.html`` in the room's own folder of templates."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        room, _, rest = template.partition("/")
        path = _APP / room / "templates" / rest
        if not path.is_file():
            raise TemplateNotFound(template)
        return path.read_text(encoding="utf-8"), str(path), lambda: True


@cache
def environment() -> Environment:
    """The one Jinja environment: strict names, everything escaped, filters that write for the present reader."""
    made = Environment(
        loader=_Rooms(),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    filters: dict[str, Callable[..., str]] = {
        "money": _money,
        "date": _day,
        "month": _month,
        "datetime": _moment,
        "clock": _clock,
        "zone": _zone,
        "count": _count,
        "label": _label,
        "meaning": _meaning,
        "tone": _tone,
        "reference": _reference,
    }
    made.filters |= {name: _for_each_reader(write) for name, write in filters.items()}
    made.globals |= {
        "_": _say,
        "ngettext": _say_many,
        "months": _months,
        "named": _named,
        "given": _given,
        "static": _static,
        "fragment": fragment,
        "LANGUAGES": LANGUAGES,
        "places_for": places_for,
        "current_place": current_place,
        "bar": charts.bar,
        "stacked_bar": charts.stacked_bar,
    }
    return made


def _for_each_reader(write: Callable[..., str]) -> Callable[..., str]:
    """A filter that runs for each reader. Of a constant Jinja would keep what the first one's language made."""

    @pass_context
    def filtered(_context: Context, *arguments: object, **options: object) -> str:
        return write(*arguments, **options)

    return filtered


def _say(msgid: str, **values: object) -> str:
    """``_("Closed on {day}", day=…)``. With a value that is markup the whole answer is, its other parts escaped."""
    language = _reading.get().language
    text = translations(language).gettext(msgid)
    if any(isinstance(value, Markup) for value in values.values()):
        return Markup(fill(language, escape(text), {name: escape(value) for name, value in values.items()}))  # noqa: S704 - escaped here
    return fill(language, text, values)


def _say_many(one: str, many: str, count: int, **values: object) -> str:
    return say_many(_reading.get().language, one, many, count, values)


def _months() -> list[tuple[str, str]]:
    """``("03", "March")`` for the twelve months, as dates are sent and as they are read."""
    return [(f"{number:02}", name) for number, name in formats.month_names(_reading.get().language)]


def _named(kind: str, values: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """Values of an enumeration with their words, to choose from: all of them in their order, or the given ones."""
    return [(value, _say(label(kind, value).text)) for value in values or known_values(kind)]


def _given(kind: str) -> list[tuple[str, str]]:
    """Like `_named` without the answers that are not a value."""
    return _named(kind, [value for value in known_values(kind) if value not in VALUES["no_answer"]])


def _static(path: str) -> str:
    return f"{static_base()}/{path}"


def _money(amount: Money | None) -> str:
    return _NOTHING if amount is None else formats.format_money(_reading.get().language, amount)


def _day(day: date | None) -> str:
    return _NOTHING if day is None else formats.format_day(_reading.get().language, day)


def _month(day: date | None) -> str:
    return _NOTHING if day is None else formats.format_month(_reading.get().language, day)


def _moment(moment: datetime | None) -> str:
    reader = _reading.get()
    return _NOTHING if moment is None else formats.format_moment(reader.language, reader.time_zone, moment)


def _clock(moment: datetime | None) -> str:
    reader = _reading.get()
    return _NOTHING if moment is None else formats.format_clock(reader.language, reader.time_zone, moment)


def _zone(time_zone: str) -> str:
    return formats.format_zone(_reading.get().language, time_zone)


def _count(number: int | None) -> str:
    return _NOTHING if number is None else formats.format_count(_reading.get().language, number)


def _label(value: str | None, kind: str) -> str:
    return _NOTHING if value is None else _say(label(kind, value).text)


def _meaning(value: str, kind: str) -> str:
    return _say(label(kind, value).meaning)


def _tone(value: str, kind: str) -> str:
    return label(kind, value).tone


def _reference(reference: str | None) -> str:
    """A reference keeps its letters in any translation and does not break at its hyphens."""
    if reference is None:
        return _NOTHING
    return Markup('<span class="reference" translate="no">{}</span>').format(reference)
