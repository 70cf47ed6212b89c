"""The pages of payment runs."""

from datetime import timedelta
from uuid import UUID

from app.access.grants import Permission
from app.batches.reads import batches as reads
from app.batches.rules.runs import BatchMethod, BatchStatus
from app.cases.rules import day_in
from app.disbursements.rules import DisbursementStatus
from app.web.addresses import page_of
from app.web.answers import Page
from app.web.door import Door
from app.web.i18n import N_
from app.work import Work

door = Door(tag="pages")

_METHODS = [("ach", N_("ACH")), ("wire", N_("Wire")), ("check", N_("Check"))]


@door.page("/batches", Permission.BATCH_READ)
def batches_page(work: Work, method: str = "", cursor: str | None = None) -> Page:
    """What waits for a run, and every run, newest first."""
    chosen = BatchMethod(method) if method in set(BatchMethod) else BatchMethod.ACH
    found = reads.batches(work, cursor=cursor)
    may = work.actor.reach(Permission.BATCH_MAKE) is not None
    waiting = reads.candidates(work, chosen) if may else None
    first = day_in(work.now, work.actor.time_zone) + timedelta(days=1)
    while first.weekday() > 4:
        first += timedelta(days=1)
    return Page(
        "batches/list.html",
        {
            "batches": found,
            "candidates": waiting,
            "method": chosen.value,
            "methods": _METHODS,
            "funds": sorted({str(each.fund_id) for each in waiting.items}) if waiting else [],
            "first_day": first.isoformat(),
            "next_url": page_of("/batches", found.next, {"method": chosen.value}),
            "first_url": page_of("/batches", "", {"method": chosen.value}) if cursor else None,
        },
    )


@door.page("/batches/{batch_id}", Permission.BATCH_READ)
def batch_page(work: Work, batch_id: UUID) -> Page:
    """One run: what is in it, and what the reader may do."""
    run = reads.batch(work, batch_id)
    going = run.status in (BatchStatus.CONFIRMED, BatchStatus.SENT)
    mine = going and run.confirmed_by is not None and run.confirmed_by.id == work.actor.id
    settles = (
        run.status is BatchStatus.SENT
        and work.actor.reach(Permission.DISBURSEMENT_SETTLE) is not None
        and any(each.status is DisbursementStatus.RELEASED for each in run.payments)
    )
    return Page("batches/batch.html", {"run": run, "mine": mine, "settles": settles})
