"""The source as lines: where each one's ink begins and ends, and what stands around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from docpack.errors import InputError
from docpack.ledger import split_lines
from docpack.reflow.characters import EDGE, SPECIAL

if TYPE_CHECKING:
    from docpack.reflow.layout import StyleSpan

__all__ = ["Line", "read_lines"]

_TAB_COLUMNS = 8
MAX_LINE_CHARACTERS = 12_000_000  # a shelf of novels on one line; XML parsers stop at text nodes not much longer
# Characters that take two columns: hangul, kana, ideographs, full-width forms (Unicode's East Asian Width W and F).
# It is compiled where a text has such letters, as it takes milliseconds.
_WIDE = "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]"


class Line:
    """A line with ink on it. Offsets count code points of the source; columns count characters, wide ones twice."""

    __slots__ = (
        "begins_row", "blanks", "breaks", "cells", "furniture", "indent", "index", "ink", "is_apart", "level", "marker", "number",
        "page", "right", "special", "stop", "styles",
        "text", "trailing", "turn",
    )  # fmt: skip

    def __init__(self, text: str, number: int, ink: int, stop: int) -> None:
        self.text = text  # the ink: without white space, controls and zero-width characters at its edges
        self.number = number  # counted from 1, blank lines too
        self.ink, self.stop = ink, stop
        self.index = 0  # among the lines of the text proper
        self.indent = 0  # columns before the ink
        self.right = 0  # the column where the ink ends
        self.trailing = False  # a blank stands between the ink and the line end
        self.special = "  " in text or not text.isprintable()  # it may hold characters with a fate of their own
        self.blanks = 0  # blank lines before
        self.page = 0  # counted from 0
        self.turn: str | None = None  # a page begins here: its printed number, or "" where there is none
        self.furniture = ""  # why this is a running head or folio, if it is one
        self.styles: tuple[StyleSpan, ...] = ()  # what is set apart, where the source tells (`layout`)
        self.cells: tuple[tuple[int, int, int], ...] = ()  # of a table: column, start, stop in the text (`layout`)
        self.begins_row = False
        self.breaks = False  # a scene ends before it, with nothing but space (`breaks`)
        self.level = 0  # a heading's rank among all, from 1; 0 where nothing tells
        self.is_apart: bool | None = None  # it stands apart at the head or foot of its page, where the source tells
        self.marker = -1  # characters of the marker or label that begins it, where the source tells (`layout`)

    def __repr__(self) -> str:
        """Show the line as a person would look for it."""
        return f"<Line {self.number}: {self.text[:40]!r}>"


_QUOTED = re.compile(r"[ \t]*>(?: ?>)*")
QUOTED_SHARE = 0.95  # of the lines with ink begin with ">": the text as a whole is the quotation of a letter
MIN_QUOTED_LINES = 5


def _quote_marks(pieces: list[str]) -> list[int]:
    """Return for each line how many characters its `>` marks take, where a whole text is quoted as mail programs do."""
    marks = [match.end() if (match := _QUOTED.match(piece)) else 0 for piece in pieces]
    inked = sum(not piece.isspace() for piece in pieces)
    quoted = sum(map(bool, marks))
    return marks if quoted >= MIN_QUOTED_LINES and quoted >= inked * QUOTED_SHARE else []


def read_lines(text: str) -> list[Line]:
    """Return the lines that have ink, in order; one pass. A form feed begins a page.

    The `>` of a text that is quoted as a whole is no ink.

    Raises:
        InputError: A line is longer than `MAX_LINE_CHARACTERS`.
    """
    lines: list[Line] = []
    position = blanks = page = 0
    wide = re.compile(_WIDE) if not text.isascii() and re.search(_WIDE, text) else None
    pieces = split_lines(text)
    marks = _quote_marks(pieces) if ">" in text else []
    for number, piece in enumerate(pieces, 1):
        if marks and marks[number - 1]:
            position += marks[number - 1]
            piece = piece[marks[number - 1] :]  # noqa: PLW2901  # the mark is cut off
        size = len(piece)
        ink_text = piece.strip()
        if ink_text and not (ink_text[0].isprintable() and ink_text[-1].isprintable()):
            ink_text = piece.strip(EDGE)
        width = len(ink_text)
        if width and not (width < 4 and not SPECIAL.sub("", ink_text)):
            if size > MAX_LINE_CHARACTERS:
                _refuse(number, size)
            lead = piece.find(ink_text)
            ink = position + lead
            stop = ink + width
            line = Line(ink_text, number, ink, stop)
            line.trailing = lead + width < size and piece[lead + width] == " "
            if lead:
                before = piece[:lead]
                line.indent = len(before.expandtabs(_TAB_COLUMNS)) if "\t" in before else lead
                if wide:
                    line.indent += before.count("\u3000")
            line.right = line.indent + width
            if wide:
                line.right += len(wide.findall(ink_text))
            line.blanks, line.page = blanks, page
            lines.append(line)
            blanks = 0
        else:
            blanks += 1
        if piece[-1] == "\f":
            page += 1
            blanks = 0 if width else max(0, blanks - 1)  # the line of the form feed itself is no blank line
        position += size
    return lines


def _refuse(number: int, size: int) -> NoReturn:
    raise InputError(
        f"line {number} has {size} characters; the limit is {MAX_LINE_CHARACTERS}",
        hint="This is hardly a text; if it is, break it into lines first.",
    )
