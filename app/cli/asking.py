"""Asking people at the terminal for what opens the keyring: a passphrase, or the words of shares."""

import sys
from getpass import getpass

import typer

from app.crypto import FileKeyring, KeysSealed, KeysUnavailable, Place, Question, Secret

_TRIES = 3


def tell(keyring: FileKeyring) -> None:
    """Ask until the keyring is open. Raises KeysSealed when nobody is there to answer, KeysUnavailable in the end."""
    for attempt in range(1, _TRIES + 1):
        try:
            keyring.unlock(secret_for(keyring))
        except KeysSealed:
            raise
        except KeysUnavailable as refused:
            if attempt == _TRIES or not sys.stdin.isatty():
                raise
            typer.echo(str(refused), err=True)
        else:
            return


def secret_for(keyring: FileKeyring) -> Secret:
    """What answers every question of a keyring. Raises KeysSealed when nobody answers."""
    passphrase: str | None = None
    shares: tuple[str, ...] = ()
    for question in keyring.questions():
        if question.place is Place.PASSPHRASE:
            passphrase = hidden("Passphrase of the keyring")
        else:
            shares = _shares(keyring, question)
    return Secret(passphrase, shares)


def _shares(keyring: FileKeyring, question: Question) -> tuple[str, ...]:
    typer.echo(
        f"{question.needed} of the {question.shares} shares are needed. Type the words of one, then Enter.", err=True
    )
    told: list[str] = []
    while len(told) < question.needed:
        words = line(f"Share {len(told) + 1} of {question.needed}: ")
        try:
            keyring.check_share(words, len(told) + 1)
        except KeysUnavailable as refused:
            if not sys.stdin.isatty():
                raise
            typer.echo(str(refused), err=True)
            continue
        told.append(words)
        clear()
    return tuple(told)


def hidden(what: str) -> str:
    """A line that is not shown while it is typed. Raises KeysSealed when nobody answers."""
    told = getpass(f"{what}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not told:
        raise KeysSealed
    return told


def line(what: str) -> str:
    """A line that is shown: nobody types 33 words blindly."""
    if sys.stdin.isatty():
        typer.echo(what, nl=False, err=True)
    told = sys.stdin.readline()
    if not told.strip():
        raise KeysSealed
    return told.strip()


def clear() -> None:
    """Take what was shown off the screen, and out of what can be scrolled back to."""
    if sys.stderr.isatty():
        typer.echo("\x1b[2J\x1b[3J\x1b[H", nl=False, err=True)
