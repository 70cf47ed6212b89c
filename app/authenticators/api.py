"""One's own passkeys and codes, and the resets of lost ones, over REST."""

from typing import Any
from uuid import UUID

from fastapi import Request

from app.access.grants import Permission
from app.authenticators import reads
from app.authenticators.actions import codes, passkeys, resets
from app.authenticators.reads import resets as reset_reads
from app.authenticators.rules import Site, site_of
from app.web.answers import Answer
from app.web.door import Door
from app.work import Work

door = Door("/passkeys", tag="session")
app_door = Door("/authenticator-app", tag="session")
codes_door = Door("/recovery-codes", tag="session")
ways_door = Door("/session/ways", tag="session")
resets_door = Door("/factor-resets", tag="staff")


def _site(request: Request) -> Site:
    return site_of(request.app.state.services.settings.public_origin)


@ways_door.get("", Permission.ACCOUNT_SIGN_IN)
def ways(work: Work) -> reads.Ways:
    """How I can sign in, and what my roles ask of me."""
    return reads.ways(work)


@ways_door.post("/seen", Permission.ACCOUNT_SIGN_IN)
def seen(work: Work) -> None:
    """I have read that somebody asked to reset my ways to sign in."""
    resets.seen(work)


@door.get("", Permission.ACCOUNT_SIGN_IN)
def list_passkeys(work: Work) -> reads.PasskeyList:
    """My passkeys."""
    return reads.passkeys(work)


@door.post("/challenge", Permission.ACCOUNT_SIGN_IN, steps_up=True)
def ask_for_passkey(work: Work, request: Request) -> dict[str, Any]:
    """What the browser needs to make a passkey for me; good for five minutes, once."""
    return passkeys.ask_to_enrol(work, _site(request))


@door.post("", Permission.ACCOUNT_SIGN_IN, status_code=201, steps_up=True)
def add_passkey(work: Work, form: passkeys.NewPasskey, request: Request) -> Answer:
    """Keep a passkey that the browser made; I am signed out everywhere else."""
    return Answer({"id": passkeys.enrol(work, form, _site(request))})


@door.delete("/{passkey_id}", Permission.ACCOUNT_SIGN_IN, finds=reads.owned, steps_up=True)
def remove_passkey(work: Work, passkey_id: UUID) -> None:
    """Give up a passkey; I am signed out everywhere else."""
    passkeys.remove(work, passkey_id)


@app_door.post("", Permission.ACCOUNT_SIGN_IN, status_code=201, steps_up=True)
def begin_app(work: Work) -> Answer:
    """Begin to use an app for one-time codes; its picture is on the page, until its first code is entered."""
    return Answer({"id": codes.set_up(work)})


@app_door.post("/confirm", Permission.ACCOUNT_SIGN_IN, steps_up=True)
def confirm_app(work: Work, form: codes.FirstCode) -> None:
    """Enter the first code of an app; from now on my password goes with a code."""
    codes.confirm(work, form)


@app_door.delete("", Permission.ACCOUNT_SIGN_IN, steps_up=True)
def remove_app(work: Work) -> None:
    """Give the app up, and the recovery codes with it."""
    codes.remove(work)


@codes_door.post("", Permission.ACCOUNT_SIGN_IN, status_code=201, steps_up=True)
def make_recovery_codes(work: Work) -> Answer:
    """Ten recovery codes, shown this once; those before count no more."""
    return Answer({"codes": codes.make_recovery_codes(work)})


@resets_door.get("", Permission.STAFF_MANAGE)
def list_resets(work: Work) -> reset_reads.ResetList:
    """Resets of lost ways to sign in that wait for somebody."""
    return reset_reads.resets(work)


@resets_door.post("", Permission.STAFF_MANAGE, status_code=201, steps_up=True)
def ask_for_reset(work: Work, form: resets.NewReset) -> Answer:
    """Ask that somebody's ways to sign in be reset; the answer has the first half of a code, shown this once."""
    shown = resets.ask(work, form)
    return Answer({"id": shown.id, "half": shown.half})


@resets_door.post("/{reset_id}/approve", Permission.STAFF_MANAGE, finds=reset_reads.exists, steps_up=True)
def approve_reset(work: Work, reset_id: UUID) -> Answer:
    """Approve what another administrator asked for; the answer has the second half, shown this once."""
    shown = resets.approve(work, reset_id)
    return Answer({"id": shown.id, "half": shown.half})


@resets_door.post("/{reset_id}/stop", Permission.ACCOUNT_SIGN_IN, finds=reset_reads.may_stop)
def stop_reset(work: Work, reset_id: UUID) -> None:
    """Stop a reset: one's own, or one that one may see as an administrator."""
    resets.stop(work, reset_id)
