"""`docpack fixity PACKAGE... --log FILE`: check all digests, and keep a log of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.cli.messages import problem_line, say, say_error, write_line
from docpack.clock import Clock
from docpack.errors import DocpackError, ExitCode, OutputError, UsageError
from docpack.files import real_path

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import BinaryIO

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    parser.add_argument("packages", nargs="+", metavar="PACKAGE", help="a package: a tar or zip file, or a folder")
    parser.add_argument("--log", required=True, metavar="FILE", help="a file to which a line of JSON is added for each")
    parser.add_argument("--json", action="store_true", help="print the lines of the log")
    parser.add_argument("--foreign", action="store_true", help="take any valid BagIt bag, not only docpack's")


def run(parsed: argparse.Namespace) -> int:
    """Check the packages; the log is written after each, and the packages are not touched."""
    if parsed.log == "-":
        raise UsageError("the log is a file", hint="Name one with --log; --json prints the lines as well.")
    log = Path(parsed.log)
    _check_apart(log, parsed.packages)
    _append(log, "")  # whether it can be written is known before hours of hashing
    codes = [_check(Path(each), log, parsed) for each in parsed.packages]
    failed = [code for code in codes if code]
    if not failed:
        return ExitCode.OK
    return failed[0] if len(codes) == 1 else ExitCode.FAILED


def _check(path: Path, log: Path, parsed: argparse.Namespace) -> int:
    from docpack import __version__
    from docpack.archive.package_check import check_package
    from docpack.archive.problems import shown

    event: dict[str, Any] = {
        "event": "fixity check",
        "time": Clock().moment(),  # the machine's: a log that tells another time is none
        "package": str(path.absolute()),
        "agent": f"docpack {__version__}",
    }
    code = ExitCode.OK
    try:
        report = check_package(path, level="full", foreign=parsed.foreign)
        event |= {**report.to_json(), "package": str(path.absolute()), "outcome": "pass" if report.ok else "fail"}
        code = ExitCode.OK if report.ok else ExitCode.VERIFICATION
    except DocpackError as error:
        say_error(str(path), error)
        event |= {"outcome": "not run", "message": error.message}
        code = error.exit_code
    line = json.dumps(event)
    _append(log, line + "\n")  # first: whatever becomes of what is printed, the log has it
    write_line(line if parsed.json else f"{event['outcome']}  {shown(str(path))}")
    for each in event.get("problems", []):
        say(problem_line(str(path), each))
    return code


def _check_apart(log: Path, packages: Sequence[str]) -> None:
    """Refuse a log that is a package, or lies in one.

    Raises:
        UsageError: It does.
    """
    place = real_path(log)
    for each in packages:
        package = real_path(each)
        if place == package or package in place.parents:
            raise UsageError(f"the log would be written into {each}", hint="Name a file elsewhere with --log.")


def _append(log: Path, line: str) -> None:
    """Add a line to the log, and make it durable.

    Raises:
        OutputError: The log cannot be written.
    """
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab+") as file:
            if line and file.seek(0, os.SEEK_END) and not _ends_with_line(file):
                file.write(b"\n")  # a full disk cut the last one short
            file.write(line.encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"{log} cannot be written: {reason}", hint="Name a file with --log.") from error


def _ends_with_line(file: BinaryIO) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
