"""Pages through PDFium, which runs them itself: faster than `pypdf_engine`, with the same glyphs.

Theory of operation. PDFium's text pages are made for copying: they put what stands on one line together, leave out what
is printed twice, add blanks, say U+0002 for a hyphen at the end of a line, turn what is read from the right. Of these
the glyphs must show nothing. So the objects that show text are listed as the page has them, and the characters of the
text page are given back to the object that each comes from, in the objects' order. An object of which the text page has
not all (none at all, a hyphen, letters read from the right) is put on a text page of its own, with the other objects
switched off. What is marked with an ActualText loses that mark before the text page is made, so that its own glyphs
are seen; the text is then said by the first of them.
"""

from __future__ import annotations

import math
import unicodedata
from ctypes import byref, create_string_buffer
from typing import TYPE_CHECKING, NamedTuple

from docpack.errors import InputError
from docpack.readers.pdf.fonts import LIGATURES, expanded, face_of
from docpack.readers.pdf.frames import frame_of, seen_page
from docpack.readers.pdf.glyphs import Face, Glyph, Picture, Unmapped
from docpack.readers.pdf.interpreter import (
    FAR,
    IDENTITY,
    MAX_FORM_DEPTH,
    MAX_GLYPHS,
    MAX_PICTURES,
    MAX_RULES,
    RULE_POINTS,
    UPRIGHT,
    Canvas,
    multiplied,
)
from docpack.readers.pdf.pdfium_calls import LOCK, Box, Calls, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.readers.pdf.glyphs import Page
    from docpack.readers.pdf.interpreter import Matrix

__all__ = ["PdfiumEngine"]

TEXT, PATH, IMAGE, FORM = 1, 2, 3, 5  # FPDF_PAGEOBJ_*
LINE_TO, BEZIER_TO, MOVE_TO = 0, 1, 2  # FPDF_SEGMENT_*
HYPHEN_AT_LINE_END = 2
MAX_OBJECTS = 500_000  # of a page
MAX_ALONE = 20_000_000  # objects passed over for text pages of one object each: seconds
SAME_ORIGIN = 1e-4  # points
LEAST_LIGATURE = 0.75  # of what its box reaches: a smaller width is that of another character
NO_INK = 0.01  # points: narrower objects are passed over by text pages


class _Mark(NamedTuple):
    """One mark of an object: its name, its number and the text that stands for what it marks."""

    artifact: bool
    sequence: int | None
    actual: str | None


class _Object(NamedTuple):
    """An object that shows text, and the objects on the page that have to be switched on for it to be shown."""

    handle: int
    chain: tuple[int, ...]
    outer: Matrix  # from the space that its matrix leads to, to page space
    sequence: int
    artifact: bool
    actual: int  # the handle of the mark whose text stands for it, or 0


class _Character(NamedTuple):
    """A character, or several that have one origin; in page space."""

    text: str
    x: float
    y: float
    width: float
    reach: float  # of its box from its origin: the width, or the ink where that is more


class _Run:
    """What an object shows: its characters, and what takes text of size 1 to page space."""

    __slots__ = ("characters", "direction", "font", "is_ended", "matrix", "size", "stretch")

    def __init__(self, font: int, size: float, matrix: Matrix, start: Matrix) -> None:
        self.characters: list[_Character] = []
        self.font, self.size = font, round(size, 4)
        self.matrix = multiplied(matrix, start)
        self.is_ended = False  # by a hyphen at the end of a line, of which PDFium does not say which one
        a, b, *_ = matrix
        self.stretch = abs(size) * math.hypot(a, b)
        angle = math.degrees(math.atan2(b, a)) + (180 if size < 0 else 0)
        nearest = 90 * round(angle / 90)
        # Degrees in user space, counted from right to up; -1 for what runs along neither axis.
        self.direction = nearest % 360 if abs(angle - nearest) < math.degrees(UPRIGHT) else -1

    def reach(self, box: Box, x: float, y: float) -> float:
        """Return how far a box reaches from a place in user space, in the direction of the text."""
        if self.direction == 0:
            return float(box.right - x)
        if self.direction == 180:
            return float(x - box.left)
        if self.direction == 90:
            return float(max(box.top, box.bottom) - y)
        return float(y - min(box.top, box.bottom)) if self.direction == 270 else 0.0


