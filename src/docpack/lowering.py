"""`lower` prepares a document for a writer: what no format can hold is taken out, what this one lacks is said plainer."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from docpack.findings import Code
from docpack.model import (
    Block,
    BlockQuote,
    Cell,
    Definition,
    DefinitionList,
    Document,
    Figure,
    Foreign,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    Note,
    NoteRef,
    Paragraph,
    Preformatted,
    SceneBreak,
    Section,
    SourceBreak,
    Table,
    Text,
    Verse,
    VerseLine,
)
from docpack.walk import nodes
from docpack.xml_characters import FORBIDDEN

if TYPE_CHECKING:
    from docpack.context import Context

__all__ = ["lower"]

MAX_HREF = 2_000  # characters; longer addresses fail in browsers and validators
SAFE_SCHEMES = frozenset("http https mailto ftp ftps tel urn doi info news geo".split())  # links that run no program
_UNCLEAN = re.compile("[\t\n\r\x85\u2028\u2029]|" + FORBIDDEN.pattern)


def lower(document: Document, context: Context, lacks: frozenset[type] = frozenset(), name: str = "") -> Document:
    """Return the document as a writer can take it.

    Characters that XML forbids are left out (W002), references to missing notes too (W003), blocks after a subsection
    get a section without a title of their own, and nodes that the writer `lacks` are said with plainer ones (W001).
    A document that needs none of this is returned as it is.
    """
    worker = _Lowering(document, lacks)
    children = worker.blocks(document.children)
    notes = tuple(worker.note(note) for note in document.notes)
    metadata = worker.metadata()
    worker.report(context, name)
    if children is document.children and metadata is document.metadata and _same(notes, document.notes):
        return document
    return replace(document, children=children, notes=notes, metadata=metadata)


def _same(left: tuple[Any, ...], right: tuple[Any, ...]) -> bool:
    return len(left) == len(right) and all(a is b for a, b in zip(left, right, strict=True))


class _Lowering:
    """One pass over a document. Unchanged nodes are kept, not copied."""

    def __init__(self, document: Document, lacks: frozenset[type]) -> None:
        self.document = document
        self.lacks = lacks
        self.notes = {note.id for note in document.notes}
        self.media = {media.id for media in document.media}
        self._document_ids: set[str] | None = None
        self.seen: set[str] = set()
        self.doubled: list[str] = []
        self.again = False
        self.removed: list[str] = []
        self.missing: list[tuple[str, str]] = []
        self.replaced: dict[tuple[str, str], None] = {}

    @property
    def ids(self) -> set[str]:
        """The ids of all blocks and notes; gathered when the first link is met."""
        if self._document_ids is None:
            self._document_ids = {node.id for node in nodes(self.document) if getattr(node, "id", "")}
        return self._document_ids

    def report(self, context: Context, name: str) -> None:
        if self.removed:
            first = f"U+{ord(self.removed[0]):04X}"
            context.report(Code.W002, count=len(self.removed), format=name or "the output", first=first)
        for kind, missing in self.missing:
            context.report(Code.W003, kind=kind, id=missing)
        if self.doubled:
            context.report(Code.W009, count=len(self.doubled), id=self.doubled[0])
        for node, instead in self.replaced:
            context.report(Code.W001, format=name or "the output", node=node, instead=instead)

    def string(self, text: str) -> str:
        """Return the text without what XML forbids; line ends and tabs become blanks."""
        if not _UNCLEAN.search(text):
            return text

        def clean(match: re.Match[str]) -> str:
            if FORBIDDEN.match(match[0]):
                self.removed.append(match[0])
                return ""
            return " "

        return _UNCLEAN.sub(clean, text)

    def metadata(self) -> Any:
        """Return the metadata with every string cleaned."""
        metadata = self.document.metadata
        changed: dict[str, Any] = {}
        for name in type(metadata).__dataclass_fields__:
            value = getattr(metadata, name)
            if name == "description":
                cleaned: Any = "\n".join(map(self.string, value.split("\n")))
            elif isinstance(value, tuple):
                cleaned = tuple(self._value(each) for each in value)
            elif isinstance(value, StrEnum):
                continue
            else:
                cleaned = self._value(value)
            if cleaned != value:
                changed[name] = cleaned
        return replace(metadata, **changed) if changed else metadata

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.string(value)
        return replace(value, **{name: self.string(getattr(value, name)) for name in type(value).__dataclass_fields__})

    def note(self, note: Note) -> Note:
        children, label = self.blocks(note.children), self.string(note.label)
        if children is note.children and label == note.label:
            return note
        return replace(note, children=children, label=label)

    def inlines(self, inlines: tuple[Inline, ...]) -> tuple[Inline, ...]:
        if all(map(_is_plain, inlines)):
            return inlines
        made: list[Inline] = []
        changed = False
        for inline in inlines:
            kept = self.inline(inline)
            changed = changed or len(kept) != 1 or kept[0] is not inline
            made += kept
        return _merge_texts(made) if changed else inlines

    def inline(self, inline: Inline) -> tuple[Inline, ...]:
        """Return what stands for an inline: itself, a changed copy, its children, or nothing."""
        if isinstance(inline, Text):
            return (replace(inline, text=self.string(inline.text)),) if _UNCLEAN.search(inline.text) else (inline,)
        if isinstance(inline, SourceBreak):
            return (inline,) if inline.reading in ("", " ") else (replace(inline, reading=" "),)
        if isinstance(inline, LineBreak):
            return (inline,)
        if isinstance(inline, NoteRef):
            if inline.note in self.notes:
                return (inline,)
            self.missing.append(("note", inline.note))
            return ()
        children = self.inlines(inline.children)
        if isinstance(inline, Link) and any(isinstance(each, Link | NoteRef) for each in children):
            return self.flat_link(inline, children)
        if isinstance(inline, Link) and (why := self.refusal(inline.href)):
            self.missing.append(("link target", f"{inline.href[:60]!r} ({why})"))
            return children
        if type(inline) in self.lacks:
            self.replaced[type(inline).__name__, "its text"] = None
            return children
        if isinstance(inline, Foreign) and FORBIDDEN.search(inline.language):
            inline = replace(inline, language=self.string(inline.language))
        return (inline,) if children is inline.children else (replace(inline, children=children),)

    def flat_link(self, link: Link, children: tuple[Inline, ...]) -> tuple[Inline, ...]:
        """Return a link without links and references inside it, which no format allows; references follow it."""
        inside = tuple(part for each in children for part in (each.children if isinstance(each, Link) else (each,)))
        references = tuple(each for each in inside if isinstance(each, NoteRef))
        rest = tuple(each for each in inside if not isinstance(each, NoteRef))
        return (*self.inline(replace(link, children=_merge_texts(list(rest)))), *references)

    def refusal(self, href: str) -> str:
        """Return why a link cannot be written, or "": it leads nowhere in the document, or is no safe absolute URI."""
        if href.startswith("#"):
            return "" if href[1:] in self.ids else "there is no such id"
        scheme = href.partition(":")[0].lower() if ":" in href else ""
        if scheme not in SAFE_SCHEMES:
            return "not an address of the web" if scheme else "not absolute"
        return "" if _is_uri(href) else "no valid URI"

    def blocks(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        made: list[Block] = []
        for block in blocks:
            made += self.block(block)
        ordered = _subsections_last(made)
        return blocks if _same(ordered, blocks) else ordered

    def block(self, block: Block) -> tuple[Block, ...]:
        """Return what stands for a block: itself, a changed copy, or plainer blocks."""
        if block.id and not self.again:
            if block.id in self.seen:
                self.doubled.append(block.id)
                block = replace(block, id="")
            self.seen.add(block.id)
        if isinstance(block, Figure) and block.media not in self.media:
            self.missing.append(("picture", block.media))
            return (Paragraph(self.inlines(block.caption), id=block.id),) if block.caption else ()
        changed = self._changed(block)
        result = replace(block, **changed) if changed else block
        if type(block) not in self.lacks:
            return (result,)
        plain = _plainer(result)
        self.replaced[type(block).__name__, ", ".join(sorted({type(each).__name__ for each in plain}))] = None
        before, self.again = self.again, True  # the plainer blocks and what is in them keep their ids
        made = tuple(lowered for each in plain for lowered in self.block(each))
        self.again = before
        return made

    def _changed(self, block: Any) -> dict[str, Any]:
        """Return the fields of a block that have to change."""
        changed: dict[str, Any] = {}
        if isinstance(block, SceneBreak | Preformatted):
            text = "\n".join(self.string(line.replace("\t", "    ")) for line in block.text.split("\n"))
            return {"text": text} if text != block.text else {}
        if isinstance(block, Paragraph):
            children: tuple[Any, ...] = self.inlines(block.children)
        elif isinstance(block, Section | BlockQuote):
            children = self.blocks(block.children)
        elif isinstance(block, Figure):
            children = ()
        else:
            children = self._items(block.children)
        if children is not getattr(block, "children", children):
            changed["children"] = children
        if FORBIDDEN.search(language := getattr(block, "language", "")):
            changed["language"] = self.string(language)
        for name in ("title", "caption"):
            inlines = getattr(block, name, ())
            if inlines and (cleaned := self.inlines(inlines)) is not inlines:
                changed[name] = cleaned
        if isinstance(block, Figure) and (alt := self.string(block.alt)) != block.alt:
            changed["alt"] = alt
        return changed

    def _items(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        made = tuple(self._item(item) for item in items)
        return items if _same(made, items) else made

    def _item(self, item: Any) -> Any:
        """Return a part of a list, table or poem, cleaned."""
        changed: dict[str, Any] = {}
        if isinstance(item, ListItem | Definition):
            children: tuple[Any, ...] = self.blocks(item.children)
        elif isinstance(item, VerseLine | Cell):
            children = self.inlines(item.children)
        else:
            children = self._items(item.children)
        if children is not item.children:
            changed["children"] = children
        if isinstance(item, Definition) and (term := self.inlines(item.term)) is not item.term:
            changed["term"] = term
        if isinstance(item, ListItem) and (marker := self.string(item.marker)) != item.marker:
            changed["marker"] = marker
        return replace(item, **changed) if changed else item


def _is_uri(href: str) -> bool:
    """Tell whether an absolute URI can be written everywhere: no blanks or controls, a host of a possible length."""
    from urllib.parse import urlsplit

    if len(href) > MAX_HREF or any(c.isspace() or not c.isprintable() or c in '<>"{}|\\^`' for c in href):
        return False
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""
    except ValueError:
        return False
    return 0 < len(host) <= 253 if parts.scheme in ("http", "https", "ftp", "ftps") else True


def _is_plain(inline: Inline) -> bool:
    """Tell at a glance what nearly all inlines of a book are: text that prints, and line ends of the source."""
    if type(inline) is Text:
        return inline.text.isprintable()
    return type(inline) is SourceBreak and inline.reading in ("", " ")


def _merge_texts(inlines: list[Inline]) -> tuple[Inline, ...]:
    """Put neighbouring texts together and drop empty ones."""
    made: list[Inline] = []
    for inline in inlines:
        if isinstance(inline, Text):
            if not inline.text:
                continue
            if made and isinstance(made[-1], Text):
                made[-1] = Text(made[-1].text + inline.text, made[-1].origin + inline.origin)
                continue
        made.append(inline)
    return tuple(made)


def _subsections_last(blocks: list[Block]) -> tuple[Block, ...]:
    """Wrap blocks that follow a section in a section without a title: TEI's div and our model allow nothing else."""
    made: list[Block] = []
    loose: list[Block] = []
    seen = False
    for block in blocks:
        if isinstance(block, Section):
            if loose:
                made.append(Section((), tuple(loose)))
                loose = []
            seen = True
            made.append(block)
        else:
            (loose if seen else made).append(block)
    if loose:
        made.append(Section((), tuple(loose)))
    return tuple(made)


