"""The lines of all pages to a source text with its layout: what the engine that gives structure back works on.

The source text holds the lines in reading order, each printed line on a line of its own, with a form feed at the end of
each page; so a line's number finds its box on its page.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from docpack.errors import InputError
from docpack.ledger import Box
from docpack.readers.pdf.columns import Measures, edges_of, reading_order, usual_gaps
from docpack.readers.pdf.limits import MAX_CHARACTERS, MAX_LINES
from docpack.readers.pdf.lines import MarkRun, Segment, segments_of
from docpack.reflow.layout import LineLayout, StyleSpan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from docpack.readers.pdf.columns import Placed
    from docpack.readers.pdf.glyphs import Page

__all__ = ["Laid", "Lined", "Measures", "lay_out", "line_up"]

LINE_ENDS = dict.fromkeys(map(ord, "\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"), " ")
MIN_LETTER_SHARE = 0.05  # of the type's size; a font that says of no width leaves its letters upon each other
MIN_LETTERS = 25  # of a line from which the width of the usual letter is taken
EXTRA_SPACE = 0.25  # of the line distance: more than that is a blank line's worth
MAX_BLANKS = 9
MARGIN_SHARE = 0.08  # of a column's lines stand at its margin
MAX_COLUMNS = 400
MAX_BLANKS_IN_LINE = 4000  # characters between the segments of one line; where they are used up, two for each gap
MIN_PROSE = 0.3  # times the letters of one width: in a manual there may be more program text than prose
ALL_FIXED = 0.97  # of a segment's letters have one width
MOSTLY_FIXED = 0.75  # of them: program text with its numbers, or with remarks in another face
MAX_INSET_POINTS = 120  # by which all lines of a page may be set in


class Part(NamedTuple):
    """A part of a line between wide gaps: `[start, stop)` of its text, and its edges in points."""

    start: int
    stop: int
    left: float
    right: float


class Lined(NamedTuple):
    """A printed line: its text and place, and how it is set. `size` is in points, shares lie in 0..1.

    `runs` are the stretches of the text by marked content, without the blanks between them.
    """

    text: str
    page: int
    column: int
    left: float
    right: float
    base: float
    size: float
    column_left: float
    column_right: float
    edge: bool
    artifact: bool
    styles: tuple[StyleSpan, ...]
    runs: tuple[MarkRun, ...]
    bold: float
    italic: float
    fixed: float
    aslant: bool = False
    cells: tuple[Part, ...] = ()  # where wide gaps part the line


@dataclass(slots=True)
class Laid:
    """The source text, and for each of its lines, by number less one, its box and its layout."""

    text: str
    boxes: tuple[Box | None, ...]
    layout: list[LineLayout | None]
    lines: list[Lined | None]
    measures: Measures


def line_up(pages: Iterable[Page], each: Callable[[Page], object] = id) -> tuple[list[list[Lined]], Measures]:
    """Return the lines of all pages in reading order, and what is usual in the document.

    The pages are taken one by one; what is kept of them are their lines. `each` is called with every page.

    Raises:
        InputError: They are more than can be held in memory.
    """
    rows = []
    count = characters = 0
    for page in pages:
        each(page)
        rows.append(segments_of(page))
        for row in (*rows[-1][0], *rows[-1][1]):
            count += 1
            characters += sum(len(segment.text) for segment in row)
        if count > MAX_LINES or characters > MAX_CHARACTERS:
            raise InputError(
                f"the PDF has more than {MAX_LINES:,} lines or {MAX_CHARACTERS:,} characters",
                hint="Take it apart first: qpdf --split-pages=1000 INPUT.pdf OUTPUT.pdf.",
            )
    upright_rows = [upright for upright, _ in rows]
    measures = _measures(upright_rows)
    edges = edges_of(upright_rows, measures)
    usual = usual_gaps(upright_rows, measures, edges)
    made = []
    for number, (upright, aslant) in enumerate(rows):
        lines = [_lined(placed, number, measures) for placed in reading_order(upright, measures, edges, usual)]
        lines += [_lined_aslant(row, number, measures) for row in aslant]
        made.append([line for line in lines if line.text])
    return made, measures


def _measures(pages: Sequence[Sequence[Sequence[Segment]]]) -> Measures:
    sizes: Counter[float] = Counter()
    fixed: Counter[float] = Counter()
    for page in pages:
        for row in page:
            for segment in row:
                (fixed if segment.fixed > MOSTLY_FIXED else sizes)[segment.size] += len(segment.text)
    if sizes.total() < MIN_PROSE * fixed.total():  # the whole is typewritten; else the text is what is not
        sizes += fixed
    size = max(sizes, key=lambda each: (sizes[each], each), default=10.0)
    leads: Counter[float] = Counter()
    widths = []
    for page in pages:
        usual = [segment for row in page for segment in row if abs(segment.size - size) <= 0.05 * size]
        for before, after in zip(usual, usual[1:], strict=False):
            if 0.8 * size < after.base - before.base < 2.6 * size:
                leads[round(after.base - before.base, 1)] += 1
        widths += [(each.right - each.left) / len(each.text) for each in usual if len(each.text) >= MIN_LETTERS]
    widths = [each for each in widths if each >= MIN_LETTER_SHARE * size]
    leading = max(leads, key=lambda each: (leads[each], -each), default=1.2 * size)
    # In hundredths of the size: where a line's last letter ends, the engines do not agree to the last digit.
    return Measures(
        size, leading, max(round(median(widths) / size, 2), MIN_LETTER_SHARE) * size if widths else 0.45 * size
    )


def _lined(placed: Placed, page: int, measures: Measures) -> Lined:
    segments = placed.segments
    text, styles, runs, parts = _joined(segments, measures)
    main = max(segments, key=lambda each: len(each.text))
    letters = sum(len(each.text) for each in segments)
    bold = sum(each.bold * len(each.text) for each in segments) / letters
    italic = sum(each.italic * len(each.text) for each in segments) / letters
    fixed = sum(each.fixed * len(each.text) for each in segments) / letters
    return Lined(
        text, page, placed.column, segments[0].left, segments[-1].right, main.base, main.size, placed.left, placed.right,
        placed.edge, all(each.artifact for each in segments), styles, runs, bold, italic, fixed,
        cells=parts if len(parts) > 1 else (),
    )  # fmt: skip


def _lined_aslant(row: Sequence[Segment], page: int, measures: Measures) -> Lined:
    text, styles, runs, _ = _joined(row, measures)
    left, right = row[0].left, row[-1].right
    return Lined(
        text, page, 99, left, right, row[0].base, row[0].size, left, right, True, row[0].artifact, styles, runs,
        0.0, 0.0, 0.0, aslant=True,
    )  # fmt: skip


def _joined(
    segments: Sequence[Segment], measures: Measures
) -> tuple[str, tuple[StyleSpan, ...], tuple[MarkRun, ...], tuple[Part, ...]]:
    """Return the text of a line, with wide gaps between its segments as several blanks; its styles; its marks; its parts."""
    parts: list[str] = []
    places: list[Part] = []
    styles: list[StyleSpan] = []
    runs: list[MarkRun] = []
    letter = _fixed_letter(segments) or measures.letter
    position, right = 0, segments[0].left
    left = MAX_BLANKS_IN_LINE
    for number, segment in enumerate(segments):
        if number:
            blanks = " " * max(2, min(_whole((segment.left - right) / letter), MAX_COLUMNS, left))
            left -= len(blanks)
            parts.append(blanks)
            position += len(blanks)
        styles += [StyleSpan(each.start + position, each.stop + position, each.kind) for each in segment.styles]
        runs += [MarkRun(each.start + position, each.stop + position, each.mark) for each in segment.runs]
        text = segment.text.translate(LINE_ENDS)
        parts.append(text)
        places.append(Part(position, position + len(text), segment.left, segment.right))
        position += len(text)
        right = segment.right
    text = "".join(parts)
    lead = len(text) - len(text.lstrip())
    spans = (StyleSpan(max(start - lead, 0), stop - lead, kind) for start, stop, kind in styles if stop > lead)
    marks = (MarkRun(max(start - lead, 0), stop - lead, mark) for start, stop, mark in runs if stop > lead)
    cells = (Part(max(start - lead, 0), stop - lead, left, right) for start, stop, left, right in places)
    return text.strip(), tuple(spans), tuple(marks), tuple(cells)


def _whole(value: float) -> int:
    """Return the nearest whole number, the same for values that differ by less than the engines' numbers may."""
    return round(round(value, 3))


