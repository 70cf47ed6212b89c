"""What joins the rooms, as it is shown."""

from app.desk.reads.glance import Glance, glance
from app.desk.reads.money import CaseAward, CaseDisbursement, CaseMoney
from app.desk.reads.timeline import Timeline, timeline

__all__ = ["CaseAward", "CaseDisbursement", "CaseMoney", "Glance", "Timeline", "glance", "timeline"]
