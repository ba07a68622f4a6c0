"""`docpack batch merge JOURNAL...`: one report of several runs, such as those of shards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.batch.merging import merged
from docpack.batch.reports.kinds import open_reports
from docpack.batch.reports.summary import Summary
from docpack.cli.batch_settings import check_stdout
from docpack.cli.messages import say, write_line
from docpack.errors import ExitCode, UsageError

if TYPE_CHECKING:
    import argparse
__all__ = ["merge"]


def merge(parsed: argparse.Namespace) -> int:
    """Make one report of the JSON Lines reports of several runs; return the exit code."""
    names = parsed.inputs[1:]
    if not names:
        raise UsageError("no journal is named to merge", hint="Name the files that --report jsonl:FILE wrote.")
    if parsed.check or parsed.output_dir or parsed.to:
        raise UsageError("merge reads reports and converts nothing", hint="Leave out --check, -d and -t.")
    check_stdout(parsed)
    summary = Summary()
    reports = open_reports(parsed.report, write_line)
    try:
        for record in merged([Path(each) for each in names]):
            summary.add(record)
            for report in reports:
                report.add(record)
        for report in reports:
            report.close(summary)
    except BaseException:
        for report in reports:
            report.abandon()
        raise
    if parsed.json:
        write_line(json.dumps(summary.to_json(), indent=1))
    if not parsed.quiet:
        say(summary.sentence())
    return _exit_code(parsed, summary)


def _exit_code(parsed: argparse.Namespace, summary: Summary) -> int:
    if not summary.documents:
        return ExitCode.OK if parsed.allow_empty else ExitCode.NO_MATCH
    if summary.fine < summary.documents:
        return ExitCode.FAILED
    return ExitCode.STRICT if parsed.strict is not None and summary.warned else ExitCode.OK
