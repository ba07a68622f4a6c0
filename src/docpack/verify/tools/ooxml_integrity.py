"""ooxml-integrity: whether what the parts of a DOCX refer to is there; a Python package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.verdicts import Found, Gravity, Message, Missing
from docpack.verify.tools.finding import find_package
from docpack.verify.tools.judging import Judgement, conclude, json_object
from docpack.verify.tools.processes import execute, workplace

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.verdicts import Places, Verdict
    from docpack.verify.tools.processes import Finished

__all__ = ["OoxmlIntegrityValidator"]

_GRAVITIES = {"error": Gravity.ERROR, "warn": Gravity.WARNING, "info": Gravity.INFO}


@dataclass(frozen=True, slots=True)
class OoxmlIntegrityValidator:
    """Runs `ooxml-integrity check`, without the settings that it would look for in the folders above."""

    name: ClassVar[str] = "ooxml-integrity"
    formats: ClassVar[tuple[str, ...]] = ("docx",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        package = find_package(places, "ooxml_integrity", "ooxml-integrity")
        if not package:
            return Missing("there is no ooxml-integrity", "pip install ooxml-integrity")
        return Found(package.version, (package.python, "-E", "-B", "-m", "ooxml_integrity"))

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on a DOCX."""
        with workplace() as folder:
            command: list[str | Path] = [*found.command, "check", "--no-config", "--json", path.absolute()]
            return conclude(self.name, found, path, execute(command, folder, timeout_s), _read)


def _read(done: Finished) -> Judgement:
    report = json_object(done.output)
    (file,) = report["files"]
    messages = []
    for each in file["findings"]:
        place = " ".join(filter(None, (each.get("part"), each.get("where"))))
        messages.append(Message(_GRAVITIES[each["severity"]], each["code"], place, each["message"]))
    return Judgement(file["summary"]["error"] == 0, messages, report["version"])
