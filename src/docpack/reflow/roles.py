"""What is each group of lines: prose, heading, quotation, verse, list item, scene break, code?

The text falls into chunks at blank lines, page turns, changes of the left edge and lines that can only be headings.
Each chunk is typed by its own look against the measures of the document; prose is what nothing speaks against. The
tests stand in `_TESTS` in the order in which they are asked; each answers with a `Verdict` or with nothing.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from docpack.numerals import roman_value
from docpack.reflow.measures import OPENERS, ends_sentence, first_word_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docpack.reflow.lines import Line
    from docpack.reflow.measures import Measures

__all__ = ["Chunk", "Role", "Verdict", "chunks_of", "item_marker", "ordinal_value", "type_chunks"]


Test: TypeAlias = "Callable[[Chunk, Chunk | None, Chunk | None, Measures], Verdict | None]"


class Role(Enum):
    """What a chunk of lines is."""

    PROSE = auto()
    HEADING = auto()
    QUOTE = auto()
    VERSE = auto()
    ITEM = auto()
    SCENE_BREAK = auto()
    CODE = auto()
    NOTE = auto()


class Verdict(NamedTuple):
    """A role, how sure it is (0.5..1), and why."""

    role: Role
    confidence: float
    reason: str


PROSE = Verdict(Role.PROSE, 0.9, "space or another kind of text stands before it, and it looks like prose")


class Chunk:
    """Neighbouring lines that were typed together. `left` and `right` are its edges in columns."""

    __slots__ = ("left", "lines", "right", "verdict")

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.left = min(line.indent for line in lines)
        self.right = max(line.right for line in lines)
        self.verdict = PROSE

    @property
    def role(self) -> Role:
        """What the chunk is."""
        return self.verdict.role


MIN_INSET = 2  # columns by which a whole chunk is deeper than the margin, to be set off


def chunks_of(lines: Sequence[Line], measures: Measures) -> list[Chunk]:
    """Return the text in chunks: parted at blank lines, page turns, shifts of the left edge and sure headings."""
    chunks: list[Chunk] = []
    current: list[Line] = []
    inset = False
    for line in lines:
        deep = _is_deep(line, measures)
        shifts = bool(current) and deep != inset and _shift_lasts(lines, line, measures, deep=deep)
        shifts = shifts and not _hangs(current, line)
        alone = (
            len(line.text) <= MAX_SURE_CHARACTERS
            and _is_sure_heading(line, measures)
            and (not current or _may_end(current[-1]))
        )
        after_heading = len(current) == 1 and _is_sure_heading(current[0], measures)
        if current and (line.blanks or line.turn is not None or shifts or alone or after_heading):
            chunks.append(Chunk(current))
            current = []
        if not current or shifts:
            inset = deep
        current.append(line)
    if current:
        chunks.append(Chunk(current))
    return chunks


def _is_deep(line: Line, measures: Measures) -> bool:
    return line.indent >= measures.margin(line) + measures.first_indent + MIN_INSET


def _shift_lasts(lines: Sequence[Line], line: Line, measures: Measures, *, deep: bool) -> bool:
    """Tell whether the left edge stays where it is for two lines, so that it is more than a first line."""
    after = lines[line.index + 1] if line.index + 1 < len(lines) else None
    if not deep:
        return True
    return after is not None and not after.blanks and after.turn is None and _is_deep(after, measures)


def _hangs(current: list[Line], line: Line) -> bool:
    """Tell whether a line goes on in a list: under the text of an item, or with the next marker."""
    if not item_marker(current[0].text):
        return False
    return line.indent > current[0].indent or item_marker(line.text) is not None


def _may_end(line: Line) -> bool:
    return ends_sentence(line.text) or _CHAPTER.fullmatch(line.text) is not None


# Roman numerals and numbers that stand alone, or after one word: "XIV.", "CHAPTER IX", "Act 2".
_CHAPTER = re.compile(r"(?:[^\W\d_]{3,12} )?(?:[IVXLC]{1,7}|\d{1,3})\.?")
MAX_SURE_CHARACTERS = 24  # "CHAPTER XXXVIII." and its like
_HAS_WORD = re.compile(r"[^\W\d_]{3,12} ")


def _is_sure_heading(line: Line, measures: Measures) -> bool:
    """Tell whether a line can only be a heading wherever it stands: a chapter's number with or without a word."""
    text = line.text
    if len(text) > MAX_SURE_CHARACTERS or not _CHAPTER.fullmatch(text) or line.right * 2 > measures.measure:
        return False
    number = text.rstrip(".").rsplit(" ", 1)[-1]
    if _HAS_WORD.match(text):
        return text[0].isupper() and (number.isdigit() or roman_value(number) > 0)
    return not number.isdigit() and roman_value(number) > 0 and (len(number) > 1 or number in "IVX")


