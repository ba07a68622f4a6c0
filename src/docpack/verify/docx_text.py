"""Read the text of a .docx back: what Word prints, list markers and note numbers included.

It knows WordprocessingML, not the writer: it starts from the package's relations and generates what Word generates,
the markers of lists (from the numbering part) and the numbers of notes (by counting their references). Only two
conventions of ours are known here: a numbering named `unprinted` shows markers that the text does not have, and
paragraphs of the style "footnote text" in the body are notes that nothing refers to, whose ids are left free.

Spec:
    ISO/IEC 29500-1, sections 17.3 (paragraphs and runs), 17.4 (tables), 17.9 (numbering), 17.11 (footnotes).
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docpack.errors import InputError
from docpack.verify.reading import Reading
from docpack.xml_safety import MAX_BYTES, parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipFile

    from lxml.etree import _Element

__all__ = ["text_of_docx"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_AGAIN = "Write the file again."

# Text that is not printed in its place: pictures and their text boxes, deletions, and the formatting of former days.
_NOT_TEXT = (
    _ALTERNATE,
    *(_W + name for name in ("drawing", "pict", "object", "del", "moveFrom", "pPrChange", "rPrChange")),
)
_VAL = _W + "val"
_PARAGRAPH, _STYLE, _NUMBERING, _MARK_STYLE = (_W + name for name in ("p", "pStyle", "numPr", "rStyle"))
_TEXT, _TAB, _SYMBOL = (_W + name for name in ("t", "tab", "sym"))
_REFERENCE, _OWN_LABEL = (_W + name for name in ("footnoteReference", "footnoteRef"))
_CHARACTERS = {
    _W + "br": "\n",
    _W + "cr": "\n",
    _W + "noBreakHyphen": "\u2011",
    _W + "softHyphen": "\u00ad",
    _W + "ptab": "\t",
}
_WANTED = (_PARAGRAPH, _STYLE, _NUMBERING, _MARK_STYLE, _TEXT, _TAB, _SYMBOL, _REFERENCE, _OWN_LABEL, *_CHARACTERS)
_SYMBOLS = {0xF0B7: "•", 0xF0A7: "▪"}  # bullets of Word's own, in places of the fonts Symbol and Wingdings
_TRUE = ("1", "true", "on")


def text_of_docx(data: bytes) -> Reading:
    """Return the printed text of a .docx.

    A paragraph, a line of verse and a row of a table are a block each. Notes come in the order of their ids.

    Raises:
        InputError: The data is no .docx package, or a part of it is no XML or too large.
    """
    import io
    import struct
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _Reader(package).read()
    except (
        *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, ValueError),
        RuntimeError,  # it is encrypted
    ) as error:
        raise InputError(f"the .docx is no zip archive that can be read: {error}", hint=_AGAIN) from error


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of an abstract numbering."""

    number_format: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class _Lists:
    """The numberings of a document, and how far each has counted."""

    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)  # abstract numbering, level
    unprinted: set[str] = field(default_factory=set)
    abstract_of: dict[str, str] = field(default_factory=dict)
    overrides: dict[tuple[str, int], int] = field(default_factory=dict)  # numbering, level
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)

    def marker(self, number: str, level: int) -> str:
        """Return the marker of the next item of a list."""
        abstract = self.abstract_of.get(number)
        if abstract is None:
            return ""
        self._count(abstract, number, level)
        if abstract in self.unprinted:
            return ""
        rule = self.levels.get((abstract, level), _Level())
        if rule.number_format == "bullet":
            return rule.text.translate(_SYMBOLS)
        text = rule.text
        for each in range(level, -1, -1):
            if f"%{each + 1}" in text:
                text = text.replace(f"%{each + 1}", self._number(abstract, each))
        return text

    def _count(self, abstract: str, number: str, level: int) -> None:
        key = (abstract, level)
        start = self.levels.get(key, _Level()).start
        override = self.overrides.get((number, level))
        if override is not None and (number, level) not in self.begun:
            self.counts[key] = override
        else:
            self.counts[key] = self.counts.get(key, start - 1) + 1
        self.begun.add((number, level))
        for each in [each for each in self.counts if each[0] == abstract and each[1] > level]:
            del self.counts[each]

    def _number(self, abstract: str, level: int) -> str:
        rule = self.levels.get((abstract, level), _Level())
        return _formatted(self.counts.get((abstract, level), rule.start), rule.number_format)


