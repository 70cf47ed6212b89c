"""USWDS's style sheet as it is served: what our pages use of it, and nothing of that lost."""

import gzip
import re

import pytest

from app.web.assets import STATIC_FOLDER, USWDS, content, static_base
from app.web.style import reduced, used_in

USED = used_in("""<p class="usa-alert usa-alert--{{ tone }} usa-hint">""")


@pytest.mark.parametrize(
    ("sheet", "kept"),
    [
        (".usa-hint{color:red}", ".usa-hint{color:red}"),
        (".usa-banner{color:red}", ""),
        (".usa-banner,.usa-hint{color:red}", ".usa-hint{color:red}"),
        (".usa-banner .usa-hint{color:red}", ""),
        ("p>a:hover{color:red}", "p>a:hover{color:red}"),
        (".usa-alert--error::before{left:0}", ".usa-alert--error::before{left:0}"),
        (".usa-hint:not(.usa-banner,b){left:0}", ""),
        ("@media print{.usa-banner{left:0}}", ""),
        ("@media print{.usa-hint{left:0}.usa-banner{left:0}}", "@media print{.usa-hint{left:0}}"),
        ("@supports (a:b){@media print{.usa-hint{left:0}}}", "@supports (a:b){@media print{.usa-hint{left:0}}}"),
        ('@charset "UTF-8";/* .a{ */.usa-hint{left:0}', ".usa-hint{left:0}"),
        ("@font-face{font-family:Merriweather Web;src:url(a)}", ""),
        (
            "@font-face{font-family:Sans;src:url(a)}",
            "@font-face{font-family:Sans;src:url(a)}",
        ),
    ],
)
def test_a_rule_stays_when_it_can_apply(sheet: str, kept: str) -> None:
    assert reduced(sheet, USED) == kept


def test_half_a_rule_is_no_style_sheet() -> None:
    with pytest.raises(ValueError, match="inside a rule"):
        reduced(".usa-hint{", USED)


def test_every_class_of_ours_that_uswds_has_is_there() -> None:
    whole = (STATIC_FOLDER / USWDS).read_text(encoding="utf-8")
    templates = STATIC_FOLDER.parents[1].glob("*/templates/**/*.html")
    ours = {name for path in templates for name in re.findall(r"usa-[\w-]*\w", path.read_text(encoding="utf-8"))}
    there = set(re.findall(r"\.(usa-[\w-]+)", whole))
    served = set(re.findall(r"\.(usa-[\w-]+)", content(USWDS).decode()))
    assert len(ours & there) > 30
    assert (ours & there) - served == set()


def test_it_is_small_and_its_address_tells_of_what_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(gzip.compress(content(USWDS), 9)) < 10_000
    before = static_base()
    static_base.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr("app.web.assets.content", lambda path: b"" if path == USWDS else content(path))
        assert static_base() != before
    static_base.cache_clear()
    assert static_base() == before
