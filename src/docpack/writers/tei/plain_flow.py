"""The running text of the reading form: what is read, and the numbers of pages that can be cited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.writers.tei.escapes import text
from docpack.writers.tei.page_turns import PageTurns

if TYPE_CHECKING:
    from docpack.model import Origin

__all__ = ["PlainFlow"]

# A text of 10 MB is more than the common XML parsers take in one node; a milestone parts it long before.
MAX_RUN = 1_000_000


class PlainFlow:
    """Appends text to `parts`; it knows of lines and pages what a reader has to know, and nothing else.

    A page turn is kept where the page has a number: that is how people cite. Line ends of the source, the blanks
    round them, running heads and the like are left out.
    """

    def __init__(self, parts: list[str]) -> None:
        self.parts = parts
        self.at_start = True
        self._turns: list[tuple[int, str, bool]] = []  # place among the parts, number, whether it parts a word

    def start_block(self) -> None:
        """Say that a run of text begins, apart from what was before."""
        self.at_start = True

    def slot(self) -> None:
        """Mark the place for what stands between two texts; this form has nothing to put there."""

    def text(self, value: str, origin: Origin) -> None:
        """Append a text."""
        self.at_start = False
        if len(value) > MAX_RUN:
            self._long(value)
        else:
            self.parts.append(text(value))

    def _long(self, value: str) -> None:
        for start in range(0, len(value), MAX_RUN):
            mark = f'<milestone unit="char" n="{start}"/>' if start else ""
            self.parts.append(mark + text(value[start : start + MAX_RUN]))

    def printed(self, value: str, origin: Origin) -> None:
        """Append a label or marker."""
        self.text(value, origin)

    def lines(self, value: str, origin: Origin) -> None:
        """Append text whose line ends and blanks are kept."""
        self.text(value, origin)

    def source_break(self, reading: str, page: str | None) -> None:
        """Append what a line end of the source reads as."""
        if reading:
            self.parts.append(text(reading))
        if page and page.strip():
            self._turns.append((len(self.parts), page, not (reading or self.at_start)))
            self.parts.append("")

    def line_break(self) -> None:
        """Append a line end that the author wanted."""
        self.parts.append("<lb/>")

    def finish(self, ids: set[str]) -> str:
        """Set the page turns, whose ids must not be those of blocks; return what is left over: nothing."""
        turns = PageTurns(ids)
        for place, number, inside in self._turns:
            self.parts[place] = turns.mark(number, inside=inside)
        return ""
