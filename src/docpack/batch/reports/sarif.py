"""SARIF 2.1.0: findings at the lines of their sources, for code hosts and editors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from docpack.batch.reports.written import ReportFile
from docpack.findings import Code

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from docpack.batch.reports.summary import Summary
    from docpack.batch.task import Record

__all__ = ["SarifReport"]

MAX_RESULTS = 25_000  # what GitHub takes in a run; it shows 5,000
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_FAILED, _DOUBTS = "failed", "unsure"
_LEVELS = {"warning": "warning", "info": "note"}


class SarifReport:
    """What is most important comes first where there is more than code hosts take.

    Spec: OASIS SARIF 2.1.0, errata 01.
    """

    def __init__(self, path: Path) -> None:
        self._file = ReportFile(path)
        self._results: dict[str, list[dict[str, Any]]] = {"error": [], "warning": [], "note": []}
        self._left_out = 0

    def add(self, record: Record) -> None:
        """Note what is to be told of a document."""
        for trouble in record.troubles:
            text = f"{trouble.format}: {trouble.message}" if trouble.format else trouble.message
            self._note("error", _FAILED, f"{text}. {trouble.hint}".strip(), record.source, {})
        for finding in record.findings:
            self._note(_LEVELS[finding["severity"]], finding["code"], finding["message"], record.source, finding)
        for doubt in record.doubts.worst:
            text = f"{doubt['decision']}, {doubt['confidence']:.2f} sure: {doubt['why']}"
            self._note("note", _DOUBTS, text, record.source, doubt)

    def _note(self, level: str, rule: str, text: str, source: str, at: Mapping[str, Any]) -> None:
        """Note something of a place, whose `line` and `page` stand in `at`."""
        line, page = at.get("line"), at.get("page", "")
        if len(self._results[level]) >= MAX_RESULTS:
            self._left_out += 1
            return
        place: dict[str, Any] = {
            "artifactLocation": {"uri": quote(source.encode("utf-8", "surrogateescape"), safe="/~")}
        }
        if page:  # a line of a text that was extracted from pages is none of the file
            text = f"page {page}, line {line}: {text}"
        elif line:
            place["region"] = {"startLine": line}
        self._results[level].append(
            {"ruleId": rule, "level": level, "message": {"text": text}, "locations": [{"physicalLocation": place}]}
        )

    def close(self, summary: Summary) -> None:
        """Put the file in its place."""
        from docpack import __version__

        results = [each for level in self._results.values() for each in level]
        self._left_out += max(0, len(results) - MAX_RESULTS)
        rules = [{"id": code.name, "shortDescription": {"text": code.template}} for code in Code]
        rules += [
            {"id": _FAILED, "shortDescription": {"text": "the document could not be converted"}},
            {"id": _DOUBTS, "shortDescription": {"text": "a decision on the text's structure that is worth a look"}},
        ]
        run: dict[str, Any] = {
            "tool": {"driver": {"name": "docpack", "version": __version__, "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": not summary.interrupted}],
            "results": results[:MAX_RESULTS],
            "properties": {**summary.to_json(), "resultsLeftOut": self._left_out},
        }
        self._file.write(json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n")
        self._file.finish()

    def abandon(self) -> None:
        """Leave nothing."""
        self._file.abandon()
