"""What can be done with a case, by verb."""

from app.cases.actions.answer import Acceptance, Declining, accept, decline, end
from app.cases.actions.change import CaseChange, change
from app.cases.actions.close import Closing, close, close_at_once
from app.cases.actions.dates import (
    NewDeadline,
    NewHearing,
    add_deadline,
    add_hearing,
    cancel_hearing,
    complete_deadline,
    open_deadline,
)
from app.cases.actions.helping import NewHelp, end_help, give_help
from app.cases.actions.notes import NewNote, add_note
from app.cases.actions.offer import NewAssignment, assign, open_offered
from app.cases.actions.walls import NewWall, lift_wall, put_up_wall

__all__ = [
    "Acceptance",
    "CaseChange",
    "Closing",
    "Declining",
    "NewAssignment",
    "NewDeadline",
    "NewHearing",
    "NewHelp",
    "NewNote",
    "NewWall",
    "accept",
    "add_deadline",
    "add_hearing",
    "add_note",
    "assign",
    "cancel_hearing",
    "change",
    "close",
    "close_at_once",
    "complete_deadline",
    "decline",
    "end",
    "end_help",
    "give_help",
    "lift_wall",
    "open_deadline",
    "open_offered",
    "put_up_wall",
]
