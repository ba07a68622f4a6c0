"""What of a file is seen and cannot be read: told by findings, and by an error where hardly anything is left.

Watches the pages on their way from the engine to the lines; what stands outside a page's visible part is taken out here.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from docpack.errors import InputError
from docpack.findings import Code
from docpack.readers.pdf.glyphs import Unmapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpack.context import Context
    from docpack.readers.pdf.glyphs import Glyph, Page

__all__ = ["Legibility"]

MAX_UNKNOWN = 0.6  # of all characters; what is more is no text
MAX_OUTSIDE = 0.5  # of a page's glyphs; where more lie outside of its box, the box is wrong
MAX_FONTS = 3  # that a message names
MAX_SAID = 40  # characters of a text that a message shows
MAX_RANGES = 8  # of pages that a message names
OCR = "ocrmypdf --force-ocr INPUT.pdf OUTPUT.pdf"


class Legibility:
    """Counts what cannot be read, page by page; `report` tells of it once all pages have passed."""

    def __init__(self) -> None:
        self._pages = 0
        self._unread: list[int] = []  # pages that hold a picture and no text
        self._pictures = 0
        self._known = self._unknown = self._private = 0
        self._fonts: Counter[str] = Counter()  # characters of which nothing is known, by the name of their font
        self._private_fonts: Counter[str] = Counter()
        self._outside: list[int] = []
        self._outside_count, self._outside_first = 0, ""
        self._unbelieved: list[int] = []
        self._aslant: list[int] = []
        self._crowded: list[int] = []
        self._aslant_count = 0
        self._damaged: dict[str, list[int]] = {}
        self._cut: dict[str, list[int]] = {}

    def watched(self, pages: Iterable[Page]) -> Iterator[Page]:
        """Yield the pages without what nobody can see on them."""
        for page in pages:
            self._pages += 1
            self._see_outside(page)
            self._see(page)
            yield page
            if page.is_crowded:  # known by now: its lines were found
                self._crowded.append(page.number)

    def _see(self, page: Page) -> None:
        inked = False
        for glyph in page.glyphs:
            text = glyph.text
            if not text or text.isspace():
                continue
            inked = True
            if text == Unmapped:
                self._unknown += 1
                self._fonts[glyph.face.name] += 1
            elif text >= "\ue000" and any(unicodedata.category(char) == "Co" for char in text):
                self._private += 1
                self._private_fonts[glyph.face.name] += 1
            else:
                self._known += 1
        if page.pictures:
            self._pictures += 1
            if not inked:
                self._unread.append(page.number)
        if page.aslant:
            self._aslant.append(page.number)
            self._aslant_count += page.aslant
        for each in page.damage:
            self._damaged.setdefault(each, []).append(page.number)
        if page.limit:
            self._cut.setdefault(page.limit, []).append(page.number)

    def _see_outside(self, page: Page) -> None:
        """Take out what stands beyond the edges of a page; glyphs of other directions have no place on it here."""
        stop = len(page.glyphs) - page.aslant
        inside: list[Glyph] = []
        outside: list[Glyph] = []
        before: Glyph | None = None
        for glyph in page.glyphs[:stop]:
            if _is_on(glyph, page) or (before is not None and _goes_on(before, glyph)):
                inside.append(glyph)
                before = glyph
            else:
                outside.append(glyph)
                before = None
        shown = "".join(glyph.text for glyph in outside).strip()
        if not shown:
            page.glyphs[:stop] = inside
        elif len(outside) > MAX_OUTSIDE * stop:
            self._unbelieved.append(page.number)
        else:
            page.glyphs[:stop] = inside
            self._outside.append(page.number)
            self._outside_count += len(outside)
            self._outside_first = self._outside_first or shown[:MAX_SAID]

    def report(self, context: Context) -> None:
        """Tell what was seen.

        Raises:
            InputError: No page holds text, or of nearly all of it the file does not say what it means.
        """
        for reason, pages in self._damaged.items():
            context.report(Code.P006, pages=pages_of(pages), reason=reason)
        for reason, pages in self._cut.items():
            context.report(Code.P007, pages=pages_of(pages), reason=reason)
        total = self._known + self._unknown + self._private
        if not total:
            raise self._without_text()
        if self._unknown + self._private > MAX_UNKNOWN * total:
            raise InputError(
                f"the PDF does not say what {_share(self._unknown + self._private, total)} of its characters mean: "
                f"{_fonts_of(self._fonts + self._private_fonts)}",
                hint=f"Have the text recognised anew: {OCR}, and convert OUTPUT.pdf.",
            )
        self._report_text(context, total)
        if self._unread:
            context.report(Code.P001, pages=pages_of(self._unread), count=len(self._unread))

    def _report_text(self, context: Context, total: int) -> None:
        if self._unknown:
            share = _share(self._unknown, total)
            context.report(Code.P002, count=self._unknown, share=share, fonts=_fonts_of(self._fonts))
        if self._private:
            context.report(Code.P003, count=self._private, fonts=_fonts_of(self._private_fonts))
        if self._outside:
            context.report(
                Code.P004, count=self._outside_count, pages=pages_of(self._outside), first=self._outside_first
            )
        if self._aslant:
            context.report(Code.P005, count=self._aslant_count, pages=pages_of(self._aslant))
        if self._crowded:
            context.report(Code.P009, pages=pages_of(self._crowded))
        if self._unbelieved:
            context.report(Code.P008, pages=pages_of(self._unbelieved))

    def _without_text(self) -> InputError:
        if not self._pages:
            return InputError("the PDF has no pages", hint="See whether it is whole: qpdf --check INPUT.pdf.")
        if self._damaged:
            reason, pages = next(iter(self._damaged.items()))
            return InputError(
                f"no text can be read: {pages_of(pages)}: {reason}",
                hint="Repair it first: qpdf INPUT.pdf OUTPUT.pdf, or mutool clean INPUT.pdf OUTPUT.pdf.",
            )
        if self._cut:
            reason, pages = next(iter(self._cut.items()))
            return InputError(
                f"no text can be read: {pages_of(pages)}: {reason}",
                hint=f"Print it to a new PDF, or have it recognised: {OCR}, and convert OUTPUT.pdf.",
            )
        if self._pictures:
            return InputError(
                f"the PDF holds no text, only pictures: {self._pictures} of {self._pages} pages",
                hint="Recognise its text first: ocrmypdf INPUT.pdf OUTPUT.pdf, and convert OUTPUT.pdf.",
            )
        return InputError(
            f"the PDF holds no text on its {self._pages} pages",
            hint="If they show some, it is drawn and not set; have it recognised: "
            "ocrmypdf INPUT.pdf OUTPUT.pdf, and convert OUTPUT.pdf.",
        )


def _is_on(glyph: Glyph, page: Page) -> bool:
    """Tell whether some of a glyph may be seen; letters reach above and below their baseline."""
    return (
        glyph.right >= 0
        and glyph.left <= page.width
        and glyph.base >= 0
        and glyph.base - glyph.size <= page.height
    )  # fmt: skip


def _goes_on(before: Glyph, glyph: Glyph) -> bool:
    """Tell whether a glyph goes on a line that is seen: one that is too long for the page is read to its end."""
    return abs(glyph.base - before.base) < 0.02 * before.size and abs(glyph.left - before.right) < before.size


def _share(count: int, total: int) -> str:
    """Return a share in per cent, never 0."""
    percent = 100 * count / total
    return f"{percent:.0f} %" if percent >= 1 else "less than 1 %"


def _fonts_of(fonts: Counter[str]) -> str:
    """Return the names of fonts, those with the most characters first."""
    names = sorted(fonts, key=lambda name: (-fonts[name], name))
    said = ", ".join(
        (name if name.isprintable() else ascii(name))[:MAX_SAID] or "without a name" for name in names[:MAX_FONTS]
    )
    more = f" and {len(names) - MAX_FONTS} more" if len(names) > MAX_FONTS else ""
    return f"the font{'s' * (len(names) > 1)} {said}{more}"


def pages_of(numbers: list[int]) -> str:
    """Return page numbers, which are counted from 0 here and from 1 for people, as ranges.

    >>> pages_of([2, 3, 4, 8])
    'pages 3-5, 9'
    """
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    said = ", ".join(
        f"{first + 1}-{last + 1}" if last > first else f"{first + 1}" for first, last in ranges[:MAX_RANGES]
    )
    more = ", ..." if len(ranges) > MAX_RANGES else ""
    return f"{'pages' if len(numbers) > 1 else 'page'} {said}{more}"
