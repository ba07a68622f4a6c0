r"""Read the text of a tagged PDF back, as somebody hears it whose screen reader reads it aloud.

This shares no code with the writer it judges. pypdf reads objects and streams; what is printed, and in which order, is
decided from the structure tree alone. So running heads and folios, which are artifacts, are no text.

How it works: the structure tree is walked in reading order. Its leaves are marked-content identifiers (MCID), counted
from 0 on each page; the page's content is interpreted once, as far as text needs it, and gives the text of each MCID.
Glyph codes become text through the fonts' ToUnicode maps. A line end within a paragraph is a move to another
baseline; it reads as a blank, but for one after a hyphen that only the line end had put there: PDF marks it as a span
whose ActualText is U+00AD.

Spec:
    ISO 32000-1 (PDF 1.7): 9.4 (text objects), 9.10 (extraction of text), 14.6 (marked content), 14.7 (structure),
    14.8.4 (standard structure types), 14.9.4 (ActualText).
"""

from __future__ import annotations

import io
import re
import unicodedata
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from docpack.errors import VerificationError
from docpack.verify.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["text_of_pdf"]

_HINT = "Write it again; if that does not help, report it with the file attached."

_BLOCKS = frozenset(
    "/Art /BlockQuote /Caption /Div /Document /Figure /H /H1 /H2 /H3 /H4 /H5 /H6 /L /LI /P /Part /Sect /TR /Table"
    " /TBody /TFoot /THead /Title".split()
)
_CELLS = frozenset({"/TD", "/TH"})
_SILENT = frozenset({"/TOC", "/Artifact", "/Formula"})
_SOFT_HYPHEN, _LINE_END = "\u00ad", "\n"
MAX_PAGE_BYTES = 8_000_000  # of a page's content, a hundred times that of a page full of small print
MAX_CHARACTERS = 100_000_000  # 30 times a long book; a file can name the same text any number of times
LINE_SHARE = 0.8  # of the type's size: lines are at least 1.1 apart, sub- and superscripts at most 0.6


def _strings(depth: int) -> bytes:
    """Return the pattern of a string with parentheses in it, which need no escape where they are balanced (7.3.4.2)."""
    inner = rb"[^()\\]|\\." + (b"|" + _strings(depth - 1) if depth else b"")
    return rb"\((?:" + inner + rb")*+\)"


# One token of a content stream (ISO 32000-1, 7.2, 7.8): string, hexadecimal string, name, bracket, number, operator.
_TOKEN = re.compile(
    _strings(depth=30) + rb"|<<|>>|<[0-9A-Fa-f\s]*>|/[^\s()<>\[\]{}/%]*|[\[\]]"
    rb"|[-+.0-9]+|[A-Za-z'\"*][A-Za-z0-9'\"*]*",
    re.DOTALL,
)

_FIRST_WITHOUT_BLANKS = (
    "\u0e00"  # Thai; from here on scripts, Han and kana among them, may part letters at a line's end
)
_ADDRESS = re.compile(r"://|\bwww\.")
_NEVER_BEFORE_A_BREAK = frozenset(".,:;'’")  # classes IS and QU, before a letter or digit

# A character of a string: an escape, or itself (7.3.4.2). The table holds all escapes, so that a book's millions of
# characters cost no function call each.
_ATOM = re.compile(rb"\\[0-7]{1,3}|\\\r\n|\\.|[^\\]+", re.DOTALL)
_ATOMS = {
    b"\\\r\n": b"",
    **{b"\\" + bytes([code]): bytes([code]) for code in range(256)},
    **{
        b"\\%s" % octal: bytes([int(octal, 8) & 0xFF])
        for n in (1, 2, 3)
        for octal in (b"%0*o" % (n, i) for i in range(8**n))
    },
    **{
        b"\\" + name: text
        for name, text in zip(
            b"n r t b f \r \n".split(b" "), (b"\n", b"\r", b"\t", b"\b", b"\f", b"", b""), strict=True
        )
    },
}
_CMAP = re.compile(rb"beginbf(char|range)(.*?)endbf", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])")


