"""What is beyond doubt: lines that go on, lines with which a paragraph begins, quotations at a measure of their own.

These decisions need no model. In the benchmark they are three lines of five, in a plainly set book nineteen of twenty.
In the benchmark's open part 1 of 19,830 is wrong, but the rules were made with these texts at hand; in texts of other
works it was 1 in 500.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.reflow.measures import first_word_columns
from docpack.reflow.shapes import code_signs, item_marker
from docpack.reflow.view import SURE_REACH

if TYPE_CHECKING:
    from collections.abc import Container

    from docpack.reflow.lines import Line
    from docpack.reflow.measures import Measures
    from docpack.reflow.shapes import Shape
    from docpack.reflow.view import View

__all__ = ["Certain"]

SURE_FIRST, SURE_FLUSH = 3.0, -1.0  # log odds of a break by which indentation tells paragraphs beyond doubt
SURE_FULL, SURE_FULL_REACH = 0.75, 0.15  # of the measure, and of the sure wraps: the line before is full
SURE_WIDE = 0.88  # of the measure; narrower lines may be of a quotation
MIN_SENTENCE_WORDS = 4
SURE_LENGTH = 0.6  # of the measure; shorter lines are looked at
# A quotation beyond doubt: so many lines, so much narrower than the measure (more where blank lines part paragraphs);
# so many of its line ends are full at its own measure, have room left at the page's, and go on in lower case.
MIN_NARROW_LINES, NARROW = 3, 0.95
MIN_PARTED_LINES, NARROWER = 5, 0.92
OWN_WRAPS, ROOM_LEFT, LOWER_WRAPS = 0.7, 0.5, 0.3
# The same for a block that is set in by some columns as a whole, so many lines after the last list item.
MIN_INSET, NEAR_LIST, OWN_SET_IN, LOWER_SET_IN = 2, 12, 0.6, 0.5
ROOM = 0.98  # of the measure, which one line in ten exceeds


class Certain:
    """What of a text is beyond doubt. `quotations` are lines by their place: "begin" or "inside"."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._lines, self._measures = view.lines, view.measures
        self._shapes, self._reaches = view.shapes, view.reaches
        self.sures = [False] + [
            _is_sure(before, line, shape, reach, self._measures)
            for before, line, shape, reach in zip(
                self._lines, self._lines[1:], self._shapes, self._reaches[1:], strict=False
            )
        ]
        odds = self._measures.odds
        self._tells_first = odds.get("first", 0) >= SURE_FIRST and odds.get("flush", 0) <= SURE_FLUSH
        self.quotations = self._quotations()

    def goes_on(self, at: int, asked: Container[int]) -> bool:
        """Tell whether a line goes on beyond doubt."""
        if self._lines[at].number in asked or not at:
            return False
        return self.sures[at] or (self._tells_first and at not in self.quotations and self._is_flush_inside(at))

    def _is_flush_inside(self, at: int) -> bool:
        """Tell whether a line goes on where all first lines are indented: it is not, and the line before is full."""
        line, old = self._lines[at], self._shapes[at - 1]
        if line.indent != self._measures.margin(line) or line.blanks or line.turn is not None:
            return False
        if self._shapes[at].starts == "lower" and not old.ended:
            return old.length > SURE_LENGTH
        full = old.length > SURE_FULL and self._reaches[at] >= SURE_FULL_REACH
        return full and self._shapes[at].length > SURE_LENGTH and self._shapes[at].starts in ("lower", "upper", "quote")

    def begins(self, at: int, asked: Container[int]) -> bool:
        """Tell whether a line begins a paragraph beyond doubt: it is indented as first lines are, and the next is not."""
        if not self._tells_first or not 0 < at < len(self._lines) - 1 or at in self.quotations:
            return False
        line, after = self._lines[at], self._lines[at + 1]
        return (
            self._is_first(line)
            and line.turn is None
            and self._shapes[at - 1].ended
            and self._shapes[at].starts in ("upper", "quote")
            and (self._goes_on_flush(at) or (self._is_first(after) and self._is_whole(at)))
            and line.number not in asked
            and after.number not in asked
        )

    def _goes_on_flush(self, at: int) -> bool:
        """Tell whether the line after one stands at the margin and goes on with it."""
        after = self._lines[at + 1]
        flush = after.indent == self._measures.margin(after)
        # A quotation may be marked by nothing but a narrower measure.
        wide = max(self._shapes[at].length, self._shapes[at + 1].length) > SURE_WIDE
        return flush and wide and (self.sures[at + 1] or self._shapes[at].length > SURE_FULL)

    def _quotations(self) -> dict[int, str]:
        """Return the lines of blocks that are quotations beyond doubt, with their places.

        Space stands around them, and their lines are set in as a whole, or wrapped at a narrower measure of their own.
        """
        made: dict[int, str] = {}
        start = 0
        while start < len(self._lines):
            stop = self._view.runs[start][1]
            if stop - start >= MIN_NARROW_LINES and (self._is_narrow(start, stop) or self._is_set_in(start, stop)):
                made[start] = "begin"
                made.update(dict.fromkeys(range(start + 1, stop), "inside"))
            start = stop
        return made

    def _is_narrow(self, start: int, stop: int) -> bool:
        measures = self._measures
        lines = self._lines[start:stop]
        right = max(line.right for line in lines)
        # Where blank lines part paragraphs, all lines of a short one may fall short of the measure by chance, and in
        # proportional type those of a longer one.
        limit, least = (NARROWER, MIN_PARTED_LINES) if measures.blanks_part else (NARROW, MIN_NARROW_LINES)
        if right > limit * measures.measure or len(lines) < least or not self._has_space(start, stop):
            return False
        if measures.blanks_part and (measures.proportional or any(code_signs(line.text) for line in lines)):
            return False
        wraps = list(zip(lines, lines[1:], strict=False))
        own = sum(a.right + 1 + first_word_columns(b.text) > right for a, b in wraps)
        lower = sum(b.text[0].islower() for _, b in wraps)
        enough = own >= len(wraps) * OWN_WRAPS and lower >= len(wraps) * LOWER_WRAPS
        return enough and self._room_left(start, stop) >= len(wraps) * ROOM_LEFT

    def _is_set_in(self, start: int, stop: int) -> bool:
        """Tell whether a block is prose that is set in as a whole, after a paragraph that is not, and far from lists.

        What follows a list item or a term is set in, too.
        """
        measures, lines = self._measures, self._lines[start:stop]
        inset = min(line.indent for line in lines[1:]) - measures.margin(lines[0])
        hangs = lines[0].indent - measures.margin(lines[0]) < inset  # as list items and entries do
        if not start or inset < MIN_INSET or hangs or not self._has_space(start, stop):
            return False
        before = self._lines[start - 1]
        if not self._shapes[start - 1].ended or before.indent - measures.margin(before) >= inset - 1:
            return False
        if self._shapes[start].starts not in ("upper", "quote") or any(code_signs(line.text) for line in lines):
            return False
        if any(item_marker(line.text) for line in self._lines[max(0, start - NEAR_LIST) : start + 1]):
            return False
        right = max(line.right for line in lines)
        wraps = list(zip(lines, lines[1:], strict=False))
        own = sum(a.right + 1 + first_word_columns(b.text) > right for a, b in wraps)
        lower = sum(b.text[0].islower() for _, b in wraps)
        return own >= len(wraps) * OWN_SET_IN and lower >= len(wraps) * LOWER_SET_IN

    def _room_left(self, start: int, stop: int) -> int:
        """Return after how many lines of a block the next word would have fitted on a line of the page's measure."""
        if self._measures.blanks_part:
            return sum(reach < SURE_REACH for reach in self._reaches[start + 1 : stop])
        lines, limit = self._lines[start:stop], self._measures.measure * ROOM
        return sum(a.right + 1 + first_word_columns(b.text) <= limit for a, b in zip(lines, lines[1:], strict=False))

    def _has_space(self, start: int, stop: int) -> bool:
        before = self._lines[start]
        after = self._lines[stop] if stop < len(self._lines) else None
        return (
            before.blanks > 0 and before.turn is None and after is not None and after.blanks > 0 and after.turn is None
        )

    def _is_first(self, line: Line) -> bool:
        return line.indent - self._measures.margin(line) == self._measures.first_indent

    def _is_whole(self, at: int) -> bool:
        """Tell whether a line is a sentence of some words, and so a paragraph of one line."""
        return self._shapes[at].ended and self._lines[at].text.count(" ") >= MIN_SENTENCE_WORDS - 1


def _is_sure(before: Line, line: Line, shape: Shape, reach: float, measures: Measures) -> bool:
    """Tell whether a line goes on beyond doubt; `shape` and `reach` are those of the line before.

    In the benchmark's open part none of 18,637 such lines begins something; in other texts 0.2 % did, most of them
    commands in manuals.
    """
    return (
        line.text[0].islower()
        and (not line.blanks or line.turn is not None)
        and reach >= SURE_REACH
        and shape.length > SURE_LENGTH
        and not shape.ended
        and (line.indent == before.indent or line.indent == measures.margin(line))
        and line.text.split(" ", 1)[0].rstrip(_STOPS).isalpha()
        and not item_marker(line.text)
    )


_STOPS = ".,;:!?…)”’»\u2010\u00ad-"
