"""What an endpoint may answer, and what a route declares of itself: the vocabulary that a door and its rooms share."""

import enum
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

from app.access.grants import Permission
from app.work import Work

JSON: Final = "application/json"
#: A form with files: its body is handed on as it comes (`app.web.uploads`).
MULTIPART: Final = "multipart/form-data"

#: Loads a record through its scope: raises NotFound, gives the version that ``If-Match`` is held against (or None).
Finder = Callable[..., int | None]


T = TypeVar("T")


class Turns(Protocol):
    """What an endpoint is handed instead of a Work when it asks another machine: each turn is a Work of its own."""

    def __call__(self, do: Callable[[Work], T], /) -> T: ...


@dataclass(frozen=True, slots=True)
class Page:
    """A template and what it shows; the door renders it with the reader's language and permissions."""

    template: str
    view: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Bytes:
    """A finished file; without a name it is read where it is, and not kept."""

    body: bytes
    media_type: str
    filename: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A view with something beside it: headers, or a session cookie to set (its value) or to drop (an empty value).

    ``status`` is for protocols that say no in words of their own; otherwise the route's.
    """

    view: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    session_secret: str | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Streamed:
    """A file that is sent in pieces, as they come; what fails on its way ends the connection.

    It is kept nowhere, and a browser that opens it all the same runs nothing of it.
    """

    pieces: Iterator[bytes]
    media_type: str
    filename: str
    length: int | None = None


class Open(enum.StrEnum):
    """Why a route is open to people who are not signed in. There is no other way to be open."""

    SIGN_IN = "one must be able to sign in"
    INVITATION = "a link with a secret opens it"
    HEALTH = "a load balancer has no account"
    REPORT = "a browser tells of what a page tried, also before anybody signs in; it is counted and not kept"
    PROVIDER = "an identity provider signs what it tells"


@dataclass(frozen=True, slots=True)
class Entry:
    """How a route is entered: the permission (or why it is open), and what a request must bring."""

    may: Permission | Open
    writes: bool
    needs_key: bool = False
    needs_match: bool = False
    finds: Finder | None = None
    #: A sensitive act: the caller must have proved who they are within the last minutes (`app.web.gate`).
    steps_up: bool = False
    page: bool = False
    #: The media type of its body: JSON, but where a standard asks for another one.
    takes: str = JSON
    #: A page that takes nothing from its address but ids: what is sent of it may be packed (`app.web.replies.packed`).
    packs: bool = False

    @property
    def permission(self) -> Permission | None:
        return self.may if isinstance(self.may, Permission) else None

    def documents(self, view: Any) -> bool:
        """True when the endpoint's return type is a view that the API's description can show."""
        undescribed = (Page, Bytes, Streamed, Answer, None, Any, inspect.Signature.empty)
        return not self.page and view not in undescribed
