"""ocfl-py on an OCFL object or storage root; a Python package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.verdicts import Found, Missing
from docpack.verify.tools.finding import find_package
from docpack.verify.tools.judging import ask_program, python_program

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.verdicts import Places, Verdict

__all__ = ["OcflValidator"]


@dataclass(frozen=True, slots=True)
class OcflValidator:
    """Checks an object, or a root with all its objects, and every digest."""

    name: ClassVar[str] = "ocfl-py"
    formats: ClassVar[tuple[str, ...]] = ("ocfl",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        package = find_package(places, "ocfl", "ocfl-py")
        if not package:
            return Missing("there is no ocfl-py", "pip install ocfl-py")
        return Found(package.version, python_program(package.python, "with_ocfl"))

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on an object or a root."""
        return ask_program(self.name, found, path, timeout_s)
