"""The balance sheet of characters: what became of each one of the source.

A ledger is the decoded source and a list of edits. Each edit replaces a half-open range of code points by its
`reading`; everything outside the edits is kept as it is. So the reading text is `apply(ledger)`, the source is
`undo(reading, edits, replaced)`, and a character that is neither kept nor named by an edit cannot exist.

Offsets count code points of the decoded source, without a byte-order mark, with its newlines as they stand.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "Account",
    "Box",
    "Edit",
    "Ledger",
    "Rule",
    "SourcePage",
    "SourceText",
    "account",
    "apply",
    "to_json",
    "undo",
]


class Rule(StrEnum):
    """The rules by which the source's text may change; the names are part of the ledger's format."""

    LINE_JOIN = "line-join"  # a line end inside a paragraph reads as a blank, or as nothing between ideographs
    LINE_KEEP = "line-keep"  # a line end that stays one: verse, preformatted text
    BLOCK_BREAK = "block-break"  # the white space between two blocks
    EDGE = "edge"  # white space before the first and after the last block
    INDENT = "indent"  # blanks at the head of a line
    TRAILING = "trailing-blanks"  # blanks at the end of a line
    BLANKS = "blanks"  # several blanks, or a tab, that read as one blank
    HYPHEN_SOFT = "hyphen-soft"  # a hyphen that only the line end had put there, dropped
    HYPHEN_HARD = "hyphen-hard"  # the word's own hyphen at a line end, kept
    PAGE_TURN = "page-turn"  # the white space of a page turn in mid-paragraph
    FURNITURE = "furniture"  # running heads and folios
    CONTROL = "control"  # control characters and noncharacters
    INVISIBLE = "invisible"  # zero-width characters that carry no meaning here
    LABEL = "label"  # brackets and dots round a note's or an item's label
    RULE_LINE = "rule-line"  # a line of dashes that parts notes from text, or the rules of a table
    MARKUP = "markup"  # marks of emphasis that became structure
    OVERRIDE = "override"  # a person's decision


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of the text: the range `[start, stop)` of the source reads as `reading`.

    `start == stop` is an insertion. `confidence` lies in 0..1; `reason` is a sentence for a person. `considered` names
    what else the place might be, each with its probability, the likeliest first; it is empty where nothing else was.
    `decision` says what was decided in one of the words that an overrides file knows (join, paragraph, heading, drop,
    keep-hyphen, ...); it is empty where there was nothing to decide.
    """

    start: int
    stop: int
    reading: str
    rule: Rule
    confidence: float = 1.0
    reason: str = ""
    considered: tuple[tuple[str, float], ...] = ()
    decision: str = ""


class Box(NamedTuple):
    """Where a line stands on its page: points from the page's upper left corner; pages are counted from 0."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


class SourcePage(NamedTuple):
    """A page that lines stand on: its size in points, and its label where the source gives one (iv, 12, A-3)."""

    width: float
    height: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class SourceText:
    """The decoded source and what is needed to give its bytes back.

    `encoding` is a Python codec's name; `bom` the byte-order mark that stood before the text, or nothing;
    `newline` the commonest line end ("lf", "crlf", "cr", ...), for information only. `sha256` is that of the file.
    Where the text was extracted from pages, `boxes` has the place of each line, by number less one, `pages` has all pages,
    those without text too, and `to_bytes` gives the extracted text.
    """

    text: str
    encoding: str = "utf-8"
    newline: str = "lf"
    bom: bytes = b""
    sha256: str = ""
    boxes: tuple[Box | None, ...] = field(default=(), repr=False)
    pages: tuple[SourcePage, ...] = field(default=(), repr=False)

    def to_bytes(self) -> bytes:
        """Return the bytes that were read."""
        return self.bom + self.text.encode(self.encoding)

    def box_of(self, line: int) -> Box | None:
        """Return where a line stands, by its number from 1; None where that is not known."""
        return self.boxes[line - 1] if 1 <= line <= len(self.boxes) else None

    def page_of(self, line: int) -> str:
        """Return the name of the page that a line stands on: its label, else its number from 1, else ""."""
        box = self.box_of(line)
        return self.page_name(box.page) if box else ""

    def page_name(self, index: int) -> str:
        """Return the label of a page, by its index from 0, or else its number from 1."""
        return (self.pages[index].label if index < len(self.pages) else "") or str(index + 1)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The source and its edits, ascending and not overlapping."""

    source: SourceText
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """How many code points of the source were kept, were white space, or were dropped by which rule."""

    characters: int
    kept: int
    white_space: int
    dropped: dict[str, int]


