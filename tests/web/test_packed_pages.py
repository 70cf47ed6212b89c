"""Heavy pages travel packed, unless something of their address stands in them."""

import gzip
import inspect

from starlette.responses import Response

from app.main import API_DOORS, PAGE_DOORS
from app.web.replies import HEAVY, packed
from tests.world import World

GZIP = {"Accept-Encoding": "gzip"}


def test_the_intake_form_is_packed_for_who_can_open_it(world: World) -> None:
    plain = world.intake.page("/applications/new", headers={"Accept-Encoding": "identity"})
    sent = world.intake.page("/applications/new", headers=GZIP)
    assert "content-encoding" not in plain.headers
    assert sent.headers["content-encoding"] == "gzip"
    assert int(sent.headers["content-length"]) < len(plain.content) / 3
    assert sent.text.split("<body>")[1] == plain.text.split("<body>")[1]


def test_no_page_that_repeats_its_address_is_packed(world: World) -> None:
    long = "x" * HEAVY
    for path in (f"/sign-in?next=/{long}", f"/find?reference={long}"):
        assert "content-encoding" not in world.stranger.page(path, headers=GZIP).headers, path
    for door in (*PAGE_DOORS, *API_DOORS):
        for route in door.routes():
            taken = set(inspect.signature(inspect.unwrap(route.endpoint)).parameters) - {"work"}
            if route.endpoint.entry.packs:  # type: ignore[attr-defined]  # set by Door
                assert route.path.count("{") == len(taken), route.path


def test_a_light_page_and_a_refusal_go_as_they_are() -> None:
    assert "Content-Encoding" not in packed(Response(b"x" * (HEAVY - 1))).headers
    assert "Content-Encoding" not in packed(Response(b"x" * HEAVY, 404)).headers
    heavy = packed(Response(b"x" * HEAVY))
    assert gzip.decompress(bytes(heavy.body)) == b"x" * HEAVY
    assert heavy.headers["Content-Length"] == str(len(heavy.body))
