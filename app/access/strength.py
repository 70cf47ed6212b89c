"""How strongly each role must sign in, and what a session may do that is too weak for its person: prove more."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from app.access.actor import Actor
from app.access.grants import Permission, Role
from app.access.methods import Method
from app.config import Strength

#: Who could harm everybody: they move money, see the whole record, or let others in.
OF_THE_FUND: Final = frozenset({Role.FUND_ADMINISTRATOR, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR})

#: What each strength takes: any one of these sets of methods. A passkey is two factors in one act.
ENOUGH: Final[Mapping[Strength, tuple[frozenset[Method], ...]]] = {
    Strength.PASSKEY: (frozenset({Method.PASSKEY}),),
    Strength.TWO_FACTORS: (
        frozenset({Method.PASSKEY}),
        frozenset({Method.FEDERATED_MFA}),
        frozenset({Method.PASSWORD, Method.ONE_TIME_CODE}),
        frozenset({Method.PASSWORD, Method.RECOVERY_CODE}),
        frozenset({Method.FEDERATED, Method.ONE_TIME_CODE}),
        frozenset({Method.FEDERATED, Method.RECOVERY_CODE}),
    ),
    Strength.PASSWORD: (frozenset(),),
}

#: All that a session may do that is too weak: say who one is, enrol something stronger, sign out.
OF_A_WEAK_SESSION: Final = frozenset({Permission.ACCOUNT_SIGN_IN})


def demanded(roles: frozenset[Role], strengths: Mapping[str, Strength]) -> Strength:
    """What somebody with these roles must prove. ``strengths``: of the fund's roles, of the others."""
    return strengths["fund" if roles & OF_THE_FUND else "partners"]


def enough(methods: frozenset[Method], strength: Strength) -> bool:
    """True when a session that was proved by these methods is as strong as that.

    One factor at somebody's organization is never enough: nothing is known of how well it keeps its passwords.
    """
    if methods == {Method.FEDERATED}:
        return False
    return any(wanted <= methods for wanted in ENOUGH[strength])


def judged(actor: Actor, strengths: Mapping[str, Strength]) -> Actor:
    """The actor of a browser's session, narrowed to next to nothing when the session is too weak for their roles."""
    strength = demanded(actor.roles, strengths)
    if enough(actor.methods, strength):
        return replace(actor, demanded=strength)
    return replace(actor, demanded=strength, weak=True, scopes=OF_A_WEAK_SESSION)
