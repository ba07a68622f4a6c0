"""Scene breaks that are nothing but space: a gap between two paragraphs where paragraphs are told by indentation.

They are looked for where the page gives true distances. In a text that was extracted without them, a blank line between
paragraphs may be a page turn, a note that was lifted out, or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.reflow.rulings import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.reflow.measures import Measures
    from docpack.reflow.roles import Placed

__all__ = ["mark_breaks"]

MAX_SHARE = 0.25  # of the paragraphs; where more have space before them, it parts paragraphs
MIN_PARAGRAPHS = 6


def mark_breaks(placed: Sequence[Placed], measures: Measures) -> None:
    """Mark the lines before which a scene ends: `line.breaks`."""
    if measures.blanks_part or not measures.first_indent:
        return
    paragraphs = [
        (before, each)
        for before, each in zip(placed, placed[1:], strict=False)
        if each.state.role is Role.PARAGRAPH and each.state.place == "begin" and before.state.role is Role.PARAGRAPH
    ]
    found = [each for _, each in paragraphs if each.line.blanks and each.line.turn is None]
    if len(paragraphs) >= MIN_PARAGRAPHS and len(found) <= MAX_SHARE * len(paragraphs):
        for each in found:
            each.line.breaks = True
