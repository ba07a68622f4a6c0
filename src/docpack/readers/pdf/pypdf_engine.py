"""Pages through pypdf: it reads the file's objects, and docpack's own interpreter runs the pages."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from docpack.readers.pdf.frames import frame_of, seen_page
from docpack.readers.pdf.interpreter import FAR, Canvas, Interpreter
from docpack.readers.pdf.limits import PageLimit
from docpack.readers.pdf.objects import Damaged, content_of, dictionary_of, number_of
from docpack.readers.pdf.page_tree import page_objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.readers.pdf.glyphs import Page
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
        self._interpreter = Interpreter(budget)
        self._mute: dict[Any, bool] = {}

    def pages(self) -> Iterator[Page]:
        """Yield the pages in order; what cannot be read of a page stands in its `damage`."""
        for number, raw in enumerate(page_objects(self._root)):
            yield self.page(number, raw)

    def page(self, number: int, raw: PageObject) -> Page:
        """Return one page; the first is 0."""
        page = self._page(number, raw)
        # pypdf keeps every object that it has read; of a page nothing is needed any more.
        self._reader.resolved_objects.clear()
        return page

    def objects(self) -> Iterator[PageObject]:
        """Yield the pages as they stand in the file."""
        return page_objects(self._root)

    def has_mute_font(self, raw: PageObject) -> bool:
        """Tell whether a page has a TrueType font that says nowhere what its codes mean.

        PDFium takes the codes of such a font for characters.
        """
        try:
            fonts = dictionary_of(dictionary_of(raw.get("/Resources")).get("/Font"))
        except Damaged:
            return False
        return any(map(self._is_mute, (dict.get(fonts, name) for name in fonts)))

    def _is_mute(self, raw: Any) -> bool:
        number = getattr(raw, "idnum", None)
        if number in self._mute:
            return self._mute[number]
        font = dictionary_of(raw)
        mute = font.get("/Subtype") == "/TrueType" and not {"/ToUnicode", "/Encoding"} & font.keys()
        if number is not None:
            self._mute[number] = mute
        return mute

    def _page(self, number: int, raw: PageObject) -> Page:
        canvas = Canvas()
        start, width, height = page_frame(raw)
        limit = ""
        self._budget.begin_page()
        if raw.damage:
            canvas.lacks("its object", Damaged(raw.damage))
        try:
            content = content_of(dict.get(raw.entries, "/Contents"), self._budget)
            self._interpreter.run(content, _resources(raw, canvas), start, canvas)
        except Damaged as damage:
            canvas.lacks("its content", damage)
        except PageLimit as hit:
            limit = str(hit)
        finally:
            self._budget.end_page()
        page = seen_page(number, width, height, canvas)
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
    try:
        turn = round(number_of(raw.get("/Rotate"))) % 360
    except Damaged:
        turn = 0
    return frame_of((left, bottom, right, top), turn, unit)


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
