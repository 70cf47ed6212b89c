"""What a case has to do with fees: its quotes, waivers and notices."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.cases.model import Case, Deadline
from app.cases.reads import case_for
from app.cases.rules import CaseStatus, day_in
from app.errors import NotFound
from app.fees.model import FeeNotice, FeeQuote, FeeWaiver
from app.fees.reads.views import (
    NOTICES,
    QUOTES,
    WAIVERS,
    NoticeList,
    NoticeView,
    QuoteList,
    QuoteView,
    UrgentFee,
    WaiverList,
    WaiverView,
    notice_view,
    quote_view,
    waiver_view,
)
from app.fees.rules import Waivers
from app.work import Work


def quotes(work: Work, case_id: UUID) -> QuoteList:
    """The quotes of a case, newest first. Raises NotFound."""
    found = case_for(work, Permission.FEE_QUOTE, case_id)
    rows = work.session.execute(QUOTES.where(col(FeeQuote.case_id) == case_id).order_by(col(FeeQuote.id).desc())).all()
    _record(work, found.id, found.applicant_id, len(rows))
    return QuoteList([quote_view(row) for row in rows], None)


def quote(work: Work, case_id: UUID, quote_id: UUID) -> QuoteView:
    """One quote. Raises NotFound."""
    found = case_for(work, Permission.FEE_QUOTE, case_id)
    row = work.session.execute(
        QUOTES.where(col(FeeQuote.case_id) == case_id, col(FeeQuote.id) == quote_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    _record(work, found.id, found.applicant_id, 1)
    return quote_view(row)


def waivers(work: Work, case_id: UUID) -> WaiverList:
    """The fee waivers of a case, by agency and form. Raises NotFound."""
    found = case_for(work, Permission.FEE_QUOTE, case_id)
    ordered = WAIVERS.where(col(FeeWaiver.case_id) == case_id).order_by(col(FeeWaiver.agency), col(FeeWaiver.form))
    rows = work.session.execute(ordered).all()
    _record(work, found.id, found.applicant_id, len(rows))
    return WaiverList([waiver_view(row) for row in rows], None)


def waiver(work: Work, case_id: UUID, waiver_id: UUID) -> WaiverView:
    """One fee waiver. Raises NotFound."""
    case_for(work, Permission.FEE_QUOTE, case_id)
    row = work.session.execute(
        WAIVERS.where(col(FeeWaiver.case_id) == case_id, col(FeeWaiver.id) == waiver_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return waiver_view(row)


def waived_on(work: Work, case_id: UUID) -> Waivers:
    """Where the waivers of a case stand, for a verb that has found the case."""
    rows = work.session.execute(
        select(col(FeeWaiver.agency), col(FeeWaiver.form), col(FeeWaiver.state)).where(
            col(FeeWaiver.case_id) == case_id
        )
    )
    return {(row.agency, row.form): row.state for row in rows}


def notices(work: Work, case_id: UUID) -> NoticeList:
    """The fee notices of a case, the newest first. Raises NotFound."""
    found = case_for(work, Permission.FEE_QUOTE, case_id)
    of_case = NOTICES.where(col(FeeNotice.case_id) == case_id).order_by(col(FeeNotice.id).desc())
    rows = work.session.execute(of_case).all()
    _record(work, found.id, found.applicant_id, len(rows))
    today = day_in(work.now, work.actor.time_zone)
    return NoticeList([notice_view(row, today) for row in rows], None)


def notice(work: Work, case_id: UUID, notice_id: UUID, *, may: Permission = Permission.FEE_QUOTE) -> NoticeView:
    """One fee notice of a case that the actor may use this permission on. Raises NotFound."""
    case_for(work, may, case_id)
    row = work.session.execute(
        NOTICES.where(col(FeeNotice.case_id) == case_id, col(FeeNotice.id) == notice_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return notice_view(row, day_in(work.now, work.actor.time_zone))


def urgent_fees(work: Work, case_ids: Collection[UUID]) -> dict[UUID, UrgentFee]:
    """Which of these cases, all of them in the actor's reach, have a fee with a clock that is not paid: by case.

    The caller has selected the cases under a permission of its own. What runs out first counts.
    """
    if not case_ids:
        return {}
    rows = work.session.execute(
        select(col(FeeNotice.case_id), col(FeeNotice.award_id), col(FeeNotice.due_on))
        .join(Deadline, col(Deadline.id) == col(FeeNotice.deadline_id))
        .join(Case, col(Case.id) == col(FeeNotice.case_id))
        .where(
            col(FeeNotice.case_id).in_(list(case_ids)),
            col(FeeNotice.paid_on).is_(None),
            col(Deadline.completed_at).is_(None),
            col(Case.status) == CaseStatus.OPEN,
        )
        .order_by(col(FeeNotice.due_on).desc())
    )
    today = day_in(work.now, work.actor.time_zone)
    return {row.case_id: UrgentFee(row.case_id, row.award_id, row.due_on, (row.due_on - today).days) for row in rows}


def quotable(work: Work, case_id: UUID) -> None:
    """For the door: the actor may make quotes for this case. Raises NotFound."""
    case_for(work, Permission.FEE_QUOTE, case_id)


def trackable(work: Work, case_id: UUID) -> None:
    """For the door: the actor may enter waivers and notices of this case. Raises NotFound."""
    case_for(work, Permission.FEE_TRACK, case_id)


def changeable_waiver(work: Work, case_id: UUID, waiver_id: UUID) -> int:
    """For the door: the version of a waiver that the actor may change. Raises NotFound."""
    case_for(work, Permission.FEE_TRACK, case_id)
    return waiver(work, case_id, waiver_id).version


def payable(work: Work, case_id: UUID, notice_id: UUID) -> None:
    """For the door: the actor may say that this notice's fee is paid. Raises NotFound."""
    notice(work, case_id, notice_id, may=Permission.FEE_TRACK)


def askable(work: Work, case_id: UUID, notice_id: UUID) -> None:
    """For the door: the actor may ask for money for this notice's fee. Raises NotFound."""
    notice(work, case_id, notice_id, may=Permission.AWARD_REQUEST)


def _record(work: Work, case_id: UUID, applicant_id: UUID, count: int) -> None:
    record(work, "case.fees_read", object_type="case", object_id=case_id, subject_id=applicant_id, count=count)
