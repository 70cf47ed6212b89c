"""The door: who is asking, may they, in which transaction; then the endpoint; then one commit, then the answer.

A room's ``api.py`` and ``pages.py`` hang their endpoints on a :class:`Door`. Around each stands the same order of
refusals: 401, 403, 404, 428, 412, 422, 409. The transaction is opened inside the endpoint's own thread hop and is over
before the first byte of the answer leaves, so a failed commit can not answer 200.
"""

import functools
import inspect
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from app.access.grants import Permission
from app.web.answers import JSON, MULTIPART, Entry, Finder, Open
from app.web.bodies import take
from app.web.call import Call
from app.web.entrance import enter, invalid, refuse_fields
from app.web.uploads import Upload
from app.work import Work

Endpoint = Callable[..., Any]


async def _opening(request: Request) -> Call:
    call: Call = request.scope["amparo.call"]
    return call


class DoorRoute(APIRoute):
    """A route whose handler asks who is there before it reads the body, and answers refusals in order."""

    def __init__(self, path: str, endpoint: Endpoint, **more: Any) -> None:
        super().__init__(path, endpoint, **more)
        self._beginning = path.partition("{")[0]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Every route is asked for every request: most can say no without trying their pattern."""
        if self._beginning not in scope["path"]:
            return Match.NONE, {}
        return super().matches(scope)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        parse_and_run = super().get_route_handler()
        takes_body = self.body_field is not None
        entry: Entry = self.endpoint.entry  # type: ignore[attr-defined]  # set by Door._hang on every endpoint

        async def handle(request: Request) -> Response:
            async def inside() -> Response:
                try:
                    if entry.takes == MULTIPART:
                        request.scope["amparo.upload"] = Upload(request)
                    elif not takes_body:
                        await refuse_fields(request)
                    return await parse_and_run(await take(request) if takes_body else request)
                except RequestValidationError as error:
                    return await invalid(request, error)

            return await enter(request, entry, inside)

        return handle


class Door:
    """The routes of one room: ``door = Door("/funds")`` and then ``@door.get("", Permission.FUND_READ)``."""

    def __init__(self, prefix: str = "", *, tag: str | None = None) -> None:
        self._prefix = prefix
        self._tags = [tag or prefix.strip("/")]
        self._hung: list[tuple[str, Endpoint, dict[str, Any]]] = []

    def routes(self, base: str = "") -> Iterator[DoorRoute]:
        """The routes of this door under ``base``, in the order in which they were hung."""
        for path, endpoint, more in self._hung:
            yield DoorRoute(base + path, endpoint, **more)

    def get(
        self, path: str, may: Permission | Open, *, steps_up: bool = False, **more: Any
    ) -> Callable[[Endpoint], Endpoint]:
        """A read as JSON, or as a file."""
        return self._hang("GET", path, Entry(may, writes=False, steps_up=steps_up), **more)

    def search(self, path: str, may: Permission, **more: Any) -> Callable[[Endpoint], Endpoint]:
        """A read whose question holds personal data and therefore travels in a body, not in a URL."""
        return self._hang("POST", path, Entry(may, writes=False), **more)

    def post(
        self,
        path: str,
        may: Permission | Open,
        *,
        finds: Finder | None = None,
        key: bool = False,
        writes: bool = True,
        steps_up: bool = False,
        takes: str = JSON,
        **more: Any,
    ) -> Callable[[Endpoint], Endpoint]:
        """A verb. ``key`` makes ``Idempotency-Key`` required; ``finds`` answers 404 before the body is judged;
        ``steps_up`` asks that the caller has just proved who they are."""
        entry = Entry(may, writes=writes, needs_key=key, finds=finds, steps_up=steps_up, takes=takes)
        return self._hang("POST", path, entry, **more)

    def patch(
        self,
        path: str,
        may: Permission,
        *,
        finds: Finder | None = None,
        match: bool = True,
        steps_up: bool = False,
        **more: Any,
    ) -> Callable[[Endpoint], Endpoint]:
        """A change of some fields; ``match`` makes ``If-Match`` required."""
        entry = Entry(may, writes=True, needs_match=match, finds=finds, steps_up=steps_up)
        return self._hang("PATCH", path, entry, **more)

    def delete(
        self, path: str, may: Permission, *, finds: Finder | None = None, steps_up: bool = False, **more: Any
    ) -> Callable[[Endpoint], Endpoint]:
        """An ending; ``finds`` answers 404 before a body that nobody reads is judged."""
        return self._hang("DELETE", path, Entry(may, writes=True, finds=finds, steps_up=steps_up), **more)

    def page(self, path: str, may: Permission | Open, **more: Any) -> Callable[[Endpoint], Endpoint]:
        """An HTML page; a visitor who is not signed in is sent to the sign-in page."""
        return self._hang("GET", path, Entry(may, writes=False, page=True), include_in_schema=False, **more)

    def _hang(self, method: str, path: str, entry: Entry, **more: Any) -> Callable[[Endpoint], Endpoint]:
        def hang(endpoint: Endpoint) -> Endpoint:
            view = inspect.signature(endpoint).return_annotation
            documented = view if entry.documents(view) else None
            declared = {
                "methods": [method],
                "tags": self._tags,
                "response_model": documented,
                "description": inspect.getdoc(endpoint),
                "status_code": 204 if view is None else 200,
                **more,
            }
            run = _in_one_hop(endpoint, replace(entry, packs=_packs(endpoint, entry)), declared["status_code"])
            self._hung.append((self._prefix + path, run, declared))
            return endpoint

        return hang


def _packs(endpoint: Endpoint, entry: Entry) -> bool:
    """Nothing that a stranger could put into the address comes back in the page: only then may it be packed."""
    names = inspect.signature(endpoint).parameters
    return entry.page and all(name == "work" or name.endswith("_id") for name in names)


def _in_one_hop(endpoint: Endpoint, entry: Entry, status: int) -> Endpoint:
    """The endpoint as FastAPI calls it: its ``work`` comes from the door, and its view leaves as finished bytes."""
    signature = inspect.signature(endpoint)
    wants_work, wants_turns = ("work" in signature.parameters), ("turns" in signature.parameters)
    assert wants_work or wants_turns or entry.permission is None, f"{endpoint.__name__} asks for a permission in vain"

    @functools.wraps(endpoint)
    def run(*, call: Call, **arguments: Any) -> Response:
        if wants_turns:
            return call.answer(endpoint(call.turn, **arguments), status)
        if not wants_work:
            return call.answer(endpoint(**arguments), status)

        def do(work: Work) -> Any:
            return endpoint(work, **arguments)

        return call.run(do, status)

    parameters = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in signature.parameters.items()
        if name not in ("work", "turns")
    ]
    opening = inspect.Parameter("call", inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[Call, Depends(_opening)])
    run.__signature__ = inspect.Signature([*parameters, opening])  # type: ignore[attr-defined]  # read by FastAPI
    run.entry = entry  # type: ignore[attr-defined]  # read by DoorRoute
    return run
