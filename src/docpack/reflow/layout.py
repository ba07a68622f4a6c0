"""What the page tells of the lines of a source that came with positions: where they stand, and how they are set.

A reader of pages (PDF) reads text and places; the engine works on lines and columns. This is what passes between them:
positions in columns of the document's usual letter, and decisions that the page itself shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from docpack.reflow.lines import Line
    from docpack.reflow.rulings import Ruling

__all__ = ["NO_MARKER", "TURNED_OVER", "UNKNOWN_MARKER", "Layout", "LineLayout", "NotePlace", "StyleSpan"]

UNKNOWN_MARKER = -1  # whether a marker begins the line is left to its look
NO_MARKER = -2  # what begins the line is no marker, whatever it looks like: an item's further paragraph
TURNED_OVER = -3  # the line is the rest of one of program text that was too long for the page


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

    `level` is the rank of a heading among the document's, counted from 1; 0 where nothing is known of it.
    `marker` counts the characters of the marker or label that the line of an item or note begins with: 0 for an item
    that has none, below 0 where nothing is known (`UNKNOWN_MARKER`) or where none can be (`NO_MARKER`,
    `TURNED_OVER`).
    """

    indent: int
    right: int
    blanks: int
    styles: tuple[StyleSpan, ...] = ()
    level: int = 0
    marker: int = UNKNOWN_MARKER


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of the lines of a source, by line number less one, and what the page shows them to be.

    `rulings` are such decisions, each with its reason and confidence; what a person says wins over them. `labels` are
    the printed numbers of pages, by page index. `references` are the places that are known to refer to a note, by the
    number of their line.
    """

    lines: tuple[LineLayout | None, ...] = ()
    rulings: dict[int, Ruling] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    references: dict[int, tuple[NotePlace, ...]] = field(default_factory=dict)

    def apply(self, every_line: list[Line]) -> None:
        """Give the lines their places on the page."""
        for line in every_line:
            place = self.lines[line.number - 1] if line.number <= len(self.lines) else None
            if place is None:
                continue
            line.indent, line.right, line.blanks = place.indent, place.right, place.blanks
            line.trailing = False
            line.styles, line.level, line.marker = place.styles, place.level, place.marker
