"""Where the pages of the source begin: each once, in the order of the pages.

A note that ran on at the foot of the next page has a page turn inside, like the text above it. A page begins once,
and in the text; only a page of which the text has no trace is marked in a note. Notes stand at the end of their
file, so in the list such a page goes where its number belongs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from docpack.model import Document, SourceBreak
from docpack.walk import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Numbering", "PageMarker", "in_page_order", "page_label", "page_number", "pages_of_text"]

_ROMAN = re.compile(r"m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_MOST_DIGITS = 9  # more are no page number, and Python refuses to read thousands of them


class Numbering(StrEnum):
    """How pages are numbered."""

    ARABIC = "arabic"
    ROMAN = "roman"  # in small letters, as before the main text
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PageMarker:
    """A place where a page of the source begins: its printed number, the link to it, and whether it is in a note."""

    label: str
    href: str
    in_note: bool = False


def page_label(page: str) -> str:
    """Return a page's number as it is listed: on one line."""
    return " ".join(page.split())


def page_number(label: str) -> tuple[Numbering, int]:
    """Return how a page is numbered, and its number; 0 where it has none.

    >>> page_number("12"), page_number("xiv"), page_number("12a")[1]
    ((<Numbering.ARABIC: 'arabic'>, 12), (<Numbering.ROMAN: 'roman'>, 14), 0)
    """
    if label.isdecimal() and len(label) <= _MOST_DIGITS:
        return Numbering.ARABIC, int(label)
    if not label or not _ROMAN.fullmatch(label):
        return Numbering.OTHER, 0
    digits = [_ROMAN_DIGITS[letter] for letter in label]
    following = [*digits[1:], 0]
    return Numbering.ROMAN, sum(
        -digit if digit < after else digit for digit, after in zip(digits, following, strict=True)
    )


def pages_of_text(document: Document) -> frozenset[str]:
    """Return the labels of all pages that begin in the text, if any begins in a note; else it is not looked for."""
    if not any(_labels(Document((), notes=document.notes))):
        return frozenset()
    return frozenset(_labels(Document(document.children)))


def _labels(document: Document) -> Iterable[str]:
    return (page_label(node.page) for node in nodes(document) if isinstance(node, SourceBreak) and node.page)


def in_page_order(markers: Iterable[PageMarker]) -> tuple[PageMarker, ...]:
    """Return markers in the order of the pages; those of the text stay in their order."""
    markers = tuple(markers)
    made = [(page_number(each.label), each) for each in markers if not each.in_note]
    for marker in (each for each in markers if each.in_note):
        kind, number = page_number(marker.label)
        later = (n for n, ((other, above), _) in enumerate(made) if other is kind and above > number > 0)
        made.insert(next(later, len(made)), ((kind, number), marker))
    return tuple(marker for _, marker in made)
