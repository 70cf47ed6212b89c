"""What is counted for whoever watches the machine: patterns, codes and seconds, never an id, a path or a person.

Every label's values come from the source (routes, actions, codes), so their number is bounded and nobody can add one.
With several processes each counts in files of a folder (``PROMETHEUS_MULTIPROC_DIR``, set by ``amparo serve``), and
whichever answers adds them up.
"""

import os
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

#: Where the processes of one server count together; the library's own name for it.
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"

MEDIA_TYPE: Final = CONTENT_TYPE_LATEST

REGISTRY: Final = CollectorRegistry()
ProcessCollector(namespace="amparo", registry=REGISTRY)

REQUESTS: Final = Counter(
    "amparo_requests", "Requests by pattern of their address.", ["method", "route", "status"], registry=REGISTRY
)
SECONDS: Final = Histogram(
    "amparo_request_seconds",
    "How long requests took, by pattern of their address.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
REFUSED: Final = Counter("amparo_refused", "Refusals by the code of their problem.", ["code"], registry=REGISTRY)
BUDGETS_MET: Final = Counter("amparo_budget_refused", "Acts that met their budget.", ["action"], registry=REGISTRY)
ALTERED: Final = Counter(
    "amparo_rows_altered", "Refused for a row that was changed outside Amparo.", ["table"], registry=REGISTRY
)
EVENTS: Final = Counter("amparo_audit_events", "What went on record, by action.", ["action"], registry=REGISTRY)
SEALED_AT: Final = Gauge(
    "amparo_sealed_timestamp_seconds",
    "When the record was last found sealed, or was.",
    registry=REGISTRY,
    multiprocess_mode="max",
)
CHECKPOINT_AT: Final = Gauge(
    "amparo_checkpoint_timestamp_seconds",
    "When the last checkpoint over the record was made here.",
    registry=REGISTRY,
    multiprocess_mode="max",
)
CHECKPOINT_NOT_MADE: Final = Counter(
    "amparo_checkpoint_not_made", "Times that a checkpoint that was due could not be made.", registry=REGISTRY
)
CHECKPOINT_EXPORTED_AT: Final = Gauge(
    "amparo_checkpoint_exported_timestamp_seconds",
    "When each place was last found to have every checkpoint; places are numbered as the setting lists them.",
    ["place"],
    registry=REGISTRY,
    multiprocess_mode="max",
)
CHECKPOINT_NOT_EXPORTED: Final = Counter(
    "amparo_checkpoint_not_exported", "Times that a place did not take a checkpoint.", ["place"], registry=REGISTRY
)
WRITE_TURN: Final = Histogram(
    "amparo_write_turn_wait_seconds",
    "How long a writer waited for SQLite's one write turn.",
    buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10),
    registry=REGISTRY,
)
CONNECTIONS: Final = Gauge(
    "amparo_pool_connections",
    "Database connections of the process that answers.",
    ["state"],
    registry=REGISTRY,
    multiprocess_mode="mostrecent",
)
VIOLATIONS: Final = Counter(
    "amparo_csp_violations", "What browsers refused to load or run, by directive.", ["directive"], registry=REGISTRY
)


def exposed() -> bytes:
    """All figures in Prometheus's text form, of every process of this server."""
    if FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # the library has no types here
    return generate_latest(together)