def apply(ledger: Ledger) -> str:
    """Return the reading text in the order of the source, blocks apart by a blank line.

    Raises:
        ValueError: The edits overlap, descend or leave the source.
    """
    text, position = ledger.source.text, 0
    parts: list[str] = []
    for edit in ledger.edits:
        if not position <= edit.start <= edit.stop <= len(text):
            raise ValueError(f"edit {edit.start}..{edit.stop} does not follow {position} in {len(text)}")
        parts += (text[position : edit.start], edit.reading)
        position = edit.stop
    parts.append(text[position:])
    return "".join(parts)


def undo(reading: str, edits: Sequence[Edit], replaced: Iterable[str]) -> str:
    """Return the source, from the reading text, the edits, and what each of them had replaced.

    Raises:
        ValueError: The reading text is not the one that these edits made.
    """
    at_source = at_reading = 0
    parts: list[str] = []
    for edit, original in zip(edits, replaced, strict=True):
        kept = edit.start - at_source
        parts += (reading[at_reading : at_reading + kept], original)
        at_reading += kept
        if not reading.startswith(edit.reading, at_reading):
            raise ValueError(f"the reading text differs from what the edit at {edit.start} left")
        at_reading += len(edit.reading)
        at_source = edit.stop
    parts.append(reading[at_reading:])
    return "".join(parts)


def account(ledger: Ledger) -> Account:
    """Return the balance sheet: kept + white space + dropped is the number of characters of the source."""
    text = ledger.source.text
    dropped: dict[str, int] = {}
    for edit in ledger.edits:
        replaced = text[edit.start : edit.stop]
        if not replaced or replaced.isspace():  # nine edits of ten
            continue
        lost = _ink(replaced) - _ink(edit.reading)
        if lost > 0:
            dropped[edit.rule] = dropped.get(edit.rule, 0) + lost
    ink = _ink(text)
    return Account(len(text), ink - sum(dropped.values()), len(text) - ink, dict(sorted(dropped.items())))


def _ink(text: str) -> int:
    """Return how many characters are not white space."""
    return sum(map(len, text.split()))


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of data in lower-case hexadecimal, as every record of docpack names it."""
    return hashlib.sha256(data).hexdigest()


def line_starts(text: str) -> list[int]:
    r"""Return the offset at which each line of the source begins; the first is 0.

    Lines end at LF, CR, CRLF, VT, FF, NEL, U+2028 and U+2029; `str.splitlines` would also end them at the
    information separators U+001C..U+001E, which are control characters here.

    >>> line_starts("a\r\nb\fc")
    [0, 3, 5]
    """
    starts, position = [0], 0
    for piece in split_lines(text):
        position += len(piece)
        starts.append(position)
    if len(starts) > 1 and starts[-1] == len(text):
        starts.pop()
    return starts


def split_lines(text: str) -> list[str]:
    """Return the lines of the source with their ends, which `"".join` puts together again."""
    lines = text.splitlines(keepends=True)
    if not ("\x1c" in text or "\x1d" in text or "\x1e" in text):
        return lines
    merged: list[str] = []
    for line in lines:
        if merged and merged[-1][-1] in "\x1c\x1d\x1e":
            merged[-1] += line
        else:
            merged.append(line)
    return merged


def to_json(ledger: Ledger) -> dict[str, Any]:
    """Return the ledger as the JSON object that `docpack explain --json` prints."""
    source, starts, line = ledger.source, line_starts(ledger.source.text), 0
    edits = []
    for edit in ledger.edits:
        while line + 1 < len(starts) and starts[line + 1] <= edit.start:
            line += 1
        edits.append(
            {
                "start": edit.start,
                "stop": edit.stop,
                "line": line + 1,
                "source": source.text[edit.start : edit.stop],
                "reading": edit.reading,
                "rule": str(edit.rule),
                "confidence": edit.confidence,
                "reason": edit.reason,
                "considered": [{"as": what, "confidence": chance} for what, chance in edit.considered],
                "decision": edit.decision,
            }
        )
    described: dict[str, Any] = {
        "sha256": source.sha256,
        "encoding": source.encoding,
        "newline": source.newline,
        "characters": len(source.text),
    }
    if source.pages:
        described["pages"] = [
            {"label": page.label, "width": round(page.width, 2), "height": round(page.height, 2)}
            for page in source.pages
        ]
        described["boxes"] = [_box(each) for each in source.boxes]
    return {"source": described, "edits": edits}


def _box(box: Box | None) -> list[float] | None:
    """Return the index of the page, and left, top, right, bottom in hundredths of a point."""
    return [box.page, *(round(each, 2) for each in box[1:])] if box else None
