"""Read the text of an EPUB back, as somebody sees it who opens the book.

This shares no code with the writer it judges: the zip, the package and the pages are read with Python's own
`zipfile` and expat, and what is printed is decided from HTML's element names and EPUB's attributes alone.
Expat reads as a stream, so that a paragraph of any length is read; entities are refused before they are
expanded.

Spec:
    EPUB 3.3, sections 4 (OCF), 5 (package document) and 6 (XHTML content documents).
"""

from __future__ import annotations

import io
import posixpath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from docpack.errors import VerificationError
from docpack.verify.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from zipfile import ZipFile

__all__ = ["text_of_epub", "text_of_page"]

MAX_SIZE_BYTES = 1 << 30  # of all files together, unpacked: 300 times the text of a long book

_EPUB_TYPE = "http://www.idpf.org/2007/ops type"
_CONTAINER = "META-INF/container.xml"
_HINT = "Write it again; if that does not help, report it with the file attached."

_HTML = "http://www.w3.org/1999/xhtml "  # expat parts a name from its namespace by the blank


def _names(names: str) -> frozenset[str]:
    return frozenset(_HTML + name for name in names.split())


# Elements before and after which a block of text ends. A table's row is one block, so its cells are none.
_BLOCKS = _names(
    "address article aside blockquote body caption dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr"
    " html li main ol p pre section table tbody tfoot thead tr ul"
)
_ITEM = f"{_HTML}li"
_LISTS = _names("ol ul")
_ORDERED = f"{_HTML}ol"
_LINK = f"{_HTML}a"
_BULLETS = "•◦▪"  # what reading systems draw for lists, lists within lists, and so on: HTML, 15.3.8
_ARROWS = frozenset("↩↵⏎⤴↑\ufe0e\ufe0f")  # what other programs print for a link that leads back from a note
_SPACED = _names("br td th")  # these part words, but no blocks
_SILENT = _names("head nav script style template")


def text_of_epub(data: bytes, *, drawn: bool = False) -> Reading:
    """Return what an EPUB prints: the files of the spine in their order, without the navigation document.

    Args:
        data: The EPUB.
        drawn: Whether list markers count that stand nowhere in the file, and that the reading system draws.

    Raises:
        VerificationError: It is no EPUB that can be read, or larger than any book.
    """
    import struct
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_size(archive)
            blocks: list[str] = []
            notes: list[str] = []
            bare: set[int] = set()
            for name in _spine(archive):
                reading = text_of_page(archive.read(name), name, drawn=drawn)
                bare.update(len(notes) + place for place in reading.bare)
                blocks += reading.blocks
                notes += reading.notes
            return Reading(tuple(blocks), tuple(notes), frozenset(bare))
    except KeyError as error:
        raise VerificationError(f"the EPUB lacks a file that it names: {error.args[0]}", hint=_HINT) from error
    except (
        *(zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError, OSError),
        ValueError,
    ) as error:
        raise VerificationError(f"the EPUB is no zip archive that can be read: {error}", hint=_HINT) from error


def text_of_page(data: bytes, name: str = "the page", *, drawn: bool = False) -> Reading:
    """Return what a page of XHTML prints; a page of HTML, if it is well-formed XML as well.

    Args:
        data: The page.
        name: What to call it in an error.
        drawn: As in `text_of_epub`.

    Raises:
        VerificationError: It is not well-formed, or declares entities.
    """
    page = _Page(drawn=drawn)
    _parse(data, name, page.start, page.end, page.text)
    page.flush()
    return Reading(tuple(page.blocks), tuple(page.notes), frozenset(page.bare))


class _Page:
    """What has been read of one page."""

    def __init__(self, *, drawn: bool = False) -> None:
        self.blocks: list[str] = []
        self.notes: list[str] = []
        self.bare: list[int] = []
        self._run: list[str] = []  # the texts of the block that is being read
        self._marker = ""  # that of a list item whose first block has not come yet
        self._silent = 0  # how many elements are open since one whose text is not printed
        self._note: list[str] | None = None  # the blocks of the note that is being read
        self._note_depth = 0  # how many elements are open since the note
        self._is_bare = False  # whether that note has shown neither a label nor a link back
        self._link_at: int | None = None  # how many texts stood before the link back that is being read
        self._lists: list[_List] | None = [] if drawn else None

    def start(self, element: str, attributes: dict[str, str]) -> None:
        if self._silent or element in _SILENT or "hidden" in attributes:
            self._silent += 1
            return
        if element in _BLOCKS:
            self.flush()
            if element == _ITEM:
                self._set_marker(attributes.get("data-marker") or self._drawn_marker(attributes))
            elif self._lists is not None and element in _LISTS:
                self._lists.append(_List(attributes, ordered=element == _ORDERED))
        elif element in _SPACED:
            self._run.append(" ")
        elif element == _LINK and attributes:
            self._link(attributes)
        if self._note_depth:
            self._note_depth += 1
            self._is_bare = self._is_bare and "label" not in attributes.get("class", "").split()
        elif attributes and _is_note(attributes):
            self._note, self._note_depth, self._is_bare = [], 1, True

    def end(self, element: str) -> None:
        if self._silent:
            self._silent -= 1
            return
        if element in _BLOCKS:
            self.flush()
            if element == _ITEM:
                self._set_marker("")
            elif self._lists and element in _LISTS:
                self._lists.pop()
        elif self._link_at is not None and element == _LINK:
            self._end_link()
        if self._note_depth:
            self._note_depth -= 1
            if not self._note_depth and self._note is not None:
                if self._is_bare:
                    self.bare.append(len(self.notes))
                self.notes.append(" ".join(self._note))
                self._note = None

    def text(self, text: str) -> None:
        if not self._silent:
            self._run.append(text)

    def flush(self) -> None:
        """End the block that is being read."""
        if not self._run:
            return
        block = " ".join("".join(self._run).split())
        self._run.clear()
        if block:
            self._add(f"{self._marker} {block}" if self._marker else block)
            self._marker = ""

    def _link(self, attributes: dict[str, str]) -> None:
        """Remember where a link begins that leads back from a note."""
        names = " ".join(attributes.get(each, "") for each in ("role", _EPUB_TYPE, "class")).lower()
        target = attributes.get("href", "").partition("#")[2]
        if "backlink" in names or "footnote-back" in names or target.startswith("fnref"):
            self._is_bare, self._link_at = False, len(self._run)

    def _end_link(self) -> None:
        """Take out a link's text if it is nothing but an arrow."""
        if _ARROWS.issuperset("".join(self._run[self._link_at :]).strip()):
            del self._run[self._link_at :]
        self._link_at = None

    def _drawn_marker(self, attributes: dict[str, str]) -> str:
        if not self._lists:
            return ""
        innermost = self._lists[-1]
        if not innermost.ordered:
            depth = sum(not each.ordered for each in self._lists)
            return _BULLETS[min(depth, len(_BULLETS)) - 1]
        return innermost.next(attributes.get("value", ""))

    def _set_marker(self, marker: str) -> None:
        """Keep an item's marker for its first block; one that is still kept had no block to stand with."""
        if self._marker:
            self._add(self._marker)
        self._marker = " ".join(marker.split())

    def _add(self, block: str) -> None:
        (self.blocks if self._note is None else self._note).append(block)


