"""The navigation document: contents, landmarks, and the pages of the source.

Spec:
    EPUB 3.3, section 7 (navigation document); EPUB Accessibility 1.1, section 3.5 (page navigation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.writers.epub.words import foreign_attributes, words_for
from docpack.writers.html.rendering import attribute, escape, language_attributes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docpack.model import Direction
    from docpack.writers.html.pages import PageMarker
    from docpack.writers.html.rendering import Heading

__all__ = ["Entry", "depth_of", "entries_of", "navigation"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents, with those below it."""

    label: str
    href: str
    children: tuple[Entry, ...] = ()


def entries_of(headings: Iterable[Heading]) -> tuple[Entry, ...]:
    """Return headings as a tree. A heading without text is left out; what is below it moves up."""
    return _nested(list(headings))


def _nested(headings: Sequence[Heading]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    start = 0
    while start < len(headings):
        stop = start + 1
        while stop < len(headings) and headings[stop].depth > headings[start].depth:
            stop += 1
        first, below = headings[start], _nested(headings[start + 1 : stop])
        entries += [Entry(first.label, first.href, below)] if first.label else below
        start = stop
    return tuple(entries)


def depth_of(entries: tuple[Entry, ...]) -> int:
    """Return how many levels the table of contents has."""
    return 1 + max((depth_of(entry.children) for entry in entries), default=0) if entries else 0


def navigation(
    entries: tuple[Entry, ...],
    pages: Sequence[PageMarker],
    landmarks: Sequence[tuple[str, str, str]],
    language: str,
    direction: Direction,
) -> str:
    """Return the body of the navigation document.

    Args:
        entries: The table of contents.
        pages: The pages of the source, in their order.
        landmarks: `epub:type`, label and link of each place that reading systems offer by name.
        language: The book's language.
        direction: The book's direction.
    """
    words = words_for(language)
    foreign = foreign_attributes(language)
    made = (
        '<nav id="toc" epub:type="toc" role="doc-toc" aria-labelledby="toc-title">\n'
        f'<h1 id="toc-title"{foreign}>{escape(words.contents)}</h1>\n{_ordered(entries)}</nav>\n'
    )
    marks = "".join(
        f'<li><a epub:type="{kind}" href="{href}">{escape(label)}</a></li>\n' for kind, label, href in landmarks
    )
    made += (
        f'<nav epub:type="landmarks" aria-label="{attribute(words.landmarks)}" hidden="hidden"{foreign}>\n'
        f"<ol>\n{marks}</ol>\n</nav>\n"
    )
    if pages:
        own = language_attributes(language, direction) if foreign else ""
        places = "".join(f'<li><a href="{page.href}">{escape(page.label)}</a></li>\n' for page in pages)
        made += (
            '<nav epub:type="page-list" role="doc-pagelist"'
            f' aria-label="{attribute(words.pages)}" hidden="hidden"{foreign}>\n<ol{own}>\n{places}</ol>\n</nav>\n'
        )
    return made


def _ordered(entries: tuple[Entry, ...]) -> str:
    items = "".join(
        f'<li><a href="{entry.href}">{escape(entry.label)}</a>{_below(entry.children)}</li>\n' for entry in entries
    )
    return f"<ol>\n{items}</ol>\n"


def _below(entries: tuple[Entry, ...]) -> str:
    return f"\n{_ordered(entries)}" if entries else ""
