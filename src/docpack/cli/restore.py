"""`docpack restore FILE.tei.xml -o FILE`: the source out of an archival TEI file, byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docpack.cli.messages import read_stdin, say, write_stdout
from docpack.errors import ExitCode, UsageError
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
    """Write the source; exit with 5 where what it gives is not the source that it records."""
    if parsed.output == parsed.input != "-" or Path(parsed.output).resolve() == Path(parsed.input).resolve():
        raise UsageError(f"{parsed.output} is the input and would be overwritten", hint="Give another name with -o.")
    data = read_stdin() if parsed.input == "-" else read_file(Path(parsed.input))
    restored = restore(data)
    if parsed.output == "-":
        write_stdout(restored.data)
    else:
        replace_file(Path(parsed.output), restored.data)
    if restored.edited:
        say(f"warning: {parsed.input} was edited since docpack wrote it; this is not the source that it records")
    for problem in restored.problems:
        say(f"warning: {parsed.input}: {problem}")
    return ExitCode.VERIFICATION if restored.edited or restored.problems else ExitCode.OK
