"""Every page of the application, wide and narrow, by day and by night, in both languages and in either direction.

No axe violation, no overflow, no complaint of the browser or of the security policy; and no page heavier on its first
load than a slow line carries. With ``AMPARO_SCREENSHOTS`` set to a folder, each page is kept there, and one contact
sheet for each size, look and language (run this file alone, in one process).
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.site import NOBODY, PATHS, PEOPLE, Example, Site, site
from tests.browser.stage import listen
from tests.browser.visitor import violations

#: What sticks out, by its markup: a bare "too wide" would have to be searched for.
OVERFLOW = """() => {
    const root = document.documentElement, width = root.clientWidth;
    if (root.scrollWidth <= width) return [];
    const out = (box) => box.right > width + 1 || box.left < -1;
    const meant = ".usa-sr-only, .usa-sr-only *, .usa-skipnav, [type=radio], [type=checkbox]";
    const all = [...document.querySelectorAll(`body :not(${meant})`)];
    const found = all.filter((each) => out(each.getBoundingClientRect()));
    return found.slice(0, 3).map((each) => each.outerHTML.slice(0, 160));
}"""
WATCH = """addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
    (window.refused ??= []).push(`${violatedDirective} ${blockedURI}`);
});"""
WIDE, NARROW = 1280, 390
#: Bytes over the wire on a first load: everything, and scripts.
WEIGHT, SCRIPTS = 150_000, 20_000


#: Bytes of everything that a page loaded, as browsers count a transfer: the packed body and 300 for its headers.
LOADED = """() => {
    const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    return all.map(({ name, transferSize }) => [new URL(name).pathname.split("/").pop(), transferSize]);
}"""


def too_heavy(page: Page) -> list[str]:
    """What a first load weighs, when it is more than the budget."""
    loaded: list[tuple[str, int]] = page.evaluate(LOADED)
    scripts = sum(size for name, size in loaded if name.endswith(".js"))
    whole = sum(size for _, size in loaded)
    told = ", ".join(f"{name or '/'} {size}" for name, size in sorted(loaded, key=lambda each: -each[1]))
    return [f"heavy: {whole} bytes, scripts {scripts}: {told}"] if whole > WEIGHT or scripts > SCRIPTS else []


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application, served once for all pages."""
    with site(tmp_path_factory.mktemp("site") / "data") as found:
        yield found


@pytest.fixture(scope="module", autouse=True)
def sheets(browser: Browser) -> Iterator[None]:
    """When pictures are wanted, lay them side by side at the end."""
    yield
    if folder := os.environ.get("AMPARO_SCREENSHOTS"):
        for look in sorted(each for each in Path(folder).iterdir() if each.is_dir()):
            lay_out(browser, look)


def lay_out(browser: Browser, look: Path) -> None:
    """One picture of a folder of pictures."""
    pictures = "".join(
        f"<figure><figcaption>{each.stem}</figcaption><div><img src='{each.name}'></div></figure>"
        for each in sorted(look.glob("*.png"))
    )
    style = "body{display:flex;flex-wrap:wrap;gap:8px;margin:8px;font:14px sans-serif;background:#888}figure{margin:0}"
    image = "div{height:480px;overflow:hidden;width:388px}img{width:100%}"
    index = look / "index.html"
    index.write_text(f"<meta charset=utf-8><style>{style}{image}</style>{pictures}", encoding="utf-8")
    page = browser.new_page(viewport={"width": 2000, "height": 1000})
    page.goto(index.as_uri())
    page.screenshot(path=look.with_suffix(".png"), full_page=True)
    page.close()


