"""The reader of PDF files, and its options; `reading` does the work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.plugins import Format, option
from docpack.readers.reflow_options import ReflowOptions

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
        "what interprets the pages; by default pypdf",
        flag="--pdf-engine",
        choices=("pypdf", "pdfium"),
    )
    tags: bool = option(True, "leave the tags of tagged PDFs alone", flag="--no-tags")
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
        from docpack.readers.pdf.reading import read_pdf  # which loads pypdf

        self.said()  # a mistake in them is told before anything else
        return read_pdf(self, data, context)
