"""pandoc's own JSON: the document as pandoc holds it, so that pandoc can take it on to its sixty formats.

    docpack convert in.txt -t pandoc -o - | pandoc -f json -t rst

Spec: pandoc-types 1.23.1, `Text.Pandoc.Definition`. An element is `{"t": its constructor, "c": its arguments}`.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from docpack.metadata import identifier_uri
from docpack.model import (
    BlockQuote,
    Code,
    DefinitionList,
    Emphasis,
    Figure,
    Foreign,
    Identifier,
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
    SmallCaps,
    SourceBreak,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    Verse,
)
from docpack.numerals import roman_value
from docpack.plugins import Format, option
from docpack.walk import nodes, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from docpack.context import Context
    from docpack.model import Block, Contributor, Document, Inline, Metadata

__all__ = ["PandocWriter"]

Element: TypeAlias = dict[str, Any]

API_VERSION = [1, 23, 1]
INDENT = "\u00a0\u00a0\u00a0\u00a0"  # a step of a verse line; pandoc's own readers keep such blanks as no-break spaces

_WRAPPERS: dict[type, str] = {
    Emphasis: "Emph",
    Strong: "Strong",
    SmallCaps: "SmallCaps",
    Superscript: "Superscript",
    Subscript: "Subscript",
}
_BLANKS = re.compile(r"[ \t\r\n]+")
_MARKER = re.compile(r"(\(?)([0-9]+|[A-Za-z]+)([.)])")
_DELIMITERS = {("", "."): "Period", ("", ")"): "OneParen", ("(", ")"): "TwoParens"}
_NO_ATTRIBUTES: list[Any] = ["", [], []]

UNTITLED = "Untitled"
_AUTHORS = frozenset({"aut", "cre"})
# Spec: ONIX code list 5, which EPUB 3.3 (D.3.6) suggests for identifier-type, in pandoc's spelling.
_SCHEMES = frozenset({"isbn-10", "isbn-13", "doi", "urn"})


@dataclass(frozen=True, slots=True)
class PandocWriter:
    """Writes pandoc's JSON. pandoc numbers notes itself, so the labels of notes are not written."""

    format: ClassVar[Format] = Format(
        "pandoc", (".pandoc.json",), "application/json", "pandoc's JSON, for pandoc -f json"
    )

    ids: bool = option(False, "keep the id of every block, not only of those that links lead to", flag="--pandoc-ids")

    def write(self, document: Document, context: Context) -> bytes:
        """Return the document as UTF-8 JSON on one line, with a line end."""
        made = {
            "pandoc-api-version": API_VERSION,
            "meta": _meta(document),
            "blocks": _Maker(document, keeps_ids=self.ids).content(),
        }
        text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "backslashreplace") + b"\n"


# ------------------------------------------------------------------------------------------------------- metadata


def _meta(document: Document) -> Element:
    """Return the metadata under the names that pandoc's templates and its EPUB writer know; what is empty is left out.

    The title is always there, because an EPUB needs one; where the text prints it too, or nobody stated it, pandoc
    sets it above the text all the same. Lists of maps are read by the EPUB writer alone, which takes the first
    identifier for that of the book.
    """
    metadata = document.metadata
    source = (metadata.source_title, metadata.source_publisher, metadata.source_date)
    made = {
        "title": _text(metadata.title or UNTITLED),
        "subtitle": _text(metadata.subtitle),
        "author": _list(_text(each.name) for each in metadata.contributors if each.role in _AUTHORS),
        "creator": _creators(metadata),
        "contributor": _list(_person(each) for each in metadata.contributors if each.role not in _AUTHORS),
        "date": _text(metadata.date),
        "lang": _string(metadata.language or "und"),  # without one pandoc takes the machine's
        "dir": _string("rtl" if metadata.direction == "rtl" else ""),
        "page-progression-direction": _string("rtl" if metadata.direction == "rtl" else ""),
        "publisher": _text(metadata.publisher),
        "description": _text(metadata.description),
        "keywords": _list(map(_text, metadata.subjects)),
        "subject": _list(map(_text, metadata.subjects)),
        "identifier": _list(map(_identifier, (_own_identifier(document), *metadata.identifiers))),
        "source": _text(", ".join(filter(None, (*source, identifier_uri(metadata.source_identifier))))),
        "rights": _rights(metadata),
        "belongs-to-collection": _text(metadata.series),
        "group-position": _text(metadata.series_position if metadata.series else ""),
    }
    return {name: value for name, value in made.items() if value["c"]}


