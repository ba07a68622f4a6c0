"""Blocks as paragraphs and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from docpack.findings import Code
from docpack.model import (
    BlockQuote,
    DefinitionList,
    Direction,
    Figure,
    List,
    Paragraph,
    Preformatted,
    SceneBreak,
    Section,
    Table,
    Verse,
)
from docpack.writers.docx.inlines import RunFormat
from docpack.writers.docx.markup import escape
from docpack.writers.docx.numbering import LEVELS, STEP, pattern_of
from docpack.writers.docx.tables import MOST_COLUMNS, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docpack.context import Context
    from docpack.model import Block, Inline, ListItem, Stanza
    from docpack.writers.docx.bookmarks import Bookmarks
    from docpack.writers.docx.inlines import InlineWriter
    from docpack.writers.docx.numbering import Numbering
    from docpack.writers.docx.pictures import Pictures

__all__ = ["HEADING_LEVELS", "BlockWriter", "Look", "Place"]

HEADING_LEVELS = 9  # as many as Word has

# How far the styles of our template are indented, in twentieths of a point: where a block stands inside another, its
# indentation is that of its style and that of its place.
_LEFT = {
    "BlockText": 567,
    "Epigraph": 2835,
    "Verse": 1191,
    "VerseStanza": 1191,
    "ListParagraph": 425,
    "Definition": 425,
}
_RIGHT = {"BlockText": 567}
_NOTE_STEP = 340
_VERSE_STEP = 340
_MARKER_WIDTH = 120  # of a character of 11.5 points, on the average of digits, brackets and letters
_FIRST_LINE = 340
_AFTER_TABLE = 240
_LIST_SPACING = 120

# What follows a paragraph of these styles, and only that, is indented: as in our EPUB and PDF.
_RUNNING_TEXT = frozenset({"FirstParagraph", "BodyText", "BlockText"})

_ROLE_STYLES = {
    "attribution": "Attribution",
    "byline": "Byline",
    "dateline": "Dateline",
    "salutation": "Salutation",
    "signature": "Signature",
    "signed": "Signature",
    "stage": "StageDirection",
}


class Place(NamedTuple):
    """Where a block stands. `left` and `right` are indentations, in twentieths of a point."""

    depth: int = 0  # of sections
    level: int = 0  # of lists
    left: int = 0
    right: int = 0
    style: str = ""  # of paragraphs; "" in running text
    form: RunFormat = RunFormat()
    in_note: bool = False


class Look(NamedTuple):
    """The formatting of a paragraph: its style, and what differs from it. Lengths as in `Place`."""

    style: str
    rtl: bool = False
    keep_next: bool = False
    page_break: bool = False
    number: tuple[int, int] | None = None  # w:numId, w:ilvl
    before: int | None = None
    after: int | None = None
    left: int | None = None
    right: int | None = None
    hanging: int | None = None
    first_line: int | None = None
    apart: bool = False  # keeps its distance from a paragraph of the same style


class BlockWriter:
    """Writes the blocks of one part, in one pass; the markup gathers in `parts`."""

    def __init__(
        self,
        inlines: InlineWriter,
        styles: Mapping[str, str],
        bookmarks: Bookmarks,
        numbering: Numbering,
        pictures: Pictures,
        context: Context,
    ) -> None:
        self.parts: list[str] = []
        self.deepest = 0  # of the headings
        self._inlines = inlines
        self._styles = styles
        self._bookmarks = bookmarks
        self._numbering = numbering
        self._pictures = pictures
        self._context = context
        # Deep nesting must leave room for text; Word's own limit is 31,680.
        self._widest_indentation = pictures.text_width * 2 // 3
        self._looks: dict[Look, str] = {}
        self._waiting: list[str] = []  # ids of sections, lists and quotes, for the paragraph they begin with
        self._fresh = True  # running text has not begun, or not again: its first paragraph has no indentation
        self._after_table = False
        self._after_list = False

    # ------------------------------------------------------------------------------------------- from outside

    def title(self, text: str, *, rtl: bool) -> None:
        """Write the document's title."""
        self.paragraph(Look("Title", rtl=rtl), self._inlines.text(text, RunFormat(rtl=rtl)))

    def chapters(self, blocks: tuple[Block, ...], place: Place) -> None:
        """Write the blocks of the document; if it has several chapters, each begins on a new page."""
        titled = [block for block in blocks if isinstance(block, Section) and block.title]
        for block in blocks:
            if isinstance(block, Section):
                self._section(block, place, page_break=len(titled) > 1 and bool(self.parts))
            else:
                self.block(block, place)

    def note(self, blocks: tuple[Block, ...], place: Place, identifier: str, label: str, *, automatic: bool) -> None:
        """Write a note: its first paragraph begins with its label, or with the number that Word counts."""
        first = blocks[0] if blocks and isinstance(blocks[0], Paragraph) else None
        form = self._inside(first, place).form if first else place.form
        mark = self._inlines.note_mark("<w:footnoteRef/>" if automatic else f"<w:t>{escape(label)}</w:t>", form)
        mark += self._inlines.text(" ", form) + self._bookmarks.around(identifier, "")
        content = self._inlines.write(first.children, form) if first else ""
        if first and first.id:
            content = self._bookmarks.around(first.id, content)
        # The bookmarks follow the mark: LibreOffice 7.4 drops those at the very beginning of a note.
        self.paragraph(Look(place.style, rtl=form.rtl), mark + content)
        self.blocks(blocks[1:] if first else blocks, place)
        self.close()

    def close(self) -> None:
        """End a text: a part, a cell and a note must not end in a table."""
        if self._after_table or self._waiting:
            self.paragraph(Look("TableText"), "")

    def paragraph(self, look: Look, content: str, identifier: str = "") -> None:
        """Write a paragraph with the bookmarks that wait for one."""
        if self._after_table:
            look = look._replace(before=_AFTER_TABLE)
            self._after_table = False
        self._after_list = False
        self._fresh = look.style not in _RUNNING_TEXT
        if identifier:
            content = self._bookmarks.around(identifier, content)
        self.parts.append(self._markup(look, content))

    def _markup(self, look: Look, content: str) -> str:
        """Return a `w:p`, beginning with the bookmarks that wait for one."""
        if self._waiting:
            points = "".join(self._bookmarks.around(each, "") for each in self._waiting)
            self._waiting.clear()
            content = points + content
        properties = self._looks.get(look)
        if properties is None:
            properties = self._looks[look] = self._properties(look)
        return f"<w:p>{properties}{content}</w:p>"

    # ------------------------------------------------------------------------------------------------- blocks

    def blocks(self, blocks: Iterable[Block], place: Place) -> None:
        """Write blocks one after the other."""
        for block in blocks:
            self.block(block, place)

    def block(self, block: Block, place: Place) -> None:  # noqa: C901 - a case for each kind of block
        """Write a block of any kind."""
        match block:
            case Paragraph():
                self._paragraph(block, place)
            case Section():
                self._section(block, place)
            case BlockQuote():
                self._quote(block, place)
            case Verse():
                self._verse(block, place)
            case List():
                self._list(block, place)
            case DefinitionList():
                self._definitions(block, place)
            case Table():
                self._table(block, place)
            case Figure():
                self._figure(block, place)
            case SceneBreak():
                self._scene_break(block, place)
            case Preformatted():
                self._preformatted(block, place)
            case _:
                assert_never(block)

    def _paragraph(self, block: Paragraph, place: Place) -> None:
        inner = self._inside(block, place)
        content = self._inlines.write(block.children, inner.form)
        role = _ROLE_STYLES.get(block.role, "")
        if role and not place.in_note:
            look = Look(role, rtl=inner.form.rtl)
        elif place.style:
            look = self._look(place.style, inner)
            if place.style == "BlockText" and not self._fresh:
                look = look._replace(first_line=_FIRST_LINE)
        else:
            look = self._look("FirstParagraph" if self._fresh else "BodyText", inner)
        self.paragraph(look, content, block.id)

    def _section(self, block: Section, place: Place, *, page_break: bool = False) -> None:
        if block.id:
            self._waiting.append(block.id)
        inner = self._inside(block, place)
        if block.title:
            inner = inner._replace(depth=place.depth + 1)
            self.deepest = max(self.deepest, inner.depth)
            self._heading(block.title, inner, page_break=page_break)
        self.blocks(block.children, inner)

    def _heading(self, title: tuple[Inline, ...], place: Place, *, page_break: bool) -> None:
        if place.in_note:
            form = place.form._replace(strong=True)
            self.paragraph(self._look(place.style, place), self._inlines.write(title, form))
            return
        style = f"Heading{min(place.depth, HEADING_LEVELS)}"
        look = Look(style, rtl=place.form.rtl, page_break=page_break)
        self.paragraph(look, self._inlines.write(title, place.form))

    def _quote(self, block: BlockQuote, place: Place) -> None:
        if block.id:
            self._waiting.append(block.id)
        inner = self._inside(block, place)
        if place.in_note:
            inner = inner._replace(left=place.left + _NOTE_STEP, right=place.right + _NOTE_STEP)
        elif block.role == "epigraph":
            inner = inner._replace(left=place.left + _LEFT["Epigraph"], style="Epigraph")
        else:
            left, right = place.left + _LEFT["BlockText"], place.right + _RIGHT["BlockText"]
            inner = inner._replace(left=left, right=right, style="BlockText")
        self._fresh = True
        self.blocks(block.children, inner)
        self._fresh = True

    def _verse(self, block: Verse, place: Place) -> None:
        if block.id:
            self._waiting.append(block.id)
        inner = self._inside(block, place)
        for number, stanza in enumerate(block.children, 1):
            self._stanza(stanza, inner, is_last=number == len(block.children))

    def _stanza(self, stanza: Stanza, place: Place, *, is_last: bool) -> None:
        for number, line in enumerate(stanza.children):
            style = self._style("Verse" if number else "VerseStanza", place)
            wanted = place.left + (_NOTE_STEP if place.in_note else _LEFT["Verse"]) + _VERSE_STEP * line.indent
            look = self._look(style, place._replace(left=wanted))
            if is_last and len(stanza.children) == 1:
                look = look._replace(after=200)  # as after the last line of a longer one, which has the style for it
            self.paragraph(look, self._inlines.write(line.children, place.form))

    def _definitions(self, block: DefinitionList, place: Place) -> None:
        if block.id:
            self._waiting.append(block.id)
        inner = self._inside(block, place)
        step = _NOTE_STEP if place.in_note else _LEFT["Definition"]
        for definition in block.children:
            if definition.id:
                self._waiting.append(definition.id)
            term = self._inlines.write(definition.term, inner.form)
            self.paragraph(self._look(self._style("DefinitionTerm", place), inner), term)
            below = inner._replace(left=place.left + step, style=self._style("Definition", place))
            self.blocks(definition.children, below)

    def _scene_break(self, block: SceneBreak, place: Place) -> None:
        content = self._lines(block.text, place.form)
        self.paragraph(Look("SceneBreak", rtl=place.form.rtl), content, block.id)

    def _preformatted(self, block: Preformatted, place: Place) -> None:
        form = RunFormat(language=block.language or place.form.language)
        look = Look("Preformatted", left=place.left or None)
        self.paragraph(look, self._lines(block.text, form), block.id)

    def _lines(self, text: str, form: RunFormat) -> str:
        lines = (self._inlines.text(line, form) for line in text.split("\n"))
        return self._inlines.line_break(form).join(lines)

    # -------------------------------------------------------------------------------------------------- lists

    def _list(self, block: List, place: Place) -> None:
        if block.id:
            self._waiting.append(block.id)
        inner = self._inside(block, place)
        markers = [item.marker for item in block.children]
        pattern = pattern_of(markers, ordered=block.ordered, start=block.start)
        width = max(STEP, _MARKER_WIDTH * (max(map(len, markers), default=0) + 1))
        number = None
        if pattern is not None and place.level < LEVELS:
            number = (self._numbering.number(pattern, place.level), place.level)
        style = self._style("ListParagraph", place)
        within = inner._replace(level=place.level + 1, left=place.left + width, style=style)
        apart = self._after_list and not place.level and not place.in_note
        for item in block.children:
            self._item(item, within, number, width, apart=apart)
            apart = False
        self._after_list = not place.level

    def _item(self, item: ListItem, place: Place, number: tuple[int, int] | None, width: int, *, apart: bool) -> None:
        """Write an item: the marker stands before its first paragraph, or alone where it begins with another block."""
        if item.id:
            self._waiting.append(item.id)
        blocks, content, identifier, form = item.children, "", "", place.form
        if blocks and isinstance(first := blocks[0], Paragraph):
            form = self._inside(first, place).form
            content = self._inlines.write(first.children, form)
            identifier, blocks = first.id, blocks[1:]
        right = place.right or None
        look = Look(place.style, rtl=form.rtl, left=place.left, right=right, hanging=width)
        if apart:
            look = look._replace(before=_LIST_SPACING, after=0, apart=True)
        if number is None and item.marker:
            content = self._inlines.text(item.marker, form) + self._inlines.tab(form) + content
        elif number is None:
            look = look._replace(hanging=None)
        else:
            look = look._replace(number=number)
            if number[1] == (place.left // STEP) - 1 and width == STEP and not place.right:
                look = look._replace(left=None, hanging=None)  # what the numbering says itself
        self.paragraph(look, content, identifier)
        self.blocks(blocks, place)

    # -------------------------------------------------------------------------------------- tables and pictures

    def _table(self, block: Table, place: Place) -> None:
        if block.id:
            self._waiting.append(block.id)
        inner = self._inside(block, place)
        if block.caption:
            caption = self._inlines.write(block.caption, inner.form)
            self.paragraph(Look("TableCaption", rtl=inner.form.rtl), caption)
        elif self._after_table:
            self.paragraph(Look("TableText", keep_next=True), "")  # or Word would make one table of the two
        columns = max((len(row.children) for row in block.children), default=0)
        if columns > MOST_COLUMNS:
            self._rows(block, inner)
        elif columns:
            self._grid(block, inner)

    def _rows(self, block: Table, place: Place) -> None:
        """Write a table that has too many columns for Word as a paragraph for each row, tabs between the cells."""
        instead = "paragraphs with tabs"
        self._context.report(Code.W001, format="docx", node=f"table of over {MOST_COLUMNS} columns", instead=instead)
        for row in block.children:
            cells = (self._inlines.write(cell.children, place.form) for cell in row.children)
            self.paragraph(Look("TableText", rtl=place.form.rtl), self._inlines.tab(place.form).join(cells))

    def _grid(self, block: Table, place: Place) -> None:
        left = min(place.left, self._widest_indentation)
        width = self._pictures.text_width - left - min(place.right, self._widest_indentation // 4)
        rtl = place.form.rtl

        def cell(inlines: tuple[Inline, ...], *, header: bool) -> str:
            style = "TableHeading" if header else "TableText"
            return self._markup(Look(style, rtl=rtl), self._inlines.write(inlines, place.form))

        self.parts.append(table(block, cell, self._styles["BookTable"], width, left, rtl=rtl))
        self._after_table = self._fresh = True

    def _figure(self, block: Figure, place: Place) -> None:
        inner = self._inside(block, place)
        drawing = self._pictures.drawing(block.media, block.alt, place.left + place.right)
        if drawing:
            look = Look("Figure", keep_next=bool(block.caption))
            self.paragraph(look, f"<w:r>{drawing}</w:r>", block.id)
        elif block.id:
            self._waiting.append(block.id)
        if block.caption:
            look = Look("Caption", rtl=inner.form.rtl)
            self.paragraph(look, self._inlines.write(block.caption, inner.form))

    # ------------------------------------------------------------------------------------------------ formatting

    def _inside(self, block: Block, place: Place) -> Place:
        """Return the place inside a block, with its language and direction."""
        language = getattr(block, "language", "")
        direction = getattr(block, "direction", None)
        if not language and direction is None:
            return place
        form = place.form
        if language:
            form = form._replace(language=language)
        if direction is not None:
            form = form._replace(rtl=direction is Direction.RTL)
        return place._replace(form=form)

    def _style(self, wanted: str, place: Place) -> str:
        """Return the style of a paragraph: in notes, all text is set in the size of notes."""
        return place.style if place.in_note else wanted

    def _look(self, style: str, place: Place) -> Look:
        """Return the look of a paragraph: its indentation is written only where its style does not say it."""
        left = None if place.left == _LEFT.get(style, 0) else place.left
        right = None if place.right == _RIGHT.get(style, 0) else place.right
        return Look(style, rtl=place.form.rtl, left=left, right=right)

    def _properties(self, look: Look) -> str:
        """Return the `w:pPr` of a look; the order of its children is the schema's."""
        parts = [f'<w:pStyle w:val="{escape(self._styles[look.style])}"/>']
        if look.keep_next:
            parts.append("<w:keepNext/>")
        if look.page_break:
            parts.append("<w:pageBreakBefore/>")
        if look.number:
            number, level = look.number
            parts.append(f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
        if look.rtl:
            parts.append("<w:bidi/>")
        parts.append(_lengths("spacing", before=look.before, after=look.after))
        left = None if look.left is None else min(look.left, self._widest_indentation)
        right = None if look.right is None else min(look.right, self._widest_indentation // 4)
        parts.append(_lengths("ind", left=left, right=right, hanging=look.hanging, firstLine=look.first_line))
        if look.apart:
            parts.append('<w:contextualSpacing w:val="0"/>')
        return f"<w:pPr>{''.join(parts)}</w:pPr>"


def _lengths(name: str, **lengths: int | None) -> str:
    said = "".join(f' w:{key}="{value}"' for key, value in lengths.items() if value is not None)
    return f"<w:{name}{said}/>" if said else ""
