"""One-time codes and recovery codes: set up, checked, given up. A code that was taken is never taken again."""

import base64
import secrets
from typing import Annotated, Final
from uuid import UUID

import pyotp
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import Uuid, bindparam, insert, update
from sqlmodel import col

from app.access.methods import Method
from app.audit.actions import record
from app.authenticators import reads
from app.authenticators.actions.sessions import end_sessions
from app.authenticators.model import AuthenticatorApp, RecoveryCode
from app.authenticators.reads import seeds
from app.authenticators.rules import RECOVERY_BYTES, RECOVERY_CODES, SEED_LIFE, STEP_SECONDS, STEPS_OFF, grouped, plain
from app.crypto import Cell, Group, MacPurpose
from app.db import new_id
from app.errors import Conflict, Invalid, NotSignedIn, Problem
from app.once import once
from app.work import Work, claiming

#: Of two requests with the same code one is taken: the other finds the step, or the code, used.
_TAKE_STEP: Final = claiming(
    update(AuthenticatorApp)
    .where(
        col(AuthenticatorApp.id) == bindparam("of_app", type_=Uuid()),
        col(AuthenticatorApp.last_step) < bindparam("step"),
    )
    .values(last_step=bindparam("step")),
    NotSignedIn,
)
_TAKE_CODE: Final = claiming(
    update(RecoveryCode)
    .where(col(RecoveryCode.digest) == bindparam("of_digest"), col(RecoveryCode.used_at).is_(None))
    .where(col(RecoveryCode.ended_at).is_(None))
    .values(used_at=bindparam("now")),
    NotSignedIn,
)

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class FirstCode(BaseModel):
    """The code that a new app shows."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    code: Code


def checked(work: Work, account_id: UUID, code: str) -> Method | None:
    """What a code is, when it is right now and was never taken; None otherwise. It is taken when this Work ends."""
    app = reads.app_of(work, account_id)
    if app is None or app.confirmed_at is None:
        return None
    typed = plain(code)
    if code.replace(" ", "").isdigit():
        step = _step(work, seeds.opened(work, app), code.replace(" ", ""))
        if step is None or step <= app.last_step:
            return None
        work.defer(_TAKE_STEP, {"of_app": app.id, "step": step})
        return Method.ONE_TIME_CODE
    for digest in reads.open_recovery_digests(work, account_id):
        if work.vault.check_mac(MacPurpose.TOKEN, _message(account_id, typed), digest):
            work.defer(_TAKE_CODE, {"of_digest": digest, "now": work.now})
            return Method.RECOVERY_CODE
    return None


def set_up(work: Work) -> UUID:
    """Make a seed for an app; it counts once its first code was entered. Raises Conflict when there is an app."""
    reads.may_change(work)
    known = reads.app_of(work, work.actor.id)
    if known is not None and known.confirmed_at is not None:
        raise Conflict("app.there", "You have an app for codes. Remove it before you set up another one.")
    return once(work, None, lambda app_id: _write_app(work, app_id))


def _write_app(work: Work, app_id: UUID) -> None:
    _end_app(work, work.actor.id)
    subject_id = work.vault.new_subject()
    cell = Cell("authenticator_app", "seed_sealed", app_id, subject_id)
    work.session.execute(
        insert(AuthenticatorApp).values(
            id=app_id,
            account_id=work.actor.id,
            subject_id=subject_id,
            seed_sealed=work.vault.seal(cell, Group.STAFF, pyotp.random_base32()),
            last_step=0,
            short_password=False,
            created_at=work.now,
        )
    )
    record(work, "app.begun", object_type="account", object_id=work.actor.id)


def confirm(work: Work, form: FirstCode) -> None:
    """Take the first code of a new app; from now on the password goes with a code. Other sessions end.

    Raises Conflict when no seed waits, Invalid for a code that is not right.
    """
    reads.may_change(work)
    app = reads.app_of(work, work.actor.id)
    if app is None or app.confirmed_at is not None or app.created_at + SEED_LIFE < work.now:
        raise Conflict("app.none", "Begin again: this picture is too old.")
    step = _step(work, seeds.opened(work, app), form.code.replace(" ", ""))
    if step is None:
        raise Invalid(Problem("/code", "code.wrong", "This code is not right. Enter the one that your app shows now."))
    work.session.execute(
        update(AuthenticatorApp).where(col(AuthenticatorApp.id) == app.id).values(confirmed_at=work.now, last_step=step)
    )
    end_sessions(work, work.actor.id, but=work.actor.session_id)
    record(work, "app.confirmed", object_type="account", object_id=work.actor.id)


def remove(work: Work) -> None:
    """Give the app up, and the recovery codes with it. Raises Conflict where the sign-in would become too weak."""
    reads.may_change(work)
    app = reads.app_of(work, work.actor.id)
    if app is None:
        raise Conflict("app.none_to_remove", "You have no app for codes.")
    if app.short_password:
        raise Conflict("app.short_password", "Your password is too short to stand alone. Choose a longer one first.")
    end_all(work, work.actor.id)
    end_sessions(work, work.actor.id, but=work.actor.session_id)
    record(work, "app.removed", object_type="account", object_id=work.actor.id)


def make_recovery_codes(work: Work) -> list[str] | None:
    """Ten new recovery codes, shown this once (None on a repetition); those before count no more.

    Raises Conflict without an app.
    """
    reads.may_change(work)
    if not reads.asks_for_code(work, work.actor.id):
        raise Conflict("app.none", "Recovery codes stand in for an app. Set one up first.")
    shown: list[list[str]] = []
    once(work, None, lambda _: shown.append(_write_codes(work)))
    return shown[0] if shown else None


def _write_codes(work: Work) -> list[str]:
    _end_codes(work, work.actor.id)
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    work.session.execute(
        insert(RecoveryCode),
        [
            {
                "id": new_id(),
                "account_id": work.actor.id,
                "digest": work.vault.mac(MacPurpose.TOKEN, _message(work.actor.id, code)),
                "created_at": work.now,
            }
            for code in codes
        ],
    )
    record(work, "recovery.codes_made", object_type="account", object_id=work.actor.id)
    return [grouped(code) for code in codes]


def note_password(work: Work, account_id: UUID, *, short: bool) -> None:
    """Remember whether the password just chosen is too short to stand without a code."""
    mine = update(AuthenticatorApp).where(
        col(AuthenticatorApp.account_id) == account_id, col(AuthenticatorApp.ended_at).is_(None)
    )
    work.session.execute(mine.values(short_password=short))


def end_all(work: Work, account_id: UUID) -> None:
    """Give up a person's app and recovery codes."""
    _end_app(work, account_id)
    _end_codes(work, account_id)


def _end_app(work: Work, account_id: UUID) -> None:
    mine = update(AuthenticatorApp).where(
        col(AuthenticatorApp.account_id) == account_id, col(AuthenticatorApp.ended_at).is_(None)
    )
    work.session.execute(mine.values(ended_at=work.now))


def _end_codes(work: Work, account_id: UUID) -> None:
    mine = update(RecoveryCode).where(col(RecoveryCode.account_id) == account_id, col(RecoveryCode.ended_at).is_(None))
    work.session.execute(mine.values(ended_at=work.now))


def _step(work: Work, codes: pyotp.TOTP, code: str) -> int | None:
    """Which step this code is of: the present one, or one before or after for a clock that is a little wrong."""
    now = int(work.now.timestamp()) // STEP_SECONDS
    for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
        if secrets.compare_digest(codes.generate_otp(step).encode(), code.encode()):
            return step
    return None


def _new_code() -> str:
    return base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().rstrip("=").lower()


def _message(account_id: UUID, code: str) -> bytes:
    return b"recovery\0" + account_id.bytes + code.encode()