def _string(text: str) -> Element:
    return _element("MetaString", text)


def _text(text: str) -> Element:
    return _element("MetaInlines", _words(text.strip()))


def _list(values: Iterable[Element]) -> Element:
    return _element("MetaList", [value for value in values if value["c"]])


def _map(**values: str) -> Element:
    """Return a map, without what is empty; an underscore stands for the hyphen of a key."""
    return _element("MetaMap", {name.replace("_", "-"): _string(text) for name, text in values.items() if text})


def _creators(metadata: Metadata) -> Element:
    """Return the authors as EPUB wants them, if one is called so; else pandoc makes them of `author`, as authors."""
    authors = [each for each in metadata.contributors if each.role in _AUTHORS]
    return _list(map(_person, authors)) if any(each.role == "aut" for each in authors) else _list(())


def _person(contributor: Contributor) -> Element:
    name = contributor.name.strip()
    if not name:
        return _map()
    return _map(role=contributor.role, file_as=contributor.file_as, text=name)


def _own_identifier(document: Document) -> Identifier:
    """Return the identifier of the document; without one pandoc's EPUB writer draws a random number."""
    if document.metadata.identifier.value:
        return document.metadata.identifier
    from docpack.context import content_uuid
    from docpack.ledger import sha256_hex

    if document.source is not None and document.source.source.sha256:
        return Identifier(content_uuid(document.source.source.sha256), "uuid")
    from docpack.codec import encode

    return Identifier(content_uuid(sha256_hex(json.dumps(encode(document), sort_keys=True).encode())), "uuid")


def _identifier(identifier: Identifier) -> Element:
    """Return an identifier as a URI, with its scheme where EPUB has a code for it."""
    uri = identifier_uri(identifier).strip()
    if not uri:
        return _map()
    scheme = identifier.scheme.lower()
    if scheme == "isbn":
        scheme = "isbn-10" if len(uri) == len("urn:isbn:") + 10 else "isbn-13"
    return _map(scheme=scheme.upper() if scheme in _SCHEMES else "", text=uri)


def _rights(metadata: Metadata) -> Element:
    """Return the statement of rights and, as a link, where it is said in full."""
    uri = metadata.rights_uri.strip()
    words = _words(metadata.rights.strip())
    if not uri:
        return _element("MetaInlines", words)
    link = _element("Link", [_NO_ATTRIBUTES, [_element("Str", uri)], [uri, ""]])
    return _element("MetaInlines", [*words, *([_element("Space")] if words else []), link])


# --------------------------------------------------------------------------------------------------------- blocks


def _element(name: str, content: Any = None) -> Element:
    return {"t": name} if content is None else {"t": name, "c": content}


