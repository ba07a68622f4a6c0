"""The text of a TEI document: blocks and inlines as elements.

Spec:
    TEI P5, chapters 3 (elements available in all documents), 4 (default text structure), 6 (verse), 14 (tables and
    figures), 17 (simple analytic mechanisms, for `pc`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from docpack.model import (
    Block,
    BlockQuote,
    Code,
    DefinitionList,
    Direction,
    Emphasis,
    Figure,
    Foreign,
    LineBreak,
    Link,
    List,
    NoteRef,
    Paragraph,
    Preformatted,
    SceneBreak,
    Section,
    SmallCaps,
    SourceBreak,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    Verse,
)
from docpack.walk import note_labels, printed_title
from docpack.writers.tei.escapes import attribute, language, pointer, text, word, xml_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Protocol

    from docpack.model import Definition, Document, Inline, ListItem, Note, Origin, Stanza

    class Flow(Protocol):
        """What appends running text; the two forms of TEI differ in this alone."""

        def start_block(self) -> None: ...
        def slot(self) -> None: ...
        def text(self, value: str, origin: Origin) -> None: ...
        def printed(self, value: str, origin: Origin) -> None: ...
        def lines(self, value: str, origin: Origin) -> None: ...
        def source_break(self, reading: str, page: str | None) -> None: ...
        def line_break(self) -> None: ...
        def finish(self, ids: set[str]) -> str: ...


__all__ = ["Body"]

_INLINE_TAGS: dict[type, tuple[str, str]] = {
    Emphasis: ('<hi rend="italic">', "</hi>"),
    Strong: ('<hi rend="bold">', "</hi>"),
    SmallCaps: ('<hi rend="smallcaps">', "</hi>"),
    Superscript: ('<hi rend="superscript">', "</hi>"),
    Subscript: ('<hi rend="subscript">', "</hi>"),
    Code: ("<code>", "</code>"),
}

# Elements that TEI allows at the head and at the foot of a division only (model.divTop, model.divBottom), by the
# role that asks for them. In between, a paragraph or quotation says its role with @rend or @type.
_PHRASE_ROLES = {
    "byline": "byline",
    "dateline": "dateline",
    "salutation": "salute",
    "salute": "salute",
    "signature": "signed",
    "signed": "signed",
    "trailer": "trailer",
    "closer": "closer",
    "opener": "opener",
}
_BLOCK_ROLES = {"epigraph": "epigraph", "argument": "argument", "postscript": "postscript"}
_AT_HEAD = {"byline", "dateline", "salute", "opener", "epigraph", "argument"}
_AT_FOOT = {"byline", "dateline", "salute", "signed", "trailer", "closer", "epigraph", "argument", "postscript"}


class Body:
    """Writes a document's text into `parts`, with a flow that knows what the form says of the source."""

    def __init__(self, document: Document, flow: Flow, parts: list[str], taken: Iterable[str] = ()) -> None:
        """Begin; `taken` are ids that others have in the file."""
        self.document = document
        self.flow = flow
        self.parts = parts
        self.labels = note_labels(document.notes)
        self.media = {media.id: media for media in document.media}
        self._ids = set(taken)
        self._turned: SourceBreak | None = None  # a page turn that stands before its block's label already

    def write(self) -> None:
        """Append `<text>` with front, body and back, all but what the flow has to say at its end."""
        metadata = self.document.metadata
        add = self.parts.append
        add(f"<text{_language(metadata.language)}{_direction(metadata.direction, Direction.LTR)}>\n")
        title = printed_title(self.document)
        if title:
            # In front of the body, so that the body holds what the source holds and nothing else.
            add(
                f'<front><titlePage><docTitle><titlePart type="main">{text(title)}</titlePart></docTitle></titlePage></front>\n'
            )
        add("<body>\n")
        before = len(self.parts)
        self._division(self.document.children, 1)
        rest = len(self.parts)
        add("")
        add("</body>\n")
        self._notes()
        add("</text>\n")
        left_over = self.flow.finish(self._ids)
        if left_over:
            self.parts[rest] = f'<ab type="source">{left_over}</ab>\n'
        elif not _has_component(self.document.children) or rest == before:
            self.parts[rest] = "<p/>\n"  # the content model of body asks for one component at least

    def _notes(self) -> None:
        """Append the notes, in a division of their own at the end.

        TEI also allows a note in the place of its reference. But the model knows notes with several references, or
        with none, and a note inside a paragraph would part the lines of the source that make up the paragraph.
        """
        notes = self.document.notes
        if not notes:
            return
        self.parts.append('<back>\n<div type="notes">\n')
        for note in notes:
            self._note(note)
        self.parts.append("</div>\n</back>\n")

    def _note(self, note: Note) -> None:
        label = self.labels[note.id]
        self.parts.append(f'<note{self._id(note.id)} n="{attribute(label)}"><label>')
        self._label(label, note.origin, note.children)
        self.parts.append("</label>\n")
        self._flat(note.children)
        self.parts.append("</note>\n")

    # ----------------------------------------------------------------------------------------------- attributes

    def _id(self, identifier: str) -> str:
        """Return `xml:id`; an id that is there already is not written twice, which would not be valid."""
        if not identifier:
            return ""
        name = xml_name(identifier)
        if name in self._ids:
            return ""
        self._ids.add(name)
        return f' xml:id="{name}"'

    def _common(self, block: Any, rend: str = "") -> str:
        """Return the attributes that every block may have; `rend` is what its role adds to them."""
        made = self._id(block.id)
        if rend:
            made += f' rend="{rend}"'
        if block.language:
            made += _language(block.language)
        direction = getattr(block, "direction", None)
        return made + _direction(direction) if direction else made

    # ---------------------------------------------------------------------------------------------------- blocks

    def _division(self, blocks: tuple[Block, ...], depth: int) -> None:
        """Append what stands in a division, where elements of its head and foot are allowed."""
        head, foot = 0, len(blocks)
        while head < foot and (tag := _edge_tag(blocks[head])) in _AT_HEAD:
            self._edge(blocks[head], tag)
            head += 1
        if not (blocks and isinstance(blocks[-1], Section)):
            while foot > head and _edge_tag(blocks[foot - 1]) in _AT_FOOT:
                foot -= 1
            if not _has_component(blocks[head:foot]):
                foot = len(blocks)  # the content model wants something for them to close
        for block in blocks[head:foot]:
            if type(block) is Section:
                self._section(block, depth)
            else:
                self._BLOCKS[type(block)](self, block)
        for block in blocks[foot:]:
            self._edge(block, _edge_tag(block))

    def _edge(self, block: Any, tag: str) -> None:
        """Append a block that has an element of its own at the edge of a division."""
        self.parts.append(f"<{tag}{self._common(block)}>")
        if isinstance(block, BlockQuote):
            self.parts.append("\n")
            self._flat(block.children)
        else:
            inner = tag in _BLOCK_ROLES.values()
            self.parts.append("<p>" if inner else "")
            self._line(block.children)
            self.parts.append("</p>" if inner else "")
        self.parts.append(f"</{tag}>\n")

    def _section(self, section: Section, depth: int) -> None:
        kind = word(section.role) or ("chapter" if depth == 1 else "section")
        self.parts.append(f'<div type="{kind}"{self._common(section)}>\n')
        if section.title:
            self.parts.append("<head>")
            self._line(section.title)
            self.parts.append("</head>\n")
        self._division(section.children, depth + 1)
        self.parts.append("</div>\n")

    def _heading_and_blocks(self, section: Section) -> None:
        """Append a section where no division is allowed: in a quotation, an item, a note."""
        self.parts.append(f"<p{self._common(section, 'head')}>")
        self._line(section.title)
        self.parts.append("</p>\n")
        self._flat(section.children)

    def _flat(self, blocks: tuple[Block, ...]) -> None:
        for block in blocks:
            self._BLOCKS[type(block)](self, block)

    def _paragraph(self, block: Paragraph) -> None:
        role = block.role
        if not role and not block.language and not block.direction:
            self.parts.append(f"<p{self._id(block.id)}>")
            end = "</p>\n"
        elif role == "stage":
            self.parts.append(f"<stage{self._common(block)}>")
            end = "</stage>\n"
        elif role == "speech":
            self.parts.append(f"<sp{self._common(block)}><p>")
            end = "</p></sp>\n"
        else:
            self.parts.append(f"<p{self._common(block, word(role))}>")
            end = "</p>\n"
        self._line(block.children)
        self.parts.append(end)

    def _quote(self, block: BlockQuote) -> None:
        kind = f' type="{word(block.role)}"' if word(block.role) else ""
        self.parts.append(f"<quote{kind}{self._common(block, 'block')}>\n")
        self._flat(block.children)
        self.parts.append("</quote>\n")

    def _verse(self, block: Verse) -> None:
        stanzas = [stanza for stanza in block.children if stanza.children]
        if not stanzas:
            return
        kind = word(block.role) or "poem"
        if len(stanzas) == 1:
            self._stanza(stanzas[0], f' type="{kind}"{self._common(block)}')
            return
        self.parts.append(f'<lg type="{kind}"{self._common(block)}>\n')
        for stanza in stanzas:
            self._stanza(stanza, ' type="stanza"')
        self.parts.append("</lg>\n")

    def _stanza(self, stanza: Stanza, attributes: str) -> None:
        self.parts.append(f"<lg{attributes}>\n")
        for line in stanza.children:
            self.parts.append(f'<l rend="indent{line.indent}">' if line.indent else "<l>")
            self._line(line.children)
            self.parts.append("</l>\n")
        self.parts.append("</lg>\n")

    def _list(self, block: List) -> None:
        if not block.children:
            return
        rend = "numbered" if block.ordered else "bulleted"
        kind = f' type="{word(block.role)}"' if word(block.role) else ""
        self.parts.append(f"<list{kind}{self._common(block, rend)}>\n")
        # The content model wants labels before all items or before none.
        labelled = any(item.marker for item in block.children)
        for number, item in enumerate(block.children, block.start):
            self._item(item, labelled=labelled, number=number if block.ordered else None)
        self.parts.append("</list>\n")

    def _item(self, item: ListItem, *, labelled: bool, number: int | None) -> None:
        if labelled:
            self.parts.append("<label>")
            self._label(item.marker, item.origin, item.children)
            self.parts.append("</label>\n")
        n = f' n="{number}"' if number is not None else ""
        self.parts.append(f"<item{self._id(item.id)}{n}>\n")
        self._flat(item.children)
        self.parts.append("</item>\n")

    def _label(self, label: str, origin: Origin, blocks: tuple[Block, ...]) -> None:
        """Append a label or marker. A page that begins with the blocks after it begins with the label."""
        self.flow.start_block()
        turn = _opening_turn(blocks) if label else None
        if turn is not None and turn is not self._turned:
            self.flow.source_break("", turn.page)
            self._turned = turn
        self.flow.printed(label, origin)

    def _glossary(self, block: DefinitionList) -> None:
        if not block.children:
            return
        self.parts.append(f'<list type="gloss"{self._common(block, word(block.role))}>\n')
        for definition in block.children:
            self._definition(definition)
        self.parts.append("</list>\n")

    def _definition(self, definition: Definition) -> None:
        self.parts.append("<label>")
        self._line(definition.term)
        self.parts.append(f"</label>\n<item{self._id(definition.id)}>\n")
        self._flat(definition.children)
        self.parts.append("</item>\n")

    def _table(self, block: Table) -> None:
        columns = max((len(row.children) for row in block.children), default=0)
        if not columns:
            if block.caption:
                self._paragraph(Paragraph(block.caption, block.id, "caption"))
            return
        self.parts.append(
            f'<table rows="{len(block.children)}" cols="{columns}"{self._common(block, word(block.role))}>\n'
        )
        self._caption(block.caption)
        for row in block.children:
            is_heading = bool(row.children) and all(cell.header for cell in row.children)
            self.parts.append('<row role="label">\n' if is_heading else "<row>\n")
            for cell in row.children:
                self.parts.append('<cell role="label">' if cell.header else "<cell>")
                self._line(cell.children)
                self.parts.append("</cell>\n")
            self.parts.append("<cell/>\n" * (columns - len(row.children)) + "</row>\n")
        self.parts.append("</table>\n")

    def _caption(self, caption: tuple[Inline, ...]) -> None:
        if caption:
            self.parts.append("<head>")
            self._line(caption)
            self.parts.append("</head>\n")

    def _figure(self, block: Figure) -> None:
        """Append a figure; its bytes are not in the TEI file, which names them as a file beside it."""
        media = self.media.get(block.media)
        kind = f' type="{word(block.role)}"' if word(block.role) else ""
        self.parts.append(f"<figure{kind}{self._common(block)}>\n")
        self._caption(block.caption)
        if media:
            self.parts.append(f'<graphic url="{pointer(media.name)}" mimeType="{attribute(media.media_type)}"/>\n')
        if block.alt:
            self.parts.append(f"<figDesc>{text(block.alt)}</figDesc>\n")
        self.parts.append("</figure>\n")

    def _scene_break(self, block: SceneBreak) -> None:
        if not block.text:
            self.parts.append(f'<milestone unit="scene" rend="blank"{self._id(block.id)}/>\n')
            return
        self.parts.append(f'<ab type="sceneBreak"{self._id(block.id)}>')
        self.flow.start_block()
        self.flow.lines(block.text, block.origin)
        self.parts.append("</ab>\n")

    def _preformatted(self, block: Preformatted) -> None:
        kind = word(block.role) or "preformatted"
        self.parts.append(f'<ab type="{kind}" xml:space="preserve"{self._common(block)}>')
        self.flow.start_block()
        self.flow.lines(block.text, block.origin)
        self.parts.append("</ab>\n")

    # --------------------------------------------------------------------------------------------------- inlines

    def _line(self, inlines: tuple[Inline, ...]) -> None:
        """Append inlines as a run of text of their own."""
        self.flow.start_block()
        self._inlines(inlines)

    def _inlines(self, inlines: tuple[Inline, ...]) -> None:
        flow = self.flow
        for inline in inlines:
            if type(inline) is Text:
                flow.text(inline.text, inline.origin)
            elif type(inline) is SourceBreak:
                if inline is not self._turned:
                    flow.source_break(inline.reading, inline.page)
            elif isinstance(inline, LineBreak):
                flow.line_break()
            elif isinstance(inline, NoteRef):
                self._note_ref(inline)
            else:
                flow.slot()
                start, end = self._tags(inline)
                self.parts.append(start)
                self._inlines(inline.children)  # type: ignore[union-attr]  # texts and breaks are done above
                self.parts.append(end)

    def _note_ref(self, inline: NoteRef) -> None:
        self.flow.slot()
        self.parts.append(f'<ref type="noteref" target="#{xml_name(inline.note)}">')
        self.flow.printed(self.labels.get(inline.note, ""), inline.origin)
        self.parts.append("</ref>")

    def _tags(self, inline: Inline) -> tuple[str, str]:
        if isinstance(inline, Code) and not all(isinstance(each, Text) for each in inline.children):
            return '<hi rend="code">', "</hi>"  # TEI's code holds characters only
        tags = _INLINE_TAGS.get(type(inline))
        if tags:
            return tags
        if isinstance(inline, Link):
            target = inline.href
            uri = f"#{xml_name(target[1:])}" if target.startswith("#") and len(target) > 1 else pointer(target)
            return (f'<ref target="{uri}">' if uri else "<ref>"), "</ref>"
        assert isinstance(inline, Foreign)
        tag = "foreign" if language(inline.language) else "seg"
        direction = _direction(inline.direction) if inline.direction else ""
        return f"<{tag}{_language(inline.language)}{direction}>", f"</{tag}>"

    # Of the class, and not of its objects: bound methods in an object would keep it, and the document, alive.
    _BLOCKS: ClassVar[dict[type, Callable[[Any, Any], None]]] = {
        Paragraph: _paragraph,
        BlockQuote: _quote,
        Verse: _verse,
        List: _list,
        DefinitionList: _glossary,
        Table: _table,
        Figure: _figure,
        SceneBreak: _scene_break,
        Preformatted: _preformatted,
        Section: _heading_and_blocks,
    }


