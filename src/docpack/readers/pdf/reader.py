"""The reader of PDF files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.errors import InputError
from docpack.findings import Code
from docpack.ledger import SourceText, sha256_hex
from docpack.plugins import Format, option
from docpack.readers.pdf.laying import lay_out, line_up
from docpack.readers.pdf.opening import open_pdf
from docpack.readers.pdf.showing import layout_of
from docpack.readers.pdf.styles import without_usual_styles
from docpack.readers.pdf.tagging import parted, shown_by_tags
from docpack.readers.pdf.title_page import without_printed_title
from docpack.readers.pdf.typesetting import shown_by_type
from docpack.readers.reflowing import ReflowOptions, reflowed

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.model import Document, Metadata
    from docpack.readers.pdf.laying import Laid
    from docpack.readers.pdf.tagging import Tagged
    from docpack.readers.pdf.tags import Tags

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
    tags: bool = option(True, "leave the tags of tagged PDFs alone", flag="--no-tags")
    password: bytes | None = option(
        None, "a file whose first line is the password of the PDF", kind="file", flag="--password-file"
    )

    def refuses(self, data: bytes, name: str) -> str:
        """Return why this is no PDF."""
        return "" if b"%PDF-" in data[:1024] else "it does not begin with %PDF-"

    def read(self, data: bytes, context: Context) -> Document:
        """Return the document; `document.source` holds the extracted text, and the box of each of its lines.

        Raises:
            InputError: It is damaged, encrypted with a password that is not known, beyond a limit, or holds no text.
            UsageError: The overrides are not what they should be, or might mean several lines.
        """
        self.said()
        opened = open_pdf(data, self.engine, self.password)
        pages, measures = line_up(opened.pages())
        if not any(pages):
            raise InputError(
                "the PDF holds no text, only pictures of pages",
                hint="Recognise its text first: ocrmypdf INPUT.pdf OUTPUT.pdf, and convert OUTPUT.pdf.",
            )
        tags = opened.tags() if self.tags else None
        laid = without_usual_styles(lay_out(parted(pages, tags) if tags else pages, measures))
        tagged, stated = _tagged(laid, tags, opened.stated(), context)
        source = SourceText(laid.text, sha256=sha256_hex(data), boxes=laid.boxes)
        layout = layout_of(laid, shown_by_type(laid), tagged, opened.labels())
        return reflowed(self, source, context, layout, stated)


def _tagged(laid: Laid, tags: Tags | None, stated: Metadata, context: Context) -> tuple[Tagged | None, Metadata]:
    """Return what the tags show, if there are any and they are sane, and what the file states without its title page.

    Findings: P010 and P011.
    """
    if tags is None:
        return None, stated
    tagged = shown_by_tags(laid, tags)
    if tagged.why:
        context.report(Code.P011, why=tagged.why)
        return None, stated
    context.report(Code.P010)
    return tagged, without_printed_title(laid, tags, tagged, stated)
