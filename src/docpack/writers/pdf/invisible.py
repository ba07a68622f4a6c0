"""Which invisible characters of a text do not arrive in the PDF.

typst sets text in runs of one style, direction and script, and drops a run that is made of invisible characters
alone. They have no ink, so that nothing is missing on the page; but somebody who copies the text misses them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["BYTE_ORDER_MARK", "dropped", "may_be_dropped"]

MAX_REACH = 200  # characters in which the next letter is looked for; keeps the time linear

# PDF/UA forbids it: ISO 14289-1, 7.21.8.
BYTE_ORDER_MARK = "\ufeff"

# Those of Unicode's Default_Ignorable_Code_Point that a text may hold; the soft hyphen, which typst keeps, is none.
_INVISIBLE = "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\uffa0\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
_MAY_BE_DROPPED = re.compile(f"[{_INVISIBLE}]")
_NOTHING_ELSE = re.compile(f"[{_INVISIBLE}]+")
_FILLERS = frozenset("\u115f\u1160\u180e\u3164\uffa0")  # typst drops them wherever they stand
_OPENERS = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")  # what follows is a run of its own
_MARKS = frozenset("\u200e\u200f\u061c")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_PRINTED = frozenset({"text", "marker", "label"})  # keys of `doc.json` whose string is printed


def may_be_dropped(text: str) -> bool:
    """Tell at a glance whether a text holds a character that may be dropped."""
    return _MAY_BE_DROPPED.search(text) is not None


def dropped(data: Any) -> list[str]:
    """Return the invisible characters of blocks and inlines, in the form of `doc.json`, that the PDF will lack."""
    return [character for text in _strings(data) if may_be_dropped(text) for character in _dropped_of(text)]


def _strings(data: Any) -> Iterator[str]:
    for each in data:
        if isinstance(each, str):
            yield each
        elif isinstance(each, list):
            yield from _strings(each)
        else:
            for key, value in each.items() if isinstance(each, dict) else ():
                if isinstance(value, list):
                    yield from _strings(value)
                elif key in _PRINTED:
                    yield value


def _dropped_of(text: str) -> Iterator[str]:
    """Yield the characters that make a run of their own, as far as this can be told without laying out the text."""
    if _NOTHING_ELSE.fullmatch(text):
        yield from text
        return
    for match in _NOTHING_ELSE.finditer(text):
        lost = False  # what has no direction goes with the mark before it
        for character in match[0]:
            if character in _OPENERS:
                lost = not match.start()
            elif character in _MARKS:
                lost = not _in_company(character, text, match)
            if lost or character in _FILLERS:
                yield character


def _in_company(mark: str, text: str, group: re.Match[str]) -> bool:
    """Tell whether a mark stands in a run with something else that is written in the mark's direction."""
    before, after = text[max(group.start() - MAX_REACH, 0) : group.start()], text[group.end() : group.end() + MAX_REACH]
    if mark == "\u200e":
        return not all(side and _direction(side) in _RIGHT_TO_LEFT for side in (before[-1:], after[:1]))
    letters = (next(filter(None, map(_direction, side)), "") for side in (reversed(before), after))
    return any(letter in _RIGHT_TO_LEFT for letter in letters)


def _direction(character: str) -> str:
    kind = unicodedata.bidirectional(character)
    return kind if kind in ("L", "R", "AL") and not may_be_dropped(character) else ""
