"""The grants table is complete, closed, and shown as it is."""

from pathlib import Path

import pytest

from app.access.grants import APART, GRANTS, OPENS, Permission, Reach, Role, opens, permissions, reach, together
from app.access.page import as_markdown
from app.access.reaches import meaningless, refuse_meaningless
from app.crypto.groups import Group


def test_the_page_shows_the_table_as_it_is() -> None:
    page = Path(__file__).parents[2] / "docs" / "access.md"
    assert page.read_text() == as_markdown(), "renew it: amparo access > docs/access.md"


def test_every_role_has_its_rows_and_every_permission_a_holder() -> None:
    assert set(GRANTS) == set(OPENS) == set(Role)
    assert {each for role in Role for each in GRANTS[role]} == set(Permission)


@pytest.mark.parametrize("group", list(Group))
@pytest.mark.parametrize("role", [Role.FUND_ADMINISTRATOR, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR])
def test_money_log_and_machine_open_nothing(role: Role, group: Group) -> None:
    assert opens(frozenset({role}), group) is None


def test_the_widest_of_several_roles_counts() -> None:
    both = frozenset({Role.ATTORNEY, Role.PARTNER_ADMINISTRATOR})
    assert reach(both, Permission.CASE_READ) is Reach.PARTNER
    assert opens(both, Group.NOTES) is Reach.ASSIGNED
    assert Permission.STAFF_MANAGE in permissions(both)


def test_nobody_without_a_role_may_anything() -> None:
    assert permissions(frozenset()) == frozenset()
    assert all(reach(frozenset(), permission) is None for permission in Permission)


def test_roles_apart() -> None:
    assert all(not together(pair) for pair in APART)
    assert not together(frozenset({Role.AUDITOR, Role.ATTORNEY}))
    assert together(frozenset({Role.ATTORNEY, Role.PARTNER_ADMINISTRATOR, Role.INTAKE_WORKER}))


def granted(role: Role, what: Permission, reach: Reach | None) -> list[str]:
    """What the tables' own rule says when this one grant is another."""
    changed = {each: dict(table) for each, table in GRANTS.items()}
    changed[role].pop(what, None)
    return list(meaningless(changed if reach is None else changed | {role: changed[role] | {what: reach}}, OPENS))


def test_the_tables_hold_nothing_that_means_nothing() -> None:
    assert list(meaningless(GRANTS, OPENS)) == []
    refuse_meaningless(GRANTS, OPENS)


@pytest.mark.parametrize(
    ("role", "what", "reach"),
    [
        (Role.AUDITOR, Permission.CASE_READ, Reach.OWN),  # a case names nobody of the staff
        (Role.ATTORNEY, Permission.ACCOUNT_OWN, Reach.ALL),  # one's own account is one's own
        (Role.FUND_ADMINISTRATOR, Permission.FUND_MANAGE, Reach.PARTNER),  # a fund belongs to no organization
        (Role.ATTORNEY, Permission.PAYEE_READ, Reach.ASSIGNED),  # nobody is assigned to a payee
        (Role.SYSTEM_ADMINISTRATOR, Permission.DISBURSEMENT_APPROVE, Reach.ALL),  # who sees no payment approves none
        (Role.PARTNER_ADMINISTRATOR, Permission.AWARD_REQUEST, Reach.ALL),  # nor asks beyond what they see
        (Role.ATTORNEY, Permission.DOCUMENT_READ, Reach.PARTNER),  # a document is seen with its case, as far as that
        (Role.FUND_ADMINISTRATOR, Permission.HOLD_SET, Reach.ASSIGNED),
        (Role.AUDITOR, Permission.STAFF_GRANT, Reach.ALL),  # who manages nobody gives nobody a role
    ],
)
def test_a_grant_that_means_nothing_is_refused(role: Role, what: Permission, reach: Reach) -> None:
    assert f"{role} {what} {reach.name}" in granted(role, what, reach)


@pytest.mark.parametrize(
    ("role", "group", "reach"),
    [
        (Role.ATTORNEY, Group.NOTES, Reach.ALL),
        (Role.ATTORNEY, Group.NOTES, Reach.OWN),
        (Role.ATTORNEY, Group.NOTES, Reach.PARTNER),  # beyond the permission to open
        (Role.ATTORNEY, Group.STAFF, Reach.ASSIGNED),
        (Role.FUND_ADMINISTRATOR, Group.IDENTITY, Reach.ASSIGNED),  # with no permission to open at all
    ],
)
def test_an_opening_that_means_nothing_stops_the_start(role: Role, group: Group, reach: Reach) -> None:
    changed = {each: dict(table) for each, table in OPENS.items()} | {role: {group: reach}}
    with pytest.raises(ValueError, match=f"{role} {group} {reach.name}"):
        refuse_meaningless(GRANTS, changed)


def test_a_permission_to_open_is_held_by_whoever_opens() -> None:
    assert granted(Role.INTAKE_WORKER, Permission.DOCUMENT_OPEN, None) == ["intake_worker documents PARTNER"]
