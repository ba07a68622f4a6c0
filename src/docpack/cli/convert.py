"""`docpack convert INPUT... [-t FORMAT,...] [-o FILE | -d DIR]`."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.cli.messages import read_stdin, say, say_error, say_findings, write_stdout
from docpack.cli.options import (
    PluginOptions,
    asked_formats,
    check_overrides_beside,
    confidence,
    reader_settings,
    split_formats,
    stated_changes,
)
from docpack.conversion import OVERRIDES_SUFFIX, overrides_beside
from docpack.errors import ExitCode, UsageError
from docpack.files import real_path
from docpack.findings import Severity, place_in
from docpack.jobs import Job, Result, plan
from docpack.jobs import run as run_job
from docpack.judgements import UNSURE_BELOW, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["add_arguments", "run"]

MAX_UNSURE_SAID = 5  # the rest is for `docpack explain --unsure`


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command, with the options of the formats that `arguments` name."""
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="a file to convert; - is standard input")
    parser.add_argument("-f", "--from", dest="from_format", default="", metavar="FORMAT", help="what the input is")
    parser.add_argument("-t", "--to", default="", metavar="FORMAT[,FORMAT...]", help="what to write")
    parser.add_argument("-o", "--output", default="", metavar="FILE", help="the file to write; - is standard output")
    parser.add_argument("-d", "--output-dir", default="", metavar="DIR", help="the folder to write to; it is made")
    parser.add_argument(
        "-M", "--metadata", action="append", default=[], metavar="KEY=VALUE", help="state title, author, language, ..."
    )
    parser.add_argument("--metadata-file", metavar="FILE", help="metadata as TOML, JSON or Dublin Core XML")
    parser.add_argument(
        "--strict",
        type=confidence,
        nargs="?",
        const=UNSURE_BELOW,
        metavar="P",
        help=f"exit with 6 where there are warnings, or decisions less sure than P ({UNSURE_BELOW:g})",
    )
    parser.add_argument(
        "--verify",
        action=argparse.BooleanOptionalAction,
        help="read outputs back and compare them with the source: EPUB, DOCX and TEI by default, with --verify PDF too",
    )
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")
    parser.add_argument("-q", "--quiet", action="store_true", help="say errors only")
    parser.add_argument("-v", "--verbose", action="store_true", help="say everything, also what is only of interest")
    writers, readers = asked_formats(arguments)
    of_writers, of_readers = PluginOptions.of_writers(writers), PluginOptions.of_readers(readers)
    of_writers.add_to(parser, "options of the formats written")
    of_readers.add_to(parser, "options of the formats read")
    parser.set_defaults(of_writers=of_writers, of_readers=of_readers)


def run(parsed: argparse.Namespace) -> int:
    """Convert the inputs one after the other; return the exit code."""
    jobs = _jobs(parsed)
    verbosity = -1 if parsed.quiet else int(parsed.verbose)
    results = []
    for job in jobs:
        result = run_job(job)
        results.append(result)
        for error in result.errors.values():
            say_error(job.source, error)
        say_findings(job.source, result.findings, verbosity=verbosity)
        if parsed.strict is not None and verbosity >= 0:
            _say_unsure(result, parsed)
        for data in result.data.values():
            write_stdout(data)
        if verbosity > 0:
            for target in result.outputs.values():
                say(f"{job.source}: wrote {target}")
    if parsed.json:
        _print_json(results)
    return _exit_code(results, strict=parsed.strict is not None)


def _say_unsure(result: Result, parsed: argparse.Namespace) -> None:
    """Say how many decisions are less sure than was asked for, and which are the worst."""
    if not result.unsure:
        return
    below = parsed.strict
    decisions = "decision is" if len(result.unsure) == 1 else "decisions are"
    say(f"warning: {result.source}: {len(result.unsure)} {decisions} less than {below:g} sure")
    for each in result.unsure[:MAX_UNSURE_SAID]:
        place = place_in(result.source, each.line, each.page)
        say(f"warning: {place}: {each.decision}, {shown(each.confidence)} sure: {each.why}")
    say(f"hint: {_how_to_see(result.source, parsed)}")


def _how_to_see(source: str, parsed: argparse.Namespace) -> str:
    """Return how to see the doubts of a conversion: with the options that the text was read with."""
    words = ["docpack", "explain", "FILE" if source == "-" else shlex.quote(source), "--unsure"]
    if parsed.strict != UNSURE_BELOW:
        words.append(f"{parsed.strict:g}")
    if parsed.from_format:
        words += ("-f", shlex.quote(parsed.from_format))
    words += parsed.of_readers.words(parsed)
    first = "Save the text as FILE, and see them" if source == "-" else "See them"
    return f"{first} with `{' '.join(words)}`."


