"""What a reader of a TEI file reads: independent of the writer that it judges.

Spec:
    TEI P5: `choice` (3.5), `lb/@break` and `pc/@force` (3.2.2), `note` (3.9.1), `g` (5.3).
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from docpack.verify.reading import Reading
from docpack.xml_safety import MAX_BYTES, feed_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_tei"]

_NAMESPACE = "http://www.tei-c.org/ns/1.0}"
_TEI = (_NAMESPACE, "{" + _NAMESPACE)  # as expat names elements here, and as lxml does


class _Kind(Enum):
    """What an element does to the text round it; one that is not listed below does nothing."""

    UNREAD = auto()  # nobody reads its text
    BLOCK = auto()  # its text stands apart
    PART = auto()  # a line of a stanza, a cell of a row: apart by a blank
    LABEL = auto()  # stands before the block that follows
    LINE_END = auto()
    PUNCTUATION = auto()
    NOTE = auto()
    LIST = auto()


_KINDS = {
    tei + name: kind
    for kind, names in {
        _Kind.UNREAD: ("teiHeader", "fw", "orig", "sic", "figDesc", "standOff", "facsimile"),
        _Kind.BLOCK: (
            *("p", "ab", "head", "lg", "row", "item", "titlePart", "docAuthor", "quote", "epigraph", "sp", "stage"),
            *("byline", "dateline", "salute", "signed", "trailer", "closer", "opener", "argument", "postscript"),
            *("div", "table", "figure", "body", "back", "front"),
        ),
        _Kind.PART: ("l", "cell"),
        _Kind.LABEL: ("label",),
        _Kind.LINE_END: ("lb",),
        _Kind.PUNCTUATION: ("pc",),
        _Kind.NOTE: ("note",),
        _Kind.LIST: ("list",),
    }.items()
    for name in names
    for tei in _TEI
}


_kind_of = _KINDS.get
_LINE_END, _PUNCTUATION = _Kind.LINE_END, _Kind.PUNCTUATION


def read_tei(data: bytes) -> Reading:
    """Return what is read in a TEI file: its blocks, and its notes apart.

    Raises:
        InputError: It is no TEI file.
    """
    from docpack.errors import InputError

    reader = _read_fast(data)
    if reader is None:
        reader = _Reader()
        feed_xml(data, reader, what="the TEI file")
    if not reader.is_tei:
        raise InputError("this is no TEI file", hint="Its outermost element has to be TEI.")
    return Reading(tuple(reader.blocks), tuple(reader.notes))


def _read_fast(data: bytes) -> _Reader | None:
    """Return what expat reads, in half of lxml's time; None for whatever is not plain, which lxml then refuses in words."""
    from xml.parsers.expat import ExpatError, ParserCreate

    if len(data) > MAX_BYTES:
        return None
    reader = _Reader()
    parser = ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data, True)  # expat takes it by position only
    except (ExpatError, LookupError, ValueError):  # the latter two: encodings that expat does not know
        return None
    return reader


def _refuse(*_: object) -> None:
    raise ValueError("a document type declaration")


class _Reader:
    """Takes the parser's events and puts blocks together."""

    def __init__(self) -> None:
        self.is_tei: bool | None = None
        self.blocks: list[str] = []
        self.notes: list[str] = []
        self._texts: list[str] = []
        self._unread = 0  # how deep in an element that nobody reads, counted by its own name
        self._unread_tag = ""
        self._read = 0  # how many texts stood before it
        self._notes = 0  # how deep in notes
        self._note_at = 0  # how many texts stood before the outermost one
        self._is_gloss: list[bool] = []  # of the lists around
        self._is_labelled = False  # the text so far is the label of the block that begins
        self.data = self._texts.append  # unread text is taken out when its element ends: that is faster than to ask

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        kind = _kind_of(tag)
        if kind is _LINE_END:  # every second tag of an archival file
            # A line end parts words unless it says that it does not.
            if attributes.get("break") != "no":
                self.data(" ")
        elif kind is None:
            if self.is_tei is None:
                self.is_tei = tag.endswith(_NAMESPACE + "TEI")
        elif self._unread:
            self._unread += tag == self._unread_tag
        elif kind is _Kind.UNREAD or (kind is _Kind.PUNCTUATION and attributes.get("force") == "weak"):
            self._unread, self._unread_tag, self._read = 1, tag, len(self._texts)
        elif kind is not _Kind.PUNCTUATION:
            self._open(kind, attributes)

    def _open(self, kind: _Kind, attributes: Mapping[str, str]) -> None:
        if kind is _Kind.PART:
            self._texts.append(" ")
            return
        if kind is _Kind.NOTE:
            if not self._notes:
                self._note_at = len(self._texts)  # it may stand in the middle of a paragraph, which goes on after it
            self._notes += 1
            return
        self._border()
        if kind is _Kind.LIST:
            self._is_gloss.append(attributes.get("type") == "gloss")

    def end(self, tag: str) -> None:
        kind = _kind_of(tag)
        if kind is None or kind is _LINE_END:
            return
        if self._unread:
            self._unread -= tag == self._unread_tag
            if not self._unread:
                del self._texts[self._read :]
            return
        if kind is _PUNCTUATION:
            return
        if kind is _Kind.PART:
            self._texts.append(" ")
        elif kind is _Kind.LABEL and not (self._is_gloss and self._is_gloss[-1]):
            self._texts.append(" ")
            self._is_labelled = True
        else:
            self._close(kind)

    def _close(self, kind: _Kind) -> None:
        self._is_labelled = False
        if kind is _Kind.NOTE:
            self._notes -= 1
            if not self._notes:
                self._flush(self.notes, self._note_at)
            return
        if kind is _Kind.LIST:
            self._is_gloss.pop()
        self._border()

    def _border(self) -> None:
        """End the block before, unless it is the label of the one that begins."""
        if self._notes or self._is_labelled:
            self._texts.append(" ")
        else:
            self._flush(self.blocks)

    def _flush(self, into: list[str], start: int = 0) -> None:
        text = " ".join("".join(self._texts[start:]).split())
        del self._texts[start:]
        if text:
            into.append(text)
