"""Entering a payee. Bank accounts and the names of private people are sealed at once."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy import insert

from app.access.grants import Permission, Reach
from app.audit.actions import record
from app.cases.reads.find import case_for
from app.crypto import Cell, Group
from app.errors import Invalid, Problem
from app.funds.actions.funds import Line
from app.funds.model import Payee
from app.funds.rules import OF_A_PARTNER, PRIVATE, PayeeKind, account_end, routing_number_holds
from app.once import once
from app.partners.reads import partner, partners
from app.reference import new_reference
from app.work import Work


def _routing_number(digits: str) -> str:
    if not routing_number_holds(digits):
        raise PydanticCustomError("routing_number.format", "Enter the nine digits of the routing number; check each.")
    return digits


class BankAccount(BaseModel):
    """An account in the United States."""

    model_config = ConfigDict(extra="forbid")

    routing_number: Annotated[str, AfterValidator(_routing_number)]
    account_number: Annotated[str, StringConstraints(pattern=r"^[0-9]{4,17}$")]


class NewPayee(BaseModel):
    """Who gets money.

    A partner or an attorney belongs to a partner organization: the one that is named, else the one of this name or
    the one of the person who enters the payee. A person is named by the case whose client they are, or by a name
    that is sealed at once.
    """

    model_config = ConfigDict(extra="forbid")

    kind: PayeeKind
    name: Line | None = None
    partner_id: UUID | None = None
    case_id: UUID | None = None
    account: BankAccount | None = None


def create(work: Work, form: NewPayee) -> UUID:
    """Enter a payee and give its id.

    Raises NotFound for a partner or a case out of reach, Invalid for what does not belong to the kind.
    """
    reach = work.allow(Permission.PAYEE_CREATE)
    _must_fit(form)
    partner_id = _partner(work, reach, form)
    if form.case_id is not None:
        case_for(work, Permission.CASE_READ, form.case_id)

    def do(payee_id: UUID) -> None:
        private = form.kind in PRIVATE
        subject_id = work.vault.new_subject()
        work.session.execute(
            insert(Payee).values(
                id=payee_id,
                reference=new_reference("PY"),
                kind=form.kind,
                name=None if private else form.name,
                partner_id=partner_id,
                case_id=form.case_id,
                entered_by_partner_id=work.actor.partner_id,
                subject_id=subject_id,
                # Sealed also when there is nothing: whether somebody has an account shows nowhere.
                private_name=work.vault.seal(
                    Cell("payee", "private_name", payee_id, subject_id), Group.PAYEE, form.name if private else None
                ),
                account=work.vault.seal(
                    Cell("payee", "account", payee_id, subject_id),
                    Group.PAYEE,
                    form.account.model_dump() if form.account else None,
                ),
                account_end=account_end(form.account.account_number) if form.account else None,
                created_at=work.now,
                created_by=work.actor.id,
            )
        )
        record(
            work,
            "payee.created",
            object_type="payee",
            object_id=payee_id,
            # About the client's case, so a wall around it hides this event too.
            subject_id=form.case_id,
            groups=(Group.PAYEE,),
            details={"kind": form.kind},
        )

    return once(work, form, do)


def _must_fit(form: NewPayee) -> None:
    """Raise Invalid for what is missing for this kind of payee, and for what it must not have."""
    problems = []
    if form.name is None and form.case_id is None:
        problems.append(Problem("/name", "name.required", "Enter the payee's name."))
    if form.kind is not PayeeKind.PERSON and form.case_id is not None:
        problems.append(Problem("/case_id", "case_id.not_kept", "Leave the case out. Only a person is paid by it."))
    if form.kind not in OF_A_PARTNER and form.partner_id is not None:
        problems.append(
            Problem("/partner_id", "partner_id.not_kept", "Leave the partner out. This kind of payee belongs to none.")
        )
    if problems:
        raise Invalid(*problems)


def _partner(work: Work, reach: Reach, form: NewPayee) -> UUID | None:
    """The organization the payee belongs to. Raises Invalid when somebody of a partner names another."""
    if form.kind not in OF_A_PARTNER:
        return None
    if reach is Reach.ALL:
        return partner(work, form.partner_id).id if form.partner_id else _partner_named(work, form.name)
    if form.partner_id not in (None, work.actor.partner_id):
        raise Invalid(Problem("/partner_id", "partner_id.not_yours", "Choose your own organization."))
    return work.actor.partner_id


def _partner_named(work: Work, name: str | None) -> UUID | None:
    """The partner organization of this name, so that its people are known as the payee's without being told."""
    return next((each.id for each in partners(work).items if each.name.lower() == str(name).lower()), None)
