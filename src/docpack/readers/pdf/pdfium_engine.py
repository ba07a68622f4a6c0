"""Pages through PDFium, which runs them itself, to the same glyphs as those of `pypdf_engine`.

Theory of operation. PDFium's text pages are made for copying: they put what stands on one line together, leave out what
is printed twice and all but one of several blanks, add blanks, say U+0002 for a hyphen at the end of a line. Of these
the glyphs must show nothing. So the objects that show text are listed as the page has them, and the characters of the
text page are given back to the object that each comes from, in the objects' order. An object that the text page passes
over, or that ends with such a hyphen, is put on a text page of its own, with the other objects switched off; blanks
that are missing are known by the place where an object begins and where the next character stands. What is marked with
an ActualText loses that mark before the text page is made, so that its own glyphs are seen; the text is then said by
the first of them.

Some pages PDFium cannot show as they are, and they are left to the other engine: it says nothing of the descriptors of
Type 3 fonts, nor which object of the file a picture is; and it turns round what is read from the right, with its
brackets and letter forms. Nor does it tell where it takes the codes of a TrueType font for characters, because the file
does not say what they mean.
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
    MAX_CHARACTERS,
    MAX_FORM_DEPTH,
    MAX_PICTURES,
    MAX_RULES,
    RULE_POINTS,
    UPRIGHT,
    Canvas,
    multiplied,
    text_string,
)
from docpack.readers.pdf.pdfium_calls import ENDED, LOCK, Box, Calls, bytes_of
from docpack.readers.pdf.pictures import may_be_figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.readers.pdf.glyphs import Page
    from docpack.readers.pdf.interpreter import Matrix
    from docpack.readers.pdf.pypdf_engine import PypdfEngine

__all__ = ["PdfiumEngine"]

TEXT, PATH, IMAGE, FORM = 1, 2, 3, 5  # FPDF_PAGEOBJ_*
LINE_TO = 0  # FPDF_SEGMENT_*
BLANK, HYPHEN_AT_LINE_END = 0x20, 2
MAX_OBJECTS = 500_000  # of a page
MAX_ALONE = 5_000_000  # objects passed over for text pages of one object each: a second
LEAST_LIGATURE = 0.6  # of what its box reaches: a smaller width is that of another character
OVERHANG = 0.005  # points: by less, two widths are one
NO_INK = 0.01  # points: narrower objects are passed over by text pages
LEAST_GAP = 0.05  # of the type's size, at the start of an object: less is no blank
LEAST_BLANK = 0.98  # of a blank's width: a narrower gap holds none
MAX_GAP = 0.9  # of the type's size, in which a blank is lost: more parts two columns
MAX_BLANKS = 400  # between two characters of one object
WHOLE = 0.006  # of a blank's width: by so much each of several may be off; PDFium rounds widths down to thousandths
FIRST_FROM_THE_RIGHT = 0x590
NO_CHARACTER = 0x10FFFF  # its width is that of what no font has
_GENERATED = {0x20, 0x0D, 0x0A}
_ARTIFACT = "Artifact\0".encode("utf-16-le")
_LIGATURES = {text: ligature for ligature, text in LIGATURES.items()}


class _Mark(NamedTuple):
    """One mark of an object: its number, and the text that stands for what it marks."""

    artifact: bool
    sequence: int | None
    actual: str | None


class _Object(NamedTuple):
    """An object that shows text, or a form, as far as it says something about what is in it."""

    handle: int
    chain: tuple[int, ...]  # the forms that hold it, outermost first
    outer: Matrix  # from the space that its matrix leads to, to page space
    sequence: int = -1
    artifact: bool = False
    actual: int = 0  # the handle of the mark whose text stands for it


class _Character(NamedTuple):
    """A character, or several that have one origin; in page space."""

    text: str
    x: float
    y: float
    width: float
    reach: float  # of its box from its origin: the width, or the ink where that is more


class _Run:
    """What an object shows: its characters, and what takes text of size 1 to page space."""

    __slots__ = ("across", "characters", "direction", "font", "gaps", "is_ended", "matrix", "size", "stretch", "widths")

    def __init__(self, font: int, size: float, matrix: Matrix, outer: Matrix) -> None:
        self.characters: list[_Character] = []
        self.font, self.size = font, round(size, 4)  # PDFium's numbers are of 32 bits
        self.matrix = multiplied(matrix, outer)
        self.gaps: set[int] = set()  # where PDFium says a blank of its own, and leaves out one that stands there
        self.widths: dict[
            int, tuple[float, float]
        ] = {}  # of characters in this type: the width, and the reach of the box
        self.is_ended = False  # by a hyphen at the end of a line, of which PDFium does not say which one
        sign = -1.0 if size < 0 else 1.0  # a font turned round: its lines run the other way
        a, b, *_ = matrix
        self.direction = _quarter(sign * a, sign * b)
        a, b, *_ = self.matrix
        length = math.hypot(a, b)
        self.stretch = abs(size) * length
        self.across = (sign * a / length, sign * b / length) if length else (1.0, 0.0)

    def reach(self, box: Box, x: float, y: float) -> float:
        """Return how far a box reaches from a place, both in user space, in the direction of the text."""
        if self.direction == 0:
            return float(box.right - x)
        if self.direction == 180:
            return float(x - box.left)
        if self.direction == 90:
            return float(max(box.top, box.bottom) - y)
        return float(y - min(box.top, box.bottom)) if self.direction == 270 else 0.0

    def along(self, x: float, y: float) -> float:
        """Return how far a place in page space lies along the text."""
        return x * self.across[0] + y * self.across[1]


class PdfiumEngine:
    """Interprets the pages of a file.

    Args:
        data: The file.
        password: The password, if it has one.
        other: The engine for pages that PDFium does not show as they are.

    Raises:
        ImportError: pypdfium2 is not installed, or too old.
        InputError: PDFium cannot open the file.
    """

    name = "pdfium"

    def __init__(self, data: bytes, password: bytes | None, other: PypdfEngine) -> None:
        self._calls = Calls()
        self._data = data  # PDFium reads from it as long as the document is open
        self._password = password
        self._other = other
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
            for number, raw in enumerate(self._other.objects()):
                page = None
                if number < count and not raw.damage and not self._other.has_mute_font(raw):
                    with LOCK:
                        page = self._page(document, number)
                yield self._other.page(number, raw) if page is None else page
        finally:
            with LOCK:
                if not ENDED.is_set():
                    calls.FPDF_CloseDocument(document)

    def _page(self, document: int, number: int) -> Page | None:
        """Return a page, or None if it is one for the other engine."""
        calls = self._calls
        handle = calls.FPDF_LoadPage(document, number)
        if not handle:
            return None
        try:
            calls.FPDF_GetPageBoundingBox(handle, byref(calls.box))
            box = calls.box
            corners = (box.left, box.bottom, box.right, box.top)
            start, width, height = frame_of(corners, 90 * calls.FPDFPage_GetRotation(handle))
            canvas = Canvas()
            if not _Shown(calls, handle, start, canvas).run():
                return None
            page = seen_page(number, width, height, canvas)
            return None if any(may_be_figure(each, page) for each in page.pictures) else page
        finally:
            calls.FPDF_ClosePage(handle)


class _Shown:
    """One page, from its objects to its glyphs."""

    def __init__(self, calls: Calls, page: int, start: Matrix, canvas: Canvas) -> None:
        self._calls, self._page, self._start, self._canvas = calls, page, start, canvas
        self._marks: dict[int, _Mark] = {}
        self._said: set[int] = set()  # marks whose text was given
        self._objects: list[_Object] = []
        self._top: list[int] = []  # the page's own objects
        self._count = 0  # of all objects
        self._advances: dict[tuple[int, int], float] = {}  # by font and character
        self._types: dict[tuple[float, ...], dict[int, tuple[float, float]]] = {}  # widths by font, size and matrix
        self._faces: dict[int, Face] = {}  # of this page only: the handle of a font may be another's on the next page

    def run(self) -> bool:
        """Put what the page shows on the canvas; tell whether that is all of it, as it is."""
        calls = self._calls
        self._top = [
            calls.FPDFPage_GetObject(self._page, number)
            for number in range(min(calls.FPDFPage_CountObjects(self._page), MAX_OBJECTS))
        ]
        self._walk(self._top, _Object(0, (), self._start))
        if self._count > MAX_OBJECTS:
            return False
        for each in self._objects:
            if each.actual:
                self._without_actual_text(each.handle)
        return self._read() if self._objects else True

    # ------------------------------------------------------------------------------------------------ objects

    def _walk(self, handles: list[int], outer: _Object) -> None:
        """List what shows text, and put pictures and rules on the canvas."""
        calls, matrix = self._calls, outer.outer
        for handle in handles:
            self._count += 1
            if self._count > MAX_OBJECTS:
                return  # `run` tells
            kind = calls.FPDFPageObj_GetType(handle)
            if kind == TEXT:
                self._objects.append(self._marked(handle, outer))
            elif kind == PATH:
                self._rules(handle, matrix)
            elif kind == IMAGE:
                self._picture(handle, outer)
            elif kind == FORM and len(outer.chain) < MAX_FORM_DEPTH:
                self._form(handle, outer)

    def _form(self, handle: int, outer: _Object) -> None:
        calls = self._calls
        inner = [
            calls.FPDFFormObj_GetObject(handle, number)
            for number in range(min(calls.FPDFFormObj_CountObjects(handle), MAX_OBJECTS))
        ]
        matrix = multiplied(calls.matrix_of(handle), outer.outer)
        self._walk(inner, self._marked(handle, outer)._replace(chain=(*outer.chain, handle), outer=matrix))

    def _marked(self, handle: int, outer: _Object) -> _Object:
        """Return an object with what its marks say, and those of the forms that hold it."""
        calls = self._calls
        count = calls.FPDFPageObj_CountMarks(handle)
        if count <= 0:
            return outer._replace(handle=handle)
        sequence, artifact, actual = outer.sequence, outer.artifact, outer.actual
        for number in range(count):
            key = calls.FPDFPageObj_GetMark(handle, number)
            mark = self._marks.get(key)
            if mark is None:
                mark = self._marks[key] = self._mark(key)
            if not actual:  # all that is inside of such a mark is one span
                artifact = artifact or mark.artifact
                sequence = sequence if mark.sequence is None else mark.sequence
                actual = 0 if mark.actual is None else key
        return _Object(handle, outer.chain, outer.outer, sequence, artifact, actual)

    def _mark(self, key: int) -> _Mark:
        calls = self._calls
        name = bytes_of(calls.FPDFPageObjMark_GetName, calls.length, key)
        has_number = calls.FPDFPageObjMark_GetParamIntValue(key, b"MCID", byref(calls.whole))
        sequence = calls.whole.value if has_number and 0 <= calls.whole.value < 1e7 else None
        # Its bytes and not its text: a soft hyphen is none of PDFDocEncoding, and PDFium makes a NUL of it.
        actual = bytes_of(calls.FPDFPageObjMark_GetParamBlobValue, calls.length, key, b"ActualText")
        return _Mark(name == _ARTIFACT, sequence, None if actual is None else text_string(actual))

    def _without_actual_text(self, handle: int) -> None:
        calls = self._calls
        for number in reversed(range(calls.FPDFPageObj_CountMarks(handle))):
            key = calls.FPDFPageObj_GetMark(handle, number)
            known = self._marks.get(key)
            if known is not None and known.actual is not None:
                calls.FPDFPageObj_RemoveMark(handle, key)

    def _picture(self, handle: int, outer: _Object) -> None:
        a, b, c, d, e, f = multiplied(self._calls.matrix_of(handle), outer.outer)
        xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
        pictures = self._canvas.pictures
        if all(abs(each) < FAR for each in (*xs, *ys)) and len(pictures) < MAX_PICTURES:
            mark = self._marked(handle, outer).sequence
            pictures.append(Picture(min(xs), min(ys), max(xs), max(ys), "", mark))

    def _rules(self, handle: int, matrix: Matrix) -> None:
        """Keep what is painted and looks like a rule: long and thin."""
        calls, rules = self._calls, self._canvas.rules
        if len(rules) >= MAX_RULES:
            return
        calls.FPDFPath_GetDrawMode(handle, byref(calls.whole), byref(calls.other))
        if not calls.whole.value and not calls.other.value:
            return
        a, b, c, d, e, f = multiplied(calls.matrix_of(handle), matrix)
        for x0, y0, x1, y1 in self._strokes(handle):
            xs = (a * x0 + c * y0 + e, a * x1 + c * y1 + e)
            ys = (b * x0 + d * y0 + f, b * x1 + d * y1 + f)
            thin, long = sorted((abs(xs[1] - xs[0]), abs(ys[1] - ys[0])))
            if thin <= RULE_POINTS < 4 * RULE_POINTS <= long < FAR and len(rules) < MAX_RULES:
                rules.append((min(xs), min(ys), max(xs), max(ys)))

    def _strokes(self, handle: int) -> Iterator[tuple[float, float, float, float]]:
        """Yield the straight lines of a path, and its rectangles by two corners."""
        calls = self._calls
        run: list[tuple[float, float]] = []
        for number in range(min(calls.FPDFPath_CountSegments(handle), MAX_RULES)):
            segment = calls.FPDFPath_GetPathSegment(handle, number)
            calls.FPDFPathSegment_GetPoint(segment, byref(calls.across), byref(calls.down))
            if calls.FPDFPathSegment_GetType(segment) != LINE_TO:
                yield from _lines(run)
                run = []
            run.append((calls.across.value, calls.down.value))
        yield from _lines(run)

    # --------------------------------------------------------------------------------------------- characters

    def _read(self) -> bool:
        """Put the glyphs of all objects on the canvas; tell whether they are as the page has them."""
        runs: dict[int, _Run] = {}
        if not self._take(runs):
            return False
        again = [each for each in self._objects if self._is_incomplete(each, runs.get(each.handle))]
        if len(again) * self._count > MAX_ALONE or not self._take_alone(again, runs):
            return False
        for each in self._objects:
            run = runs.get(each.handle)
            self._show(each, self._completed(each, run) if run and run.characters else self._blank(each))
            if self._canvas.count > MAX_CHARACTERS:
                return False  # the other engine shows what a page may, and says that it is not all
        return True

    def _is_incomplete(self, each: _Object, run: _Run | None) -> bool:
        """Tell whether a text page with the whole page on it does not show an object as it is."""
        if run is not None:
            return run.is_ended
        left, bottom, right, top = self._calls.edges
        self._calls.FPDFPageObj_GetBounds(each.handle, byref(left), byref(bottom), byref(right), byref(top))
        return bool(right.value - left.value >= NO_INK)

    def _take(self, runs: dict[int, _Run]) -> bool:
        """Put the page's characters to the objects that they come from; tell whether all of them are as they are."""
        calls = self._calls
        text_page = calls.FPDFText_LoadPage(self._page)
        if not text_page:
            return False
        try:
            return self._take_from(text_page, runs)
        finally:
            calls.FPDFText_ClosePage(text_page)

    def _take_from(self, text_page: int, runs: dict[int, _Run]) -> bool:
        # The innermost loop.
        calls, (a, b, c, d, e, f) = self._calls, self._start
        code_at, object_at, is_generated = (
            calls.FPDFText_GetUnicode, calls.FPDFText_GetTextObject, calls.FPDFText_IsGenerated,
        )  # fmt: skip
        has_error, origin_at = calls.FPDFText_HasUnicodeMapError, calls.FPDFText_GetCharOrigin
        x_value, y_value, x_out, y_out = calls.x, calls.y, calls.x_out, calls.y_out
        before, run, x, y = None, _Run(0, 0.0, IDENTITY, IDENTITY), FAR, FAR
        characters = run.characters
        for index in range(min(calls.FPDFText_CountChars(text_page), 2 * MAX_CHARACTERS)):
            code = code_at(text_page, index)
            handle = object_at(text_page, index)
            if not handle or (code in _GENERATED and is_generated(text_page, index) == 1):
                if handle == before:
                    run.gaps.add(len(characters))
                continue
            if handle != before:
                before, run, x = handle, runs.get(handle) or self._run(handle, text_page, index), FAR
                runs[handle], characters = run, run.characters
                if not self._face(run.font).name:
                    return False
            if has_error(text_page, index) == 1 or (code >= FIRST_FROM_THE_RIGHT and _is_from_the_right(code)):
                return False
            last_x, last_y = x, y
            origin_at(text_page, index, x_out, y_out)
            x, y = x_value.value, y_value.value
            if x == last_x and y == last_y and code != BLANK and characters and characters[-1].text != " ":
                calls.FPDFText_GetLooseCharBox(text_page, index, calls.box_out)
                characters[-1] = self._ligature(run, characters[-1], chr(code))
                continue
            width, reach = run.widths.get(code) or self._width(run, code, text_page, index)
            characters.append(_Character(chr(code), a * x + c * y + e, b * x + d * y + f, width, reach))
            run.is_ended = run.is_ended or code == HYPHEN_AT_LINE_END
        return True

    def _width(self, run: _Run, code: int, text_page: int, index: int) -> tuple[float, float]:
        """Return the width of a character, and how far its box reaches.

        The box is as wide as the character or as its ink, whichever is more. So where it reaches farther than what PDFium
        says of the width, that is right if the ink does so too, and else that of another character.
        """
        calls, left, bottom, right, top = self._calls, *self._calls.corners
        calls.FPDFText_GetLooseCharBox(text_page, index, calls.box_out)
        box = calls.box
        reach = run.reach(box, calls.x.value, calls.y.value)
        width = self._advance(run.font, code) * run.stretch
        if 0 < reach < width or width <= 0:
            width = reach
        elif reach > width + OVERHANG:
            calls.FPDFText_GetCharBox(text_page, index, byref(left), byref(right), byref(bottom), byref(top))
            ink = {
                0: box.right - right.value,
                90: max(box.top, box.bottom) - top.value,
                180: left.value - box.left,
                270: bottom.value - min(box.top, box.bottom),
            }
            width = width if abs(ink.get(run.direction, 0.0)) < OVERHANG else reach
        if width < reach or abs(width - self._advance(run.font, code) * run.stretch) < OVERHANG:
            run.widths[code] = width, reach
        return width, reach

    def _run(self, handle: int, text_page: int, index: int) -> _Run:
        calls = self._calls
        calls.FPDFText_GetMatrix(text_page, index, byref(calls.matrix))
        size, matrix = calls.FPDFText_GetFontSize(text_page, index), calls.matrix.values()
        run = _Run(calls.FPDFTextObj_GetFont(handle), size, matrix, self._start)
        run.widths = self._types.setdefault((run.font, size, *matrix[:4]), run.widths)
        return run

    def _advance(self, font: int, code: int) -> float:
        """Return how far a character moves the next one, in type of size 1.

        That is the width of the first of the font's characters that mean the same, and may so be that of another one.
        The box of a character, on the other hand, is as wide as it or as its ink, whichever is more.
        """
        advance = self._advances.get((font, code))
        if advance is None:
            calls = self._calls
            calls.across.value = 0.0
            calls.FPDFFont_GetGlyphWidth(font, code, 1.0, byref(calls.across))
            advance = self._advances[(font, code)] = float(calls.across.value)
        return advance

    def _ligature(self, run: _Run, first: _Character, text: str) -> _Character:
        """Return a character that is read as several, with one more of them."""
        text, reach = first.text + text, run.reach(self._calls.box, self._calls.x.value, self._calls.y.value)
        advance = self._advance(run.font, ord(_LIGATURES[text])) if text in _LIGATURES else 0.0
        width = advance * run.stretch if advance != self._advance(run.font, NO_CHARACTER) else 0.0
        return _Character(text, first.x, first.y, width if LEAST_LIGATURE * reach < width < reach else reach, reach)

    def _take_alone(self, objects: list[_Object], runs: dict[int, _Run]) -> bool:
        """Put each of some objects on a text page of its own; none is switched on any more after that."""
        if not objects:
            return True
        calls = self._calls
        for handle in (*self._top, *(each.handle for each in self._objects)):
            calls.FPDFPageObj_SetIsActive(handle, 0)
        for each in objects:
            for handle in (*each.chain, each.handle):
                calls.FPDFPageObj_SetIsActive(handle, 1)
            alone: dict[int, _Run] = {}
            if not self._take(alone):
                return False
            if each.handle in alone:
                runs[each.handle] = alone[each.handle]
            for handle in (*each.chain, each.handle):
                calls.FPDFPageObj_SetIsActive(handle, 0)
        return True

    def _blank(self, each: _Object) -> _Run:
        """Return what an object shows that a text page passes over, because it has no ink: a blank.

        How many blanks it holds is not told.
        """
        calls = self._calls
        calls.FPDFTextObj_GetFontSize(each.handle, byref(calls.across))
        size, font = calls.across.value, calls.FPDFTextObj_GetFont(each.handle)
        run = _Run(font, size, calls.matrix_of(each.handle), each.outer)
        *_, x, y = run.matrix
        width = self._advance(font, BLANK) * run.stretch
        run.characters.append(_Character(" ", x, y, width, width))
        return run

    def _completed(self, each: _Object, run: _Run) -> _Run:
        """Put back the blanks that a text page leaves out of an object: those at its start, and all but one of several."""
        *_, x, y = multiplied(self._calls.matrix_of(each.handle), each.outer)
        ended = run.along(x, y)
        blank = self._advance(run.font, BLANK) * run.stretch
        made: list[_Character] = []
        for at, character in enumerate(run.characters):
            gap = run.along(character.x, character.y) - ended
            if not made or made[-1].text == " ":
                made += _blanks(run, character, gap, blank, at_start=not made)
            elif at in run.gaps and BLANK in run.widths and LEAST_BLANK * blank < gap < MAX_GAP * run.stretch:
                made += _blanks(run, character, gap, gap, at_start=True)
            if len(character.text) > 1 and at + 1 < len(run.characters):
                character = _up_to(run, character, run.characters[at + 1])  # noqa: PLW2901  # it with its width
            made.append(character)
            ended = run.along(character.x, character.y) + character.width
        run.characters = made
        return run

    # ------------------------------------------------------------------------------------------------- glyphs

    def _show(self, each: _Object, run: _Run) -> None:
        """Put the glyphs of an object on the canvas."""
        _, _, c, d, _, _ = run.matrix
        size = abs(run.size) * math.hypot(c, d)
        if not (0 < size < FAR and 0 < run.stretch < FAR * abs(run.size)):
            return
        angle = math.atan2(run.across[1], run.across[0])
        degrees = 0 if abs(angle) < UPRIGHT else round(math.degrees(angle)) % 360
        turn = math.radians(degrees)
        cos, sin = math.cos(turn), math.sin(turn)
        glyphs = self._canvas.glyphs.setdefault(degrees, [])
        face, sequence, artifact, actual = self._face(run.font), each.sequence, each.artifact, each.actual
        for text, x, y, width, _ in run.characters:
            if len(text) > 1 and any(
                "\ud800" <= each <= "\udfff" for each in text
            ):  # halves of a character, which have one origin
                text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # noqa: PLW2901
            shown = expanded(text) if text != "\0" else Unmapped
            if actual:
                shown = "" if actual in self._said else self._marks[actual].actual or ""
                self._said.add(actual)
            if degrees:
                x, y = x * cos + y * sin, y * cos - x * sin  # noqa: PLW2901  # turned upright
            if abs(x) < FAR and abs(y) < FAR:
                glyphs.append(Glyph(shown, x, x + width, y, size, face, sequence, artifact))
        self._canvas.count += len(run.characters)

    def _face(self, font: int) -> Face:
        """Return what a font's name and flags say; a font without a name is of Type 3."""
        face = self._faces.get(font)
        if face is None:
            calls = self._calls
            length = calls.FPDFFont_GetBaseFontName(font, None, 0)
            buffer = create_string_buffer(max(1, length))
            calls.FPDFFont_GetBaseFontName(font, buffer, length)
            flags = calls.FPDFFont_GetFlags(font)
            face = self._faces[font] = face_of(buffer.value.decode("utf-8", "replace"), max(flags, 0))
        return face


