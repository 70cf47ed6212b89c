"""Funds, payees and awards over REST."""

from uuid import UUID

from app.access.grants import Permission
from app.cases.actions.dates import Day
from app.funds.actions import awards as award_actions
from app.funds.actions import funds as fund_actions
from app.funds.actions import payee_accounts
from app.funds.actions import payees as payee_actions
from app.funds.actions import terms as term_actions
from app.funds.actions import transfers as transfer_actions
from app.funds.reads import awards as award_reads
from app.funds.reads import entries as entry_reads
from app.funds.reads import funds as fund_reads
from app.funds.reads import outlook as outlook_reads
from app.funds.reads import payees as payee_reads
from app.funds.reads import terms as term_reads
from app.funds.reads import transfers as transfer_reads
from app.funds.rules import AccountKind, AwardStatus, Category
from app.keyset import DEFAULT_LIMIT, Limit
from app.web.door import Door
from app.work import Work

funds = Door("/funds")
payees = Door("/payees")
awards = Door("/awards")
programmes = Door("/programmes")
transfers = Door("/transfers")


@funds.get("", Permission.FUND_READ)
def list_funds(work: Work, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None) -> fund_reads.FundList:
    """All funds with their balances and allocations, newest first."""
    return fund_reads.funds(work, limit, cursor)


@funds.get("/{fund_id}", Permission.FUND_READ)
def get_fund(work: Work, fund_id: UUID, as_of: Day | None = None) -> fund_reads.FundView:
    """One fund with its balance and allocations, as it stands or as it stood at the end of a day."""
    return fund_reads.fund(work, fund_id, as_of)


@funds.get("/{fund_id}/outlook", Permission.FUND_READ)
def get_outlook(work: Work, fund_id: UUID) -> outlook_reads.OutlookView:
    """When the fund's money runs out at its recent pace, and what needs a look."""
    return outlook_reads.outlook(work, fund_id)


