"""page-validation: PDF/A and PDF/UA, without Java; a Python package."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from docpack.verdicts import Cause, Found, Missing, Outcome, Verdict
from docpack.verify.tools.finding import find_package
from docpack.verify.tools.judging import ask_program, python_program
from docpack.verify.tools.pdf_profiles import named, profiles_of

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.verdicts import Places

__all__ = ["PageValidator"]

_KNOWN = frozenset("1a 1b 2a 2b 2u 3a 3b 3u ua1".split())


@dataclass(frozen=True, slots=True)
class PageValidator:
    """Holds a PDF to each profile that it declares."""

    name: ClassVar[str] = "page-validation"
    formats: ClassVar[tuple[str, ...]] = ("pdf",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        package = find_package(places, "page", "page-validation")
        if not package:
            return Missing("there is no page-validation", "pip install page-validation")
        return Found(package.version, python_program(package.python, "with_page"))

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on a PDF."""
        profiles = profiles_of(path)
        known = tuple(each for each in profiles if each in _KNOWN)
        if known != profiles:
            reason = f"the file declares {named(profiles)}, which it does not know"
            return Verdict(self.name, found.version, Outcome.NOT_RUN, reason=reason, cause=Cause.UNSUITED)
        return ask_program(self.name, replace(found, profile=named(known)), path, timeout_s, ",".join(known))
