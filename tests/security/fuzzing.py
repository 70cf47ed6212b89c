"""Schemathesis against a listening Amparo as one caller; our own check: nothing leaks, nothing is sent back."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdf
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from tests.security.stage import Target

#: Phases with the figure of examples that each takes; `coverage` makes what the description calls for.
BRIEF = ("coverage", "fuzzing")
WHOLE = ("examples", "coverage", "fuzzing", "stateful")

#: Shorter words may stand in any answer by chance.
TELLING = 8


@dataclass
class Findings:
    """What a run did and found."""

    who: str | None
    operations: set[str] = field(default_factory=set)
    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def text(self) -> str:
        reached = sum(count for status, count in self.statuses.items() if status < 300)
        told = f"{self.who}: {len(self.operations)} operations, {self.requests} requests, {reached} accepted"
        return "\n".join([told, *self.failures.values(), *self.errors])


def settings(
    target: Target, who: str | None, *, phases: tuple[str, ...], examples: int, seed: int
) -> SchemathesisConfig:
    """How Schemathesis is to go about it."""
    token = target.tokens[who]
    lists = {name: {"values": values} for name, values in target.ids.items()}
    places = ("path", "query", "body")
    found: dict[str, Any] = {
        "seed": seed,
        "base-url": target.address,
        "workers": 1,  # with two, CPython 3.11.7 dies in Hypothesis
        "continue-on-failure": True,
        "dictionaries": lists,
        "parameters": {
            f"{place}.{name}": {"dictionary": name, "probability": 0.8} for name in target.ids for place in places
        },
        "cache": {"enabled": False},
        "generation": {"max-examples": examples, "database": "none", "no-shrink": True},
        "phases": {name: {"enabled": name in phases} for name in WHOLE},
        "checks": {
            # A header that is missing is 428 here (RFC 6585).
            "missing_required_header": {"expected-statuses": [400, 401, 403, 404, 428]},
            # What is well formed may still be refused for what the record says (409), for a stale tag, or by a rule
            # that spans fields (422): the description can not say those.
            "positive_data_acceptance": {"enabled": False},
            "negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428]},
        },
    }
    if token is not None:
        found["auth"] = {"openapi": {"token": {"bearer": token}}}
    return SchemathesisConfig.from_dict(found)


#: What would end the caller's own session or token, and with it the run. Their tests stand with staff and clients.
ENDINGS = ("DELETE /api/v1/session", "DELETE /api/v1/tokens", "POST /api/v1/session/federated/sign-out")


def meant(label: str, check: str) -> bool:
    """Whether a finding is none: about the methods of an address from which we took one out of the description.

    There a word may also stand where DELETE takes an id: as an id it is none, and nobody learns more than that.
    """
    left_out = tuple(each.partition(" ")[2] for each in ENDINGS)
    return check in ("unsupported_method", "allow_header_conformance") and label.partition(" ")[2].startswith(left_out)


def operations(description: dict[str, Any], wanted: Collection[str] | None = None) -> dict[str, Any]:
    """The description with these operations only, and without what ends the run."""
    for path, methods in list(description["paths"].items()):
        for method in list(methods):
            name = f"{method.upper()} {path}"
            if name.startswith(ENDINGS) or (wanted is not None and name not in wanted):
                del methods[method]
        if not methods:
            del description["paths"][path]
    return description


def fuzz(
    target: Target,
    who: str | None,
    *,
    phases: tuple[str, ...],
    examples: int,
    seed: int = 7,
    wanted: Collection[str] | None = None,
    forbidden: list[str] | None = None,
) -> Findings:
    """These operations, or every one, as this caller."""
    description = operations(target.world.attorney.get("/openapi.json").json(), wanted)
    vocabulary = json.dumps(description)
    schema = schemathesis.openapi.from_dict(
        description, config=settings(target, who, phases=phases, examples=examples, seed=seed)
    )
    findings = Findings(who)
    untold = target.forbidden(who) if forbidden is None else forbidden

    def nothing_leaks(_: Any, response: Any, case: schemathesis.Case[Any]) -> None:
        told = said(response) + str(dict(response.headers))
        for each in untold:
            assert each not in told, f"{each} was told to {who}"
        if response.status_code >= 400:
            for word in words(case.body):
                assert word in vocabulary or word not in told, "what was sent was sent back"

    schemathesis.check(nothing_leaks)
    try:
        for event in from_schema(schema).execute():
            note(event, findings)
        alive = target.world.client.get("/api/v1/session", headers={"Authorization": f"Bearer {target.tokens[who]}"})
        if who is not None and alive.status_code != 200:
            findings.errors.append(f"the run ended its own access: {alive.status_code}")
    finally:
        schemathesis.checks.CHECKS.unregister(nothing_leaks.__name__)
    return findings


@schemathesis.hook("before_call")
def framed(_: Any, case: schemathesis.Case[Any], __: dict[str, Any]) -> None:
    """No made-up Transfer-Encoding: what can not be framed is refused by the server, before the application speaks."""
    case.headers.pop("Transfer-Encoding", None)


def said(response: Any) -> str:
    """The text of an answer, and of a sheet or a PDF what it holds."""
    content: bytes = response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as sheet:
            return "".join(sheet.read(name).decode() for name in sheet.namelist())
    if content.startswith(b"%PDF-"):
        return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    return str(response.text)


def words(value: Any) -> Iterator[str]:
    """Every telling string in a body; names of fields are named in refusals on purpose."""
    if isinstance(value, str) and len(value) >= TELLING:
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from words(each)
    elif isinstance(value, list):
        for each in value:
            yield from words(each)


def note(event: events.EngineEvent, findings: Findings) -> None:
    """Take over what one event tells."""
    if isinstance(event, events.ScenarioFinished):
        recorder = event.recorder
        findings.operations.add(recorder.label)
        for interaction in recorder.interactions.values():
            findings.requests += 1
            if interaction.response is not None:
                findings.statuses[interaction.response.status_code] += 1
        for checks in recorder.checks.values():
            for check in checks:
                if check.failure_info is not None and not meant(recorder.label, check.name):
                    name = f"{recorder.label} {check.name}"
                    findings.failures.setdefault(
                        name, f"{name}: {check.failure_info.failure} {check.failure_info.code_sample}"
                    )
    elif isinstance(event, events.NonFatalError):
        findings.errors.append(f"{event.label}: {event.value!r}"[:400])
    elif isinstance(event, events.FatalError):
        findings.errors.append(repr(event.exception)[:400])
