"""Cases as they are shown. What opens a sealed field says which group, asks for it, and puts it on record."""

from app.cases.reads.agenda import Agenda, AgendaEntry, AgendaWhat, Ahead, agenda, ahead, deadline, hearing
from app.cases.reads.closed import closed_case
from app.cases.reads.find import answering, case_for, changeable, closing, noted_on, offerable, worked_on
from app.cases.reads.listing import CaseFilter, cases
from app.cases.reads.notes import case_with_notes, note, notes
from app.cases.reads.offers import Attorney, OfferList, OfferView, assignment, attorneys, offers
from app.cases.reads.views import (
    ApplicantName,
    ApplicantView,
    AssignmentView,
    CaseItem,
    CaseList,
    CaseName,
    CaseView,
    ClosedCase,
    DeadlineView,
    HearingView,
    NextDeadline,
    NoteList,
    NoteView,
    PersonName,
)
from app.cases.reads.whole import case

__all__ = [
    "Agenda",
    "AgendaEntry",
    "AgendaWhat",
    "Ahead",
    "ApplicantName",
    "ApplicantView",
    "AssignmentView",
    "Attorney",
    "CaseFilter",
    "CaseItem",
    "CaseList",
    "CaseName",
    "CaseView",
    "ClosedCase",
    "DeadlineView",
    "HearingView",
    "NextDeadline",
    "NoteList",
    "NoteView",
    "OfferList",
    "OfferView",
    "PersonName",
    "agenda",
    "ahead",
    "answering",
    "assignment",
    "attorneys",
    "case",
    "case_for",
    "case_with_notes",
    "cases",
    "changeable",
    "closed_case",
    "closing",
    "deadline",
    "hearing",
    "note",
    "noted_on",
    "notes",
    "offerable",
    "offers",
    "worked_on",
]
