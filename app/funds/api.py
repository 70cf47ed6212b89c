"""Funds, payees and awards over REST."""

from uuid import UUID

from app.access.grants import Permission
from app.funds.actions import awards as award_actions
from app.funds.actions import funds as fund_actions
from app.funds.actions import payees as payee_actions
from app.funds.reads import awards as award_reads
from app.funds.reads import funds as fund_reads
from app.funds.reads import payees as payee_reads
from app.funds.rules import AwardStatus
from app.keyset import DEFAULT_LIMIT, Limit
from app.web.door import Door
from app.work import Work

funds = Door("/funds")
payees = Door("/payees")
awards = Door("/awards")


@funds.get("", Permission.FUND_READ)
def list_funds(work: Work, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None) -> fund_reads.FundList:
    """All funds with their balances and allocations, newest first."""
    return fund_reads.funds(work, limit, cursor)


@funds.get("/{fund_id}", Permission.FUND_READ)
def get_fund(work: Work, fund_id: UUID) -> fund_reads.FundView:
    """One fund with its balance and allocations."""
    return fund_reads.fund(work, fund_id)


@funds.post("", Permission.FUND_MANAGE, status_code=201)
def create_fund(work: Work, form: fund_actions.NewFund) -> fund_reads.FundView:
    """Take a fund on."""
    return fund_reads.fund(work, fund_actions.create(work, form))


@funds.post("/{fund_id}/allocations", Permission.FUND_MANAGE, finds=fund_reads.exists, status_code=201)
def allocate(work: Work, fund_id: UUID, form: fund_actions.NewAllocation) -> fund_reads.AllocationView:
    """Set money of the fund aside for a category, on top of what the category has."""
    fund_actions.allocate(work, fund_id, form)
    return fund_reads.allocation(work, fund_id, form.category)


@payees.get("", Permission.PAYEE_READ)
def list_payees(work: Work, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None) -> payee_reads.PayeeList:
    """The payees in your reach, newest first; accounts are masked."""
    return payee_reads.payees(work, limit, cursor)


@payees.get("/{payee_id}", Permission.PAYEE_READ)
def get_payee(work: Work, payee_id: UUID) -> payee_reads.PayeeView:
    """One payee; the account is masked."""
    return payee_reads.payee(work, payee_id)


@payees.post("", Permission.PAYEE_CREATE, status_code=201)
def create_payee(work: Work, form: payee_actions.NewPayee) -> payee_reads.PayeeView:
    """Enter a payee."""
    return payee_reads.payee(work, payee_actions.create(work, form))


@awards.get("", Permission.AWARD_READ)
def list_awards(
    work: Work,
    status: AwardStatus | None = None,
    fund_id: UUID | None = None,
    case_id: UUID | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> award_reads.AwardList:
    """The awards in your reach, newest first."""
    return award_reads.awards(work, award_reads.AwardFilter(status, fund_id, case_id), limit, cursor)


@awards.get("/{award_id}", Permission.AWARD_READ)
def get_award(work: Work, award_id: UUID) -> award_reads.AwardView:
    """One award with its balance."""
    return award_reads.award(work, award_id)


@awards.post("", Permission.AWARD_REQUEST, key=True, status_code=201)
def request_award(work: Work, form: award_actions.NewAward) -> award_reads.AwardView:
    """Ask for money for a case."""
    return award_reads.award(work, award_actions.request(work, form), answering=True)


@awards.post("/{award_id}/approve", Permission.AWARD_DECIDE, finds=award_reads.decidable, key=True)
def approve_award(work: Work, award_id: UUID, form: award_actions.Nothing | None = None) -> award_reads.AwardView:
    """Approve an award that somebody else asked for: its amount is set aside."""
    return award_reads.award(
        work, award_actions.approve(work, award_id, form or award_actions.Nothing()), answering=True
    )


@awards.post("/{award_id}/reject", Permission.AWARD_DECIDE, finds=award_reads.decidable, key=True)
def reject_award(work: Work, award_id: UUID, form: award_actions.Rejection | None = None) -> award_reads.AwardView:
    """Refuse an award that somebody else asked for."""
    return award_reads.award(
        work, award_actions.reject(work, award_id, form or award_actions.Rejection()), answering=True
    )


@awards.post("/{award_id}/close", Permission.AWARD_DECIDE, finds=award_reads.decidable, key=True)
def close_award(work: Work, award_id: UUID, form: award_actions.Nothing | None = None) -> award_reads.AwardView:
    """Close an award: what it did not spend goes back to its allocation."""
    return award_reads.award(work, award_actions.close(work, award_id, form or award_actions.Nothing()), answering=True)
