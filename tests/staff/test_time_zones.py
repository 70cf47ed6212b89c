"""Which zones people and funds may live in."""

from app.staff.rules import time_zones


def test_time_zones_are_known() -> None:
    assert "America/Denver" in time_zones()
    assert "Mars/Olympus" not in time_zones()
