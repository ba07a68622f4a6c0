"""What a reader of a TEI file reads: independent of the writer that it judges.

Spec:
    TEI P5: `choice` (3.5), `lb/@break` and `pc/@force` (3.2.2), `note` (3.9.1), `g` (5.3).
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from docpack.verify.reading import Reading
from docpack.xml_safety import feed_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_tei"]

_TEI = "{http://www.tei-c.org/ns/1.0}"


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
    _TEI + name: kind
    for kind, names in {
        _Kind.UNREAD: ("teiHeader", "fw", "orig", "sic", "figDesc", "standOff"),
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
}


def read_tei(data: bytes) -> Reading:
    """Return what is read in a TEI file: its blocks, and its notes apart.

    Raises:
        InputError: It is no TEI file.
    """
    from docpack.errors import InputError

    reader = _Reader()
    feed_xml(data, reader, what="the TEI file")
    if not reader.is_tei:
        raise InputError("this is no TEI file", hint="Its outermost element has to be TEI.")
    return Reading(tuple(reader.blocks), tuple(reader.notes))


class _Reader:
    """Takes the parser's events and puts blocks together."""

    def __init__(self) -> None:
        self.is_tei: bool | None = None
        self.blocks: list[str] = []
        self.notes: list[str] = []
        self._texts: list[str] = []
        self._unread = 0  # how deep in an element that nobody reads
        self._read = 0  # how many texts stood before it
        self._notes = 0  # how deep in notes
        self._note_at = 0  # how many texts stood before the outermost one
        self._is_gloss: list[bool] = []  # of the lists around
        self._is_labelled = False  # the text so far is the label of the block that begins
        self.data = self._texts.append  # unread text is taken out when its element ends: that is faster than to ask

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._unread:
            self._unread += 1
            return
        kind = _KINDS.get(tag)
        if kind is None:
            if self.is_tei is None:
                self.is_tei = tag == _TEI + "TEI"
        elif kind is _Kind.LINE_END:
            # A line end parts words unless it says that it does not.
            if attributes.get("break") != "no":
                self._texts.append(" ")
        elif kind is _Kind.UNREAD or (kind is _Kind.PUNCTUATION and attributes.get("force") == "weak"):
            self._unread, self._read = 1, len(self._texts)
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
        if self._unread:
            self._unread -= 1
            if not self._unread:
                del self._texts[self._read :]
            return
        kind = _KINDS.get(tag)
        if kind is None or kind is _Kind.LINE_END or kind is _Kind.PUNCTUATION:
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
