"""Released payments to put into runs, each to a payee of its own."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tests.funds.stage import allocate, answered, award, draft, fund, payee, step
from tests.world import World, key, today

#: A made-up routing number whose check digit holds.
ROUTING = "102000995"


def working_day() -> str:
    """A day within the week on which banks pay."""
    day = today() + timedelta(days=2)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day.isoformat()


def released(
    world: World, amounts: Sequence[str], *, award_id: str | None = None, **more: Any
) -> tuple[str, list[Any]]:
    """The fund's id, and released payments of these amounts out of one award."""
    fund_id = ""
    if award_id is None:
        fund_id = fund(world)["id"]
        allocate(world, fund_id)
        award_id = award(world, "20000.00", fund_id=fund_id)["id"]
    return fund_id, [one(world, award_id, amount, number, **more) for number, amount in enumerate(amounts, start=1)]


def one(
    world: World, award_id: str, amount: str, number: int, *, method: str = "ach", account: bool = True, **more: Any
) -> Any:
    """One released payment."""
    bank = {"routing_number": ROUTING, "account_number": f"9000555{number:04}"} if account else None
    to = payee(world, **{"kind": "vendor", "name": f"Ejemplo Vendór {number}", "account": bank} | more)
    made = draft(world, award_id, to["id"], amount, method=method)
    for verb in ("submit", "approve", "release"):
        made = answered(step(world, made["id"], verb))
    return made


def make(world: World, fund_id: str, *, who: str = "fund_admin", method: str = "ach", **more: Any) -> Any:
    """The answer to a request for a run of all that is free."""
    form = {"method": method, "fund_ids": [fund_id], "effective_on": working_day(), **more}
    return getattr(world, who).post("/batches", json=form, headers=key())


def move(world: World, run: Any, verb: str, who: str = "approver", **body: Any) -> Any:
    """The answer to a verb on a run."""
    return getattr(world, who).post(f"/batches/{run['id']}/{verb}", json=body, headers=key())


def sent(world: World, fund_id: str, *, method: str = "ach", kind: str = "nacha") -> tuple[Any, bytes]:
    """A run that went to the bank, and its file."""
    run = answered(make(world, fund_id, method=method), 201)
    answered(move(world, run, "confirm"))
    file = world.approver.get(f"/batches/{run['id']}/files/{kind}")
    assert file.status_code == 200, file.text
    return answered(move(world, run, "send")), file.content
