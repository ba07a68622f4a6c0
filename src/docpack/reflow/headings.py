"""Headings to nested sections: which heading stands under which.

Headings of one kind stand on one level: those with a Roman number, with "Chapter" and a number, with "1.2", in
capitals, others. A kind that is met for the first time stands below the one before it; a heading that follows another
without text between belongs to it, as a chapter's title belongs to its number.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from docpack.model import Section
from docpack.numerals import roman_value

if TYPE_CHECKING:
    from docpack.model import Block, Inline, Origin

__all__ = ["MAX_DEPTH", "Outline"]

MAX_DEPTH = 6
_DOTTED = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)\.?(?: |$)")
_ROMAN = re.compile(r"([IVXLC]{1,7})(?:\.|$)")
_WORD_NUMBER = re.compile(r"([^\W\d_]{3,12}) (?:\d{1,3}|[IVXLC]{1,7})\b")


_RANK = "rank "  # the kind of a heading whose type tells how high it stands
_UNNUMBERED = ("capitals", "title")


class Outline:
    """The sections that are open, and what was closed already."""

    def __init__(self) -> None:
        self._open: list[tuple[str, Section, list[Block]]] = []
        self._top: list[Block] = []

    def add(self, block: Block) -> None:
        """Put a block into the innermost section."""
        (self._open[-1][2] if self._open else self._top).append(block)

    def open(
        self, title: tuple[Inline, ...], text: str, identifier: str, reason: str, origin: Origin, rank: int = 0
    ) -> None:
        """Begin a section; `text` is its title as a string, by which its level is found where its rank is not known."""
        if rank:
            self._close_to(min(self._above(rank), MAX_DEPTH - 1))
            self._open.append(
                (f"{_RANK}{rank:02}", Section(title, (), id=identifier, inferred=reason, origin=origin), [])
            )
            return
        kind = _kind(text)
        if kind in _UNNUMBERED and self._open and not self._open[-1][2]:
            kind = f"title of {self._open[-1][0]}"  # no text stands between: it belongs to the heading before
        self._close_to(min(self._level(kind), MAX_DEPTH - 1))
        self._open.append((kind, Section(title, (), id=identifier, inferred=reason, origin=origin), []))

    def _above(self, rank: int) -> int:
        """Return how many open sections a heading of this rank leaves open: up to the first that is not above it."""
        for level, (other, _, _) in enumerate(self._open):
            if not other.startswith(_RANK) or int(other.removeprefix(_RANK)) >= rank:
                return level
        return len(self._open)

    def _level(self, kind: str) -> int:
        """Return how many open sections a heading of this kind leaves open."""
        for level, (other, _, _) in enumerate(self._open):
            deeper = kind.startswith("dotted") and other.startswith("dotted") and other > kind
            if other == kind or deeper:
                return level
        return len(self._open)

    def close(self) -> tuple[Block, ...]:
        """Return everything, all sections closed."""
        self._close_to(0)
        return tuple(self._top)

    def _close_to(self, level: int) -> None:
        while len(self._open) > level:
            _, section, children = self._open.pop()
            self.add(replace(section, children=tuple(children)))


def _kind(text: str) -> str:
    if match := _DOTTED.match(text):
        return f"dotted {match[1].count('.')}"
    if (match := _ROMAN.match(text)) and roman_value(match[1]):
        return "roman"
    if match := _WORD_NUMBER.match(text):
        return f"word {match[1].casefold()}"
    return "capitals" if text.upper() == text and text.lower() != text else "title"