class PdfiumEngine:
    """Interprets the pages of a file.

    Args:
        data: The file.
        password: The password, if it has one.

    Raises:
        ImportError: pypdfium2 is not installed, or too old.
        InputError: PDFium cannot open the file.
    """

    name = "pdfium"

    def __init__(self, data: bytes, password: bytes | None = None) -> None:
        self._calls = Calls()
        self._data = data  # PDFium reads from it as long as the document is open
        self._password = password
        with LOCK:
            self._calls.FPDF_CloseDocument(self._opened())

    def _opened(self) -> int:
        document = self._calls.FPDF_LoadMemDocument64(self._data, len(self._data), self._password)
        if not document:
            raise InputError(
                f"PDFium cannot open the PDF (its error {self._calls.FPDF_GetLastError()})",
                hint="Read it with --pdf-engine pypdf, or repair it first: qpdf INPUT.pdf OUTPUT.pdf.",
            )
        return int(document)

    def pages(self) -> Iterator[Page]:
        """Yield the pages in order."""
        calls = self._calls
        with LOCK:
            document = self._opened()
            count = calls.FPDF_GetPageCount(document)
        try:
            faces: dict[int, Face] = {}
            for number in range(count):
                with LOCK:
                    page = self._page(document, number, faces)
                yield page
        finally:
            with LOCK:
                calls.FPDF_CloseDocument(document)

    def _page(self, document: int, number: int, faces: dict[int, Face]) -> Page:
        calls = self._calls
        handle = calls.FPDF_LoadPage(document, number)
        if not handle:
            raise InputError(
                f"PDFium cannot read page {number + 1} of the PDF",
                hint="Read it with --pdf-engine pypdf, or repair it first: qpdf INPUT.pdf OUTPUT.pdf.",
            )
        try:
            calls.FPDF_GetPageBoundingBox(handle, byref(calls.box))
            box = calls.box
            start, width, height = frame_of(
                (box.left, box.bottom, box.right, box.top), 90 * calls.FPDFPage_GetRotation(handle)
            )
            canvas = Canvas()
            _Shown(calls, handle, start, canvas, faces).run()
            return seen_page(number, width, height, canvas)
        finally:
            calls.FPDF_ClosePage(handle)


