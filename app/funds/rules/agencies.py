"""Which payees are agencies whose rules of payment are known."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.fees.rules import Agency
from app.funds.rules.money import PayeeKind

#: What people call them.
_CALLED: Final[Mapping[str, Agency]] = MappingProxyType({
    "uscis": Agency.USCIS,
    "u.s. citizenship and immigration services": Agency.USCIS,
    "us citizenship and immigration services": Agency.USCIS,
    "eoir": Agency.EOIR,
    "executive office for immigration review": Agency.EOIR,
})  # fmt: skip


def agency_named(kind: PayeeKind, name: str | None) -> Agency | None:
    """The agency that a payee is by its name; None for every other payee."""
    return _CALLED.get(" ".join((name or "").split()).lower()) if kind is PayeeKind.AGENCY else None
