"""`docpack restore FILE.tei.xml -o FILE`: the source out of an archival TEI file, byte for byte."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.cli.messages import say, write_stdout
from docpack.errors import ExitCode
from docpack.files import read_file, replace_file
from docpack.readers.tei_source import restore

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    parser.add_argument("input", metavar="FILE.tei.xml", help="the TEI file; - is standard input")
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="where the source goes; - is standard output"
    )


def run(parsed: argparse.Namespace) -> int:
    """Write the source; exit with 5 where the TEI file was edited since, and its text is no longer the source's."""
    data = sys.stdin.buffer.read() if parsed.input == "-" else read_file(Path(parsed.input))
    restored = restore(data)
    if parsed.output == "-":
        write_stdout(restored.data)
    else:
        replace_file(Path(parsed.output), restored.data)
    if not restored.edited:
        return ExitCode.OK
    say(
        f"warning: {parsed.input} was edited since docpack wrote it; what it gives back is not the source that it records"
    )
    for problem in restored.problems:
        say(f"warning: {parsed.input}: {problem}")
    return ExitCode.VERIFICATION