class _Shown:
    """One page, from its objects to its glyphs."""

    def __init__(self, calls: Calls, page: int, start: Matrix, canvas: Canvas, faces: dict[int, Face]) -> None:
        self._calls, self._page, self._start, self._canvas, self._faces = calls, page, start, canvas, faces
        self._marks: dict[int, _Mark] = {}
        self._objects: list[_Object] = []
        self._top: list[int] = []  # the page's own objects
        self._said: set[int] = set()  # marks whose text was given
        self._count = 0
        self._advances: dict[tuple[int, int], float] = {}  # by font and character

    def run(self) -> None:
        calls = self._calls
        self._top = [
            calls.FPDFPage_GetObject(self._page, number)
            for number in range(min(calls.FPDFPage_CountObjects(self._page), MAX_OBJECTS))
        ]
        self._walk(self._top, (), _Object(0, (), self._start, -1, artifact=False, actual=0))
        for each in self._objects:
            if each.actual:
                self._without_actual_text(each.handle)
        if self._objects:
            self._read()

    # ------------------------------------------------------------------------------------------------ objects

    def _walk(self, handles: list[int], chain: tuple[int, ...], outer: _Object) -> None:
        """List what shows text, and put pictures and rules on the canvas."""
        calls, matrix = self._calls, outer.outer
        for handle in handles:
            self._count += 1
            if self._count > MAX_OBJECTS:
                self._canvas.hit_limit = True
                return
            kind = calls.FPDFPageObj_GetType(handle)
            if kind == TEXT:
                self._objects.append(self._marked(handle, chain, outer))
            elif kind == PATH:
                self._rules(handle, matrix)
            elif kind == IMAGE:
                self._picture(handle, multiplied(calls.matrix_of(handle), matrix), outer)
            elif kind == FORM and len(chain) < MAX_FORM_DEPTH:
                inner = [
                    calls.FPDFFormObj_GetObject(handle, number)
                    for number in range(min(calls.FPDFFormObj_CountObjects(handle), MAX_OBJECTS))
                ]
                marked = self._marked(handle, chain, outer)
                self._walk(inner, (*chain, handle), marked._replace(outer=multiplied(calls.matrix_of(handle), matrix)))

    def _marked(self, handle: int, chain: tuple[int, ...], outer: _Object) -> _Object:
        """Return an object with what its marks say, and those of the forms that hold it."""
        calls = self._calls
        sequence, artifact, actual = outer.sequence, outer.artifact, outer.actual
        for number in range(calls.FPDFPageObj_CountMarks(handle)):
            key = calls.FPDFPageObj_GetMark(handle, number)
            mark = self._marks.get(key)
            if mark is None:
                mark = self._marks[key] = self._mark(key)
            artifact = artifact or mark.artifact
            if not actual and mark.sequence is not None:
                sequence = mark.sequence
            if not actual and mark.actual is not None:  # all that is inside is one span
                actual = key
        return _Object(handle, chain, outer.outer, sequence, artifact, actual)

    def _mark(self, key: int) -> _Mark:
        calls = self._calls
        name = text_of(calls.FPDFPageObjMark_GetName, calls.length, key)
        has_number = calls.FPDFPageObjMark_GetParamIntValue(key, b"MCID", byref(calls.whole))
        sequence = calls.whole.value if has_number and 0 <= calls.whole.value < 1e7 else None
        actual = text_of(calls.FPDFPageObjMark_GetParamStringValue, calls.length, key, b"ActualText")
        return _Mark(name == "Artifact", sequence, actual)

    def _without_actual_text(self, handle: int) -> None:
        calls = self._calls
        for number in reversed(range(calls.FPDFPageObj_CountMarks(handle))):
            key = calls.FPDFPageObj_GetMark(handle, number)
            known = self._marks.get(key)
            if known is not None and known.actual is not None:
                calls.FPDFPageObj_RemoveMark(handle, key)

    def _picture(self, handle: int, matrix: Matrix, outer: _Object) -> None:
        a, b, c, d, e, f = matrix
        xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
        pictures = self._canvas.pictures
        if all(abs(each) < FAR for each in (*xs, *ys)) and len(pictures) < MAX_PICTURES:
            mark = self._marked(handle, (), outer).sequence
            pictures.append(Picture(min(xs), min(ys), max(xs), max(ys), str(len(pictures) + 1), mark))

    def _rules(self, handle: int, matrix: Matrix) -> None:
        """Keep what is painted and looks like a rule: long and thin."""
        calls = self._calls
        if len(self._canvas.rules) >= MAX_RULES:
            return
        calls.FPDFPath_GetDrawMode(handle, byref(calls.whole), byref(calls.other))
        if not calls.whole.value and not calls.other.value:
            return
        a, b, c, d, e, f = multiplied(calls.matrix_of(handle), matrix)
        for x0, y0, x1, y1 in self._strokes(handle):
            xs = (a * x0 + c * y0 + e, a * x1 + c * y1 + e)
            ys = (b * x0 + d * y0 + f, b * x1 + d * y1 + f)
            thin, long = sorted((abs(xs[1] - xs[0]), abs(ys[1] - ys[0])))
            if thin <= RULE_POINTS < 4 * RULE_POINTS <= long < FAR and len(self._canvas.rules) < MAX_RULES:
                self._canvas.rules.append((min(xs), min(ys), max(xs), max(ys)))

    def _strokes(self, handle: int) -> Iterator[tuple[float, float, float, float]]:
        """Yield the straight lines of a path, and its rectangles by two corners."""
        calls = self._calls
        run: list[tuple[float, float]] = []
        for number in range(min(calls.FPDFPath_CountSegments(handle), MAX_RULES)):
            segment = calls.FPDFPath_GetPathSegment(handle, number)
            kind = calls.FPDFPathSegment_GetType(segment)
            calls.FPDFPathSegment_GetPoint(segment, byref(calls.across), byref(calls.down))
            if kind != LINE_TO:
                yield from _lines(run)
                run = []
            run.append((calls.across.value, calls.down.value))
        yield from _lines(run)

    # ------------------------------------------------------------------------------------------------- glyphs

    def _read(self) -> None:
        runs: dict[int, _Run] = {}
        self._take(runs)
        again = [each for each in self._objects if self._is_incomplete(each, runs.get(each.handle))]
        if again and len(again) * self._count <= MAX_ALONE:
            self._take_alone(again, runs)
        for each in self._objects:
            run = runs.get(each.handle)
            self._show(each, run if run and run.characters else self._blank(each))
            if self._canvas.count > MAX_GLYPHS:
                self._canvas.hit_limit = True
                return

    def _is_incomplete(self, each: _Object, run: _Run | None) -> bool:
        """Tell whether a text page with the whole page on it does not show an object as it is."""
        if run is not None:
            return run.is_ended or any(_is_from_the_right(character.text) for character in run.characters)
        calls, out = self._calls, self._calls.edges
        calls.FPDFPageObj_GetBounds(each.handle, *map(byref, out))
        return bool(out[2].value - out[0].value >= NO_INK)

    def _take(self, runs: dict[int, _Run]) -> None:
        """Put the page's characters to the objects that they come from."""
        calls, start = self._calls, self._start
        text_page = calls.FPDFText_LoadPage(self._page)
        if not text_page:
            return
        a, b, c, d, e, f = start
        unicode_at, object_at, origin_at = (
            calls.FPDFText_GetUnicode,
            calls.FPDFText_GetTextObject,
            calls.FPDFText_GetCharOrigin,
        )
        has_error, x_value, y_value = calls.FPDFText_HasUnicodeMapError, calls.x, calls.y
        x_out, y_out, box_out = byref(calls.x), byref(calls.y), byref(calls.box)
        box_at = calls.FPDFText_GetLooseCharBox
        run, before = _Run(0, 0, IDENTITY, IDENTITY), 0
        try:
            for index in range(min(calls.FPDFText_CountChars(text_page), 2 * MAX_GLYPHS)):
                handle = object_at(text_page, index)
                code = unicode_at(text_page, index)
                if not handle or (code in _GENERATED and calls.FPDFText_IsGenerated(text_page, index) == 1):
                    continue
                if handle != before:
                    before = handle
                    run = runs.get(handle) or runs.setdefault(handle, self._run(handle, text_page, index))
                origin_at(text_page, index, x_out, y_out)
                across, up = x_value.value, y_value.value
                x, y = a * across + c * up + e, b * across + d * up + f
                text = Unmapped if has_error(text_page, index) == 1 else chr(code)
                if code == HYPHEN_AT_LINE_END:
                    run.is_ended = True
                characters = run.characters
                if characters and abs(characters[-1].x - x) < SAME_ORIGIN and abs(characters[-1].y - y) < SAME_ORIGIN:
                    characters[-1] = self._ligature(run, characters[-1], text)
                    continue
                box_at(text_page, index, box_out)
                reach = run.reach(calls.box, across, up)
                characters.append(_Character(text, x, y, self._width(run, code, reach), reach))
        finally:
            calls.FPDFText_ClosePage(text_page)

    def _run(self, handle: int, text_page: int, index: int) -> _Run:
        calls = self._calls
        calls.FPDFText_GetMatrix(text_page, index, byref(calls.matrix))
        size = calls.FPDFText_GetFontSize(text_page, index)
        return _Run(calls.FPDFTextObj_GetFont(handle), size, calls.matrix.values(), self._start)

    def _width(self, run: _Run, code: int, reach: float) -> float:
        """Return the width of a character whose box reaches so far.

        The box is as wide as the character takes or its ink reaches, whichever is more. What PDFium says of the width
        is for the first of the font's characters that mean the same, and may so be that of another one.
        """
        key = (run.font, code)
        advance = self._advances.get(key)
        if advance is None:
            advance = self._advances[key] = self._advance(*key)
        width = advance * run.stretch
        return reach if 0 < reach < width or width <= 0 else width

    def _ligature(self, run: _Run, first: _Character, text: str) -> _Character:
        """Return a character that is read as several, with one more of them."""
        text = first.text + text
        width = self._width(run, ord(_LIGATURES[text]), first.reach) if text in _LIGATURES else first.reach
        return _Character(
            text, first.x, first.y, width if width > LEAST_LIGATURE * first.reach else first.reach, first.reach
        )

    def _advance(self, font: int, code: int) -> float:
        """Return how far a character moves the next one, in type of size 1."""
        calls = self._calls
        calls.FPDFFont_GetGlyphWidth(font, code, 1.0, byref(calls.across))
        return float(calls.across.value)

    def _take_alone(self, objects: list[_Object], runs: dict[int, _Run]) -> None:
        """Put each of some objects on a text page of its own; none is switched on any more after that."""
        calls = self._calls
        for handle in (*self._top, *(each.handle for each in self._objects)):
            calls.FPDFPageObj_SetIsActive(handle, 0)
        for each in objects:
            for handle in (*each.chain, each.handle):
                calls.FPDFPageObj_SetIsActive(handle, 1)
            alone: dict[int, _Run] = {}
            self._take(alone)
            if each.handle in alone:
                runs[each.handle] = alone[each.handle]
            for handle in (*each.chain, each.handle):
                calls.FPDFPageObj_SetIsActive(handle, 0)

    def _blank(self, each: _Object) -> _Run:
        """Return what an object shows that a text page passes over, because it has no ink: a blank.

        How many blanks it holds is not told.
        """
        calls = self._calls
        calls.FPDFTextObj_GetFontSize(each.handle, byref(calls.across))
        font = calls.FPDFTextObj_GetFont(each.handle)
        run = _Run(font, calls.across.value, calls.matrix_of(each.handle), each.outer)
        *_, x, y = run.matrix
        run.characters.append(_Character(" ", x, y, self._advance(font, ord(" ")) * run.stretch, 0.0))
        return run

    def _show(self, each: _Object, run: _Run) -> None:
        """Put the glyphs of an object on the canvas."""
        a, b, c, d, _, _ = run.matrix
        size, stretch = abs(run.size) * math.hypot(c, d), math.hypot(a, b)
        if not (0 < size < FAR and 0 < stretch < FAR):
            return
        if run.size < 0:  # a font turned round: its lines run the other way
            a, b = -a, -b
        angle = math.atan2(b, a)
        degrees = 0 if abs(angle) < UPRIGHT else round(math.degrees(angle)) % 360
        turn = math.radians(degrees)
        cos, sin = math.cos(turn), math.sin(turn)
        glyphs = self._canvas.glyphs.setdefault(degrees, [])
        face, sequence, artifact, actual = self._face(run.font), each.sequence, each.artifact, each.actual
        for text, x, y, width, _ in _in_order(run.characters, cos, sin):
            shown = expanded(text)
            if actual:
                shown = "" if actual in self._said else self._marks[actual].actual or ""
                self._said.add(actual)
            if degrees:
                x, y = x * cos + y * sin, y * cos - x * sin  # noqa: PLW2901  # turned upright
            if abs(x) < FAR and abs(y) < FAR:
                glyphs.append(Glyph(shown, x, x + width, y, size, face, sequence, artifact))
        self._canvas.count += len(run.characters)

    def _face(self, font: int) -> Face:
        calls = self._calls
        face = self._faces.get(font)
        if face is None:
            length = calls.FPDFFont_GetBaseFontName(font, None, 0)
            buffer = create_string_buffer(max(1, length))
            calls.FPDFFont_GetBaseFontName(font, buffer, length)
            flags = calls.FPDFFont_GetFlags(font)
            face = self._faces[font] = face_of(buffer.value.decode("utf-8", "replace"), max(flags, 0))
        return face


