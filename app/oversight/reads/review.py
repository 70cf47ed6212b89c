"""Who has access, and what a reviewer should look at: unused accounts, old invitations, access beside the role."""

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.access.grants import Permission, Role
from app.access.model import Account, AccountRole, AccountStatus, PasswordLink, SignInSession, Tie, Token
from app.audit.actions import record
from app.oversight.model import AccessReview
from app.oversight.reads.cells import inert
from app.oversight.rules import is_dormant, is_stale, quarter_of
from app.partners.model import Partner
from app.work import Work


@dataclass(frozen=True, slots=True)
class Access:
    """One person: what they hold, and what a reviewer should ask about.

    ``helps`` counts cases that somebody let them open for some hours, ``tokens`` bearer tokens that are good now.
    """

    id: UUID
    name: str
    email: str
    roles: list[Role]
    partner: str | None
    status: AccountStatus
    seen_at: datetime | None
    dormant: bool
    stale_invitation: bool
    helps: int
    tokens: int

    @property
    def asks(self) -> bool:
        """True when a reviewer should look at this person."""
        return self.dormant or self.stale_invitation or self.helps > 0 or self.tokens > 0 or not self.roles


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review that somebody confirmed."""

    id: UUID
    reviewed_at: datetime
    reviewed_by: str
    quarter: str
    people: int
    dormant: int
    beyond: int
    invitations: int
    digest: str


@dataclass(frozen=True, slots=True)
class AccessList:
    """Everybody who can come in or could; ``digest`` stands for the list, so that what was seen can be confirmed."""

    items: list[Access]
    next: str | None
    dormant: int
    beyond: int
    invitations: int
    digest: str
    quarter: str
    reviews: list[Reviewed]


def access_list(work: Work) -> AccessList:
    """Everybody's access as it stands, by name, and the last reviews. Its callers put the looking on record."""
    work.allow(Permission.ACCESS_REVIEW)
    items = [_access(work, row) for row in _rows(work)]
    lines = [
        [str(each.id), sorted(each.roles), each.partner, each.status.value, each.helps, each.tokens] for each in items
    ]
    return AccessList(
        items=items,
        next=None,
        dormant=sum(each.dormant for each in items),
        beyond=sum(each.helps > 0 for each in items),
        invitations=sum(each.stale_invitation for each in items),
        digest=hashlib.sha256(json.dumps(lines).encode()).hexdigest(),
        quarter=quarter_of(work.now.date()),
        reviews=_reviews(work),
    )


def access_review(work: Work) -> AccessList:
    """The same for somebody who looks at it; that they looked is on record."""
    listed = access_list(work)
    record(work, "access.review_read", object_type="access_review", count=len(listed.items))
    return listed


def access_as_csv(work: Work) -> bytes:
    """The same as a file; taking it is on record."""
    listed = access_list(work)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(
        ("id", "name", "email", "roles", "organization", "status", "last_seen", "dormant", "old_invitation",
         "temporary_help", "tokens")
    )  # fmt: skip
    for each in listed.items:
        seen = each.seen_at.astimezone(UTC).isoformat() if each.seen_at else ""
        flags = ("yes" if each.dormant else "no", "yes" if each.stale_invitation else "no", each.helps, each.tokens)
        known = (each.id, each.name, each.email, " ".join(each.roles), each.partner or "", each.status.value, seen)
        writer.writerow([inert(value) for value in (*known, *flags)])
    writer.writerow(("digest", listed.digest))
    details: dict[str, str | int | list[str] | None] = {"digest": listed.digest}
    record(work, "access.review_exported", object_type="access_review", count=len(listed.items), details=details)
    return text.getvalue().encode("utf-8-sig")


def _rows(work: Work) -> Sequence[Any]:
    own = col(Account.id)
    seen = select(func.max(col(SignInSession.seen_at))).where(col(SignInSession.account_id) == own)
    linked = select(func.max(col(PasswordLink.created_at))).where(
        col(PasswordLink.account_id) == own, col(PasswordLink.used_at).is_(None)
    )
    helping = select(func.count(func.distinct(col(Tie.help_id)))).where(
        col(Tie.account_id) == own, col(Tie.until_at).is_(None), col(Tie.ends_at) > work.now
    )
    tokens = select(func.count()).where(
        col(Token.account_id) == own, col(Token.ended_at).is_(None), col(Token.ends_at) > work.now
    )
    roles: dict[UUID, list[Role]] = {}
    for row in work.session.execute(select(col(AccountRole.account_id), col(AccountRole.role))):
        roles.setdefault(row.account_id, []).append(row.role)
    rows = work.session.execute(
        select(
            own,
            col(Account.name),
            col(Account.email),
            col(Account.status),
            col(Account.created_at),
            col(Partner.name).label("partner"),
            seen.scalar_subquery().label("seen_at"),
            linked.scalar_subquery().label("linked_at"),
            helping.scalar_subquery().label("helps"),
            tokens.scalar_subquery().label("tokens"),
        )
        .outerjoin(Partner, col(Partner.id) == col(Account.partner_id))
        .where(col(Account.machine).is_(False))
        .order_by(col(Account.name), own)
    ).all()
    return [(row, sorted(roles.get(row.id, []))) for row in rows]


def _access(work: Work, found: tuple[Any, list[Role]]) -> Access:
    row, roles = found
    active = row.status is AccountStatus.ACTIVE
    invited = row.status is AccountStatus.INVITED
    return Access(
        id=row.id,
        name=row.name,
        email=row.email,
        roles=roles,
        partner=row.partner,
        status=row.status,
        seen_at=row.seen_at,
        dormant=active and is_dormant(row.created_at, row.seen_at, work.now),
        stale_invitation=invited and is_stale(row.linked_at or row.created_at, work.now),
        helps=row.helps,
        tokens=row.tokens,
    )


def _reviews(work: Work) -> list[Reviewed]:
    by = aliased(Account)
    rows = work.session.execute(
        select(
            col(AccessReview.id),
            col(AccessReview.reviewed_at),
            col(by.name),
            col(AccessReview.quarter),
            col(AccessReview.people),
            col(AccessReview.dormant),
            col(AccessReview.beyond),
            col(AccessReview.invitations),
            col(AccessReview.digest),
        )
        .join(by, col(by.id) == col(AccessReview.reviewed_by))
        .order_by(col(AccessReview.id).desc())
        .limit(12)
    )
    return [Reviewed(*row) for row in rows]
