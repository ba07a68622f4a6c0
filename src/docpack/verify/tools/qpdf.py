"""qpdf: whether a PDF is sound as a file. It says nothing about PDF/A and PDF/UA."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.verdicts import Found, Gravity, Message, Missing
from docpack.verify.tools.finding import find_program, version_said_by
from docpack.verify.tools.judging import Judgement, conclude
from docpack.verify.tools.processes import execute, workplace

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.verdicts import Places, Verdict
    from docpack.verify.tools.processes import Finished

__all__ = ["QpdfValidator"]

_CLEAN, _ERRORS, _WARNINGS = 0, 2, 3
_SOUND = "No syntax or stream encoding errors found"


@dataclass(frozen=True, slots=True)
class QpdfValidator:
    """Runs `qpdf --check`; exit code 3, warnings, fails the file too."""

    name: ClassVar[str] = "qpdf"
    formats: ClassVar[tuple[str, ...]] = ("pdf",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        program = find_program(places, "qpdf")
        if not program:
            return Missing("there is no qpdf", "apt install qpdf")
        return Found(version_said_by(program, "--version"), (program,))

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on a PDF."""
        with workplace() as folder:
            done = execute([*found.command, "--check", path.absolute()], folder, timeout_s)
            raw = done.output + done.errors
            return conclude(self.name, found, path, done, _read, suffix=".txt", report=raw)


def _read(done: Finished) -> Judgement:
    lines = done.errors.decode("utf-8", "replace").splitlines()
    if done.code == _CLEAN and _SOUND in done.output.decode("utf-8", "replace"):
        return Judgement(clean=True)
    told = [line for line in lines if line.startswith(("WARNING: ", "ERROR: ", "qpdf: "))]
    if done.code not in {_ERRORS, _WARNINGS} or not told:
        raise ValueError("; ".join(lines))
    gravity = Gravity.ERROR if done.code == _ERRORS else Gravity.WARNING
    return Judgement(clean=False, messages=[Message(gravity, "", "", line) for line in told])
