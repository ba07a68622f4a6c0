"""The schemas of METS and PREMIS, by lxml, on a file or on every METS.xml and premis.xml of a package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.verdicts import Found, Missing
from docpack.verify.tools.finding import find_file, own_python
from docpack.verify.tools.judging import ask_program, python_program

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.verdicts import Places, Verdict

__all__ = ["ArchivalSchemaValidator"]

# The address of XLink in the METS schema leads to the Library of Congress; here it is a file like the others.
_SCHEMAS = {
    "http://www.loc.gov/METS/": ("mets-1.12.1.xsd", "mets.xsd"),
    "http://www.w3.org/1999/xlink": ("xlink.xsd",),
    "http://www.loc.gov/premis/v3": ("premis-v3-0.xsd", "premis.xsd"),
    "http://www.loc.gov/METS/v2": ("mets2.xsd",),
}
_OPTIONAL = "http://www.loc.gov/METS/v2"


@dataclass(frozen=True, slots=True)
class ArchivalSchemaValidator:
    """Needs the schemas of METS 1.12.1, PREMIS 3.0 and XLink in a folder of schemas."""

    name: ClassVar[str] = "mets-premis-schema"
    formats: ClassVar[tuple[str, ...]] = ("mets-package", "mets", "premis")
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        from importlib.metadata import version

        files = []
        for namespace, names in _SCHEMAS.items():
            file = find_file(places, *names)
            if file:
                files.append(file)
            elif namespace != _OPTIONAL:
                hint = f"{names[-1]} from www.loc.gov/standards; name its folder with --schemas"
                return Missing(f"there is no {names[0]}", hint)
        return Found(f"lxml {version('lxml')}", python_program(own_python(), "with_lxml"), tuple(files))

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on a file, or on all of a package in a folder."""
        pairs = [f"{namespace}={file}" for namespace, file in zip(_SCHEMAS, found.files, strict=False)]
        return ask_program(self.name, found, path, timeout_s, "archival", *pairs)
