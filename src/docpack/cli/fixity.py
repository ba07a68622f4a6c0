"""`docpack fixity PACKAGE... --log FILE`: check all digests, and keep a log of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.cli.messages import say, say_error, write_stdout
from docpack.clock import Clock
from docpack.errors import DocpackError, ExitCode, OutputError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    parser.add_argument("packages", nargs="+", metavar="PACKAGE", help="a package: a tar or zip file, or a folder")
    parser.add_argument("--log", required=True, metavar="FILE", help="a file to which a line of JSON is added for each")
    parser.add_argument("--foreign", action="store_true", help="take any valid BagIt bag, not only docpack's")


def run(parsed: argparse.Namespace) -> int:
    """Check the packages; the log is written after each, and the packages are not touched."""
    codes = [_check(Path(each), Path(parsed.log), foreign=parsed.foreign) for each in parsed.packages]
    failed = [code for code in codes if code]
    if not failed:
        return ExitCode.OK
    return failed[0] if len(codes) == 1 else ExitCode.FAILED


def _check(path: Path, log: Path, *, foreign: bool) -> int:
    from docpack import __version__
    from docpack.archive.package_check import check_package

    event: dict[str, Any] = {
        "event": "fixity check",
        "time": Clock.of_environment().moment(),
        "package": str(path),
        "agent": f"docpack {__version__}",
    }
    code = ExitCode.OK
    try:
        report = check_package(path, level="full", foreign=foreign)
        event |= {"outcome": "pass" if report.ok else "fail", **report.to_json()}
        code = ExitCode.OK if report.ok else ExitCode.VERIFICATION
    except DocpackError as error:
        say_error(str(path), error)
        event |= {"outcome": "not run", "message": error.message}
        code = error.exit_code
    _append(log, event)
    write_stdout(f"{event['outcome']}  {path}\n".encode())
    for each in event.get("problems", []):
        say(f"{path}: {each['code']} {each['path']}: {each['message']}")
    return code


def _append(log: Path, event: dict[str, Any]) -> None:
    """Add a line to the log, and make it durable.

    Raises:
        OutputError: The log cannot be written.
    """
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="ascii") as file:
            file.write(json.dumps(event) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError(f"{log} cannot be written: {error.strerror}", hint="Name a file with --log.") from error
