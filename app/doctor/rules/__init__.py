"""What is wrong with an installation, as pure decisions over facts that the reads have gathered."""

from app.doctor.rules.findings import Finding, Level, as_json, as_lines, exit_code, problem, unknown, warning

__all__ = ["Finding", "Level", "as_json", "as_lines", "exit_code", "problem", "unknown", "warning"]
