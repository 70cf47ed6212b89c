"""The vault: the only room that imports `cryptography`. What the others may use stands here."""

from app.crypto.blind import BLIND_BYTES, MAC_BYTES
from app.crypto.groups import Cell, Group, IndexKind, MacPurpose
from app.crypto.keyring import FileKeyring, NewRoot, RootProvider, init_keyring, telling
from app.crypto.keystore import keystore_engine
from app.crypto.process import harden_process
from app.crypto.refusals import KeyExhausted, KeysSealed, KeysUnavailable, UnknownSubject, Unopenable
from app.crypto.renewal import SETTLED, Retiring
from app.crypto.roots.in_shares import split
from app.crypto.roots.root import Access, Place, Question, Secret
from app.crypto.rows import STAMP_BYTES, RowShape
from app.crypto.schema import migrate_keystore
from app.crypto.status import KeyStatus
from app.crypto.vault import Vault, init_keystore

__all__ = [
    "BLIND_BYTES",
    "MAC_BYTES",
    "SETTLED",
    "STAMP_BYTES",
    "Access",
    "Cell",
    "FileKeyring",
    "Group",
    "IndexKind",
    "KeyExhausted",
    "KeyStatus",
    "KeysSealed",
    "KeysUnavailable",
    "MacPurpose",
    "NewRoot",
    "Place",
    "Question",
    "Retiring",
    "RootProvider",
    "RowShape",
    "Secret",
    "UnknownSubject",
    "Unopenable",
    "Vault",
    "harden_process",
    "init_keyring",
    "init_keystore",
    "keystore_engine",
    "migrate_keystore",
    "split",
    "telling",
]
