"""Bookmarks: the places that links and citations name.

Every block that has an id gets a bookmark of that name, so that `p12` is the same passage in all formats; a page that
begins in the middle of the text gets one named after its number, `page_38`.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from docpack.writers.docx.markup import attribute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docpack.model import Document

__all__ = ["Bookmarks"]

# Word's own rule for a bookmark's name: a letter, then letters, digits and underscores, 40 characters at most.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_LIMIT = 40


class Bookmarks:
    """The names of all bookmarks, and their markup in the order of the text."""

    def __init__(self, document: Document) -> None:
        self._taken: set[str] = set()
        self._names: dict[str, str] = {}
        self._number = 0
        for identifier in _identifiers(document.children):
            self._register(identifier)
        for note in document.notes:
            self._register(note.id)
            for identifier in _identifiers(note.children):
                self._register(identifier)
        self._open = dict(self._names)

    def name_of(self, identifier: str) -> str:
        """Return the bookmark of the block with this id, or "" if there is no such block."""
        return self._names.get(identifier, "")

    def around(self, identifier: str, content: str) -> str:
        """Return the content with the bookmark of this id round it; an id that stands twice counts once."""
        name = self._open.pop(identifier, "")
        if not name:
            return content
        self._number += 1
        number = self._number
        return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{number}"/>'

    def page(self, label: str) -> str:
        """Return the empty bookmark of a page that begins here."""
        name = self._unique(f"page_{label}")
        self._number += 1
        number = self._number
        return f'<w:bookmarkStart w:id="{number}" w:name="{attribute(name)}"/><w:bookmarkEnd w:id="{number}"/>'

    def _register(self, identifier: str) -> None:
        if identifier and identifier not in self._names:
            self._names[identifier] = self._unique(identifier)

    def _unique(self, wanted: str) -> str:
        """Return a name that Word accepts; Word does not tell capitals from small letters."""
        name, number = wanted, 1
        if not _PLAIN.fullmatch(wanted):
            digest = hashlib.sha256(wanted.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            stem = re.sub(r"[^A-Za-z0-9_]+", "_", wanted)
            stem = stem if stem[:1].isalpha() else f"b{stem}"
            name = f"{stem[: _LIMIT - 9]}_{digest}"
        base = name
        while name.lower() in self._taken:
            number += 1
            name = f"{base[: _LIMIT - 1 - len(str(number))]}_{number}"
        self._taken.add(name.lower())
        return name


def _identifiers(blocks: Iterable[Any]) -> Iterable[str]:
    """Yield the ids of blocks, items and definitions; runs of text have none and are not visited."""
    stack = [*blocks][::-1]
    while stack:
        block = stack.pop()
        identifier = getattr(block, "id", "")
        if identifier:
            yield identifier
        kind = type(block).__name__
        if kind not in _WITHOUT_BLOCKS:
            stack.extend(reversed(block.children))


_WITHOUT_BLOCKS = frozenset({"Paragraph", "Verse", "Table", "Figure", "SceneBreak", "Preformatted"})
