"""Logs by an allow-list: a key that is not here is dropped, so nobody's name gets into a log by a forgetful line."""

import io
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

#: What a log line may say. Codes and ids of requests; never a value, a message of an exception, or a person.
ALLOWED = frozenset(
    {
        *("event", "level", "timestamp", "request_id", "route", "error", "seconds", "count", "origin", "table"),
        *("method", "status", "milliseconds"),
    }
)


def only_allowed(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not allowed, and say how many were dropped."""
    kept = {key: value for key, value in line.items() if key in ALLOWED}
    dropped = len(line) - len(kept)
    return kept | {"count": dropped, "error": "keys dropped"} if dropped else kept


def configure() -> None:
    """Write one JSON line for each event to standard error; libraries speak only of warnings, without tracebacks."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=cast(TextIO, _StandardError())),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Quiet()]
    root.setLevel(logging.WARNING)
    # authlib writes the PKCE verifier at DEBUG.
    for name in ("uvicorn", "uvicorn.error", "sqlalchemy", "alembic", "authlib", "httpx2", "httpcore2"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
        logger.setLevel(logging.WARNING)


class _StandardError(io.TextIOBase):
    """Standard error as it is when a line is written: whoever runs a command in a process of theirs puts it elsewhere
    for a while, and loggers live on."""

    def write(self, text: str, /) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


class _Quiet(logging.Handler):
    """Libraries' warnings by logger and kind: their text may quote a statement, a header or a value."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else record.levelname.lower()
        structlog.get_logger().warning("library", origin=record.name, error=error)
