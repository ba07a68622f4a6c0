"""For GitHub Actions: annotations at the lines of the sources, and a summary of the step, within GitHub's limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpack.findings import place_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docpack.batch.reports.summary import Summary
    from docpack.batch.task import Record

__all__ = ["GitHubReport"]

MAX_ANNOTATIONS = 10  # of each kind, in a step
MAX_SUMMARY_BYTES = 1_000_000  # of 1 MiB, above which nothing of it is taken
MAX_ROWS = 500
_KINDS = {"warning": "warning", "info": "notice"}


class GitHubReport:
    """Writes workflow commands line by line, and gives the summary as Markdown.

    Spec: GitHub, "Workflow commands for GitHub Actions".

    Args:
        write: Takes each line of the step's output.
        append: Takes the summary.
    """

    def __init__(self, write: Callable[[str], None], append: Callable[[str], None]) -> None:
        self._write, self._append = write, append
        self._told = {"error": 0, "warning": 0, "notice": 0}
        self._rows: list[str] = []
        self._left_out = 0

    def add(self, record: Record) -> None:
        """Annotate a document."""
        for trouble in record.troubles:
            text = f"{trouble.format}: {trouble.message}" if trouble.format else trouble.message
            self._annotate("error", record.source, {}, str(record.status), f"{text}. {trouble.hint}".strip())
        for finding in record.findings:
            kind = _KINDS[finding["severity"]]
            if kind != "notice":
                self._annotate(kind, record.source, finding, finding["code"], finding["message"])
        if record.doubts.count:
            worst: dict[str, Any] = record.doubts.worst[0] if record.doubts.worst else {"line": None, "why": ""}
            text = f"{record.doubts.count} decisions are worth a look; the least sure: {worst['why']}"
            self._annotate("notice", record.source, worst, "unsure", text)

    def _annotate(self, kind: str, source: str, at: Mapping[str, Any], title: str, text: str) -> None:
        """Tell something of a place, whose `line` and `page` stand in `at`."""
        line, page = at.get("line"), at.get("page", "")
        if self._told[kind] < MAX_ANNOTATIONS:
            # A line of a text that was extracted from pages is none of the file.
            place = f"file={_property(source)}" + (f",line={line}" if line and not page else "")
            said = f"page {page}, line {line}: {text}" if page else text
            self._write(f"::{kind} {place},title={_property(title)}::{_data(said)}")
        self._told[kind] += 1
        if kind != "notice" and len(self._rows) < MAX_ROWS:
            where = place_in(source, line, page)
            self._rows.append(f"| {kind} | {_cell(where)} | {_cell(title)} | {_cell(text)} |\n")
        elif kind != "notice":
            self._left_out += 1

    def close(self, summary: Summary) -> None:
        """Write the summary of the step."""
        parts = [f"### docpack: {summary.sentence()}\n\n"]
        if self._rows:
            parts.append("| | where | what | |\n|---|---|---|---|\n")
        size = sum(len(each.encode()) for each in parts)
        left_out = self._left_out
        for row in self._rows:
            size += len(row.encode("utf-8", "backslashreplace"))
            if size > MAX_SUMMARY_BYTES:
                left_out += 1
            else:
                parts.append(row)
        if left_out:
            parts.append(f"\n{left_out} more are left out here.\n")
        self._append("".join(parts))

    def abandon(self) -> None:
        """Nothing is left where nothing was written."""


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _cell(text: str) -> str:
    escaped = "".join(f"\\{each}" if each in "\\`*_{}[]<>|#~" else each for each in text)
    return " ".join(escaped.split())
