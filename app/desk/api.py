"""The case at a glance and its timeline over REST. A change of the case's facts answers with the same glance."""

from uuid import UUID

from app.access.grants import Permission
from app.cases import actions
from app.cases.reads import changeable
from app.desk import actions as asking
from app.desk import reads
from app.fees.reads import NoticeView, askable, notice
from app.keyset import DEFAULT_LIMIT, Limit
from app.web.door import Door
from app.work import Work

door = Door("/cases")
fees = Door("/cases", tag="fees")


@door.get("/{case_id}", Permission.CASE_READ)
def get_case(work: Work, case_id: UUID) -> reads.Glance:
    """One case: its facts, what is next, who works on it, its notes and its money, as far as you work with them."""
    return reads.glance(work, case_id)


@door.patch("/{case_id}", Permission.CASE_CHANGE, finds=changeable)
def change_case(work: Work, case_id: UUID, form: actions.CaseChange) -> reads.Glance:
    """Change facts of the case; what you do not send stays."""
    return reads.glance(work, actions.change(work, case_id, form))


@door.get("/{case_id}/timeline", Permission.CASE_READ)
def get_timeline(work: Work, case_id: UUID) -> reads.Timeline:
    """What happened on the case and what is set for later, by day."""
    return reads.timeline(work, case_id)


@door.get("/{case_id}/access", Permission.CASE_ACCESS)
def get_access(work: Work, case_id: UUID, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None) -> reads.CaseAccess:
    """Who has opened the case or its applicant's answers: who, when, what for.

    Its attorney, the fund and auditors see everybody, a partner's administrator the own organization's people.
    """
    return reads.access(work, case_id, limit=limit, cursor=cursor)


@door.get("/{case_id}/funds", Permission.AWARD_REQUEST)
def list_funds(work: Work, case_id: UUID) -> reads.PayerList:
    """The funds that an award for this case can be asked from, with their categories."""
    return reads.payers(work, case_id)


@fees.post(
    "/{case_id}/fee-notices/{notice_id}/request", Permission.AWARD_REQUEST, finds=askable, key=True, status_code=201
)
def ask_for_fee(work: Work, case_id: UUID, notice_id: UUID, form: asking.FeeRequest) -> NoticeView:
    """The short way for a fee with a last day: what it costs today, and the award that it is asked from, in one."""
    return notice(work, case_id, asking.ask_for_fee(work, case_id, notice_id, form))
