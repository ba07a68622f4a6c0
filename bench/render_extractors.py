"""Extract the text of PDF files as readers of PDFs do, page by page, and find the page furniture in it."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeAlias

from render_alignment import aligned, squeezed
from render_pages import BROWSER_DATE, BROWSER_URL, Document, folio_text
from render_truth import text_with_markers

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["EXTRACTORS", "furniture"]

# Text of each page of a PDF; joined, they are the source.
_Extractor: TypeAlias = Callable[["Path"], list[str]]
_MOST_WRAPPED_HEADS = 3  # lines at either edge of a page that may be part of a running head


def _program(*command: str) -> _Extractor:
    def extract(pdf: Path) -> list[str]:
        arguments = [str(pdf) if part == "PDF" else part for part in command]
        text = subprocess.run(arguments, check=True, capture_output=True, timeout=120).stdout.decode()
        # Each page ends with a form feed; it stays with the page that it ends.
        return re.findall(r"[^\f]*\f|[^\f]+", text)

    return extract


def _pdfminer(pdf: Path) -> list[str]:
    from pdfminer.high_level import extract_text

    return re.findall(r"[^\f]*\f|[^\f]+", extract_text(str(pdf)))


def _pypdf(pdf: Path, mode: Literal["plain", "layout"] = "plain") -> list[str]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(pdf.read_bytes()))
    return [page.extract_text(extraction_mode=mode).rstrip("\n") + "\n" for page in reader.pages]


def _pypdf_layout(pdf: Path) -> list[str]:
    return _pypdf(pdf, "layout")


def _pypdfium2(pdf: Path) -> list[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_range().replace("\r\n", "\n").rstrip("\n") + "\n" for page in document]
    document.close()
    return texts


EXTRACTORS: dict[str, _Extractor] = {
    "pdftotext": _program("pdftotext", "PDF", "-"),
    "pdftotext-layout": _program("pdftotext", "-layout", "PDF", "-"),
    "pdftotext-raw": _program("pdftotext", "-raw", "PDF", "-"),
    "mutool": _program("mutool", "draw", "-q", "-F", "txt", "PDF"),
    "pdfminer": _pdfminer,
    "pypdf": _pypdf,
    "pypdf-layout": _pypdf_layout,
    "pypdfium2": _pypdfium2,
}


def furniture(pages: list[str], document: Document) -> list[str]:
    """Return the lines of the pages that are running heads or folios, white space made single.

    A line is one when it consists of words that its page's head or foot prints, and the truth does not align with it.
    """
    body = squeezed("".join(text_with_markers(block) for block in document.blocks))
    source = squeezed("".join(pages))
    taken = set(aligned(body, source))
    heads = _heads(document)
    found: list[str] = []
    at = 0
    count = len(pages) - (not pages[-1].strip())  # mutool ends the text with an empty line after the last form feed
    for index, page in enumerate(pages):
        number = document.style.first_page + index
        # Renderers disagree on whether "of" counts the pages or gives the last one's number.
        totals = {count, document.style.first_page + count - 1}
        foots = {folio_text(document.style.foot, number, total, document.title) for total in totals}
        foots |= {foot.replace("–", "-") for foot in foots}  # groff's
        foots |= {f"{number}/{total}" for total in totals} if document.style.head == "browser" else {str(number)}
        texts = {squeezed(foot) for foot in foots} | heads
        lines = [line for line in re.split(r"[\n\f]", page) if line.strip()]
        for i, line in enumerate(lines):
            text = squeezed(line)
            free = sum(at + k not in taken for k in range(len(text)))
            at_edge = min(i, len(lines) - 1 - i) < _MOST_WRAPPED_HEADS
            if text and _is_furniture(text, texts, free, at_edge=at_edge):
                found.append(" ".join(line.split()))
            at += len(text)
    return found


def _heads(document: Document) -> set[str]:
    if not document.style.head:
        return set()
    chapters = {block["text"] for block in document.blocks if block["type"] == "heading"}
    texts = {document.title, document.author} | (chapters if "chapter" in document.style.head else set())
    if document.style.head == "browser":
        texts |= {BROWSER_DATE, BROWSER_URL}
    return {squeezed(text) for text in texts} | {squeezed(text.upper()) for text in texts}


def _is_furniture(text: str, texts: set[str], free: int, *, at_edge: bool) -> bool:
    """Tell whether a line without its white space is made of the page's furniture and not of the truth's text."""
    if free < len(text) * 0.6:
        return False
    if text in texts:
        return True
    if not at_edge:
        return False
    for one in texts:
        rest = text.removeprefix(one) if text.startswith(one) else text.removesuffix(one)
        if rest != text and rest in texts:
            return True
    # A long head that was broken over two lines.
    return len(text) > 3 and any(text in one for one in texts)