def _quarter(a: float, b: float) -> int:
    """Return the direction of text in user space, in degrees from right to up; -1 if it runs along neither axis."""
    angle = math.degrees(math.atan2(b, a))
    nearest = 90 * round(angle / 90)
    return nearest % 360 if abs(angle - nearest) < math.degrees(UPRIGHT) else -1


def _blanks(run: _Run, character: _Character, gap: float, blank: float, *, at_start: bool) -> list[_Character]:
    """Return the blanks that fill a gap before a character; none if blanks do not fill it."""
    count = max(round(gap / blank), at_start) if blank > 0 and gap > LEAST_GAP * run.stretch else 0
    if not 0 < count <= MAX_BLANKS or not (at_start or abs(gap - count * blank) < WHOLE * count * blank):
        return []
    step, (across, down) = gap / count, run.across
    places = ((number - count) * step for number in range(count))
    return [_Character(" ", character.x + at * across, character.y + at * down, step, step) for at in places]


def _up_to(run: _Run, ligature: _Character, after: _Character) -> _Character:
    """Return a ligature with its width, if only its ink is known: up to the next character."""
    gap = run.along(after.x - ligature.x, after.y - ligature.y)
    if ligature.width == ligature.reach and LEAST_LIGATURE * ligature.reach < gap < ligature.reach:
        return ligature._replace(width=gap)
    return ligature


def _lines(run: list[tuple[float, float]]) -> list[tuple[float, float, float, float]]:
    """Return the straight lines through some points; a rectangle as one, by two of its corners."""
    if len(run) == 4 or (len(run) == 5 and run[0] == run[4]):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = run[:4]
        if (x0 == x3 and x1 == x2 and y0 == y1 and y2 == y3) or (x0 == x1 and x2 == x3 and y1 == y2 and y0 == y3):
            return [(x0, y0, x2, y2)]
    return [(*before, *after) for before, after in zip(run, run[1:], strict=False)]


def _is_from_the_right(code: int) -> bool:
    return code >= FIRST_FROM_THE_RIGHT and unicodedata.bidirectional(chr(code)) in {"R", "AL"}
