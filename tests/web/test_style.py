"""The style sheet: one place for colours, contrast by day and by night, and no left or right."""

import re
from collections.abc import Iterator

import pytest

from app.web.assets import STATIC_FOLDER

SHEET = (STATIC_FOLDER / "amparo.css").read_text(encoding="utf-8")
RULES = re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL)
DECLARATION = re.compile(r"(?:^|[{;])\s*([-\w]+)\s*:\s*([^;{}]+)(?=[;}])", re.MULTILINE)
PHYSICAL = re.compile(r"(^|-)(left|right)(-|$)")
#: Properties that name their four sides clockwise: their second value is the right side, the fourth the left one.
BOXES = {
    "margin",
    "padding",
    "inset",
    "border-width",
    "border-color",
    "border-style",
    "scroll-margin",
    "scroll-padding",
}
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")
#: Where colours are written out: the lists of names on top, and paper.
LISTS = re.compile(r":root\s*\{[^}]*\}|@media print \{.*?\n\}", re.DOTALL)

#: Words and the ground that they stand on: 4.5 to 1 (WCAG 2.2, 1.4.3).
WORDS = [
    *(
        (ink, ground)
        for ink in ("text", "text-muted", "accent", "accent-strong", "stop")
        for ground in ("surface", "surface-raised")
    ),
    *((ink, "surface-sunken") for ink in ("text", "text-muted")),
    *((ink, f"{ink}-surface") for ink in ("ok", "warning", "info", "quiet")),
    ("stop-strong", "stop-surface"),
    *(("text", f"{tone}-surface") for tone in ("ok", "warning", "info", "stop", "accent")),
    ("warning", "surface-marked"),
    ("text", "surface-marked"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-stop", "stop"),
    ("on-stop", "stop-strong"),
    ("on-pressed", "pressed"),
    *((ink, ground) for ink in ("on-shell", "on-shell-muted", "shell-mark") for ground in ("shell", "shell-strong")),
]
#: Shapes that carry meaning: 3 to 1 (1.4.11).
SHAPES = [
    *((shape, ground) for shape in ("line-strong", "focus") for ground in ("surface", "surface-raised")),
    *((f"chart-{name}", "surface-raised") for name in ("paid", "over", "line", "1", "3", "4", "5", "6")),
]


def declarations() -> Iterator[tuple[str, str]]:
    for found in DECLARATION.finditer(RULES):
        yield found[1], found[2].strip()


def sides(value: str) -> list[str]:
    """The parts of a shorthand: ``0 calc(1rem + 2px) 0 1rem`` has four."""
    return re.findall(r"(?:[^\s(]|\([^)]*\))+", value.replace("!important", ""))


def lopsided(corners: list[str]) -> bool:
    """Whether the left corners are not the right ones: they come clockwise, from the left one on top."""
    if len(corners) in (2, 3):
        return corners[0] != corners[1]
    return len(corners) == 4 and (corners[0] != corners[1] or corners[2] != corners[3])


def colours(night: int, strong: bool = False) -> dict[str, str]:
    """The named colours as they are by day (0) or by night (1), with more contrast when that is wished."""
    lists = re.findall(r":root\s*\{([^}]*)\}", RULES)[: 2 if strong else 1]
    found: dict[str, str] = {}
    for name, value in re.findall(r"--([\w-]+):\s*([^;]+);", "".join(lists)):
        both = re.fullmatch(r"light-dark\((#\w+), (#\w+)\)", value)
        found[name] = both[night + 1] if both else value
    return found


def brightness(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((brightness(one), brightness(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_sides_are_named_by_the_direction_of_reading() -> None:
    found = [
        f"{name}: {value}"
        for name, value in declarations()
        if PHYSICAL.search(name)
        or (name in {"text-align", "float", "clear"} and re.search(r"\b(left|right)\b", value))
        or (name in BOXES and len(sides(value)) == 4 and sides(value)[1] != sides(value)[3])
        or (name == "border-radius" and lopsided(sides(value)))
    ]
    assert found == []


def test_colours_are_written_in_one_place() -> None:
    assert [line.strip() for line in LISTS.sub("", RULES).splitlines() if COLOUR.search(line)] == []


def test_every_name_that_is_used_is_there() -> None:
    there = {name for name, _ in declarations() if name.startswith("--")}
    assert set(re.findall(r"var\((--[\w-]+)", RULES)) - there == set()


@pytest.mark.parametrize("strong", [False, True], ids=["usual", "more contrast"])
@pytest.mark.parametrize("night", [0, 1], ids=["day", "night"])
def test_words_and_shapes_stand_out_from_their_ground(night: int, strong: bool) -> None:
    named = colours(night, strong)
    wanted = [(pair, 7.0 if strong and "muted" not in pair[0] else 4.5) for pair in WORDS]
    wanted += [(pair, 3.0) for pair in SHAPES]
    weak = {
        f"{ink} on {ground}": round(contrast(named[ink], named[ground]), 2)
        for (ink, ground), least in wanted
        if contrast(named[ink], named[ground]) < least
    }
    assert weak == {}


def test_a_side_is_found_out() -> None:
    assert PHYSICAL.search("margin-left")
    assert PHYSICAL.search("border-right-width")
    assert not PHYSICAL.search("inset-inline-start")
    assert sides("0 calc(1rem + 2px) 0 1rem") == ["0", "calc(1rem + 2px)", "0", "1rem"]
    assert lopsided(["6px", "0", "0", "6px"])
    assert not lopsided(["0", "0", "6px", "6px"])
    assert contrast("#000", "#fff") == pytest.approx(21)