def _language(tag: str) -> str:
    return f' xml:lang="{tag}"' if language(tag) else ""


def _direction(direction: Direction | None, default: Direction | None = None) -> str:
    """Return `@style` for a direction; TEI has no attribute of its own (Guidelines, section 1.3.1.1.3)."""
    return "" if direction is None or direction is default else f' style="direction: {direction}"'


def _opening_turn(blocks: tuple[Any, ...]) -> SourceBreak | None:
    """Return the page turn that the first of some blocks begins with, if it does."""
    while blocks:
        first = blocks[0]
        if isinstance(first, SourceBreak):
            return first if first.page is not None and not first.reading else None
        parts = (getattr(first, name, ()) for name in ("title", "term", "caption", "children"))
        blocks = next(filter(None, parts), ())
    return None


def _edge_tag(block: Block) -> str:
    """Return the element that a block's role asks for at the edge of a division, or ""."""
    if isinstance(block, Paragraph):
        return _PHRASE_ROLES.get(block.role) or _BLOCK_ROLES.get(block.role, "")
    return _BLOCK_ROLES.get(block.role, "") if isinstance(block, BlockQuote) else ""


def _has_component(blocks: tuple[Block, ...]) -> bool:
    """Return whether one of the blocks becomes a component or division, and not only what may stand anywhere."""
    return any(
        not isinstance(block, Figure) and not (isinstance(block, SceneBreak) and not block.text) for block in blocks
    )
