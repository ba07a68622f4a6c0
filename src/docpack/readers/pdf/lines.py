"""Glyphs to lines: which of them stand on one line, where blanks are, what is raised, lowered or set in another face.

A piece is a run of glyphs that follow each other on one baseline; a row is what stands on one baseline across the page;
a segment is a part of a row without a wide gap, and so lies within one column (`columns.py`).
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docpack.readers.pdf.glyphs import Glyph, Page

__all__ = ["MarkRun", "Piece", "Segment", "Style", "segments_of"]

# Distances in shares of the type's size.
SAME_BASE = 0.18
BLANK_WITHOUT_GLYPHS, BLANK_WITH_GLYPHS = 0.17, 0.2  # a gap that wide is a blank; where blanks are glyphs, more
IDEOGRAPHS, BLANK_OF_IDEOGRAPHS = "\u2e80", 0.6  # from here on scripts are set without blanks, and spaced to fill lines
TIGHT_BLANK, TIGHT_SHARE, KERNED = 0.13, 0.34, 0.05  # a line that was set tightly: its blanks, their share, other gaps
WIDE_GAP = 0.95  # between two segments of a row
WIDE_GAP_OF_IDEOGRAPHS = 1.4
PIECE_GAP = 0.6
BACK = 0.6  # so far a glyph may stand before the end of the one before it: kerning, accents
SMALLER = 0.86  # of the size beside it: a raised or lowered letter
RAISED, LOWERED = 0.12, 0.05
REACH_UP, REACH_DOWN = 0.85, 0.45  # of the larger size: where the baseline of what belongs to a line may lie
NEAR = 0.7
MAX_ACCENT_RISE = 0.45  # of an accent above those over small letters, over a capital
DROPPED, TOUCHING = 0.3, 0.25  # how far a letter may stand from the baseline of those that it touches
INITIAL = 1.7  # times the size beside it: the large first letter of a chapter
TWICE = 0.12  # the same glyph again, so near: bold made by printing twice
MIN_BLANK_SHARE = 0.03  # of a page's glyphs are blanks where blanks are glyphs
MIN_SIZE = 0.1  # points; no type is smaller, and sizes are compared in tenths
# Of pieces with each other, to find what is raised beside what, on one page: it takes up to 4 s. Most pages need 4 for each
# glyph, one of Arabic with all its signs 70; on pages that need more than these, letters are heaped up, and those that are
# not placed by then stay on their own baselines.
COMPARISONS_PER_GLYPH = 300
MIN_COMPARISONS, MAX_COMPARISONS = 100_000, 4_000_000


class Style(NamedTuple):
    """A stretch of a line's text that is set apart; `kind` is the name of an inline of the model."""

    start: int
    stop: int
    kind: str  # emphasis, strong, superscript, subscript, small_caps, code


class MarkRun(NamedTuple):
    """A stretch of a line's text that belongs to one marked content: `mark` is its identifier, or -1."""

    start: int
    stop: int
    mark: int


class Piece:
    """Glyphs that follow each other on one baseline."""

    __slots__ = ("artifact", "base", "glyphs", "left", "right", "shift", "size")

    def __init__(self, glyph: Glyph) -> None:
        self.glyphs = [glyph]
        self.left, self.right = glyph.left, max(glyph.right, glyph.left)
        self.base, self.size = glyph.base, glyph.size
        self.artifact = glyph.artifact
        self.shift = ""  # superscript or subscript, beside larger type


