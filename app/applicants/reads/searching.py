"""Finding people: by exact identifiers through keyed indexes, by name in memory, never by a name that is stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from app.access.grants import Permission
from app.access.sights import DIRECTORY
from app.applicants.model import Applicant, IndexKey
from app.applicants.reads.opening import open_groups, sealed_columns
from app.applicants.rules import (
    NameMatcher,
    Sealed,
    a_number_problem,
    date_problem,
    email_problem,
    name_words,
    normalised,
    phone_problem,
    plain_date,
)
from app.applicants.scope import opened, visible
from app.audit.actions import record
from app.crypto import Group, IndexKind
from app.errors import Invalid, Problem
from app.sight import OPTION
from app.work import Work

_INDEXES: Final = {
    IndexKind.A_NUMBER: col(Applicant.a_number_index),
    IndexKind.PHONE: col(Applicant.phone_index),
    IndexKind.EMAIL: col(Applicant.email_index),
}
#: How sure a match by one thing makes us that it is the same person. Phones and mailboxes are shared.
_WEIGHTS: Final[Mapping[str, float]] = {"a_number": 1.0, "email": 0.9, "phone": 0.8}
_PROBLEMS: Final[Mapping[IndexKind, Callable[[str], Problem]]] = {
    IndexKind.A_NUMBER: a_number_problem,
    IndexKind.PHONE: phone_problem,
    IndexKind.EMAIL: email_problem,
}
#: Names are compared with at most so many people, the newest first; and so many matches are given.
NAMES_COMPARED: Final = 2_000
MOST_FOUND: Final = 50
#: Keys fetched by one query; the vault keeps no more than a thousand open.
_OPENED_TOGETHER: Final = 500
#: Below this, two names only happen to have letters in common.
_LEAST_ALIKE: Final = 0.8

_Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)]


class Search(BaseModel):
    """What is known of the person. Identifiers are matched exactly, names loosely; one of them is needed."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    a_number: _Text | None = None
    phone: _Text | None = None
    email: _Text | None = None
    name: _Text | None = None
    date_of_birth: _Text | None = None

    def __repr_args__(self) -> Any:
        return []


@dataclass(frozen=True, slots=True)
class Found:
    """A person who may be meant. ``score`` is 0 to 1; ``matched`` names what agreed."""

    applicant_id: UUID
    reference: str
    score: float
    matched: list[str]


@dataclass(frozen=True, slots=True)
class Matches:
    """The best first. ``complete`` is False when there were more people than names are compared with."""

    items: list[Found]
    complete: bool


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a conflict check found: by what it compared, and whom it found sharing what."""

    compared: tuple[IndexKind, ...]
    shared: Mapping[UUID, tuple[IndexKind, ...]]


def index_version(work: Work) -> int:
    """The version of the key that all indexes are made with; it stays so until a Work that writes has ended."""
    statement = select(col(IndexKey.version))
    return int(work.session.execute(statement.with_for_update(read=True) if work.writes else statement).scalar_one())


def search(work: Work, form: Search) -> Matches:
    """The people within the actor's reach who agree with what is known. Raises Invalid for what can not be compared."""
    reach = work.allow(Permission.APPLICANT_SEARCH)
    wanted = _identifiers(work, form)
    scope = visible(work.actor, reach)
    matched: dict[UUID, _Match] = {}
    if wanted:
        for row in work.session.execute(_sharing_any(wanted).where(scope).limit(MOST_FOUND)):
            kinds = [kind.value for kind in wanted if getattr(row, f"{kind.value}_index") == wanted[kind]]
            matched[row.id] = _Match(row.reference, max(_WEIGHTS[kind] for kind in kinds), kinds)
    complete = _by_name(work, form, scope, matched) if form.name or form.date_of_birth else True
    found = [Found(who, each.reference, round(each.score, 3), each.by) for who, each in matched.items()]
    found.sort(key=lambda each: (-each.score, each.reference))
    record(work, "applicant.searched", count=len(found), details={"by": sorted(form.model_fields_set)})
    return Matches(found[:MOST_FOUND], complete)


