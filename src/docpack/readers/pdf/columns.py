"""Reading order: columns, what spans them, and what stands at the head and foot of a page.

A page is read from top to bottom in bands. A band ends where a line spans the columns; inside it one column is read
after the other. Columns are known by the strip between them: left of it and right of it stands text, and hardly anything crosses it.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.readers.pdf.lines import Segment

__all__ = ["NUMBERS", "Edges", "Measures", "Placed", "edges_of", "reading_order", "usual_gaps"]

MIN_COLUMN_LINES = 4  # of a band, on each side
MIN_COLUMN_SHARE = 0.17  # of the text's width is the usual line of a column
EDGE_TOLERANCE = 2.5  # points
SPANNING = 0.6  # of the text's width: a segment that wide lies in no column of several
CROSSING = 0.03  # of the other segments may cross the gap between columns
MAX_THROUGH = 0.3  # of the lines beside each other may be spanned by others
BIN_POINTS, MIN_GAP_POINTS = 1.0, 6.0
HEAD_GAP = 1.3  # times the usual line distance: what stands so far from the text may be a running head
MAX_HEAD_ROWS = 2
LARGEST, LARGE_SHARE = 1.09, 0.4  # times the size of the text; of the pages have a head that is set larger than that
MIN_APART = 4  # rows of a page that has a head or foot
MIN_FULL, MIN_LETTERS = 0.25, 12  # of a column's lines reach its edge; letters that its lines have on average
MAX_TITLE_GAPS, MAX_TITLE_SHARE = 6, 0.6  # gaps below which columns may begin; of a page's rows may stand above
NUMBERS = 98  # the column that stands for the numbers of lines
MIN_NUMBERED, MIN_NUMBERED_BY_FIVES = 5, 3  # steps from one number to the next on a page
MAX_USUAL, MIN_USUAL = 4, 2  # kinds of columns that are kept of a document; pages that have them
MIN_ROWS = 6  # of a page that has columns
MAX_LOOKS = 3_000_000  # at segments, to find where columns begin; a page of 300 segments needs 90,000


class Measures(NamedTuple):
    """What is usual in a document: the size of its type, the distance of its lines, the width of a letter; in points."""

    size: float
    leading: float
    letter: float


class Placed(NamedTuple):
    """Segments of one line in reading order, with the column that they stand in.

    `left` and `right` are the column's edges in points; `edge` tells of a line at the head or foot of a page, apart
    from its text.
    """

    segments: tuple[Segment, ...]
    column: int
    left: float
    right: float
    edge: bool = False


def usual_gaps(
    pages: Sequence[Sequence[Sequence[Segment]]], measures: Measures, edges: Edges
) -> list[tuple[float, ...]]:
    """Return where the further columns begin on pages of which several have the same columns; the commonest first."""
    counter: Counter[tuple[float, ...]] = Counter()
    for rows in pages:
        head, foot = _edges(rows, measures, edges)
        gaps = tuple(float(round(gap)) for gap in _gaps_of(rows[head : len(rows) - foot], measures.leading))
        if gaps:
            counter[gaps] += 1
    return [gaps for gaps, count in counter.most_common(MAX_USUAL) if count >= MIN_USUAL]


def reading_order(
    rows: Sequence[Sequence[Segment]], measures: Measures, edges: Edges, usual: Sequence[tuple[float, ...]] = ()
) -> list[Placed]:
    """Return the lines of a page in reading order.

    Args:
        rows: The page's rows from top to bottom.
        measures: What is usual in the document.
        edges: Where the heads and feet of its pages stand.
        usual: The columns of other pages, which this page may have where it does not show any of its own.
    """
    head, foot = _edges(rows, measures, edges)
    body, numbers = without_line_numbers(rows[head : len(rows) - foot])
    made = [_whole(row, edge=True) for row in rows[:head]]
    made += _body(body, usual, measures.leading)
    made += [Placed((each,), NUMBERS, each.left, each.right, edge=True) for each in numbers]
    made += [_whole(row, edge=True) for row in rows[len(rows) - foot :]]
    return made


def without_line_numbers(
    rows: Sequence[Sequence[Segment]],
) -> tuple[list[list[Segment]], list[Segment]]:
    """Return the rows without the numbers that count the lines in the margin, and these.

    They stand at one edge, left of all text or right of it, and count on in equal steps.
    """
    for side, outer in ((0, "right"), (0, "left"), (-1, "left"), (-1, "right")):
        found = [
            (at, row[side]) for at, row in enumerate(rows) if row[side].text.isdecimal() and len(row[side].text) < 5
        ]
        edges = Counter(round(getattr(each, outer)) for _, each in found)
        edge = max(edges, key=lambda each: edges[each], default=0)
        kept = [(at, each) for at, each in found if abs(getattr(each, outer) - edge) <= EDGE_TOLERANCE]
        values = [int(each.text) for _, each in kept]
        steps = Counter(after - before for before, after in zip(values, values[1:], strict=False))
        if not steps:
            continue
        step, times = steps.most_common(1)[0]
        least = MIN_NUMBERED if step == 1 else MIN_NUMBERED_BY_FIVES
        taken = {id(each) for _, each in kept}
        others = [each for row in rows for each in row if id(each) not in taken]
        reach = max(each.right for _, each in kept) if side == 0 else min(each.left for _, each in kept)
        outside = all(each.left > reach for each in others) if side == 0 else all(each.right < reach for each in others)
        if step in (1, 2, 5, 10) and times >= least and times >= 0.8 * (len(values) - 1) and others and outside:
            rest = [[each for each in row if id(each) not in taken] for row in rows]
            return [row for row in rest if row], [each for _, each in kept]
    return [list(row) for row in rows], []


class Edges(NamedTuple):
    """Where rows stand apart at the heads and feet of pages: rounded baselines that several pages have."""

    heads: frozenset[int]
    feet: frozenset[int]


def edges_of(pages: Sequence[Sequence[Sequence[Segment]]], measures: Measures) -> Edges:
    """Return where the heads and feet of a document's pages stand."""
    heads: Counter[int] = Counter()
    large: Counter[int] = Counter()  # the same in larger type: titles, unless most pages have them
    feet: Counter[int] = Counter()
    for rows in pages:
        head, foot = _apart(rows, measures)
        if any(each.size > LARGEST * measures.size for row in rows[:head] for each in row):
            large.update({round(row[0].base) for row in rows[:head]})
        else:
            heads.update({round(row[0].base) for row in rows[:head]})
        feet.update({round(row[0].base) for row in rows[len(rows) - foot :]})
    return Edges(_repeated(heads) | _repeated(large, LARGE_SHARE * len(pages)), _repeated(feet))


