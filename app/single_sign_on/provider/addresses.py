"""Which addresses may be asked at all. A provider's own words name more of them, and are not trusted with it."""

import ipaddress
from urllib.parse import urlsplit

LONGEST = 500


def is_fit(address: object, *, loopback: bool) -> bool:
    """An address over TLS with a host's name and nothing hidden in it; ``loopback`` (demo and tests) also takes this
    machine itself without TLS.

    A host given by number is refused: names are checked by their certificate, numbers lead to machines inside.
    """
    if not isinstance(address, str) or len(address) > LONGEST or not address.isascii() or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or " " in address or "\\" in address or parts.username is not None or parts.fragment or port == 0:
        return False
    if loopback and parts.scheme == "http":
        return host in ("127.0.0.1", "localhost")
    return parts.scheme == "https" and not _is_number(host) and host != "localhost"


def is_issuer(address: object, *, loopback: bool) -> bool:
    """An issuer is an address without a question (OpenID Connect Discovery 1.0, section 3)."""
    return is_fit(address, loopback=loopback) and isinstance(address, str) and not urlsplit(address).query


def is_of(address: str, issuer: str, *, loopback: bool) -> bool:
    """Whether an address that a provider of this issuer names may be asked: without TLS only the issuer's own host."""
    if not is_fit(address, loopback=loopback):
        return False
    named, own = urlsplit(address), urlsplit(issuer)
    return named.scheme == "https" or (own.scheme == "http" and named.netloc == own.netloc)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # The short forms that the system's resolver takes for addresses as well: 127.1, 0x7f000001, 2130706433.
        return host.replace(".", "").isdigit() or host.startswith("0x")
    return True
