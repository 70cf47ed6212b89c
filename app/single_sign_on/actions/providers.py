"""Entering identity providers, changing them, taking them out of use."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import and_, or_, select, update
from sqlmodel import col

from app.access.grants import Permission
from app.audit.actions import record
from app.crypto import Cell, Group
from app.errors import Invalid, NotFound, Problem
from app.once import once
from app.partners.model import Partner
from app.single_sign_on.model import IdentityProvider
from app.single_sign_on.provider.addresses import is_issuer
from app.single_sign_on.provider.exchange import can_be_asked
from app.single_sign_on.reads.identities import standing_on
from app.single_sign_on.reads.providers import provider, ready, subject_of
from app.single_sign_on.rules import USUAL_ALGORITHMS, Provider, SecondFactor, Unreachable, Unsound
from app.staff.actions.federated import end_these
from app.work import Work

#: RFC 6749 takes visible ASCII for a client's id and secret.
Visible = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[!-~]+$")]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[!-~]+$")]
Words = Annotated[list[Word], Field(max_length=20)]
Named = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Domain = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=253, pattern=r"^[a-z0-9.-]+$")
]
Minutes = Annotated[int, Field(ge=1, le=43_200, strict=True)]
Algorithm = Literal["RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "PS384", "PS512", "ES384", "ES512"]
Algorithms = Annotated[list[Algorithm], Field(min_length=1, max_length=10)]

#: A provider that says nothing of a second factor gets nobody in, unless Amparo asks for its own.
USUAL_AMR: Final = ["mfa"]
#: Minutes since somebody last showed who they are at the provider: as long as a session lasts here.
USUAL_AGE: Final = 720


class NewProvider(BaseModel):
    """An identity provider. Its issuer and client id stay as they are entered: with others it is another one."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Named
    issuer: Visible
    client_id: Visible
    client_secret: Visible | None = None
    partner_id: UUID | None = None
    second_factor: SecondFactor = SecondFactor.PROVIDER
    accepted_acr: Words = Field(default_factory=list)
    accepted_amr: Words = Field(default_factory=lambda: list(USUAL_AMR))
    max_age_minutes: Minutes | None = USUAL_AGE
    hosted_domain: Domain | None = None
    algorithms: Algorithms = Field(default_factory=lambda: list(USUAL_ALGORITHMS))  # type: ignore[arg-type]  # each is one of them
    assume_pkce: bool = False
    signs_out_there: bool = True


class ChangedProvider(BaseModel):
    """What is given changes, what is left out stays. ``active`` false takes it out of use and ends its sessions."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Named | None = None
    client_secret: Visible | None = None
    second_factor: SecondFactor | None = None
    accepted_acr: Words | None = None
    accepted_amr: Words | None = None
    max_age_minutes: Minutes | None = None
    hosted_domain: Domain | None = None
    algorithms: Algorithms | None = None
    assume_pkce: bool | None = None
    signs_out_there: bool | None = None
    active: bool | None = None


def add(work: Work, form: NewProvider, *, loopback: bool) -> UUID:
    """Enter a provider and give its id. Raises Invalid for an unfit issuer, and for one that is entered already.

    ``loopback`` (demo and tests) lets an issuer be on this very machine, without TLS.
    """
    work.allow(Permission.IDENTITY_PROVIDER_MANAGE)

    def do(provider_id: UUID) -> None:
        _check(work, form, loopback=loopback)
        subject_id = work.vault.new_subject()
        fields = _columns(form.model_dump(exclude={"client_secret"}))
        work.insert(
            IdentityProvider,
            id=provider_id,
            subject_id=subject_id,
            client_secret_sealed=_sealed(work, provider_id, subject_id, form.client_secret),
            active=True,
            made_by=work.actor.id,
            created_at=work.now,
            version=1,
            **fields,
        )
        record(
            work,
            "identity_provider.added",
            object_type="identity_provider",
            object_id=provider_id,
            details={"second_factor": form.second_factor},
        )

    return once(work, form, do)


def change(work: Work, provider_id: UUID, form: ChangedProvider) -> None:
    """Change a provider. Raises NotFound, Stale, and Invalid for a name that another one has."""
    work.allow(Permission.IDENTITY_PROVIDER_MANAGE)
    before = provider(work, provider_id)
    work.expect(before.version)
    given = form.model_dump(exclude_unset=True)
    changed = {name: value for name, value in given.items() if value is not None or name in _MAY_BE_EMPTY}
    if "name" in changed and _taken(work, col(IdentityProvider.name) == changed["name"], provider_id):
        raise Invalid(_NAME_TAKEN)
    secret = changed.pop("client_secret", None)
    values = _columns(changed)
    if "client_secret" in given:
        values["client_secret_sealed"] = _sealed(work, provider_id, subject_of(work, provider_id), secret)
    work.session.execute(
        update(IdentityProvider)
        .where(col(IdentityProvider.id) == provider_id)
        .values(version=before.version + 1, **values)
    )
    if changed.get("active") is False:
        end_these(work, standing_on(work, provider_id))
    record(
        work,
        "identity_provider.changed",
        object_type="identity_provider",
        object_id=provider_id,
        details={"fields": sorted(given)},
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a provider can be signed in with now; otherwise why not, as a code."""

    fine: bool
    reason: str | None
    signs_out_there: bool


