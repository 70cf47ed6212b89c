"""What every command begins with: the installation that the settings name, opened and closed again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from app.config import Settings
from app.crypto import FileKeyring, Place
from app.installation import access_of
from app.main import open_services
from app.web.services import Services


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Services]:
    """The services over these settings, else over those of the environment."""
    services = open_services(settings or Settings())
    try:
        yield services
    finally:
        services.database.engine.dispose()
        services.vault.close()


def waits_for_shares(settings: Settings) -> bool:
    """Whether people must bring shares together to open the keyring: they do so while the server already runs."""
    keyring = FileKeyring(settings.keyring, access_of(settings))
    return any(question.place is Place.SHARES for question in keyring.questions())


def stop(sentence: str) -> NoReturn:
    """Say what is wrong, and end as a failure."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
