"""The corrections of one text in the order of the source, found by place, and whom to tell that one could not be made."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Self

from docpack.reflow.rulings import Correction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Corrections", "clipped"]


class Corrections(tuple[Correction, ...]):  # noqa: SLOT001  # a tuple's subclass can have no slots with values
    """Corrections that ascend and do not overlap; `tell` takes whose one it is, and why it could not be made."""

    tell: Callable[[str, str], None] | None

    def __new__(cls, given: Iterable[Correction] = (), tell: Callable[[str, str], None] | None = None) -> Self:
        """Return the corrections as they are, if they are such already."""
        if isinstance(given, cls) and tell is None:
            return given
        made = super().__new__(cls, given)
        made.tell = tell
        return made

    def touching(self, start: int, stop: int) -> tuple[Correction, ...]:
        """Return those that have characters in a range of the source."""
        first = bisect_right(self, start, key=_stop)
        return self[first : bisect_left(self, stop, lo=first, key=_start)] if first < len(self) else ()


def _start(correction: Correction) -> int:
    return correction.start


def _stop(correction: Correction) -> int:
    return correction.stop


def clipped(correction: Correction, text: str, start: int, stop: int) -> Correction | None:
    """Return a correction as it lies in a piece of a line, or None where it changes what stands outside of it.

    People often give a label or marker with the words after it, and leave it as it is.
    """
    first, last, reading = correction.start, correction.stop, correction.reading
    while first < start and first < last:
        if reading and text[first] == reading[0]:
            reading = reading[1:]
        elif reading or not text[first].isspace():
            return None
        first += 1
    while last > stop and first < last:
        if reading and text[last - 1] == reading[-1]:
            reading = reading[:-1]
        elif reading or not text[last - 1].isspace():
            return None
        last -= 1
    return Correction(first, last, reading, correction.where) if first < last else None
