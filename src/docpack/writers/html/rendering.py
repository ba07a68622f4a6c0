"""Blocks and inlines as XHTML, for the HTML page and for the files of an EPUB.

Theory of operation. One `Renderer` renders one document, file after file, in reading order. It knows before
it starts which id stands in which file (`places`), so that links work across files. While it renders it
collects the notes that the current file refers to; `end_file` writes them at the file's end, and what no file
refers to goes at the end of the last one. `finish` then fills in their links back. It also collects the
headings, page markers and pictures that it has set, from which EPUB's tables of contents and pages are made.

Everything printed is the document's own text; what must be told besides (a list's marker that the browser
draws, the number of a page) stands in attributes. The markup follows the XML syntax of HTML, which browsers
read as HTML as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from docpack.findings import Code as Finding
from docpack.model import (
    Block,
    BlockQuote,
    Cell,
    Code,
    Definition,
    DefinitionList,
    Direction,
    Emphasis,
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
    Row,
    SceneBreak,
    Section,
    SmallCaps,
    SourceBreak,
    Stanza,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    Verse,
    VerseLine,
)
from docpack.walk import note_labels, text_of
from docpack.writers.html.links import safe_uri
from docpack.writers.html.pages import PageMarker, in_page_order, page_label, pages_of_text
from docpack.writers.html.semantics import class_name, section_type, text_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from docpack.context import Context
    from docpack.model import Document

__all__ = [
    "Heading",
    "Renderer",
    "attribute",
    "block_ids",
    "escape",
    "language_attributes",
    "language_tag",
    "line_of",
    "title_line",
]

DEEPEST_HEADING = 6
DEEPEST_INDENT = 8  # the style sheet's classes for the indentation of verse end here

# Spec: RFC 5646, section 2.1, without its grandfathered tags. EPUB checkers refuse anything else.
_LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}|x(?=-))(?:-[a-z0-9]{1,8})*|[a-z]{4,8}(?:-[a-z0-9]{1,8})+", re.IGNORECASE | re.ASCII
)
# What is a name in XML and needs no escape in a URI fragment or in CSS.
_PLAIN_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_.-]+")

# Bullets that `list-style` draws; the style sheet has a class for each kind but the first.
_BULLETS = {
    **dict.fromkeys(("", "•", "●", "∙", "·", "*"), ""),
    **dict.fromkeys(("–", "—", "-", "−"), "dash"),  # hyphen, dashes, minus: sources print them all
    **dict.fromkeys(("◦", "○", "o"), "circle"),
    **dict.fromkeys(("▪", "■", "▫", "□"), "square"),
}

_SIMPLE: dict[type, tuple[str, str]] = {
    Emphasis: ("<em>", "</em>"),
    Strong: ("<strong>", "</strong>"),
    SmallCaps: ('<span class="small-caps">', "</span>"),
    Superscript: ("<sup>", "</sup>"),
    Subscript: ("<sub>", "</sub>"),
    Code: ("<code>", "</code>"),
}


def escape(text: str) -> str:
    """Return text as it stands between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(text: str) -> str:
    """Return text as it stands in an attribute, between double quotes."""
    return escape(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def line_of(text: str) -> str:
    """Return text as one line without blanks at its ends."""
    return " ".join(text.split())


def language_tag(tag: str) -> str:
    """Return a language tag that can stand in a page, or "" if this one cannot.

    >>> language_tag("de-AT"), language_tag("German")
    ('de-AT', '')
    """
    return tag if _LANGUAGE.fullmatch(tag) else ""


def language_attributes(language: str, direction: Direction | None) -> str:
    """Return ` xml:lang="…" lang="…" dir="…"`, as far as they are known.

    XML tools read the one spelling of the language, browsers the other; EPUB wants both to agree.
    """
    tag = language_tag(language)
    made = f' xml:lang="{tag}" lang="{tag}"' if tag else ""
    return f'{made} dir="{direction}"' if direction else made


def block_ids(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the ids among and below the blocks that can stand in a page."""
    stack: list[Any] = [*blocks]
    while stack:
        node = stack.pop()
        if node.id and _PLAIN_ID.fullmatch(node.id):
            yield node.id
        if isinstance(node, Section | BlockQuote | List | ListItem | DefinitionList | Definition):
            stack += node.children


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as it was set: how deep its section lies (from 1), its text on one line, and the link to it.

    A section without a title is recorded too, with an empty label.
    """

    depth: int
    label: str
    href: str


@dataclass(slots=True)
class _NotePlace:
    """What is known of a note: how it is labelled, where it stands, and who refers to it."""

    note: Note
    label: str
    anchor: str
    file: str | None = None  # None until something refers to it
    references: list[tuple[str, str]] = field(default_factory=list)  # the file and the anchor of each


class Renderer:
    """Renders one document, file after file.

    Args:
        context: Where findings go.
        document: The document whose parts will be rendered.
        places: The file in which each id stands; "" where there is one file only.
        pictures: The `src` of each picture by the id of its medium; others are left out with a finding.
        refused: Why pictures cannot be shown, by the same ids.
        epub: Whether `epub:type` may be written; HTML does not know it.
        top_level: The level of the heading of an outermost section.
        chapter_depth: How deep sections lie that are chapters where their role does not say otherwise.
        name: The format's name, for findings.
    """

    def __init__(
        self,
        context: Context,
        document: Document,
        places: Mapping[str, str],
        pictures: Mapping[str, str],
        refused: Mapping[str, str],
        *,
        epub: bool,
        top_level: int = 1,
        chapter_depth: int = 1,
        name: str = "epub",
    ) -> None:
        self.context = context
        self.places = places
        self.pictures = pictures
        self.refused = refused
        self.epub = epub
        self.top_level = top_level
        self.chapter_depth = chapter_depth
        self.name = name
        self.headings: list[Heading] = []
        self.figures: list[Figure] = []
        self.file = ""
        self._unused = set(places)  # ids that no element carries yet: an id stands once
        self._taken = set(places)
        self._too_deep = False
        self._notes = self._place_notes(document.notes)
        self._pages: list[PageMarker] = []
        self._order: list[str] = []
        self._in_note = False
        self._pages_of_text = pages_of_text(document)
        self._marked: set[str] = set()  # the labels of the pages that were met
        self._pending: list[_NotePlace] = []

    # -------------------------------------------------------------------------------------------------- files

    def begin_file(self, file: str) -> None:
        """Say which file the blocks rendered from now on stand in."""
        self.file = file

    def end_file(self, *, last: bool) -> str:
        """Return the notes that the current file refers to; in the last one, also those nobody refers to."""
        made: list[str] = []
        self._render_pending(made)
        if last:
            for place in self._notes.values():
                if place.file is None:
                    self._put_here(place)
                    self._render_pending(made)
        return f'<div class="notes">\n{"".join(made)}</div>\n' if made else ""

    def page_list(self) -> tuple[PageMarker, ...]:
        """Return where the pages of the source begin, in their order; when all files are rendered."""
        return in_page_order(self._pages)

    def reading_order(self) -> tuple[str, ...]:
        """Return the links to all headings and pages in reading order; when all files are rendered."""
        return tuple(self._order)

    def blocks(self, blocks: Iterable[Block], depth: int = 1) -> str:
        """Return blocks as XHTML; `depth` is that of a section among them, counted from 1."""
        table = self._BLOCKS
        return "".join([table[type(block)](self, block, depth) for block in blocks])

    # ------------------------------------------------------------------------------------------------- blocks

    def _paragraph(self, block: Paragraph, _depth: int = 0, prefix: str = "") -> str:
        return f"<p{self._attributes(block, text_type(block.role))}>{prefix}{self.inlines(block.children)}</p>\n"

    def _section(self, block: Section, depth: int) -> str:
        kind = section_type(block.role or ("chapter" if depth == self.chapter_depth else ""))
        attributes = self._attributes(block, kind)
        heading, labelled = "", ""
        if not block.title:
            # What stands below is not below the heading before.
            self.headings.append(Heading(depth, "", ""))
        else:
            level = self.top_level + depth - 1
            if level > DEEPEST_HEADING:
                self._report_depth()
                level = DEEPEST_HEADING
            anchor = self._heading(block, depth, named=bool(kind))
            # Screen readers list such sections as landmarks, by their names.
            labelled = f' aria-labelledby="{anchor}"' if kind else ""
            identifier = f' id="{anchor}"' if anchor else ""
            heading = f"<h{level}{identifier}>{self.inlines(block.title)}</h{level}>\n"
        content = heading + self.blocks(block.children, depth + 1)
        return f"<section{attributes}{labelled}>\n{content}</section>\n"

    def _heading(self, block: Section, depth: int, *, named: bool) -> str:
        """Record a heading; return the id that it needs, as a link's target or because it names its section."""
        own = block.id in self.places
        anchor = (
            ""
            if own and not named
            else self._claim(f"{block.id}-title" if own else f"heading-{len(self.headings) + 1}")
        )
        href = f"{self.file}#{block.id if own else anchor}"
        self.headings.append(Heading(depth, title_line(block), href))
        self._order.append(href)
        return anchor

    def _block_quote(self, block: BlockQuote, depth: int) -> str:
        attributes = self._attributes(block, text_type(block.role))
        return f"<blockquote{attributes}>\n{self.blocks(block.children, depth)}</blockquote>\n"

    def _verse(self, block: Verse, _depth: int) -> str:
        stanzas = "".join(map(self._stanza, block.children))
        return f"<div{self._attributes(block, text_type(block.role), 'verse')}>\n{stanzas}</div>\n"

    def _stanza(self, stanza: Stanza) -> str:
        # The line ends are real ones for programs that have no style sheet; the style sheet hides them again.
        lines = "<br/>\n".join(map(self._verse_line, stanza.children))
        return f'<p class="stanza">{lines}</p>\n'

    def _verse_line(self, line: VerseLine) -> str:
        indent = min(line.indent, DEEPEST_INDENT)
        classes = f"line indent-{indent}" if indent > 0 else "line"
        return f'<span class="{classes}">{self.inlines(line.children)}</span>'

    def _list(self, block: List, depth: int) -> str:
        drawn, classes = _list_style(block)
        tag = "ol" if block.ordered else "ul"
        start = f' start="{block.start}"' if block.ordered and drawn and block.start != 1 else ""
        render = self._drawn_item if drawn else self._marked_item
        items = "".join(render(item, depth) for item in block.children)
        return f"<{tag}{self._attributes(block, '', classes)}{start}>\n{items}</{tag}>\n" if items else ""

    def _drawn_item(self, item: ListItem, depth: int) -> str:
        """Return an item whose marker the browser draws; what the source printed is kept beside it."""
        marker = f' data-marker="{attribute(item.marker)}"' if item.marker else ""
        return f"<li{self._used(item.id)}{marker}>{self.blocks(item.children, depth)}</li>\n"

    def _marked_item(self, item: ListItem, depth: int) -> str:
        """Return an item whose marker stands in its text."""
        marker = f'<span class="marker">{escape(item.marker)}</span> ' if item.marker else ""
        return f"<li{self._used(item.id)}>{self._led_by(marker, item.children, depth)}</li>\n"

    def _led_by(self, lead: str, blocks: tuple[Block, ...], depth: int) -> str:
        """Return blocks with inline markup set before the first one's text."""
        if lead and blocks and isinstance(first := blocks[0], Paragraph):
            return self._paragraph(first, prefix=lead) + self.blocks(blocks[1:], depth)
        return (f"<p>{lead.rstrip()}</p>\n" if lead else "") + self.blocks(blocks, depth)

    def _definition_list(self, block: DefinitionList, depth: int) -> str:
        items = "".join(
            f"<dt{self._used(each.id)}>{self.inlines(each.term)}</dt>\n<dd>{self.blocks(each.children, depth)}</dd>\n"
            for each in block.children
        )
        return f"<dl{self._attributes(block)}>\n{items}</dl>\n" if items else ""

    def _table(self, block: Table, _depth: int) -> str:
        if not block.children:
            return self._caption_alone(block)
        width = max(1, *(len(row.children) for row in block.children))
        heads = 0
        while heads < len(block.children) and _is_head(block.children[heads]):
            heads += 1
        parts = [f"<table{self._attributes(block)}>\n"]
        if block.caption:
            parts.append(f"<caption>{self.inlines(block.caption)}</caption>\n")
        for tag, rows in (("thead", block.children[:heads]), ("tbody", block.children[heads:])):
            if rows:
                body = "".join(self._row(row, width, "col" if tag == "thead" else "row") for row in rows)
                parts.append(f"<{tag}>\n{body}</{tag}>\n")
        return "".join([*parts, "</table>\n"])

    def _row(self, row: Row, width: int, scope: str) -> str:
        cells = "".join(self._cell(cell, scope) for cell in row.children)
        return f"<tr>{cells}{'<td></td>' * (width - len(row.children))}</tr>\n"

    def _cell(self, cell: Cell, scope: str) -> str:
        content = self.inlines(cell.children)
        # A header that says nothing heads nothing.
        return f'<th scope="{scope}">{content}</th>' if cell.header and content.strip() else f"<td>{content}</td>"

    def _figure(self, block: Figure, _depth: int) -> str:
        source = self.pictures.get(block.media)
        if source is None:
            return self._left_out(block)
        self.figures.append(block)
        if not block.alt.strip():
            self.context.report(Finding.W004, id=block.id or block.media)
        # A picture without a description is one that says nothing; screen readers pass over it.
        alt = f'alt="{attribute(block.alt)}"' if block.alt.strip() else 'alt="" role="presentation"'
        return f'<figure{self._attributes(block)}>\n<img src="{source}" {alt}/>\n{self._figcaption(block)}</figure>\n'

    def _figcaption(self, block: Figure) -> str:
        return f"<figcaption>{self.inlines(block.caption)}</figcaption>\n" if block.caption else ""

    def _left_out(self, block: Figure) -> str:
        """Return what stands for a picture that cannot be shown: the style sheet prints its description."""
        alt = block.alt.strip()
        words = [name for name, present in (("its description", alt), ("its caption", block.caption)) if present]
        reason = self.refused.get(block.media)
        self.context.report(
            Finding.W001,
            format=self.name,
            node=f"place for the picture {block.media}{f', because {reason}' if reason else ''}",
            instead=" and ".join(words) or "nothing",
        )
        if not alt:
            return self._caption_alone(block)
        shown = f'<div class="left-out" role="img" aria-label="{attribute(alt)}"></div>'
        return f"<figure{self._attributes(block)}>\n{shown}\n{self._figcaption(block)}</figure>\n"

    def _caption_alone(self, block: Table | Figure) -> str:
        if not block.caption:
            return ""
        return f"<p{self._attributes(block, '', 'caption')}>{self.inlines(block.caption)}</p>\n"

    def _scene_break(self, block: SceneBreak, _depth: int) -> str:
        if not block.text.strip():
            return f'<hr class="scene-break"{self._used(block.id)}/>\n'
        return f'<p class="scene-break"{self._used(block.id)}>{escape(block.text)}</p>\n'

    def _preformatted(self, block: Preformatted, _depth: int) -> str:
        # HTML drops a line end right after the tag, XML keeps it.
        first = "" if self.epub or not block.text.startswith("\n") else "\n"
        return f"<pre{self._attributes(block)}>{first}{escape(block.text)}</pre>\n"

    # ------------------------------------------------------------------------------------------------ inlines

    def inlines(self, inlines: Iterable[Inline]) -> str:
        """Return inlines as XHTML."""
        parts: list[str] = []
        for inline in inlines:
            kind = type(inline)
            if kind is Text:
                parts.append(escape(inline.text))  # type: ignore[union-attr]  # kind is Text
            elif kind is SourceBreak:
                parts.append(escape(inline.reading))  # type: ignore[union-attr]  # kind is SourceBreak
                if inline.page:  # type: ignore[union-attr]  # as above
                    parts.append(self._page_marker(inline.page))  # type: ignore[union-attr]  # as above
            elif kind in _SIMPLE:
                opening, closing = _SIMPLE[kind]
                parts += (opening, self.inlines(inline.children), closing)  # type: ignore[union-attr]
            else:
                parts.append(self._rare_inline(inline))
        return "".join(parts)

    def _rare_inline(self, inline: Inline) -> str:
        match inline:
            case LineBreak():
                return "<br/>"
            case NoteRef(note=note):
                return self._note_reference(note)
            case Link(href=href, children=children):
                target = self._target(href)
                content = self.inlines(children)
                return f'<a href="{attribute(target)}">{content}</a>' if target and content.strip() else content
            case Foreign(children=children, language=language, direction=direction):
                attributes = language_attributes(language, direction)
                content = self.inlines(children)
                return f"<span{attributes}>{content}</span>" if attributes else content
            case _:
                raise AssertionError(f"unknown inline {type(inline).__name__}")

    def _target(self, href: str) -> str:
        """Return what a link leads to, or "" (and a finding) where it cannot lead."""
        if href.startswith("#"):
            anchor = href[1:]
            if anchor in self.places:
                return self._href(self.places[anchor], anchor)
            if anchor in self._notes and (file := self._notes[anchor].file) is not None:
                return self._href(file, self._notes[anchor].anchor)
            uri = ""
        else:
            uri = safe_uri(href)
        if not uri:
            self.context.report(Finding.W003, kind="link target", id=href)
        return uri

    def _href(self, file: str, anchor: str) -> str:
        return f"#{anchor}" if file == self.file else f"{file}#{anchor}"

    def _page_marker(self, page: str) -> str:
        label = page_label(page)
        if not label:
            return ""
        repeated = label in self._marked
        if self._in_note and (repeated or label in self._pages_of_text):
            return ""
        self._marked.add(label)
        anchor = self._claim(f"page-{_NOT_IN_AN_ID.sub('-', label).strip('-') or len(self._pages) + 1}")
        if repeated and self.epub:
            # A book of several volumes has a first page in each. A list of pages has one of them, and all that is
            # marked as a page must be in the list.
            return f'<span id="{anchor}" data-page="{attribute(label)}"></span>'
        href = f"{self.file}#{anchor}"
        self._pages.append(PageMarker(label, href, self._in_note))
        self._order.append(href)
        kind = self._semantics("pagebreak")
        return f'<span{kind} id="{anchor}" aria-label="{attribute(label)}"></span>'

    # -------------------------------------------------------------------------------------------------- notes

    def _place_notes(self, notes: Sequence[Note]) -> dict[str, _NotePlace]:
        """Give each note its label, a number where the source printed none, and its anchor."""
        places: dict[str, _NotePlace] = {}
        labels = note_labels(notes)
        for note in notes:
            anchor = self._claim(note.id if _PLAIN_ID.fullmatch(note.id) else "note")
            places[note.id] = _NotePlace(note, labels[note.id], anchor)
            self._unused.update(identifier for identifier in block_ids(note.children) if identifier not in self._taken)
        self._taken |= self._unused
        return places

    def _note_reference(self, identifier: str) -> str:
        place = self._notes.get(identifier)
        if place is None:
            return ""
        if place.file is None:
            self._put_here(place)
        count = len(place.references) + 1
        anchor = self._claim(f"{place.anchor}-ref" if count == 1 else f"{place.anchor}-ref-{count}")
        place.references.append((self.file, anchor))
        href = self._href(place.file or "", place.anchor)
        return f'<a class="noteref"{self._semantics("noteref")} href="{href}" id="{anchor}">{escape(place.label)}</a>'

    def _put_here(self, place: _NotePlace) -> None:
        place.file = self.file
        self._pending.append(place)

    def _render_pending(self, made: list[str]) -> None:
        self._in_note = True
        # A note may refer to another one, which then joins the queue.
        while self._pending:
            place = self._pending.pop(0)
            opening = f'<aside class="note"{self._semantics("footnote")} id="{place.anchor}">'
            content = self._led_by(f"\0{place.note.id}\0", place.note.children, 1)
            made.append(f"{opening}\n{content}</aside>\n")
        self._in_note = False

    def finish(self, text: str) -> str:
        """Return a file's text with the labels of its notes; to be called when all files are rendered.

        A label leads back to all references, and the last of them may stand in the last file.
        """
        # The renderer's own mark for such a place: no text can hold a NUL.
        if "\0" not in text:
            return text
        parts = text.split("\0")
        parts[1::2] = [self._note_label(self._notes[identifier]) for identifier in parts[1::2]]
        return "".join(parts)

    def _note_label(self, place: _NotePlace) -> str:
        """Return the label, which leads back to the reference; others get a link without text each."""
        label = escape(place.label)
        if not place.references:
            return f'<span class="label">{label}</span> '
        first, *others = (
            f"#{anchor}" if file == place.file else f"{file}#{anchor}" for file, anchor in place.references
        )
        made = f'<a class="label"{self._semantics("backlink")} href="{first}">{label}</a>'
        for count, href in enumerate(others, 2):
            made += f'<a class="backlink"{self._semantics("backlink")} href="{href}" aria-label="↩ {count}"></a>'
        return f"{made} "

    # --------------------------------------------------------------------------------------------- attributes

    def _attributes(self, block: Any, kind: str = "", *classes: str) -> str:
        """Return id, class, language, direction and meaning of a block."""
        made = self._used(block.id)
        role = class_name(block.role) if block.role else ""
        names = " ".join(filter(None, (*classes, role)))
        if names:
            made += f' class="{names}"'
        if kind:
            made += self._semantics(kind)
        if block.language or getattr(block, "direction", None):
            made += language_attributes(block.language, getattr(block, "direction", None))
        return made

    def _semantics(self, kind: str) -> str:
        role = f' role="doc-{kind}"'
        return f' epub:type="{kind}"{role}' if self.epub else role

    def _used(self, identifier: str) -> str:
        """Return the id attribute the first time that an id is used; a second one would not be valid."""
        if identifier in self._unused:
            self._unused.remove(identifier)
            return f' id="{identifier}"'
        return ""

    def _claim(self, wish: str) -> str:
        """Return an id like the wished one that nothing else in the document has."""
        anchor, number = wish, 1
        while anchor in self._taken:
            number += 1
            anchor = f"{wish}-{number}"
        self._taken.add(anchor)
        return anchor

    def _report_depth(self) -> None:
        if not self._too_deep:
            self.context.report(Finding.W005, limit=DEEPEST_HEADING)
            self._too_deep = True

    # Of the class, and not of its objects: bound methods in an object would keep it, and the document, alive.
    _BLOCKS: ClassVar[dict[type, Callable[[Any, Any, int], str]]] = {
        Paragraph: _paragraph,
        Section: _section,
        BlockQuote: _block_quote,
        Verse: _verse,
        List: _list,
        DefinitionList: _definition_list,
        Table: _table,
        Figure: _figure,
        SceneBreak: _scene_break,
        Preformatted: _preformatted,
    }


def _list_style(block: List) -> tuple[bool, str]:
    """Tell whether the browser can draw the markers as the source printed them, and the list's class."""
    markers = [item.marker for item in block.children]
    if block.ordered:
        numbers = [f"{number}." for number in range(block.start, block.start + len(markers))]
        return (True, "") if markers == numbers or not any(markers) else (False, "marked")
    if len(set(markers)) == 1 and markers[0] in _BULLETS:
        return True, _BULLETS[markers[0]]
    return False, "marked"


def _is_head(row: Row) -> bool:
    return bool(row.children) and all(cell.header for cell in row.children)


def title_line(section: Section) -> str:
    """Return a section's title as one line, without the labels of notes."""
    return line_of(text_of(section.title))
