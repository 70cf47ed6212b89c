"""What screening said: per fund a verdict, each rule's reason in the reader's language, and what was set aside."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app.crypto import Cell, Group
from app.eligibility.rules import Message, Outcome, RuleResult, RuleVerdict, outcome
from app.funds.model import Fund
from app.intake.model import Override, Screening
from app.intake.rules import OverrideStatus
from app.web.i18n import say
from app.work import Work


@dataclass(frozen=True, slots=True, repr=False)
class RuleView:
    """One rule: its verdict, why, and on which legal basis. ``missing`` points to answers that would settle it."""

    rule: str
    title: str
    verdict: RuleVerdict
    explanation: str
    basis: str
    source: str
    missing: list[str]
    overridden: bool


@dataclass(frozen=True, slots=True, repr=False)
class ScreeningView:
    """One fund's snapshot. ``verdict`` is what the rules said; ``effective_verdict`` counts approved overrides too.

    ``rules`` and ``remarks`` are None for readers who may not open the household's circumstances.
    """

    id: UUID
    fund_id: UUID
    fund: str
    verdict: Outcome
    effective_verdict: Outcome
    as_of: date
    screened_at: datetime
    ruleset: str | None
    ruleset_source: str | None
    reference_data: str | None
    reference_data_source: str | None
    rules: list[RuleView] | None
    remarks: list[str] | None


@dataclass(frozen=True, slots=True)
class FundVerdict:
    """A fund's verdict in a list of applications."""

    fund_id: UUID
    fund: str
    verdict: Outcome


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A screening as it was kept, opened."""

    id: UUID
    fund_id: UUID
    verdict: Outcome
    results: tuple[RuleResult, ...]
    stored: Mapping[str, Any]


_SCREENINGS: Select[*tuple[Any, ...]] = (
    select(
        col(Screening.id),
        col(Screening.fund_id),
        col(Fund.name).label("fund"),
        col(Screening.verdict),
        col(Screening.as_of),
        col(Screening.screened_at),
        col(Screening.ruleset),
        col(Screening.reference_data),
        col(Screening.snapshot_sealed),
    )
    .join(Fund, col(Fund.id) == col(Screening.fund_id))
    .order_by(col(Fund.name))
)


def screenings(work: Work, applicant_id: UUID, run_id: UUID, *, may_open: bool, excepted: bool) -> list[ScreeningView]:
    """The verdicts of one run, by fund. With ``may_open`` the caller records FINANCES.

    ``excepted`` says whether any exception was approved for the application: most have none to look for.
    """
    rows = work.session.execute(_run(run_id)).all()
    if not may_open:
        return [_view(work, row, None, frozenset()) for row in rows]
    snapshots = {row.id: open_snapshot(work, applicant_id, row) for row in rows}
    set_aside = overridden(work, applicant_id, list(snapshots.values())) if excepted else {}
    return [_view(work, row, snapshots[row.id], set_aside.get(row.fund_id, frozenset())) for row in rows]


def effective_verdict(work: Work, applicant_id: UUID, run_id: UUID, fund_id: UUID) -> Outcome | None:
    """A fund's verdict in a run with approved overrides counted; None when the fund was not part of it."""
    row = work.session.execute(_run(run_id).where(col(Screening.fund_id) == fund_id)).one_or_none()
    if row is None or row.verdict is Outcome.ELIGIBLE:
        return None if row is None else Outcome.ELIGIBLE
    snapshot = open_snapshot(work, applicant_id, row)
    return outcome(snapshot.results, overridden(work, applicant_id, [snapshot]).get(fund_id, frozenset()))


def snapshot_of(work: Work, applicant_id: UUID, run_id: UUID, fund_id: UUID) -> Snapshot | None:
    """A fund's snapshot in a run, opened; None when the fund was not part of it. The caller records FINANCES."""
    row = work.session.execute(_run(run_id).where(col(Screening.fund_id) == fund_id)).one_or_none()
    return None if row is None else open_snapshot(work, applicant_id, row)


def verdicts_of_runs(work: Work, run_ids: Collection[UUID]) -> dict[UUID, list[FundVerdict]]:
    """The verdicts of many runs, without their reasons, by run."""
    found: dict[UUID, list[FundVerdict]] = {}
    if not run_ids:
        return found
    rows = work.session.execute(
        select(col(Screening.run_id), col(Screening.fund_id), col(Fund.name), col(Screening.verdict))
        .join(Fund, col(Fund.id) == col(Screening.fund_id))
        .where(col(Screening.run_id).in_(run_ids))
        .order_by(col(Fund.name))
    )
    for row in rows:
        found.setdefault(row.run_id, []).append(FundVerdict(row.fund_id, row.name, row.verdict))
    return found