# -------------------------------------------------------------------------------------------------- the tests


def type_chunks(chunks: list[Chunk], measures: Measures) -> None:
    """Give each chunk its verdict."""
    for at, chunk in enumerate(chunks):
        before = chunks[at - 1] if at else None
        after = chunks[at + 1] if at + 1 < len(chunks) else None
        chunk.verdict = _first_verdict(_TESTS, chunk, before, after, measures)
    _confirm_lists(chunks, measures)


def _first_verdict(
    tests: Sequence[Test], chunk: Chunk, before: Chunk | None, after: Chunk | None, measures: Measures
) -> Verdict:
    for test in tests:
        verdict = test(chunk, before, after, measures)
        if verdict:
            return verdict
    return PROSE


_ORNAMENT = re.compile(
    r"(?:[*#~·•⁂❦✻✽☙†§+=]|[-–—_]{1,3}|\bo\b)(?:[ \t\u00a0]*(?:[*#~·•⁂❦✻✽☙†§+=]|[-–—_]{1,3}|\bo\b)){0,12}"
)
_RULE = re.compile(r"[-_–—=]{4,}|[-_–—=](?: [-_–—=]){6,}")


def _scene_break(chunk: Chunk, before: Chunk | None, after: Chunk | None, measures: Measures) -> Verdict | None:
    if len(chunk.lines) != 1:
        return None
    line = chunk.lines[0]
    if _RULE.fullmatch(line.text):
        return Verdict(Role.SCENE_BREAK, 0.8, "a line of dashes stands alone")
    if not _ORNAMENT.fullmatch(line.text):
        return None
    return Verdict(Role.SCENE_BREAK, 0.97, "a line of ornaments stands alone")


_CODE_SIGNS = re.compile(r"[{};=<>$\\|&]|\(\)|->|::|^\s*(?:#|//|\$ )")


def _code(chunk: Chunk, before: Chunk | None, after: Chunk | None, measures: Measures) -> Verdict | None:
    """Code: most lines carry signs that prose has not, and the lines are not wrapped."""
    lines = chunk.lines
    if len(lines) > 8 and not any(_CODE_SIGNS.search(line.text) for line in lines[:8]):
        return None
    signs = sum(_CODE_SIGNS.search(line.text) is not None for line in lines)
    if signs * 3 < len(lines) * 2 or (len(lines) == 1 and chunk.left <= measures.margin(lines[0])):
        return None
    ended = sum(line.text[-1] in ";{}(),>" or not ends_sentence(line.text) for line in lines)
    if ended * 4 < len(lines) * 3 or _share_full(lines, measures.measure) > 0.5:
        return None
    letters = sum(map(str.isalpha, "".join(line.text for line in lines)))
    total = sum(len(line.text) for line in lines)
    if letters * 10 > total * 8:
        return None
    return Verdict(Role.CODE, 0.85, "most lines carry signs of program text")


def _share_full(lines: Sequence[Line], right: int) -> float:
    """Return the share of the lines, the last apart, after which the next first word would not have fitted."""
    if len(lines) < 2:
        return 0.0
    full = sum(a.right + 1 + first_word_columns(b.text) > right for a, b in zip(lines, lines[1:], strict=False))
    return full / (len(lines) - 1)


MAX_HEADING_LINES = 3
MAX_HEADING_WORDS = 16


def _heading(chunk: Chunk, before: Chunk | None, after: Chunk | None, measures: Measures) -> Verdict | None:
    """Heading: short, alone, no sentence, followed by text; numbers, capitals and space around it speak for it."""
    lines = chunk.lines
    text = " ".join(line.text for line in lines)
    if len(lines) > MAX_HEADING_LINES or len(text.split()) > MAX_HEADING_WORDS:
        return None
    score, reasons = _heading_form(text, lines, measures)
    around, why = _heading_place(chunk, before, after, measures)
    score += around
    reasons += why
    if score < 2:
        return None
    return Verdict(Role.HEADING, min(0.98, 0.55 + score / 12), "; ".join(reasons[:3]))


_DOTTED = re.compile(r"(?:§ ?)?\d{1,3}(?:\.\d{1,3})*\.? +\S|第 ?\S{1,4} ?[章节篇]")
_ROMAN_TITLE = re.compile(r"([IVXLC]{1,7})\. +\S")


