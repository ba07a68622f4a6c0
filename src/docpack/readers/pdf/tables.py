"""Tables, known by their columns: lines that are parted by wide gaps, one below the other.

What is found is rows of cells. Which of them span others, and which lines make one row where no rule parts the rows, the
alignment alone does not tell: a line whose first cell is empty goes on with the row before it.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from docpack.readers.pdf.laying import MOSTLY_FIXED
from docpack.reflow.shapes import item_marker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.readers.pdf.laying import Laid, Lined

__all__ = ["FoundTable", "find_tables"]

MIN_ROWS = 3
MAX_SINGLE = 0.4  # of a table's lines may be of one cell
MIN_STRIP_POINTS = 3.0  # between two columns
MAX_LEADERS = 0.3  # of the lines have dots between their parts: a table of contents, which is none
MIN_RUNNING_CHARACTERS, RUNNING_SHARE = 30, 0.5  # of a cell, on average; so many go on in lower case, or are hyphenated
MIN_TELLING = 0.5  # of the cells hold a letter or a digit
MAX_CELL_CHARACTERS = 60  # on average; longer ones are text in columns
LEADERS = (". . .", "....", "…….", " . .")


class FoundTable(NamedTuple):
    """The lines of a table by number, each with its cells: the column, and `[start, stop)` of the line's text."""

    lines: dict[int, tuple[tuple[int, int, int], ...]]
    rows: frozenset[int]  # the numbers of the lines that begin a row


def find_tables(laid: Laid, taken: frozenset[int]) -> list[FoundTable]:
    """Return the tables; lines that are `taken` are none."""
    found = []
    for run in _runs(laid, taken):
        lines = [(number, line) for number in run if (line := laid.lines[number - 1]) is not None]
        table = _table(lines)
        if table:
            found.append(table)
    return found


def _runs(laid: Laid, taken: frozenset[int]) -> list[list[int]]:
    """Return the stretches of lines that are parted, with single lines between them that are not."""
    runs: list[list[int]] = []
    run: list[int] = []
    single: list[int] = []
    for number, line in enumerate(laid.lines, 1):
        before = laid.lines[number - 2] if number > 1 else None
        apart = before is None or line is None or line.page != before.page or line.column != before.column
        far = (
            not apart
            and line is not None
            and before is not None
            and line.base - before.base > 3 * laid.measures.leading
        )
        if line is None or line.edge or line.artifact or number in taken or apart or far or len(single) > 1:
            runs.append(run)
            run, single = [], []
        if line is None or line.edge or line.artifact or number in taken:
            continue
        if line.cells and line.fixed < MOSTLY_FIXED:
            run += [*single, number]
            single = []
        elif run:
            single.append(number)
    runs.append(run)
    return [each for each in runs if len(each) >= MIN_ROWS]


def _table(lines: Sequence[tuple[int, Lined]]) -> FoundTable | None:
    parted = [line for _, line in lines if line.cells]
    if len(parted) < MIN_ROWS or len(parted) < (1 - MAX_SINGLE) * len(lines):
        return None
    if sum(any(each in line.text for each in LEADERS) for line in parted) > MAX_LEADERS * len(parted):
        return None
    starts = [line.text[line.cells[0].start : line.cells[0].stop] for line in parted]
    if sum(item_marker(f"{each} x") is not None and len(each) < 6 for each in starts) > 0.5 * len(starts):
        return None  # the markers of a list
    shown = [line.text[cell.start : cell.stop] for line in parted for cell in line.cells]
    if sum(any(map(str.isalnum, each)) for each in shown) < MIN_TELLING * len(shown):
        return None  # the points of a plot
    columns = _columns(parted)
    if len(columns) < 2:
        return None
    cells: dict[int, tuple[tuple[int, int, int], ...]] = {}
    for number, line in lines:
        placed = _cells(line, columns)
        if placed is None:
            return None
        cells[number] = placed
    letters = sum(stop - start for each in cells.values() for _, start, stop in each)
    if letters > MAX_CELL_CHARACTERS * sum(map(len, cells.values())):
        return None
    if any(_is_running(lines, cells, column) for column in range(len(columns))):
        return None
    rows = frozenset(number for number in cells if number == lines[0][0] or cells[number][0][0] == 0)
    return FoundTable(cells, rows) if len(rows) >= MIN_ROWS else None


def _is_running(
    lines: Sequence[tuple[int, Lined]], cells: dict[int, tuple[tuple[int, int, int], ...]], column: int
) -> bool:
    """Tell whether a column holds lines of running text, as beside words in the margin, and no cells."""
    texts = [line.text[start:stop] for number, line in lines for at, start, stop in cells[number] if at == column]
    wraps = sum(old[-1] == "-" or new[0].islower() for old, new in pairwise(texts))
    long = sum(map(len, texts)) >= MIN_RUNNING_CHARACTERS * len(texts)
    return long and len(texts) >= MIN_ROWS and wraps >= RUNNING_SHARE * (len(texts) - 1)


def _columns(lines: Sequence[Lined]) -> list[tuple[float, float]]:
    """Return the columns: the stretches of the width that are covered, apart by strips that no cell crosses."""
    edges = sorted((cell.left, cell.right) for line in lines for cell in line.cells)
    columns: list[tuple[float, float]] = []
    for left, right in edges:
        if columns and left - columns[-1][1] < MIN_STRIP_POINTS:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _right_edge(column: tuple[float, float]) -> float:
    return column[1] + 1


def _cells(line: Lined, columns: Sequence[tuple[float, float]]) -> tuple[tuple[int, int, int], ...] | None:
    """Return a line's cells with their columns; None where two cells would share one."""
    parts = line.cells or ((0, len(line.text), line.left, line.right),)
    made: list[tuple[int, int, int]] = []
    for start, stop, left, _ in parts:
        at = min(bisect_left(columns, left, key=_right_edge), len(columns) - 1)
        if made and made[-1][0] >= at:
            return None
        made.append((at, start, stop))
    return tuple(made)
