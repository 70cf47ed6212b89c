"""What every request shares: settings, database and vault, opened once at start and hung on the application."""

from dataclasses import dataclass, field
from datetime import timedelta

from app.audit.actions import attend
from app.config import Settings, Strength
from app.crypto import Vault
from app.db import Database
from app.web.guard import Guard


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    database: Database
    vault: Vault
    guard: Guard = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "guard", Guard(self.settings.request_factor))
        attend(self.database, self.vault)

    @property
    def idle(self) -> timedelta:
        """How long a browser session may lie unused."""
        return timedelta(minutes=self.settings.session_idle_minutes)

    @property
    def step_up(self) -> timedelta | None:
        """How old a proof may be for a sensitive act; None where it is never asked for."""
        return self.settings.step_up

    @property
    def strengths(self) -> dict[str, Strength]:
        """How strongly people must sign in, by the group of their roles."""
        return self.settings.strengths

    @property
    def cookie(self) -> str:
        """The session cookie's name. Under TLS the ``__Host-`` prefix makes browsers refuse it from anywhere else."""
        return "__Host-amparo" if self.settings.secure_cookies else "amparo"
