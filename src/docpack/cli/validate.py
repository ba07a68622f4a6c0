"""`docpack validate FILE...`: what the reference validators say, of those that are installed."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.cli.messages import say, say_error, write_stdout
from docpack.errors import ExitCode, InputError, UsageError
from docpack.verdicts import Cause, Outcome
from docpack.verify.validating import TIMEOUT_S, validate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.verdicts import Verdict

__all__ = ["add_arguments", "run"]

_WORDS = {Outcome.PASSED: "PASS", Outcome.FAILED: "FAIL", Outcome.NOT_RUN: "NOT RUN", Outcome.IDENTIFIED: "IS"}
_SHOWN = 20  # messages beneath a FAIL; --json has them all


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="files, and folders that are packages")
    parser.add_argument("--only", default="", metavar="NAME,...", help="ask these validators only")
    parser.add_argument(
        "--tools", action="append", default=[], metavar="DIR", help="a folder in which validators are installed"
    )
    parser.add_argument("--schemas", action="append", default=[], metavar="DIR", help="a folder with schemas")
    parser.add_argument(
        "--timeout", type=_seconds, default=TIMEOUT_S, metavar="S", help=f"seconds for each validator ({TIMEOUT_S:g})"
    )
    parser.add_argument("--json", action="store_true", help="print the same as JSON, with all messages")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds


def run(parsed: argparse.Namespace) -> int:
    """Validate the files; say what each validator said, and which were not there."""
    folders = {name: [Path(each) for each in getattr(parsed, name)] for name in ("tools", "schemas")}
    for name, paths in folders.items():
        for path in paths:
            if not path.is_dir():
                raise UsageError(f"--{name} {path} is no folder", hint="Name a folder.")
    only = [name for name in parsed.only.replace(" ", "").split(",") if name]
    rows: list[dict[str, Any]] = []
    all_verdicts: list[Verdict] = []
    code = ExitCode.OK
    for file in parsed.files:
        try:
            verdicts = validate(Path(file), only=only, timeout_s=parsed.timeout, **folders)
        except InputError as error:
            say_error(file, error)
            rows.append({"file": file, "verdicts": [], "error": {"message": error.message, "hint": error.hint}})
            code = _worse(code, error.exit_code)
            continue
        rows.append({"file": file, "verdicts": [each.to_json() for each in verdicts], "error": None})
        if not parsed.json:
            write_stdout("".join(_lines(file, verdicts)).encode("utf-8", "backslashreplace"))
        all_verdicts += verdicts
        code = _worse(code, _code(verdicts))
    if parsed.json:
        write_stdout((json.dumps({"files": rows}, indent=1) + "\n").encode())
    else:
        _say_missing(all_verdicts)
    return code


def _lines(file: str, verdicts: Sequence[Verdict]) -> list[str]:
    """Return the lines on one file: one a validator, and beneath a failure what it found."""
    lines = []
    name = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in file)  # none shall forge a line
    for verdict in verdicts:
        reason = f": {verdict.reason}" if verdict.reason else ""
        lines.append(f"{_WORDS[verdict.outcome]:<7}  {verdict.tool}  {name}{reason}\n")
        if verdict.outcome is Outcome.FAILED:
            lines += [f"    {message}\n" for message in verdict.messages[:_SHOWN]]
            more = len(verdict.messages) + verdict.omitted - _SHOWN
            lines += [f"    and {more} more\n"] if more > 0 else []
    return lines


def _say_missing(verdicts: Sequence[Verdict]) -> None:
    """Say once of each validator that was not there what is missing, and how to get it."""
    missing = {each.validator: each for each in verdicts if each.cause is Cause.MISSING}
    for verdict in missing.values():
        say(f"not there: {verdict.validator}: {verdict.reason}; get it: {verdict.hint}")


def _code(verdicts: Sequence[Verdict]) -> ExitCode:
    """Return what the verdicts on one file amount to.

    A tool that is there and gave no verdict is a missing one: nobody shall take its silence for praise.
    """
    if any(each.outcome is Outcome.FAILED for each in verdicts):
        return ExitCode.VERIFICATION
    ran = any(each.outcome in {Outcome.PASSED, Outcome.IDENTIFIED} for each in verdicts)
    broken = any(each.cause is Cause.BROKEN for each in verdicts)
    return ExitCode.DEPENDENCY if broken or not ran else ExitCode.OK


def _worse(first: ExitCode, second: ExitCode) -> ExitCode:
    order = (ExitCode.OK, ExitCode.DEPENDENCY, ExitCode.INPUT, ExitCode.VERIFICATION)
    return max(first, second, key=order.index)