def to_check(work: Work, provider_id: UUID) -> Provider:
    """A provider to be asked, in use or not yet. Raises NotFound."""
    work.allow(Permission.IDENTITY_PROVIDER_MANAGE)
    return ready(work, provider_id, inactive=True)


def check(provider: Provider, *, loopback: bool) -> Checked:
    """Ask the provider for its addresses and keys. Outside every transaction."""
    try:
        ends = can_be_asked(provider, loopback=loopback)
    except Unsound as refused:
        return Checked(False, refused.reason, False)
    except Unreachable:
        return Checked(False, "unreachable", False)
    return Checked(True, None, ends)


def by_name(work: Work, name: str) -> UUID:
    """A provider's id by its name, for the command line. Raises NotFound."""
    work.allow(Permission.IDENTITY_PROVIDER_MANAGE)
    found = work.session.execute(select(col(IdentityProvider.id)).where(col(IdentityProvider.name) == name)).scalar()
    if found is None:
        raise NotFound
    return UUID(str(found))


_MAY_BE_EMPTY: Final = frozenset({"max_age_minutes", "hosted_domain"})
_NAME_TAKEN: Final = Problem("/name", "name.taken", "Another provider has this name. Enter a different one.")


def _check(work: Work, form: NewProvider, *, loopback: bool) -> None:
    problems = []
    if not is_issuer(form.issuer, loopback=loopback):
        problems.append(
            Problem("/issuer", "issuer.unfit", "Enter the issuer as the provider shows it, beginning with https://.")
        )
    if _taken(work, col(IdentityProvider.name) == form.name):
        problems.append(_NAME_TAKEN)
    same = and_(col(IdentityProvider.issuer) == form.issuer, col(IdentityProvider.client_id) == form.client_id)
    if _taken(work, same):
        problems.append(Problem("/client_id", "client_id.taken", "This provider is entered already."))
    if form.partner_id is not None:
        known = work.session.execute(select(col(Partner.id)).where(col(Partner.id) == form.partner_id)).first()
        if known is None:
            problems.append(Problem("/partner_id", "partner_id.unknown", "There is no such partner. Choose one."))
    if problems:
        raise Invalid(*problems)


def _taken(work: Work, condition: Any, other_than: UUID | None = None) -> bool:
    found = work.session.execute(
        select(col(IdentityProvider.id)).where(or_(condition), col(IdentityProvider.id).is_distinct_from(other_than))
    )
    return found.first() is not None


def _columns(fields: dict[str, Any]) -> dict[str, Any]:
    """The form's fields as they stand in the table: lists of words with spaces between."""
    return {name: " ".join(value) if isinstance(value, list) else value for name, value in fields.items()}


def _sealed(work: Work, provider_id: UUID, subject_id: UUID, secret: str | None) -> bytes | None:
    if secret is None:
        return None
    cell = Cell("identity_provider", "client_secret_sealed", provider_id, subject_id)
    return work.vault.seal(cell, Group.STAFF, secret)
