"""LibreOffice: whether a DOCX can be opened at all. It forgives much, so this is the weakest of the judges of DOCX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.verdicts import Found, Gravity, Message, Missing
from docpack.verify.tools.finding import find_program
from docpack.verify.tools.judging import Judgement, conclude
from docpack.verify.tools.processes import execute, workplace

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.verdicts import Places, Verdict
    from docpack.verify.tools.processes import Finished

__all__ = ["LibreOfficeValidator"]

_PDF = b"%PDF-"
_REFUSED = "Error: source file could not be loaded"


@dataclass(frozen=True, slots=True)
class LibreOfficeValidator:
    """Converts the file to PDF. The exit code is 0 even where that failed: what counts is the PDF."""

    name: ClassVar[str] = "libreoffice"
    formats: ClassVar[tuple[str, ...]] = ("docx",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        program = find_program(places, "soffice", "libreoffice")
        if not program:
            return Missing("there is no LibreOffice", "apt install libreoffice-writer")
        return Found("", (program,), profile="opens")

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on a DOCX."""
        with workplace() as folder:
            (folder / "out").mkdir()
            own = [*found.command, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
            said = execute([*own, "--version"], folder, timeout_s).output.decode("utf-8", "replace").split()
            done = execute(
                [*own, "--convert-to", "pdf", "--outdir", folder / "out", path.absolute()], folder, timeout_s
            )
            printed = any(map(_is_pdf, (folder / "out").iterdir()))
            version = said[1] if len(said) > 1 else ""
            return conclude(self.name, found, path, done, lambda done: _read(done, version, printed), suffix=".txt")


def _is_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_PDF)) == _PDF


def _read(done: Finished, version: str, printed: bool) -> Judgement:  # noqa: FBT001  # the third of three facts
    text = (done.output + done.errors).decode("utf-8", "replace")
    if printed:
        return Judgement(clean=True, version=version)
    if _REFUSED not in text:
        raise ValueError(text)
    return Judgement(clean=False, messages=[Message(Gravity.ERROR, "", "", _REFUSED)], version=version)
