"""The reader of PDF files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from docpack.findings import Code
from docpack.ledger import SourcePage, SourceText, sha256_hex
from docpack.plugins import Format, option
from docpack.readers.pdf.laying import lay_out, line_up
from docpack.readers.pdf.legibility import Legibility
from docpack.readers.pdf.pictures import figures_of, pictures_of
from docpack.readers.pdf.showing import layout_of
from docpack.readers.pdf.styles import without_usual_styles
from docpack.readers.pdf.tagging import parted, shown_by_tags
from docpack.readers.pdf.title_page import without_printed_title
from docpack.readers.pdf.typesetting import shown_by_type
from docpack.readers.reflowing import ReflowOptions, reflowed

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.model import Document, Metadata
    from docpack.readers.pdf.glyphs import Page
    from docpack.readers.pdf.laying import Laid
    from docpack.readers.pdf.pictures import PlacedPicture
    from docpack.readers.pdf.tagging import Tagged
    from docpack.readers.pdf.tags import Tags

__all__ = ["PdfReader"]

MAX_LABEL_CHARACTERS = 100  # of a page


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
        from docpack.readers.pdf.opening import open_pdf  # which loads pypdf

        self.said()
        opened = open_pdf(data, self.engine, self.password)
        pictures: list[PlacedPicture] = []
        sizes: list[tuple[float, float]] = []

        def look(page: Page) -> None:
            sizes.append((page.width, page.height))
            pictures.extend(pictures_of(page))

        legibility = Legibility()
        pages, measures = line_up(legibility.watched(opened.pages()), look)
        legibility.report(context)
        tags = opened.tags() if self.tags else None
        laid = without_usual_styles(lay_out(parted(pages, tags) if tags else pages, measures))
        tagged, stated = _tagged(laid, tags, opened.stated(), context)
        labels = {number: name for number, label in opened.labels().items() if (name := _printable(label))}
        frames = tuple(SourcePage(*size, labels.get(number, "")) for number, size in enumerate(sizes))
        source = SourceText(laid.text, sha256=sha256_hex(data), boxes=laid.boxes, pages=frames)
        found = figures_of(pictures, laid, opened.picture)
        if found.left_out:
            context.report(Code.P012, count=found.left_out)
        layout = replace(layout_of(laid, shown_by_type(laid), tagged, labels), figures=found.figures)
        return replace(reflowed(self, source, context, layout, stated), media=found.media)


def _printable(label: str) -> str:
    """Return a page's label as it can be shown: it comes from the file, and may hold anything."""
    shown = "".join(each if each.isprintable() else " " for each in label[:MAX_LABEL_CHARACTERS])
    return " ".join(shown.split())


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
