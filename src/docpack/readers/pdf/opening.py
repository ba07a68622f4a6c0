"""A PDF file, opened: its engine, its password, and what it says of itself."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, Any

from docpack.errors import DependencyError, InputError
from docpack.readers.pdf.pictures import media_of
from docpack.readers.pdf.pypdf_engine import PypdfEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf import PdfReader

    from docpack.readers.pdf.glyphs import Engine, Page

__all__ = ["OpenedPdf", "open_pdf"]


class OpenedPdf:
    """A file that is open for reading."""

    def __init__(self, reader: PdfReader, engine: Engine) -> None:
        self._reader = reader
        self._engine = engine

    def pages(self) -> Iterator[Page]:
        """Yield the pages in order."""
        return self._engine.pages()

    def picture(self, name: str) -> tuple[str, bytes] | None:
        """Return the media type and the bytes of a picture by the number of its object; None where it cannot be had."""
        from pypdf.errors import PyPdfError

        if not name.isdecimal():
            return None
        try:
            image: Any = self._reader.get_object(int(name))
            return media_of(image) if isinstance(image, dict) else None
        except (PyPdfError, ArithmeticError, LookupError, OSError, TypeError, ValueError, AttributeError, zlib.error):
            return None

    def labels(self) -> dict[int, str]:
        """Return the names of the pages where the file gives them, by their index."""
        if "/PageLabels" not in self._reader.root_object:
            return {}
        return dict(enumerate(self._reader.page_labels))


def open_pdf(data: bytes, engine: str, password: bytes | None) -> OpenedPdf:
    """Open a file.

    Raises:
        DependencyError: The engine is not installed.
        InputError: It is damaged beyond repair, or encrypted and the password is not known.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        return OpenedPdf(reader, _engine(engine, reader, data, password))
    except PyPdfError as error:
        raise InputError(
            f"the PDF cannot be read: {error}", hint="Repair it first: qpdf INPUT.pdf OUTPUT.pdf."
        ) from error


def _engine(name: str, reader: PdfReader, data: bytes, password: bytes | None) -> Engine:
    """Return the engine of a name; of no name, PDFium where it is installed and opens the file, else pypdf."""
    if name == "pypdf":
        return PypdfEngine(reader)
    from docpack.readers.pdf.pdfium_engine import PdfiumEngine

    try:
        return PdfiumEngine(data, password, PypdfEngine(reader))
    except ImportError as error:
        if name:
            raise DependencyError(
                f"the engine pdfium is not installed: {error}", hint="Install it: pip install 'docpack[pdfium]'."
            ) from error
    except InputError:
        if name:
            raise
    return PypdfEngine(reader)
