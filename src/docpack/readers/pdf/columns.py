"""Reading order: columns, what spans them, and what stands at the head and foot of a page.

A page is read from top to bottom in bands. A band ends where a line spans the columns; inside it one column is read
after the other. Columns are known by the edge at which many segments begin: left of it and right of it stands text.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.readers.pdf.lines import Segment

__all__ = ["Placed", "reading_order"]

MIN_COLUMN_LINES = 4  # of a band, on each side
MIN_COLUMN_SHARE = 0.17  # of the text's width is the usual line of a column
EDGE_TOLERANCE = 2.5  # points
MAX_SPANNING = 0.6  # of a page's segments may cross the gap between its columns
HEAD_GAP = 1.3  # times the usual line distance: what stands so far from the text may be a running head
MAX_HEAD_ROWS = 2
MIN_ROWS = 6  # of a page that has columns
MAX_LOOKS = 3_000_000  # at segments, to find where columns begin; a page of 300 segments needs 90,000


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


def reading_order(rows: Sequence[Sequence[Segment]], leading: float) -> list[Placed]:
    """Return the lines of a page in reading order.

    Args:
        rows: The page's rows from top to bottom.
        leading: The usual distance between two lines of the document, in points.
    """
    head, foot = _edges(rows, leading)
    body = rows[head : len(rows) - foot]
    made = [_whole(row, edge=True) for row in rows[:head]]
    made += _body(body)
    made += [_whole(row, edge=True) for row in rows[len(rows) - foot :]]
    return made


def _edges(rows: Sequence[Sequence[Segment]], leading: float) -> tuple[int, int]:
    """Return how many rows at the head and at the foot stand apart from the text."""
    if len(rows) < 4:
        return 0, 0
    bases = [row[0].base for row in rows]
    head = next((n for n in range(1, MAX_HEAD_ROWS + 1) if bases[n] - bases[n - 1] > HEAD_GAP * leading), 0)
    foot = next((n for n in range(1, MAX_HEAD_ROWS + 1) if bases[-n] - bases[-n - 1] > HEAD_GAP * leading), 0)
    return (head, foot) if head + foot < len(rows) else (0, 0)


def _whole(row: Sequence[Segment], *, edge: bool = False) -> Placed:
    return Placed(tuple(row), 0, min(each.left for each in row), max(each.right for each in row), edge)


def _body(rows: Sequence[Sequence[Segment]]) -> list[Placed]:
    segments = [segment for row in rows for segment in row]
    if not segments:
        return []
    left, right = min(each.left for each in segments), max(each.right for each in segments)
    gaps = _gaps(segments, left, right) if len(rows) >= MIN_ROWS else []
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
    """Return where the second and every further column begins, ascending."""
    width = right - left
    counter: Counter[int] = Counter()
    for each in segments:
        counter[round(each.left)] += 1
    found: list[float] = []
    looks = MAX_LOOKS
    near = {edge: sum(counter[edge + step] for step in (-2, -1, 0, 1, 2)) for edge in counter}
    for edge in sorted(counter, key=lambda each: (-near[each], each)):
        if near[edge] < MIN_COLUMN_LINES or looks < 0:
            break
        if left + MIN_COLUMN_SHARE * width > edge or any(
            abs(edge - other) < MIN_COLUMN_SHARE * width for other in found
        ):
            continue
        looks -= len(segments)
        if _parts(segments, edge, width):
            found.append(_start_of(segments, edge))
    found.sort()
    return found if found and all(_has_text(segments, [left, *found, right], n) for n in range(len(found) + 1)) else []


def _start_of(segments: Sequence[Segment], edge: float) -> float:
    """Return where the column at an edge begins: no further right than the edge, as first lines may be set in."""
    starts = [each.left for each in segments if edge - 30 < each.left <= edge + EDGE_TOLERANCE]
    counted = Counter(round(each) for each in starts)
    usual = [each for each in starts if counted[round(each)] >= 3]
    return min(usual or starts)


def _parts(segments: Sequence[Segment], edge: float, width: float) -> bool:
    """Tell whether text stands left and right of an edge, and little crosses it."""
    before = [each for each in segments if each.right <= edge + EDGE_TOLERANCE]
    after = [each for each in segments if each.left >= edge - EDGE_TOLERANCE]
    crossing = len(segments) - len(before) - len(after)
    if min(len(before), len(after)) < MIN_COLUMN_LINES or crossing > MAX_SPANNING * len(segments):
        return False
    top, bottom = max(before[0].base, after[0].base), min(before[-1].base, after[-1].base)
    beside = [sum(top - 2 <= each.base <= bottom + 2 for each in side) for side in (before, after)]
    through = sum(
        each.left < edge - EDGE_TOLERANCE and each.right > edge + EDGE_TOLERANCE and top <= each.base <= bottom
        for each in segments
    )
    wide = [sorted(each.right - each.left for each in side)[len(side) // 2] for side in (before, after)]
    return min(beside) >= MIN_COLUMN_LINES and through <= 0.2 * min(beside) and min(wide) >= MIN_COLUMN_SHARE * width


def _has_text(segments: Sequence[Segment], edges: list[float], number: int) -> bool:
    """Tell whether a column holds lines that are long for it, as running text does and cells of a table do not."""
    low, high = edges[number], edges[number + 1]
    inside = [each for each in segments if each.left >= low - EDGE_TOLERANCE and each.right <= high + EDGE_TOLERANCE]
    if len(inside) < MIN_COLUMN_LINES:
        return False
    reach = max(each.right for each in inside) - low
    full = sum(each.right - each.left > 0.8 * reach for each in inside)
    return full >= 0.4 * len(inside) and sum(len(each.text) for each in inside) >= 12 * len(inside)
