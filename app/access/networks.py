"""Which network an address belongs to: what is counted by where it comes from is counted by that."""

from ipaddress import ip_address, ip_network


def network_of(address: str) -> str:
    """The network that an address is counted by: one household or office has 2^64 of the newer kind."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network((found, 64 if found.version == 6 else 32), strict=False))
