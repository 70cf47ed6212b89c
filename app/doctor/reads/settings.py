"""What the environment says."""

import os
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.config import WELL_KNOWN_PASSWORDS, Environment, Settings
from app.doctor.rules.settings import SettingsFacts

_DEMANDS_TLS = frozenset({"require", "verify-ca", "verify-full"})


def facts(wanted: Settings) -> SettingsFacts:
    """The settings and the variables around them; of the password only whether everybody knows it."""
    url = _address(wanted)
    distant = over_network(wanted)
    origin = urlsplit(wanted.origin or "")
    production = wanted.environment is Environment.PRODUCTION
    known = {f"AMPARO_{name.upper()}" for name in Settings.model_fields}
    inline = wanted.database_url is not None and url is not None and bool(url.password)
    return SettingsFacts(
        production=production,
        origin=wanted.origin,
        origin_scheme=origin.scheme,
        origin_host=origin.hostname or "",
        origin_bare=_is_bare(origin),
        keyring_set=wanted.keyring_file is not None,
        unknown=tuple(sorted(name for name in os.environ if name.startswith("AMPARO_") and name not in known)),
        trusted_proxies=os.environ.get("FORWARDED_ALLOW_IPS", ""),
        backend="" if url is None else url.get_backend_name(),
        over_network=distant,
        weak_password=distant and url is not None and (url.password or "") in WELL_KNOWN_PASSWORDS,
        demands_tls=url is not None and url.query.get("sslmode") in _DEMANDS_TLS,
        threads=wanted.threads,
        pool_size=wanted.pool_size,
        secret_in_environment=production and inline,
    )


def over_network(wanted: Settings) -> bool:
    """Whether the database is reached by an address and not by a file or a socket of this machine."""
    url = _address(wanted)
    return (
        url is not None
        and url.get_backend_name() == "postgresql"
        and bool(url.host)
        and not str(url.host).startswith("/")
    )


def _address(wanted: Settings) -> URL | None:
    try:
        return make_url(wanted.database)
    except ArgumentError:
        return None


def _is_bare(origin: SplitResult) -> bool:
    more = origin.query or origin.fragment or origin.username or origin.path not in ("", "/")
    return bool(origin.scheme and origin.hostname) and not more
