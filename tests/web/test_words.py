"""Labels, statuses, choices, places and bars: what screens are made of besides templates."""

import enum

import pytest
from bs4 import BeautifulSoup

from app.access.grants import Permission, Role
from app.access.model import AccountStatus
from app.applicants import rules as applicants
from app.audit.rules import Purpose
from app.break_glass.rules import Emergency, Finding, OpeningState
from app.cases import rules as cases
from app.conflicts import rules as conflicts
from app.crypto.groups import Group
from app.desk import rules as desk
from app.eligibility.rules.finding import RuleVerdict
from app.eligibility.rules.legal import LegalStatus
from app.eligibility.rules.screen import Outcome as Verdict
from app.funds import rules as funds
from app.intake.rules import statuses as intake
from app.partners import rules as partners
from app.web import choices
from app.web.charts import Part, bar, stacked_bar
from app.web.i18n import LANGUAGES
from app.web.labels import VALUES
from app.web.navigation import PLACES, current_place, places_for
from app.web.statuses import STATUSES, known_values, label

#: Which enumeration is shown under which kind of label.
SHOWN: dict[str, type[enum.StrEnum]] = {
    "account": AccountStatus,
    "answer": applicants.Answer,
    "application": intake.ApplicationStatus,
    "application_decline_reason": intake.TurnedAway,
    "assignment": cases.AssignmentStatus,
    "assignment_decline_code": cases.DeclineCode,
    "award": funds.AwardStatus,
    "case": cases.CaseStatus,
    "case_outcome": cases.Outcome,
    "case_step": desk.PathStep,
    "case_type": cases.CaseType,
    "category": funds.Category,
    "conflict_resolution": conflicts.Resolution,
    "conflict_result": conflicts.CheckResult,
    "custody": applicants.Custody,
    "deadline": cases.Standing,
    "deadline_kind": cases.DeadlineKind,
    "field_group": Group,
    "hearing_kind": cases.HearingKind,
    "immigration_status": applicants.ImmigrationStatus,
    "income_basis": applicants.IncomeBasis,
    "legal_status": LegalStatus,
    "override": intake.OverrideStatus,
    "partner_kind": partners.PartnerKind,
    "payee_kind": funds.PayeeKind,
    "representation": cases.Representation,
    "reveal_purpose": Purpose,
    "role": Role,
    "rule_verdict": RuleVerdict,
    "opening": OpeningState,
    "step_state": desk.StepState,
    "emergency": Emergency,
    "glass_finding": Finding,
    "wall_reason": cases.WallReason,
    "urgency": desk.Urgency,
    "verdict": Verdict,
}
#: Sealed groups that no screen offers to open.
UNSHOWN = {"field_group": {"payee", "staff"}}


class TestLabels:
    def test_every_status_says_what_it_means(self) -> None:
        silent = [(kind, value) for kind, each in STATUSES.items() for value, word in each.items() if not word.meaning]
        assert silent == []

    def test_one_kind_stands_in_one_registry(self) -> None:
        assert set(STATUSES) & set(VALUES) == set()

    @pytest.mark.parametrize(("kind", "words"), SHOWN.items())
    def test_every_value_that_can_reach_a_screen_has_words(self, kind: str, words: type[enum.StrEnum]) -> None:
        assert {word.value for word in words} - UNSHOWN.get(kind, set()) <= set(known_values(kind))

    def test_a_value_without_words_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            label("case", "lost")
        with pytest.raises(KeyError):
            label("weather", "rain")


class TestChoices:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_countries_are_named_in_the_readers_language(self, language: str) -> None:
        named = choices.countries(language)
        assert len(named.rest) > 240
        assert {each.value for each in named.first} <= {each.value for each in named.rest}
        assert choices.name_of_country(language, "DE") == {"en": "Germany", "es": "Alemania"}[language]

    def test_accents_do_not_part_neighbours(self) -> None:
        names = [each.text for each in choices.countries("es").rest]
        assert (
            names.index("Afganistán")
            < names.index("Åland" if "Åland" in names else "Albania")
            < names.index("Alemania")
        )
        assert names.index("Ecuador") < names.index("Egipto")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_languages_of_the_people_who_ask_are_there(self, language: str) -> None:
        offered = {each.value for each in choices.languages(language).rest}
        assert {"spa", "eng", "hat", "por", "fra", "ara", "cmn", "rus", "quc", "mam", "kjb", "tir", "miq"} <= offered
        assert all(len(code) == 3 for code in offered)
        assert [each for each in choices.languages(language).first if not each.text] == []

    def test_a_language_is_named(self) -> None:
        assert choices.name_of_language("es", "spa") == "Español"
        assert choices.name_of_language("es", "quc") == "K'iche'"
        assert choices.name_of_language("es", "zzz") == "zzz"

    def test_states_have_their_postal_codes(self) -> None:
        named = {each.value: each.text for each in choices.states()}
        assert named["CO"] == "Colorado"
        assert {"DC", "PR", "GU"} <= set(named)
        assert len(named) == 55


class TestPlaces:
    def test_a_place_is_shown_to_those_who_may_go_there(self) -> None:
        areas = places_for(frozenset({Permission.AUDIT_READ}))
        assert [[place.path for place in area.places] for area in areas] == [["/"], ["/audit"]]

    def test_nobody_without_permissions_sees_more_than_home(self) -> None:
        (area,) = places_for(frozenset())
        assert [place.path for place in area.places] == ["/"]

    @pytest.mark.parametrize(
        ("path", "place"),
        [
            ("/", "/"),
            ("/applications", "/applications"),
            ("/applications/new", "/applications/new"),
            ("/applications/0191/edit", "/applications"),
            ("/applicationsandmore", None),
            ("/account", None),
        ],
    )
    def test_a_page_belongs_to_the_nearest_place(self, path: str, place: str | None) -> None:
        assert current_place(path) == place

    def test_paths_are_there_once(self) -> None:
        assert len({place.path for place in PLACES}) == len(PLACES)


class TestBars:
    @staticmethod
    def widths(markup: str) -> list[tuple[str, str]]:
        pieces = BeautifulSoup(markup, "html.parser").find_all("rect")
        return [(str(piece.get("x", "")), str(piece["width"])) for piece in pieces[1:]]

    def test_a_bar_is_as_long_as_its_share(self) -> None:
        assert self.widths(bar(25, 100)) == [("0.00%", "25.00%")]

    @pytest.mark.parametrize("value", [None, 0, -5])
    def test_what_is_withheld_or_not_positive_has_no_length(self, value: int | None) -> None:
        assert self.widths(bar(value, 100)) == []

    def test_nothing_is_divided_by_an_empty_whole(self) -> None:
        assert self.widths(bar(5, 0)) == []

    def test_pieces_follow_one_another_and_end_with_the_track(self) -> None:
        parts = [Part("paid", 50), Part("encumbered", 30), Part("over", 90)]
        assert self.widths(stacked_bar(parts, 100)) == [("0.00%", "50.00%"), ("50.00%", "30.00%"), ("80.00%", "20.00%")]

    def test_a_bar_carries_no_style_and_is_not_read_aloud(self) -> None:
        drawn = BeautifulSoup(bar(1, 2), "html.parser").svg
        assert drawn is not None
        assert drawn["aria-hidden"] == "true"
        assert drawn.find_all(style=True) == []
