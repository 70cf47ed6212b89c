"""What can be done with an application, by verb."""

from app.intake.actions.body import ApplicationChange, NewApplication
from app.intake.actions.checking import check_conflicts
from app.intake.actions.deciding import Acceptance, Asking, TurningAway, accept, ask, decline, waitlist, withdraw
from app.intake.actions.overriding import NewOverride, approve_override, reject_override, request_override
from app.intake.actions.screening import screen_again
from app.intake.actions.taking import change, create, submit

__all__ = [
    "Acceptance",
    "ApplicationChange",
    "Asking",
    "NewApplication",
    "NewOverride",
    "TurningAway",
    "accept",
    "approve_override",
    "ask",
    "change",
    "check_conflicts",
    "create",
    "decline",
    "reject_override",
    "request_override",
    "screen_again",
    "submit",
    "waitlist",
    "withdraw",
]
