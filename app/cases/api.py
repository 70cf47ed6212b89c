"""Cases over REST: lists, assignments, hearings, deadlines, notes, closing. The case itself is given by the desk."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.access.grants import Permission
from app.cases import actions, reads
from app.cases.actions.dates import Day
from app.cases.rules import AssignmentStatus, CaseStatus, HearingDue
from app.keyset import DEFAULT_LIMIT, Limit
from app.web.door import Door
from app.work import Work

cases = Door("/cases")
assignments = Door("/assignments")
hearings = Door("/hearings")
deadlines = Door("/deadlines")
calendar = Door("/calendar")


@cases.get("", Permission.CASE_READ)
def list_cases(
    work: Work,
    status: CaseStatus | None = None,
    attorney_id: UUID | None = None,
    waiting: bool = False,
    reference: str | None = None,
    hearing: HearingDue | None = None,
    stepless: bool = False,
    limit: Limit = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> reads.CaseList:
    """Your cases, or your organization's, newest first.

    ``waiting`` gives those that need an attorney, ``stepless`` those with neither a hearing nor a deadline ahead.
    """
    only = reads.CaseFilter(status, attorney_id, waiting, reference, hearing, stepless)
    return reads.cases(work, only, limit=limit, cursor=cursor)


@cases.post("/{case_id}/assignments", Permission.ASSIGNMENT_OFFER, finds=reads.offerable, status_code=201)
def offer_case(work: Work, case_id: UUID, form: actions.NewAssignment) -> reads.AssignmentView:
    """Offer the case to an attorney of your organization."""
    return reads.assignment(work, actions.assign(work, case_id, form))


@cases.post("/{case_id}/hearings", Permission.CASE_CHANGE, finds=reads.worked_on, status_code=201)
def add_hearing(work: Work, case_id: UUID, form: actions.NewHearing) -> reads.HearingView:
    """Enter a hearing, by its moment or by its day."""
    return reads.hearing(work, actions.add_hearing(work, case_id, form))


@cases.post("/{case_id}/deadlines", Permission.CASE_CHANGE, finds=reads.worked_on, status_code=201)
def add_deadline(work: Work, case_id: UUID, form: actions.NewDeadline) -> reads.DeadlineView:
    """Enter a deadline."""
    return reads.deadline(work, actions.add_deadline(work, case_id, form))


@cases.post("/{case_id}/notes", Permission.CASE_NOTES, finds=reads.noted_on, status_code=201)
def add_note(work: Work, case_id: UUID, form: actions.NewNote) -> reads.NoteView:
    """Write a note. Only those assigned to the case can read it."""
    return reads.note(work, case_id, actions.add_note(work, case_id, form))


@cases.get("/{case_id}/notes", Permission.CASE_NOTES)
def list_notes(work: Work, case_id: UUID, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None) -> reads.NoteList:
    """The notes of a case you work on, newest first."""
    return reads.notes(work, case_id, limit=limit, cursor=cursor)


@cases.get("/{case_id}/walls", Permission.WALL_READ)
def list_walls(work: Work, case_id: UUID) -> reads.Walls:
    """Who is kept away from this case and its applicant, whatever their role."""
    return reads.walls(work, case_id)


@cases.post("/{case_id}/walls", Permission.WALL_SET, finds=reads.wallable, status_code=201)
def put_up_wall(work: Work, case_id: UUID, form: actions.NewWall) -> reads.WallView:
    """Keep a person away from this case, its applicant and every other case of theirs, at once."""
    return reads.wall(work, actions.put_up_wall(work, case_id, form))


@cases.post("/{case_id}/walls/{wall_id}/lift", Permission.WALL_SET, finds=reads.liftable)
def lift_wall(work: Work, case_id: UUID, wall_id: UUID) -> reads.WallView:
    """Ask that a wall be lifted, or agree when somebody else has asked: two people lift one."""
    return reads.wall(work, actions.lift_wall(work, case_id, wall_id))


@cases.post("/{case_id}/helpers", Permission.HELP_GIVE, finds=reads.helpable, status_code=201)
def give_help(work: Work, case_id: UUID, form: actions.NewHelp) -> reads.HelpView:
    """Let a colleague open this case for up to 10 hours. It ends by itself."""
    return reads.helper(work, actions.give_help(work, case_id, form))


@cases.post("/{case_id}/helpers/{help_id}/end", Permission.HELP_GIVE, finds=reads.help_endable)
def end_help(work: Work, case_id: UUID, help_id: UUID) -> reads.HelpView:
    """End a colleague's help before its time, at once."""
    return reads.helper(work, actions.end_help(work, case_id, help_id))


