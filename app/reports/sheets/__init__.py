"""A finished report as the bytes of a file. Every format writes the same view; none asks the database again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.reports.reads.tables import Table
from app.reports.reads.views import Report
from app.reports.rules import Format
from app.reports.sheets import comma, paper, workbook
from app.reports.sheets.words import Reading

__all__ = ["MEDIA_TYPES", "Reading", "Sheet", "written", "written_table"]

MEDIA_TYPES: Mapping[Format, str] = MappingProxyType({
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PDF: "application/pdf",
})  # fmt: skip

_WRITERS: Mapping[Format, Callable[[Report, Reading], bytes]] = MappingProxyType({
    Format.CSV: comma.write,
    Format.XLSX: workbook.write,
    Format.PDF: paper.write,
})  # fmt: skip

_TABLE_WRITERS: Mapping[Format, Callable[[Table, Reading], bytes]] = MappingProxyType({
    Format.CSV: comma.write_table,
    Format.XLSX: workbook.write_table,
    Format.PDF: paper.write_table,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file: its bytes, what they are, and the name to keep it under."""

    body: bytes
    media_type: str
    filename: str


def written(report: Report, kind: Format, reading: Reading) -> Sheet:
    """The report as a file for this reader. ``kind`` is not JSON: that is the door's own."""
    first, last = report.parameters["from"].isoformat(), report.parameters["to"].isoformat()
    name = f"disbursements_{report.parameters['date_basis']}_{first}_{last}.{kind}"
    return Sheet(_WRITERS[kind](report, reading), MEDIA_TYPES[kind], name)


def written_table(table: Table, kind: Format, reading: Reading) -> Sheet:
    """A report of one table as a file for this reader, named for its days."""
    days = [str(table.parameters[name]) for name in ("as_of", "from", "to") if table.parameters.get(name) is not None]
    name = f"{'_'.join((table.report, *days))}.{kind}"
    return Sheet(_TABLE_WRITERS[kind](table, reading), MEDIA_TYPES[kind], name)
