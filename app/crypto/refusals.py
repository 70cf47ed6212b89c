"""How this room says no. No message contains a value, a key, or the reason why something did not open."""


class Unopenable(Exception):
    """A sealed value does not open.

    Moved, altered, cut, sealed under a key that is gone: the message is always the same, because the difference would
    help only somebody who is trying.
    """

    def __init__(self) -> None:
        super().__init__("A sealed value does not open.")


class KeyExhausted(Exception):
    """A subject's key has sealed as many values as it safely may (2**30)."""

    def __init__(self) -> None:
        super().__init__("This subject's key has sealed its full share. The subject needs a new key.")


class KeysUnavailable(Exception):
    """The keys can not be used as they are; the message is a sentence for the operator and says what to do."""


class KeysSealed(KeysUnavailable):
    """The root key is nowhere on this machine until somebody tells what opens it."""

    def __init__(self) -> None:
        super().__init__("This installation is sealed. Run `amparo keys unseal` to open it.")


class UnknownSubject(Exception):
    """The keystore has no key for this subject, or one that does not open."""

    def __init__(self) -> None:
        super().__init__("The keystore has no key for this subject.")