def open_snapshot(work: Work, applicant_id: UUID, row: Any) -> Snapshot:
    """A row of ``screening`` (id, fund_id, verdict, snapshot_sealed), opened. The caller records FINANCES."""
    cell = Cell("screening", "snapshot_sealed", row.id, applicant_id)
    stored = work.vault.open(cell, Group.FINANCES, row.snapshot_sealed)
    results = tuple(_result(each) for each in stored["rules"])
    return Snapshot(row.id, row.fund_id, row.verdict, results, stored)


def overridden(work: Work, applicant_id: UUID, snapshots: Sequence[Snapshot]) -> dict[UUID, frozenset[str]]:
    """By fund, the rules that approved overrides set aside in these snapshots.

    An override was granted for what a rule said then. It holds in a later snapshot as long as the rule still says the
    same, with the same numbers; otherwise somebody must look at it again.
    """
    by_fund = {snapshot.fund_id: snapshot for snapshot in snapshots}
    rows = work.session.execute(
        select(col(Override.rule), col(Screening.id), col(Screening.fund_id), col(Screening.verdict),
               col(Screening.snapshot_sealed))
        .join(Screening, col(Screening.id) == col(Override.screening_id))
        .where(
            col(Screening.application_id).in_(
                select(col(Screening.application_id)).where(col(Screening.id).in_([each.id for each in snapshots]))
            ),
            col(Override.status) == OverrideStatus.APPROVED,
        )
    ).all()  # fmt: skip
    found: dict[UUID, set[str]] = {}
    for row in rows:
        now = by_fund.get(row.fund_id)
        if now is None:
            continue
        then = now if row.id == now.id else open_snapshot(work, applicant_id, row)
        if _said(then, row.rule) == _said(now, row.rule):
            found.setdefault(row.fund_id, set()).add(row.rule)
    return {fund_id: frozenset(rules) for fund_id, rules in found.items()}


def _said(snapshot: Snapshot, rule: str) -> list[object]:
    return [each.as_json() for each in snapshot.results if each.rule == rule]


def _run(run_id: UUID) -> Select[*tuple[Any, ...]]:
    return _SCREENINGS.where(col(Screening.run_id) == run_id)


def _result(stored: Mapping[str, Any]) -> RuleResult:
    return RuleResult(
        rule=stored["rule"],
        title=stored["title"],
        basis=stored["basis"],
        source=stored["source"],
        verdict=RuleVerdict(stored["verdict"]),
        explanation=Message.from_json(stored["explanation"]),
        plain=Message.from_json(stored["plain"]),
        missing=tuple(stored["missing"]),
        step=stored["step"],
    )


def _view(work: Work, row: Any, snapshot: Snapshot | None, set_aside: frozenset[str]) -> ScreeningView:
    stored = snapshot.stored if snapshot else {}
    return ScreeningView(
        id=row.id,
        fund_id=row.fund_id,
        fund=row.fund,
        verdict=row.verdict,
        effective_verdict=outcome(snapshot.results, set_aside) if snapshot and set_aside else row.verdict,
        as_of=row.as_of,
        screened_at=row.screened_at,
        ruleset=row.ruleset,
        ruleset_source=_source(stored.get("ruleset")),
        reference_data=row.reference_data,
        reference_data_source=_source(stored.get("reference_data")),
        rules=None if snapshot is None else _rules(work, snapshot.results, set_aside),
        remarks=None if snapshot is None else [_in_words(work, Message.from_json(each)) for each in stored["remarks"]],
    )


def _rules(work: Work, results: Iterable[RuleResult], set_aside: frozenset[str]) -> list[RuleView]:
    return [
        RuleView(
            rule=result.rule,
            title=say(work.language, result.title),
            verdict=result.verdict,
            explanation=_in_words(work, result.explanation),
            basis=say(work.language, result.basis),
            source=result.source,
            missing=list(result.missing),
            overridden=result.rule in set_aside,
        )
        for result in results
    ]


def _in_words(work: Work, message: Message) -> str:
    return say(work.language, message.msgid, dict(message.values))


def _source(citation: Mapping[str, Any] | None) -> str | None:
    return str(citation["source"]) if citation else None