def text_of_pdf(data: bytes, *, line_ends: bool = False) -> Reading:
    """Return what a tagged PDF prints: its structure tree in reading order, notes apart.

    The authors and the date that stand beside a title are not part of the text, nor is a table of contents.
    Pointed Hebrew and other scripts whose marks a font reorders may come in another order than they were written.

    Args:
        data: The PDF.
        line_ends: Whether a printed line end stays a line feed where nothing tells if a blank stood there: beside a
            hyphen, a dash, a slash, or between characters of a script that has no blanks.

    Raises:
        VerificationError: It is no PDF that can be read, or has no structure tree.
    """
    import struct
    import zlib

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        root = _value(reader.trailer["/Root"])
        if "/StructTreeRoot" not in root:
            raise VerificationError("the PDF is not tagged, so the order of its text is not known", hint=_HINT)
        walk = _Walk(line_ends=line_ends)
        walk.element(_value(root["/StructTreeRoot"]), None)
    except (
        PyPdfError,
        ArithmeticError,
        AssertionError,
        AttributeError,
        LookupError,
        OSError,
        RuntimeError,
        TypeError,
        ValueError,
        struct.error,
        zlib.error,
    ) as error:
        reason = str(error) if isinstance(error, PyPdfError) else "it is damaged"
        raise VerificationError(f"the PDF cannot be read: {reason}", hint=_HINT) from error
    walk.flush()
    return Reading(tuple(walk.blocks), tuple(walk.notes))


def _value(thing: Any) -> Any:
    """Return what an indirect reference leads to."""
    return thing.get_object() if hasattr(thing, "get_object") else thing


