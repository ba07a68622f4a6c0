"""What a single line looks like: how it begins and ends, its case and numbers, list markers, signs of program text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from docpack.numerals import roman_value
from docpack.reflow.layout import UNKNOWN_MARKER
from docpack.reflow.measures import CLOSERS, ENDERS, OPENERS, ends_sentence, without_label

if TYPE_CHECKING:
    from docpack.reflow.lines import Line
    from docpack.reflow.measures import Measures

__all__ = [
    "LONGEST_MARKER",
    "Shape",
    "bin_of",
    "case_of",
    "code_signs",
    "form_of",
    "item_marker",
    "marker_of",
    "ordinal_value",
    "shape_of",
]


class Shape(NamedTuple):
    """What is asked of a line more than once."""

    starts: str  # the class of its first character
    ends: str  # the class of its last character
    ended: bool  # with the stop of a sentence
    length: float  # its right edge in terms of the measure


def shape_of(line: Line, measures: Measures) -> Shape:
    """Return the shape of a line, its length in terms of the document's measure."""
    text = line.text
    return Shape(_start(text), _end(text), ends_sentence(text), line.right / measures.measure)


_START_SIGNS = {
    **dict.fromkeys("\"'“‘«‹„‚”»『「", "quote"),
    **dict.fromkeys("-–—―", "dash"),
    **dict.fromkeys("([{（", "bracket"),
}
_BULLETS = "•‣▪◦●○■□⁃∙*+·"


def _start(text: str) -> str:
    first = text[0]
    if first.isalpha():
        return "lower" if first.islower() else "upper" if first.isupper() else "caseless"
    if first.isdigit():
        return "digit"
    if first in _BULLETS:
        return "bullet"
    sign = _START_SIGNS.get(first, "sign")
    if sign in ("quote", "bracket", "dash"):
        bare = text.lstrip(OPENERS + " ")[:1]
        if bare.islower():
            return sign + "-lower"
    if first in "¿¡…":
        return "lower" if text.lstrip(OPENERS)[:1].islower() else "upper"
    return sign


def _end(text: str) -> str:
    text = without_label(text)
    last = text[-1]
    if last.isalpha():
        return "letter"
    if last in ENDERS:
        return "colon" if last in ":：" else "stop"
    if last in CLOSERS:
        inner = text.rstrip(CLOSERS)[-1:]
        return "stop-quote" if inner and inner in ENDERS else "quote"
    if last in ",，、;；،":
        return "comma"
    if last in "-\u2010\u00ad\x02\ufffe":
        return "hyphen"
    if last in "–—―":
        return "dash"
    return "digit" if last.isdigit() else "sign"


# Numbers and Roman numerals that stand alone, or after one word: "XIV.", "CHAPTER IX", "Act 2".
_CHAPTER = re.compile(
    r"(?:[^\W\d_]{3,12} )?(?:[IVXLC]{1,7}|\d{1,3})\.?|[IVXLC]{1,7}\.?[:—–-]? ?|第 ?\S{1,4} ?[章节篇回]"
)
_NUMBERED = re.compile(r"(?:§ ?)?(?:\d{1,3}(?:\.\d{1,3})*\.?|[IVXLC]{1,7}\.|[A-Z]\.) +\S|第 ?\S{1,4} ?[章节篇回]")
_KEYWORD = re.compile(r"[^\W\d_]{3,12} (?:[IVXLC]{1,7}|\d{1,3})\b[.:—–-]?")
_PROMPT = re.compile(r"(?:[$#%>]|>>>|\.\.\.|[\w.@:~/-]{1,30}[$#>%]) ?[\w./~-]|#!|//|/\*|<\?\w|</?\w+[ >]|@\w+\(")
_CODE = re.compile(r"[{};=<>$\\|&]|\w\(|\(\)|->|::|--?\w+\b[ =]|\w_\w|\w\.\w+\(|\w/\w+/\w|^\[\w+\]$|\w:\d+:\d")
LONGEST_MARKER = 9  # characters: "(viii.)" and a blank
_BULLET = re.compile(r"([•‣▪◦●○■□⁃∙*+·]|[-–](?= ))[ \t]+(?=\S)")
_ORDINAL = re.compile(r"(\(?(?:(\d{1,3})|([a-z])|([ivxl]{2,6}))(?:[.)]|\.\)))[ \t]+(?=\S)")


def item_marker(text: str) -> re.Match[str] | None:
    """Return the match of a list marker and the blanks after it at the head of a line; group 1 is the marker."""
    if text[0].isalpha():  # a word, most often
        head = text[1:LONGEST_MARKER]
        return _ORDINAL.match(text) if "." in head or ")" in head else None
    return _BULLET.match(text) or _ORDINAL.match(text)


def marker_of(line: Line) -> re.Match[str] | None:
    """Return the match of a line's list marker as `item_marker` does, by what its layout tells where it does."""
    if line.marker == UNKNOWN_MARKER:
        return item_marker(line.text)
    if line.marker < UNKNOWN_MARKER:
        return None
    return re.compile(rf"(.{{{min(line.marker, LONGEST_LABEL)}}})[ \t]*", re.DOTALL).match(line.text)


LONGEST_LABEL = 40  # characters


def ordinal_value(marker: str) -> int:
    """Return what a marker counts: "3." 3, "(c)" 3, "iv)" 4."""
    bare = marker.strip("().")
    if bare.isdigit():
        return int(bare)
    return roman_value(bare) if len(bare) > 1 else ord(bare) - 96


def bin_of(value: float, limits: tuple[float, ...]) -> int:
    """Return how many of the ascending limits a value reaches: 0 below the first."""
    for number, limit in enumerate(limits):
        if value < limit:
            return number
    return len(limits)


def form_of(text: str) -> str:
    """Return what number a line has at its head: that of a chapter alone, a keyword's, another one, or none: plain."""
    if _CHAPTER.fullmatch(text):
        return "chapter"
    if _KEYWORD.match(text):
        return "keyword"
    return "numbered" if _NUMBERED.match(text) else "plain"


def case_of(text: str) -> str:
    """Return how a line is capitalised: upper, title, sentence, lower or none."""
    upper = text.upper()
    if upper == text:
        return "upper" if text.lower() != text else "none"
    words = [word for word in text.split() if word[0].isalpha() or (word[0] in OPENERS and word[1:2].isalpha())]
    longer = [word for word in words if len(word) > 3] or words
    capitals = sum(word.lstrip(OPENERS)[:1].isupper() for word in longer)
    if longer and capitals * 5 >= len(longer) * 4:
        return "title" if len(words) > 1 else "word"
    first = next((char for char in text if char.isalpha()), "")
    return "sentence" if first.isupper() else "lower"


def code_signs(text: str) -> int:
    """Return how much a line looks like program text: 0 not at all .. 3 surely."""
    found = _CODE.findall(text)
    if not found and not _PROMPT.match(text):
        return 0
    score = (
        min(2, len(found))
        + 2 * (_PROMPT.match(text) is not None)
        + 2 * (text[-1] in "{};\\" or text in ("}", "};", ")"))
    )
    letters = sum(map(str.isalpha, text)) + text.count(" ")
    if letters * 10 > len(text) * 9 and len(text) > 20:
        score -= 1  # a sentence with a sign or two in it
    return max(0, min(3, score))