_LIGATURES = {text: ligature for ligature, text in LIGATURES.items()}
_GENERATED = {0x20, 0x0D, 0x0A}
_MIRRORED = {
    **(pairs := dict(zip("([{<«‹≤", ")]}>»›≥", strict=True))),
    **{after: before for before, after in pairs.items()},
}


def _lines(run: list[tuple[float, float]]) -> list[tuple[float, float, float, float]]:
    """Return the straight lines through some points; a rectangle as one, by two of its corners."""
    if len(run) in (4, 5) and (len(run) == 4 or run[0] == run[4]):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = run[:4]
        if (x0 == x3 and x1 == x2 and y0 == y1 and y2 == y3) or (x0 == x1 and x2 == x3 and y1 == y2 and y0 == y3):
            return [(x0, y0, x2, y2)]
    return [(*before, *after) for before, after in zip(run, run[1:], strict=False)]


def _is_from_the_right(text: str) -> bool:
    return text >= "\u0590" and any(unicodedata.bidirectional(each) in ("R", "AL") for each in text)


def _in_order(characters: list[_Character], cos: float, sin: float) -> list[_Character]:
    """Return the characters of an object as they are printed one after another.

    A text page turns round what is read from the right, and each bracket in it.
    """
    if not any(_is_from_the_right(each.text) for each in characters):
        return characters
    places = [each.x * cos + each.y * sin for each in characters]
    made = []
    for at, each in enumerate(characters):
        turned = (at > 0 and places[at] < places[at - 1]) or (at + 1 < len(places) and places[at + 1] < places[at])
        made.append(each._replace(text=_MIRRORED.get(each.text, each.text)) if turned else each)
    return [made[at] for at in sorted(range(len(made)), key=lambda at: places[at])]