class _Walk:
    """What has been read of the structure tree."""

    def __init__(self, *, line_ends: bool = False) -> None:
        self.blocks: list[str] = []
        self.notes: list[str] = []
        self._joined = _joined_with_line_ends if line_ends else _joined
        self._seen: set[int] = set()  # the numbers of the elements that have been read
        self._characters = 0
        self._run: list[str] = []  # the texts of the block that is being read
        self._marker = False  # whether the run is only the marker of a list item, which its first block joins
        self._unlabelled = False  # whether the label of the note that is being read has not come yet
        self._inline = 0  # how many elements are open since one that reads as a single block
        self._pages: dict[int, dict[int, str]] = {}
        self._fonts: dict[int, _Font] = {}

    def flush(self) -> None:
        """End the block that is being read."""
        if self._inline:
            self._run.append(_LINE_END)
            return
        text = self._joined("".join(self._run))
        if text:
            self.blocks.append(text)
        self._run, self._marker = [], False

    def element(self, element: Any, page: Any) -> None:
        """Read an element of the structure tree and what is below it."""
        self._check_seen(element)
        kind = str(element.get("/S", "/Document"))
        if kind in _SILENT or (kind == "/Div" and self._title_page(element)):
            return
        page = element.get("/Pg", page) if hasattr(element, "get") else page
        if "/ActualText" in element:
            self._add(str(element["/ActualText"]))
        elif kind == "/Note":
            self._note(element, page)
        elif kind in _BLOCKS or kind == "/Code":
            self._block(element, kind, page)
        else:
            self._kids(element, page)
            if kind in _CELLS:
                self._run.append(" ")
            elif kind == "/Lbl" and self._unlabelled:
                self._unlabelled = False
                self._run.append(" ")

    def _check_seen(self, element: Any) -> None:
        """Refuse a structure that is no tree: one that leads back to itself, or to a part many times.

        Raises:
            VerificationError: The element has been read before.
        """
        reference = getattr(element, "indirect_reference", None)
        if reference is None:
            return
        if reference.idnum in self._seen:
            raise VerificationError("the PDF's structure is no tree: a part of it stands in two places", hint=_HINT)
        self._seen.add(reference.idnum)

    def _block(self, element: Any, kind: str, page: Any) -> None:
        if not self._marker and (kind != "/Code" or _is_block(element)):
            self.flush()
        single = kind == "/TR" or (kind == "/Code" and _is_block(element))
        self._inline += single
        if kind == "/LI":
            self._item(element, page)
        else:
            self._kids(element, page)
        self._inline -= single
        if kind != "/Code" or _is_block(element):
            self.flush()

    def _item(self, element: Any, page: Any) -> None:
        """Read an item of a list: its marker joins its first block; a term of a glossary is a block of its own."""
        parent = _value(element.get("/P"))
        glossary = _attribute(parent, "/ListNumbering") in (None, "/None")
        for kid in _kids(element):
            self._kid(kid, page)
            if _is(kid, "/Lbl"):
                if glossary:
                    self.flush()
                else:
                    self._run.append(" ")
                    self._marker = not self._inline

    def _note(self, element: Any, page: Any) -> None:
        """Read a note, which stands in the middle of the paragraph that refers to it."""
        saved = self._run, self._marker, self._inline
        self._run, self._marker, self._inline, self._unlabelled = [], False, 1, True
        place = len(self.notes)
        self.notes.append("")  # a note of this note comes after it
        self._kids(element, page)
        self.notes[place] = self._joined("".join(self._run))
        self._run, self._marker, self._inline = saved
        self._unlabelled = False

    def _title_page(self, element: Any) -> bool:
        """Read the title of a title block and tell whether this was one; what else stands there is metadata."""
        for kid in _kids(element):
            inner = [each for each in _kids(kid) if _is(each, "/Title")] if _is(kid, "/Div") else []
            if inner:
                self.element(inner[0], element.get("/Pg"))
                return True
        return False

    def _kids(self, element: Any, page: Any) -> None:
        kids = _kids(element)
        for kid, following in zip_longest(kids, kids[1:]):
            if not (_is(following, "/TOC") and _is(kid, "/H1")):  # the title of a table of contents is part of it
                self._kid(kid, page)

    def _kid(self, kid: Any, page: Any) -> None:
        if isinstance(kid, int):
            self._add(self._content(page).get(int(kid), ""))
        elif isinstance(kid, dict):
            if "/MCID" in kid:
                self._add(self._content(kid.get("/Pg", page)).get(int(kid["/MCID"]), ""))
            elif "/S" in kid:
                self.element(kid, page)

    def _add(self, text: str) -> None:
        if text:
            self._characters += len(text)
            if self._characters > MAX_CHARACTERS:
                raise VerificationError(f"the PDF prints more than {MAX_CHARACTERS} characters", hint=_HINT)
            self._run.append(text)
            self._marker = self._marker and not text.strip()

    def _content(self, page: Any) -> dict[int, str]:
        """Return the text of each marked content of a page."""
        page = _value(page)
        key = page.indirect_reference.idnum
        if key not in self._pages:
            self._pages[key] = dict(_marked_texts(page, self._fonts))
        return self._pages[key]


def _kids(element: Any) -> list[Any]:
    kids = _value(element.get("/K", []))
    return [_value(kid) for kid in kids] if isinstance(kids, list) else [kids]


def _is(element: Any, kind: str) -> bool:
    return isinstance(element, dict) and element.get("/S") == kind


def _attribute(element: Any, name: str) -> str | None:
    attributes = _value(element.get("/A", []))
    for each in attributes if isinstance(attributes, list) else [attributes]:
        if name in _value(each):
            return str(_value(each)[name])
    return None


def _is_block(element: Any) -> bool:
    return _attribute(element, "/Placement") == "/Block"


def _joined(text: str) -> str:
    """Return a block's text: line ends are blanks, but for those after a hyphen of their own; blanks are squeezed."""
    text = re.sub(f"{_SOFT_HYPHEN}{_LINE_END}", "", text)
    return " ".join(text.split())


def _joined_with_line_ends(text: str) -> str:
    """Return a block's text as `_joined` does, with a line feed where a line ended with or without a blank."""
    text = re.sub(f"{_SOFT_HYPHEN}{_LINE_END}", "", text)
    lines = [line for line in (" ".join(line.split()) for line in text.split(_LINE_END)) if line]
    made = lines[:1]
    word = made[0].rpartition(" ")[2] if made else ""  # what the line ends with: several lines of it, if it is long
    for line in lines[1:]:
        parted = _may_part(word, line[0])
        made += ("\n" if parted else " ", line)
        _, blank, last = line.rpartition(" ")
        word = word + line if parted and not blank else last
    return "".join(made)


