"""Writes gemtext, the line-oriented format of the Gemini protocol (specification 0.24.1, section 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from docpack.context import Context
from docpack.model import (
    Block,
    BlockQuote,
    DefinitionList,
    Document,
    Figure,
    List,
    Paragraph,
    Preformatted,
    Section,
    Table,
    Verse,
)
from docpack.plugins import Format, option
from docpack.walk import printed_title, text_of


@dataclass(frozen=True, slots=True)
class GemtextWriter:
    """One line a paragraph; headings down to the third level, quotations, lists, preformatted text."""

    format: ClassVar[Format] = Format("gemtext", (".gmi",), "text/gemini", "gemtext, for the Gemini protocol")
    lacks: ClassVar[frozenset[type]] = frozenset({Table, Figure, Verse, DefinitionList})
    bullet: str = option("*", "what list items without a number begin with")

    def write(self, document: Document, context: Context) -> bytes:
        """Return the document as UTF-8 gemtext."""
        labels = {note.id: note.label for note in document.notes}
        title = [f"# {printed_title(document)}"] if printed_title(document) else []
        lines = [*title, *self._lines(document.children, labels, 1)]
        for note in document.notes:
            lines += [note.label, *self._lines(note.children, labels, 1)]
        return ("\n\n".join(lines) + "\n").encode()

    def _lines(self, blocks: tuple[Block, ...], labels: dict[str, str], depth: int) -> Iterator[str]:
        for block in blocks:
            match block:
                case Section(title=title, children=children):
                    yield f"{'#' * min(depth, 3)} {text_of(title, labels)}"
                    yield from self._lines(children, labels, depth + 1)
                case Paragraph(children=children):
                    yield text_of(children, labels)
                case BlockQuote(children=children):
                    yield from (f"> {line}" for line in self._lines(children, labels, depth))
                case List(children=items):
                    for item in items:
                        yield " ".join((self.bullet, item.marker, *self._lines(item.children, labels, depth)))
                case Preformatted(text=text):
                    yield f"```\n{text}\n```"
                case _:
                    yield getattr(block, "text", "")
