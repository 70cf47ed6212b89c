"""The four ways to say no, and the sentence a person reads when it happens.

A room below the doors knows nothing of HTTP. It raises one of these; the door turns it into a problem document
(RFC 9457) in the reader's language. Messages are English gettext ids with ``{named}`` places; the values that fill
them are codes, counts and limits, never what the person typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a request: where (a JSON pointer), which rule (a code), and what to enter instead."""

    pointer: str
    code: str
    message: str
    values: Mapping[str, str | int] = field(default_factory=dict)


class Refusal(Exception):
    """Base of the four; ``code`` is stable for programs, ``message`` is for people."""

    def __init__(self, code: str, message: str, values: Mapping[str, str | int] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.values = dict(values or {})


class NotFound(Refusal):
    """Absent, or out of the asker's scope: the answer is the same, so that nobody learns that a record exists."""

    def __init__(self) -> None:
        super().__init__("not_found", "There is no such record, or it is not open to you.")


class Denied(Refusal):
    """The asker's role lacks the permission, or two acts must be done by different people."""

    def __init__(
        self,
        code: str = "permission",
        message: str | None = None,
        values: Mapping[str, str | int] | None = None,
    ) -> None:
        if message is None:
            super().__init__(code, "Your role does not allow this.", values)
        else:
            super().__init__(code, message, values)


class StepUp(Denied):
    """The act is sensitive: whoever asks must first prove again who they are (``POST /session/proof``)."""

    def __init__(self) -> None:
        super().__init__("step_up", "Confirm first that it is you. Then do this again.")


class TooWeak(Denied):
    """The person's roles ask for a stronger proof than this session has: they can enrol one, and nothing else."""

    def __init__(self) -> None:
        super().__init__(
            "sign_in.weak", "Your role asks for a stronger sign-in. Set it up under your name, then go on."
        )


class Conflict(Refusal):
    """The record's present state does not allow this."""


class Invalid(Refusal):
    """What was sent can not be taken; each problem names its field and what to enter."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("invalid", "Some answers need another look.")
        self.problems = problems


class Stale(Refusal):
    """The record was changed by somebody else after the asker read it (``If-Match`` no longer holds)."""

    def __init__(self) -> None:
        super().__init__("stale", "Somebody else changed this record after you opened it. Load it again, then save.")


class NotSignedIn(Refusal):
    """E-mail and password do not fit together; which of them is wrong is not said."""

    def __init__(self, code: str = "sign_in.wrong", message: str | None = None) -> None:
        if message is None:
            super().__init__(code, "E-mail or password is not right. Check both and try again.")
        else:
            super().__init__(code, message)


class CodeNeeded(NotSignedIn):
    """E-mail and password are right, and this person's sign-in takes a code too."""

    def __init__(self) -> None:
        super().__init__("sign_in.code_needed", "Enter the code that your app shows, or a recovery code.")


class TooSoon(Refusal):
    """After several failures the next attempt has to wait ``seconds``."""

    def __init__(self, seconds: int) -> None:
        self.seconds = max(1, seconds)
        super().__init__(
            "sign_in.wait", "Too many wrong tries. Wait {seconds} seconds, then try again.", {"seconds": self.seconds}
        )


class OverBudget(Refusal):
    """Something that opens sealed fields was done more often than any work needs; wait ``seconds``."""

    def __init__(self, seconds: int) -> None:
        self.seconds = max(1, seconds)
        super().__init__(
            "budget",
            "You did this more often than the work needs, so it has to wait. Try again in {minutes} minutes.",
            {"minutes": -(-self.seconds // 60)},
        )


class Unavailable(Refusal):
    """The service can not answer now; asking again later may help."""

    def __init__(self) -> None:
        super().__init__("unavailable", "The service is not ready. Try again in a moment.")


class Sealed(Refusal):
    """The root key is not on this machine until somebody tells what opens it."""

    def __init__(self) -> None:
        super().__init__(
            "sealed", "Amparo is locked until the people who keep its key open it. Ask them; it takes them a moment."
        )


class Altered(Refusal):
    """A row that decides something is not as Amparo wrote it: somebody changed the database past the program."""

    def __init__(self, table: str, row_id: UUID | None) -> None:
        """``row_id`` is None for a row that is no record of its own: a role, a number."""
        self.table = table
        self.id = row_id
        super().__init__(
            "integrity", "A record that decides this was changed outside Amparo. Nothing was done. Tell your operator."
        )
