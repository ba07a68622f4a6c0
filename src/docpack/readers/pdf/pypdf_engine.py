"""Pages through pypdf: it reads the file's objects, and docpack's own interpreter runs the pages."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from docpack.readers.pdf.glyphs import Glyph, Page
from docpack.readers.pdf.interpreter import FAR, Canvas, Interpreter
from docpack.readers.pdf.limits import PageLimit
from docpack.readers.pdf.objects import Damaged, content_of, number_of
from docpack.readers.pdf.page_tree import page_objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.readers.pdf.interpreter import Matrix
    from docpack.readers.pdf.limits import Budget
    from docpack.readers.pdf.objects import FileObjects
    from docpack.readers.pdf.page_tree import PageObject

__all__ = ["PypdfEngine", "page_frame"]


class PypdfEngine:
    """Interprets the pages of an opened file."""

    name = "pypdf"

    def __init__(self, reader: FileObjects, root: dict[str, Any], budget: Budget) -> None:
        self._reader, self._root, self._budget = reader, root, budget

    def pages(self) -> Iterator[Page]:
        """Yield the pages in order; what cannot be read of a page stands in its `damage`."""
        interpreter = Interpreter(self._budget)
        for number, raw in enumerate(page_objects(self._root)):
            yield self._page(number, raw, interpreter)
            # pypdf keeps every object that it has read; of a page nothing is needed any more.
            self._reader.resolved_objects.clear()

    def _page(self, number: int, raw: PageObject, interpreter: Interpreter) -> Page:
        canvas = Canvas()
        start, width, height = page_frame(raw)
        limit = ""
        self._budget.begin_page()
        if raw.damage:
            canvas.lacks("its object", Damaged(raw.damage))
        try:
            content = content_of(dict.get(raw.entries, "/Contents"), self._budget)
            interpreter.run(content, _resources(raw, canvas), start, canvas)
        except Damaged as damage:
            canvas.lacks("its content", damage)
        except PageLimit as hit:
            limit = str(hit)
        finally:
            self._budget.end_page()
        page = _page(number, width, height, canvas)
        page.damage, page.limit = canvas.damage, limit
        return page


def _resources(raw: PageObject, canvas: Canvas) -> Any:
    try:
        return raw.get("/Resources") or {}
    except Damaged as damage:
        canvas.lacks("its resources", damage)
        return {}


def page_frame(raw: PageObject) -> tuple[Matrix, float, float]:
    """Return what takes a page's user space to page space, and the page's width and height in points.

    What makes no sense counts as not said: a box without area or beyond any paper, a turn by other than right angles.

    Spec:
        ISO 32000-1 (PDF 1.7), 7.7.3.3 (Rotate, UserUnit) and 14.11.2 (media box and crop box).
    """
    left, bottom, right, top = _box(raw)
    unit = number_of(raw.entries.get("/UserUnit"), 1.0)
    unit = unit if 0 < unit <= MAX_USER_UNIT and max(right - left, top - bottom) * unit < FAR else 1.0
    left, bottom, right, top = left * unit, bottom * unit, right * unit, top * unit
    width, height = right - left, top - bottom
    try:
        turn = round(number_of(raw.get("/Rotate"))) % 360
    except Damaged:
        turn = 0
    if turn == 90:
        return (0.0, unit, unit, 0.0, -bottom, -left), height, width
    if turn == 180:
        return (-unit, 0.0, 0.0, unit, right, -bottom), width, height
    if turn == 270:
        return (0.0, -unit, -unit, 0.0, top, right), height, width
    return (unit, 0.0, 0.0, -unit, -left, top), width, height


def _box(raw: PageObject) -> tuple[float, float, float, float]:
    """Return the box of a page that is seen: that of the crop box that lies on the medium."""
    medium = _rectangle(raw, "/MediaBox")
    seen = _rectangle(raw, "/CropBox")
    if medium is None:
        return seen or LETTER
    if seen is None:
        return medium
    inside = (max(medium[0], seen[0]), max(medium[1], seen[1]), min(medium[2], seen[2]), min(medium[3], seen[3]))
    return inside if _has_area(inside) else medium


def _rectangle(raw: PageObject, key: str) -> tuple[float, float, float, float] | None:
    """Return a box of a page; None where it has none that makes sense."""
    try:
        values = raw.get(key)
    except Damaged:
        return None
    if not isinstance(values, list) or len(values) < 4:
        return None
    x0, y0, x1, y1 = (number_of(each, math.nan) for each in values[:4])
    box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return box if all(map(math.isfinite, box)) and _has_area(box) else None


def _has_area(box: tuple[float, float, float, float]) -> bool:
    return 1 <= box[2] - box[0] < FAR and 1 <= box[3] - box[1] < FAR


LETTER = (0.0, 0.0, 612.0, 792.0)
MAX_USER_UNIT = 75_000.0  # that of ISO 32000-2's largest page is far below


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
