"""Identity providers: as administrators see them, and ready to be spoken with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlmodel import col

from app.access.grants import Permission
from app.crypto import Cell, Group
from app.errors import NotFound
from app.partners.model import Partner
from app.single_sign_on.model import IdentityProvider
from app.single_sign_on.rules import Provider, SecondFactor, words_in
from app.single_sign_on.scope import for_people_of, visible
from app.work import Work


@dataclass(frozen=True, slots=True)
class PartnerName:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ProviderView:
    """A provider as administrators see it; its secret is never shown again."""

    id: UUID
    name: str
    partner: PartnerName | None
    issuer: str
    client_id: str
    has_secret: bool
    algorithms: list[str]
    second_factor: SecondFactor
    accepted_acr: list[str]
    accepted_amr: list[str]
    max_age_minutes: int | None
    hosted_domain: str | None
    assume_pkce: bool
    signs_out_there: bool
    active: bool
    made_by: UUID
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class ProviderList:
    items: list[ProviderView]
    next: str | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider that one may sign in with."""

    id: UUID
    name: str


def _columns() -> Select[*tuple[Any, ...]]:
    return select(
        *IdentityProvider.__table__.columns,  # type: ignore[attr-defined]  # SQLModel adds it to every table class
        col(Partner.name).label("partner_name"),
    ).join(Partner, col(Partner.id) == col(IdentityProvider.partner_id), isouter=True)


def providers(work: Work) -> ProviderList:
    """All providers that the actor may see, by name. There are as many as organizations: one page."""
    reach = work.allow(Permission.IDENTITY_PROVIDER_READ)
    rows = work.session.execute(_columns().where(visible(work.actor, reach)).order_by(col(IdentityProvider.name)))
    return ProviderList([_view(row) for row in rows], None)


def provider(work: Work, provider_id: UUID) -> ProviderView:
    """One provider. Raises NotFound when it is absent or out of the actor's scope."""
    reach = work.allow(Permission.IDENTITY_PROVIDER_READ)
    row = work.session.execute(
        _columns().where(col(IdentityProvider.id) == provider_id, visible(work.actor, reach))
    ).one_or_none()
    if row is None:
        raise NotFound
    return _view(row)


def version(work: Work, provider_id: UUID) -> int:
    """The version that a change is held against. Raises NotFound."""
    return provider(work, provider_id).version


def provider_exists(work: Work, provider_id: UUID) -> None:
    """Raise NotFound unless the actor may see this provider."""
    provider(work, provider_id)


def linkable(work: Work) -> list[Offer]:
    """The providers whose account the actor may tie to their own."""
    work.allow(Permission.ACCOUNT_SIGN_IN)
    rows = work.session.execute(
        select(col(IdentityProvider.id), col(IdentityProvider.name))
        .where(for_people_of(work.actor))
        .order_by(col(IdentityProvider.name))
    )
    return [Offer(row.id, row.name) for row in rows]


def organizations(work: Work) -> list[PartnerName]:
    """The organizations that a provider can be entered for."""
    work.allow(Permission.IDENTITY_PROVIDER_MANAGE)
    rows = work.session.execute(select(col(Partner.id), col(Partner.name)).order_by(col(Partner.name)))
    return [PartnerName(row.id, row.name) for row in rows]


def known(work: Work, provider_id: UUID) -> None:
    """Raise NotFound unless there is such a provider and it is in use; for whoever is not signed in."""
    ready(work, provider_id)


def ready(work: Work, provider_id: UUID, *, inactive: bool = False) -> Provider:
    """A provider ready to be spoken with, its secret opened. Raises NotFound when it is absent, or not in use."""
    table = IdentityProvider.__table__  # type: ignore[attr-defined]  # as above
    row = work.session.execute(select(*table.columns).where(table.c.id == provider_id)).one_or_none()
    if row is None or not (row.active or inactive):
        raise NotFound
    secret = None
    if row.client_secret_sealed is not None:
        cell = Cell("identity_provider", "client_secret_sealed", row.id, row.subject_id)
        secret = str(work.vault.open(cell, Group.STAFF, row.client_secret_sealed))
    return Provider(
        id=row.id,
        partner_id=row.partner_id,
        name=row.name,
        issuer=row.issuer,
        client_id=row.client_id,
        client_secret=secret,
        algorithms=words_in(row.algorithms),
        second_factor=row.second_factor,
        accepted_acr=frozenset(words_in(row.accepted_acr)),
        accepted_amr=frozenset(words_in(row.accepted_amr)),
        max_age=timedelta(minutes=row.max_age_minutes) if row.max_age_minutes is not None else None,
        hosted_domain=row.hosted_domain,
        assume_pkce=row.assume_pkce,
        signs_out_there=row.signs_out_there,
    )


def subject_of(work: Work, provider_id: UUID) -> UUID:
    """The key's name under which this provider's secrets are sealed."""
    found: UUID = work.session.execute(
        select(col(IdentityProvider.subject_id)).where(col(IdentityProvider.id) == provider_id)
    ).scalar_one()
    return found


def _view(row: Row[Any]) -> ProviderView:
    return ProviderView(
        id=row.id,
        name=row.name,
        partner=PartnerName(row.partner_id, row.partner_name) if row.partner_id else None,
        issuer=row.issuer,
        client_id=row.client_id,
        has_secret=row.client_secret_sealed is not None,
        algorithms=list(words_in(row.algorithms)),
        second_factor=row.second_factor,
        accepted_acr=list(words_in(row.accepted_acr)),
        accepted_amr=list(words_in(row.accepted_amr)),
        max_age_minutes=row.max_age_minutes,
        hosted_domain=row.hosted_domain,
        assume_pkce=row.assume_pkce,
        signs_out_there=row.signs_out_there,
        active=row.active,
        made_by=row.made_by,
        created_at=row.created_at,
        version=row.version,
    )
