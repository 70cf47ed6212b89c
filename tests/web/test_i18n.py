from datetime import date
from gettext import NullTranslations

import pytest
from markupsafe import Markup

from app.errors import (
    Denied,
    Invalid,
    NotFound,
    NotSignedIn,
    OverBudget,
    Refusal,
    Stale,
    TooSoon,
    Unavailable,
)
from app.money import Money
from app.web.i18n import LANGUAGES, fill, negotiate, places, say, say_many, translations


class TestChoosingALanguage:
    @pytest.mark.parametrize(
        ("account", "cookie", "accept", "chosen"),
        [
            ("es", "en", "en", "es"),
            (None, "es", "en", "es"),
            (None, None, "es-MX,es;q=0.9,en;q=0.8", "es"),
            (None, None, "en-US,en;q=0.9,es;q=0.8", "en"),
            (None, None, "fr;q=1,es;q=0.5,en;q=0.4", "es"),
            (None, None, "fr", "en"),
            (None, None, None, "en"),
        ],
    )
    def test_account_then_cookie_then_browser_then_english(
        self, account: str | None, cookie: str | None, accept: str | None, chosen: str
    ) -> None:
        assert negotiate(account, cookie, accept) == chosen

    def test_an_unknown_choice_is_passed_over(self) -> None:
        assert negotiate("xx", "../../etc", "es") == "es"

    @pytest.mark.parametrize("accept", ["es;q=0", ";;;", "es;q=banana", ",,,", "*", "q=1"])
    def test_a_malformed_or_refused_wish_is_passed_over(self, accept: str) -> None:
        assert negotiate(None, None, accept) == "en"

    def test_equal_wishes_keep_their_order(self) -> None:
        assert negotiate(None, None, "es,en") == "es"
        assert negotiate(None, None, "en,es") == "en"


class TestSaying:
    def test_english_is_the_message_itself(self) -> None:
        assert say("en", "Sign in") == "Sign in"
        assert type(translations("en")) is NullTranslations

    def test_spanish_comes_from_the_catalogue(self) -> None:
        assert say("es", "Sign in") == "Iniciar sesión"

    def test_a_message_without_spanish_is_still_a_sentence(self) -> None:
        assert say("es", "Nobody translated this.") == "Nobody translated this."

    def test_plural_forms(self) -> None:
        told = [
            say_many(language, "{count} person", "{count} people", count) for language in LANGUAGES for count in (1, 2)
        ]
        assert told == ["1 person", "2 people", "1 persona", "2 personas"]

    def test_values_are_written_the_readers_way(self) -> None:
        values = {"amount": Money(125000), "day": date(2026, 3, 4), "year": 2026}
        assert say("en", "{amount} on {day} of {year}", values) == "$1,250.00 on Mar 4, 2026 of 2026"
        assert say("es", "{amount} el {day} de {year}", values) == "$1,250.00 el 4 mar 2026 de 2026"

    def test_a_missing_value_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            say("en", "Closed on {day}", {})

    def test_a_value_is_never_a_place(self) -> None:
        assert fill("en", "{first} {second}", {"first": "{second}", "second": "two"}) == "{second} two"

    def test_neither_attributes_nor_formats_are_followed(self) -> None:
        text = "{name.__class__} {name!r} {name:>99}"
        assert fill("en", text, {"name": "Ana"}) == text
        assert places(text) == frozenset()

    def test_markup_stays_markup(self) -> None:
        assert fill("en", "See {link}", {"link": Markup("<b>here</b>")}) == "See <b>here</b>"


def test_languages_are_those_with_a_catalogue_each_named_in_itself() -> None:
    assert LANGUAGES == {"en": "English", "es": "Español"}


@pytest.mark.parametrize(
    "refused", [Denied(), Invalid(), NotFound(), NotSignedIn(), OverBudget(60), Stale(), TooSoon(5), Unavailable()]
)
def test_what_is_refused_without_words_of_a_room_has_its_spanish(refused: Refusal) -> None:
    assert say("es", refused.message, refused.values) != say("en", refused.message, refused.values)
