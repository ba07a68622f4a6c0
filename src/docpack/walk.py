"""Walk documents: their nodes, their sections, and the text that they print."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias

from docpack.model import (
    Block,
    BlockQuote,
    Cell,
    Definition,
    Document,
    Figure,
    Inline,
    LineBreak,
    ListItem,
    Note,
    NoteRef,
    Paragraph,
    Preformatted,
    Row,
    SceneBreak,
    Section,
    SourceBreak,
    Stanza,
    Table,
    Text,
    TitleOrigin,
    VerseLine,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpack.model import Origin

__all__ = [
    "nodes",
    "note_labels",
    "printed",
    "printed_title",
    "reading_text",
    "sections",
    "text_of",
]

Node: TypeAlias = Block | Inline | ListItem | Definition | Row | Cell | Stanza | VerseLine | Note


def text_of(inlines: Iterable[Inline], labels: dict[str, str] | None = None) -> str:
    """Return the reading text of inlines; note references print their label if `labels` (id to label) knows it."""
    parts = []
    for inline in inlines:
        if isinstance(inline, Text):
            parts.append(inline.text)
        elif isinstance(inline, SourceBreak):
            parts.append(inline.reading)
        elif isinstance(inline, LineBreak):
            parts.append("\n")
        elif isinstance(inline, NoteRef):
            parts.append((labels or {}).get(inline.note, ""))
        else:
            parts.append(text_of(inline.children, labels))
    return "".join(parts)


def _parts(node: Any) -> tuple[Any, ...]:
    """Return the nodes directly below a node, in reading order."""
    if isinstance(node, Section):
        return node.title + node.children
    if isinstance(node, Definition):
        return node.term + node.children
    if isinstance(node, Table):
        return node.caption + node.children
    if isinstance(node, Figure):
        return node.caption
    return getattr(node, "children", ())


def nodes(document: Document) -> Iterator[Any]:
    """Yield every node of the body and then of the notes, parents first; not recursive, so depth is no limit."""
    stack: list[Any] = [*reversed(document.notes), *reversed(document.children)]
    while stack:
        node = stack.pop()
        yield node
        below = _parts(node)
        if below:
            stack.extend(reversed(below))


def sections(blocks: Iterable[Block], depth: int = 1) -> Iterator[tuple[int, Section]]:
    """Yield all sections among and below the blocks with their depth, counted from 1."""
    for block in blocks:
        if isinstance(block, Section):
            yield depth, block
            yield from sections(block.children, depth + 1)


def printed(document: Document) -> Iterator[tuple[str, Origin]]:
    """Yield what the document prints, in its own order, with its place in the source: the ledger's other side.

    These are all texts, readings of breaks, markers, and labels (at the note and at each reference).
    """
    labels = {note.id: note.label for note in document.notes}
    for node in nodes(document):
        if isinstance(node, Text | SceneBreak | Preformatted):
            yield node.text, node.origin
        elif isinstance(node, SourceBreak):
            yield node.reading, node.origin
        elif isinstance(node, NoteRef):
            yield labels.get(node.note, ""), node.origin
        elif isinstance(node, ListItem):
            yield node.marker, node.origin[:1]
        elif isinstance(node, Note):
            yield node.label, node.origin[:1]


def note_labels(notes: Iterable[Note]) -> dict[str, str]:
    """Return what each note's label prints as, by the note's id: its own, or a free number where the source had none."""
    notes = tuple(notes)
    used = {note.label for note in notes}
    free = (str(number) for number in count(1) if str(number) not in used)
    return {note.id: note.label or next(free) for note in notes}


def reading_text(document: Document) -> str:
    """Return the whole reading text: blocks apart by a blank line, then the notes, each after its label."""
    labels = {note.id: note.label for note in document.notes}
    blocks = list(_block_texts(document.children, labels))
    for note in document.notes:
        body = list(_block_texts(note.children, labels))
        body[:1] = [f"{note.label} {body[0]}" if body else note.label]
        blocks += body
    return "\n\n".join(blocks)


def _block_texts(blocks: Iterable[Block], labels: dict[str, str]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield text_of(block.children, labels)
        elif isinstance(block, SceneBreak | Preformatted):
            yield from filter(None, (block.text,))
        else:
            for name in ("title", "caption"):
                heading = getattr(block, name, ())
                if heading:
                    yield text_of(heading, labels)
            if isinstance(block, Section | BlockQuote):
                yield from _block_texts(block.children, labels)
            elif not isinstance(block, Figure):
                for part in block.children:
                    yield from _part_texts(part, labels)


def _part_texts(part: Stanza | ListItem | Definition | Row, labels: dict[str, str]) -> Iterator[str]:
    """Yield the texts of a stanza, a list item, a definition or a row."""
    if isinstance(part, Stanza):
        yield "\n".join(text_of(line.children, labels) for line in part.children)
    elif isinstance(part, Row):
        yield "\t".join(text_of(cell.children, labels) for cell in part.children)
    elif isinstance(part, Definition):
        yield text_of(part.term, labels)
        yield from _block_texts(part.children, labels)
    else:
        body = list(_block_texts(part.children, labels))
        body[:1] = [f"{part.marker} {body[0]}".lstrip(" ") if body else part.marker]
        yield from body


def printed_title(document: Document) -> str:
    """Return the title that a writer sets above the text, or "" where the text has it already or no one stated it."""
    metadata = document.metadata
    if metadata.title_origin is not TitleOrigin.STATED:
        return ""
    first = document.children[0] if document.children else None
    heading = text_of(first.title) if isinstance(first, Section) else ""
    same = " ".join(heading.split()).casefold() == " ".join(metadata.title.split()).casefold()
    return "" if same else metadata.title
