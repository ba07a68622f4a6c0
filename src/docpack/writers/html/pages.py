"""Where the pages of the source begin: each once, in the order of the pages.

A note that ran on at the foot of the next page has a page turn inside, like the text above it. A page begins once,
and in the text; only a page of which the text has no trace is marked in a note. Notes stand at the end of their
file, but their pages belong where the note is referred to: hence `position`, by which the list is sorted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.model import Document, SourceBreak
from docpack.walk import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PageMarker", "Position", "listed", "page_label", "pages_of_text"]

# Numbers compared one after the other: what stands in a note begins with the position of the reference to it.
Position = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PageMarker:
    """A place where a page of the source begins: its printed number, the link to the place, and its position."""

    label: str
    href: str
    position: Position = ()


def page_label(page: str) -> str:
    """Return a page's number as it is listed: on one line."""
    return " ".join(page.split())


def pages_of_text(document: Document) -> frozenset[str]:
    """Return the labels of all pages that begin in the text, if any begins in a note; else it is not looked for."""
    if not any(_labels(Document((), notes=document.notes))):
        return frozenset()
    return frozenset(_labels(Document(document.children)))


def _labels(document: Document) -> Iterable[str]:
    return (page_label(node.page) for node in nodes(document) if isinstance(node, SourceBreak) and node.page)


def listed(markers: Iterable[PageMarker]) -> tuple[PageMarker, ...]:
    """Return markers in the order of the pages; of two with one label, the first."""
    unique: dict[str, PageMarker] = {}
    for marker in sorted(markers, key=lambda each: each.position):
        unique.setdefault(marker.label, marker)
    return tuple(unique.values())