class _Maker:
    """One pass over a document."""

    def __init__(self, document: Document, *, keeps_ids: bool) -> None:
        self.document = document
        self.notes = {note.id: note for note in document.notes}
        self.media = {media.id: media for media in document.media}
        self.shown: set[str] = set()
        self.keeps_ids = keeps_ids
        self.targets = {node.href[1:] for node in nodes(document) if isinstance(node, Link) and node.href[:1] == "#"}
        self.makers: dict[type, Callable[[Any], list[Element]]] = {
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

    def content(self) -> list[Element]:
        """Return the text, and the notes that nothing in it refers to."""
        made = self._flat(self.document.children, 1)
        left = [note for note in self.document.notes if note.id not in self.shown]
        self.shown.update(note.id for note in left)
        return made + [block for note in left for block in self._left_note(note)]

    def _left_note(self, note: Note) -> list[Element]:
        made = self._nested(note.children)
        if not note.label:
            return made
        if made and made[0]["t"] == "Para":
            return [_element("Para", [_element("Str", note.label), _element("Space"), *made[0]["c"]]), *made[1:]]
        return [_element("Para", [_element("Str", note.label)]), *made]

    def _flat(self, blocks: Iterable[Block], level: int) -> list[Element]:
        """Return blocks, sections as a heading and what follows it; headings never skip a level."""
        made: list[Element] = []
        for block in blocks:
            if not isinstance(block, Section):
                made += self._block(block)
                continue
            inner: list[Element] = []
            attributes = self._attributes(block, own_id=not block.title)
            deeper = level
            if block.title:
                inner.append(_element("Header", [level, [block.id, [], []], self.inlines(block.title)]))
                deeper += 1
            inner += self._flat(block.children, deeper)
            made += _wrapped(inner, attributes)
        return made

    def _nested(self, blocks: Iterable[Block]) -> list[Element]:
        """Return the blocks of a block, in which the titles of sections are paragraphs."""
        made: list[Element] = []
        for block in blocks:
            if isinstance(block, Section):
                made += [_element("Para", self.inlines(block.title))] if block.title else []
                made += self._nested(block.children)
            else:
                made += self._block(block)
        return made

    def _block(self, block: Block) -> list[Element]:
        own = isinstance(block, Table | Figure | Preformatted)  # these have attributes of their own
        return _wrapped(self.makers[type(block)](block), _NO_ATTRIBUTES if own else self._attributes(block))

    def _attributes(self, block: Any, *, own_id: bool = True) -> list[Any]:
        """Return identifier, classes and key-value pairs of a block."""
        kept = own_id and block.id and (self.keeps_ids or block.id in self.targets)
        role = getattr(block, "role", "")
        pairs = []
        if getattr(block, "language", ""):
            pairs.append(["lang", block.language])
        if getattr(block, "direction", None):
            pairs.append(["dir", str(block.direction)])
        return [block.id if kept else "", [role] if role else [], pairs]

    def _paragraph(self, block: Paragraph) -> list[Element]:
        return [_element("Para", self.inlines(block.children))]

    def _block_quote(self, block: BlockQuote) -> list[Element]:
        return [_element("BlockQuote", self._nested(block.children))]

    def _verse(self, block: Verse) -> list[Element]:
        lines: list[list[Element]] = []
        for stanza in block.children:
            if lines:
                lines.append([])
            for line in stanza.children:
                indent = [_element("Str", INDENT * line.indent)] if line.indent else []
                lines.append(_merged(indent + self.inlines(line.children)))
        return [_element("LineBlock", lines)] if lines else []

    def _list(self, block: List) -> list[Element]:
        items = [self._anchored(item, self._nested(item.children)) for item in block.children]
        if not items:
            return []
        if all(len(item) <= 1 or _is_list(item[1:]) for item in items):
            items = [_tight(item) for item in items]
        attributes = _numbering(block)
        if attributes is not None:
            return [_element("OrderedList", [attributes, items])]
        if not block.ordered and all(_is_bullet(item.marker) for item in block.children):
            return [_element("BulletList", items)]
        # Markers that pandoc cannot count are said as they stand.
        literal = [
            each for item, made in zip(block.children, items, strict=True) for each in _with_marker(item.marker, made)
        ]
        return [_element("Div", [["", ["list"], []], literal])]

    def _anchored(self, item: Any, made: list[Element]) -> list[Element]:
        if item.id and (self.keeps_ids or item.id in self.targets):
            return [_element("Div", [[item.id, [], []], made])]
        return made

    def _definition_list(self, block: DefinitionList) -> list[Element]:
        items = []
        for definition in block.children:
            term = self.inlines(definition.term)
            if definition.id and (self.keeps_ids or definition.id in self.targets):
                term = [_element("Span", [[definition.id, [], []], term])]
            items.append([term, [_tight(self._nested(definition.children))]])
        return [_element("DefinitionList", items)] if items else []

    def _table(self, block: Table) -> list[Element]:
        width = max((len(row.children) for row in block.children), default=0)
        caption = [_element("Plain", self.inlines(block.caption))] if block.caption else []
        if not width:
            return [_element("Para", caption[0]["c"])] if caption else []
        head = 0
        while head < len(block.children) - 1 and block.children[head].children and _is_head(block.children[head]):
            head += 1
        rows = [self._row(row, width) for row in block.children]
        column = [_element("AlignDefault"), _element("ColWidthDefault")]
        body = [_NO_ATTRIBUTES, _row_heads(block.children[head:]), [], rows[head:]]
        attributes = [block.id, *self._attributes(block)[1:]]
        parts = [[None, caption], [column] * width, [_NO_ATTRIBUTES, rows[:head]], [body], [_NO_ATTRIBUTES, []]]
        return [_element("Table", [attributes, *parts])]

    def _row(self, row: Any, width: int) -> list[Any]:
        texts = [self.inlines(cell.children) for cell in row.children]
        texts += [[] for _ in range(width - len(texts))]
        align = _element("AlignDefault")
        return [
            _NO_ATTRIBUTES,
            [[_NO_ATTRIBUTES, align, 1, 1, [_element("Plain", text)] if text else []] for text in texts],
        ]

    def _figure(self, block: Figure) -> list[Element]:
        media = self.media[block.media]
        data = base64.b64encode(media.data).decode("ascii")
        target = [f"data:{media.media_type};base64,{data}", ""]
        image = _element("Image", [_NO_ATTRIBUTES, _words(block.alt), target])
        caption = [_element("Plain", self.inlines(block.caption))] if block.caption else []
        attributes = [block.id, *self._attributes(block)[1:]]
        return [_element("Figure", [attributes, [None, caption], [_element("Plain", [image])]])]

    def _scene_break(self, block: SceneBreak) -> list[Element]:
        return [_element("Para", _words(block.text)) if block.text.strip() else _element("HorizontalRule")]

    def _preformatted(self, block: Preformatted) -> list[Element]:
        return [_element("CodeBlock", [[block.id, *self._attributes(block)[1:]], block.text])]

    # -------------------------------------------------------------------------------------------------- inlines

    def inlines(self, inlines: Iterable[Inline]) -> list[Element]:
        """Return inlines; a blank inside a text is a Space, a line end of the source that reads as one a SoftBreak."""
        made: list[Element] = []
        for inline in inlines:
            if isinstance(inline, Text):
                made += _words(inline.text)
            elif isinstance(inline, SourceBreak):
                made += _break(inline.reading)
            else:
                made.append(self._inline(inline))
        return _merged(made)

    def _inline(self, inline: Any) -> Element:
        if isinstance(inline, LineBreak):
            return _element("LineBreak")
        if isinstance(inline, NoteRef):
            return self._note(inline)
        if isinstance(inline, Code):
            labels = {note.id: note.label for note in self.document.notes}
            return _element("Code", [_NO_ATTRIBUTES, text_of(inline.children, labels)])
        children = self.inlines(inline.children)
        if isinstance(inline, Link):
            return _element("Link", [_NO_ATTRIBUTES, children, [inline.href, ""]])
        if isinstance(inline, Foreign):
            pairs = [["lang", inline.language]] if inline.language else []
            pairs += [["dir", str(inline.direction)]] if inline.direction else []
            return _element("Span", [["", [], pairs], children])
        return _element(_WRAPPERS[type(inline)], children)

    def _note(self, inline: NoteRef) -> Element:
        """Return a note in the place of its first reference; later ones print its label."""
        note = self.notes[inline.note]
        if note.id in self.shown:
            return _element("Superscript", _words(note.label))
        self.shown.add(note.id)
        return _element("Note", self._nested(note.children))


def _words(text: str) -> list[Element]:
    """Return a text as words and spaces; other blanks, such as no-break spaces, are part of words."""
    made: list[Element] = []
    space = _element("Space")
    for i, word in enumerate(_BLANKS.split(text)):
        if i:
            made.append(space)
        if word:
            made.append({"t": "Str", "c": word})
    return made


def _break(reading: str) -> list[Element]:
    if reading == " ":
        return [_element("SoftBreak")]
    return _words(reading)


def _merged(inlines: list[Element]) -> list[Element]:
    """Put neighbouring words together, which a line end without a reading had parted."""
    made: list[Element] = []
    for inline in inlines:
        if made and inline["t"] == "Str" and made[-1]["t"] == "Str":
            made[-1] = _element("Str", made[-1]["c"] + inline["c"])
        else:
            made.append(inline)
    return made


def _wrapped(blocks: list[Element], attributes: list[Any]) -> list[Element]:
    """Return blocks in a Div if they have attributes, which most of pandoc's blocks cannot carry."""
    if blocks and any(attributes):
        return [_element("Div", [attributes, blocks])]
    return blocks


def _tight(blocks: list[Element]) -> list[Element]:
    return [_element("Plain", each["c"]) if each["t"] == "Para" else each for each in blocks]


def _is_list(blocks: list[Element]) -> bool:
    return all(each["t"] in ("BulletList", "OrderedList") for each in blocks)


def _with_marker(marker: str, blocks: list[Element]) -> list[Element]:
    if not marker:
        return blocks
    head = _words(marker)
    if blocks and blocks[0]["t"] in ("Para", "Plain"):
        return [_element("Para", [*head, _element("Space"), *blocks[0]["c"]]), *blocks[1:]]
    return [_element("Para", head), *blocks]


def _is_head(row: Any) -> bool:
    return all(cell.header for cell in row.children)


def _row_heads(rows: Sequence[Any]) -> int:
    """Return how many columns at the left are headers in every row."""
    counts = []
    for row in rows:
        count = 0
        while count < len(row.children) and row.children[count].header:
            count += 1
        counts.append(count)
    return min(counts, default=0)


# -------------------------------------------------------------------------------------------------------- markers


def _is_bullet(marker: str) -> bool:
    return len(marker) <= 1 and not marker.isalnum()


def _numbering(block: List) -> list[Any] | None:
    """Return start, style and delimiter of a list whose markers count, or None."""
    markers: list[ListItem] = list(block.children)
    if block.ordered and not any(item.marker for item in markers):
        return [block.start, _element("DefaultStyle"), _element("DefaultDelim")]
    parsed = [_MARKER.fullmatch(item.marker) for item in markers]
    if not all(parsed):
        return None
    matches = [match for match in parsed if match]
    delimiters = {(match[1], match[3]) for match in matches}
    if len(delimiters) > 1 or next(iter(delimiters)) not in _DELIMITERS:
        return None
    delimiter = _DELIMITERS[matches[0][1], matches[0][3]]
    for style, values in _readings([match[2] for match in matches]):
        if values[0] is not None and values == list(range(values[0], values[0] + len(values))):
            return [values[0], _element(style), _element(delimiter)]
    return None


def _readings(numerals: list[str]) -> Iterable[tuple[str, list[Any]]]:
    """Yield the ways to read numerals, the likeliest first: `i` begins Roman numerals, `c` goes on with letters."""
    yield "Decimal", [int(each) if each.isdecimal() else None for each in numerals]
    cases = (("Lower", str.islower, "i"), ("Upper", str.isupper, "I"))
    for case, is_case, one in cases:
        if all(map(is_case, numerals)):
            roman = (f"{case}Roman", [roman_value(each) or None for each in numerals])
            alpha = (f"{case}Alpha", [ord(each.lower()) - 96 if len(each) == 1 else None for each in numerals])
            yield from (roman, alpha) if numerals[0] == one else (alpha, roman)
