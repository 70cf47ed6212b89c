"""One Jinja environment for each language: what a template says in words is in that language before anybody reads it.

A message without values, ``{{ _("Status") }}``, is the same on every page of a language. It is put in when the template
is compiled and costs nothing afterwards; a list of fifty rows said the same eight words four hundred times.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import replace
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, nodes
from jinja2.visitor import NodeTransformer
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

#: Where the reader's clock stands. Macros that a template imports do not see its variables, and some write times.
reading_in: ContextVar[str] = ContextVar("reading_in", default="America/Denver")


class _Rooms(BaseLoader):
    """Finds ``room/page.html`` in the room's own folder of templates."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        room, _, rest = template.partition("/")
        path = _APP / room / "templates" / rest
        if not path.is_file():
            raise TemplateNotFound(template)
        return path.read_text(encoding="utf-8"), str(path), lambda: True


class _PutWordsIn(NodeTransformer):
    """Puts the message in the place of ``_("…")`` where nothing else goes into it."""

    def __init__(self, say: Callable[[str], str]) -> None:
        self._say = say

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the name by which Jinja finds it
        self.generic_visit(node)
        if not (isinstance(node.node, nodes.Name) and node.node.name == "_") or node.kwargs or node.dyn_kwargs:
            return node
        if len(node.args) != 1 or not isinstance(node.args[0], nodes.Const) or node.dyn_args is not None:
            return node
        return nodes.Const(self._say(node.args[0].value), lineno=node.lineno, environment=node.environment)


class _Spoken(Environment):
    """An environment whose templates speak one language from the moment they are compiled."""

    def __init__(self, writer: "_Writer") -> None:
        super().__init__(
            loader=_Rooms(),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.filters |= writer.filters()
        self.globals |= writer.names()
        self._words = _PutWordsIn(writer.say)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        # Jinja's documented place to look at a template's tree before it is compiled.
        parsed: nodes.Template = self._words.visit(super()._parse(source, name, filename))
        return parsed


@cache
def environment(language: str) -> Environment:
    """The Jinja environment of a language: strict names, everything escaped, filters that write in it."""
    return _Spoken(_Writer(language))


@cache
def _kept(language: str, template: str, kind: str) -> Markup:
    return Markup(environment(language).get_template(template).render(kind=kind))  # noqa: S704 - a finished page's part


@lru_cache(maxsize=512)
def _kept_for(language: str, template: str, reader: Any) -> Markup:
    return Markup(environment(language).get_template(template).render(reader=reader))  # noqa: S704 - a finished page's part


class _Writer:
    """Filters and functions of templates, each in one language."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._tags: dict[tuple[str, str], Markup] = {}

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "money": self._money,
            "date": self._day,
            "month": self._month,
            "datetime": self._moment,
            "clock": self._clock,
            "zone": self._zone,
            "count": self._count,
            "label": self._label,
            "meaning": self._meaning,
            "tone": self._tone,
            "reference": self._reference,
        }

    def names(self) -> dict[str, Any]:
        return {
            "_": self.say,
            "ngettext": self._say_many,
            "months": self._months,
            "named": self._named,
            "given": self._given,
            "status_tag": self._tag,
            "static": lambda path: f"{static_base()}/{path}",
            "fragment": self._fragment,
            "shell": self._shell,
            "LANGUAGES": LANGUAGES,
            "places_for": places_for,
            "bar": charts.bar,
            "stacked_bar": charts.stacked_bar,
        }

    def say(self, msgid: str, **values: object) -> str:
        """``_("Closed on {day}", day=…)``. With a value that is markup the whole answer is, its other parts escaped."""
        text = translations(self._language).gettext(msgid)
        if any(isinstance(value, Markup) for value in values.values()):
            escaped = {name: escape(value) for name, value in values.items()}
            return Markup(fill(self._language, escape(text), escaped))  # noqa: S704 - escaped in the line above
        return fill(self._language, text, values)

    def _say_many(self, one: str, many: str, count: int, **values: object) -> str:
        return say_many(self._language, one, many, count, values)

    def _months(self) -> list[tuple[str, str]]:
        """``("03", "March")`` for the twelve months, as dates are sent and as they are read."""
        return [(f"{number:02}", name) for number, name in formats.month_names(self._language)]

    def _named(self, kind: str, values: Sequence[str] | None = None) -> list[tuple[str, str]]:
        """Values of an enumeration with their words, to choose from: all of them in their order, or the given ones."""
        return [(value, self.say(label(kind, value).text)) for value in values or known_values(kind)]

    def _given(self, kind: str) -> list[tuple[str, str]]:
        """Like `_named` without the answers that are not a value."""
        return self._named(kind, [value for value in known_values(kind) if value not in VALUES["no_answer"]])

    def _fragment(self, template: str, kind: str = "") -> Markup:
        """A part of pages that is the same for everybody who reads a language: rendered once, and kept.

        It is handed nothing but ``kind``, a word of an enumeration: no view and no reader, so that nothing of a person
        can be kept with it. A name that stands for one is an error, as on any page.
        """
        return _kept(self._language, template, str(kind))

    def _shell(self, template: str, reader: Any) -> Markup:
        """A part of the shell, which is the same for one person in one place of the menu: kept for the latest readers.

        It is handed the reader and nothing of the page; of the page's path only the place in the menu, so that no id
        of a record is kept with it.
        """
        return _kept_for(self._language, template, replace(reader, path=current_place(reader.path) or ""))

    def _tag(self, kind: str, value: str) -> Markup:
        """A status as a coloured word. There are some dozens of them, written once each. Raises KeyError for others."""
        known = self._tags.get((kind, value))
        if known is None:
            text = '<span class="tag tag-{}">{}</span>'
            known = self._tags[kind, value] = Markup(text).format(self._tone(value, kind), self._label(value, kind))  # noqa: S704 - format escapes
        return known

    def _money(self, amount: Money | None) -> str:
        return _NOTHING if amount is None else formats.format_money(self._language, amount)

    def _day(self, day: date | None) -> str:
        return _NOTHING if day is None else formats.format_day(self._language, day)

    def _month(self, day: date | None) -> str:
        return _NOTHING if day is None else formats.format_month(self._language, day)

    def _moment(self, moment: datetime | None) -> str:
        return _NOTHING if moment is None else formats.format_moment(self._language, reading_in.get(), moment)

    def _clock(self, moment: datetime | None) -> str:
        return _NOTHING if moment is None else formats.format_clock(self._language, reading_in.get(), moment)

    def _zone(self, time_zone: str) -> str:
        return formats.format_zone(self._language, time_zone)

    def _count(self, number: int | None) -> str:
        return _NOTHING if number is None else formats.format_count(self._language, number)

    def _label(self, value: str | None, kind: str) -> str:
        return _NOTHING if value is None else self.say(label(kind, value).text)

    def _meaning(self, value: str, kind: str) -> str:
        return self.say(label(kind, value).meaning)

    @staticmethod
    def _tone(value: str, kind: str) -> str:
        return label(kind, value).tone

    @staticmethod
    def _reference(reference: str | None) -> str:
        """A reference keeps its letters in any translation and does not break at its hyphens."""
        if reference is None:
            return _NOTHING
        return Markup(f'<span class="reference" translate="no">{escape(reference)}</span>')  # noqa: S704 - escaped here
