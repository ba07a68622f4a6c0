"""The frame of a page: from the file's coordinates to those of the page as it is seen, and which way is up on it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from docpack.readers.pdf.glyphs import Glyph, Page

if TYPE_CHECKING:
    from docpack.readers.pdf.interpreter import Canvas, Matrix

__all__ = ["frame_of", "seen_page"]


def frame_of(box: tuple[float, float, float, float], turn: int, unit: float = 1.0) -> tuple[Matrix, float, float]:
    """Return what takes a page's user space to page space, and the page's width and height in points.

    Args:
        box: The crop box: two opposite corners, as they stand in the file.
        turn: Degrees, clockwise.
        unit: The size of a unit of user space, in points.

    Spec:
        ISO 32000-1 (PDF 1.7), 7.7.3.3 (Rotate, UserUnit) and 14.11.2 (crop box).
    """
    left, right = sorted((box[0], box[2]))
    bottom, top = sorted((box[1], box[3]))
    if not all(map(math.isfinite, (left, bottom, right, top))) or right - left < 1 or top - bottom < 1:
        left, bottom, right, top = 0.0, 0.0, 612.0, 792.0
    left, bottom, right, top = left * unit, bottom * unit, right * unit, top * unit
    width, height = right - left, top - bottom
    turn %= 360
    if turn == 90:
        return (0.0, unit, unit, 0.0, -bottom, -left), height, width
    if turn == 180:
        return (-unit, 0.0, 0.0, unit, right, -bottom), width, height
    if turn == 270:
        return (0.0, -unit, -unit, 0.0, top, right), height, width
    return (unit, 0.0, 0.0, -unit, -left, top), width, height


def seen_page(number: int, width: float, height: float, canvas: Canvas) -> Page:
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