def _may_part(word: str, after: str) -> bool:
    """Tell whether a line may end between a word and a character that no blank parts. Spec: UAX 14."""
    before = word[-1]
    if _ADDRESS.search(word):  # typst parts addresses of the Web where no line ends in other texts
        return True
    if before.isalnum() and after.isalnum():
        return max(before, after) >= _FIRST_WITHOUT_BLANKS
    return before not in _NEVER_BEFORE_A_BREAK or not after.isalnum()


# -------------------------------------------------------------------------------------------------- page contents


def _marked_texts(page: Any, fonts: dict[int, _Font]) -> Iterator[tuple[int, str]]:
    """Yield the MCIDs of a page with their texts, a line end wherever the text goes on at another baseline."""
    reader = _Content(_fonts_of(page, fonts))
    contents = _value(page.get("/Contents", []))
    parts, size = [], 0
    for each in contents if isinstance(contents, list) else [contents]:
        parts.append(_value(each).get_data())
        size += len(parts[-1])
        if size > MAX_PAGE_BYTES:  # a page can name one stream any number of times
            raise VerificationError(f"a page of the PDF has more than {MAX_PAGE_BYTES} bytes of content", hint=_HINT)
    # Their parts are one stream; a token cannot reach over the join (ISO 32000-1, 7.8.2).
    reader.read(b"\n".join(parts))
    for mcid, texts in reader.texts.items():
        yield mcid, "".join(texts)


class _Content:
    """The part of PDF's imaging machine that text needs: marked content, the font and the baseline."""

    def __init__(self, fonts: dict[bytes, _Font]) -> None:
        self.texts: dict[int, list[str]] = {}
        self._fonts = fonts
        self._font: _Font | None = None
        self._size = 0.0
        self._marks: list[tuple[bytes, int | None, str | None]] = []  # open marked contents: tag, MCID, ActualText
        self._reversed_at: int | None = None  # where the text object's run from right to left begins
        self._origin = 0.0  # the vertical place of the coordinate system that text is shown in
        self._saved: list[float] = []
        self._baseline: float | None = None

    def read(self, data: bytes) -> None:
        """Interpret a content stream."""
        operands: list[bytes] = []
        for token in _TOKEN.findall(data):
            if token[:1].isalpha() or token in (b"'", b'"'):
                self._operator(token, operands)
                operands = []
            else:
                operands.append(token)

    def _operator(self, name: bytes, operands: list[bytes]) -> None:
        if name in (b"Tj", b"TJ", b"'", b'"'):
            self._show(operands)
        elif name == b"Tf":
            self._font, self._size = self._fonts.get(operands[-2]), float(operands[-1])
        elif name == b"BT":
            self._reversed_at = None
        elif name in (b"BDC", b"BMC"):
            self._begin(operands)
        elif name == b"EMC" and self._marks:
            self._marks.pop()
        elif name == b"q":
            self._saved.append(self._origin)
        elif name == b"Q" and self._saved:
            self._origin = self._saved.pop()
        elif name in (b"cm", b"Tm"):
            self._origin = float(operands[-1]) + (self._origin if name == b"Tm" else 0.0)

    def _begin(self, operands: list[bytes]) -> None:
        mcid, actual = None, None
        for key, value in zip(operands, operands[1:], strict=False):
            if key == b"/MCID":
                mcid = int(value)
            elif key == b"/ActualText":
                actual = _text_string(_string(value))
        self._marks.append((operands[0], mcid, actual))
        if actual is not None:
            self._add([actual])

    def _show(self, operands: list[bytes]) -> None:
        if self._font is None or any(actual is not None for _, _, actual in self._marks):
            return
        codes = b"".join([_string(each) for each in operands if each[:1] in b"(<" and each[:2] != b"<<"])
        self._add(self._font.glyphs(codes))

    def _add(self, glyphs: list[str]) -> None:
        mcid = next((mcid for _, mcid, _ in reversed(self._marks) if mcid is not None), None)
        if mcid is None:
            return
        parts = self.texts.setdefault(mcid, [])
        # A raised or lowered piece moves by less than its size, a line by more.
        if self._baseline is None or abs(self._baseline - self._origin) > LINE_SHARE * self._size:
            parts.append(_LINE_END)
        self._baseline = self._origin
        if not any(tag == b"/ReversedChars" or (actual and _is_rtl(actual)) for tag, _, actual in self._marks):
            parts.append("".join(glyphs))
            return
        # Glyphs from right to left are shown from left to right, that is, backwards: ISO 32000-1, 14.8.2.3.3.
        if self._reversed_at is None:
            self._reversed_at = len(parts)
        parts.insert(self._reversed_at, "".join(reversed(glyphs)))


