"""Fee waivers: the letters of the courts, the ways between states, the forms, and the income that speaks for one."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.errors import Conflict
from app.fees.rules.words import Agency, Known, WaiverState

_S = WaiverState

#: The letters that the immigration courts write for each state.
EOIR_CODES: Final[Mapping[WaiverState, str]] = {
    _S.NOT_REQUESTED: "N",
    _S.PENDING: "P",
    _S.GRANTED: "G",
    _S.DENIED: "D",
    _S.NOT_REQUIRED: "O",
}

#: The form by which each agency is asked to waive a fee.
WAIVER_FORMS: Final[Mapping[Agency, str]] = {Agency.USCIS: "I-912", Agency.EOIR: "EOIR-26A"}

#: A household at or below this part of the poverty guideline may be relieved of a fee for its income alone.
INCOME_PERCENT: Final = Decimal(150)

#: From which state to which one a waiver goes. A denied one can be asked for again.
WAIVER_MOVES: Final = frozenset(
    {
        (_S.NOT_REQUESTED, _S.PENDING),
        (_S.NOT_REQUESTED, _S.NOT_REQUIRED),
        (_S.NOT_REQUIRED, _S.NOT_REQUESTED),
        (_S.PENDING, _S.GRANTED),
        (_S.PENDING, _S.DENIED),
        (_S.PENDING, _S.NOT_REQUESTED),
        (_S.DENIED, _S.PENDING),
    }
)
#: The states in which a request has been filed, and those in which the agency has answered.
FILED: Final = frozenset({_S.PENDING, _S.GRANTED, _S.DENIED})
DECIDED: Final = frozenset({_S.GRANTED, _S.DENIED})


def refuse_move(old: WaiverState, new: WaiverState) -> None:
    """Raises Conflict when a waiver does not go from one state to the other."""
    if (old, new) not in WAIVER_MOVES:
        raise Conflict("waiver.state", "A waiver does not go from here to there. Load the page again, then choose.")


def within_income(percent: Decimal | None) -> Known:
    """Whether the income alone speaks for a waiver; ``percent`` is the household's part of the poverty guideline."""
    if percent is None:
        return Known.UNKNOWN
    return Known.YES if percent <= INCOME_PERCENT else Known.NO


def due_on(noticed_on: date, days: int) -> date:
    """The last day on which a fee can be paid that the agency asked for by a notice of this day."""
    return noticed_on + timedelta(days=days)
