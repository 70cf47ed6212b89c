"""Looking after the keys: what there is of them, and new ones in the place of old ones. See rotation.py."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.crypto import renewal, rotation
from app.crypto.derivation import HoldsKeys
from app.crypto.epochs import Epochs
from app.crypto.keyring import NewRoot, RootProvider
from app.crypto.keystore import Keystore
from app.crypto.purposes import Purposes
from app.crypto.status import KeyStatus, read_status
from app.crypto.subjects import Subjects


class Upkeep(HoldsKeys):
    """The part of the vault that changes keys. Every change can be broken off anywhere and is simply begun again."""

    _keystore: Keystore
    _provider: RootProvider
    _epochs: Epochs
    _subjects: Subjects
    _purposes: Purposes

    def status(self) -> KeyStatus:
        """What there is of keys, without any key."""
        return read_status(self._keystore, self._provider)

    def rotate_epoch(self, progress: rotation.Progress | None = None) -> int:
        """Begin a new epoch (or finish one begun), rewrap every subject's key, destroy the old. See rotation.py."""
        return rotation.rotate_epoch(self._keystore, self._provider, progress=progress)

    def begin_index_key(self) -> int:
        """Make the next key of the blind indexes beside the present one, or go on with one begun; gives its version.

        Whoever keeps indexes makes them anew with it, and then calls ``end_index_keys``.
        """
        version = rotation.begin_index_key(self._keystore, self._provider)
        self._purposes = Purposes.load(self._keystore, self._provider)
        return version

    def end_index_keys(self, before: int) -> None:
        """Destroy the keys of the blind indexes below this version: what was made with them says nothing any more."""
        rotation.end_index_keys(self._keystore, before)
        self._purposes = Purposes.load(self._keystore, self._provider)

    def begin_renewal(self, subject_ids: Sequence[UUID]) -> list[renewal.Retiring]:
        """Give these subjects new keys; the old ones, which this gives, open until ``end_renewal``. See renewal.py."""
        begun = renewal.begin(self._keystore, self._epochs, self._provider.installation, subject_ids)
        for subject_id in subject_ids:
            self._subjects.forget(subject_id)
        return begun

    def end_renewal(self, done: Sequence[renewal.Retiring]) -> int:
        """Delete retiring keys, once nothing is sealed with them any more; gives how many there were."""
        removed = renewal.end(self._keystore, [each.key_id for each in done])
        for each in done:
            self._subjects.forget(each.subject_id)
        return removed

    def mark_compromised(self, subject_id: UUID) -> None:
        """Keep that somebody else may have this subject's key, so that it is renewed. Raises UnknownSubject."""
        renewal.mark(self._keystore, subject_id)

    def needing_renewal(self, made_before: datetime | None) -> list[UUID]:
        """The subjects whose key is marked, older than this moment, or not renewed to the end."""
        return renewal.needing(self._keystore, made_before)

    @property
    def deletion_delay(self) -> timedelta:
        """How long a root key that is given up still exists where it is; 0 where this program destroys it itself."""
        return self._provider.deletion_delay

    def rotate_root(self, wanted: NewRoot | None = None) -> UUID:
        """Put a new root key into the keyring and rewrap what the old one wrapped. Back up the keyring again."""
        return rotation.rotate_root(self._keystore, self._provider, wanted)

    def rotate_macs(self) -> int:
        """Make digests with a new key from now on; the old ones stay for checking. Gives the new version."""
        version = rotation.rotate_macs(self._keystore, self._provider)
        self._purposes = Purposes.load(self._keystore, self._provider)
        return version

    def rotate_signing(self) -> UUID:
        """Sign with a new key from now on; the old one stays for checking. Other processes follow when restarted."""
        key_id = rotation.rotate_signing(self._keystore, self._provider)
        self._purposes = Purposes.load(self._keystore, self._provider)
        return key_id
