"""From the bytes of a PDF to a document: its pages are laid out, and its lines given their structure back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docpack.findings import Code
from docpack.ledger import SourcePage, SourceText, sha256_hex
from docpack.readers.pdf.laying import lay_out, line_up
from docpack.readers.pdf.legibility import Legibility
from docpack.readers.pdf.opening import open_pdf
from docpack.readers.pdf.pictures import figures_of, pictures_of
from docpack.readers.pdf.showing import layout_of
from docpack.readers.pdf.styles import without_usual_styles
from docpack.readers.pdf.tagging import parted, shown_by_tags
from docpack.readers.pdf.title_page import without_printed_title
from docpack.readers.pdf.typesetting import shown_by_type
from docpack.readers.reflowing import reflowed

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.model import Document, Metadata
    from docpack.readers.pdf.glyphs import Page
    from docpack.readers.pdf.laying import Laid
    from docpack.readers.pdf.pictures import PlacedPicture
    from docpack.readers.pdf.reader import PdfReader
    from docpack.readers.pdf.tagging import Tagged
    from docpack.readers.pdf.tags import Tags

__all__ = ["read_pdf"]

MAX_LABEL_CHARACTERS = 100  # of a page


def read_pdf(options: PdfReader, data: bytes, context: Context) -> Document:
    """Return the document, as `PdfReader.read` says it."""
    opened = open_pdf(data, options.engine, options.password)
    pictures: list[PlacedPicture] = []
    sizes: list[tuple[float, float]] = []

    def look(page: Page) -> None:
        sizes.append((page.width, page.height))
        pictures.extend(pictures_of(page))

    legibility = Legibility()
    pages, measures = line_up(legibility.watched(opened.pages()), look)
    legibility.report(context)
    tags = opened.tags() if options.tags else None
    laid = without_usual_styles(lay_out(parted(pages, tags) if tags else pages, measures))
    tagged, stated = _tagged(laid, tags, opened.stated(), context)
    labels = {number: name for number, label in opened.labels().items() if (name := _printable(label))}
    frames = tuple(SourcePage(*size, labels.get(number, "")) for number, size in enumerate(sizes))
    source = SourceText(laid.text, sha256=sha256_hex(data), boxes=laid.boxes, pages=frames)
    found = figures_of(pictures, laid, opened.picture)
    if found.left_out:
        context.report(Code.P012, count=found.left_out)
    layout = replace(layout_of(laid, shown_by_type(laid), tagged, labels), figures=found.figures)
    return replace(reflowed(options, source, context, layout, stated), media=found.media)


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
