"""`docpack restore FILE.tei.xml|PACKAGE -o FILE`: the source out of a package or an archival TEI file, byte for byte."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.cli.messages import read_stdin, say, write_stdout
from docpack.errors import ExitCode, InputError, UsageError
from docpack.files import read_file, real_path, replace_file
from docpack.readers.tei_source import restore

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    parser.add_argument("input", metavar="FILE.tei.xml|PACKAGE", help="a package, or a TEI file; - is standard input")
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="where the source goes; - is standard output"
    )


def run(parsed: argparse.Namespace) -> int:
    """Write the source; exit with 5 where what it gives is not the source that it records."""
    if parsed.output == parsed.input != "-" or real_path(parsed.output) == real_path(parsed.input):
        raise UsageError(f"{parsed.output} is the input and would be overwritten", hint="Give another name with -o.")
    if parsed.input != "-" and _is_package(Path(parsed.input)):
        return _restore_from_package(parsed)
    data = read_stdin() if parsed.input == "-" else read_file(Path(parsed.input))
    if _begins_package(data):
        raise InputError(
            "standard input holds a package, which is read in any order", hint="Save it, and name the file."
        )
    restored = restore(data)
    _write(parsed.output, restored.data)
    if restored.extracted_from:
        kind = "PDF" if restored.extracted_from == "application/pdf" else "file"
        say(f"info: this is the text that was extracted from the {kind}, not the {kind} itself, which a package holds")
    if restored.edited:
        say(f"warning: {parsed.input} was edited since docpack wrote it; this is not the source that it records")
    for problem in restored.problems:
        say(f"warning: {parsed.input}: {problem}")
    return ExitCode.VERIFICATION if restored.edited or restored.problems else ExitCode.OK


def _is_package(path: Path) -> bool:
    """Tell whether an input is a package; what cannot be told is left to the reader of TEI, which says what is wrong."""
    if os.path.isdir(path):  # noqa: PTH112  # where pathlib raises, it says no
        return True
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError:
        return False
    return _begins_package(head)


def _begins_package(head: bytes) -> bool:
    return head.startswith(b"PK") or head[257:262] == b"ustar"


def _restore_from_package(parsed: argparse.Namespace) -> int:
    from docpack.archive.opening import open_package
    from docpack.archive.package_record import source_of

    with open_package(Path(parsed.input)) as package:
        data, _ = source_of(package)
    _write(parsed.output, data)
    return ExitCode.OK


def _write(output: str, data: bytes) -> None:
    if output == "-":
        write_stdout(data)
    else:
        replace_file(Path(output), data)
