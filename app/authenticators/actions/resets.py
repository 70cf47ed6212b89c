"""Lost authenticators: two administrators together put somebody back to the moment of their invitation.

Whoever asks is shown the first half of a code, whoever approves the second; the person needs both. So no single
administrator can sign in as somebody else, or make a way in for themselves: each holds a half that opens nothing.
"""

import base64
import secrets
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import Uuid, delete, insert, update
from sqlalchemy.sql.expression import column, table
from sqlmodel import col

from app.access.grants import Permission
from app.access.model import Account
from app.audit.actions import record
from app.authenticators.actions import codes, links, passkeys
from app.authenticators.actions.sessions import end_sessions, end_tokens
from app.authenticators.model import FactorReset
from app.authenticators.reads import resets
from app.authenticators.rules import HALF_BYTES, LINK_LIFE, RESET_LIFE, grouped, plain
from app.crypto import MacPurpose
from app.errors import Conflict, Denied, NotFound, NotSignedIn
from app.once import once
from app.work import Work

#: Named, not imported: the room of organizations' sign-ins stands above this one.
_federated_identity = table("federated_identity", column("account_id", Uuid()))

Half = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Recovery(BaseModel):
    """Who one is, and the halves that two administrators gave."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    email: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=254)]
    first: Half
    second: Half


class NewReset(BaseModel):
    """Who lost their ways to sign in."""

    model_config = ConfigDict(extra="forbid")

    account_id: UUID


@dataclass(frozen=True, slots=True)
class HalfShown:
    """A reset's id, and the half that its reader hands over; shown this once."""

    id: UUID
    half: str | None


def ask(work: Work, form: NewReset) -> HalfShown:
    """Ask that somebody's ways to sign in be reset; a repetition shows no half.

    Raises NotFound out of reach, Conflict while another stands.
    """
    resets.person_exists(work, form.account_id)
    halves: list[str] = []
    reset_id = once(work, form, lambda reset_id: halves.append(_write(work, reset_id, form.account_id)))
    return HalfShown(reset_id, halves[0] if halves else None)


def _write(work: Work, reset_id: UUID, account_id: UUID) -> str:
    _end_old(work, account_id)
    if any(each.account_id == account_id for each in resets.resets(work).items):
        raise Conflict("reset.there", "Somebody has asked for this already. A second person can approve it.")
    half = _new_half()
    work.session.execute(
        insert(FactorReset).values(
            id=reset_id,
            account_id=account_id,
            asked_by=work.actor.id,
            asked_at=work.now,
            first_half=_digest(work, reset_id, half),
            ends_at=work.now + RESET_LIFE,
        )
    )
    _notice(work, account_id, "factor_reset")
    record(work, "reset.asked", object_type="account", object_id=account_id)
    return grouped(half)


def approve(work: Work, reset_id: UUID) -> HalfShown:
    """Approve what somebody else asked for. Raises NotFound out of reach, Denied for whoever asked, Conflict twice."""
    found = [each for each in resets.resets(work).items if each.id == reset_id]
    if not found:
        raise NotFound
    if found[0].mine:
        raise Denied("reset.two_people", "You asked for this. Another administrator has to approve it.")
    half = _new_half()
    taken = work.session.execute(
        update(FactorReset)
        .where(col(FactorReset.id) == reset_id, col(FactorReset.approved_at).is_(None))
        .values(approved_by=work.actor.id, approved_at=work.now, second_half=_digest(work, reset_id, half))
    )
    if taken.rowcount != 1:
        raise Conflict("reset.approved", "Somebody has approved this already.")
    record(work, "reset.approved", object_type="account", object_id=found[0].account_id)
    return HalfShown(reset_id, grouped(half))


def stop(work: Work, reset_id: UUID) -> None:
    """Stop a reset: an administrator who sees it, or the person themselves. Raises NotFound for everybody else."""
    resets.may_stop(work, reset_id)
    _end(work, reset_id)
    record(work, "reset.stopped", object_type="factor_reset", object_id=reset_id)


def seen(work: Work) -> None:
    """The person has read that a reset was asked for; the line goes from their pages."""
    work.allow(Permission.ACCOUNT_SIGN_IN)
    _notice(work, work.actor.id, "")
    record(work, "reset.seen", object_type="account", object_id=work.actor.id)


def recover(work: Work, form: Recovery) -> str:
    """With both halves: all ways to sign in end, and the secret of a link to choose new ones is given.

    Raises NotSignedIn when anything is not right, whatever it is.
    """
    known = resets.open_reset(work, form.email)
    whole = known is not None and known.approved_at is not None and known.second_half is not None
    if known is None or known.second_half is None or not whole:
        raise NotSignedIn("recovery.wrong", "This is not right, or it is too old. Check each part.")
    first = _is_half(work, known.id, form.first, known.first_half)
    second = _is_half(work, known.id, form.second, known.second_half)
    if not (first and second):
        raise NotSignedIn("recovery.wrong", "This is not right, or it is too old. Check each part.")
    _end_ways_in(work, known.account_id)
    # The account stays active, so that nobody can make another link for it: one that is invited gets a new one by one
    # administrator alone.
    empty = update(Account).where(col(Account.id) == known.account_id).values(password_hash=None, notice="")
    work.session.execute(empty)
    used = update(FactorReset).where(col(FactorReset.id) == known.id)
    work.session.execute(used.values(used_at=work.now, ended_at=work.now))
    record(work, "reset.done", object_type="account", object_id=known.account_id, subject_id=known.account_id)
    return links.make(work, known.account_id, LINK_LIFE)


def _end_ways_in(work: Work, account_id: UUID) -> None:
    """Everything that lets this person in, or whoever took it from them: nothing is left but the new link."""
    passkeys.end_all(work, account_id)
    codes.end_all(work, account_id)
    end_sessions(work, account_id)
    end_tokens(work, account_id)
    work.session.execute(delete(_federated_identity).where(_federated_identity.c.account_id == account_id))


def _end_old(work: Work, account_id: UUID) -> None:
    """One that nobody completed in time makes room for another."""
    old = update(FactorReset).where(col(FactorReset.account_id) == account_id, col(FactorReset.ended_at).is_(None))
    work.session.execute(old.where(col(FactorReset.ends_at) <= work.now).values(ended_at=work.now))


def _end(work: Work, reset_id: UUID) -> None:
    account_id = work.session.execute(
        update(FactorReset)
        .where(col(FactorReset.id) == reset_id, col(FactorReset.ended_at).is_(None))
        .values(ended_at=work.now)
        .returning(col(FactorReset.account_id))
    ).scalar_one()
    _notice(work, account_id, "")


def _notice(work: Work, account_id: UUID, word: str) -> None:
    """What the person is told on every page until they have read it."""
    work.session.execute(update(Account).where(col(Account.id) == account_id).values(notice=word))


def _new_half() -> str:
    return base64.b32encode(secrets.token_bytes(HALF_BYTES)).decode().lower()


def _message(reset_id: UUID, half: str) -> bytes:
    return b"reset\0" + reset_id.bytes + plain(half).encode()


def _digest(work: Work, reset_id: UUID, half: str) -> bytes:
    return work.vault.mac(MacPurpose.TOKEN, _message(reset_id, half))


def _is_half(work: Work, reset_id: UUID, half: str, kept: bytes) -> bool:
    return work.vault.check_mac(MacPurpose.TOKEN, _message(reset_id, half), kept)
