"""JUnit XML, which every CI server shows: a test case for each document."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from docpack.batch.reports.written import ReportFile
from docpack.batch.task import Status
from docpack.findings import place_in
from docpack.xml_characters import FORBIDDEN

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.batch.reports.summary import Summary
    from docpack.batch.task import Record

__all__ = ["JUnitReport"]

_CHUNK_CHARACTERS = 1 << 16


class JUnitReport:
    """Documents that cannot be converted are failures, those that cost their worker its life are errors.

    Spec: the schema of Jenkins' xUnit plug-in (`junit-10.xsd`), which all readers of the format share.
    """

    def __init__(self, path: Path) -> None:
        self._file = ReportFile(path)
        # The totals come before them.
        self._cases = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n")  # noqa: SIM115  # closed with the report

    def add(self, record: Record) -> None:
        """Write a document's test case."""
        folder, _, name = record.name.rpartition("/")
        seconds = record.volatile.get("wall_s", 0)
        head = f"<testcase classname={_quoted(folder or '.')} name={_quoted(name)} time={_quoted(f'{seconds:.3f}')}"
        inside = _outcome(record) + _told(record)
        self._cases.write(f"  {head}>{inside}</testcase>\n" if inside else f"  {head}/>\n")

    def close(self, summary: Summary) -> None:
        """Put the file in its place."""
        failures, skipped = summary.statuses[Status.FAILED], summary.statuses[Status.NOT_RUN]
        errors = summary.failed - failures
        totals = (
            f'name="docpack" tests="{summary.documents}" failures="{failures}" errors="{errors}"'
            f' skipped="{skipped}" time="{summary.elapsed_s:.3f}"'
        )
        self._file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        self._file.write(f"<testsuites>\n <testsuite {totals}>\n")
        self._cases.seek(0)
        while chunk := self._cases.read(_CHUNK_CHARACTERS):
            self._file.write(chunk)
        self._file.write(" </testsuite>\n</testsuites>\n")
        self._file.finish()
        self._cases.close()

    def abandon(self) -> None:
        """Leave nothing."""
        self._cases.close()
        self._file.abandon()


def _outcome(record: Record) -> str:
    if record.status.is_fine:
        return ""
    if record.status is Status.NOT_RUN:
        return "<skipped/>"
    element = "failure" if record.status is Status.FAILED else "error"
    message = "; ".join(f"{each.format}: {each.message}" if each.format else each.message for each in record.troubles)
    text = "\n".join(f"{each.message}\n{each.hint}" for each in record.troubles)
    return f"<{element} type={_quoted(record.status)} message={_quoted(message)}>{_escaped(text)}</{element}>"


def _told(record: Record) -> str:
    lines = [
        f"{each['severity']}: {place_in(record.source, each['line'], each.get('page', ''))}: {each['code']} {each['message']}"
        for each in record.findings
    ]
    if record.doubts.count:
        lines.append(f"{record.doubts.count} unsure decisions")
    return f"<system-out>{_escaped(chr(10).join(lines))}</system-out>" if lines else ""


def _escaped(text: str) -> str:
    return escape(FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text))


def _quoted(text: str) -> str:
    return quoteattr(FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text))
