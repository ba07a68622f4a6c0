"""Where the lines of the source stand on its pages: a `<surface>` for each page, a `<zone>` for each printed line.

Coordinates are points from the upper left corner of the page, x to the right and y downwards. The `<lb/>` of a line and
the `<pb/>` of a page point here with `@facs`. A page without text has a surface too; a line without a place has no zone.

Spec:
    TEI P5, section 12.1 (digital facsimiles), 12.2.2 (embedded coordinates are those of `@ulx`, `@uly`, `@lrx`, `@lry`).
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from docpack.writers.tei.escapes import attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.ledger import SourceText

__all__ = ["Places"]


class Places:
    """Names the places of lines and pages; of nothing, where the source has no pages or none are to be named."""

    def __init__(self, source: SourceText | None = None) -> None:
        self._source = source if source and source.pages else None
        self._feeds: list[int] = []
        if self._source:
            text = self._source.text
            self._feeds = [at for at, each in enumerate(text) if each == "\f"] if "\f" in text else []

    def of_line(self, number: int) -> str:
        """Return `@facs` of a line, by its number from 1; "" where its place is not known."""
        has_place = self._source is not None and self._source.box_of(number) is not None
        return f' facs="#{_line(number)}"' if has_place else ""

    def of_page(self, position: int) -> str:
        """Return `@facs` of the page that this place of the source lies on: the page after each form feed before it."""
        index = bisect_left(self._feeds, position)
        known = self._source is not None and index < len(self._source.pages)
        return f' facs="#{_page(index)}"' if known else ""

    def ids(self) -> Iterator[str]:
        """Yield all ids that `element` has."""
        if self._source:
            yield from (_page(index) for index in range(len(self._source.pages)))
            yield from (_line(number) for number, box in enumerate(self._source.boxes, 1) if box)

    def element(self) -> str:
        """Return `<facsimile>`, or "" without places."""
        if not self._source:
            return ""
        return f"<facsimile>\n{''.join(self._surfaces(self._source))}</facsimile>\n"

    def _surfaces(self, source: SourceText) -> Iterator[str]:
        zones: dict[int, list[str]] = {}
        for number, box in enumerate(source.boxes, 1):
            if box:
                corners = _corners(box.left, box.top, box.right, box.bottom)
                zones.setdefault(box.page, []).append(f'<zone xml:id="{_line(number)}" n="{number}"{corners}/>\n')
        for index, page in enumerate(source.pages):
            name = attribute(source.page_name(index))
            corners = _corners(0, 0, page.width, page.height)
            yield f'<surface xml:id="{_page(index)}" n="{name}"{corners}>\n{"".join(zones.get(index, ()))}</surface>\n'


def _page(index: int) -> str:
    return f"facs-page-{index + 1}"


def _line(number: int) -> str:
    return f"facs-line-{number}"


def _corners(left: float, top: float, right: float, bottom: float) -> str:
    """Return the corners as attributes, in hundredths of a point; the first is the upper left one, whatever was given."""
    (ulx, lrx), (uly, lry) = sorted((left, right)), sorted((top, bottom))
    return f' ulx="{_number(ulx)}" uly="{_number(uly)}" lrx="{_number(lrx)}" lry="{_number(lry)}"'


def _number(value: float) -> str:
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown
