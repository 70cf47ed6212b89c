"""A repeated request gets the first answer: the claim of a key is committed with the work it stands for."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import LargeBinary, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, col

from app.crypto import MacPurpose
from app.db import Table, UtcTime, new_id
from app.errors import Invalid, Problem
from app.work import Work


class IdempotencyClaim(Table, table=True):
    """Who used which key for what, as digests; the answer itself is read again, so nothing sensitive is stored."""

    __tablename__ = "idempotency_claim"
    __table_args__ = (UniqueConstraint("actor_id", "digest"),)

    id: UUID = Field(primary_key=True)
    actor_id: UUID
    digest: bytes = Field(sa_type=LargeBinary)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    result_id: UUID
    created_at: datetime = Field(sa_type=UtcTime)


#: A claim that gives no row when one like it stands: both engines wait for one that is not committed yet.
_CLAIM: Final = {
    dialect: insert(IdempotencyClaim)
    .on_conflict_do_nothing(index_elements=["actor_id", "digest"])
    .returning(col(IdempotencyClaim.id))
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def once(work: Work, form: BaseModel | None, do: Callable[[UUID], None], *, result_id: UUID | None = None) -> UUID:
    """Run ``do`` unless this actor ran it before under the same key, and give the id of the record it is about.

    ``do`` is handed that id: ``result_id``, or a new one for a record to be made. Without a key it simply runs. A
    second request that comes while the first is under way waits on the unique index and then gets the first's id.

    Raises Invalid when the key was used with another body.
    """
    target = result_id or new_id()
    if work.key is None:
        do(target)
        return target
    digest = work.vault.mac(MacPurpose.IDEMPOTENCY, f"key\0{work.route}\0{result_id or ''}\0{work.key}".encode())
    fingerprint = work.vault.mac(MacPurpose.IDEMPOTENCY, b"body\0" + _canonical(form))
    if not _claim(work, digest, fingerprint, target):
        return _earlier(work, digest, fingerprint)
    do(target)
    return target


def _claim(work: Work, digest: bytes, fingerprint: bytes, target: UUID) -> bool:
    row = {
        "id": new_id(),
        "actor_id": work.actor.id,
        "digest": digest,
        "fingerprint": fingerprint,
        "result_id": target,
        "created_at": work.now,
    }
    connection = work.session.connection()
    return connection.execute(_CLAIM[connection.dialect.name], row).first() is not None


def _earlier(work: Work, digest: bytes, fingerprint: bytes) -> UUID:
    claim = work.session.execute(
        select(col(IdempotencyClaim.fingerprint), col(IdempotencyClaim.result_id)).where(
            col(IdempotencyClaim.actor_id) == work.actor.id, col(IdempotencyClaim.digest) == digest
        )
    ).one()
    if claim.fingerprint != fingerprint:
        raise Invalid(
            Problem("", "idempotency.reused", "This Idempotency-Key was used for another request. Send a new key.")
        )
    work.replayed = True
    earlier: UUID = claim.result_id
    return earlier


def _canonical(form: BaseModel | None) -> bytes:
    if form is None:
        return b""
    return json.dumps(form.model_dump(mode="json"), sort_keys=True, separators=(",", ":")).encode()
