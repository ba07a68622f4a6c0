"""fido and Siegfried: which format of the PRONOM registry a file is taken for, as an archive's ingest desk would see it.

They pass no judgement, so they run only where they are asked for by name.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from docpack.verdicts import Found, Gravity, Message, Missing, Outcome, Verdict
from docpack.verify.tools.finding import find_package
from docpack.verify.tools.judging import Judgement, ask_program, conclude, python_program
from docpack.verify.tools.processes import execute, workplace

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.verdicts import Places
    from docpack.verify.tools.processes import Finished

__all__ = ["FidoIdentifier", "SiegfriedIdentifier"]


@dataclass(frozen=True, slots=True)
class FidoIdentifier:
    """Runs `fido`; it prints a line for each format that fits."""

    name: ClassVar[str] = "fido"
    formats: ClassVar[tuple[str, ...]] = ("file",)
    on_request: ClassVar[bool] = True

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        package = find_package(places, "fido", "opf-fido")
        if not package:
            return Missing("there is no fido", "pip install opf-fido")
        return Found(package.version, (package.python, "-E", "-B", "-m", "fido.fido", "-q"))

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return what it takes a file for."""
        with workplace() as folder:
            done = execute([*found.command, path.absolute()], folder, timeout_s)
            return _identified(conclude(self.name, found, path, done, _read, suffix=".csv"))


def _read(done: Finished) -> Judgement:
    messages = []
    rows = list(csv.reader(io.StringIO(done.output.decode("utf-8", "replace"))))
    if not rows:
        raise ValueError("it said nothing")
    for row in rows:
        if row[0] == "OK":
            messages.append(Message(Gravity.INFO, row[2], "", f"{row[3]}; {row[8]}"))
        elif row[0] != "KO":
            raise ValueError(",".join(row))
    return Judgement(clean=True, messages=messages)


@dataclass(frozen=True, slots=True)
class SiegfriedIdentifier:
    """Runs Siegfried as the Python package pygfried."""

    name: ClassVar[str] = "siegfried"
    formats: ClassVar[tuple[str, ...]] = ("file",)
    on_request: ClassVar[bool] = True

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        package = find_package(places, "pygfried", "pygfried")
        if not package:
            return Missing("there is no Siegfried", "pip install pygfried")
        return Found("", python_program(package.python, "with_siegfried"))

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return what it takes a file for."""
        return _identified(ask_program(self.name, found, path, timeout_s))


def _identified(verdict: Verdict) -> Verdict:
    """Return a verdict as what it is here: the registry's keys, or UNKNOWN, and no praise."""
    if verdict.outcome is not Outcome.PASSED:
        return verdict
    keys = dict.fromkeys(each.code for each in verdict.messages)
    return replace(verdict, outcome=Outcome.IDENTIFIED, reason=", ".join(keys) or "UNKNOWN")
