"""The reader of PDF files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.ledger import SourceText, sha256_hex
from docpack.plugins import Format, option
from docpack.readers.pdf.laying import lay_out, line_up
from docpack.readers.pdf.legibility import Legibility
from docpack.readers.pdf.styles import without_usual_styles
from docpack.readers.pdf.typesetting import shown_by_type
from docpack.readers.reflowing import ReflowOptions, reflowed
from docpack.reflow.layout import Layout

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.model import Document

__all__ = ["PdfReader"]


@dataclass(frozen=True, slots=True)
class PdfReader(ReflowOptions):
    """Reads PDF files whose text can be selected, and gives the text its structure back."""

    format: ClassVar[Format] = Format("pdf", (".pdf",), "application/pdf", "PDF with a text layer")
    engine: str = option(
        "",
        "what interprets the pages; by default pdfium where it is installed",
        flag="--pdf-engine",
        choices=("pypdf", "pdfium"),
    )
    password: bytes | None = option(
        None, "a file whose first line is the password of the PDF", kind="file", flag="--password-file", secret=True
    )

    def refuses(self, data: bytes, name: str) -> str:
        """Return why this is no PDF."""
        return "" if b"%PDF-" in data[:1024] else "it does not begin with %PDF-"

    def read(self, data: bytes, context: Context) -> Document:
        """Return the document; `document.source` holds the extracted text, and the box of each of its lines.

        Findings: P001 to P009, and those of `reflowed`.

        Raises:
            DependencyError: It is encrypted, and what decrypts it is not installed.
            InputError: It is damaged, encrypted with a password that is not known, beyond a limit, or holds no text.
            UsageError: The overrides are not what they should be, or might mean several lines.
        """
        from docpack.readers.pdf.opening import open_pdf  # which imports pypdf

        self.said()
        opened = open_pdf(data, self.engine, self.password)
        legibility = Legibility()
        pages, measures = line_up(legibility.watched(opened.pages()))
        legibility.report(context)
        laid = without_usual_styles(lay_out(pages, measures))
        shown = shown_by_type(laid)
        lines = [
            place._replace(level=shown.ranks.get(number, 0)) if place else None
            for number, place in enumerate(laid.layout, 1)
        ]
        source = SourceText(laid.text, sha256=sha256_hex(data), boxes=laid.boxes)
        return reflowed(self, source, context, Layout(tuple(lines), shown.rulings, opened.labels()))
