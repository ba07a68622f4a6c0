"""A text as the stages see it that judge its lines: each line's shape, and how it fits on the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.reflow.rows import runs
from docpack.reflow.shapes import shape_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.reflow.lines import Line
    from docpack.reflow.measures import Measures

__all__ = ["SURE_REACH", "View"]

SURE_REACH = 0.02  # of the sure wraps happened with less: the next word would have fitted


class View:
    """What is known of the lines of a text, by their place among them.

    `wanted[at]` is what line `at` and the next line's first word would have taken together; `reaches[at]` the share of
    the sure wraps with less than line `at` wanted on the one before it; `shorts[at]` tells whether the next line's
    first word would have fitted on line `at`; `runs[at]` are the bounds of the lines that it stands together with.
    """

    def __init__(self, lines: Sequence[Line], measures: Measures) -> None:
        self.lines, self.measures = lines, measures
        self.shapes = [shape_of(line, measures) for line in lines]
        extents, words = measures.extents(lines), measures.words(lines)
        self.wanted = [extent + 1 + word for extent, word in zip(extents, words[1:], strict=False)]
        self.reaches = [0.0, *map(measures.share_below, self.wanted)]
        self.shorts = [*(reach < SURE_REACH for reach in self.reaches[1:]), False]
        self.runs = runs(lines)
