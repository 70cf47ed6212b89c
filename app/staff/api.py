"""Signing in, one's own account, and colleagues, over REST."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import Request

from app.access.grants import Permission
from app.access.identify import new_secret
from app.authenticators.actions import passkeys, resets
from app.authenticators.actions.challenges import of_secret
from app.authenticators.rules import Site, site_of
from app.staff import reads
from app.staff.actions import accounts, invitations, people, proving, recovering, requests, signing_in
from app.web.answers import Answer, Open
from app.web.door import Door
from app.work import Work

sessions = Door("/session", tag="session")
staff = Door("/staff", tag="staff")


@sessions.post("", Open.SIGN_IN, writes=False, status_code=201)
def sign_in(work: Work, form: signing_in.SignIn, request: Request) -> Answer:
    """Sign in with e-mail and password; the answer sets the session cookie."""
    signed_in = signing_in.sign_in(work, form, **_from(request))
    return Answer({"id": signed_in.account_id}, session_secret=signed_in.secret)


@sessions.post("/passkey/challenge", Open.SIGN_IN)
def ask_for_passkey(work: Work, request: Request) -> Answer:
    """What the browser needs to sign in with a passkey; good for five minutes, once, in this browser."""
    secret = new_secret()
    options = passkeys.ask_to_sign_in(work, _site(request), of_secret(secret))
    secure = "; Secure" if request.app.state.services.settings.secure_cookies else ""
    cookie = f"{_asked(request)}={secret}; Path=/; Max-Age=300; HttpOnly; SameSite=Strict{secure}"
    return Answer(options, {"Set-Cookie": cookie})


@sessions.post("/passkey", Open.SIGN_IN, status_code=201)
def sign_in_with_passkey(work: Work, form: signing_in.PasskeySignIn, request: Request) -> Answer:
    """Sign in with a passkey; the answer sets the session cookie."""
    holder = of_secret(request.cookies.get(_asked(request), ""))
    signed_in = signing_in.sign_in_with_passkey(work, form, _site(request), holder, **_from(request))
    return Answer({"id": signed_in.account_id}, session_secret=signed_in.secret)


@sessions.post("/proof", Permission.ACCOUNT_SIGN_IN, writes=False)
def prove(work: Work, form: proving.Proof, request: Request) -> Answer:
    """Prove again who you are, before a sensitive act; the answer sets a new session cookie."""
    secret = proving.prove(work, form, address=_address(request))
    return Answer({"proved_at": work.now}, session_secret=secret)


@sessions.post("/proof/challenge", Permission.ACCOUNT_SIGN_IN)
def ask_for_proof(work: Work, request: Request) -> Answer:
    """What the browser needs to prove with a passkey who you are; good for five minutes, once."""
    return Answer(passkeys.ask_to_step_up(work, _site(request)))


@sessions.post("/proof/passkey", Permission.ACCOUNT_SIGN_IN)
def prove_with_passkey(work: Work, form: signing_in.PasskeySignIn, request: Request) -> Answer:
    """Prove again who you are with a passkey; the answer sets a new session cookie."""
    secret = proving.prove_with_passkey(work, form, _site(request), address=_address(request))
    return Answer({"proved_at": work.now}, session_secret=secret)


@sessions.get("", Permission.ACCOUNT_SIGN_IN)
def who_am_i(work: Work) -> reads.Me:
    """Who I am and what I may do."""
    work.allow(Permission.ACCOUNT_SIGN_IN)
    return reads.me(work.actor)


@sessions.patch("", Permission.ACCOUNT_SIGN_IN, match=False)
def prefer(work: Work, form: accounts.Preferences) -> reads.Me:
    """Choose the language and the time zone in which the screens speak to me."""
    accounts.prefer(work, form)
    return reads.me(replace(work.actor, **form.model_dump(exclude_none=True)))


@sessions.delete("", Permission.ACCOUNT_OWN, status_code=204)
def sign_out(work: Work) -> Answer:
    """Sign out here."""
    signing_in.sign_out(work)
    return Answer(None, session_secret="")


@sessions.get("/all", Permission.ACCOUNT_OWN)
def list_sessions(work: Work) -> reads.SessionList:
    """Where I am signed in."""
    return reads.sessions(work)


@sessions.delete("/all", Permission.ACCOUNT_OWN, status_code=204)
def sign_out_everywhere(work: Work) -> Answer:
    """Sign out everywhere, here too."""
    signing_in.sign_out_everywhere(work)
    return Answer(None, session_secret="")


@sessions.delete("/{session_id}", Permission.ACCOUNT_OWN)
def sign_out_one(work: Work, session_id: UUID) -> None:
    """Sign out in one place."""
    signing_in.sign_out_one(work, session_id)


@sessions.post("/password", Permission.ACCOUNT_OWN, status_code=204)
def change_password(work: Work, form: accounts.NewPassword, request: Request) -> Answer:
    """Change my password; I am signed out everywhere and sign in anew."""
    accounts.change_password(work, form, address=_address(request))
    return Answer(None, session_secret="")


@sessions.post("/first-password", Open.INVITATION)
def choose_first_password(work: Work, form: accounts.FirstPassword, request: Request) -> None:
    """Choose a password with the secret of an invitation link."""
    accounts.choose_first_password(work, form, request.app.state.services.strengths)


@sessions.post("/invitation/challenge", Open.INVITATION)
def ask_for_first_passkey(work: Work, form: invitations.Invited, request: Request) -> Answer:
    """What the browser needs to make the first passkey, with the secret of an invitation link."""
    return Answer(invitations.ask_for_passkey(work, form, _site(request)))


@sessions.post("/invitation/passkey", Open.INVITATION)
def keep_first_passkey(work: Work, form: invitations.FirstPasskey, request: Request) -> None:
    """Keep the first passkey, with the secret of an invitation link."""
    invitations.keep_first_passkey(work, form, _site(request))


@sessions.post("/recovery", Open.INVITATION, status_code=201)
def recover(work: Work, form: resets.Recovery, request: Request) -> Answer:
    """With the two halves that two administrators gave: all my ways to sign in end, and I choose new ones."""
    return Answer({"link": _link(recovering.recover(work, form, address=_address(request)))})


@staff.get("", Permission.STAFF_READ)
def list_staff(work: Work) -> reads.StaffList:
    """The people you may see, by name."""
    return reads.staff(work)


@staff.get("/requests", Permission.STAFF_APPROVE)
def list_requests(work: Work) -> reads.RequestList:
    """Changes of roles that wait for a second person."""
    return reads.requests(work)


@staff.get("/{account_id}", Permission.STAFF_READ)
def get_staff_member(work: Work, account_id: UUID) -> reads.StaffView:
    """One person."""
    return reads.staff_member(work, account_id)


@staff.post("", Permission.STAFF_MANAGE, status_code=201, steps_up=True)
def invite(work: Work, form: people.NewStaff) -> Answer:
    """Invite somebody; the answer has the link to choose a password, shown this once.

    ``waits`` tells that a second person has to agree before the new one can do anything; they are given the link.
    """
    invited = people.invite(work, form)
    return Answer({"id": invited.account_id, "link": _link(invited.secret), "waits": invited.waits})


@staff.post("/{account_id}/link", Permission.STAFF_MANAGE, finds=reads.exists, steps_up=True)
def renew_link(work: Work, account_id: UUID) -> Answer:
    """A new invitation link for somebody who has not chosen a password yet."""
    return Answer({"id": account_id, "link": _link(people.renew_link(work, account_id))})


@staff.post("/{account_id}/suspend", Permission.STAFF_MANAGE, finds=reads.exists)
def suspend(work: Work, account_id: UUID) -> None:
    """Stop somebody's access at once."""
    people.suspend(work, account_id)


