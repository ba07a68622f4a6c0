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
    for match in _MAY_BE_DROPPED.finditer(text):
        character = match[0]
        if (
            character in _FILLERS
            or (character in _OPENERS and not match.start())
            or (character in "\u200f\u061c" and not _in_right_to_left(text, match.start()))
        ):
            yield character


def _in_right_to_left(text: str, place: int) -> bool:
    """Tell whether the next letter before or after a mark is written from right to left, and takes the mark along."""
    before = map(_direction, reversed(text[max(place - MAX_REACH, 0) : place]))
    after = map(_direction, text[place + 1 : place + 1 + MAX_REACH])
    return any(next(filter(None, side), "") in _RIGHT_TO_LEFT for side in (before, after))


def _direction(character: str) -> str:
    kind = unicodedata.bidirectional(character)
    return kind if kind in ("L", "R", "AL") and not may_be_dropped(character) else ""
