"""Settings, read once from ``AMPARO_*`` variables. A setting that would make the service unsafe stops the start."""

import re
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict
from sqlalchemy.engine import make_url

from app.key_settings import KeySettings
from app.setting_words import (
    FICTIONAL_ORIGINATOR,
    Environment,
    Files,
    Originator,
    PaymentConfirmation,
    Strength,
    UnsafeSettings,
)

__all__ = [
    "FICTIONAL_ORIGINATOR",
    "SHORTEST_TOKEN",
    "WELL_KNOWN_PASSWORDS",
    "Environment",
    "Files",
    "Originator",
    "PaymentConfirmation",
    "Settings",
    "Strength",
    "UnsafeSettings",
]

#: Passwords that stand in tutorials and images; a database that has one of them is open to anybody who can reach it.
WELL_KNOWN_PASSWORDS = frozenset({"", "amparo", "postgres", "password", "changeme", "change-me", "secret", "admin"})

#: A token that nobody can guess: 128 random bits, as hexadecimal digits.
SHORTEST_TOKEN = 32


class Settings(KeySettings):
    """Where things are and how careful to be. Every field is ``AMPARO_<NAME>`` in the environment."""

    model_config = SettingsConfigDict(env_prefix="AMPARO_", extra="ignore", frozen=True)

    environment: Environment = Environment.PRODUCTION
    database_url: SecretStr | None = Field(default=None, description="SQLite in data_dir unless given")
    database_url_file: Path | None = Field(default=None, description="a file that holds the address, instead of it")
    owner_database_url: SecretStr | None = Field(
        default=None,
        description="as whom `init` and `migrate` change tables; database_url unless given",
    )
    owner_database_url_file: Path | None = Field(default=None, description="a file that holds it, instead of it")
    keystore_url: SecretStr | None = Field(default=None, description="keys.db in data_dir, or schema keystore")
    seals_file: Path | None = Field(default=None, description="audit-seals.txt in data_dir unless given")
    checkpoint_places: str = Field(
        default="",
        description="whole paths of folders, with commas between: where checkpoints of the record are taken to",
    )
    retention_file: Path | None = Field(default=None, description="how long what is kept, instead of the usual periods")
    backup_dir: Path | None = Field(default=None, description="where backups land, so that doctor can tell their age")
    backup_days: int = Field(default=1, ge=1, le=31, description="how old the newest backup may become")
    backup_recipients: str = Field(default="", description="age1... of who can read backups, with spaces between")
    backup_recipients_file: Path | None = Field(default=None, description="a file with one on each line, too")
    origin: str | None = Field(default=None, description="what people type to get here: https://amparo.example.org")
    session_idle_minutes: int = Field(default=30, ge=1, le=720)
    session_hours: int = Field(default=12, ge=1, le=24)
    step_up_minutes: int | None = Field(
        default=None,
        ge=0,
        le=60,
        description="age of the proof of who one is for a sensitive act; 5 unless given, 0 never asks (demo)",
    )
    sign_in_strength: str = Field(
        default="",
        description="fund=passkey partners=password: what each group of roles must prove; weaker in the demo",
    )
    payment_confirmation: PaymentConfirmation | None = Field(
        default=None, description="passkey, or usual: how payments are approved and released; optional in the demo"
    )
    max_body_bytes: int = Field(default=1_000_000, ge=10_000)
    budget_factor: int = Field(default=1, ge=1, le=10_000, description="times the budgets of opening and searching")
    rate_factor: int | None = Field(
        default=None, ge=0, le=10_000, description="times the usual rate of requests; 1 in production, 0 sets no limit"
    )
    documents_folder: Path | None = Field(default=None, description="where documents lie, sealed; in data_dir")
    max_document_bytes: int = Field(default=50 << 20, ge=1 << 20, le=1 << 30, description="bytes of one document")
    max_documents: int = Field(default=200, ge=1, le=10_000, description="documents of one case")
    clamd: str = Field(
        default="", description="ClamAV's daemon, which looks at each document: /run/clamav/clamd.ctl or 127.0.0.1:3310"
    )
    second_approval_over: int | None = Field(
        default=None, ge=0, description="dollars: payments of more are approved by two people; none unless given"
    )
    ach_bank_routing: str = Field(default="", description="the routing number of the bank that takes ACH files")
    ach_bank_name: str = Field(default="", description="that bank's name, as it wants to stand in the file")
    ach_company_id: str = Field(default="", description="ten characters by which that bank knows the fund")
    ach_company_name: str = Field(default="", description="the fund's name, as payees read it on their statements")
    access_log: bool | None = Field(default=None, description="a log line for each request; in production")
    metrics_token_file: Path | None = Field(
        default=None, description="a file with the token that opens /metrics from another machine"
    )
    threads: int = Field(default=16, ge=1, le=200, description="worker threads of one process")
    pool_size: int = Field(default=8, ge=1, le=100, description="database connections of one process")
    prepare_statements: bool = Field(default=True, description="false behind a transaction-pooling PgBouncer")

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy address of the data. Raises UnsafeSettings when the file that should hold it does not."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        if self.database_url_file is not None:
            return _secret_in(self.database_url_file, "AMPARO_DATABASE_URL_FILE")
        return f"sqlite:///{self.data_dir.resolve() / 'amparo.db'}"

    @cached_property
    def owner_database(self) -> str:
        """The address of the data for who owns the tables. Raises UnsafeSettings as ``database`` does."""
        if self.owner_database_url is not None:
            return self.owner_database_url.get_secret_value()
        if self.owner_database_url_file is not None:
            return _secret_in(self.owner_database_url_file, "AMPARO_OWNER_DATABASE_URL_FILE")
        return self.database

    @cached_property
    def owner_keystore(self) -> str:
        """Where the keys are, for who makes their tables: the owner, unless the keys have a place of their own."""
        return self.owner_database if self.keystore == self.database else self.keystore

    @cached_property
    def keystore(self) -> str:
        """The SQLAlchemy address of the keys: their own file beside SQLite, their own schema on PostgreSQL."""
        if self.keystore_url is not None:
            return self.keystore_url.get_secret_value()
        if self.database.startswith("sqlite"):
            return f"sqlite:///{self.data_dir.resolve() / 'keys.db'}"
        return self.database

    @cached_property
    def seals(self) -> Path:
        """Where each seal is appended as a line; best where the database's owner can not rewrite it."""
        return self.seals_file or self.data_dir / "audit-seals.txt"

    @cached_property
    def recipients(self) -> tuple[str, ...]:
        """Who can read backups. Raises UnsafeSettings when the file that names them can not be read."""
        named = self.backup_recipients.replace(",", " ").split()
        if self.backup_recipients_file is not None:
            lines = _secret_in(self.backup_recipients_file, "AMPARO_BACKUP_RECIPIENTS_FILE").splitlines()
            named += [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        return tuple(dict.fromkeys(named))

    @cached_property
    def checkpoints(self) -> tuple[Path, ...]:
        """Where checkpoints go; best where the database's owner can not write. Raises UnsafeSettings."""
        named = tuple(dict.fromkeys(each.strip() for each in self.checkpoint_places.split(",") if each.strip()))
        if not all(each.startswith("/") for each in named):
            raise UnsafeSettings("AMPARO_CHECKPOINT_PLACES takes whole paths of folders, with commas between.")
        return tuple(map(Path, named))

    @cached_property
    def files(self) -> Files:
        """What the rooms that keep documents need to know of these settings."""
        folder = self.documents_folder or self.data_dir / "documents"
        return Files(folder.resolve(), self.max_document_bytes, self.max_documents, self.clamd.strip())

    @cached_property
    def originator(self) -> Originator | None:
        """As whom ACH files are sent; None where that is not set up. Raises UnsafeSettings for a part of it."""
        parts = (self.ach_bank_routing, self.ach_bank_name, self.ach_company_id, self.ach_company_name)
        if not any(parts):
            return None if self.environment is Environment.PRODUCTION else FICTIONAL_ORIGINATOR
        if not all(parts) or not re.fullmatch(r"[0-9]{9}", parts[0]) or len(parts[2]) > 10:
            raise UnsafeSettings(
                "AMPARO_ACH_BANK_ROUTING (nine digits), _BANK_NAME, _COMPANY_ID (ten characters at most) and"
                " _COMPANY_NAME belong together. Set all four as your bank told you, or none."
            )
        return Originator(*parts)

    @cached_property
    def public_origin(self) -> str:
        return (self.origin or "http://localhost:8000").rstrip("/")

    @cached_property
    def step_up(self) -> timedelta | None:
        """How old the proof of who one is may be for a sensitive act; None when it is never asked for (the demo)."""
        usual = 5 if self.environment is Environment.PRODUCTION else 0
        minutes = usual if self.step_up_minutes is None else self.step_up_minutes
        return timedelta(minutes=minutes) if minutes else None

    @cached_property
    def confirmation(self) -> PaymentConfirmation:
        """How payments are confirmed. Raises UnsafeSettings where nobody is asked outside the demo."""
        production = self.environment is Environment.PRODUCTION
        found = self.payment_confirmation or (PaymentConfirmation.USUAL if production else PaymentConfirmation.OPTIONAL)
        if production and found is PaymentConfirmation.OPTIONAL:
            raise UnsafeSettings("AMPARO_PAYMENT_CONFIRMATION must be passkey or usual outside the demo.")
        return found

    @cached_property
    def request_factor(self) -> int:
        """Times the usual rate of requests, 0 for no limit: the demo and the tests are alone on their machine."""
        usual = 1 if self.environment is Environment.PRODUCTION else 0
        return usual if self.rate_factor is None else self.rate_factor

    @cached_property
    def logs_requests(self) -> bool:
        """Whether each request leaves a line in the log."""
        return self.environment is Environment.PRODUCTION if self.access_log is None else self.access_log

    @cached_property
    def metrics_token(self) -> str | None:
        """What opens ``/metrics`` from elsewhere. Raises UnsafeSettings when the file that should hold it does not."""
        if self.metrics_token_file is None:
            return None
        return _secret_in(self.metrics_token_file, "AMPARO_METRICS_TOKEN_FILE")

    @cached_property
    def strengths(self) -> dict[str, Strength]:
        """How strongly people must sign in: those with roles of the fund, and everybody else.

        Raises UnsafeSettings for words that are none, and for less than two factors of the fund's people in production.
        """
        production = self.environment is Environment.PRODUCTION
        found = {"fund": Strength.PASSKEY if production else Strength.PASSWORD, "partners": Strength.PASSWORD}
        for each in self.sign_in_strength.replace(",", " ").split():
            group, _, word = each.partition("=")
            if group not in found or word not in set(Strength):
                raise UnsafeSettings(
                    "AMPARO_SIGN_IN_STRENGTH takes fund= and partners= with password, two_factors or passkey, like"
                    " fund=passkey partners=two_factors."
                )
            found[group] = Strength(word)
        if production and found["fund"] is Strength.PASSWORD:
            raise UnsafeSettings("AMPARO_SIGN_IN_STRENGTH lets the fund's people in by a password alone. Leave it out.")
        return found

    @cached_property
    def secure_cookies(self) -> bool:
        return self.public_origin.startswith("https://")

    def check(self) -> None:
        """Raise UnsafeSettings when this configuration must not serve people."""
        if self.database_url is not None and self.database_url_file is not None:
            raise UnsafeSettings("Set AMPARO_DATABASE_URL or AMPARO_DATABASE_URL_FILE, not both.")
        url = make_url(self.database)
        if url.get_backend_name() not in ("sqlite", "postgresql"):
            raise UnsafeSettings("AMPARO_DATABASE_URL must name SQLite or PostgreSQL (postgresql+psycopg://…).")
        self.originator  # noqa: B018 - reading it says what is wrong with it
        self.checkpoints  # noqa: B018 - reading it says what is wrong with it
        if self.metrics_token is not None and len(self.metrics_token) < SHORTEST_TOKEN:
            raise UnsafeSettings(f"AMPARO_METRICS_TOKEN_FILE must hold {SHORTEST_TOKEN} characters or more, at random.")
        if self.environment is not Environment.PRODUCTION:
            return
        _ = self.strengths, self.confirmation  # reading them says what is wrong with them
        if self.step_up is None:
            raise UnsafeSettings("AMPARO_STEP_UP_MINUTES must be 1 or more outside the demo. Leave it out for 5.")
        if self.origin is None:
            raise UnsafeSettings("Set AMPARO_ORIGIN to the address people type, like https://amparo.example.org.")
        if urlsplit(self.origin).scheme != "https":
            raise UnsafeSettings("AMPARO_ORIGIN must begin with https:// outside the demo: sign-in needs TLS.")
        if self.keyring_file is None:
            raise UnsafeSettings(
                "Set AMPARO_KEYRING_FILE to a file apart from the data, then run `amparo init` to make it."
            )
        over_network = url.get_backend_name() == "postgresql" and bool(url.host) and not str(url.host).startswith("/")
        if over_network and (url.password or "") in WELL_KNOWN_PASSWORDS:
            raise UnsafeSettings(
                "AMPARO_DATABASE_URL has no password, or one that everybody knows. Give the database its own."
            )


def _secret_in(file: Path, setting: str) -> str:
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise UnsafeSettings(
            f"{setting} names {file}, which can not be read. Put what it asks for into that file."
        ) from None
    if not secret:
        raise UnsafeSettings(f"{setting} names {file}, which is empty. Put what it asks for there.")
    return secret