@staff.patch("/{account_id}", Permission.STAFF_MANAGE, finds=reads.changeable, steps_up=True)
def change(work: Work, account_id: UUID, form: people.StaffChange) -> reads.StaffView:
    """Change a name, roles or the organization; ``waiting`` shows what a second person has to agree to."""
    return reads.staff_member(work, people.change(work, account_id, form))


@staff.post("/{account_id}/reinstate", Permission.STAFF_MANAGE, finds=reads.exists, steps_up=True)
def reinstate(work: Work, account_id: UUID) -> reads.StaffView:
    """Let somebody in again who was suspended, with the roles they had."""
    people.reinstate(work, account_id)
    return reads.staff_member(work, account_id)


@staff.get("/{account_id}/sessions", Permission.STAFF_SESSIONS)
def list_their_sessions(work: Work, account_id: UUID) -> reads.SessionList:
    """Where a person is signed in."""
    return reads.sessions_of(work, account_id)


@staff.delete("/{account_id}/sessions", Permission.STAFF_SESSIONS, finds=reads.signed_in, status_code=204)
def end_their_sessions(work: Work, account_id: UUID) -> None:
    """Sign a person out everywhere."""
    people.sign_out(work, account_id)


@staff.post("/requests/{request_id}/approve", Permission.STAFF_APPROVE, finds=reads.decidable, steps_up=True)
def approve_request(work: Work, request_id: UUID) -> reads.AgreedView:
    """Agree, as the second person, to a change of somebody's roles. It is carried out at once.

    For somebody who never signed in the answer has the link to choose a password, shown this once.
    """
    agreed = requests.approve(work, request_id)
    return reads.agreed(work, agreed.account_id, _link(agreed.secret))


@staff.post("/requests/{request_id}/reject", Permission.STAFF_APPROVE, finds=reads.decidable)
def reject_request(work: Work, request_id: UUID) -> reads.StaffView:
    """Turn a change of somebody's roles down."""
    return reads.staff_member(work, requests.reject(work, request_id))


@staff.post("/requests/{request_id}/withdraw", Permission.STAFF_MANAGE, finds=reads.withdrawable)
def withdraw_request(work: Work, request_id: UUID) -> reads.StaffView:
    """Take back a change that you asked for."""
    return reads.staff_member(work, requests.withdraw(work, request_id))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _from(request: Request) -> dict[str, Any]:
    hours = request.app.state.services.settings.session_hours
    browser = request.headers.get("user-agent", "")
    return {"address": _address(request), "browser": browser, "life": timedelta(hours=hours)}


def _site(request: Request) -> Site:
    return site_of(request.app.state.services.settings.public_origin)


def _asked(request: Request) -> str:
    """The cookie that ties a challenge to the browser it was asked of."""
    return f"{request.app.state.services.cookie}-asked"


def _link(secret: str | None) -> str | None:
    # The secret stands after "#": it reaches no server log and no Referer.
    return f"/first-password#{secret}" if secret else None
