"""A PDF file, opened: its engine, its password, and what it says of itself."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docpack.errors import InputError
from docpack.readers.pdf.pypdf_engine import PypdfEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf import PdfReader

    from docpack.model import Metadata
    from docpack.readers.pdf.glyphs import Page
    from docpack.readers.pdf.tags import Tags

__all__ = ["OpenedPdf", "open_pdf"]


class OpenedPdf:
    """A file that is open for reading."""

    def __init__(self, reader: PdfReader) -> None:
        self._reader = reader
        self._engine = PypdfEngine(reader)

    def pages(self) -> Iterator[Page]:
        """Yield the pages in order."""
        return self._engine.pages()

    def stated(self) -> Metadata:
        """Return what the file says of the work."""
        from docpack.readers.pdf.stated import stated_by

        return stated_by(self._reader)

    def tags(self) -> Tags | None:
        """Return the structure tree, if the file is tagged."""
        from docpack.readers.pdf.tags import read_tags

        return read_tags(self._reader)

    def labels(self) -> dict[int, str]:
        """Return the names of the pages where the file gives them, by their index."""
        if "/PageLabels" not in self._reader.root_object:
            return {}
        return dict(enumerate(self._reader.page_labels))


def open_pdf(data: bytes, engine: str, password: bytes | None) -> OpenedPdf:
    """Open a file.

    Raises:
        InputError: It is damaged beyond repair, or encrypted and the password is not known.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        return OpenedPdf(PdfReader(io.BytesIO(data)))
    except PyPdfError as error:
        raise InputError(
            f"the PDF cannot be read: {error}", hint="Repair it first: qpdf INPUT.pdf OUTPUT.pdf."
        ) from error
