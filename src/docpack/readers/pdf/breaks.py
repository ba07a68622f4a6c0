"""Whether a line ended because it was full: how much room was left on it, and what the next one would have needed."""

from __future__ import annotations

import unicodedata
from collections import Counter
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.readers.pdf.laying import Laid, Lined

__all__ = ["Room"]

BROKEN = 0.6  # of a block's lines but the last end before they are full: its line ends are the author's
MIN_BROKEN = 0.15
SAME_EDGE = 1.5  # points
SHARED = 3  # lines that end at one place, for it to be the edge of the text
SET_IN = 0.8  # times the size: further than that from the margin all lines of a block stand that is set in
MAX_PART = 0.15  # of a step of a poem's indentation
EVEN = 0.8  # of a block's lines stand at one distance
UNEVEN = 1.0  # points
CENTRED = 3.0  # points
SLACK = 0.6  # of a letter's width
SHORT = 0.75  # of the measure
ENDS = frozenset(".!?…:\"'”’»)]。！？")


class Room:
    """The edges of a document's text, and what they say of its lines. Lines are named by their numbers, from 1."""

    def __init__(self, laid: Laid) -> None:
        self._lines = laid.lines
        self._size, self._letter = laid.measures.size, laid.measures.letter
        self._edges = _edges(laid.lines)
        self._rtl = [line is not None and _is_from_the_right(line.text) for line in laid.lines]

    def offset(self, number: int) -> float:
        """Return how far a line begins from the margin, in points; a line from right to left begins at the right."""
        line = self._line(number)
        left, right = self._edges[_column(line)]
        return right - line.right if self._rtl[number - 1] else line.left - left

    def rest(self, number: int) -> float:
        """Return how much room is left at the end of a line, in points."""
        line = self._line(number)
        left, right = self._edges[_column(line)]
        return line.left - left if self._rtl[number - 1] else right - line.right

    def is_short(self, number: int, after: int, inset: float = 0.0) -> bool:
        """Tell whether the first word of a line would have found room on the line before it.

        `inset` is how far the end of the block's lines stands from the margin.
        """
        following = self._line(after)
        letter = (following.right - following.left) / len(following.text)
        word = following.text.split(" ", 1)[0]
        return self.rest(number) - inset > (len(word) + 1 + SLACK) * letter

    def is_broken(self, numbers: Sequence[int], *, quoted: bool = False) -> bool:
        """Tell whether the lines of a block end where the author wanted it; long ones may be turned over, and set in.

        A quotation may be set in at both ends.
        """
        inset = self.left(numbers) if quoted else 0.0
        ends = list(zip(numbers, numbers[1:], strict=False))
        short = sum(self.is_short(before, after, inset) for before, after in ends)
        first = self.offset(numbers[0]) + SET_IN * self._size
        hanging = sum(not self.is_short(before, after, inset) and self.offset(after) > first for before, after in ends)
        return short > MIN_BROKEN * len(ends) and short + hanging >= BROKEN * len(ends)

    def left(self, numbers: Sequence[int]) -> float:
        """Return the least offset of a block's lines."""
        return min(self.offset(number) for number in numbers)

    def is_set_in(self, numbers: Sequence[int]) -> bool:
        """Tell whether all lines of a block stand further in than the first lines of paragraphs do."""
        single = 2.2 if len(numbers) == 1 else 1  # a single line may be set in as first lines are
        return self.left(numbers) > SET_IN * self._size * single

    def is_even(self, numbers: Sequence[int]) -> bool:
        """Tell whether the lines of a block stand one below the other at one distance, as those of a picture do not."""
        lines = [self._line(number) for number in numbers]
        downs = [b.base - a.base for a, b in zip(lines, lines[1:], strict=False) if a.page == b.page]
        usual = median(downs) if downs else 0.0
        return all(down > 0 for down in downs) and sum(abs(down - usual) < UNEVEN for down in downs) >= EVEN * len(
            downs
        )

    def is_centred(self, number: int) -> bool:
        """Tell whether a line stands as far from the one edge as from the other."""
        return abs(self.offset(number) - self.rest(number)) < CENTRED

    def verse_lines(self, blocks: Sequence[Sequence[int]]) -> frozenset[int]:
        """Return the lines of verse that begin where the author let them: those turned over apart.

        A line that was turned over follows on a full one, and stands where no line stands that was not turned over.
        """
        own = [self.offset(block[0]) for block in blocks]
        full: list[tuple[int, int]] = []
        for block in blocks:
            for before, after in zip(block, block[1:], strict=False):
                if self.is_short(before, after):
                    own.append(self.offset(after))
                else:
                    full.append((before, after))
        found = {number for block in blocks for number in block}
        doubtful = [pair for pair in full if all(abs(each - self.offset(pair[1])) >= SAME_EDGE for each in own)]
        counted = Counter(round(self.offset(after)) for _, after in doubtful)
        steps = _Steps(own)
        for before, after in doubtful:
            here = self.offset(after)
            same = sum(counted[round(here) + step] for step in (-1, 0, 1))
            # All are set in by the same; a single one stands further in than the line that it belongs to.
            if not steps.fit(here) if steps.known else (same > 1 or here > self.offset(before)):
                found.discard(after)
        return frozenset(found)

    def goes_on(self, number: int, after: int) -> bool:
        """Tell whether a sentence goes on from a full line to the next."""
        before, line = self._lines[number - 1], self._lines[after - 1]
        if before is None or line is None or not before.text or not line.text[0].islower():
            return False
        return before.text[-1] not in ENDS and not self.is_short(number, after) and before.size == line.size

    def begins(self, number: int, after: int) -> bool:
        """Tell whether the page shows a paragraph to begin: a sentence ended on a short line, and another one begins."""
        before, line = self._line(number), self._line(after)
        left, right = self._edges[_column(before)]
        short = self.rest(number) > (1 - SHORT) * (right - left)
        return short and before.text[-1] in ENDS and line.text[0].isupper()

    def _line(self, number: int) -> Lined:
        line = self._lines[number - 1]
        assert line is not None
        return line


