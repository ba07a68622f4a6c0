"""Which reports there are, and how they are asked for: KIND:FILE."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from docpack.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docpack.batch.reports.summary import Summary
    from docpack.batch.task import Record

__all__ = ["KINDS", "Report", "open_reports", "writes_to_stdout"]

KINDS = ("jsonl", "junit", "sarif", "github", "html")


class Report(Protocol):
    """Is told of each document, in their order, and writes it down."""

    def add(self, record: Record) -> None:
        """Take a document."""

    def close(self, summary: Summary) -> None:
        """Put the report in its place."""

    def abandon(self) -> None:
        """Leave nothing."""


def open_reports(asked: Sequence[str], write: Callable[[str], None]) -> list[Report]:
    """Return the reports that are asked for.

    Args:
        asked: `KIND:FILE` each; `github` needs no file, and then adds to the one that GitHub names.
        write: Takes a line of what goes to standard output.

    Raises:
        OutputError: A file cannot be written.
        UsageError: There is no such report, or two go to one file.
    """
    wanted = [_kind_and_name(each) for each in asked]
    names = [Path(name).resolve() for _, name in wanted if name]
    if len(set(names)) < len(names):
        raise UsageError("two reports go to one file", hint="Name two files.")
    made: list[Report] = []
    try:
        for kind, name in wanted:
            made.append(_made(kind, name, write))
    except BaseException:
        for report in made:
            report.abandon()
        raise
    return made


def writes_to_stdout(asked: Sequence[str]) -> bool:
    """Tell whether one of the reports that are asked for goes to standard output, line by line."""
    return any(each.partition(":")[0] == "github" for each in asked)


def _kind_and_name(asked: str) -> tuple[str, str]:
    kind, _, name = asked.partition(":")
    if kind not in KINDS or (not name and kind != "github"):
        raise UsageError(
            f"--report {asked[:60]!r} is no report", hint=f"Give KIND:FILE; the kinds are {', '.join(KINDS)}."
        )
    return kind, name


def _made(kind: str, name: str, write: Callable[[str], None]) -> Any:
    path = Path(name)
    match kind:
        case "jsonl":
            from docpack.batch.reports.json_lines import JsonLinesReport

            return JsonLinesReport(path)
        case "junit":
            from docpack.batch.reports.junit import JUnitReport

            return JUnitReport(path)
        case "sarif":
            from docpack.batch.reports.sarif import SarifReport

            return SarifReport(path)
        case "html":
            from docpack.batch.reports.html import HtmlReport

            return HtmlReport(path)
        case _:
            from docpack.batch.reports.github import GitHubReport

            return GitHubReport(write, _appender(name or os.environ.get("GITHUB_STEP_SUMMARY", "")))


def _appender(name: str) -> Callable[[str], None]:
    def append(text: str) -> None:
        if not name:
            return
        try:
            with open(name, "a", encoding="utf-8", errors="backslashreplace") as file:  # noqa: PTH123
                file.write(text)
        except OSError as error:
            raise OutputError(
                f"the summary {name} cannot be written: {error.strerror}", hint="Check its folder."
            ) from error

    return append
