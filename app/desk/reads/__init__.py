"""What joins the rooms, as it is shown."""

from app.desk.reads.glance import Glance, glance, glance_and_timeline
from app.desk.reads.home import Home, home
from app.desk.reads.money import CaseAward, CaseDisbursement, CaseMoney
from app.desk.reads.timeline import Timeline, timeline

__all__ = [
    "CaseAward",
    "CaseDisbursement",
    "CaseMoney",
    "Glance",
    "Home",
    "Timeline",
    "glance",
    "glance_and_timeline",
    "home",
    "timeline",
]
