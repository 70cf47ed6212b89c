"""`amparo ledger verify --approvals`: every signature over a settled payment, checked again without any device."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col
from webauthn.helpers import bytes_to_base64url

from app.authenticators.actions.passkeys import Assertion, offline
from app.authenticators.model import Passkey
from app.authenticators.rules import Site
from app.cases.model import Case
from app.disbursements.model import Disbursement, DisbursementSignature, DisbursementStep
from app.disbursements.rules import Confirmed, Content, Verb, challenge_of, digest_of
from app.funds.model import Payee, PayeeAccountChange
from app.funds.reads.verify import Fault


@dataclass(frozen=True, slots=True)
class ApprovalVerdict:
    """How many settled payments were looked at, how their steps were confirmed, and what does not hold.

    ``before`` counts the steps of payments that an older Amparo kept: nobody was asked to confirm them.
    """

    payments: int
    confirmed: dict[Confirmed, int]
    before: int
    faults: tuple[Fault, ...]

    @property
    def intact(self) -> bool:
        return not self.faults


def verify_approvals(session: Session) -> ApprovalVerdict:
    """Hold every signature against the payment as it stands, the passkey that made it, and its person."""
    payments = session.execute(_payments()).all()
    steps: dict[UUID, list[Any]] = defaultdict(list)
    for step in session.execute(_steps()):
        steps[step.disbursement_id].append(step)
    accounts = _accounts(session)
    counts: Counter[Confirmed | None] = Counter()
    faults: list[Fault] = []
    for payment in payments:
        final = [step for step in steps[payment.id] if (step.version or 1) == (payment.version or 1)]
        counts.update(step.confirmed for step in final)
        found = _wrong(payment, final, accounts[payment.payee_id])
        if found is not None:
            faults.append(Fault(found, "disbursement", str(payment.id)))
    return ApprovalVerdict(len(payments), {how: counts[how] for how in Confirmed}, counts[None], tuple(faults))


def _payments() -> Any:
    columns = (
        *(Disbursement.id, Disbursement.version, Disbursement.approvals_needed, Disbursement.payee_id),
        *(Disbursement.amount, Disbursement.method, Disbursement.fund_id, Disbursement.case_id, Disbursement.memo),
        *(Disbursement.account_hash, Case.erased_at),
    )
    return (
        select(*(col(each) for each in columns), (col(Payee.private_name) == b"").label("payee_erased"))
        .outerjoin(Case, col(Case.id) == col(Disbursement.case_id))
        .outerjoin(Payee, col(Payee.id) == col(Disbursement.payee_id))
        .where(col(Disbursement.settled_on).is_not(None))
    )


def _steps() -> Any:
    kept = DisbursementSignature
    step = (DisbursementStep.id, DisbursementStep.disbursement_id, DisbursementStep.verb, DisbursementStep.actor_id)
    return (
        select(
            *(col(each) for each in step),
            *(col(each) for each in (DisbursementStep.version, DisbursementStep.confirmed)),
            col(kept.id).label("signature_id"),
            col(kept.disbursement_id).label("signed_disbursement_id"),
            col(kept.verb).label("signed_verb"),
            col(kept.version).label("signed_version"),
            col(kept.actor_id).label("signer_id"),
            *(col(each) for each in (kept.credential_id, kept.public_key, kept.client_data, kept.authenticator_data)),
            *(col(each) for each in (kept.signature, kept.nonce, kept.account_hash, kept.memo_hash)),
            *(col(each) for each in (kept.host, kept.origin)),
            col(Passkey.account_id).label("owner_id"),
            col(Passkey.public_key).label("registered_key"),
            col(Passkey.credential_id).label("registered_id"),
        )
        .outerjoin(kept, col(kept.step_id) == col(DisbursementStep.id))
        .outerjoin(Passkey, col(Passkey.id) == col(kept.passkey_id))
        .where(col(DisbursementStep.verb).in_((Verb.APPROVE, Verb.RELEASE)))
    )


def _accounts(session: Session) -> dict[UUID, set[bytes]]:
    """The digests of every account that each payee has or had."""
    found: dict[UUID, set[bytes]] = defaultdict(set)
    for payee_id, account in session.execute(select(col(Payee.id), col(Payee.account))):
        found[payee_id].add(digest_of(account))
    former = select(col(PayeeAccountChange.payee_id), col(PayeeAccountChange.former))
    for payee_id, account in session.execute(former.where(col(PayeeAccountChange.former).is_not(None))):
        found[payee_id].add(digest_of(account))
    return found


def _wrong(payment: Any, steps: list[Any], accounts: set[bytes]) -> str | None:
    """The code of the first thing about a payment that does not hold."""
    approvers = {step.actor_id for step in steps if step.verb is Verb.APPROVE}
    if len(approvers) < (payment.approvals_needed or 1) or not any(step.verb is Verb.RELEASE for step in steps):
        return "approval.missing"
    for step in steps:
        signed = step.signature_id is not None
        if signed != (step.confirmed is Confirmed.SIGNED):
            return "approval.signature_missing"
        if signed and (code := _wrongly_signed(payment, step, accounts)):
            return code
    return None


def _wrongly_signed(payment: Any, step: Any, accounts: set[bytes]) -> str | None:
    said = (step.signed_disbursement_id, step.signed_verb, step.signed_version, step.signer_id)
    if said != (payment.id, step.verb, payment.version or 1, step.actor_id):
        return "approval.of_another"
    if (step.owner_id, step.registered_key, step.registered_id) != (
        *(step.actor_id, step.public_key, step.credential_id),
    ):
        return "approval.another_passkey"
    # The account and the memo of somebody who was erased are gone; their digests were signed and stand.
    if step.account_hash != payment.account_hash or not (payment.payee_erased or step.account_hash in accounts):
        return "approval.another_account"
    if not (payment.erased_at and payment.memo == b"") and digest_of(payment.memo) != step.memo_hash:
        return "approval.another_memo"
    return None if _holds(payment, step) else "approval.signature_wrong"


def _holds(payment: Any, step: Any) -> bool:
    content = Content(
        disbursement_id=payment.id,
        version=payment.version or 1,
        payee_id=payment.payee_id,
        account_hash=step.account_hash,
        amount=int(payment.amount),
        method=payment.method,
        fund_id=payment.fund_id,
        case_id=payment.case_id,
        memo_hash=step.memo_hash,
    )
    credential = bytes_to_base64url(step.credential_id)
    assertion = Assertion.model_validate(
        {
            "id": credential,
            "rawId": credential,
            "type": "public-key",
            "response": {
                "clientDataJSON": bytes_to_base64url(step.client_data),
                "authenticatorData": bytes_to_base64url(step.authenticator_data),
                "signature": bytes_to_base64url(step.signature),
            },
        }
    )
    challenge = challenge_of(content, step.nonce, step.verb, step.actor_id)
    return offline(assertion, Site(step.host, step.origin), challenge, step.public_key)
