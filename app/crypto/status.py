"""What `amparo keys status` tells: counts, numbers and ages; never a key."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select

from app.crypto import schema
from app.crypto.keyring import RootProvider
from app.crypto.keystore import Keystore
from app.crypto.purposes import Kind
from app.crypto.refusals import KeysUnavailable


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """The state of an installation's keys. Times are aware, UTC."""

    installation: UUID
    root_id: UUID
    roots: int  # more than one: a change of the root was broken off; `amparo keys rotate --root` finishes it
    epoch: int
    epoch_made_at: datetime
    epochs: int  # more than one: a change of the epoch was broken off; `amparo keys rotate` finishes it
    subjects: int
    subjects_waiting: int  # still under an older epoch
    subjects_renewing: int  # with two keys: `amparo keys rotate applicant --all-needing` finishes it
    index_version: int
    signing_key_id: UUID
    mac_version: int

    def lines(self) -> list[str]:
        """The same in words, for the person at the machine."""
        found = [
            f"Installation: {self.installation}",
            f"Epoch: {self.epoch}, begun {self.epoch_made_at:%Y-%m-%d %H:%M} UTC",
            f"People's and other keys: {self.subjects}",
            f"Key of the search: version {self.index_version}",
            f"Key of the digests: version {self.mac_version}",
            f"Signing key: {self.signing_key_id}",
        ]
        if self.epochs > 1:
            found.append(
                f"A change of the epoch is not finished: {self.subjects_waiting} keys wait. Run `amparo keys rotate`."
            )
        if self.subjects_renewing:
            found.append(
                f"{self.subjects_renewing} people have two keys, until what the old ones sealed is sealed anew. "
                "Run `amparo keys rotate applicant --all-needing`."
            )
        return found


def read_status(keystore: Keystore, provider: RootProvider) -> KeyStatus:
    """The state now. Raises KeysUnavailable in an empty keystore."""
    columns = schema.subject_key.c
    with keystore.reading() as connection:
        owner = keystore.owner(connection)
        epochs = keystore.epochs(connection)
        purposes = keystore.purposes(connection)
        if owner is None or not epochs:
            raise KeysUnavailable("The keystore is empty. Run `amparo init`.")
        current = epochs[-1].number
        made_at = connection.execute(
            select(schema.epoch.c.made_at).where(schema.epoch.c.number == current)
        ).scalar_one()
        subjects = connection.execute(select(func.count()).where(columns.retiring_since.is_(None))).scalar_one()
        waiting = connection.execute(select(func.count()).where(columns.epoch < current)).scalar_one()
        renewing = connection.execute(select(func.count()).where(columns.retiring_since.is_not(None))).scalar_one()
    newest = {purpose.kind: purpose for purpose in purposes}
    return KeyStatus(
        installation=owner[0],
        root_id=owner[1],
        roots=len(provider.roots()),
        epoch=current,
        epoch_made_at=datetime.fromtimestamp(made_at, UTC),
        epochs=len(epochs),
        subjects=subjects,
        subjects_waiting=waiting,
        subjects_renewing=renewing,
        index_version=newest[Kind.BLIND].version,
        signing_key_id=newest[Kind.SIGNING].id,
        mac_version=newest[Kind.MAC].version,
    )