class Segment:
    """A part of a row without a wide gap: its text, its place, and how it is set."""

    __slots__ = ("artifact", "base", "bold", "fixed", "italic", "left", "right", "runs", "size", "styles", "text")

    def __init__(self, pieces: Sequence[Piece], blank: float) -> None:
        self.left = min(glyph.left for piece in pieces for glyph in piece.glyphs if not glyph.text.isspace())
        self.right = max(piece.right for piece in pieces)
        main = [piece for piece in pieces if not piece.shift] or pieces
        sizes: dict[float, int] = {}
        for piece in main:
            size = max(MIN_SIZE, round(piece.size, 1))
            sizes[size] = sizes.get(size, 0) + len(piece.glyphs)
        self.size = max(sizes, key=lambda size: (sizes[size], size))
        self.base = next(
            (piece.base for piece in main if max(MIN_SIZE, round(piece.size, 1)) == self.size), main[0].base
        )
        self.artifact = all(piece.artifact for piece in pieces)
        chars = _characters(pieces, _narrowest_blank(pieces, blank))
        self.text = "".join(text for text, _, _ in chars)
        self.runs = _runs(chars)
        self.styles = _styles(chars)
        faces = [glyph.face for _, glyph, _ in chars if glyph is not None]
        self.bold = sum(face.bold for face in faces) / max(1, len(faces))  # shares of the letters, 0..1
        self.italic = sum(face.italic for face in faces) / max(1, len(faces))
        self.fixed = sum(face.fixed for face in faces) / max(1, len(faces))

    @property
    def top(self) -> float:
        """Where the line's letters begin, roughly."""
        return self.base - 0.75 * self.size

    @property
    def bottom(self) -> float:
        """Where the line's letters end, roughly."""
        return self.base + 0.25 * self.size

    def __repr__(self) -> str:
        """Show the segment as a person would look for it."""
        return f"<Segment {self.left:.0f},{self.base:.0f} {self.size:g} pt: {self.text[:40]!r}>"


Character = tuple[str, "Glyph | None", str]  # its text, its glyph (None for a blank that is only a gap), its shift


def segments_of(page: Page) -> tuple[list[list[Segment]], list[list[Segment]]]:
    """Return the rows of a page from top to bottom, each as its segments from left to right, and those that lie aslant."""
    glyphs = page.glyphs
    upright, aslant = (glyphs[: -page.aslant], glyphs[-page.aslant :]) if page.aslant else (glyphs, [])
    blanks = sum(glyph.text == " " for glyph in upright)
    blank = BLANK_WITH_GLYPHS if blanks >= len(upright) * MIN_BLANK_SHARE else BLANK_WITHOUT_GLYPHS
    return _rows(upright, blank, page), _rows(aslant, blank, page)


def _rows(glyphs: Sequence[Glyph], blank: float, page: Page) -> list[list[Segment]]:
    pieces = _pieces(_with_accents(glyphs))
    allowed = max(MIN_COMPARISONS, min(COMPARISONS_PER_GLYPH * len(glyphs), MAX_COMPARISONS))
    known = _Rows([_printed_once(row) for row in _on_one_base(pieces)], allowed)
    rows = _attached(known)
    page.is_crowded |= known.left <= 0
    made = []
    for row in rows:
        segments = [Segment(part, blank) for part in _parted(row)]
        segments = [each for each in segments if each.text.strip()]
        if segments:
            made.append(segments)
    return made


def _pieces(glyphs: Sequence[Glyph]) -> list[Piece]:
    """Return runs of glyphs as the file shows them one after another; blanks at their ends stay with them."""
    pieces: list[Piece] = []
    piece: Piece | None = None
    for glyph in glyphs:
        if not (glyph.left < glyph.right or glyph.text):  # it shows nothing
            continue
        if piece is not None:
            size = piece.size
            gap = glyph.left - piece.right
            if (
                abs(glyph.base - piece.base) <= 0.02 * size
                and abs(glyph.size - size) <= 0.02 * size
                and -BACK * size <= gap <= PIECE_GAP * size
                and glyph.artifact == piece.artifact
            ):
                if gap < 0 and _is_twice(piece, glyph):
                    continue
                piece.glyphs.append(glyph)
                piece.right = max(piece.right, glyph.right)
                piece.left = min(piece.left, glyph.left)
                continue
        piece = Piece(glyph)
        pieces.append(piece)
    return [each for each in pieces if any(not glyph.text.isspace() for glyph in each.glyphs)]


