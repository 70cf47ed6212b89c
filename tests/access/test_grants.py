"""The grants table is complete, closed, and shown as it is."""

from pathlib import Path

import pytest

from app.access.grants import APART, GRANTS, OPENS, Permission, Reach, Role, opens, permissions, reach, together
from app.access.page import as_markdown
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