def _plainer(block: Any) -> tuple[Block, ...]:
    """Say a block with nodes that every writer has: paragraphs, quotes and lists first, at last paragraphs alone."""
    if isinstance(block, Verse):
        return tuple(
            _lines_paragraph([line.children for line in stanza.children], "" if number else block.id)
            for number, stanza in enumerate(block.children)
        )
    if isinstance(block, BlockQuote | Section):
        title = (Paragraph(block.title),) if isinstance(block, Section) and block.title else ()
        return title + block.children
    if isinstance(block, List):
        return tuple(each for item in block.children for each in _with_marker(item))
    if isinstance(block, DefinitionList):
        return tuple(each for item in block.children for each in (Paragraph(item.term), *item.children))
    if isinstance(block, Table):
        caption = (Paragraph(block.caption),) if block.caption else ()
        rows = (Paragraph(_joined([cell.children for cell in row.children], Text("\u2003"))) for row in block.children)
        return (*caption, *rows)
    if isinstance(block, Figure):
        return (Paragraph(block.caption or (Text(block.alt),), id=block.id),)
    if isinstance(block, SceneBreak):
        return (Paragraph((Text(block.text or "*"),), id=block.id),)
    if isinstance(block, Preformatted):
        return (_lines_paragraph([(Text(line),) for line in block.text.split("\n")], block.id),)
    return ()


def _with_marker(item: ListItem) -> tuple[Block, ...]:
    marker = Text(item.marker + " ") if item.marker else None
    if marker is None:
        return item.children
    if item.children and isinstance(first := item.children[0], Paragraph):
        return (replace(first, children=_merge_texts([marker, *first.children])), *item.children[1:])
    return (Paragraph((marker,)), *item.children)


def _joined(groups: list[tuple[Inline, ...]], between: Inline) -> tuple[Inline, ...]:
    made: list[Inline] = []
    for number, group in enumerate(groups):
        if number:
            made.append(between)
        made += group
    return _merge_texts(made)


def _lines_paragraph(lines: list[tuple[Inline, ...]], identifier: str) -> Paragraph:
    return Paragraph(_joined(lines, LineBreak()), id=identifier)
