"""Challenges: asked of one browser for one purpose, answered once, within minutes."""

import hashlib
import secrets
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlmodel import col

from app.authenticators.model import Challenge
from app.authenticators.rules import CHALLENGE_LIFE, Purpose
from app.db import new_id
from app.work import Work


def of_session(session_id: UUID | None) -> bytes:
    """The holder of a challenge that only this session may answer; nobody, for somebody without one."""
    return hashlib.sha256(b"session\0" + (session_id.bytes if session_id else secrets.token_bytes(16))).digest()


def of_secret(secret: str) -> bytes:
    """The holder of a challenge that only who has this secret may answer: a browser's cookie, or an invitation."""
    return hashlib.sha256(b"secret\0" + secret.encode()).digest()


def ask(work: Work, purpose: Purpose, holder: bytes) -> bytes:
    """A new challenge of 256 random bits; those that nobody can answer any more are dropped on the way.

    A question is no event: it goes past the watch for changes that nobody recorded. Its answer is on record.
    """
    challenge = secrets.token_bytes(32)
    connection = work.session.connection()
    connection.execute(delete(Challenge).where(col(Challenge.ends_at) < work.now))
    connection.execute(
        insert(Challenge).values(
            id=new_id(),
            digest=hashlib.sha256(challenge).digest(),
            purpose=purpose,
            holder=holder,
            created_at=work.now,
            ends_at=work.now + CHALLENGE_LIFE,
        )
    )
    return challenge


def answered(work: Work, challenge: bytes, purpose: Purpose, holder: bytes) -> bool:
    """Take an answer: True once, for the purpose and the holder that it was asked for, while it stands."""
    taken = work.session.connection().execute(
        update(Challenge)
        .where(
            col(Challenge.digest) == hashlib.sha256(challenge).digest(),
            col(Challenge.purpose) == purpose,
            col(Challenge.holder) == holder,
            col(Challenge.ends_at) > work.now,
            col(Challenge.used_at).is_(None),
        )
        .values(used_at=work.now)
    )
    return bool(taken.rowcount == 1)
