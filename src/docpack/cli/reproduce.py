"""`docpack reproduce PACKAGE`: convert the source in a package anew, and compare."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from docpack.cli.messages import write_stdout
from docpack.errors import DocpackError, ExitCode, InputError, UsageError
from docpack.files import read_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.packing.reproducing import Reproduction

__all__ = ["add_arguments", "run"]

TIMEOUT_S = 600.0
_HINT = "Give more time with --timeout. A template in the package may be to blame: look at documentation/options."


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    parser.add_argument("package", metavar="PACKAGE", help="a package that docpack made")
    parser.add_argument(
        "--timeout", type=_seconds, default=TIMEOUT_S, metavar="SECONDS", help=f"how long it may take ({TIMEOUT_S:g})"
    )
    parser.add_argument("--password-file", metavar="FILE", help="its first line opens the source, if that needs one")
    parser.add_argument("--json", action="store_true", help="print the same as JSON")


def run(parsed: argparse.Namespace) -> int:
    """Print what became of each output; exit with 1 where one is not the same."""
    from docpack.packing.reproducing import Outcome

    made = _reproduced(parsed)
    if parsed.json:
        text = json.dumps({"package": parsed.package, "outputs": [each.to_json() for each in made]}, indent=1)
    else:
        text = "\n".join(f"{each.outcome}  {each.path}{f'  ({each.note})' if each.note else ''}" for each in made)
    write_stdout(f"{text}\n".encode("utf-8", "backslashreplace"))
    return ExitCode.OK if all(each.outcome is Outcome.SAME for each in made) else ExitCode.FAILED


def _reproduced(parsed: argparse.Namespace) -> list[Reproduction]:
    """Reproduce in a process of its own: templates in a package are programs, and may be anybody's.

    Raises:
        DocpackError: The package has no record of how it was made, or is damaged.
        InputError: It took too long, or more memory than it may have, or crashed.
    """
    from docpack.batch.slots import Fate, Limits, Slots
    from docpack.packing.reproducing import reproduce_file

    once = {"crashed": 1, "timeout": 1, "killed": 1}
    slots = Slots(reproduce_file, 1, Limits(timeout_s=parsed.timeout), tries=once)
    try:
        slots.submit((parsed.package, _password(parsed)))
        (ended,) = slots.wait()
    finally:
        slots.close()
    if ended.fate is Fate.RAISED:
        raise RuntimeError(ended.detail)
    if ended.fate is not Fate.DONE:
        reason = ended.detail or "it needs more memory than it may have"
        raise InputError(f"{parsed.package} cannot be reproduced: {reason}", hint=_HINT)
    if isinstance(ended.value, DocpackError):
        raise ended.value
    made: list[Reproduction] = ended.value
    return made


def _password(parsed: argparse.Namespace) -> bytes | None:
    """Return the content of the file that holds the password.

    Raises:
        UsageError: It cannot be read.
    """
    if parsed.password_file is None:
        return None
    try:
        return read_file(Path(parsed.password_file))
    except InputError as error:
        raise UsageError(f"--password-file: {error.message}", hint=error.hint) from error


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number of seconds")
    return value
