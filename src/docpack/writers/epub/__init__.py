"""EPUB 3.3, one XHTML file a chapter, which EPUB 2 programs can open too.

`book` cuts a document into files and renders them, with what the other modules make of it; `package` zips them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from docpack.plugins import Format, option

if TYPE_CHECKING:
    from docpack.context import Context
    from docpack.model import Document

__all__ = ["EpubWriter"]


@dataclass(frozen=True, slots=True)
class EpubWriter:
    """Writes EPUB 3.3 with an NCX for EPUB 2 programs, one XHTML file a chapter."""

    format: ClassVar[Format] = Format("epub", (".epub",), "application/epub+zip", "EPUB 3.3")

    css: bytes | None = option(None, "a style sheet that is added to docpack's own", flag="--css", kind="file")
    cover: bytes | None = option(None, "a PNG, JPEG or SVG picture as the cover", flag="--cover", kind="file")
    title_cover: bool = option(False, "make a cover of the title, if none is given", flag="--typographic-cover")

    def write(self, document: Document, context: Context) -> bytes:
        """Return the book.

        Raises:
            UsageError: The cover is no picture that covers may be.
            OutputError: The style sheet is not UTF-8, or the document was not prepared by `lowering.lower`.
        """
        from docpack.writers.epub.book import book_of

        return book_of(document, context, self)
