"""What a person has to pay on a filing day: lines, the payments they make, the sum, and what to look at first."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.errors import Invalid, Problem
from app.fees.rules.lines import FeeLine, on_day, reported
from app.fees.rules.words import Agency, Confidence, FeeKind, Filing, WaiverState
from app.money import Money


class Standing(enum.StrEnum):
    """Whether a line of a quote is paid."""

    OWED = "owed"
    WAIVED = "waived"
    STOPPED = "stopped"  #: a court has stopped it: nobody pays it now


class Caution(enum.StrEnum):
    """What somebody must look at before a line is paid."""

    SECONDARY = "secondary"  #: the amount was not read at the agency
    EXAMPLE = "example"  #: it stands in for an amount that this installation must load
    REPORTED = "reported"  #: another amount is reported and not confirmed
    NOT_REJECTED_YET = "not_rejected_yet"  #: asked for, but a filing without it is not sent back yet
    WAIVER_PENDING = "waiver_pending"
    NO_BASE = "no_base"  #: the form has a base fee too, and none was chosen


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A line with what is asked for it: its amount, or nothing when it is waived or stopped."""

    line: FeeLine
    standing: Standing
    asked: Money
    cautions: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class Payment:
    """What is paid at one time: the fees of one form together, and each separate fee by itself."""

    agency: Agency
    form: str
    amount: Money
    separate: bool
    online_only: bool


@dataclass(frozen=True, slots=True)
class QuotedFees:
    """The lines in the order of their forms, the payments they make, and the sums."""

    lines: tuple[QuoteLine, ...]
    payments: tuple[Payment, ...]
    total: Money
    waived: Money

    @property
    def is_firm(self) -> bool:
        """Whether money may be asked for it: no line stands in for an amount that is to be loaded."""
        return not any(Caution.EXAMPLE in each.cautions for each in self.lines)


#: Where the waivers of a case stand, by agency and form.
Waivers = Mapping[tuple[Agency, str], WaiverState]


def quote(lines: Sequence[FeeLine], fees: Sequence[str], filed_on: date, waivers: Waivers) -> QuotedFees:
    """What these fees, by the ids of their lines, cost on a day. Raises Invalid for one that has no price on that day.

    What a statute puts on top of a base fee, or the base fee below it, comes along when it is for the same item.
    """
    today = on_day(lines, filed_on)
    known = {line.id: line for line in today}
    problems = [
        Problem(
            f"/fees/{at}",
            "fees.no_price",
            "There is no price for this fee on that day. Choose another fee or another day.",
        )
        for at, each in enumerate(fees)
        if each not in known
    ]
    if problems:
        raise Invalid(*problems)
    chosen = {line.id: line for each in fees for line in _with_company(today, known[each])}
    quoted = tuple(_quoted(lines, today, chosen, line, filed_on, waivers) for line in chosen.values())
    return QuotedFees(
        lines=quoted,
        payments=_payments(quoted),
        total=Money(sum(each.asked for each in quoted)),
        waived=Money(sum(each.line.amount for each in quoted if each.standing is Standing.WAIVED)),
    )


def _with_company(today: Sequence[FeeLine], of: FeeLine) -> list[FeeLine]:
    return [
        line
        for line in today
        if (line.agency, line.form, line.item) == (of.agency, of.form, of.item)
        and line.filing in (of.filing, Filing.ANY)
    ]


def _quoted(
    lines: Sequence[FeeLine],
    today: Sequence[FeeLine],
    chosen: Mapping[str, FeeLine],
    line: FeeLine,
    filed_on: date,
    waivers: Waivers,
) -> QuoteLine:
    state = waivers.get((line.agency, line.form))
    standing = Standing.OWED
    if not line.status.is_owed:
        standing = Standing.STOPPED
    elif line.waivable and state in (WaiverState.GRANTED, WaiverState.NOT_REQUIRED):
        standing = Standing.WAIVED
    cautions = {
        Caution.SECONDARY: line.confidence is Confidence.SECONDARY,
        Caution.EXAMPLE: line.confidence is Confidence.EXAMPLE,
        Caution.REPORTED: reported(lines, line, filed_on) is not None,
        Caution.NOT_REJECTED_YET: line.rejects_from is not None and filed_on < line.rejects_from,
        Caution.WAIVER_PENDING: line.waivable and state is WaiverState.PENDING,
        Caution.NO_BASE: _lacks_base(today, chosen, line),
    }
    asked = line.amount if standing is Standing.OWED else Money(0)
    return QuoteLine(line, standing, asked, tuple(each for each, holds in cautions.items() if holds))


def _lacks_base(today: Sequence[FeeLine], chosen: Mapping[str, FeeLine], line: FeeLine) -> bool:
    """Whether a form's statutory fee stands alone, though the schedule has base fees for the form."""
    if line.kind is FeeKind.BASE or line.due_days is not None:
        return False

    def is_base(each: FeeLine) -> bool:
        return (each.agency, each.form, each.kind) == (line.agency, line.form, FeeKind.BASE)

    return any(map(is_base, today)) and not any(map(is_base, chosen.values()))


def _payments(quoted: Sequence[QuoteLine]) -> tuple[Payment, ...]:
    together: dict[tuple[Agency, str], Payment] = {}
    apart = []
    for each in quoted:
        line = each.line
        if not each.asked:
            continue
        if line.separate:
            apart.append(Payment(line.agency, line.form, each.asked, separate=True, online_only=line.online_only))
            continue
        before = together.get((line.agency, line.form))
        amount = Money(each.asked + (before.amount if before else 0))
        online = line.online_only or (before is not None and before.online_only)
        together[line.agency, line.form] = Payment(line.agency, line.form, amount, separate=False, online_only=online)
    return (*together.values(), *apart)
