"""What the command line says to people, on standard error; never colour, never more than a line a fact."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from typing import TYPE_CHECKING, Any

from docpack.errors import InputError, OutputError
from docpack.files import read_stream
from docpack.findings import Severity, place_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docpack.errors import DocpackError
    from docpack.findings import Finding

__all__ = [
    "problem_line",
    "read_stdin",
    "say",
    "say_error",
    "say_findings",
    "silence_stdout",
    "write_line",
    "write_stdout",
]


# What a terminal would obey, or what makes a name look like another: it may come from a file's name.
_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def say(message: str) -> None:
    """Write one line; characters that the terminal's encoding lacks are escaped."""
    line = f"docpack: {_UNPRINTED.sub(_escaped, message)}\n"
    if sys.stderr is None:  # closed by whoever started us
        return
    encoding = sys.stderr.encoding or "utf-8"
    with contextlib.suppress(OSError):  # a full disk must not hide the exit code
        sys.stderr.write(line.encode(encoding, "backslashreplace").decode(encoding))
        sys.stderr.flush()


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def say_error(source: str, error: DocpackError) -> None:
    """Say what went wrong, with which input, and what to do about it."""
    where = f"{source}: " if source and source not in error.message else ""
    say(f"error: {where}{error.message}")
    if error.hint:
        say(f"hint: {error.hint}")


def say_findings(source: str, findings: Iterable[Finding], *, verbosity: int) -> None:
    """Say warnings, and with verbosity 1 all findings; with -1 none."""
    for finding in findings:
        if verbosity < 0 or (finding.code.severity is Severity.INFO and verbosity < 1):
            continue
        place = place_in(source, finding.line, finding.page)
        say(f"{finding.code.severity}: {place}: {finding.code.name} {finding.message}")


def problem_line(package: str, problem: Mapping[str, Any]) -> str:
    """Return what is wrong with a package in a line; names of its files may hold anything, and are escaped."""
    from docpack.archive.problems import shown

    where = f"{shown(problem['path'])}: " if problem["path"] else ""
    return f"{problem['severity']}: {shown(package)}: {problem['code']} {where}{shown(problem['message'])}"


def write_line(text: str) -> None:
    """Write a line of a result to standard output; what is no text in a file's name is escaped.

    Raises:
        OutputError: As `write_stdout`.
    """
    write_stdout(f"{text}\n".encode("utf-8", "backslashreplace"))


def write_stdout(data: bytes) -> None:
    """Write a result to standard output.

    Raises:
        OutputError: It cannot take it: the disk is full, say. A pipe that was closed stays a BrokenPipeError.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed", hint="Write to a file with -o.")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        silence_stdout()
        raise OutputError(
            f"standard output cannot be written: {error.strerror}", hint="Write to a file with -o."
        ) from error


def read_stdin() -> bytes:
    """Return all of standard input.

    Raises:
        InputError: It is closed, or cannot be read.
    """
    if sys.stdin is None:
        raise InputError("standard input is closed", hint="Name a file.")
    try:
        return read_stream(sys.stdin.buffer, "standard input")
    except OSError as error:
        raise InputError(f"standard input cannot be read: {error.strerror}", hint="Name a file.") from error


def silence_stdout() -> None:
    """Point standard output nowhere, so that Python does not complain again when it closes it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
