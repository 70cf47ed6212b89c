"""``make bench``: both servers up, bursts in turn, medians and ratios as a table."""

import argparse
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import text

from app.config import Settings
from app.db import open_database
from benchmarks import seed
from benchmarks.load import Maker, Run, burst
from tests.postgres import PostgresServer
from tests.story import BODY

JOBS = ("open", "list", "search", "create", "post money")
REPORT_SQL = """
SELECT f.name, d.category, p.name, {month}, count(*), sum(d.amount) FROM disbursement d
JOIN fund f ON f.id = d.fund_id JOIN partner p ON p.id = d.partner_id
WHERE d.settled_on BETWEEN '2025-01-01' AND '2026-12-31' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""


def main() -> None:
    """Measure on both engines and print the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--cases", type=int, default=seed.CASES)
    parser.add_argument("--disbursements", type=int, default=seed.DISBURSEMENTS)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--requests", type=int, default=400, help="of each burst")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    options = parser.parse_args()
    for engine in options.engine or ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="amparo-bench-") as folder, _database(engine) as url:
            _measure(engine, Path(folder), url, options)


@contextmanager
def _database(engine: str) -> Iterator[str | None]:
    if engine == "sqlite":
        yield None
        return
    server = PostgresServer.start(durable=True)
    try:
        server.create_template("bench", lambda _url: None)
        yield server.clone("bench")
    finally:
        server.stop()


def _measure(engine: str, folder: Path, url: str | None, options: argparse.Namespace) -> None:
    ports = {"amparo": _free_port(), "floor": _free_port()}
    settings = seed.settings_of(folder, url, ports["amparo"])
    began = time.monotonic()
    ids = seed.fill(settings, cases=options.cases, disbursements=options.disbursements)
    print(
        f"\n{engine}: {options.cases} cases, {options.disbursements} disbursements loaded in {time.monotonic() - began:.0f} s"
    )
    factories = {"amparo": "app.main:from_environment", "floor": "benchmarks.floor:from_environment"}
    with (
        _serving(factories["amparo"], ports["amparo"], settings),
        _serving(factories["floor"], ports["floor"], settings),
    ):
        print(f"{'job':<12}{'clients':>8}{'amparo ms':>12}{'floor ms':>12}{'p50 ratio':>11}{'throughput':>12}")
        for clients in (1, options.clients):
            for job in JOBS:
                runs = _interleaved(job, ports, ids, clients, options)
                _row(job, clients, runs)
        _report(ports["amparo"], settings, options)
        _pages(ports["amparo"], ids, options)


def _interleaved(
    job: str, ports: dict[str, int], ids: dict[str, Any], clients: int, options: argparse.Namespace
) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {"amparo": [], "floor": []}
    for turn in range(options.rounds + 1):
        for side in ("amparo", "floor") if turn % 2 else ("floor", "amparo"):
            found = burst(
                ports[side], _maker(job, ids, ports[side]), clients=clients, requests=options.requests, seed=turn
            )
            if turn:  # the first warms up
                runs[side].append(found)
    return runs


def _row(job: str, clients: int, runs: dict[str, list[Run]]) -> None:
    p50 = {side: statistics.median(run.p50 for run in found) for side, found in runs.items()}
    rate = {side: statistics.median(run.rate for run in found) for side, found in runs.items()}
    print(
        f"{job:<12}{clients:>8}{p50['amparo']:>12.2f}{p50['floor']:>12.2f}{p50['amparo'] / p50['floor']:>11.2f}"
        f"{rate['amparo']:>7.0f}/s {rate['amparo'] / rate['floor']:.2f}",
        flush=True,
    )


def _maker(job: str, ids: dict[str, Any], port: int) -> Maker:
    if job == "open":
        return lambda chance: _get(port, "attorney", f"/cases/{chance.choice(ids['cases'])}")
    if job == "list":
        return lambda _chance: _get(port, "attorney", "/cases?limit=50")
    if job == "search":
        return lambda chance: _post(port, "intake", "/applicants/search", {"a_number": chance.choice(ids["a_numbers"])})
    if job == "create":
        return lambda _chance: _post(port, "intake", "/applications", BODY)
    return lambda chance: _post(port, "attorney", "/disbursements", _payment(chance, ids))


def _payment(chance: random.Random, ids: dict[str, Any]) -> dict[str, Any]:
    return {
        "award_id": str(chance.choice(ids["awards"])),
        "payee_id": str(ids["payee"]),
        "amount": "1.00",
        "method": "ach",
    }


