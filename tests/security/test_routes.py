"""The register of routes: each has one way in, and the API's description is the same list, with every refusal."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from fastapi.routing import APIRoute

from app.access.grants import Permission
from app.main import DOORS
from app.web.answers import JSON, MULTIPART, Entry, Open
from app.web.described import REASONS
from tests.world import World


def hung() -> Iterator[tuple[str, APIRoute, Entry]]:
    """Method and path, route and entry of everything that hangs."""
    for base, doors in DOORS:
        for door in doors:
            for route in door.routes(base):
                for method in route.methods or ():
                    yield f"{method} {route.path_format}", route, route.endpoint.entry  # type: ignore[attr-defined]  # set by Door


@pytest.fixture
def description(stage: World) -> dict[str, Any]:
    given: dict[str, Any] = stage.attorney.get("/openapi.json").json()
    return given


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_a_route_has_a_permission_or_a_reason_and_no_second_of_its_kind() -> None:
    names = [name for name, _, _ in hung()]
    assert len(names) == len(set(names)) >= 130
    assert all(isinstance(entry.may, Permission | Open) for _, _, entry in hung())


def test_every_reason_to_be_open_is_used_and_few_routes_use_one() -> None:
    used = [entry.may for _, _, entry in hung() if isinstance(entry.may, Open)]
    assert set(used) == set(Open)
    assert len(used) * 10 <= len(list(hung())), "an open route is an exception"


def test_the_description_is_the_list_of_routes(description: dict[str, Any]) -> None:
    pages = {name for name, _, entry in hung() if entry.page}
    assert {name for name, _ in operations(description)} == {name for name, _, _ in hung()} - pages
    assert len({operation["operationId"] for _, operation in operations(description)}) == len(
        list(operations(description))
    )


def test_every_operation_says_who_may_and_how_it_refuses(description: dict[str, Any]) -> None:
    entries = {name: entry for name, _, entry in hung()}
    for name, operation in operations(description):
        entry, answers = entries[name], {int(status) for status in operation["responses"]}
        assert bool(operation["security"]) == isinstance(entry.may, Permission), name
        assert {each for each in answers if each >= 400} <= set(REASONS), name
        assert {401, 403} <= answers or (isinstance(entry.may, Open) and name.startswith("GET ")), name
        assert 404 in answers or "{" not in name, name
        assert {400, 413, 415, 422} <= answers or name.startswith("GET "), name
        assert 428 in answers or not (entry.needs_key or entry.needs_match), name
        assert (412 in answers) == entry.needs_match, name
        headers = {each["name"]: each["required"] for each in operation.get("parameters", ()) if each["in"] == "header"}
        assert headers.get("If-Match", False) == entry.needs_match, name
        assert headers.get("Idempotency-Key", False) == entry.needs_key, name


def test_every_refusal_is_a_problem_document(description: dict[str, Any]) -> None:
    forms = {name for name, _, entry in hung() if entry.takes not in (JSON, MULTIPART)}
    assert len(forms) <= 3
    for name, operation in operations(description):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                refused = description["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                # A standard of its own may say how its refusals look beside ours.
                expected = {"application/problem+json"} | ({"application/json"} if name in forms else set())
                assert set(refused["content"]) <= expected, f"{name} {status}"


def test_what_gives_nothing_says_so(description: dict[str, Any]) -> None:
    for name, operation in operations(description):
        good = {status: answer for status, answer in operation["responses"].items() if status < "300"}
        assert len(good) == 1, name
        ((status, answer),) = good.items()
        assert (status == "204") == ("content" not in answer), name


def test_the_description_is_valid_openapi(description: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(description).validate()


def test_a_broken_description_is_noticed(description: dict[str, Any]) -> None:
    description["paths"]["/api/v1/staff"]["get"]["responses"] = "none"
    with pytest.raises(jsonschema_rs.ValidationError):
        schemathesis.openapi.from_dict(description).validate()


def test_an_address_with_a_name_is_no_id(world: World) -> None:
    for who, method, path, takes in (
        (world.attorney, "DELETE", "/passkeys/challenge", "POST"),
        (world.intake, "PATCH", "/applications/poverty", "POST"),
        (world.fund_admin, "PATCH", "/staff/requests", "GET"),
    ):
        refused = who.request(method, path, json={}, headers={"If-Match": '"1"'})
        assert (refused.status_code, refused.headers.get("allow")) == (405, takes), path
    absent = world.intake.request("PATCH", "/applications/nothing", json={}, headers={"If-Match": '"1"'})
    assert absent.status_code == 404
