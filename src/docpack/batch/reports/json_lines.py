"""A line of JSON for each document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from docpack.batch.reports.written import ReportFile

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.batch.reports.summary import Summary
    from docpack.batch.task import Record

__all__ = ["JsonLinesReport"]

SCHEMA = "docpack.record/1"


class JsonLinesReport:
    """JSON Lines: what `docpack.batch.task.Record` has; `volatile` comes last.

    Spec: jsonlines.org; RFC 8259.
    """

    def __init__(self, path: Path) -> None:
        self._file = ReportFile(path)

    def add(self, record: Record) -> None:
        """Write a document's line."""
        self._file.write(json.dumps({"schema": SCHEMA, **record.to_json()}, ensure_ascii=False) + "\n")

    def close(self, summary: Summary) -> None:
        """Put the file in its place."""
        self._file.finish()

    def abandon(self) -> None:
        """Leave nothing."""
        self._file.abandon()
