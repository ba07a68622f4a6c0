"""The source of a text, taken back out of the archival TEI that docpack wrote of it.

The marks are described in the header of each such file and in `docpack.writers.tei`. White space of the XML file
says nothing here, but for single blanks inside a text: the file may have been indented, wrapped or squeezed since.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.errors import InputError
from docpack.ledger import sha256_hex
from docpack.xml_safety import feed_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Restored", "restore"]

_TEI = "{http://www.tei-c.org/ns/1.0}"
_LINE_ENDS = {
    "lf": "\n",
    "crlf": "\r\n",
    "cr": "\r",
    "vt": "\x0b",
    "nel": "\x85",
    "ls": "\u2028",
    "ps": "\u2029",
    "none": "",
}
_UNITS = {"char": " ", "tab": "\t"}
# Text that the source does not hold: other readings, descriptions of pictures, what precedes the text.
_NOT_SOURCE = frozenset({"reg", "corr", "figDesc", "front"})
_XML_WHITE = re.compile("[ \t\r\n]+")
_CODE_POINT = re.compile(r"U\+([0-9A-F]{4,6})")
_MAX_WHITE = 50_000_000  # numbers in <space> elements that were tampered with must not fill the memory
_MAX_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Restored:
    """The source as the TEI file tells it.

    `edited` says that it is not the one whose digest the file records. `problems` are sentences on what does not fit,
    at most twenty. `extracted_from` is the media type of the source file where `data` is the text that was extracted from it,
    and not the file.
    """

    data: bytes
    edited: bool
    problems: tuple[str, ...] = ()
    extracted_from: str = ""


def restore(data: bytes) -> Restored:
    """Return the bytes of the source from which an archival TEI file was written; of a PDF those of its extracted text.

    Raises:
        InputError: It is no TEI file, not the archival form, or its record of the source cannot be understood.
    """
    events = _Events()
    feed_xml(data, events, what="the TEI file")
    if not events.is_tei:
        raise InputError("this is no TEI file", hint="Give the .tei.xml that docpack wrote.")
    record = events.record
    if "newline" not in record or "encoding" not in record:
        raise InputError(
            "this TEI file holds no source: it has the reading form, or was not written by docpack",
            hint="Write it with --tei-form archival.",
        )
    source = events.body.text(record, events.problems)
    return _encoded(source, record, events.problems)


def _encoded(source: str, record: Mapping[str, str], problems: list[str]) -> Restored:
    mark = _byte_order_mark(record)
    encoding = record["encoding"]
    try:
        data = mark + source.encode(encoding)
    except LookupError as error:
        raise InputError(f"the TEI file names the unknown encoding {encoding!r}") from error
    except UnicodeError as error:
        problems.append(f"the text cannot be encoded as {encoding}, it is given as UTF-8: {error}")
        data = source.encode("utf-8", "surrogatepass")
    of_bytes, of_text = record.get("sha256", ""), record.get("sha256-text", "")
    extracted_from = record.get("extractedFrom", "")
    edited = sha256_hex(data) != of_bytes
    if edited and of_text:
        edited = sha256_hex(source.encode("utf-8", "surrogatepass")) != of_text
        if not edited and not extracted_from:
            problems.append("the text is the source's, but its bytes could not be kept: they were no valid " + encoding)
    return Restored(data, edited, tuple(problems[:_MAX_PROBLEMS]), extracted_from)


def _byte_order_mark(record: Mapping[str, str]) -> bytes:
    try:
        return bytes.fromhex(record.get("byteOrderMark", ""))
    except ValueError as error:
        raise InputError(f"the byte-order mark {record['byteOrderMark']!r} is not hexadecimal") from error


class _Events:
    """Takes the parser's events: the record of the source from the header, all else for the body."""

    def __init__(self) -> None:
        self.is_tei = False
        self.record: dict[str, str] = {}
        self.problems: list[str] = []
        self.body = _Body(self.problems)
        self._depth = 0
        self._text: list[str] = []
        self._field: str | None = None  # of the record that is being read
        self._in_source = False
        self._in_text = False
        self._skipped = 0  # how deep in an element whose text is not the source's
        self._character = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        name = tag.removeprefix(_TEI)
        if self._depth == 1:
            self.is_tei = tag == _TEI + "TEI"
        if self._in_text:
            if self._skipped or name in _NOT_SOURCE:
                self._flush()
                self._skipped += 1
            else:
                self._flush()
                self.body.mark(name, attributes)
        elif name == "text" and self._depth == 2:
            self._in_text = True
            self._text.clear()
        else:
            self._start_in_header(name, attributes)

    def _start_in_header(self, name: str, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("type", "")
        if name == "bibl":
            self._in_source = kind == "file"
        elif self._in_source and name in ("idno", "note"):
            self._field = kind
            self._text.clear()
        elif self._in_source and name == "measure":
            self.record[attributes.get("unit", "")] = attributes.get("quantity", "")
        elif name == "char":
            self._character = attributes.get("{http://www.w3.org/XML/1998/namespace}id", "")
        elif name == "localProp" and attributes.get("name") == "codepoint":
            self.body.declare(self._character, attributes.get("value", ""))

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._in_text:
            self._flush()
            if self._skipped:
                self._skipped -= 1
            elif self._depth == 1 and tag == _TEI + "text":
                self._in_text = False
        elif self._field is not None:
            self.record[self._field] = "".join(self._text).strip()
            self._field = None
        elif tag == _TEI + "bibl":
            self._in_source = False

    def data(self, text: str) -> None:
        self._text.append(text)

    def _flush(self) -> None:
        """Hand the text since the last tag to the body, as one text node."""
        if self._text:
            if not self._skipped:
                self.body.literal("".join(self._text))
            self._text.clear()


class _Body:
    """Gathers the source from the marks, line by line.

    White space at the edge of a line or beside a `<space>` is the file's, not the source's, and so is all of it that
    stands between two tags.
    """

    def __init__(self, problems: list[str]) -> None:
        self._problems = problems
        self._characters: dict[str, str] = {}
        self._runs: list[tuple[int, int, list[str]]] = []  # line, column, texts
        self._run: list[str] = []
        self._is_fresh = True  # after a mark that takes the white space beside it
        self._is_literal = False  # the last text may end in white space of the file
        self._ends: dict[int, str] = {}
        self._white_total = 0
        self._marks: dict[str, Callable[[Mapping[str, str]], None]] = {
            "lb": self._line,
            "pb": self._page,
            "space": self._space,
            "g": self._character,
            "milestone": self._position,
        }

    def declare(self, name: str, value: str) -> None:
        """Note which character an `xml:id` of the header's `charDecl` stands for."""
        character = _code_point(value)
        if character:
            self._characters[name] = character

    def literal(self, text: str) -> None:
        """Take a text node."""
        text = _XML_WHITE.sub(" ", text)
        if text == " ":
            return
        if self._is_fresh:
            text = text.removeprefix(" ")
            self._is_fresh = False
        self._run.append(text)
        self._is_literal = True

    def mark(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element inside `<text>`."""
        handler = self._marks.get(name)
        if handler:
            handler(attributes)

    def _hard(self, text: str) -> None:
        self._run.append(text)
        self._is_literal = False
        self._is_fresh = False

    def _take_white(self) -> None:
        """Drop the white space before a mark, and be ready to drop what follows it."""
        if self._is_literal and self._run and self._run[-1][-1:] == " ":
            self._run[-1] = self._run[-1][:-1]
        self._is_literal = False
        self._is_fresh = True

    def _line(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("ed") != "source":
            return  # a line end of the author's
        self._take_white()
        number = self._number(attributes.get("n", ""))
        kind = attributes.get("type")
        if kind is not None:
            if kind not in _LINE_ENDS:
                self._problem(f"line {number} ends in the unknown way {kind!r}")
            self._ends[number] = _LINE_ENDS.get(kind, "\n")
        self._begin(number, 0)

    def _begin(self, number: int, column: int) -> None:
        self._run = []
        self._runs.append((number, column, self._run))

    def _page(self, attributes: Mapping[str, str]) -> None:
        self._take_white()
        if attributes.get("type") == "form-feed":
            self._run.append("\f")

    def _space(self, attributes: Mapping[str, str]) -> None:
        self._take_white()
        unit = attributes.get("unit", "char")
        character = _UNITS.get(unit) or _code_point(unit)
        if not character:
            self._problem(f"white space of the unknown unit {unit!r}")
            return
        count = self._number(attributes.get("quantity", "1"))
        self._white_total += count
        if self._white_total > _MAX_WHITE:
            raise InputError(f"the <space> elements stand for more than {_MAX_WHITE} characters")
        if count:
            self._run.append(character * count)

    def _character(self, attributes: Mapping[str, str]) -> None:
        name = attributes.get("ref", "").removeprefix("#")
        character = self._characters.get(name)
        if character is None:
            self._problem(f"the character {name!r} is not declared in the header")
            return
        self._hard(character)

    def _position(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("unit") != "char" or attributes.get("ed") != "source":
            return
        line, _, column = attributes.get("n", "").partition(".")
        self._begin(self._number(line), self._number(column))
        self._is_fresh = self._is_literal = False

    def _number(self, text: str) -> int:
        # Not more than 15 digits: int() of a long string of them takes quadratic time.
        if len(text) <= 15 and text.isascii() and text.isdigit():
            return int(text)
        self._problem(f"{text[:40]!r} is no number of a line, place or quantity")
        return 0

    def _problem(self, sentence: str) -> None:
        if len(self._problems) < _MAX_PROBLEMS:
            self._problems.append(sentence)

    def text(self, record: Mapping[str, str], problems: list[str]) -> str:
        """Return the source: its lines in their own order, each with its end."""
        self._take_white()
        newline = _LINE_ENDS.get(record["newline"])
        if newline is None:
            raise InputError(f"the TEI file names the unknown newline {record['newline']!r}")
        self._runs.sort(key=lambda run: run[:2])
        self._check(record)
        parts: list[str] = []
        last = len(self._runs) - 1
        for index, (number, _, texts) in enumerate(self._runs):
            parts += texts
            if index == last or self._runs[index + 1][0] != number:
                parts.append(self._end_of(number, texts, newline))
        return "".join(parts)

    def _end_of(self, number: int, texts: list[str], newline: str) -> str:
        if texts and texts[-1] == "\f":
            return ""
        return self._ends.get(number, newline)

    def _check(self, record: Mapping[str, str]) -> None:
        """Report lines that are missing or stand twice."""
        count = self._number(record.get("lines", "0"))
        heads = Counter(number for number, column, _ in self._runs if column == 0)
        for number in sorted(heads):
            if heads[number] > 1:
                self._problem(f"line {number} stands {heads[number]} times")
            if not 1 <= number <= count:
                self._problem(f"line {number} is not among the {count} of the source")
        if len(heads) < count:
            first = next(number for number in range(1, count + 1) if number not in heads)
            self._problem(f"{count - len(heads)} of {count} lines are missing, first line {first}")


def _code_point(value: str) -> str:
    """Return the character that `U+0000` names, or ""."""
    match = _CODE_POINT.fullmatch(value)
    return chr(int(match[1], 16)) if match and int(match[1], 16) <= 0x10FFFF else ""
