"""The reader's look comes from a cookie with one of two words; nothing else in it counts."""

import pytest

from tests.world import World


@pytest.mark.parametrize(
    ("cookie", "theme"), [("theme=dark", "dark"), ("theme=light", "light"), ('theme="><script>', None), ("", None)]
)
def test_the_cookie_dresses_every_page(world: World, cookie: str, theme: str | None) -> None:
    wanted = f'data-theme="{theme}"'
    for path in ("/sign-in", "/nowhere"):
        html = world.client.get(path, headers={"Cookie": cookie, "Accept": "text/html"}).text.split("<head>")[0]
        assert (wanted in html) if theme else ("data-theme" not in html), path


def test_it_dresses_the_pages_of_who_is_signed_in(world: World) -> None:
    session = f"amparo={world.attorney.secret}; theme=dark"
    html = world.client.get("/", headers={"Cookie": session, "Accept": "text/html"}).text
    assert 'data-theme="dark"' in html.split("<head>")[0]
