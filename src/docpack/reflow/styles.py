"""What is set apart inside a paragraph: stretches in italics, bold, small capitals, raised, lowered, of one width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.model import Code, Emphasis, NoteRef, SmallCaps, SourceBreak, Strong, Subscript, Superscript, Text
from docpack.reflow.layout import StyleSpan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docpack.model import Inline
    from docpack.reflow.lines import Line

__all__ = ["set_apart", "spans_of"]

# The inline that stands for each kind, the outer ones first.
_INLINES: dict[str, Callable[[tuple[Inline, ...]], Inline]] = {
    "strong": Strong,
    "emphasis": Emphasis,
    "small_caps": SmallCaps,
    "code": Code,
    "superscript": Superscript,
    "subscript": Subscript,
}


def spans_of(lines: Sequence[Line]) -> list[StyleSpan]:
    """Return what is set apart on some lines, in offsets of the source."""
    return [StyleSpan(line.ink + start, line.ink + stop, kind) for line in lines for start, stop, kind in line.styles]


def set_apart(inlines: Sequence[Inline], spans: Sequence[StyleSpan]) -> tuple[Inline, ...]:
    """Return inlines with those that lie in a span put into the inline of its kind; a stretch may go over line ends.

    Args:
        inlines: Texts, breaks and references in order; no text goes over the edge of a span.
        spans: The spans, ascending.
    """
    found = [_kinds(each, spans) for each in inlines]
    for at, each in enumerate(inlines):  # a line end belongs to what stands on both sides of it
        if isinstance(each, SourceBreak):
            before = found[at - 1] if at else frozenset[str]()
            after = next(
                (found[n] for n in range(at + 1, len(inlines)) if not isinstance(inlines[n], SourceBreak)),
                frozenset[str](),
            )
            found[at] = before & after
    return _nested(list(zip(inlines, found, strict=True)), tuple(_INLINES))


def _kinds(inline: Inline, spans: Sequence[StyleSpan]) -> frozenset[str]:
    origin = getattr(inline, "origin", ())
    if not isinstance(inline, Text | NoteRef) or not origin:
        return frozenset()
    start = origin[0].start
    kinds = frozenset(kind for begin, stop, kind in spans if begin <= start < stop)
    return kinds - {"superscript"} if isinstance(inline, NoteRef) else kinds


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