@funds.get("/{fund_id}/entries", Permission.FUND_READ)
def list_entries(
    work: Work,
    fund_id: UUID,
    account: AccountKind | None = None,
    category: Category | None = None,
    as_of: Day | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> entry_reads.EntryList:
    """The entries of the fund's ledger, newest first: of one kind of account, or all; up to a day."""
    which = entry_reads.EntryFilter(account, category, as_of)
    return entry_reads.entries(work, fund_id, which, limit, cursor)


@funds.post("", Permission.FUND_MANAGE, status_code=201)
def create_fund(work: Work, form: fund_actions.NewFund) -> fund_reads.FundView:
    """Take a fund on."""
    return fund_reads.fund(work, fund_actions.create(work, form))


@funds.post("/{fund_id}/allocations", Permission.FUND_MANAGE, finds=fund_reads.exists, status_code=201)
def allocate(work: Work, fund_id: UUID, form: fund_actions.NewAllocation) -> fund_reads.AllocationView:
    """Set money of the fund aside for a category, on top of what the category has."""
    fund_actions.allocate(work, fund_id, form)
    return fund_reads.allocation(work, fund_id, form.category)


@funds.get("/{fund_id}/terms", Permission.FUND_READ)
def get_terms(work: Work, fund_id: UUID) -> term_reads.TermsView:
    """What the fund may be used for, and how far its books are closed."""
    return term_reads.terms(work, fund_id)


@funds.post("/{fund_id}/terms", Permission.FUND_MANAGE, finds=fund_reads.exists)
def set_terms(work: Work, fund_id: UUID, form: term_actions.Terms) -> term_reads.TermsView:
    """Say what the fund may be used for; it takes the place of what was set before."""
    return term_reads.terms(work, term_actions.set_terms(work, fund_id, form))


@funds.post("/{fund_id}/lock", Permission.FUND_MANAGE, finds=fund_reads.exists)
def lock_books(work: Work, fund_id: UUID, form: term_actions.Lock) -> term_reads.TermsView:
    """Close the fund's books through a day."""
    return term_reads.terms(work, term_actions.lock_books(work, fund_id, form))


@funds.post("/{fund_id}/unlock", Permission.FUND_MANAGE, finds=fund_reads.exists)
def unlock_books(work: Work, fund_id: UUID, form: transfer_actions.Nothing | None = None) -> term_reads.TermsView:
    """Open the fund's books again: one person asks, another one does it."""
    return term_reads.terms(work, term_actions.unlock_books(work, fund_id))


@programmes.get("", Permission.FUND_READ)
def list_programmes(work: Work, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None) -> term_reads.ProgrammeList:
    """All programmes, newest first."""
    return term_reads.programmes(work, limit, cursor)


@programmes.get("/{programme_id}", Permission.FUND_READ)
def get_programme(work: Work, programme_id: UUID) -> term_reads.ProgrammeView:
    """One programme: its funds, and what they come to."""
    return term_reads.programme(work, programme_id)


@programmes.post("", Permission.FUND_MANAGE, status_code=201)
def create_programme(work: Work, form: term_actions.NewProgramme) -> term_reads.ProgrammeView:
    """Set a programme up; funds join it by their terms."""
    return term_reads.programme(work, term_actions.create_programme(work, form))


@transfers.get("", Permission.FUND_READ)
def list_transfers(
    work: Work, fund_id: UUID | None = None, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None
) -> transfer_reads.TransferList:
    """Money that moved without a case, or is asked to, newest first."""
    return transfer_reads.transfers(work, fund_id, limit, cursor)


@transfers.post("", Permission.FUND_MANAGE, key=True, status_code=201)
def ask_transfer(work: Work, form: transfer_actions.NewTransfer) -> transfer_reads.TransferView:
    """Ask for money to move without a case."""
    return transfer_reads.transfer(work, transfer_actions.ask(work, form))


@transfers.post("/{transfer_id}/approve", Permission.FUND_MANAGE, finds=transfer_reads.decidable, key=True)
def approve_transfer(
    work: Work, transfer_id: UUID, form: transfer_actions.Nothing | None = None
) -> transfer_reads.TransferView:
    """Move the money that somebody else asked for."""
    done = transfer_actions.approve(work, transfer_id, form or transfer_actions.Nothing())
    return transfer_reads.transfer(work, done)


@transfers.post("/{transfer_id}/reject", Permission.FUND_MANAGE, finds=transfer_reads.decidable, key=True)
def reject_transfer(
    work: Work, transfer_id: UUID, form: transfer_actions.Nothing | None = None
) -> transfer_reads.TransferView:
    """Refuse to move the money that somebody else asked for."""
    done = transfer_actions.reject(work, transfer_id, form or transfer_actions.Nothing())
    return transfer_reads.transfer(work, done)


@payees.get("", Permission.PAYEE_READ)
def list_payees(work: Work, limit: Limit = DEFAULT_LIMIT, cursor: str | None = None) -> payee_reads.PayeeList:
    """The payees in your reach, newest first; accounts are masked."""
    return payee_reads.payees(work, limit, cursor)


@payees.get("/{payee_id}", Permission.PAYEE_READ)
def get_payee(work: Work, payee_id: UUID) -> payee_reads.PayeeView:
    """One payee; the account is masked."""
    return payee_reads.payee(work, payee_id)


@payees.post("/{payee_id}/account", Permission.PAYEE_CREATE, finds=payee_accounts.readable)
def change_account(work: Work, payee_id: UUID, form: payee_actions.BankAccount) -> payee_reads.PayeeView:
    """Ask for another bank account of a payee; somebody else calls back and confirms."""
    return payee_reads.payee(work, payee_accounts.ask(work, payee_id, form))


@payees.post("/{payee_id}/account/confirm", Permission.DISBURSEMENT_APPROVE, finds=payee_accounts.readable)
def confirm_account(work: Work, payee_id: UUID, form: payee_accounts.CallBack) -> payee_reads.PayeeView:
    """Confirm a payee's new account after calling back; it is paid to after three days."""
    return payee_reads.payee(work, payee_accounts.confirm(work, payee_id, form))


@payees.post("/{payee_id}/account/reject", Permission.DISBURSEMENT_APPROVE, finds=payee_accounts.readable)
def reject_account(work: Work, payee_id: UUID, form: payee_accounts.NoWords | None = None) -> payee_reads.PayeeView:
    """Refuse a payee's new account; it stays as it was."""
    return payee_reads.payee(work, payee_accounts.reject(work, payee_id, form or payee_accounts.NoWords()))


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