@dataclass(slots=True)
class _Piece:
    """A paragraph, or a row of a table."""

    style: str = ""
    begins_with_mark: bool = False
    parts: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return its text, white space squeezed."""
        return " ".join("".join(self.parts).split())


class _Reader:
    """One reading of one package."""

    def __init__(self, package: ZipFile) -> None:
        self._package = package
        self._lists = _Lists()
        self._labels: dict[str, str] = {}
        self._counted = 0  # notes
        self._note_styles: set[str] = set()
        self._mark_styles: set[str] = set()

    def read(self) -> Reading:
        """Return the text of body and notes."""
        main = self._targets("", "officeDocument")
        if not main:
            raise InputError("the package names no main document", hint="Give a .docx file.")
        document = self._part(main[0])
        for target in self._targets(main[0], "styles"):
            self._read_styles(self._part(target))
        for target in self._targets(main[0], "numbering"):
            self._read_numbering(self._part(target))
        body = document.find(_W + "body")
        if body is None:
            raise InputError("the main document has no body", hint="Give a .docx file.")
        self._counted = self._first_note(body) - 1
        blocks, loose = self._body(body)
        notes: dict[int, str] = {}
        for target in self._targets(main[0], "footnotes"):
            notes |= self._footnotes(self._part(target))
        # A note has its place among all notes as its id; the notes in the body stand where numbers are missing.
        places = (place for place in range(1, len(notes) + len(loose) + 1) if place not in notes)
        notes |= zip(places, loose, strict=False)
        return Reading(tuple(blocks), tuple(text for _, text in sorted(notes.items())))

    # -------------------------------------------------------------------------------------------------- parts

    def _targets(self, source: str, kind: str) -> list[str]:
        """Return the parts to which a part (or the package, "") has a relation of a kind."""
        folder, name = posixpath.split(source)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path not in self._package.namelist():
            return []
        return [
            posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/")
            for each in self._part(path).iter(_RELATIONS)
            if each.get("Type") == _TYPES + kind and each.get("TargetMode") != "External"
        ]

    def _part(self, name: str) -> _Element:
        try:
            info = self._package.getinfo(name)
        except KeyError as error:
            raise InputError(f"the package lacks its part {name}", hint=_AGAIN) from error
        if info.file_size > MAX_BYTES:
            raise InputError(f"{name} has {info.file_size} bytes; the limit is {MAX_BYTES}", hint=_AGAIN)
        return parse_xml(self._package.read(info), what=name)

    def _read_styles(self, styles: _Element) -> None:
        for style in styles.iter(_W + "style"):
            name = style.find(_W + "name")
            said = (name.get(_W + "val") or "").lower() if name is not None else ""
            if said == "footnote text":
                self._note_styles.add(style.get(_W + "styleId", ""))
            elif said == "footnote reference":
                self._mark_styles.add(style.get(_W + "styleId", ""))

    def _read_numbering(self, numbering: _Element) -> None:
        for abstract in numbering.iterchildren(_W + "abstractNum"):
            identifier = abstract.get(_W + "abstractNumId", "")
            if _value(abstract, "name") == "unprinted":
                self._lists.unprinted.add(identifier)
            for level in abstract.iterchildren(_W + "lvl"):
                rule = _Level(
                    _value(level, "numFmt") or "decimal", _value(level, "lvlText"), _integer(_value(level, "start"), 1)
                )
                self._lists.levels[identifier, _integer(level.get(_W + "ilvl"), 0)] = rule
        for number in numbering.iterchildren(_W + "num"):
            identifier = number.get(_W + "numId", "")
            self._lists.abstract_of[identifier] = _value(number, "abstractNumId")
            for override in number.iterchildren(_W + "lvlOverride"):
                start = _value(override, "startOverride")
                if start:
                    key = (identifier, _integer(override.get(_W + "ilvl"), 0))
                    self._lists.overrides[key] = _integer(start, 1)

    # --------------------------------------------------------------------------------------------------- text

    def _body(self, body: _Element) -> tuple[list[str], list[str]]:
        """Return the blocks of the body, and the notes that stand in it."""
        blocks: list[str] = []
        loose: list[str] = []
        for piece in self._pieces(body, ""):
            text = piece.text()
            if piece.style in self._note_styles:
                if loose and not piece.begins_with_mark:
                    loose[-1] += f" {text}"
                else:
                    loose.append(text)
            elif text:
                blocks.append(text)
        return blocks, loose

    def _first_note(self, body: _Element) -> int:
        """Return the number that the first note gets: the section says it."""
        for properties in body.iterchildren(_W + "sectPr"):
            for notes in properties.iterchildren(_W + "footnotePr"):
                return _integer(_value(notes, "numStart"), 1)
        return 1

    def _footnotes(self, part: _Element) -> dict[int, str]:
        """Return the text of the notes by their ids."""
        notes = {}
        for note in part.iterchildren(_W + "footnote"):
            if note.get(_W + "type", "normal") == "normal":
                identifier = note.get(_W + "id", "")
                pieces = self._pieces(note, self._labels.get(identifier, ""))
                notes[_integer(identifier, 0)] = " ".join(text for piece in pieces if (text := piece.text()))
        return notes

    def _pieces(self, parent: _Element, own_label: str) -> Iterator[_Piece]:
        """Yield the paragraphs and rows below an element.

        One iteration over all of it: one for each paragraph takes four times as long.
        """
        from lxml import etree

        etree.strip_elements(parent, *_NOT_TEXT, with_tail=False)
        row_of = _rows(parent)
        piece = _Piece()
        within: _Element | None = None
        for element in parent.iter(*_WANTED):
            tag = element.tag
            if tag == _TEXT:
                piece.parts.append(element.text or "")
            elif tag == _PARAGRAPH:
                block = row_of.get(element, element)
                if block is within:
                    piece.parts.append("\t")
                    continue
                if within is not None:
                    yield piece
                piece, within = _Piece(), block
            elif tag == _STYLE:
                piece.style = element.get(_VAL, "")
            elif tag == _MARK_STYLE:
                piece.begins_with_mark |= not piece.parts and element.get(_VAL) in self._mark_styles
            else:
                piece.parts.append(self._rare(element, own_label))
        if within is not None:
            yield piece

    def _rare(self, element: _Element, own_label: str) -> str:
        """Return what an element prints that is neither text nor paragraph."""
        tag = element.tag
        if tag == _NUMBERING:
            marker = self._lists.marker(_value(element, "numId"), _integer(_value(element, "ilvl"), 0))
            return f"{marker}\t" if marker else ""
        if tag == _REFERENCE:
            return self._reference(element)
        if tag == _OWN_LABEL:
            return own_label
        if tag == _SYMBOL:
            return chr(_integer(element.get(_W + "char"), 0xFFFD, 16))
        if tag == _TAB:
            parent = element.getparent()  # a tab stop among the properties of a paragraph has the same name
            return "\t" if parent is not None and parent.tag == _W + "r" else ""
        return _CHARACTERS[tag]

    def _reference(self, element: _Element) -> str:
        """Return the number of a note, or nothing where a mark of its own follows as text."""
        if element.get(_W + "customMarkFollows") in _TRUE:
            return ""
        self._counted += 1
        label = str(self._counted)
        self._labels[element.get(_W + "id", "")] = label
        return label


def _rows(parent: _Element) -> dict[_Element, _Element]:
    """Return the row of each paragraph that stands in a table, the outer one in a table within a table."""
    row_of: dict[_Element, _Element] = {}
    for row in parent.iter(_W + "tr"):
        for paragraph in row.iter(_PARAGRAPH):
            row_of.setdefault(paragraph, row)
    return row_of


def _value(parent: _Element, name: str) -> str:
    """Return the `w:val` of a child, or nothing."""
    child = next(parent.iterchildren(_W + name), None)
    return (child.get(_VAL) or "") if child is not None else ""


def _integer(text: str | None, otherwise: int, base: int = 10) -> int:
    try:
        return int(text or "", base)
    except ValueError:
        return otherwise


def _formatted(value: int, number_format: str) -> str:
    """Return a number as Word prints it; formats not known here are printed in digits."""
    if number_format == "decimalZero":
        return f"{value:02d}"
    if number_format == "none":
        return ""
    if number_format.endswith("Letter") and value > 0:
        rounds, place = divmod(value - 1, 26)
        text = "abcdefghijklmnopqrstuvwxyz"[place] * (rounds + 1)
    elif number_format.endswith("Roman") and value > 0:
        text = _roman(value)
    else:
        return str(value)
    return text.upper() if number_format.startswith("upper") else text


def _roman(value: int) -> str:
    digits = (
        ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"),
        ("", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc"),
        ("", "c", "cc", "ccc", "cd", "d", "dc", "dcc", "dccc", "cm"),
    )
    thousands, rest = divmod(value, 1000)
    return "m" * thousands + digits[2][rest // 100] + digits[1][rest // 10 % 10] + digits[0][rest % 10]
