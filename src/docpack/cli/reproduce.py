"""`docpack reproduce PACKAGE`: convert the source in a package anew, and compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.cli.messages import write_stdout
from docpack.errors import ExitCode

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    parser.add_argument("package", metavar="PACKAGE", help="a package that docpack made")
    parser.add_argument("--json", action="store_true", help="print the same as JSON")


def run(parsed: argparse.Namespace) -> int:
    """Print what became of each output; exit with 1 where one is not the same."""
    from docpack.archive.opening import open_package
    from docpack.packing.reproducing import Outcome, reproduce

    with open_package(Path(parsed.package)) as package:
        made = list(reproduce(package))
    if parsed.json:
        text = json.dumps({"package": parsed.package, "outputs": [each.to_json() for each in made]}, indent=1)
    else:
        text = "\n".join(f"{each.outcome}  {each.path}{f'  ({each.note})' if each.note else ''}" for each in made)
    write_stdout(f"{text}\n".encode())
    return ExitCode.OK if all(each.outcome is Outcome.SAME for each in made) else ExitCode.FAILED
