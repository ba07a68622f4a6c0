"""Pages through pypdf: it reads the file's objects, and docpack's own interpreter runs the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docpack.readers.pdf.frames import frame_of, seen_page
from docpack.readers.pdf.interpreter import Canvas, Interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf import PdfReader

    from docpack.readers.pdf.fonts import Font
    from docpack.readers.pdf.glyphs import Page
    from docpack.readers.pdf.interpreter import Matrix

__all__ = ["PypdfEngine", "page_frame"]


class PypdfEngine:
    """Interprets the pages of an opened file."""

    name = "pypdf"

    def __init__(self, reader: PdfReader) -> None:
        self._reader = reader
        self._fonts: dict[Any, Font] = {}
        self._mute: dict[Any, bool] = {}

    def pages(self) -> Iterator[Page]:
        """Yield the pages in order."""
        for number, raw in enumerate(self._reader.pages):
            yield self._page(number, raw)

    def page(self, number: int) -> Page:
        """Return one page; the first is 0."""
        return self._page(number, self._reader.pages[number])

    def has_mute_font(self, number: int) -> bool:
        """Tell whether a page has a TrueType font that says nowhere what its codes mean.

        PDFium takes the codes of such a font for characters.
        """
        resources = _value(self._reader.pages[number].get("/Resources"))
        fonts = _value(resources.get("/Font")) if isinstance(resources, dict) else None
        return any(map(self._is_mute, fonts.values())) if isinstance(fonts, dict) else False

    def _is_mute(self, raw: Any) -> bool:
        number = getattr(raw, "idnum", None)
        if number in self._mute:
            return self._mute[number]
        font = _value(raw)
        font = font if isinstance(font, dict) else {}
        mute = font.get("/Subtype") == "/TrueType" and not {"/ToUnicode", "/Encoding"} & font.keys()
        if number is not None:
            self._mute[number] = mute
        return mute

    def _page(self, number: int, raw: Any) -> Page:
        start, width, height = page_frame(raw)
        canvas = Canvas()
        content = raw.get_contents()
        if content is not None:
            Interpreter(self._fonts).run(content.get_data(), raw.get("/Resources") or {}, start, canvas)
        # pypdf keeps every object that it has read; of a page nothing is needed any more.
        self._reader.resolved_objects.clear()
        return seen_page(number, width, height, canvas)


def page_frame(raw: Any) -> tuple[Matrix, float, float]:
    """Return what takes a page's user space to page space, and the page's width and height in points."""
    box = raw.cropbox
    return frame_of((float(box.left), float(box.bottom), float(box.right), float(box.top)), int(raw.rotation or 0))


def _value(raw: Any) -> Any:
    """Return what an object refers to."""
    return raw.get_object() if hasattr(raw, "get_object") else raw
