"""The navigation document: contents, landmarks, and the pages of the source.

Spec:
    EPUB 3.3, section 7 (navigation document); EPUB Accessibility 1.1, section 3.5 (page navigation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.writers.html.rendering import attribute, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docpack.writers.html.rendering import Heading, PageMarker

__all__ = ["Entry", "Words", "depth_of", "entries_of", "navigation", "words_for"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents, with those below it."""

    label: str
    href: str
    children: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What the navigation document says besides the book's own words, and in which language."""

    language: str
    contents: str
    text: str
    pages: str
    landmarks: str
    cover: str


_WORDS = {
    each.language: each
    for each in (
        Words("cs", "Obsah", "Začátek textu", "Strany", "Přehled", "Obálka"),
        Words("da", "Indhold", "Tekstens begyndelse", "Sider", "Oversigt", "Omslag"),
        Words("de", "Inhalt", "Beginn des Textes", "Seiten", "Überblick", "Umschlag"),
        Words("en", "Contents", "Start of the text", "Pages", "Landmarks", "Cover"),
        Words("es", "Índice", "Comienzo del texto", "Páginas", "Puntos de referencia", "Cubierta"),
        Words("fi", "Sisällys", "Tekstin alku", "Sivut", "Maamerkit", "Kansi"),
        Words("fr", "Table des matières", "Début du texte", "Pages", "Points de repère", "Couverture"),
        Words("it", "Indice", "Inizio del testo", "Pagine", "Punti di riferimento", "Copertina"),
        Words("nl", "Inhoud", "Begin van de tekst", "Pagina’s", "Oriëntatiepunten", "Omslag"),
        Words("pl", "Spis treści", "Początek tekstu", "Strony", "Punkty orientacyjne", "Okładka"),
        Words("pt", "Índice", "Início do texto", "Páginas", "Pontos de referência", "Capa"),
        Words("sv", "Innehåll", "Textens början", "Sidor", "Översikt", "Omslag"),
    )
}


def words_for(language: str) -> Words:
    """Return the words in the book's language, in English where docpack does not know it."""
    return _WORDS.get(language.lower().partition("-")[0], _WORDS["en"])


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
    words: Words,
) -> str:
    """Return the body of the navigation document.

    Args:
        entries: The table of contents.
        pages: The page markers, in reading order.
        landmarks: `epub:type`, label and link of each place that reading systems offer by name.
        words: Its own words.
    """
    made = (
        '<nav id="toc" epub:type="toc" role="doc-toc" aria-labelledby="toc-title">\n'
        f'<h1 id="toc-title">{escape(words.contents)}</h1>\n{_ordered(entries)}</nav>\n'
    )
    marks = "".join(
        f'<li><a epub:type="{kind}" href="{href}">{escape(label)}</a></li>\n' for kind, label, href in landmarks
    )
    made += (
        f'<nav epub:type="landmarks" aria-label="{attribute(words.landmarks)}" hidden="hidden">\n'
        f"<ol>\n{marks}</ol>\n</nav>\n"
    )
    if pages:
        places = "".join(f'<li><a href="{page.href}">{escape(page.label)}</a></li>\n' for page in pages)
        made += (
            '<nav epub:type="page-list" role="doc-pagelist"'
            f' aria-label="{attribute(words.pages)}" hidden="hidden">\n<ol>\n{places}</ol>\n</nav>\n'
        )
    return made


def _ordered(entries: tuple[Entry, ...]) -> str:
    items = "".join(
        f'<li><a href="{entry.href}">{escape(entry.label)}</a>{_below(entry.children)}</li>\n' for entry in entries
    )
    return f"<ol>\n{items}</ol>\n"


def _below(entries: tuple[Entry, ...]) -> str:
    return f"\n{_ordered(entries)}" if entries else ""
