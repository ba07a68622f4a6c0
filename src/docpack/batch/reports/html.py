"""One page for people, which needs nothing but itself: totals, failures first, what is least sure, what took longest."""

from __future__ import annotations

import heapq
from html import escape
from typing import TYPE_CHECKING, Any

from docpack.batch.reports.written import ReportFile
from docpack.batch.task import Status
from docpack.findings import place_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from docpack.batch.reports.summary import Summary
    from docpack.batch.task import Record

__all__ = ["HtmlReport"]

MAX_FAILURES = 1000
MAX_DOUBTS = 100
MAX_SLOWEST = 20
MAX_WARNINGS = 200


class HtmlReport:
    """What it has of each kind is bounded, so that a page of ten million documents can still be opened."""

    def __init__(self, path: Path) -> None:
        self._file = ReportFile(path)
        self._failures: list[Record] = []
        self._warnings: list[tuple[str, dict[str, Any]]] = []
        self._doubts: list[tuple[float, int, str, dict[str, Any]]] = []  # a heap, the surest first
        self._slowest: list[tuple[float, int, str]] = []  # a heap, the quickest first
        self._count = 0

    def add(self, record: Record) -> None:
        """Note what is to be shown of a document."""
        if not record.status.is_fine and record.status is not Status.NOT_RUN and len(self._failures) < MAX_FAILURES:
            self._failures.append(record)
        for each in record.findings:
            if each["severity"] == "warning" and len(self._warnings) < MAX_WARNINGS:
                self._warnings.append((record.source, each))
        for each in record.doubts.worst:
            self._count += 1
            _keep(self._doubts, (-each["confidence"], -self._count, record.source, each), MAX_DOUBTS)
        if seconds := record.volatile.get("wall_s"):
            _keep(self._slowest, (seconds, -record.number, record.source), MAX_SLOWEST)

    def close(self, summary: Summary) -> None:
        """Put the page in its place."""
        failed = summary.failed
        title = (
            f"docpack: {failed} of {summary.documents} documents failed"
            if failed
            else "docpack: all documents are done"
        )
        if summary.interrupted:
            title = f"docpack: interrupted, {summary.statuses[Status.NOT_RUN]} documents were not begun"
        self._file.write(
            f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        )
        self._file.write('<meta name="viewport" content="width=device-width, initial-scale=1">\n')
        self._file.write(
            f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n{_totals(summary)}"
        )
        self._write_failures(failed)
        self._table(
            "Warnings",
            ("where", "code", "what"),
            (
                (place_in(source, each["line"], each.get("page", "")), each["code"], each["message"])
                for source, each in self._warnings
            ),
            _of(len(self._warnings), summary.findings["warning"]),
        )
        self._table(
            "Least sure decisions",
            ("where", "decision", "how sure", "why"),
            (
                (
                    place_in(source, each["line"], each.get("page", "")),
                    each["decision"],
                    f"{each['confidence']:.2f}",
                    each["why"],
                )
                for _, _, source, each in sorted(self._doubts, reverse=True)
            ),
            _of(len(self._doubts), summary.doubts),
        )
        self._table(
            "Slowest documents",
            ("document", "seconds"),
            ((source, f"{seconds:.2f}") for seconds, _, source in sorted(self._slowest, reverse=True)),
        )
        self._file.write("</main>\n</body>\n</html>\n")
        self._file.finish()

    def abandon(self) -> None:
        """Leave nothing."""
        self._file.abandon()

    def _write_failures(self, failed: int) -> None:
        rows = (
            (
                each.source,
                str(each.status),
                f"{trouble.format}: {trouble.message}" if trouble.format else trouble.message,
                trouble.hint,
            )
            for each in self._failures
            for trouble in each.troubles
        )
        self._table(
            "Failures", ("document", "outcome", "what went wrong", "what to do"), rows, _of(len(self._failures), failed)
        )

    def _table(self, title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], note: str = "") -> None:
        """Write a table with its heading, if it has a row."""
        begun = False
        for row in rows:
            if not begun:
                begun = True
                self._file.write(f"<section>\n<h2>{title}</h2>\n")
                self._file.write(f"<p>{escape(note)}</p>\n" if note else "")
                head = "".join(f'<th scope="col">{each}</th>' for each in heads)
                self._file.write(f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n')
            self._file.write("<tr>" + "".join(f"<td>{escape(_printable(each))}</td>" for each in row) + "</tr>\n")
        if begun:
            self._file.write("</tbody>\n</table></div>\n</section>\n")


def _keep(heap: list[Any], item: Any, limit: int) -> None:
    """Put an item on a heap that keeps the largest ones."""
    if len(heap) < limit:
        heapq.heappush(heap, item)
    else:
        heapq.heappushpop(heap, item)


def _of(shown: int, all_of_them: int) -> str:
    return f"The first {shown} of {all_of_them}." if shown < all_of_them else ""


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


def _totals(summary: Summary) -> str:
    figures = [
        (str(summary.documents), "documents"),
        *((str(summary.statuses[each]), each.value) for each in Status if summary.statuses[each]),
        (str(summary.outputs), "outputs"),
        (str(summary.findings["warning"]), "warnings"),
        (str(summary.doubts), "unsure decisions"),
        (f"{summary.elapsed_s:.1f} s", "time"),
    ]
    inside = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(figure)}</dd></div>" for figure, name in figures)
    return f"<dl>{inside}</dl>\n"


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1a1a1a;background:#fff}"
    "main{max-width:70rem;margin:0 auto;padding:1.5rem}"
    "h1{font-size:1.5rem;margin:0 0 1rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}"
    "dl{display:flex;flex-wrap:wrap;gap:.75rem;margin:0}"
    "dl div{border:1px solid #ccc;border-radius:6px;padding:.5rem .9rem;min-width:6rem}"
    "dt{font-size:.85rem;color:#555}dd{margin:0;font-size:1.3rem;font-variant-numeric:tabular-nums}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}"
    "th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #ddd;overflow-wrap:anywhere}"
    "th{border-bottom:2px solid #888}td:first-child{font-family:ui-monospace,monospace;font-size:.85rem;min-width:12rem}"
    "@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#1b1b1b}dt{color:#aaa}"
    "dl div{border-color:#555}th,td{border-color:#444}}"
)
