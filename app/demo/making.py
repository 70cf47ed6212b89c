"""Making the demo: everything that happened in two years, in one transaction; then the proof that it holds."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlmodel import Session

from app.access.actor import Actor
from app.access.sights import OPERATOR as OPERATOR_SIGHT
from app.audit.sealing import seal_once, seals_file
from app.audit.verifying import verify as verify_record
from app.bonds.reads.verify import verify as verify_ledger
from app.demo.beginning import OPERATOR, begin
from app.demo.billing import billing
from app.demo.days import midnight
from app.demo.intakes import application
from app.demo.keeping import keeping
from app.demo.past import Past
from app.demo.purse import Purse
from app.demo.stage import Stage
from app.demo.stories import stories
from app.web.services import Services


class Unsound(Exception):
    """What was made does not verify."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be made: so many applicants, by this seed, over the two years before this day in Denver."""

    applicants: int
    seed: int
    today: date


def make(services: Services, operator: Actor, wanted: Wanted) -> int:
    """Fill an empty installation and give the number of Works it took; all of it is committed, or nothing.

    A thousand applicants take about a minute. Raises what the actions raise: nothing here goes round them.
    """
    with services.database.writing(OPERATOR_SIGHT) as connection:
        past = Past(connection, services.vault, midnight(wanted.today))
        past.people[OPERATOR] = operator
        stage = Stage(past, Purse(), wanted.today, {}, {})
        begin(stage)
        for story in stories(wanted.applicants, wanted.seed, wanted.today):
            past.start(application(stage, story))
        past.start(billing(stage))
        past.start(keeping(stage))
        past.run()
    return past.works


def prove(services: Services) -> str:
    """Seal the record, check it and the ledger from end to end, and say so in a sentence. Raises Unsound."""
    now, seals = datetime.now(UTC), seals_file(services.settings)
    seal_once(services.database, services.vault, seals, now)
    record = verify_record(services.database, services.vault, seals, now)
    with services.database.connect(OPERATOR_SIGHT) as connection, Session(bind=connection) as session:
        ledger = verify_ledger(session)
    if record.fault is not None or not ledger.intact:
        raise Unsound
    return (
        f"Verified: {ledger.entries} ledger entries balance, "
        f"{record.events} events of the record are intact under {record.seals} seals."
    )