def sharing(work: Work, applicant_id: UUID) -> Sharing:
    """Everybody who shares an exact identifier with this applicant, whoever's client they are.

    For the conflict check alone, which tells nobody but its reviewer who was found: it asks across all scopes.
    """
    index_version(work)  # until this Work ends nobody makes the others' indexes anew under another key
    own = work.session.execute(select(*_INDEXES.values()).where(col(Applicant.id) == applicant_id)).one()
    wanted = {kind: getattr(own, f"{kind.value}_index") for kind in IndexKind}
    wanted = {kind: index for kind, index in wanted.items() if index is not None}
    if not wanted:
        return Sharing((), {})
    rows = work.session.execute(
        _sharing_any(wanted).where(col(Applicant.id) != applicant_id), execution_options={OPTION: DIRECTORY}
    )
    return Sharing(
        tuple(wanted),
        {row.id: tuple(kind for kind in wanted if getattr(row, f"{kind.value}_index") == wanted[kind]) for row in rows},
    )


@dataclass(slots=True)
class _Match:
    reference: str
    score: float
    by: list[str]


def _sharing_any(wanted: Mapping[IndexKind, bytes]) -> Any:
    conditions: list[ColumnElement[bool]] = [_INDEXES[kind] == index for kind, index in wanted.items()]
    return select(col(Applicant.id), col(Applicant.reference), *_INDEXES.values()).where(or_(*conditions))


def _identifiers(work: Work, form: Search) -> dict[IndexKind, bytes]:
    given = {kind: text for kind in IndexKind if (text := getattr(form, kind.value))}
    agreed = {kind: normalised(kind, text) for kind, text in given.items()}
    problems = [_PROBLEMS[kind](f"/{kind.value}") for kind, text in agreed.items() if text is None]
    if form.date_of_birth and plain_date(form.date_of_birth) is None:
        problems.append(date_problem("/date_of_birth"))
    if form.name and not name_words(form.name):
        problems.append(Problem("/name", "name.format", "Enter a name with at least one letter."))
    if not (given or form.name or form.date_of_birth):
        problems.append(Problem("", "search.empty", "Enter something to search for: a number, a name or an address."))
    if problems:
        raise Invalid(*problems)
    version = index_version(work) if agreed else 0
    return {kind: work.vault.blind(kind, text, version) for kind, text in agreed.items() if text}


def _by_name(work: Work, form: Search, scope: ColumnElement[bool], matched: dict[UUID, _Match]) -> bool:
    rows = work.session.execute(
        select(col(Applicant.id), col(Applicant.reference), *sealed_columns((Group.IDENTITY,)))
        .where(scope, opened(work.actor, (Group.IDENTITY,)))
        .order_by(col(Applicant.id).desc())
        .limit(NAMES_COMPARED + 1)
    ).all()
    wanted = _Wanted(
        NameMatcher.looking_for(form.name) if form.name else None,
        form.date_of_birth,
    )
    for at in range(0, min(len(rows), NAMES_COMPARED), _OPENED_TOGETHER):
        some = rows[at : min(at + _OPENED_TOGETHER, NAMES_COMPARED)]
        work.vault.preload(row.id for row in some)
        for row in some:
            score, by = wanted.compare(open_groups(work, row.id, row, (Group.IDENTITY,))[Group.IDENTITY])
            if by:
                known = matched.setdefault(row.id, _Match(row.reference, 0.0, []))
                known.score, known.by = max(known.score, score), known.by + by
    return len(rows) <= NAMES_COMPARED


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The name and the day of birth that are looked for. A name that is given must agree; the day only adds to it."""

    name: NameMatcher | None
    born: str | None

    def compare(self, identity: Sealed) -> tuple[float, list[str]]:
        """How sure we are, 0 to 1, and what agreed; nothing when it is somebody else."""
        same_day = self.born is not None and identity["date_of_birth"] == self.born
        if self.name is None:
            return (0.3, ["date_of_birth"]) if same_day else (0.0, [])
        alike = self.name.score(name_words(identity["given_names"], identity["family_names"], identity["other_names"]))
        if alike < _LEAST_ALIKE:
            return 0.0, []
        return (0.7 * alike + 0.2, ["name", "date_of_birth"]) if same_day else (0.7 * alike, ["name"])
