"""What the page tells of the lines of a source that came with positions: where they stand, and how they are set.

A reader of pages (PDF) reads text and places; the engine works on lines and columns. This is what passes between them:
positions in columns of the document's usual letter, and decisions that the page itself shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from docpack.model import Figure
    from docpack.reflow.lines import Line
    from docpack.reflow.rulings import Ruling

NO_HEADING = -1  # the level of a line that its type shows to be none

__all__ = ["NO_HEADING", "Layout", "LineLayout", "StyleSpan"]


class StyleSpan(NamedTuple):
    """The half-open range `[start, stop)` of a line's text is set apart, as an inline of the model: `kind` names it."""

    start: int
    stop: int
    kind: str  # emphasis, strong, small_caps, superscript, subscript, code


class LineLayout(NamedTuple):
    """Where a line stands: columns left of it and where it ends, blank lines' worth of space before it.

    `level` is the rank of a heading among the document's, counted from 1; 0 where nothing is known of it, and
    `NO_HEADING` where its type shows it to be none. `cells` are
    those of a table that stand on the line: the column, and `[start, stop)` of the line's text; `begins_row` tells whether
    they are a new row, or go on with the row before.
    """

    indent: int
    right: int
    blanks: int
    styles: tuple[StyleSpan, ...] = ()
    level: int = 0
    cells: tuple[tuple[int, int, int], ...] = ()
    begins_row: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of the lines of a source, by line number less one, and what the page shows them to be.

    `rulings` are such decisions, each with its reason and confidence; what a person says wins over them. `labels` are
    the printed numbers of pages, by page index. `figures` stand before the lines whose numbers they have, ascending.
    """

    lines: tuple[LineLayout | None, ...] = ()
    rulings: dict[int, Ruling] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    figures: list[tuple[int, Figure]] = field(default_factory=list)

    def apply(self, every_line: list[Line]) -> None:
        """Give the lines their places on the page."""
        for line in every_line:
            place = self.lines[line.number - 1] if line.number <= len(self.lines) else None
            if place is None:
                continue
            line.indent, line.right, line.blanks = place.indent, place.right, place.blanks
            line.trailing = False
            line.styles, line.level = place.styles, place.level
            line.cells, line.begins_row = place.cells, place.begins_row

    def restore_blanks(self, lines: list[Line]) -> None:
        """Give the lines of the text the space before them that is their own, and not that round a running head."""
        for line in lines:
            place = self.lines[line.number - 1] if line.number <= len(self.lines) else None
            if place:
                line.blanks = place.blanks
