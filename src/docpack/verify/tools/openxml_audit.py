"""openxml-audit: the checks of Microsoft's Open XML SDK on a DOCX; a Python package."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.verdicts import Found, Gravity, Message, Missing
from docpack.verify.tools.finding import find_package
from docpack.verify.tools.judging import Judgement, conclude
from docpack.verify.tools.processes import execute, workplace

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.verdicts import Places, Verdict
    from docpack.verify.tools.processes import Finished

__all__ = ["OpenXmlAuditValidator"]

_EDITION = "microsoft365"


@dataclass(frozen=True, slots=True)
class OpenXmlAuditValidator:
    """Holds a DOCX to the newest edition that it knows."""

    name: ClassVar[str] = "openxml-audit"
    formats: ClassVar[tuple[str, ...]] = ("docx",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        package = find_package(places, "openxml_audit", "openxml-audit")
        if not package:
            return Missing("there is no openxml-audit", "pip install openxml-audit")
        return Found(package.version, (package.python, "-E", "-B", "-m", "openxml_audit"), profile=_EDITION)

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on a DOCX."""
        with workplace() as folder:
            command = [*found.command, "--validator", "ooxml", "-f", _EDITION, "-m", "0", "--output", "json"]
            done = execute([*command, path.absolute()], folder, timeout_s)
            return conclude(self.name, found, path, done, _read)


def _read(done: Finished) -> Judgement:
    (file,) = json.loads(done.output)
    messages = []
    for each in file["errors"]:
        gravity = Gravity.WARNING if each["severity"] == "warning" else Gravity.ERROR
        place = "".join(filter(None, (each["part_uri"], each["path"])))
        messages.append(Message(gravity, str(each["type"]), place, str(each["description"])))
    return Judgement(file["valid"] is True and file["error_count"] == 0, messages)
