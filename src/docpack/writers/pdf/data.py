"""The document as the data that a typst template sets: `doc.json`.

This is the contract between docpack and templates, its own and the user's (`--pdf-template`):

    {"docpack": 1,
     "options": {"paper": "a4", "toc": false, "arabic_fonts": [families of --font-dir...]},
     "metadata": {"title", "subtitle", "description", "authors": [...], "keywords": [...], "direction": "ltr"|"rtl",
                  "lang": LANG, "date": {"year", "month", "day"} | null, "date_text"},
     "printed_title": what to set above the text, or "",
     "running_title": what to set at the head of pages, or "",
     "book": whether chapters open pages,
     "characters": about how many the text has,
     "children": [BLOCK...],
     "notes": [{"type": "note", "id", "note", "label", "printed", "children": [BLOCK...]}...]  those without a reference}

    LANG    {"lang": "sr", "region": "RS", "script": "latn"}: arguments of typst's `text`; the last two may be missing
    BLOCK   heading (level 1..6, children, opener, running) · paragraph (children) · block_quote (children: [BLOCK])
            verse (children: [[{"indent", "first", "children"}...]...], stanzas of lines)
            list (ordered, tight, children: [{"marker", "printed", "children": [BLOCK]}...])
            definition_list (children: [{"term": [INLINE], "children": [BLOCK]}...])
            table (caption, columns: [0 for its own width, or its share...], head and body: rows of cells,
            [[{"header", "children"}...]...])
            figure (file, alt, caption) · scene_break (text) · preformatted (text) · anchor
    INLINE  a string, or an object: line_break · emphasis strong small_caps superscript subscript code foreign
            (children) · link (children, and href or target) · note_ref (note, label, printed, and children: [BLOCK]
            with the note's own id where the note is to stand, at its first reference) · page (id, label: the number
            of a page of the source, which begins here; it prints nothing)

Every object has a `type`; a block may have `id`, `role`, `lang` and `dir`. Sections are flat, as typst has them: a
heading, then its blocks. `printed` is false where the source had no marker or label and one is only shown. A note's
first block is always a paragraph. Pictures lie beside `doc.json` under the name `file`; a figure without one has a
picture that typst cannot read. Labels named as the ids become named destinations of the PDF; a page that begins with
a heading or paragraph needs none, since it is found at that block.
"""

from __future__ import annotations

import datetime
import json
import re
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING, Any

from docpack.findings import Code as Finding
from docpack.model import (
    BlockQuote,
    Code,
    Definition,
    DefinitionList,
    Direction,
    Emphasis,
    Figure,
    Foreign,
    LineBreak,
    Link,
    List,
    Note,
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
    TitleOrigin,
    Verse,
)
from docpack.walk import nodes, note_labels, printed_title, text_of
from docpack.writers.pdf.invisible import BYTE_ORDER_MARK, dropped, may_be_dropped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from docpack.context import Context
    from docpack.model import Block, Document, Inline, Media, Metadata

__all__ = ["document_files", "language_of"]

MAX_HEADING_LEVEL = 6  # PDF 1.7 has H1 to H6: ISO 32000-1, 14.8.4.3.2
# typst refuses more than 80 nested calls; a block in a block takes up to five of them, an inline in an inline two.
MAX_DEPTH = 8
MAX_INLINE_DEPTH = 10
MAX_RUNNING_CHARACTERS = 56  # fits a line of the narrowest page in letterspaced small capitals, twice over

# A text is set as a book, its chapters opening pages, from about 20 printed pages on, if they fill a few pages each.
MIN_BOOK_CHARACTERS = 40_000
MIN_CHAPTER_CHARACTERS = 4_000

_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_.-]+")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/svg+xml": "svg",
}
_WRAPPERS: dict[type, str] = {
    Emphasis: "emphasis",
    Strong: "strong",
    SmallCaps: "small_caps",
    Superscript: "superscript",
    Subscript: "subscript",
    Code: "code",
    Foreign: "foreign",
    Link: "link",
}