def _is_rtl(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def _string(token: bytes) -> bytes:
    """Return the bytes of a string of a content stream."""
    if token[:1] == b"<":
        digits = b"".join(token[1:-1].split())
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    if b"\\" not in token:
        return token[1:-1]
    return b"".join([_ATOMS.get(atom, atom) for atom in _ATOM.findall(token[1:-1])])


def _text_string(data: bytes) -> str:
    """Return a text string of PDF: UTF-16 or UTF-8 with its mark, else one byte a character."""
    if data[:2] == b"\xfe\xff":
        return data[2:].decode("utf-16-be")
    return data[3:].decode("utf-8") if data[:3] == b"\xef\xbb\xbf" else data.decode("latin-1")


# ---------------------------------------------------------------------------------------------------------- fonts


class _Font:
    """What the codes of a font stand for."""

    def __init__(self, font: Any) -> None:
        self.width_bytes = 2 if font.get("/Subtype") == "/Type0" else 1
        self.texts: dict[int, str] = {}
        if "/ToUnicode" in font:
            self._map(_value(font["/ToUnicode"]).get_data())

    def glyphs(self, data: bytes) -> list[str]:
        """Return what each code of a string stands for."""
        text = self.texts.get
        if self.width_bytes == 1:
            return [text(code, "") for code in data]
        return [text(high << 8 | low, "") for high, low in zip(data[::2], data[1::2], strict=False)]

    def _map(self, cmap: bytes) -> None:
        """Read a ToUnicode map. Spec: ISO 32000-1, 9.10.3; Adobe Technical Note 5411."""
        for kind, body in _CMAP.findall(cmap):
            row: list[Any] = []
            listed: list[bytes] | None = None
            for digits, opening, closing in _HEX.findall(body):
                if opening:
                    listed = []
                elif closing:
                    row.append(listed)
                    listed = None
                else:
                    (row if listed is None else listed).append(digits)
                if listed is None and len(row) == (2 if kind == b"char" else 3):
                    self._enter(row)
                    row = []

    def _enter(self, row: list[Any]) -> None:
        first = int(row[0], 16)
        if len(row) == 2:
            self.texts[first] = _utf16(row[1])
            return
        for i in range(int(row[1], 16) - first + 1):
            target = row[2]
            if isinstance(target, list):
                self.texts[first + i] = _utf16(target[i])
            else:
                start = _utf16(target)
                self.texts[first + i] = start[:-1] + chr(ord(start[-1]) + i)


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(b"".join(digits.split()).decode("ascii")).decode("utf-16-be")


def _fonts_of(page: Any, fonts: dict[int, _Font]) -> dict[bytes, _Font]:
    """Return the fonts of a page by the names under which its content calls them."""
    resources = _value(page.get("/Resources", {}))
    found = {}
    for name, reference in _value(resources.get("/Font", {})).items():
        font = _value(reference)
        key = font.indirect_reference.idnum
        if key not in fonts:
            fonts[key] = _Font(font)
        found[str(name).encode("latin-1")] = fonts[key]
    return found