def _repeated(bases: Counter[int], least: float = 2) -> frozenset[int]:
    return frozenset(base for base in bases if sum(bases[base + step] for step in (-2, -1, 0, 1, 2)) >= max(2, least))


def _apart(rows: Sequence[Sequence[Segment]], measures: Measures) -> tuple[int, int]:
    """Return how many rows at the head and at the foot stand apart from the text."""
    if len(rows) < MIN_APART:
        return 0, 0
    bases = [row[0].base for row in rows]
    far = HEAD_GAP * measures.leading
    head = next((n for n in range(1, MAX_HEAD_ROWS + 1) if bases[n] - bases[n - 1] > far), 0)
    foot = next((n for n in range(1, MAX_HEAD_ROWS + 1) if bases[-n] - bases[-n - 1] > far), 0)
    return (head, foot) if head + foot < len(rows) else (0, 0)


def _edges(rows: Sequence[Sequence[Segment]], measures: Measures, edges: Edges) -> tuple[int, int]:
    """Return how many rows of a page are its head and its foot: they stand apart, and where those of other pages do."""
    head, foot = _apart(rows, measures)
    if not any(round(row[0].base) in edges.heads for row in rows[:head]):
        head = 0
    if not any(round(row[0].base) in edges.feet for row in rows[len(rows) - foot :]):
        foot = 0
    return head, foot


def _whole(row: Sequence[Segment], *, edge: bool = False) -> Placed:
    return Placed(tuple(row), 0, min(each.left for each in row), max(each.right for each in row), edge)


def _gaps_of(rows: Sequence[Sequence[Segment]], leading: float) -> list[float]:
    """Return the columns of a page, or of what stands below its title: below the first wide gaps between rows."""
    wide = [at for at in range(1, len(rows)) if rows[at][0].base - rows[at - 1][0].base > HEAD_GAP * leading]
    for start in (0, *(at for at in wide[:MAX_TITLE_GAPS] if at < MAX_TITLE_SHARE * len(rows))):
        part = rows[start:]
        if len(part) < MIN_ROWS:
            break
        segments = [segment for row in part for segment in row]
        gaps = _gaps(segments, min(each.left for each in segments), max(each.right for each in segments))
        if gaps:
            return gaps
    return []


def _body(rows: Sequence[Sequence[Segment]], usual: Sequence[tuple[float, ...]], leading: float) -> list[Placed]:
    segments = [segment for row in rows for segment in row]
    if not segments:
        return []
    left, right = min(each.left for each in segments), max(each.right for each in segments)
    gaps = _gaps(segments, left, right) or next((list(each) for each in usual if _has_gaps(segments, each)), [])
    gaps = gaps or _gaps_of(rows, leading)
    if not gaps:
        return [Placed(tuple(row), 0, left, right) for row in rows]
    made: list[Placed] = []
    band: list[Sequence[Segment]] = []
    for row in rows:
        if any(each.left < gap - EDGE_TOLERANCE and each.right > gap for each in row for gap in gaps):
            made += _band(band, gaps, left, right)
            made.append(Placed(tuple(row), 0, left, right))
            band = []
        else:
            band.append(row)
    return made + _band(band, gaps, left, right)