def document_files(
    document: Document, context: Context, options: dict[str, Any]
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return `doc.json` and the pictures beside it, by their names, and where names lead: to which label each."""
    maker = _Maker(document)
    content = maker.content()
    metadata = document.metadata
    running = metadata.title if metadata.title_origin is not TitleOrigin.NAME else ""
    data = {
        "docpack": 1,
        "options": options,
        "metadata": _metadata(metadata),
        "printed_title": printed_title(document),
        "running_title": _running(running),
        **content,
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if metadata.date and not _date(metadata.date):
        context.report(Finding.W008, date=repr(metadata.date), format="pdf")
    _report_left_out(text, content, context)
    maker.report(context)
    return {"doc.json": text.replace(BYTE_ORDER_MARK, "").encode("utf-8"), **maker.files}, maker.names


def _report_left_out(text: str, content: dict[str, Any], context: Context) -> None:
    lost = [BYTE_ORDER_MARK] * text.count(BYTE_ORDER_MARK)
    if may_be_dropped(text):
        lost += dropped(content["children"]) + dropped(content["notes"])
    if lost:
        context.report(Finding.W002, count=len(lost), format="pdf", first=f"U+{ord(lost[0]):04X}")


def _metadata(metadata: Metadata) -> dict[str, Any]:
    authors = [each.name for each in metadata.contributors if each.role in ("aut", "cre") and each.name]
    return {
        "title": " ".join(metadata.title.split()) or "Untitled",
        "subtitle": metadata.subtitle,
        "description": metadata.description or None,
        "authors": authors,
        "keywords": list(metadata.subjects),
        "direction": str(metadata.direction),
        "lang": language_of(metadata.language) or {"lang": "und"},
        "date": _date(metadata.date),
        "date_text": _date_text(metadata.date, metadata.language),
    }


def language_of(tag: str) -> dict[str, str] | None:
    """Return a BCP 47 tag as the arguments of typst's `text`, or None where it names no language.

    Spec: RFC 5646, section 2.1: language of 2 or 3 letters, script of 4, region of 2 (typst takes no digits).

    >>> language_of("zh-Hant-TW")
    {'lang': 'zh', 'script': 'hant', 'region': 'TW'}
    """
    match = re.fullmatch(
        r"([a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-([a-z]{4}))?(?:-([a-z]{2}))?(?:-.*)?", tag.strip().replace("_", "-").lower()
    )
    if not match:
        return None
    made = {"lang": match[1]}
    if match[2]:
        made["script"] = match[2]
    if match[3]:
        made["region"] = match[3].upper()
    return made


def _date(date: str) -> dict[str, int] | None:
    """Return a W3C date as the arguments of typst's `datetime`; what is not given is 1."""
    match = _DATE.fullmatch(date)
    if not match:
        return None
    try:
        day = datetime.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None
    return {"year": day.year, "month": day.month, "day": day.day}


def _date_text(date: str, language: str) -> str:
    """Return a date for a reader: in English with the month's name, elsewhere as it was given; "" for none."""
    known = _date(date)
    if not known:
        return ""
    if not re.match(r"en\b", language):
        return date
    words = [_MONTHS[known["month"] - 1]] if len(date) > len("YYYY") else []
    day = [str(known["day"])] if len(date) > len("YYYY-MM") else []
    return " ".join([*day, *words, date[:4]])


def _running(title: str) -> str:
    """Return a title short enough for the head of a page, cut between words."""
    title = " ".join(title.split())
    if len(title) <= MAX_RUNNING_CHARACTERS:
        return title
    cut = title[:MAX_RUNNING_CHARACTERS]
    return cut.rsplit(" ", 1)[0].rstrip(" ,;:.–—-") + "…"


class _Maker:
    """One pass over a document. It counts characters as it goes, to tell a book from an article."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.notes = {note.id: note for note in document.notes}
        self.shown: set[str] = set()  # notes that stand in the data already
        self.names: dict[str, str] = {}  # what leads to a place, and the label that stands there
        self.media = {media.id: media for media in document.media}
        self.files: dict[str, bytes] = {}
        self.characters = 0
        self.folded = 0
        self.flattened = 0
        self.turned = 0  # pages of the source that have begun
        self.capped = False
        self.unread: dict[str, str] = {}
        self.undescribed: dict[str, None] = {}
        self.depth = 0
        self.inline_depth = 0
        self.labels = note_labels(document.notes)
        self.makers: dict[type, Callable[[Any], Iterable[dict[str, Any]]]] = {
            Paragraph: self._paragraph,
            BlockQuote: self._block_quote,
            Verse: self._verse,
            List: self._list,
            DefinitionList: self._definition_list,
            Table: self._table,
            Figure: self._figure,
            SceneBreak: self._scene_break,
            Preformatted: self._preformatted,
        }

    @cached_property
    def ids(self) -> set[str]:
        """All ids of the document: where links may lead, and what new names must differ from."""
        return {node.id for node in nodes(self.document) if getattr(node, "id", "")}

    # ------------------------------------------------------------------------------------------------- the whole

    def content(self) -> dict[str, Any]:
        """Return the text and its notes."""
        children = list(self._flat(self.document.children, 1, "", None))
        left = []
        for note in self.document.notes:
            if note.id not in self.shown:
                self.shown.add(note.id)
                made = self._anchor("note", note.id)
                left.append({**made, "note": note.id, **self._label(note), "children": self._note(note)})
        book = _open_chapters(children, self.characters)
        return {"book": book, "characters": self.characters, "children": children, "notes": left}

    def report(self, context: Context) -> None:
        """Tell what could not be said in a PDF."""
        if self.capped:
            context.report(Finding.W005, limit=MAX_HEADING_LEVEL)
        if self.folded:
            context.report(Finding.W007, count=self.folded, limit=MAX_DEPTH)
        if self.flattened:
            context.report(Finding.W007, count=self.flattened, limit=MAX_INLINE_DEPTH)
        for media_type in self.unread.values():
            context.report(Finding.W001, format="pdf", node=f"picture of type {media_type}", instead="its description")
        for media in self.undescribed:
            context.report(Finding.W004, id=media)

    def _flat(
        self, blocks: Iterable[Block], level: int, language: str, direction: str | None
    ) -> Iterable[dict[str, Any]]:
        """Yield headings and blocks one after another; language and direction of a section go to its blocks."""
        for block in blocks:
            if not isinstance(block, Section):
                for made in self.makers[type(block)](block):
                    yield _spoken(made, getattr(block, "language", "") or language, _direction(block) or direction)
                continue
            spoken = (block.language or language, _direction(block) or direction)
            deeper = level
            if text_of(block.title).strip():
                yield _spoken(self._heading(block, level), *spoken)
                deeper += 1
            elif block.id:
                yield self._anchor("anchor", block.id)
            yield from self._flat(block.children, deeper, *spoken)

    def _nested(self, blocks: Iterable[Block]) -> list[dict[str, Any]]:
        """Return the blocks of a block; sections cannot stand there, so their titles become paragraphs."""
        made: list[dict[str, Any]] = []
        self.depth += 1
        for block in blocks:
            if isinstance(block, Section):
                title = [{"type": "paragraph", "children": self.inlines(block.title)}] if block.title else []
                made += [*title, *self._nested(block.children)]
            elif self.depth > MAX_DEPTH and isinstance(block, BlockQuote | List | DefinitionList):
                made += self._unnested(block)
            else:
                for each in self.makers[type(block)](block):
                    made.append(_spoken(each, getattr(block, "language", ""), _direction(block)))
        self.depth -= 1
        return made

    def _unnested(self, block: BlockQuote | List | DefinitionList) -> list[dict[str, Any]]:
        """Return the blocks of a container that would lie too deep, without it."""
        self.folded += 1
        if isinstance(block, BlockQuote):
            return self._nested(block.children)
        made: list[dict[str, Any]] = []
        for item in block.children:
            head = self.inlines(item.term) if isinstance(item, Definition) else [item.marker]
            if any(head):
                made.append({"type": "paragraph", "children": head})
            made += self._nested(item.children)
        return made

    def _anchor(self, kind: str, name: str) -> dict[str, Any]:
        """Return a new block; only the first of a name keeps it, since a link must lead to one place."""
        if not name or name in self.names:
            return {"type": kind}
        self.names[name] = name
        return {"type": kind, "id": name}

    def _page(self, number: str) -> list[dict[str, Any]]:
        """Return the place where a page of the source begins, under the id that EPUB gives it; none without a number.

        A number that two pages have is counted on, as are names that a block has already.
        """
        label = " ".join(number.split())
        if not label:
            return []
        self.turned += 1
        wish = f"page-{_NOT_IN_AN_ID.sub('-', label).strip('-') or self.turned}"
        name, count = wish, 1
        while name in self.names or name in self.ids:
            count += 1
            name = f"{wish}-{count}"
        return [{**self._anchor("page", name), "label": label}]

    def _begun(self, made: dict[str, Any], children: list[Any], pages: int) -> list[Any]:
        """Let pages that begin with a block lead to the block, and return its other inlines.

        So no heading holds a place, which a table of contents would hold once more, and few paragraphs do.
        """
        for page in children[:pages]:
            self.names[page["id"]] = made.setdefault("id", page["id"])
        return children[pages:] or [""]

    def _block(self, kind: str, block: Any) -> dict[str, Any]:
        made = self._anchor(kind, block.id)
        if getattr(block, "role", ""):
            made["role"] = block.role
        return made

    # --------------------------------------------------------------------------------------------------- blocks

    def _heading(self, section: Section, level: int) -> dict[str, Any]:
        if level > MAX_HEADING_LEVEL:
            self.capped = True
        made = self._block("heading", section)
        made["level"] = min(level, MAX_HEADING_LEVEL)
        made["running"] = _running(text_of(section.title))
        made["at"] = self.characters
        made["part"] = bool(section.children) and all(isinstance(each, Section) for each in section.children)
        children = sorted(self.inlines(section.title), key=_is_no_page)
        made["children"] = self._begun(made, children, sum(not _is_no_page(each) for each in children))
        return made

    def _paragraph(self, block: Paragraph) -> Iterable[dict[str, Any]]:
        made = self._block("paragraph", block)
        children = self.inlines(block.children)
        made["children"] = children if _is_no_page(children[0]) else self._begun(made, children, 1)
        yield made

    def _block_quote(self, block: BlockQuote) -> Iterable[dict[str, Any]]:
        made = self._block("block_quote", block)
        made["children"] = self._nested(block.children)
        yield made

    def _verse(self, block: Verse) -> Iterable[dict[str, Any]]:
        made = self._block("verse", block)
        made["children"] = [
            [
                {"indent": line.indent, "first": not i, "children": self.inlines(line.children)}
                for i, line in enumerate(stanza.children)
            ]
            for stanza in block.children
            if stanza.children
        ]
        yield made

    def _list(self, block: List) -> Iterable[dict[str, Any]]:
        made = self._block("list", block)
        items = []
        for i, item in enumerate(block.children):
            self.characters += len(item.marker)
            each = self._anchor("list_item", item.id)
            shown = item.marker or (f"{block.start + i}." if block.ordered else "•")
            each.update(marker=shown, printed=bool(item.marker), children=self._nested(item.children))
            items.append(each)
        if not items:
            return
        # One marker for all is a bullet list to PDF; anything else is shown item by item.
        made["ordered"] = block.ordered or len({(each["marker"], each["printed"]) for each in items}) > 1
        made["tight"] = all(len(each["children"]) <= 1 for each in items)
        made["children"] = items
        yield made

    def _definition_list(self, block: DefinitionList) -> Iterable[dict[str, Any]]:
        made = self._block("definition_list", block)
        made["children"] = []
        for definition in block.children:
            each = self._anchor("definition", definition.id)
            each.update(term=self.inlines(definition.term), children=self._nested(definition.children))
            made["children"].append(each)
        if made["children"]:
            yield made

    def _table(self, block: Table) -> Iterable[dict[str, Any]]:
        made = self._block("table", block)
        width = max((len(row.children) for row in block.children), default=0)
        rows = [
            [{"header": cell.header, "children": self.inlines(cell.children)} for cell in row.children]
            + [{"header": False, "children": [""]}] * (width - len(row.children))
            for row in block.children
        ]
        made["caption"] = self.inlines(block.caption) if block.caption else []
        if not width:
            if block.caption:
                yield {"type": "paragraph", "children": made["caption"]}
            return
        head = 0
        while head < len(block.children) and block.children[head].children and _all_headers(block.children[head]):
            head += 1
        head = head if head < len(rows) else 0  # a table of headers alone has no body they could head
        made.update(columns=_columns(block, width), head=rows[:head], body=rows[head:])
        yield made

    def _figure(self, block: Figure) -> Iterable[dict[str, Any]]:
        made = self._block("figure", block)
        made["alt"] = block.alt
        made["caption"] = self.inlines(block.caption) if block.caption else []
        name = self._file(self.media[block.media])
        if name:
            made["file"] = name
            if not block.alt and not block.caption:
                self.undescribed[block.media] = None
        elif not block.alt:
            if block.caption:
                yield {"type": "paragraph", "children": made["caption"]}
            return
        yield made

    def _scene_break(self, block: SceneBreak) -> Iterable[dict[str, Any]]:
        yield {**self._anchor("scene_break", block.id), "text": " ".join(block.text.split())}

    def _preformatted(self, block: Preformatted) -> Iterable[dict[str, Any]]:
        self.characters += len(block.text)
        yield {**self._block("preformatted", block), "text": block.text}

    def _file(self, media: Media) -> str:
        """Return the name under which typst finds a picture, or "" if it cannot read its type."""
        extension = _EXTENSIONS.get(media.media_type)
        if extension is None:
            self.unread[media.id] = media.media_type
            return ""
        name = f"media/{list(self.media).index(media.id) + 1}.{extension}"
        self.files[name] = media.data
        return name

    # -------------------------------------------------------------------------------------------------- inlines

    def inlines(self, inlines: Iterable[Inline]) -> list[Any]:
        """Return inlines as strings and objects; neighbouring texts and breaks of the source become one string."""
        made: list[Any] = []
        run: list[str] = []
        for inline in inlines:
            kind = type(inline)
            if kind is Text:
                run.append(inline.text)  # type: ignore[union-attr]  # kind is Text
                continue
            if kind is SourceBreak:
                run.append(inline.reading)  # type: ignore[union-attr]  # kind is SourceBreak
                if not inline.page:  # type: ignore[union-attr]  # as above
                    continue
            if text := "".join(run):
                made.append(text)
            run = []
            made += self._other(inline)
        if text := "".join(run):
            made.append(text)
        self.characters += sum(len(each) for each in made if type(each) is str)
        return made or [""]

    def _other(self, inline: Any) -> list[Any]:
        """Return an inline that is no text; what wraps others too deep is left out, its text is not."""
        if isinstance(inline, SourceBreak):
            return self._page(inline.page or "")
        if self.inline_depth < MAX_INLINE_DEPTH or type(inline) not in _WRAPPERS:
            return [self._inline(inline)]
        self.flattened += 1
        return self.inlines(inline.children)

    def _inline(self, inline: Any) -> Any:
        if isinstance(inline, LineBreak):
            return {"type": "line_break"}
        if isinstance(inline, NoteRef):
            return self._note_ref(inline)
        if isinstance(inline, Text | SourceBreak):
            raise AssertionError("texts are put together by the caller")
        made: dict[str, Any] = {"type": _WRAPPERS[type(inline)]}
        if isinstance(inline, Foreign):
            _spoken(made, inline.language, _unnatural(inline))
        elif isinstance(inline, Link):
            self._link(made, inline.href)
        self.inline_depth += 1
        made["children"] = self.inlines(inline.children)
        self.inline_depth -= 1
        return made

    def _link(self, made: dict[str, Any], href: str) -> None:
        """Let a link lead to its place; one that leads nowhere is set as plain text."""
        if href[:1] == "#" and href[1:] in self.ids:
            made["target"] = href[1:]
        elif href and href[0] != "#":
            made["href"] = href
        else:
            made["type"] = "foreign"

    def _note_ref(self, inline: NoteRef) -> dict[str, Any]:
        note = self.notes[inline.note]
        made: dict[str, Any] = {"type": "note_ref", "note": note.id, **self._label(note)}
        # A note that would lie too deep, in a chain of notes on notes, is left for the end of the text.
        if note.id not in self.shown and self.depth < MAX_DEPTH:
            self.shown.add(note.id)
            made.update(self._anchor("note_ref", note.id), children=self._note(note))
        return made

    def _note(self, note: Note) -> list[dict[str, Any]]:
        children = self._nested(note.children)
        if not children or children[0]["type"] != "paragraph":
            children.insert(0, {"type": "paragraph", "children": [""]})
        return children

    def _label(self, note: Note) -> dict[str, Any]:
        return {"label": self.labels[note.id], "printed": True}


def _is_no_page(inline: Any) -> bool:
    return type(inline) is str or inline["type"] != "page"


def _direction(block: Any) -> str | None:
    direction = getattr(block, "direction", None)
    return str(direction) if direction else None


def _unnatural(inline: Foreign) -> str | None:
    """Return the direction of a run if its characters do not have it anyway: typst marks it by invisible characters."""
    kinds = {unicodedata.bidirectional(each) for each in text_of(inline.children)} & {"L", "R", "AL"}
    natural = {"L": Direction.LTR, "R": Direction.RTL, "AL": Direction.RTL}
    if inline.direction is None or {natural[kind] for kind in kinds} == {inline.direction}:
        return None
    return str(inline.direction)


def _spoken(made: dict[str, Any], language: str, direction: str | None) -> dict[str, Any]:
    if language and (known := language_of(language)):
        made.setdefault("lang", known)
    if direction:
        made.setdefault("dir", direction)
    return made


def _all_headers(row: Any) -> bool:
    return all(cell.header for cell in row.children)


def _columns(table: Table, width: int) -> list[int]:
    """Return the columns' shares of the measure: 0 for each where all of them fit, else by their longest cells."""
    longest = [1] * width
    for row in table.children:
        for i, cell in enumerate(row.children):
            longest[i] = max(longest[i], len(text_of(cell.children)))
    if sum(longest) <= 56:  # characters that fit beside the cells' margins on the narrowest page but one
        return [0] * width
    return [min(max(each, 6), 60) for each in longest]


def _open_chapters(children: list[dict[str, Any]], characters: int) -> bool:
    """Let the chapters of a book open pages, and return whether this is one."""
    headings = [each for each in children if each["type"] == "heading"]
    chapters = [each for each in headings if each["level"] == 1]
    book = (
        len(chapters) > 1
        and characters >= MIN_BOOK_CHARACTERS
        and (characters - chapters[0]["at"]) / len(chapters) >= MIN_CHAPTER_CHARACTERS
    )
    in_part = False
    for heading in headings:
        level, part = heading["level"], heading.pop("part")
        del heading["at"]
        if level == 1:
            in_part = part
        heading["opener"] = book and (level == 1 or (level == 2 and in_part))
    return book