# Accents that stand by themselves, which TeX prints over a letter, and the combining ones that mean the same.
_ACCENTS = {
    "`": "\u0300", "´": "\u0301", "ˆ": "\u0302", "^": "\u0302", "˜": "\u0303", "¯": "\u0304", "˘": "\u0306",
    "˙": "\u0307", "¨": "\u0308", "˚": "\u030a", "˝": "\u030b", "ˇ": "\u030c", "¸": "\u0327", "˛": "\u0328",
}  # fmt: skip
_DOTLESS = {"ı": "i", "ȷ": "j"}


def _with_accents(glyphs: Sequence[Glyph]) -> Sequence[Glyph]:
    """Return glyphs where an accent that was printed over a letter, right before or after it, is one glyph with it."""
    if not any(glyph.text in _ACCENTS for glyph in glyphs):
        return glyphs
    made: list[Glyph] = []
    for glyph in glyphs:
        before = made[-1] if made else None
        if before and (before.text in _ACCENTS) != (glyph.text in _ACCENTS):
            accent, letter = (before, glyph) if before.text in _ACCENTS else (glyph, before)
            near = abs(accent.base - letter.base) <= MAX_ACCENT_RISE * letter.size
            if near and abs(accent.size - letter.size) <= 0.02 * letter.size and (text := _composed(accent, letter)):
                made[-1] = letter._replace(text=text)
                continue
        made.append(glyph)
    return made


def _composed(accent: Glyph, letter: Glyph) -> str:
    """Return the letter that an accent makes of the one over or under which it is printed; "" where there is none."""
    if len(letter.text) != 1 or not letter.text.isalpha():
        return ""
    if abs(letter.left + letter.right - accent.left - accent.right) > 0.6 * letter.size:
        return ""
    combined = unicodedata.normalize("NFC", _DOTLESS.get(letter.text, letter.text) + _ACCENTS[accent.text])
    return combined if len(combined) == 1 else ""


def _is_twice(piece: Piece, glyph: Glyph) -> bool:
    near = TWICE * piece.size
    return any(
        old.text == glyph.text and abs(old.left - glyph.left) < near and glyph.text.strip() for old in piece.glyphs[-3:]
    )


def _printed_once(row: list[Piece]) -> list[Piece]:
    """Return a row without the pieces that are printed a second time, a little beside the first, to look bold."""
    row = sorted(row, key=lambda piece: piece.left)
    kept: list[Piece] = []
    for piece in row:
        near = TWICE * piece.size
        text = "".join(glyph.text for glyph in piece.glyphs)
        again = any(
            piece.left - other.left < near and "".join(glyph.text for glyph in other.glyphs) == text
            for other in kept[-2:]
        )
        if not again:
            kept.append(piece)
    return kept


