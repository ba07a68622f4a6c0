"""The schema of ECMA-376, transitional, on the parts of a DOCX, by lxml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.verdicts import Found, Missing
from docpack.verify.tools.finding import find_file, own_python
from docpack.verify.tools.judging import ask_program, python_program

if TYPE_CHECKING:
    from pathlib import Path

    from docpack.verdicts import Places, Verdict

__all__ = ["OoxmlSchemaValidator"]


@dataclass(frozen=True, slots=True)
class OoxmlSchemaValidator:
    """Needs `wml.xsd`, those that it imports, and the W3C's `xml.xsd` in a folder of schemas."""

    name: ClassVar[str] = "ooxml-schema"
    formats: ClassVar[tuple[str, ...]] = ("docx",)
    on_request: ClassVar[bool] = False

    def find(self, places: Places) -> Found | Missing:
        """Return how to run it, or what is missing."""
        from importlib.metadata import version

        schema = find_file(places, "wml.xsd")
        xml = schema and schema.with_name("xml.xsd")
        if not schema or not xml or not xml.is_file():
            return Missing(
                "there is no wml.xsd with xml.xsd beside it",
                "ECMA-376 part 4, and www.w3.org/2001/xml.xsd; name their folder with --schemas",
            )
        command = python_program(own_python(), "with_lxml")
        return Found(f"lxml {version('lxml')}", command, (schema, xml), "ECMA-376 transitional")

    def run(self, path: Path, found: Found, timeout_s: float) -> Verdict:
        """Return the verdict on a DOCX."""
        return ask_program(self.name, found, path, timeout_s, "ooxml", *found.files)
