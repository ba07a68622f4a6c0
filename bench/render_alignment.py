"""How much of a truth an extracted text holds, in order: a monotone alignment of their non-white-space characters."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from typing import TYPE_CHECKING, TypeAlias

from render_truth import text_with_markers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from render_truth import Block

__all__ = ["aligned", "coverage", "squeezed"]

_Span: TypeAlias = tuple[int, int, int, int]  # start and stop in the truth, start and stop in the source
_ANCHOR_SIZES = (20, 10, 5, 3, 1)
_SAME: dict[int, str | None] = str.maketrans(
    {"‐": "-", "‑": "-", "\u00ad": "-", "\u0002": "-", "\ufffe": "-", "\u200b": None, "\ufeff": None}
) | {ord(ligature): letters for ligature, letters in zip("ﬀﬁﬂﬃﬄﬅﬆ", "ff fi fl ffi ffl st st".split(), strict=True)}


def squeezed(text: str) -> str:
    """Return the text without white space, ligatures and hyphens made one, as it is compared."""
    return "".join(unicodedata.normalize("NFC", text.translate(_SAME)).split())


def coverage(truth: Iterable[Block], source: str) -> float:
    """Return the share of the truth's characters (notes apart) that stand in the source in the truth's order."""
    body = squeezed("".join(text_with_markers(block) for block in truth if block["type"] != "footnote"))
    found = aligned(body, squeezed(source))
    return sum(position >= 0 for position in found) / max(1, len(body))


def aligned(wanted: str, text: str) -> list[int]:
    """Return the position in `text` of each character of `wanted`, -1 for those not found; positions only rise.

    Runs of characters that are unique in both are anchors; between them shorter runs are sought, and so on.
    """
    found = [-1] * len(wanted)
    spans = [(0, len(wanted), 0, len(text))]
    for size in _ANCHOR_SIZES:
        spans = [rest for span in spans for rest in _between_anchors(wanted, text, span, size, found)]
    return found


def _between_anchors(wanted: str, text: str, span: _Span, size: int, found: list[int]) -> Iterator[_Span]:
    """Align what anchors of a size tell within a span, and yield the spans between them that are left."""
    start, stop, low, high = _trimmed(wanted, text, span, found)
    if start == stop or low == high:
        return
    theirs = _unique_runs(text, low, high, size)
    pairs = [(i, theirs[run]) for run, i in _unique_runs(wanted, start, stop, size).items() if run in theirs]
    i, j = start, low
    for at, there in _rising(sorted(pairs)):
        if at < i or there < j:
            continue
        while at > i and there > j and wanted[at - 1] == text[there - 1]:
            at, there = at - 1, there - 1  # noqa: PLW2901 - the anchor grows to the left
        yield i, at, j, there
        i, j = at, there
        while i < stop and j < high and wanted[i] == text[j]:
            found[i] = j
            i, j = i + 1, j + 1
    yield i, stop, j, high


def _trimmed(wanted: str, text: str, span: _Span, found: list[int]) -> _Span:
    """Align the same characters at either end of a span and return what is left of it."""
    start, stop, low, high = span
    while start < stop and low < high and wanted[start] == text[low]:
        found[start] = low
        start, low = start + 1, low + 1
    while start < stop and low < high and wanted[stop - 1] == text[high - 1]:
        stop, high = stop - 1, high - 1
        found[stop] = high
    return start, stop, low, high


def _unique_runs(text: str, start: int, stop: int, size: int) -> dict[str, int]:
    """Return the place of each run of that size that stands only once in this part of a text."""
    places: dict[str, int] = {}
    repeated: set[str] = set()
    for i in range(start, stop - size + 1):
        run = text[i : i + size]
        if run in places:
            repeated.add(run)
        places[run] = i
    return {run: i for run, i in places.items() if run not in repeated}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of pairs, sorted by their first members, in which the second ones rise too."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for n, (_, there) in enumerate(pairs):
        k = bisect_left(ends, there)
        ends[k : k + 1] = [there]
        last[k : k + 1] = [n]
        before.append(last[k - 1] if k else -1)
    chain = []
    n = last[-1] if last else -1
    while n >= 0:
        chain.append(pairs[n])
        n = before[n]
    return chain[::-1]
