"""Pages through pypdf: it reads the file's objects, and docpack's own interpreter runs the pages."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from docpack.readers.pdf.glyphs import Glyph, Page
from docpack.readers.pdf.interpreter import Canvas, Interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf import PdfReader

    from docpack.readers.pdf.fonts import Font
    from docpack.readers.pdf.interpreter import Matrix

__all__ = ["PypdfEngine", "page_frame"]


class PypdfEngine:
    """Interprets the pages of an opened file."""

    name = "pypdf"

    def __init__(self, reader: PdfReader) -> None:
        self._reader = reader

    def pages(self) -> Iterator[Page]:
        """Yield the pages in order."""
        fonts: dict[Any, Font] = {}
        interpreter = Interpreter(fonts)
        for number, raw in enumerate(self._reader.pages):
            start, width, height = page_frame(raw)
            canvas = Canvas()
            content = raw.get_contents()
            if content is not None:
                interpreter.run(content.get_data(), raw.get("/Resources") or {}, start, canvas)
            yield _page(number, width, height, canvas)
            # pypdf keeps every object that it has read; of a page nothing is needed any more.
            self._reader.resolved_objects.clear()


def page_frame(raw: Any) -> tuple[Matrix, float, float]:
    """Return what takes a page's user space to page space, and the page's width and height in points.

    Spec:
        ISO 32000-1 (PDF 1.7), 7.7.3.3 (Rotate) and 14.11.2 (crop box).
    """
    box = raw.cropbox
    left, bottom, right, top = (float(each) for each in (box.left, box.bottom, box.right, box.top))
    left, right = sorted((left, right))
    bottom, top = sorted((bottom, top))
    if not all(map(math.isfinite, (left, bottom, right, top))) or right - left < 1 or top - bottom < 1:
        left, bottom, right, top = 0.0, 0.0, 612.0, 792.0
    width, height = right - left, top - bottom
    turn = int(raw.rotation or 0) % 360
    if turn == 90:
        return (0.0, 1.0, 1.0, 0.0, -bottom, -left), height, width
    if turn == 180:
        return (-1.0, 0.0, 0.0, 1.0, right, -bottom), width, height
    if turn == 270:
        return (0.0, -1.0, -1.0, 0.0, top, right), height, width
    return (1.0, 0.0, 0.0, -1.0, -left, top), width, height


def _page(number: int, width: float, height: float, canvas: Canvas) -> Page:
    """Return a page in the direction in which most of its glyphs run; the others stand at the end."""
    page = Page(number, width, height, pictures=canvas.pictures, rules=canvas.rules)
    if not canvas.glyphs:
        return page
    main = max(canvas.glyphs, key=lambda degrees: (len(canvas.glyphs[degrees]), -degrees))
    page.glyphs = canvas.glyphs.pop(main)
    if main:
        page.glyphs, page.width, page.height = _upright(page.glyphs, main, width, height)
        page.pictures, page.rules = [], []
    for degrees in sorted(canvas.glyphs):
        page.glyphs += canvas.glyphs[degrees]
        page.aslant += len(canvas.glyphs[degrees])
    return page


def _upright(glyphs: list[Glyph], degrees: int, width: float, height: float) -> tuple[list[Glyph], float, float]:
    """Return the glyphs of a page whose lines run in another direction, with that page's width and height."""
    turn = math.radians(degrees)
    corners = [
        (x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn))
        for x in (0, width)
        for y in (0, height)
    ]
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    moved = [each._replace(left=each.left - left, right=each.right - left, base=each.base - top) for each in glyphs]
    return moved, max(x for x, _ in corners) - left, max(y for _, y in corners) - top