class _Steps:
    """By what the lines of a poem are set in; `known` where enough of them are."""

    def __init__(self, offsets: Sequence[float]) -> None:
        self._base = min(offsets, default=0.0)
        depths: list[float] = []
        for each in sorted(offsets):
            if not depths or each - depths[-1] > SAME_EDGE:
                depths.append(each)
        self._step = min((b - a for a, b in zip(depths, depths[1:], strict=False)), default=0.0)
        self.known = len(depths) > 3 and all(map(self.fit, depths))

    def fit(self, offset: float) -> bool:
        """Tell whether a line is set in by whole steps."""
        steps = (offset - self._base) / self._step
        return abs(steps - round(steps)) < MAX_PART


def _column(line: Lined) -> tuple[int, int]:
    return line.page % 2, line.column


def _edges(lines: Sequence[Lined | None]) -> dict[tuple[int, int], tuple[float, float]]:
    """Return the left and right edge of each column, on left and right pages."""
    lefts: dict[tuple[int, int], list[float]] = {}
    rights: dict[tuple[int, int], list[float]] = {}
    for line in lines:
        if line is not None:
            lefts.setdefault(_column(line), []).append(line.left)
            rights.setdefault(_column(line), []).append(line.right)
    return {key: (-_outermost([-each for each in lefts[key]]), _outermost(rights[key])) for key in lefts}


def _outermost(places: list[float]) -> float:
    """Return the outermost place that several lines share, else the outermost of all."""
    counted = Counter(round(each) for each in places)
    shared = [each for each in places if sum(counted[round(each) + step] for step in (-1, 0, 1)) >= SHARED]
    return max(shared or places)


def _is_from_the_right(text: str) -> bool:
    kinds = [unicodedata.bidirectional(each) for each in text]
    return sum(kind in ("R", "AL") for kind in kinds) > sum(kind == "L" for kind in kinds)
