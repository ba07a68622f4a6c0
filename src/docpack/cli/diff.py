"""`docpack diff A B`: what two packages have in common, and what not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.cli.messages import write_stdout
from docpack.errors import ExitCode

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from docpack.archive.comparing import Comparison

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    parser.add_argument("first", metavar="A", help="a package")
    parser.add_argument("second", metavar="B", help="another one")
    parser.add_argument("--json", action="store_true", help="print the same as JSON")


def run(parsed: argparse.Namespace) -> int:
    """Print the comparison; exit with 1 where they differ."""
    from docpack.archive.comparing import compare
    from docpack.archive.opening import open_package

    with open_package(Path(parsed.first)) as first, open_package(Path(parsed.second)) as second:
        found = compare(first, second)
    text = json.dumps(found.to_json(), indent=1) if parsed.json else "\n".join(_lines(found))
    write_stdout(f"{text}\n".encode())
    return ExitCode.OK if found.identical else ExitCode.FAILED


def _lines(found: Comparison) -> list[str]:
    lines = [f"- {path}" for path in found.only_first]
    lines += [f"+ {path}" for path in found.only_second]
    lines += [f"! {path}" for path in found.different]
    if found.identical:
        verdict = "identical"
    elif found.same_content:
        verdict = f"the same content, content-id sha512:{found.content_ids[0]}; records differ"
    else:
        verdict = "different content"
    return [*lines, f"{len(found.same)} files are the same; {verdict}"]