def _fixed_letter(segments: Sequence[Segment]) -> float:
    """Return the width of a letter where all have one width, else 0."""
    if all(each.fixed > ALL_FIXED for each in segments):
        return max((each.right - each.left) / len(each.text) for each in segments)
    return 0.0


def lay_out(pages: Sequence[Sequence[Lined]], measures: Measures) -> Laid:
    """Return the source text of the lines, and where each of them stands, in columns of the usual letter."""
    margins = _margins(pages)
    texts: list[str] = []
    boxes: list[Box | None] = []
    layout: list[LineLayout | None] = []
    kept: list[Lined | None] = []
    for number, lines in enumerate(pages):
        before: Lined | None = None
        for line in lines:
            margin = margins[(number, line.column)] if not line.edge else line.column_left
            indent = max(0, min(_whole((line.left - margin) / measures.letter), MAX_COLUMNS))
            right = max(indent + 1, min(_whole((line.right - margin) / measures.letter), 2 * MAX_COLUMNS))
            layout.append(LineLayout(indent, right, _blanks(before, line, measures), line.styles, is_apart=line.edge))
            boxes.append(Box(number, line.left, line.base - 0.8 * line.size, line.right, line.base + 0.22 * line.size))
            texts.append(line.text + "\n")
            kept.append(line)
            before = line
        if not lines:
            texts.append("\f")
            layout.append(None)
            boxes.append(None)
            kept.append(None)
        elif number + 1 < len(pages):
            texts[-1] = texts[-1][:-1] + "\f"
    return Laid("".join(texts), tuple(boxes), layout, kept, measures)