@cases.post("/{case_id}/close", Permission.CASE_CHANGE, finds=reads.closing)
def close_case(work: Work, case_id: UUID, form: actions.Closing) -> reads.ClosedCase:
    """Close the case with its outcome. All work on it ends, and with it everybody's access but the administrators'."""
    return reads.closed_case(work, actions.close(work, case_id, form))


@cases.get("/{case_id}/closing", Permission.CASE_CHANGE)
def get_closing(work: Work, case_id: UUID) -> reads.ClosingView:
    """Why you closed a case. Nobody else can open it, and nothing more of the case opens to you."""
    return reads.closing_of(work, case_id)


@assignments.get("", Permission.ASSIGNMENT_ANSWER)
def list_offers(
    work: Work, status: AssignmentStatus | None = None, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None
) -> reads.OfferList:
    """Your own assignments; ``status=offered`` are the ones to answer. An offer does not say who the applicant is."""
    return reads.offers(work, status, limit=limit, cursor=cursor)


@assignments.post("/{assignment_id}/accept", Permission.ASSIGNMENT_ANSWER, finds=reads.answering)
def accept_offer(work: Work, assignment_id: UUID, form: actions.Acceptance) -> reads.AssignmentView:
    """Take the case, with your word that you have no conflict of interest. The case opens to you at once."""
    return reads.assignment(work, actions.accept(work, assignment_id, form))


@assignments.post("/{assignment_id}/decline", Permission.ASSIGNMENT_ANSWER, finds=reads.answering)
def decline_offer(work: Work, assignment_id: UUID, form: actions.Declining) -> reads.AssignmentView:
    """Give the offer back. The case is in your organization's queue again."""
    return reads.assignment(work, actions.decline(work, assignment_id, form))


@assignments.post("/{assignment_id}/end", Permission.ASSIGNMENT_END, finds=reads.ending)
def end_assignment(work: Work, assignment_id: UUID) -> reads.AssignmentView:
    """End an assignment. The attorney's access to case and applicant ends with it, at once."""
    return reads.assignment(work, actions.end(work, assignment_id))


@hearings.post("/{hearing_id}/cancel", Permission.CASE_CHANGE, finds=reads.cancelling)
def cancel_hearing(work: Work, hearing_id: UUID) -> reads.HearingView:
    """A hearing that will not be held, or was entered in error."""
    return reads.hearing(work, actions.cancel_hearing(work, hearing_id))


@deadlines.post("/{deadline_id}/complete", Permission.CASE_CHANGE, finds=reads.completing)
def complete_deadline(work: Work, deadline_id: UUID) -> reads.DeadlineView:
    """What the deadline asks for is done."""
    return reads.deadline(work, actions.complete_deadline(work, deadline_id))


@calendar.get("", Permission.CALENDAR_READ)
def get_calendar(
    work: Work,
    first_on: Annotated[Day | None, Query(alias="from")] = None,
    last_on: Annotated[Day | None, Query(alias="to")] = None,
) -> reads.Agenda:
    """Hearings and open deadlines by day: six weeks from today unless you ask otherwise."""
    return reads.agenda(work, first_on, last_on)
