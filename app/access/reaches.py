"""Roles and how far a grant can reach; and which grants mean nothing, so that no table can hold one.

A reach that a permission does not know would be answered as some other reach by chance, or as none. Such a grant is a
mistake of whoever wrote the table. It is found when the table is loaded: the service does not start with it.
"""

import enum
from collections.abc import Iterator, Mapping
from typing import Final

from app.access.permissions import Permission
from app.crypto.groups import Group


class Role(enum.StrEnum):
    INTAKE_WORKER = "intake_worker"
    ATTORNEY = "attorney"
    PARTNER_ADMINISTRATOR = "partner_administrator"
    FUND_ADMINISTRATOR = "fund_administrator"
    AUDITOR = "auditor"
    SYSTEM_ADMINISTRATOR = "system_administrator"


class Reach(enum.IntEnum):
    """How far a permission reaches, each including the one before."""

    OWN = 1  #: what names this very person
    ASSIGNED = 2  #: records this person is tied to now
    PARTNER = 3  #: records of this person's organization
    ALL = 4  #: every record


Grants = Mapping[Role, Mapping[Permission, Reach]]
Opens = Mapping[Role, Mapping[Group, Reach]]

_P = Permission

#: What has rows that name a person: nothing else knows "own". The first two permissions know nothing but "own".
_OF_ONESELF: Final = frozenset({"account", "assignment", "invoice"})
_OWN_ONLY: Final = frozenset({_P.ACCOUNT_OWN, _P.ACCOUNT_SIGN_IN, _P.ASSIGNMENT_ANSWER})

#: What belongs to no organization, or is decided above all of them.
_ALL_ONLY: Final = frozenset(
    {
        _P.ACCESS_REVIEW,
        _P.AUDIT_EXPORT,
        _P.AUDIT_PROVE,
        _P.AUDIT_SEALS,
        _P.AWARD_DECIDE,
        _P.BREAK_GLASS_NAME,
        _P.BREAK_GLASS_OPEN,
        _P.BREAK_GLASS_REVIEW,
        _P.CLIENT_MANAGE,
        _P.DISBURSEMENT_APPROVE,
        _P.DISBURSEMENT_RELEASE,
        _P.DISBURSEMENT_SETTLE,
        _P.ERASURE_APPROVE,
        _P.FUND_MANAGE,
        _P.FUND_READ,
        _P.HOLD_LIFT,
        _P.IDENTITY_PROVIDER_MANAGE,
        _P.IDENTITY_PROVIDER_READ,
        _P.OVERRIDE_APPROVE,
        _P.PARTNER_MANAGE,
        _P.RETENTION_RUN,
        _P.STAFF_APPROVE,
        _P.STAFF_SESSIONS,
    }
)

#: What an organization has, or the whole: nobody is assigned to an organization, a colleague, a payee or a report.
_OF_ORGANIZATIONS: Final = frozenset({"audit", "partner", "payee", "report", "staff"})

#: Whoever acts on these must find them first: an act without its ``read``, or beyond it, would never be reached.
_FOUND_FIRST: Final = frozenset(
    {"application", "award", "break_glass", "case", "disbursement", "document", "fund", "hold", "identity_provider"}
    | {"partner", "payee", "staff", "wall"}
)

#: What hangs on something else reaches exactly as far as one reads that: further it would show what is not one's own,
#: and less far is decided by the scope of the other one all the same. An act stands before its resource.
_AS_FAR_AS: Final[Mapping[str, tuple[Permission, ...]]] = {
    "applicant": (_P.APPLICATION_READ, _P.CASE_READ),
    "application": (_P.APPLICATION_READ,),
    "calendar": (_P.CASE_READ,),
    "document": (_P.APPLICATION_READ, _P.CASE_READ),
    "erasure": (_P.CASE_READ,),
    "hold": (_P.CASE_READ,),
    "payee": (_P.PAYEE_READ,),
    "retention": (_P.CASE_READ,),
    _P.STAFF_GRANT: (_P.STAFF_MANAGE,),
}

#: Groups of a client: opened at the desk or by whoever is assigned, never over everything, and never beyond the
#: permission to open. An emergency is no grant.
#: What else is sealed (what staff wrote, account numbers) opens in its own room, and to no role as a group.
_OF_A_CLIENT: Final = frozenset(Group) - {Group.PAYEE, Group.STAFF}


def knows(permission: Permission) -> frozenset[Reach]:
    """The reaches that a permission can be granted with."""
    resource = permission.partition(".")[0]
    if permission in _OWN_ONLY:
        return frozenset({Reach.OWN})
    if permission in _ALL_ONLY:
        return frozenset({Reach.ALL})
    known = {Reach.PARTNER, Reach.ALL}
    if resource not in _OF_ORGANIZATIONS:
        known.add(Reach.ASSIGNED)
    if resource in _OF_ONESELF:
        known.add(Reach.OWN)
    return frozenset(known)


def meaningless(grants: Grants, opens: Opens) -> Iterator[str]:
    """The grants that nothing would come of, or not what they say, as ``role what reach``."""
    for role, granted in grants.items():
        for permission, reach in granted.items():
            resource, _, act = permission.partition(".")
            found = granted.get(Permission(f"{resource}.read")) if resource in _FOUND_FIRST else reach
            beyond = found is None or (found < reach and act != "read")
            if reach not in knows(permission) or beyond or not _as_far(granted, permission, reach):
                yield f"{role} {permission} {reach.name}"
    for role, opened in opens.items():
        for group, reach in opened.items():
            asked = grants[role].get(_P.DOCUMENT_OPEN if group is Group.DOCUMENTS else _P.APPLICANT_REVEAL)
            if group not in _OF_A_CLIENT or reach not in (Reach.ASSIGNED, Reach.PARTNER) or (asked or 0) < reach:
                yield f"{role} {group} {reach.name}"


def _as_far(granted: Mapping[Permission, Reach], permission: Permission, reach: Reach) -> bool:
    others = _AS_FAR_AS.get(permission) or _AS_FAR_AS.get(permission.partition(".")[0])
    return others is None or permission in _ALL_ONLY or reach in {granted.get(each) for each in others}


def refuse_meaningless(grants: Grants, opens: Opens) -> None:
    """Raise ValueError, naming them, when the tables hold grants that mean nothing."""
    if found := list(meaningless(grants, opens)):
        raise ValueError("These grants mean nothing (app/access/reaches.py says why): " + "; ".join(found))