def _on_one_base(pieces: list[Piece]) -> list[list[Piece]]:
    """Return the pieces by their baselines, from top to bottom."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda each: (each.base, each.left)):
        if rows:
            last = rows[-1][-1]
            if piece.base - rows[-1][0].base <= SAME_BASE * min(piece.size, last.size):
                rows[-1].append(piece)
                continue
        rows.append([piece])
    return rows


class _Rows:
    """The rows of a page, with what tells quickly that none of their pieces is the one that is looked for."""

    def __init__(self, rows: list[list[Piece]], comparisons: int) -> None:
        self.rows = rows
        self.bases = [row[0].base for row in rows]
        self.lefts = [[piece.left for piece in row] for row in rows]
        self.largest = [max(piece.size for piece in row) for row in rows]
        self.smallest = [min(piece.size for piece in row) for row in rows]
        self.max_size = max(self.largest, default=0.0)
        self.min_size = min(self.smallest, default=0.0)
        self.left = comparisons  # what is left of them

    def beside(self, piece: Piece, number: int) -> Piece | None:
        """Return the nearest larger piece of a row that stands right beside a piece."""
        if self.largest[number] * SMALLER <= piece.size:
            return None
        return self.beside_in(piece, self.rows[number])

    def beside_in(self, piece: Piece, row: Sequence[Piece]) -> Piece | None:
        """Return the nearest larger piece in a row that stands right beside a piece."""
        self.left -= len(row)
        return _beside(piece, row) if self.left > 0 else None


def _attached(known: _Rows) -> list[list[Piece]]:
    """Put what is raised, lowered, or larger than the rest to the lines that it belongs to."""
    rows = known.rows
    gone: list[set[int]] = [set() for _ in rows]
    come: list[list[Piece]] = [[] for _ in rows]
    for at, row in enumerate(rows):
        for number, piece in enumerate(row):
            target = _line_of(number, at, known)
            if target is None:
                continue
            gone[at].add(number)
            come[target].append(piece)
            _shift(piece, known.beside(piece, target))
    kept = [
        [piece for number, piece in enumerate(row) if number not in gone[at]] + come[at] for at, row in enumerate(rows)
    ]
    for row in kept:  # raised letters whose rise is within the tolerance of a baseline
        largest = max((piece.size for piece in row), default=0.0)
        for piece in row:
            if not piece.shift and largest * SMALLER > piece.size:
                _shift(piece, known.beside_in(piece, row))
    return [sorted(row, key=lambda piece: (piece.left, piece.right)) for row in kept if row]


def _shift(piece: Piece, host: Piece | None) -> None:
    """Note whether a piece is raised or lowered against the larger one beside it."""
    if host is not None and piece.size < host.size * SMALLER:
        rise = (host.base - piece.base) / host.size
        piece.shift = "superscript" if rise > RAISED else "subscript" if rise < -LOWERED else ""


def _beside(piece: Piece, row: Iterable[Piece]) -> Piece | None:
    best, distance = None, NEAR
    for other in row:
        if other is piece or other.size * SMALLER <= piece.size or _is_initial(other, piece):
            continue
        gap = max(piece.left - other.right, other.left - piece.right, 0.0) / other.size
        if gap < distance:
            best, distance = other, gap
            if not gap:
                break  # none is nearer
    return best


def _is_initial(large: Piece, beside: Piece) -> bool:
    """Tell whether a piece is a large first letter, of which what stands beside it is no raised letter."""
    return large.size > INITIAL * beside.size and len(large.glyphs) <= 2 and beside.right - beside.left > large.size


def _line_of(number: int, at: int, known: _Rows) -> int | None:
    """Return the row that a piece of another row belongs to; None where it stays."""
    rows, bases = known.rows, known.bases
    piece = rows[at][number]
    ink = sum(len(glyph.text.strip()) for glyph in piece.glyphs)
    if ink <= 2 and (row := _row_of_initial(piece, at, known)) is not None:
        return row
    if ink == 1 and (row := _row_of_dropped(number, at, known)) is not None:
        return row
    if known.max_size * SMALLER <= piece.size or known.left <= 0:
        return None
    # A larger piece lies at most so far off that its own reach covers the distance.
    reach = min(3 * piece.size + 30, (REACH_UP + SAME_BASE) * known.max_size)
    start = bisect_left(bases, piece.base - reach)
    best, nearest = None, 1e9
    known.left -= len(rows[at])
    own = max((other.size for other in rows[at] if other is not piece and _near(piece, other)), default=0.0)
    if own * SMALLER > piece.size or (own and ink > 12):
        return None  # its own row has the larger type beside it
    for row in range(start, len(rows)):
        if bases[row] > piece.base + reach:
            break
        known.left -= 1
        if row == at:
            continue
        host = known.beside(piece, row)
        if host is None:
            continue
        rise = host.base - piece.base
        if -REACH_DOWN * host.size <= rise <= REACH_UP * host.size and abs(rise) < nearest:
            best, nearest = row, abs(rise)
    return best


def _near(piece: Piece, other: Piece) -> bool:
    return max(piece.left - other.right, other.left - piece.right) < NEAR * max(piece.size, other.size)


def _row_of_initial(piece: Piece, at: int, known: _Rows) -> int | None:
    """Return the row that a large first letter begins: the highest that stands to its right."""
    if piece.size <= INITIAL * known.min_size:
        return None
    top = piece.base - 0.8 * piece.size
    highest: int | None = None
    for number in range(at, -1, -1):
        base = known.bases[number]
        known.left -= 1
        if base < top or known.left <= 0:
            break
        if piece.size <= INITIAL * known.smallest[number]:
            continue
        known.left -= len(known.rows[number])
        found = [
            other
            for other in known.rows[number]
            if other is not piece
            and piece.size > INITIAL * other.size
            and -0.3 * other.size <= other.left - piece.right <= 1.5 * other.size
        ]
        if found and base - 0.9 * found[0].size <= top + 0.35 * piece.size:
            highest = number
    return highest if highest != at else None


def _parted(row: list[Piece]) -> list[list[Piece]]:
    """Return a row in parts between which the gap is wide."""
    parts = [[row[0]]]
    right = row[0].right
    for piece in row[1:]:
        size = min(piece.size, parts[-1][-1].size)
        # By thousandths, as PDFium's numbers are of 32 bits, and gaps are often just as wide as a rule of typesetting says.
        beside = max(parts[-1][-1].glyphs[-1].text[-1:], piece.glyphs[0].text[:1])
        wide = WIDE_GAP if beside < IDEOGRAPHS else WIDE_GAP_OF_IDEOGRAPHS
        if round((piece.left - right) / size, 3) > wide or piece.artifact != parts[-1][-1].artifact:
            parts.append([])
        parts[-1].append(piece)
        right = max(right, piece.right)
    return parts


def _row_of_dropped(number: int, at: int, known: _Rows) -> int | None:
    """Return the row in which a letter stands, although a little below or above it, as in the logo of TeX."""
    row = known.rows[at]
    piece = row[number]
    if not any(glyph.text.isalpha() for glyph in piece.glyphs):
        return None
    if any(_near(piece, other) for other in row[max(0, number - 1) : number + 2] if other is not piece):
        return None
    reach = DROPPED * piece.size
    for other_row in range(bisect_left(known.bases, piece.base - reach), len(known.rows)):
        if known.bases[other_row] > piece.base + reach or known.left <= 0:
            break
        known.left -= 1
        after = bisect_left(known.lefts[other_row], piece.left)
        if other_row != at and after:
            other = known.rows[other_row][after - 1]
            alike = SMALLER * piece.size < other.size < piece.size / SMALLER
            if alike and abs(other.right - piece.left) <= TOUCHING * piece.size:
                return other_row
    return None


# --------------------------------------------------------------------------------------------- text of a segment


def _narrowest_blank(pieces: Sequence[Piece], blank: float) -> float:
    """Return the gap that is a blank in a segment, in sizes: less than usual where a full line was set tightly.

    There gaps are either next to nothing or the tight blank, which few of them are; in letters set apart most are wide.
    """
    if blank != BLANK_WITHOUT_GLYPHS:
        return blank
    gaps = [
        (glyph.left - before.right) / glyph.size
        for piece in pieces
        for before, glyph in zip(piece.glyphs, piece.glyphs[1:], strict=False)
        if not (glyph.text.isspace() or before.text.isspace())
    ]
    tight = sum(TIGHT_BLANK <= gap <= blank for gap in gaps)
    if not tight or tight > TIGHT_SHARE * len(gaps) or any(KERNED < gap < TIGHT_BLANK for gap in gaps):
        return blank
    return TIGHT_BLANK


def _characters(pieces: Sequence[Piece], blank: float) -> list[Character]:
    """Return the characters of a segment in reading order, with one blank for each gap that is one."""
    visual: list[Character] = []
    right = size = 0.0
    for piece in pieces:
        for glyph in sorted(piece.glyphs, key=lambda each: each.left) if _goes_back(piece) else piece.glyphs:
            if glyph.text.isspace() or not glyph.text:
                # Letters of one width are set with as many blanks as there are.
                if glyph.text and visual and (glyph.face.fixed or not visual[-1][0].isspace()):
                    visual.append((" " if glyph.text == " " else glyph.text, None, ""))
                right, size = max(right, glyph.right), glyph.size
                continue
            gap = glyph.left - right
            wide = blank if not visual or max(visual[-1][0][-1:], glyph.text[0]) < IDEOGRAPHS else BLANK_OF_IDEOGRAPHS
            if visual and not visual[-1][0].isspace() and gap > wide * min(size or glyph.size, glyph.size):
                visual.append((" ", None, ""))
            visual.append((glyph.text, glyph, piece.shift))
            right, size = max(glyph.right, right) if gap > -glyph.size else glyph.right, glyph.size
    while visual and visual[-1][0].isspace():
        visual.pop()
    if any(_is_from_the_right(text) for text, _, _ in visual):
        visual = _logical(visual)
    return visual


def _goes_back(piece: Piece) -> bool:
    glyphs = piece.glyphs
    return any(after.left < before.left - 0.01 for before, after in zip(glyphs, glyphs[1:], strict=False))


def _is_from_the_right(text: str) -> bool:
    return text >= "\u0590" and unicodedata.bidirectional(text[0]) in ("R", "AL")


def _logical(visual: list[Character]) -> list[Character]:
    """Return characters that were ordered by their place as they are read, in a script from right to left.

    The inverse of Unicode Standard Annex #9 as far as lines of one embedding need it: the line is turned round, and
    runs of numbers and of letters from left to right are turned back.
    """
    rtl = sum(_is_from_the_right(text) for text, _, _ in visual)
    ltr = sum(unicodedata.bidirectional(text[0]) == "L" for text, _, _ in visual if text)
    made: list[Character] = []
    if rtl < ltr:  # a line from left to right that holds words of the other direction
        at = 0
        while at < len(visual):
            stop = at
            while stop < len(visual) and unicodedata.bidirectional(visual[stop][0][0]) not in ("L", "EN"):
                stop += 1
            run = visual[at:stop]
            inner = [number for number, each in enumerate(run) if _is_from_the_right(each[0])]
            if inner:
                first, last = inner[0], inner[-1] + 1
                run[first:last] = run[first:last][::-1]
            made += run
            made += visual[stop : stop + 1]
            at = stop + 1
        return made
    turned = visual[::-1]
    at = 0
    while at < len(turned):
        stop = at
        while stop < len(turned) and unicodedata.bidirectional(turned[stop][0][0]) in (
            "L",
            "EN",
            "AN",
            "ES",
            "CS",
            "ET",
        ):
            stop += 1
        if stop > at and any(unicodedata.bidirectional(each[0][0]) in ("L", "EN", "AN") for each in turned[at:stop]):
            made += turned[at:stop][::-1]
        else:
            made += turned[at:stop]
        if stop < len(turned):
            made.append(turned[stop])
        at = stop + 1
    return made


def _runs(chars: Sequence[Character]) -> list[MarkRun]:
    """Return which marked content each stretch of a segment's text belongs to; blanks belong to what stands before."""
    made: list[MarkRun] = []
    position = 0
    for text, glyph, _ in chars:
        stop = position + len(text)
        if glyph is not None:
            if made and made[-1].mark == glyph.mark:
                made[-1] = made[-1]._replace(stop=stop)
            else:
                made.append(MarkRun(position, stop, glyph.mark))
        position = stop
    return made


def _styles(chars: Sequence[Character]) -> list[Style]:
    """Return the stretches that are raised, lowered, or set in another face; blanks belong to what is round them."""
    made: list[Style] = []
    position, start, kinds = 0, 0, frozenset[str]()
    stop = 0
    for text, glyph, shift in [*chars, ("", None, "end")]:
        if glyph is None and shift != "end":
            position += len(text)
            continue
        found = _kinds(glyph, shift) if glyph else frozenset[str]()
        if found != kinds or shift == "end":
            made += [Style(start, stop, kind) for kind in sorted(kinds)]
            start, kinds = position, found
        position += len(text)
        stop = position
    return made


def _kinds(glyph: Glyph, shift: str) -> frozenset[str]:
    face = glyph.face
    kinds = {shift} if shift else set()
    if face.italic:
        kinds.add("emphasis")
    if face.bold:
        kinds.add("strong")
    if face.small_caps:
        kinds.add("small_caps")
    if face.fixed:
        kinds.add("code")
    return frozenset(kinds)
