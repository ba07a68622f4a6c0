"""Align two sequences: what both hold in the same order, found in nearly linear time.

How it works: what both begin and end with is taken off; what stands exactly once in each of the rest is an anchor; the
longest run of anchors in the same order is kept ("patience"), and each gap between two of them is aligned in the same
way. A gap without anchors is compared item by item if it is small. What is too large for that stays unaligned: the
answer is always right, though not always the best, and its cost is bounded whoever made the sequences.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Match", "align"]

MAX_CELLS = 90_000  # pairs that are compared one by one in a gap without anchors: 300 words against 300
MAX_PASSES = 30  # how often an item may be looked at on average; a book with changes on every page needs 3 to 6


class Match(NamedTuple):
    """A run that both sequences hold: `left[at_left:][:size] == right[at_right:][:size]`."""

    at_left: int
    at_right: int
    size: int


class _Gap(NamedTuple):
    """A stretch of both sequences that is still to be aligned."""

    left: int
    left_stop: int
    right: int
    right_stop: int


def align(left: Sequence[str], right: Sequence[str]) -> list[Match]:
    """Return the runs that both sequences hold, ascending in both, none empty, none touching the next in both.

    >>> align("the cat sat down".split(), "the dog sat down".split())
    [Match(at_left=0, at_right=0, size=1), Match(at_left=2, at_right=2, size=2)]
    """
    found: list[Match] = []
    budget = MAX_PASSES * (len(left) + len(right) + 1)
    gaps = [_Gap(0, len(left), 0, len(right))]
    while gaps and budget > 0:
        gap = gaps.pop()
        budget -= gap.left_stop - gap.left + gap.right_stop - gap.right + 1
        gap = _trim(left, right, gap, found)
        cells = (gap.left_stop - gap.left) * (gap.right_stop - gap.right)
        if not cells:
            continue
        inner = _between_anchors(left, right, gap)
        if inner:
            gaps += inner
        elif cells <= MAX_CELLS:
            found += _compared(left, right, gap)
            budget -= cells // 4
    return _joined(found)


def _trim(left: Sequence[str], right: Sequence[str], gap: _Gap, found: list[Match]) -> _Gap:
    """Take off what both end with, and then what both begin with.

    The end comes first: a title that was set above the text again is then told apart from the text's own.
    """
    start, stop, at, end = gap
    while stop > start and end > at and left[stop - 1] == right[end - 1]:
        stop, end = stop - 1, end - 1
    if stop < gap.left_stop:
        found.append(Match(stop, end, gap.left_stop - stop))
    size = 0
    while start + size < stop and at + size < end and left[start + size] == right[at + size]:
        size += 1
    if size:
        found.append(Match(start, at, size))
    return _Gap(start + size, stop, at + size, end)


def _between_anchors(left: Sequence[str], right: Sequence[str], gap: _Gap) -> list[_Gap]:
    """Return the gaps between the anchors of a gap, each with the anchor before it; none where there is no anchor."""
    in_left = Counter(left[gap.left : gap.left_stop])
    in_right = Counter(right[gap.right : gap.right_stop])
    places = {
        item: place
        for place, item in enumerate(right[gap.right : gap.right_stop], gap.right)
        if in_right[item] == 1 == in_left.get(item)
    }
    pairs = [
        (place, places[item]) for place, item in enumerate(left[gap.left : gap.left_stop], gap.left) if item in places
    ]
    anchors = _ascending(pairs)
    if not anchors:
        return []
    starts = [(gap.left, gap.right), *anchors]
    stops = [*anchors, (gap.left_stop, gap.right_stop)]
    return [
        _Gap(start, stop, at, end)
        for (start, at), (stop, end) in zip(starts, stops, strict=True)
        if start < stop and at < end
    ]


def _ascending(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of the pairs, ascending in the first place, that ascends in the second one too."""
    ends: list[int] = []  # the smallest second place at which a run of each length can end
    end_pairs: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(end_pairs[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        end_pairs[length : length + 1] = [index]
    made = []
    at = end_pairs[-1] if end_pairs else -1
    while at >= 0:
        made.append(pairs[at])
        at = before[at]
    return made[::-1]


def _compared(left: Sequence[str], right: Sequence[str], gap: _Gap) -> list[Match]:
    """Return the runs of a gap, compared item by item."""
    matcher = SequenceMatcher(None, left[gap.left : gap.left_stop], right[gap.right : gap.right_stop], autojunk=False)
    return [Match(gap.left + a, gap.right + b, size) for a, b, size in matcher.get_matching_blocks() if size]


def _joined(found: list[Match]) -> list[Match]:
    """Return the runs in their order, those that touch made one."""
    made: list[Match] = []
    for match in sorted(found):
        last = made[-1] if made else None
        if last and (last.at_left + last.size, last.at_right + last.size) == match[:2]:
            made[-1] = Match(last.at_left, last.at_right, last.size + match.size)
        else:
            made.append(match)
    return made
