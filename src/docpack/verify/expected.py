"""What a document's readers are to read in every output, with the place in the source that each character came from.

This is the other side of every read-back: blocks as `verify.reading` has them, made from the model alone. A place is
asked for by the number of a character that is not white space, which no squeezing of blanks moves.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from docpack.ledger import line_starts
from docpack.model import (
    Definition,
    Figure,
    LineBreak,
    ListItem,
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
)
from docpack.walk import note_labels, printed_title, reading_text
from docpack.xml_characters import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpack.ledger import Edit, Ledger
    from docpack.model import Document, Origin

__all__ = ["Expected", "ExpectedBlock", "ExpectedNote", "Places", "expected_of", "labelled", "squeezed", "whole_text"]

Piece: TypeAlias = "tuple[str, Origin]"  # a run of characters, and where it came from


@dataclass(frozen=True, slots=True)
class ExpectedBlock:
    """A block's text, blanks squeezed, and the pieces that it is made of."""

    text: str
    pieces: tuple[Piece, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class ExpectedNote:
    """A note: what its label prints as, and its blocks."""

    label: str
    blocks: tuple[ExpectedBlock, ...]
    origin: Origin = field(default=(), repr=False)

    @property
    def body(self) -> str:
        """Return the note's text without its label."""
        return " ".join(block.text for block in self.blocks)

    def whole(self) -> ExpectedBlock:
        """Return label and text as one block."""
        pieces: list[Piece] = [(self.label, self.origin[:1]), (" ", ())]
        for block in self.blocks:
            pieces += (*block.pieces, (" ", ()))
        return ExpectedBlock(f"{self.label} {self.body}".strip(), tuple(pieces))


@dataclass(frozen=True, slots=True)
class Expected:
    """All that is to be read; `forbidden` counts the characters that no XML can hold and writers leave out."""

    blocks: tuple[ExpectedBlock, ...]
    notes: tuple[ExpectedNote, ...]
    headings: frozenset[str] = frozenset()
    forbidden: int = 0

    def characters(self) -> Counter[str]:
        """Return how often each character is to be read."""
        counted: Counter[str] = Counter()
        for block in (*self.blocks, *(note.whole() for note in self.notes)):
            counted.update(block.text)
        del counted[" "]
        return counted


def squeezed(text: str) -> str:
    """Return a text with its white space squeezed to single blanks, and none at the ends."""
    return " ".join(text.split())


def labelled(document: Document) -> Document:
    """Return a document whose notes all have a label: where the source had none, the number that writers print."""
    if all(note.label for note in document.notes):
        return document
    labels = note_labels(document.notes)
    return replace(document, notes=tuple(replace(note, label=labels[note.id]) for note in document.notes))


def whole_text(document: Document) -> tuple[str, str]:
    """Return the text of body and of notes: the quick way, where no one asks for places.

    Line ends and tabs are blanks; it takes `squeezed` to be sure that no two blanks stand side by side.
    """
    document = labelled(document)
    whole = _one_line(f"{printed_title(document)}\n\n{reading_text(document)}")
    notes = _one_line(reading_text(replace(document, children=()))) if document.notes else ""
    return whole[: len(whole) - len(notes)].strip(), notes.strip()


def _one_line(text: str) -> str:
    return text.replace("\n\n", " ").replace("\n", " ").replace("\t", " ")


def expected_of(document: Document) -> Expected:
    """Return what is to be read in every output of a document."""
    document = labelled(document)
    collector = _Collector({note.id: note.label for note in document.notes})
    title = printed_title(document)
    above: list[list[Piece]] = [[(title, ())]]
    body = collector.finished((*above, *collector.blocks(document.children)))
    notes = tuple(
        ExpectedNote(squeezed(note.label), collector.finished(collector.blocks(note.children)), note.origin)
        for note in document.notes
    )
    return Expected(body, notes, frozenset(collector.headings), collector.forbidden)


class _Collector:
    """Walks blocks and collects the pieces of each."""

    def __init__(self, labels: dict[str, str]) -> None:
        self.headings: set[str] = set()
        self.forbidden = 0
        self._labels = labels

    def finished(self, blocks: Iterable[list[Piece]]) -> tuple[ExpectedBlock, ...]:
        """Return the blocks with their texts; those without text are left out."""
        made = []
        for pieces in blocks:
            text = "".join([text for text, _ in pieces])
            clean = FORBIDDEN.sub("", text)
            if len(clean) != len(text):
                self.forbidden += len("".join(text.split())) - len("".join(clean.split()))
                pieces = [(FORBIDDEN.sub("", text), origin) for text, origin in pieces]  # noqa: PLW2901  # cleaned
            if not clean.isspace() and clean:
                made.append(ExpectedBlock(squeezed(clean), tuple(pieces)))
        return tuple(made)

    def blocks(self, blocks: Iterable[Any]) -> Iterator[list[Piece]]:
        """Yield the pieces of each block and of all blocks within it, in reading order."""
        for block in blocks:
            if isinstance(block, Paragraph):
                yield self._inlines(block.children)
            elif isinstance(block, SceneBreak | Preformatted):
                yield [(block.text, block.origin)]
            else:
                yield from self._nested(block)

    def _nested(self, block: Any) -> Iterator[list[Piece]]:
        if isinstance(block, Section):
            title = self._inlines(block.title)
            self.headings.add(squeezed("".join([text for text, _ in title])))
            yield title
        elif isinstance(block, Table | Figure):
            yield self._inlines(block.caption)
        elif isinstance(block, Definition):
            yield self._inlines(block.term)
        if isinstance(block, ListItem):
            yield from self._item(block)
        elif isinstance(block, Row | Stanza):
            yield [piece for part in block.children for piece in (*self._inlines(part.children), (" ", ()))]
        elif not isinstance(block, Figure):
            yield from self.blocks(block.children)

    def _item(self, item: ListItem) -> Iterator[list[Piece]]:
        """Yield the blocks of an item, its marker before the first of them."""
        marker: list[Piece] = [(item.marker, item.origin[:1]), (" ", ())]
        for pieces in self.blocks(item.children):
            yield marker + pieces
            marker = []
        if marker:
            yield marker

    def _inlines(self, inlines: Iterable[Any]) -> list[Piece]:
        made: list[Piece] = []
        for inline in inlines:
            if isinstance(inline, Text):
                made.append((inline.text, inline.origin))
            elif isinstance(inline, SourceBreak):
                made.append((inline.reading, inline.origin))
            elif isinstance(inline, LineBreak):
                made.append(("\n", inline.origin))
            elif isinstance(inline, NoteRef):
                made.append((self._labels.get(inline.note, ""), inline.origin))
            else:
                made += self._inlines(inline.children)
        return made


# ----------------------------------------------------------------------------------------------------- places


class Places:
    """Finds the line of the source that a character of a block stands in."""

    def __init__(self, ledger: Ledger | None) -> None:
        self._ledger = ledger
        self._starts = line_starts(ledger.source.text) if ledger else []
        self._edits = [edit.start for edit in ledger.edits] if ledger else []

    def line(self, block: ExpectedBlock, ink: int) -> int | None:
        """Return the line of the block's character number `ink`, white space not counted; None where none is known."""
        if self._ledger is None:
            return None
        last: int | None = None
        for text, origin in block.pieces:
            size = len("".join(text.split()))
            if origin and (size or last is None):
                last = self._offset(origin, min(ink, max(size - 1, 0)))
            if ink < size:
                break
            ink -= size
        return None if last is None else bisect_right(self._starts, last)

    def _offset(self, origin: Origin, ink: int) -> int:
        """Return the offset in the source of the character number `ink` that a piece reads as."""
        position = origin[0].start
        for span in origin:
            for place, reading, kept in self._readings(span.start, span.stop):
                for index, character in enumerate(reading):
                    if character.isspace():
                        continue
                    position = place + index if kept else place
                    if not ink:
                        return position
                    ink -= 1
        return position

    def _readings(self, start: int, stop: int) -> Iterator[tuple[int, str, bool]]:
        """Yield what a range of the source reads as: place, text, and whether it was kept as it was."""
        assert self._ledger is not None
        source, edits = self._ledger.source.text, self._ledger.edits
        number = bisect_left(self._edits, start)
        while start < stop:
            edit: Edit | None = edits[number] if number < len(edits) and edits[number].start < stop else None
            yield start, source[start : edit.start if edit else stop], True
            if edit is None:
                return
            yield edit.start, edit.reading, False
            start, number = edit.stop, number + 1
