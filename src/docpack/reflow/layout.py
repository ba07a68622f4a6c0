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
UNKNOWN_MARKER = -1  # whether a marker begins the line is left to its look
NO_MARKER = -2  # what begins the line is no marker, whatever it looks like: an item's further paragraph
TURNED_OVER = -3  # the line is the rest of one of program text that was too long for the page

__all__ = [
    "NO_HEADING",
    "NO_MARKER",
    "TURNED_OVER",
    "UNKNOWN_MARKER",
    "Layout",
    "LineLayout",
    "NotePlace",
    "StyleSpan",
]


class StyleSpan(NamedTuple):
    """The half-open range `[start, stop)` of a line's text is set apart, as an inline of the model: `kind` names it."""

    start: int
    stop: int
    kind: str  # emphasis, strong, small_caps, superscript, subscript, code


class NotePlace(NamedTuple):
    """The half-open range `[start, stop)` of a line's text refers to the note that begins with the line `note`."""

    start: int
    stop: int
    note: int


class LineLayout(NamedTuple):
    """Where a line stands: columns left of it and where it ends, blank lines' worth of space before it.

    `level` is the rank of a heading among the document's, counted from 1; 0 where nothing is known of it, and
    `NO_HEADING` where its type shows it to be none. `cells` are those of a table that stand on the line: the column, and
    `[start, stop)` of the line's text; `begins_row` tells whether they are a new row, or go on with the row before.
    `marker` counts the characters of the marker or label that the line of an item or note begins with: 0 for an item
    that has none, below 0 where nothing is known (`UNKNOWN_MARKER`) or where none can be (`NO_MARKER`,
    `TURNED_OVER`). `is_apart` tells whether the line stands apart from the text, at the head or foot of its page.
    """

    indent: int
    right: int
    blanks: int
    styles: tuple[StyleSpan, ...] = ()
    level: int = 0
    cells: tuple[tuple[int, int, int], ...] = ()
    begins_row: bool = False
    marker: int = UNKNOWN_MARKER
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of the lines of a source, by line number less one, and what the page shows them to be.

    `rulings` are such decisions, each with its reason and confidence; what a person says wins over them. `labels` are
    the printed numbers of pages, by page index. `references` are the places that are known to refer to a note, by the
    number of their line. `figures` stand before the lines whose numbers they have, ascending.
    """

    lines: tuple[LineLayout | None, ...] = ()
    rulings: dict[int, Ruling] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    references: dict[int, tuple[NotePlace, ...]] = field(default_factory=dict)
    figures: list[tuple[int, Figure]] = field(default_factory=list)

    def apply(self, every_line: list[Line]) -> None:
        """Give the lines their places on the page."""
        for line in every_line:
            place = self.lines[line.number - 1] if line.number <= len(self.lines) else None
            if place is None:
                continue
            line.indent, line.right, line.blanks = place.indent, place.right, place.blanks
            line.trailing = False
            line.styles, line.level, line.marker = place.styles, place.level, place.marker
            line.cells, line.begins_row = place.cells, place.begins_row
            line.is_apart = place.is_apart

    def restore_blanks(self, lines: list[Line]) -> None:
        """Give the lines of the text the space before them that is their own, and not that round a running head."""
        for line in lines:
            place = self.lines[line.number - 1] if line.number <= len(self.lines) else None
            if place:
                line.blanks = place.blanks