def _heading_form(text: str, lines: Sequence[Line], measures: Measures) -> tuple[float, list[str]]:
    """Return what the words themselves say."""
    score, reasons = 0.0, ["it is short and stands alone"]
    words = [word.strip(OPENERS + "”’.,:;!?)]") for word in text.split()]
    words = [word for word in words if word[:1].isalpha()]
    numbered = _CHAPTER.fullmatch(text) or _DOTTED.match(text)
    roman = _ROMAN_TITLE.match(text)
    if numbered or (roman and roman_value(roman[1])):
        score += 2.5
        reasons.append("it carries a number")
    elif text[0] in '"“„«‘—–-•*' or text[0].islower():
        score -= 3
    elif ends_sentence(text):
        score -= 2.5
    if text[-1] in ",;-\u2010":
        score -= 3
    long_words = [word for word in words if len(word) > 3] or words
    capitals = [word for word in long_words if word[0].isupper()]
    if text.upper() == text and text.lower() != text:
        score += 2
        reasons.append("it is in capitals")
    elif words and len(capitals) * 5 >= len(long_words) * 4:
        score += 1
        reasons.append("its words begin with capitals")
    elif words and text.upper() == text.lower() and not ends_sentence(text):
        score += 1  # a script without capitals
    if lines[-1].right * 4 > measures.measure * 3:
        score -= 1.5
    return score, reasons


def _heading_place(
    chunk: Chunk, before: Chunk | None, after: Chunk | None, measures: Measures
) -> tuple[float, list[str]]:
    """Return what stands around a chunk that might be a heading."""
    score = 0.0
    reasons: list[str] = []
    first = chunk.lines[0]
    if after is None:
        return -4.0, reasons  # nothing follows that it could head
    if before is None:
        score += 1
        reasons.append("the text begins with it")
    elif first.blanks > measures.usual_blanks:
        score += 1.5
        reasons.append("more space stands before it than between paragraphs")
    elif before.role is Role.HEADING:
        score += 1
        reasons.append("it follows a heading")
    elif before.role is Role.PROSE and not _may_end(before.lines[-1]):
        full = before.lines[-1].right + 1 + first_word_columns(first.text) > measures.measure - measures.slack
        score -= 3 if full else 0.5  # a sentence goes on, after a page turn perhaps
    start = after.lines[0].text.lstrip(OPENERS)[:1]
    if start.islower():
        score -= 3
    if after.lines[0].blanks > measures.usual_blanks:
        score += 0.7
    if not measures.blanks_part and first.blanks and after.lines[0].blanks:
        score += 1
        reasons.append("blank lines stand around it, which part no paragraphs here")
    if chunk.left >= measures.margin(first) + 8 + measures.first_indent:
        score += 0.8
        reasons.append("it is centred or far from the margin")
    return score, reasons


MIN_VERSE_LINES = 2
MIN_FLUSH_VERSE_LINES = 4  # at the margin only a longer group tells verse from short paragraphs


def _verse(chunk: Chunk, before: Chunk | None, after: Chunk | None, measures: Measures) -> Verdict | None:
    """Verse: the next word would have fitted after nearly every line, and nearly every line begins with a capital."""
    lines = chunk.lines
    inset = chunk.left - measures.margin(lines[0])
    is_inset = inset >= MIN_INSET and (not measures.first_indent or inset > measures.first_indent)
    if len(lines) < (MIN_VERSE_LINES if is_inset else MIN_FLUSH_VERSE_LINES):
        return None
    if sum(_begins_like_verse(line.text) for line in lines[:12]) * 2 < len(lines[:12]) or item_marker(lines[0].text):
        return None  # most prose is told by the first glance
    capitals = sum(_begins_like_verse(line.text) for line in lines) / len(lines)
    # Four capitals in a row at the heads of wrapped lines are no chance, however long the lines are.
    long_lines = is_inset and capitals == 1 and len(lines) >= MIN_FLUSH_VERSE_LINES
    if not long_lines and _share_full(lines, measures.measure) > 0.15:
        return None
    ended = sum(ends_sentence(line.text) for line in lines[:-1]) / (len(lines) - 1)
    if capitals < 0.75 or ended > (0.6 if is_inset else 0.4):
        return None
    # A quotation that is set narrower wraps at its own edge, and then few of its lines begin with a capital by chance.
    confidence = 0.6 + 0.15 * (len(lines) > 3) + 0.1 * (capitals > 0.9) + 0.1 * is_inset
    return Verdict(Role.VERSE, confidence, "the lines are short of the measure and begin with capitals")


def _begins_like_verse(text: str) -> bool:
    bare = text.lstrip(OPENERS)[:1]
    return not bare.islower()


MIN_NARROW_LINES = 3
NARROW = 0.94  # of the measure