def _band(rows: Sequence[Sequence[Segment]], gaps: list[float], left: float, right: float) -> list[Placed]:
    """Return a band's lines column by column; a band in which no column stands beside another is read as it comes."""
    edges = [left, *gaps, right]
    columns: list[list[tuple[Segment, ...]]] = [[] for _ in edges[1:]]
    for row in rows:
        for number in range(len(columns)):
            inside = tuple(each for each in row if _column_of(each, gaps) == number)
            if inside:
                columns[number].append(inside)
    made = []
    for number, lines in enumerate(columns):
        ends = max((each.right for line in lines for each in line), default=edges[number + 1])
        starts = min((each.left for line in lines for each in line), default=edges[number])
        starts = min(starts, edges[number]) if number else edges[0]
        made += [Placed(line, number, starts, ends) for line in lines]
    return made


def _column_of(segment: Segment, gaps: list[float]) -> int:
    return sum(segment.left >= gap - EDGE_TOLERANCE for gap in gaps)


def _gaps(segments: Sequence[Segment], left: float, right: float) -> list[float]:
    """Return where the second and every further column begins, ascending.

    Between columns lies a strip that hardly a segment crosses, but for those that span most of the page.
    """
    width = right - left
    inside = [each for each in segments if each.right - each.left <= SPANNING * width]
    if len(inside) < 2 * MIN_COLUMN_LINES:
        return []
    covered = _coverage(inside, left, right)
    most = max(1, CROSSING * len(inside))
    found: list[float] = []
    looks = MAX_LOOKS
    at = 0
    while at < len(covered):
        stop = at
        while stop < len(covered) and covered[stop] <= most:
            stop += 1
        if (stop - at) * BIN_POINTS >= MIN_GAP_POINTS and at and stop < len(covered) and looks >= 0:
            looks -= len(segments)
            middle = left + (at + stop) / 2 * BIN_POINTS
            if _parts(inside, segments, middle, width):
                found.append(min(each.left for each in inside if each.left >= middle))
        at = stop + 1
    return found if found and all(_has_text(inside, [left, *found, right], n) for n in range(len(found) + 1)) else []


def _has_gaps(segments: Sequence[Segment], gaps: tuple[float, ...]) -> bool:
    """Tell whether a page has the columns of other pages: text on both sides, and little across where they are."""
    for gap in gaps:
        before = [each for each in segments if each.right <= gap - MIN_GAP_POINTS / 2]
        after = [each for each in segments if each.left >= gap - EDGE_TOLERANCE]
        if min(len(before), len(after)) < MIN_COLUMN_LINES:
            return False
        top = max(min(each.base for each in side) for side in (before, after))
        bottom = min(max(each.base for each in side) for side in (before, after))
        beside = min(sum(top - 2 <= each.base <= bottom + 2 for each in side) for side in (before, after))
        across = sum(each.left < gap - EDGE_TOLERANCE < each.right and top <= each.base <= bottom for each in segments)
        if beside < MIN_COLUMN_LINES or across > MAX_THROUGH * beside:
            return False
    return True


def _coverage(segments: Sequence[Segment], left: float, right: float) -> list[int]:
    """Return for each bin of the page's width how many segments cover it."""
    changes = [0] * (int((right - left) / BIN_POINTS) + 3)
    for each in segments:
        changes[int((each.left - left) / BIN_POINTS)] += 1
        changes[int((each.right - left) / BIN_POINTS) + 1] -= 1
    return list(accumulate(changes))[:-1]


def _parts(inside: Sequence[Segment], segments: Sequence[Segment], edge: float, width: float) -> bool:
    """Tell whether text stands left and right of an edge, and what crosses it does so above or below."""
    before = [each for each in inside if each.right <= edge]
    after = [each for each in inside if each.left >= edge]
    if min(len(before), len(after)) < MIN_COLUMN_LINES:
        return False
    top = max(min(each.base for each in side) for side in (before, after))
    bottom = min(max(each.base for each in side) for side in (before, after))
    beside = min(sum(top - 2 <= each.base <= bottom + 2 for each in side) for side in (before, after))
    through = sum(each.left < edge < each.right and top <= each.base <= bottom for each in segments)
    wide = min(sorted(each.right - each.left for each in side)[3 * len(side) // 4] for side in (before, after))
    return beside >= MIN_COLUMN_LINES and through <= MAX_THROUGH * beside and wide >= MIN_COLUMN_SHARE * width


def _has_text(segments: Sequence[Segment], edges: list[float], number: int) -> bool:
    """Tell whether a column holds lines that are long for it, as running text does and cells of a table do not."""
    low, high = edges[number], edges[number + 1]
    inside = [each for each in segments if each.left >= low - EDGE_TOLERANCE and each.right <= high + EDGE_TOLERANCE]
    if len(inside) < MIN_COLUMN_LINES:
        return False
    reach = max(each.right for each in inside) - low
    full = sum(each.right - each.left > 0.8 * reach for each in inside)
    return full >= MIN_FULL * len(inside) and sum(len(each.text) for each in inside) >= MIN_LETTERS * len(inside)
