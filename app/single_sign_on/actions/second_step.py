"""The second factor that Amparo asks for itself, where an organization's sign-in has shown one only."""

from pydantic import BaseModel, ConfigDict

from app.access.grants import Permission
from app.access.methods import Method
from app.authenticators.actions.codes import Code, checked
from app.errors import Denied, Invalid, Problem
from app.staff.actions.proving import renew
from app.staff.actions.signing_in import code_throttled, throttled
from app.work import Work


class SecondStep(BaseModel):
    """The code that one's app shows, or a recovery code."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    code: Code


def prove(work: Work, form: SecondStep, *, address: str) -> str:
    """Add a code to a session that stands on an organization's account, and give the session's new secret.

    Raises Denied for any other session, TooSoon after too many failures, Invalid when the code is not right.
    """
    work.allow(Permission.ACCOUNT_SIGN_IN)
    if Method.FEDERATED not in work.actor.methods or work.actor.session_id is None:
        raise Denied
    attempt = throttled(work, work.actor.email, address)
    guess = code_throttled(work, work.actor.id)
    method = checked(work, work.actor.id, form.code)
    if method is None:
        attempt.failed()
        guess.failed()
        raise Invalid(Problem("/code", "proof.wrong", "This is not right. Check it and try again."))
    return renew(work, frozenset({method}))
