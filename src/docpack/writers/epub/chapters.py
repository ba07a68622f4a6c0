"""How a document is cut into the files of a book."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docpack.model import Section
from docpack.writers.html.rendering import title_line

if TYPE_CHECKING:
    from docpack.model import Block, Direction, Document

__all__ = ["Chapter", "chapter_depth", "chapters"]


@dataclass(frozen=True, slots=True)
class Chapter:
    """What stands in one file: blocks, and how deep a section among them lies (from 1).

    `language` and `direction` are those of a section around it that another file holds, or "" and None.
    """

    file: str
    title: str
    blocks: tuple[Block, ...]
    depth: int = 1
    language: str = ""
    direction: Direction | None = None


def chapter_depth(document: Document) -> int:
    """Return how deep the sections lie that are files of their own: 1, or 2 in a book under one heading.

    A single section that holds the whole text and several others is the book, not its only chapter.
    """
    blocks = document.children
    if len(blocks) != 1 or not isinstance(whole := blocks[0], Section):
        return 1
    return 2 if sum(isinstance(block, Section) for block in whole.children) > 1 else 1


def chapters(document: Document) -> tuple[Chapter, ...]:
    """Return the files of a document in reading order: each chapter, and what stands before the first."""
    if chapter_depth(document) == 1:
        loose, sections = _parted(document.children)
        parts = [Chapter("", "", loose)] if loose or not sections else []
        parts += [Chapter("", title_line(section), (section,)) for section in sections]
    else:
        whole = document.children[0]
        assert isinstance(whole, Section)  # by chapter_depth
        loose, sections = _parted(whole.children)
        parts = [Chapter("", title_line(whole), (replace(whole, children=loose),))]
        parts += [
            Chapter("", title_line(section), (section,), 2, whole.language, whole.direction) for section in sections
        ]
    width = max(3, len(str(len(parts))))
    return tuple(replace(part, file=f"text-{n:0{width}}.xhtml") for n, part in enumerate(parts, 1))


def _parted(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], list[Section]]:
    """Return what is no section, and the sections."""
    return (
        tuple(block for block in blocks if not isinstance(block, Section)),
        [block for block in blocks if isinstance(block, Section)],
    )
