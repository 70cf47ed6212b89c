"""What joins the rooms, as it is shown."""

from app.desk.reads.access import CanOpen, CaseAccess, CaseOpening, CaseReader, Reader, access
from app.desk.reads.fees import CaseFees, fees_of_case
from app.desk.reads.glance import Glance, glance, glance_and_timeline
from app.desk.reads.home import Home, home
from app.desk.reads.money import CaseAward, CaseDisbursement, CaseMoney
from app.desk.reads.payers import PayerList, payers, payers_to_ask
from app.desk.reads.timeline import Timeline, timeline
from app.desk.reads.way import way

__all__ = [
    "CanOpen",
    "CaseAccess",
    "CaseAward",
    "CaseDisbursement",
    "CaseFees",
    "CaseMoney",
    "CaseOpening",
    "CaseReader",
    "Glance",
    "Home",
    "PayerList",
    "Reader",
    "Timeline",
    "access",
    "fees_of_case",
    "glance",
    "glance_and_timeline",
    "home",
    "payers",
    "payers_to_ask",
    "timeline",
    "way",
]