def _quote(chunk: Chunk, before: Chunk | None, after: Chunk | None, measures: Measures) -> Verdict | None:
    """Quotation: set in from the margin as a whole, or wrapped at a measure of its own that is narrower."""
    lines = chunk.lines
    inset = chunk.left - measures.margin(lines[0])
    if inset >= MIN_INSET and len(lines) > 1 and not (measures.first_indent and inset <= 1):
        return Verdict(Role.QUOTE, 0.85, f"all its lines are set in by {inset} columns")
    if inset > measures.first_indent + MIN_INSET and before and before.role is Role.QUOTE and before.left == chunk.left:
        return Verdict(Role.QUOTE, 0.75, "it goes on where a quotation stood, as far from the margin")
    if len(lines) < MIN_NARROW_LINES or not lines[0].blanks or chunk.right > measures.measure * NARROW:
        return None
    if after is not None and not after.lines[0].blanks:
        return None
    own, wide = _share_full(lines, chunk.right), _share_full(lines, measures.measure - measures.slack // 2)
    if own - wide >= 0.5 and own >= 0.7:
        return Verdict(Role.QUOTE, 0.9, "its lines are wrapped at a narrower measure than the text around it")
    return None


_BULLET = re.compile(r"([•‣▪◦●○■□⁃∙*+]|[-–](?= ))[ \t]+(?=\S)")
_ORDINAL = re.compile(r"(\(?(?:(\d{1,3})|([a-z])|([ivxl]{2,6}))(?:[.)]|\.\)))[ \t]+(?=\S)")


def item_marker(text: str) -> re.Match[str] | None:
    """Return the match of a list marker and the blanks after it at the head of a line; group 1 is the marker."""
    return _BULLET.match(text) or _ORDINAL.match(text)


def _item(chunk: Chunk, before: Chunk | None, after: Chunk | None, measures: Measures) -> Verdict | None:
    """List items: the first line has a marker, the others have one or stand where an item's text goes on."""
    lines = chunk.lines
    match = item_marker(lines[0].text)
    if not match:
        return None
    dash = match[1] in "-–"
    hanging = all(line.indent >= lines[0].indent + 1 or item_marker(line.text) for line in lines[1:])
    if (dash and not hanging) or not (hanging or all(line.indent >= lines[0].indent for line in lines)):
        return None
    return Verdict(Role.ITEM, 0.9 if hanging else 0.75, f"it begins with the marker {match[1]}")


def _confirm_lists(chunks: list[Chunk], measures: Measures) -> None:
    """Let stand only what counts on or repeats its bullet: one marker alone makes no list."""
    at = 0
    while at < len(chunks):
        if chunks[at].role is not Role.ITEM:
            at += 1
            continue
        stop = at + 1
        while stop < len(chunks) and (chunks[stop].role is Role.ITEM or _continues(chunks[at], chunks[stop])):
            stop += 1
        markers = [m[1] for chunk in chunks[at:stop] for line in chunk.lines if (m := item_marker(line.text))]
        if not _is_series(markers):
            for number in range(at, stop):  # one marker alone makes no list: ask the other tests
                if chunks[number].role is Role.ITEM:
                    before = chunks[number - 1] if number else None
                    after = chunks[number + 1] if number + 1 < len(chunks) else None
                    chunks[number].verdict = _first_verdict(_OTHER_TESTS, chunks[number], before, after, measures)
        else:
            for chunk in chunks[at:stop]:
                if chunk.role is not Role.ITEM:
                    chunk.verdict = Verdict(Role.ITEM, 0.75, "it goes on at the edge of a list item's text")
        at = stop


def _continues(first: Chunk, chunk: Chunk) -> bool:
    """Tell whether a chunk stands where the text of a list item before it stands: its second paragraph."""
    match = item_marker(first.lines[0].text)
    if not match or chunk.role not in (Role.PROSE, Role.QUOTE) or not chunk.lines[0].blanks:
        return False
    return chunk.left >= first.lines[0].indent + 2 and abs(chunk.left - first.lines[0].indent - match.end()) <= 2


def _is_series(markers: list[str]) -> bool:
    if len(markers) < 2:
        return False
    bullets = sum(marker[-1] not in ".)" for marker in markers)
    if bullets == len(markers):
        return True
    values = [ordinal_value(marker) for marker in markers if marker[-1] in ".)"]
    steps = [b - a for a, b in zip(values, values[1:], strict=False)]
    counting = sum(step == 1 for step in steps)
    return counting * 2 >= len(steps) and counting > 0


def ordinal_value(marker: str) -> int:
    """Return what a marker counts: "3." 3, "(c)" 3, "iv)" 4."""
    bare = marker.strip("().")
    if bare.isdigit():
        return int(bare)
    return roman_value(bare) if len(bare) > 1 else ord(bare) - 96


_TESTS: tuple[Test, ...] = (_scene_break, _item, _heading, _code, _verse, _quote)
_OTHER_TESTS = tuple(test for test in _TESTS if test is not _item)