class _List:
    """A list whose markers the reading system draws. Spec: HTML, 4.4.5 and 4.4.8."""

    def __init__(self, attributes: dict[str, str], *, ordered: bool) -> None:
        self.ordered = ordered
        self._kind = attributes.get("type", "1")
        self._next = _integer(attributes.get("start", ""), 1)

    def next(self, value: str) -> str:
        """Return the marker of the next item, which may state its own number."""
        number = _integer(value, self._next)
        self._next = number + 1
        return f"{_numeral(number, self._kind)}."


def _integer(text: str, otherwise: int) -> int:
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 10 else otherwise


def _numeral(number: int, kind: str) -> str:
    """Return a number as HTML's `type` of a list asks for it."""
    made = ""
    if kind in ("a", "A") and number > 0:
        while number > 0:
            number, digit = divmod(number - 1, 26)
            made = chr(ord(kind) + digit) + made
    elif kind in ("i", "I") and 0 < number < 4000:
        for value, sign in _ROMAN:
            made += sign * (number // value)
            number %= value
        made = made if kind == "i" else made.upper()
    return made or str(number)


_ROMAN = tuple(
    zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "m cm d cd c xc l xl x ix v iv i".split(), strict=True)
)


def _is_note(attributes: dict[str, str]) -> bool:
    kinds = f"{attributes.get(_EPUB_TYPE, '')} {attributes.get('role', '')}".split()
    return "footnote" in kinds or "doc-footnote" in kinds


# ------------------------------------------------------------------------------------------------ the package


def _check_size(archive: ZipFile) -> None:
    size = sum(info.file_size for info in archive.infolist())  # zipfile never unpacks more than an entry claims
    if size > MAX_SIZE_BYTES:
        raise VerificationError(f"the EPUB would unpack to {size} bytes, more than {MAX_SIZE_BYTES}", hint=_HINT)


def _spine(archive: ZipFile) -> list[str]:
    """Return the names of the pages in reading order."""
    found: list[str] = []

    def container(element: str, attributes: dict[str, str]) -> None:
        if element.endswith(" rootfile"):
            found.append(attributes.get("full-path", ""))

    _parse(archive.read(_CONTAINER), _CONTAINER, container)
    if not found:
        raise VerificationError("the EPUB's container names no package", hint=_HINT)
    package, items, order = found[0], dict[str, str](), list[str]()

    def line(element: str, attributes: dict[str, str]) -> None:
        name = element.rpartition(" ")[2]
        is_page = attributes.get("media-type") == "application/xhtml+xml"
        if name == "item" and is_page and "nav" not in attributes.get("properties", "").split():
            items[attributes.get("id", "")] = unquote(attributes.get("href", ""))
        elif name == "itemref":
            order.append(attributes.get("idref", ""))

    _parse(archive.read(package), package, line)
    if len(set(order)) < len(order):
        raise VerificationError("the spine names a document twice", hint=_HINT)
    folder = posixpath.dirname(package)
    return [posixpath.normpath(posixpath.join(folder, items[each])) for each in order if each in items]


def _parse(
    data: bytes,
    name: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Send the events of an XML file to the handlers."""
    from xml.parsers.expat import ExpatError, ParserCreate

    def refuse(*_declaration: Any) -> None:
        raise VerificationError(f"{name} declares or uses an entity of its own", hint=_HINT)

    def skipped(entity: str, *_is_parameter: Any) -> None:
        # XHTML 1.1 names its characters in a document type that nobody fetches; they are those of HTML.
        from html.entities import html5

        if f"{entity};" not in html5:
            refuse()
        if text:
            text(html5[f"{entity};"])

    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = refuse
    parser.SkippedEntityHandler = skipped
    try:
        parser.Parse(data, True)  # expat takes it by position only
    except ExpatError as error:
        raise VerificationError(f"{name} is not well-formed: {error}", hint=_HINT) from error