def _jobs(parsed: argparse.Namespace) -> list[Job]:
    """Return the jobs, all planned and checked before the first one runs.

    Raises:
        UsageError: Options contradict each other, or two outputs would be one file.
    """
    formats = split_formats(parsed.to)
    _leave_out_overrides(parsed)
    if parsed.output and len(parsed.inputs) > 1:
        raise UsageError("one output file is named for several inputs", hint="Give a folder with -d DIR.")
    if parsed.output == "-":
        _check_stdout(formats, parsed)
    if parsed.inputs.count("-") > 1:
        raise UsageError("standard input is named twice", hint="It can be read once.")
    changes = stated_changes(parsed)
    options = parsed.of_writers.values(parsed)
    from_format, reader_options = reader_settings(parsed)
    jobs = []
    for source in parsed.inputs:
        check_overrides_beside(source, parsed)
        outputs = (
            ((formats[0], "-"),) if parsed.output == "-" else plan(source, parsed.output, formats, parsed.output_dir)
        )
        data = read_stdin() if source == "-" else None
        below = UNSURE_BELOW if parsed.strict is None else parsed.strict
        jobs.append(Job(source, outputs, from_format, options, reader_options, changes, data, below, parsed.verify))
    read_too = parsed.of_writers.files(parsed) + parsed.of_readers.files(parsed)
    read_too += [Path(parsed.metadata_file)] if parsed.metadata_file else []
    read_too += [overrides_beside(source) for source in parsed.inputs if source != "-"]
    _check_targets(jobs, read_too)
    return jobs


def _leave_out_overrides(parsed: argparse.Namespace) -> None:
    """Take overrides files out of several inputs: `in.txt*` means the text.

    One by itself stays, so that its reading fails with a message.
    """
    texts = [each for each in parsed.inputs if not each.endswith(OVERRIDES_SUFFIX)]
    if texts:
        parsed.inputs = texts


def _check_stdout(formats: list[str], parsed: argparse.Namespace) -> None:
    if len(formats) != 1:
        raise UsageError("standard output takes one format", hint="Name it with -t, e.g. -t tei.")
    if parsed.json:
        raise UsageError("--json and -o - both write to standard output", hint="Give a file with -o.")
    if sys.stdout is not None and sys.stdout.isatty() and formats[0] in ("epub", "docx", "pdf"):
        raise UsageError(f"{formats[0]} is no text for a terminal", hint="Redirect it, or give a file with -o.")


def _check_targets(jobs: list[Job], read_too: list[Path]) -> None:
    """Refuse to write two documents into one file, or one over a file that is read."""
    owners: dict[Path, str] = {}
    inputs = {real_path(job.source) for job in jobs if job.source != "-"} | set(map(real_path, read_too))
    for job in jobs:
        for _, target in job.outputs:
            if target == "-":
                continue
            path = real_path(target)
            if path in owners:
                raise UsageError(
                    f"{owners[path]} and {job.source} would both become {target}",
                    hint="Rename one of them, or convert them into different folders.",
                )
            if path in inputs:
                raise UsageError(
                    f"{target} is read as well and would be overwritten", hint="Give another name with -o."
                )
            owners[path] = job.source


def _print_json(results: list[Result]) -> None:
    import json

    made = [
        {
            "source": result.source,
            "ok": result.ok,
            "exit_code": int(result.exit_code),
            "outputs": result.outputs,
            "errors": [
                {"format": name, "exit_code": int(error.exit_code), "message": error.message, "hint": error.hint}
                for name, error in result.errors.items()
            ],
            "findings": [finding.to_json() for finding in result.findings],
            "unsure": [judgement.to_json() for judgement in result.unsure],
            "conservation": {name: found.to_json() for name, found in result.conservation.items()},
        }
        for result in results
    ]
    write_stdout((json.dumps({"results": made}, indent=1) + "\n").encode())


def _exit_code(results: list[Result], *, strict: bool) -> int:
    failed = [result for result in results if not result.ok]
    if failed:
        return failed[0].exit_code if len(results) == 1 else ExitCode.FAILED
    warned = any(f.code.severity is Severity.WARNING for result in results for f in result.findings)
    doubted = any(result.unsure for result in results)
    return ExitCode.STRICT if strict and (warned or doubted) else ExitCode.OK