def _get(port: int, who: str, path: str) -> bytes:
    return _ask(port, who, f"/api/v1{path}")


def _ask(port: int, who: str, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: amparo={seed.secret_of(who)}\r\n\r\n".encode()


def _post(port: int, who: str, path: str, body: Any) -> bytes:
    sent = orjson.dumps(body)
    head = (
        f"POST /api/v1{path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: amparo={seed.secret_of(who)}\r\n"
        f"Sec-Fetch-Site: same-origin\r\nIdempotency-Key: {uuid4()}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(sent)}\r\n\r\n"
    )
    return head.encode() + sent


def _report(port: int, settings: Settings, options: argparse.Namespace) -> None:
    path = "/reports/disbursements?from=2025-01-01&to=2026-12-31&group_by=fund,category,partner,month"
    database = open_database(settings)
    month = "substr(d.settled_on, 1, 7)" if database.is_sqlite else "to_char(d.settled_on, 'YYYY-MM')"
    product, bare = [], []
    for turn in range(options.rounds + 1):
        run = burst(port, lambda _chance: _get(port, "fund", path), clients=1, requests=3, seed=turn)
        began = time.perf_counter()
        with database.engine.connect() as connection:
            connection.execute(text(REPORT_SQL.format(month=month))).all()
        if turn:
            product.append(run.p50)
            bare.append((time.perf_counter() - began) * 1000)
    database.engine.dispose()
    over, under = statistics.median(product), statistics.median(bare)
    print(f"{'report':<12}{1:>8}{over:>12.2f}{under:>12.2f}{over / under:>11.2f}   (beside bare SQL)")


def _pages(port: int, ids: dict[str, Any], options: argparse.Namespace) -> None:
    """Each page beside the JSON that carries what it shows: what writing it for people costs.

    A page that shows several things has several calls for a twin, and their times are added.
    """
    case, fund, award = f"/cases/{ids['cases'][0]}", f"/funds/{ids['fund']}", f"/awards/{ids['awards'][0]}"
    report = "/reports/disbursements?from=2025-01-01&to=2026-12-31&group_by=fund,category"
    print(f"{'page':<26}{'page ms':>10}{'json ms':>10}{'p50 ratio':>11}")
    for who, page, *more in (
        ("attorney", case, f"{case}/timeline"),
        ("attorney", "/cases"),
        ("attorney", "/calendar"),
        ("intake", "/applications"),
        ("fund", "/funds"),
        ("fund", fund, f"/awards?fund_id={ids['fund']}&limit=10"),
        ("fund", award),
        ("fund", "/awards"),
        ("fund", "/disbursements", "/disbursements/waiting?limit=1"),
        ("fund", "/payees"),
        ("fund", "/partners"),
        ("fund", report),
    ):
        twins = [f"/api/v1{path}" for path in (page, *more)]
        p50: dict[str, list[float]] = {path: [] for path in (page, *twins)}
        for turn in range(options.rounds + 1):
            for path, found in p50.items():
                asked = _ask(port, who, path)
                run = burst(port, lambda _chance, asked=asked: asked, clients=1, requests=20, seed=turn)  # type: ignore[misc]  # asked is kept
                found.extend([run.p50] if turn else [])
        shown = statistics.median(p50[page])
        twin = sum(statistics.median(p50[path]) for path in twins)
        print(f"{page.split('?')[0][:25]:<26}{shown:>10.2f}{twin:>10.2f}{shown / twin:>11.2f}", flush=True)


@contextmanager
def _serving(factory: str, port: int, settings: Settings) -> Iterator[None]:
    environment = os.environ | {
        "AMPARO_ENVIRONMENT": "test",
        "AMPARO_DATA_DIR": str(settings.data_dir),
        "AMPARO_ORIGIN": str(settings.origin),
        "AMPARO_SESSION_IDLE_MINUTES": "720",
        "AMPARO_BUDGET_FACTOR": "10000",  # one person searches here as a thousand would
    }
    if settings.database_url is not None:
        environment["AMPARO_DATABASE_URL"] = settings.database_url.get_secret_value()
    command = [
        sys.executable, "-m", "uvicorn", "--factory", factory, "--port", str(port), "--no-access-log",
        "--log-level", "warning",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment)
    try:
        _wait(port, process)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("the server stopped")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not come up")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
