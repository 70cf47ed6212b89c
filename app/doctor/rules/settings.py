"""The settings: what is missing, misspelled or open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.doctor.rules.findings import Finding, problem, warning

#: Names of this machine itself: pages on them are seen by nobody else.
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class SettingsFacts:
    """What the environment says. The database's password is judged where it is read, and never comes here."""

    production: bool
    origin: str | None
    origin_scheme: str
    origin_host: str
    origin_bare: bool  # scheme, host and port, and nothing else
    keyring_set: bool
    unknown: tuple[str, ...]  # variables that begin with AMPARO_ and that nothing reads
    trusted_proxies: str
    backend: str
    over_network: bool
    weak_password: bool
    demands_tls: bool
    threads: int
    pool_size: int
    secret_in_environment: bool


def judge_settings(facts: SettingsFacts) -> Iterator[Finding]:
    """Every finding about the settings."""
    yield from _address(facts)
    yield from _names(facts)
    yield from _database(facts)
    if facts.threads > 8 * facts.pool_size:
        yield warning(
            "threads.many",
            f"{facts.threads} threads share {facts.pool_size} connections of the database.",
            "Requests would wait for a connection until they are refused.",
            f"Set AMPARO_THREADS to at most {8 * facts.pool_size}, or raise AMPARO_POOL_SIZE.",
        )


def _address(facts: SettingsFacts) -> Iterator[Finding]:
    if facts.origin is None:
        if facts.production:
            yield problem(
                "origin.missing",
                "AMPARO_ORIGIN is not set.",
                "Without it no link and no cookie is right, and the service does not start.",
                "Set AMPARO_ORIGIN to the address that people type, like https://amparo.example.org.",
            )
        return
    if facts.production and facts.origin_scheme != "https":
        yield problem(
            "origin.plain",
            f"AMPARO_ORIGIN is {facts.origin}, which is not https.",
            "Passwords and names would travel for everybody on the way to read; the service does not start.",
            "Put a TLS proxy in front and set AMPARO_ORIGIN to its https:// address.",
        )
    if not facts.origin_bare:
        yield problem(
            "origin.not_one",
            "AMPARO_ORIGIN is more or less than scheme, host and port.",
            "Browsers send only these three; every change that somebody saves would be refused.",
            "Set AMPARO_ORIGIN to the bare address, like https://amparo.example.org.",
        )
    if not facts.production and facts.origin_host not in _LOCAL:
        yield problem(
            "environment.open",
            "AMPARO_ENVIRONMENT is not production, and AMPARO_ORIGIN is not this machine.",
            "Outside production nothing insists on TLS, on a keyring apart, or on a password of the database.",
            "Unset AMPARO_ENVIRONMENT, and mend what is named then.",
        )


def _names(facts: SettingsFacts) -> Iterator[Finding]:
    for name in facts.unknown:
        yield problem(
            "settings.unknown",
            f"{name} is set, and nothing reads a variable of this name.",
            "It is probably misspelled, and what it should have set has its default.",
            f"Compare {name} with the list of settings, then rename or unset it.",
        )
    if facts.production and not facts.keyring_set:
        yield problem(
            "keyring.unset",
            "AMPARO_KEYRING_FILE is not set.",
            "The root key would lie beside the data: whoever takes the one takes the other.",
            "Set AMPARO_KEYRING_FILE to a file outside the data folder, and move keyring.json there.",
        )
    if "*" in facts.trusted_proxies:
        yield problem(
            "proxy.anybody",
            "FORWARDED_ALLOW_IPS trusts everybody.",
            "Anybody who reaches the port can say that they come from another address, and over TLS.",
            "Set FORWARDED_ALLOW_IPS to the address of your TLS proxy alone.",
        )


def _database(facts: SettingsFacts) -> Iterator[Finding]:
    if facts.backend not in ("sqlite", "postgresql"):
        yield problem(
            "database.kind",
            "The address of the database names neither SQLite nor PostgreSQL.",
            "The service does not start.",
            "Set AMPARO_DATABASE_URL to postgresql+psycopg://user:password@host/database, or unset it for SQLite.",
        )
    if facts.weak_password:
        yield problem(
            "database.password",
            "The database has no password, or one that stands in every tutorial.",
            "Whoever reaches its port can read who works with whom, delete, and stop the service.",
            "Give the database's user a long random password and put it into AMPARO_DATABASE_URL_FILE.",
        )
    if facts.over_network and not facts.demands_tls:
        yield warning(
            "database.plain",
            "The connection to the database does not insist on TLS.",
            "Whoever listens between the two machines reads references, amounts and the password's exchange.",
            "Add ?sslmode=verify-full (or at least ?sslmode=require) to the address of the database.",
        )
    if facts.secret_in_environment:
        yield warning(
            "database.secret_shown",
            "The password of the database stands in an environment variable.",
            "Everybody who may look at this service's processes, containers or crash reports can read it.",
            "Put the address into a file of mode 0600 and set AMPARO_DATABASE_URL_FILE to it instead.",
        )
