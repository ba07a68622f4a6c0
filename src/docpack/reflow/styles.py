"""What is set apart inside a paragraph: stretches in italics, bold, small capitals, raised, lowered, of one width."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

from docpack.model import Code, Emphasis, NoteRef, SmallCaps, SourceBreak, Strong, Subscript, Superscript, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docpack.model import Inline
    from docpack.reflow.lines import Line

__all__ = ["SetApart"]

# The inline that stands for each kind, the outer ones first.
_INLINES: dict[str, Callable[[tuple[Inline, ...]], Inline]] = {
    "strong": Strong,
    "emphasis": Emphasis,
    "small_caps": SmallCaps,
    "code": Code,
    "superscript": Superscript,
    "subscript": Subscript,
}


class SetApart:
    """What is set apart on the lines of one block."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._spans: dict[str, list[tuple[int, int]]] = {}  # by kind, ascending, in offsets of the source
        for line in lines:
            for start, stop, kind in line.styles:
                self._spans.setdefault(kind, []).append((line.ink + start, line.ink + stop))
        self._edges = sorted({edge for spans in self._spans.values() for span in spans for edge in span})

    def __bool__(self) -> bool:
        """Tell whether anything is."""
        return bool(self._edges)

    def pieces(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Yield a range of the source in pieces, none of which goes over the edge of what is set apart."""
        inside = self._edges[bisect_right(self._edges, start) : bisect_left(self._edges, stop)]
        return pairwise([start, *inside, stop])

    def nested(self, inlines: Sequence[Inline]) -> tuple[Inline, ...]:
        """Return inlines, cut into such pieces, with those of a kind in its inline; a stretch may go over line ends."""
        found = [self._kinds(each) for each in inlines]
        after = frozenset[str]()
        for at in range(len(inlines) - 1, -1, -1):  # a line end belongs to what stands on both sides of it
            if not isinstance(inlines[at], SourceBreak):
                after = found[at]
            else:
                found[at] = after & (found[at - 1] if at else frozenset())
        return _nested(list(zip(inlines, found, strict=True)), tuple(_INLINES))

    def _kinds(self, inline: Inline) -> frozenset[str]:
        if not isinstance(inline, Text | NoteRef) or not inline.origin:
            return frozenset()
        start = inline.origin[0].start
        kinds = frozenset(kind for kind, spans in self._spans.items() if _covers(spans, start))
        return kinds - {"superscript"} if isinstance(inline, NoteRef) else kinds


def _covers(spans: Sequence[tuple[int, int]], offset: int) -> bool:
    """Tell whether an offset lies in one of the spans; those of one kind do not overlap."""
    at = bisect_right(spans, (offset, sys.maxsize)) - 1
    return at >= 0 and offset < spans[at][1]


def _nested(items: list[tuple[Inline, frozenset[str]]], kinds: tuple[str, ...]) -> tuple[Inline, ...]:
    if not kinds:
        return tuple(inline for inline, _ in items)
    kind, *rest = kinds
    made: list[Inline] = []
    at = 0
    while at < len(items):
        inside = kind in items[at][1]
        stop = at + 1
        while stop < len(items) and (kind in items[stop][1]) == inside:
            stop += 1
        inner = _nested(items[at:stop], tuple(rest))
        if inside:
            made.append(_INLINES[kind](inner))
        else:
            made += inner
        at = stop
    return tuple(made)
