"""A log line can not name a person, whatever somebody writes into it."""

import json
import logging

import pytest
import structlog

from app.web import logs

pytestmark = pytest.mark.usefixtures("restored_logging")


def test_only_allowed_keys_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    structlog.get_logger().error("request.failed", request_id="1", name="Canary", route="GET /cases")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["request_id"], line["count"]) == ("request.failed", "1", 1)
    assert "Canary" not in str(line)


def test_a_library_speaks_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    try:
        raise ValueError("Canary")
    except ValueError:
        logging.getLogger("sqlalchemy.engine").exception("parameters: %s", "Canary")
    line = json.loads(capsys.readouterr().err)
    assert (line["origin"], line["error"]) == ("sqlalchemy.engine", "ValueError")
    assert "Canary" not in str(line)
