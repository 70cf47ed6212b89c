"""From an entry of the keyring to the root that it names."""

from importlib.metadata import entry_points
from typing import Final

from app.crypto.refusals import KeysUnavailable
from app.crypto.roots.in_environment import InEnvironment
from app.crypto.roots.in_file import InFile
from app.crypto.roots.in_shares import InShares
from app.crypto.roots.root import Access, Entry, Place, Root
from app.crypto.roots.with_passphrase import WithPassphrase

_HERE: Final[dict[Place, type[Root]]] = {each.place: each for each in (InFile, WithPassphrase, InShares, InEnvironment)}
#: These need a library that only their users install. pyproject.toml names where each stands.
_EXTRAS: Final = {Place.PKCS11: "pkcs11", Place.AWS_KMS: "kms"}
_OURS: Final = "app.crypto.roots."


def place_of(place: Place) -> type[Root]:
    """The class of a place. Raises KeysUnavailable when its library is not installed."""
    if place in _HERE:
        return _HERE[place]
    for each in entry_points(group="amparo.roots", name=place.value):
        if each.value.startswith(_OURS):  # another package may not put itself in the way of the root key
            try:
                found: type[Root] = each.load()
            except ModuleNotFoundError:
                break
            return found
    extra = _EXTRAS[place]
    raise KeysUnavailable(
        f"The root key is in a place ({place.value}) whose library is not installed here. "
        f"Install Amparo with its extra `{extra}`; docs/operating/keys.md says how."
    )


def root_of(entry: Entry, access: Access) -> Root:
    """The root. Raises KeyError, TypeError or ValueError for an entry that is not whole; KeysUnavailable as above."""
    return place_of(entry.place)(entry, access)
