"""A refusal is a page for the person who opened a page, and a problem document for everybody else."""

import pytest
from bs4 import BeautifulSoup

from tests.world import World


@pytest.mark.parametrize(
    ("person", "path", "status", "title"),
    [
        ("intake", "/applications/01a20700-0000-7000-8000-000000000000", 404, "There is nothing here"),
        ("intake", "/applications/not-an-id", 404, "There is nothing here"),
        ("auditor", "/applications", 403, "This is not open to your role"),
        ("intake", "/applications?status=nonsense", 422, "This address is not right"),
    ],
)
def test_a_page_that_is_refused_is_a_page(world: World, person: str, path: str, status: int, title: str) -> None:
    answer = getattr(world, person).page(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.h1 is not None
    assert page.h1.text == title
    assert page.select("#places a") != []
    assert answer.headers["x-request-id"] in page.text


def test_an_address_that_is_none_is_a_page_for_a_browser(world: World) -> None:
    answer = world.stranger.page("/nowhere", headers={"Accept-Language": "es"})
    assert answer.status_code == 404
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.h1 is not None
    assert page.h1.text == "Aquí no hay nada"
    assert page.select("#places a") == []


def test_programs_get_the_problem_document(world: World) -> None:
    for answer in (
        world.intake.get("/applications/01a20700-0000-7000-8000-000000000000"),
        world.stranger.page("/x", headers={"Accept": "*/*"}),
    ):
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["detail"] == "There is no such record, or it is not open to you."