def _blanks(before: Lined | None, line: Lined, measures: Measures) -> int:
    """Return how many blank lines' worth of space stand before a line."""
    if before is None or before.column != line.column or line.base <= before.base or (before.edge and not line.edge):
        return 1 if before is not None and line.edge and not before.edge else 0
    usual = measures.leading * max(1.0, min(line.size, before.size) / measures.size)
    if line.size < measures.size and before.size < measures.size:
        usual = measures.leading * max(line.size, before.size) / measures.size
    usual = max(usual, 1.0)
    extra = line.base - before.base - usual
    if extra <= EXTRA_SPACE * usual:
        return 0
    return max(1, min(round(extra / usual), MAX_BLANKS))


def _margins(pages: Sequence[Sequence[Lined]]) -> dict[tuple[int, int], float]:
    """Return the left margin of each column of each page.

    It is the leftmost edge at which several of its lines begin. A page that holds nothing but what is set in takes the
    margin of the other pages, left and right ones apart.
    """
    own: dict[tuple[int, int], float] = {}
    counts: dict[int, int] = {}
    usual: defaultdict[tuple[int, int, int], Counter[int]] = defaultdict(Counter)
    for number, lines in enumerate(pages):
        columns: defaultdict[int, list[Lined]] = defaultdict(list)
        for line in lines:
            if not line.edge:
                columns[line.column].append(line)
        counts[number] = len(columns)
        for column, inside in columns.items():
            lefts = sorted(line.left for line in inside)
            least = max(1, round(MARGIN_SHARE * len(lefts)))
            margin = next(
                (left for at, left in enumerate(lefts) if bisect_left(lefts, left + 2, at) - at >= least),
                lefts[0],
            )
            own[(number, column)] = margin
            usual[(number % 2, column, len(columns))][round(margin)] += len(inside)
    for (number, column), margin in own.items():
        counted = usual[(number % 2, column, counts[number])]
        common = counted.most_common(1)[0][0]
        if 2 < margin - common < MAX_INSET_POINTS:
            own[(number, column)] = float(common)
    return own
