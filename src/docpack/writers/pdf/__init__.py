"""PDF through typst: archival (PDF/A), accessible (PDF/UA) and set as a book."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.errors import OutputError, UsageError
from docpack.plugins import Format, option
from docpack.walk import nodes

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.model import Document

__all__ = ["PdfWriter"]

# More than two hundred combining marks in a row, of the blocks of Unicode that hold nothing else.
_TOWER = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{201,}"
)

PAPERS = ("a4", "letter", "a5", "b5", "trade", "digest", "pocket")

_TEI = "document.tei.xml"
_ATTACH_TEI = (
    f'#pdf.attach("{_TEI}", mime-type: "application/tei+xml", relationship: "source", '
    'description: "The text and its structure as TEI P5")\n'
)
_ATTACHING = ("a-3a", "a-3b", "a-3u", "a-4f", "a-4e")  # the parts of PDF/A that allow files of any kind


@dataclass(frozen=True, slots=True)
class PdfWriter:
    """Writes PDF/A-2a and PDF/UA-1 in one file, with outline, running heads, folios and footnotes.

    A template of the user's own (`--pdf-template`) is a whole typst file. It stands beside `doc.json`, whose form the
    docstring of `docpack.writers.pdf.data` tells, and reads it with `json("doc.json")`; pictures lie under the names
    that figures give. It sees no other file, no package and no network.

    Spec: ISO 19005-2 (PDF/A-2), ISO 14289-1 (PDF/UA-1), ISO 32000-1 (PDF 1.7).
    """

    format: ClassVar[Format] = Format("pdf", (".pdf",), "application/pdf", "PDF/A-2a and PDF/UA-1, set by typst")

    standard: str = option("a-2a,ua-1", "PDF standards to keep, comma-separated", flag="--pdf-standard")
    attach: str = option("", "a form of the text to attach (needs a-3a)", flag="--attach", choices=("", "tei"))
    template: bytes | None = option(None, "a typst template to set the text with", flag="--pdf-template", kind="file")
    font_dirs: tuple[str, ...] = option((), "a folder of more fonts", flag="--font-dir", kind="folders")
    paper: str = option("a4", "the size of the page", flag="--paper", choices=PAPERS)
    toc: bool = option(False, "set a table of contents", flag="--toc")

    def write(self, document: Document, context: Context) -> bytes:
        """Return the document as a PDF.

        Raises:
            MissingGlyphError: No font has a character that the text prints.
            OutputError: The template or a picture is faulty.
            UsageError: An option makes no sense, or not with another one.
        """
        from docpack.writers.pdf.data import document_files
        from docpack.writers.pdf.engine import arabic_families, compile_pdf, parse_standards
        from docpack.writers.pdf.xmp import Record

        standards = parse_standards(self.standard)
        if self.paper not in PAPERS:
            raise UsageError(f"no paper is called {self.paper!r}", hint=f"--paper takes one of: {', '.join(PAPERS)}.")
        options = {"paper": self.paper, "toc": self.toc, "arabic_fonts": arabic_families(self.font_dirs)}
        _refuse_towers(document)
        files, names = document_files(document, context, options)
        files["main.typ"] = self._template()
        if self.attach:
            files[_TEI] = self._attachment(document, context, standards)
            files["main.typ"] += b"\n" + _ATTACH_TEI.encode()
        return compile_pdf(
            files,
            standards=standards,
            timestamp_s=int(context.moment(document.metadata.date).timestamp()),
            font_dirs=self.font_dirs,
            names=names,
            record=Record.of(document),
        )

    def _template(self) -> bytes:
        if self.template is not None:
            if b"@preview/" in self.template or b"@local/" in self.template:
                raise UsageError(
                    "the template needs a package of typst, and a conversion uses no network",
                    hint="Put what it needs into the template itself.",
                )
            return self.template
        from importlib.resources import files

        return files(__name__).joinpath("book.typ").read_bytes()

    def _attachment(self, document: Document, context: Context, standards: list[str]) -> bytes:
        """Return the TEI to attach.

        Raises:
            UsageError: The standards do not allow attachments.
        """
        if self.attach != "tei":
            raise UsageError(f"{self.attach!r} cannot be attached", hint="--attach takes tei.")
        archival = [name for name in standards if name.startswith("a-")]
        if archival and archival[0] not in _ATTACHING:
            raise UsageError(
                f"PDF/A part {archival[0]} allows no attached TEI",
                hint="Ask for --pdf-standard a-3a,ua-1 with --attach tei.",
            )
        from docpack.writers.tei import TeiWriter

        return TeiWriter().write(document, context)


def _refuse_towers(document: Document) -> None:
    """Refuse letters with hundreds of combining marks: typst's memory grows with the square of their number.

    Raises:
        OutputError: There is one.
    """
    for node in nodes(document):
        text = getattr(node, "text", "")
        if text and (tower := _TOWER.search(text)):
            mark = f"U+{ord(tower[0][0]):04X}"
            raise OutputError(
                f"a letter carries {len(tower[0])} combining marks, the first {mark}",
                hint="Clean the text, or leave out PDF.",
            )