def keep(page: Page, name: str, look: str) -> None:
    """The page's picture, when pictures are wanted."""
    if folder := os.environ.get("AMPARO_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / look / f"{name}.png", full_page=True)


def look_at(page: Page, name: str, language: str, *, strictly: tuple[int, str]) -> list[str]:
    """What is wrong with an open page at each size and look; axe at the one that ``strictly`` names."""
    faults: list[str] = []
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            where = f"{width} {scheme} {language}"
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            faults += [f"{where}: sticks out: {each}" for each in page.evaluate(OVERFLOW)]
            keep(page, name, where.replace(" ", "-"))
            if (width, scheme) == strictly:
                faults += [f"{where}: {each}" for each in violations(page)]
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    faults += [f"{language}, all folded parts open: sticks out: {each}" for each in page.evaluate(OVERFLOW)]
    page.evaluate("document.documentElement.dir = 'rtl'")
    faults += [f"{language}, from right to left: sticks out: {each}" for each in page.evaluate(OVERFLOW)]
    faults += [f"{language}: refused: {each}" for each in page.evaluate("window.refused ?? []")]
    # "None" is Python's word for what nobody filled in; people read a dash. Here in Spanish, where it is no other word.
    if language == "es" and re.search(r"\bNone\b", page.inner_text("main")):
        faults.append(f"{language}: Python's None is shown")
    return faults


#: In which languages a page is looked at, and where axe looks with.
LOOKS = (("en", (WIDE, "light")), ("es", (NARROW, "dark")))


def by_turns(path: str) -> tuple[tuple[str, tuple[int, str]], ...]:
    """One language for each page, by its address; both where pictures are wanted, and at length."""
    if os.environ.get("AMPARO_SCREENSHOTS"):
        return LOOKS
    return (LOOKS[crc32(path.encode()) % 2],)


def examine(
    browser: Browser, whole: Site, example: Example, name: str, looks: tuple[tuple[str, tuple[int, str]], ...]
) -> list[str]:
    """Everything that is wrong with a page, in these languages."""
    faults: list[str] = []
    for language, strictly in looks:
        context = whole.context(browser, example.person, language, WIDE)
        page = context.new_page()
        page.add_init_script(WATCH)
        complaints = listen(page)
        answer = page.goto(whole.address + example.path, wait_until="load")
        assert answer is not None
        assert answer.status == 200, f"{example.path}: {answer.status}"
        assert page.evaluate("document.fonts.ready.then(() => document.documentElement.lang)") == language
        faults += [f"{language}: {each}" for each in too_heavy(page)]
        faults += look_at(page, name, language, strictly=strictly)
        faults += [f"{language}: {each}" for each in complaints]
        context.close()
    return faults


@pytest.mark.parametrize("both", [False, pytest.param(True, marks=pytest.mark.soak)])
@pytest.mark.parametrize("path", PATHS)
def test_page(browser: Browser, whole: Site, path: str, both: bool) -> None:
    example = whole.examples[path]
    assert example is not None, f"nobody of the demo can open {path}: it fails, or the demo has nothing that it shows"
    name = (
        f"{path.strip('/').replace('/', '-').replace('{', '').replace('}', '') or 'home'}-{example.person or 'visitor'}"
    )
    assert examine(browser, whole, example, name, LOOKS if both else by_turns(path)) == []


@pytest.mark.parametrize("person", PEOPLE[:6])
def test_home_of_each_role(browser: Browser, whole: Site, person: str) -> None:
    assert examine(browser, whole, Example(person, "/"), f"home-{person}", by_turns(person)) == []


def test_pages_that_refuse_are_pages_too(browser: Browser, whole: Site) -> None:
    """An address that is none, and one that is not open to one's role: both say where to go."""
    for person, path in ((NOBODY, "/nowhere"), ("intake", "/nowhere"), ("intake", "/funds")):
        context = whole.context(browser, person, "es", NARROW)
        page = context.new_page()
        answer = page.goto(whole.address + path)
        assert answer is not None
        assert answer.status in (403, 404)
        assert page.locator("main .ways a").count() >= 1
        assert look_at(page, f"refused-{answer.status}-{person}", "es", strictly=(NARROW, "light")) == []
        context.close()
