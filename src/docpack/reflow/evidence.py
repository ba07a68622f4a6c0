"""What speaks for and against a block's beginning at a line, and for what the line may be: the features of the model.

A feature is a short text, `kind:value`, so that the weights can be read and an explanation made of them (`reasons.py`
says them in words). Every feature is of the document's own measures, or of Unicode categories; none knows a language,
an extractor or a letter.

Most lines need no model: they begin in lower case, nothing stands between them and a full line in mid-sentence.
For these `evidence` gives None, and they go on with what the line before is.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from docpack.numerals import roman_value
from docpack.reflow.measures import CLOSERS, ENDERS, OPENERS, cues_of, ends_sentence, first_word_columns

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from docpack.reflow.lines import Line
    from docpack.reflow.measures import Measures

__all__ = ["BEGINS", "Doubt", "Features", "evidence", "item_marker", "ordinal_value"]

Features = tuple[str, ...]

SURE_FIRST, SURE_FLUSH = 3.0, -1.0  # log odds of a break by which indentation tells paragraphs beyond doubt
SURE_REACH = 0.02  # of the sure wraps happened with less: the next word would not have fitted
SURE_FULL, SURE_FULL_REACH = 0.75, 0.15  # of the measure, and of the sure wraps: the line before is full
SURE_WIDE = 0.88  # of the measure; narrower lines may be of a quotation
MIN_SENTENCE_WORDS = 4
SURE_LENGTH = 0.6  # of the measure; shorter lines are looked at
# A quotation beyond doubt: so many lines, so much narrower than the measure (more where blank lines part paragraphs);
# so many of its line ends are full at its own measure, have room left at the page's, and go on in lower case.
MIN_NARROW_LINES, NARROW, NARROWER = 3, 0.95, 0.88
OWN_WRAPS, ROOM_LEFT, LOWER_WRAPS = 0.7, 0.5, 0.3
LONGEST_BLOCK = 40  # lines of a block that are looked at
WINDOW = 4  # lines before and after, by whose look verse is known


class Shape(NamedTuple):
    """What is asked of a line more than once."""

    starts: str  # the class of its first character
    ends: str  # the class of its last character
    ended: bool  # with the stop of a sentence
    length: float  # its right edge in terms of the measure


class Doubt(NamedTuple):
    """A line that is asked about: its features, and what it must have to be some things: a list's marker, signs of code.

    `term` tells of a line that stands in an alphabetical row, `quoted` of one in a block that is a quotation beyond
    doubt: "begin" or "inside".
    """

    features: Features
    marked: bool = False
    coded: bool = False
    term: bool = False
    quoted: str = ""


BEGINS = Doubt(())  # a line with which a paragraph begins beyond doubt


def evidence(lines: Sequence[Line], measures: Measures, asked: Container[int] = frozenset()) -> list[Doubt | None]:
    """Return what speaks for and against each line; linear in the lines.

    None stands for a line that surely goes on, `BEGINS` for one that surely begins a paragraph; lines that are `asked`
    for by their number are neither.
    """
    sight = _Sight(lines, measures)
    return [
        None if sight.goes_on(at, asked) else BEGINS if sight.begins(at, asked) else sight.doubt(at)
        for at in range(len(lines))
    ]


def _is_sure(before: Line, line: Line, shape: Shape, reach: float, measures: Measures) -> bool:
    """Tell whether a line goes on beyond doubt; `shape` and `reach` are those of the line before.

    In the benchmark and in other texts 0.2 % of these lines begin something, most of them commands in manuals.
    """
    return (
        line.text[0].islower()
        and (not line.blanks or line.turn is not None)
        and reach >= SURE_REACH
        and shape.length > SURE_LENGTH
        and not shape.ended
        and (line.indent == before.indent or line.indent == measures.margin(line))
        and line.text.split(" ", 1)[0].rstrip(_STOPS).isalpha()
    )


_STOPS = ".,;:!?…)”’»\u2010\u00ad-"


def _shape(line: Line, measures: Measures) -> Shape:
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
_BULLET = re.compile(r"([•‣▪◦●○■□⁃∙*+·]|[-–](?= ))[ \t]+(?=\S)")
_ORDINAL = re.compile(r"(\(?(?:(\d{1,3})|([a-z])|([ivxl]{2,6}))(?:[.)]|\.\)))[ \t]+(?=\S)")


def item_marker(text: str) -> re.Match[str] | None:
    """Return the match of a list marker and the blanks after it at the head of a line; group 1 is the marker."""
    return _BULLET.match(text) or _ORDINAL.match(text)


def ordinal_value(marker: str) -> int:
    """Return what a marker counts: "3." 3, "(c)" 3, "iv)" 4."""
    bare = marker.strip("().")
    if bare.isdigit():
        return int(bare)
    return roman_value(bare) if len(bare) > 1 else ord(bare) - 96


def _bin(value: float, limits: tuple[float, ...]) -> int:
    for number, limit in enumerate(limits):
        if value < limit:
            return number
    return len(limits)


_REACHES = (0.0001, 0.01, 0.05, 0.15, 0.4)
_LENGTHS = (0.2, 0.35, 0.5, 0.65, 0.8, 0.92, 1.02)
_ODDS = (-3.0, -1.0, -0.3, 0.3, 1.0, 2.0, 3.5)
_FILLS = (0.35, 0.55, 0.7, 0.8, 0.88, 0.94, 0.98)
_SHARES = (0.01, 0.3, 0.6, 0.99)


class _Sight:
    """Looks at single lines of one document, and at what stands around them."""

    def __init__(self, lines: Sequence[Line], measures: Measures) -> None:
        self.lines, self.measures = lines, measures
        self.full = measures.fits[len(measures.fits) // 2]
        self.shapes = [_shape(line, measures) for line in lines]
        extents, words = measures.extents(lines), measures.words(lines)
        self.wanted = [extent + 1 + word for extent, word in zip(extents, words[1:], strict=False)]
        self.reaches = [0.0, *map(measures.share_below, self.wanted)]
        self.shorts = [*(reach < SURE_REACH for reach in self.reaches[1:]), False]
        self.sures = [False] + [
            _is_sure(before, line, shape, reach, measures)
            for before, line, shape, reach in zip(lines, lines[1:], self.shapes, self.reaches[1:], strict=False)
        ]
        odds = measures.odds
        self.tells_first = odds.get("first", 0) >= SURE_FIRST and odds.get("flush", 0) <= SURE_FLUSH
        self.markers = _series(lines)
        self.terms = _alphabetical(lines, measures, self.shapes, self.shorts)
        self.rows = _rows(lines, self.shapes)
        self._codes: dict[int, int] = {}
        self.echoes = _echoes(lines, self.shapes)
        self.quotes = _quotes(lines)
        self.speakers = _speakers(lines)
        self.verse_like = _bin(sum(self.shorts) / len(lines), (0.2, 0.4, 0.6, 0.8))  # of the whole document
        self.cuts = measures.blanks_part
        self.runs = _runs(lines)
        self._blocks: dict[int, tuple[str, ...]] = {}  # by the first line of a run
        self.quotations = self._quotations()

    def _quotations(self) -> dict[int, str]:
        """Return the lines of blocks that are quotations beyond doubt, with their places.

        Space stands around them, and their lines are wrapped before the page's measure, at one of their own.
        """
        made: dict[int, str] = {}
        start = 0
        while start < len(self.lines):
            stop = self.runs[start][1]
            if stop - start >= MIN_NARROW_LINES and self._is_narrow(start, stop):
                made[start] = "begin"
                made.update(dict.fromkeys(range(start + 1, stop), "inside"))
            start = stop
        return made

    def _is_narrow(self, start: int, stop: int) -> bool:
        measures = self.measures
        lines = self.lines[start:stop]
        right = max(line.right for line in lines)
        # Where blank lines part paragraphs, one of four lines may fall short of the measure by chance.
        limit, least = (NARROWER, MIN_NARROW_LINES + 1) if measures.blanks_part else (NARROW, MIN_NARROW_LINES)
        if right > limit * measures.measure or len(lines) < least or not self._has_space(start, stop):
            return False
        wraps = len(lines) - 1
        own = sum(a.right + 1 + first_word_columns(b.text) > right for a, b in zip(lines, lines[1:], strict=False))
        room = sum(reach < SURE_REACH for reach in self.reaches[start + 1 : stop])
        lower = sum(line.text[0].islower() for line in lines[1:])
        return own >= wraps * OWN_WRAPS and room >= wraps * ROOM_LEFT and lower >= wraps * LOWER_WRAPS

    def _has_space(self, start: int, stop: int) -> bool:
        before = self.lines[start]
        after = self.lines[stop] if stop < len(self.lines) else None
        return (
            before.blanks > 0 and before.turn is None and after is not None and after.blanks > 0 and after.turn is None
        )

    def goes_on(self, at: int, asked: Container[int]) -> bool:
        """Tell whether a line goes on beyond doubt."""
        if self.lines[at].number in asked or not at:
            return False
        return self.sures[at] or (self.tells_first and at not in self.quotations and self._is_flush_inside(at))

    def _is_flush_inside(self, at: int) -> bool:
        """Tell whether a line goes on where all first lines are indented: it is not, and the line before is full."""
        line, old = self.lines[at], self.shapes[at - 1]
        if line.indent != self.measures.margin(line) or line.blanks or line.turn is not None:
            return False
        if self.shapes[at].starts == "lower" and not old.ended:
            return old.length > SURE_LENGTH
        full = old.length > SURE_FULL and self.reaches[at] >= SURE_FULL_REACH
        return full and self.shapes[at].length > SURE_LENGTH and self.shapes[at].starts in ("lower", "upper", "quote")

    def begins(self, at: int, asked: Container[int]) -> bool:
        """Tell whether a line begins a paragraph beyond doubt: it is indented as first lines are, and the next is not."""
        if not self.tells_first or not 0 < at < len(self.lines) - 1 or at in self.quotations:
            return False
        line, after = self.lines[at], self.lines[at + 1]
        return (
            self._is_first(line)
            and line.turn is None
            and self.shapes[at - 1].ended
            and self.shapes[at].starts in ("upper", "quote")
            and (self._goes_on_flush(at) or (self._is_first(after) and self._is_whole(at)))
            and line.number not in asked
            and after.number not in asked
        )

    def _goes_on_flush(self, at: int) -> bool:
        """Tell whether the line after one stands at the margin and goes on with it."""
        after = self.lines[at + 1]
        flush = after.indent == self.measures.margin(after)
        # A quotation may be marked by nothing but a narrower measure.
        wide = max(self.shapes[at].length, self.shapes[at + 1].length) > SURE_WIDE
        return flush and wide and (self.sures[at + 1] or self.shapes[at].length > SURE_FULL)

    def _is_first(self, line: Line) -> bool:
        return line.indent - self.measures.margin(line) == self.measures.first_indent

    def _is_whole(self, at: int) -> bool:
        """Tell whether a line is a sentence of some words, and so a paragraph of one line."""
        return self.shapes[at].ended and self.lines[at].text.count(" ") >= MIN_SENTENCE_WORDS - 1

    def doubt(self, at: int) -> Doubt:
        """Return the features of a line."""
        made: list[str] = []
        self._between(at, made)
        self._layout(at, made)
        self._form(at, made)
        self._neighbours(at, made)
        text = self.lines[at].text
        match = item_marker(text)
        marked = at in self.markers or (match is not None and match[1][-1] not in ".)")
        coded = any(self._signs(each) for each in range(at, min(at + 3, len(self.lines))))
        return Doubt(tuple(made), marked, coded, at in self.terms, self.quotations.get(at, ""))

    def _between(self, at: int, made: list[str]) -> None:
        """How the line before ends, how this one begins, and whether its first word would have fitted there."""
        line, shape = self.lines[at], self.shapes[at]
        if not at:
            made += ("first", f"start:{shape.starts}")
            return
        before, old = self.lines[at - 1], self.shapes[at - 1]
        reach = _bin(self.reaches[at], _REACHES)
        fill = _bin(self.wanted[at - 1] / self.full, _FILLS)
        ended = "ended" if old.ended else "open"
        made += (
            f"end:{old.ends}",
            f"start:{shape.starts}",
            f"end-start:{old.ends} {shape.starts}",
            f"reach:{reach}",
            f"fill:{fill}",
            f"reach-end:{reach} {ended}",
            f"reach-end-start:{min(reach, 3)} {ended} {shape.starts}",
            f"fill-end:{fill} {ended}",
        )
        if self.quotes[at - 1] == "open" or shape.starts.startswith("quote"):
            made += (
                f"quote:{self.quotes[at - 1]} {shape.starts}",
                f"quote-end:{self.quotes[at - 1]} {shape.starts} {ended}",
            )
        speaker = self.speakers.get(at, "")
        if speaker:
            made += (f"speaker:{speaker} {ended}", f"speaker-reach:{speaker} {min(reach, 3)}")
        cues = cues_of(line, before, self.measures.margins, self.measures.first_indent)
        odds = self.measures.odds
        each = [odds.get(cue, 0.0) if cue else 0.0 for cue in cues]
        total = sum(each)
        made += (
            f"shift-odds:{_bin(each[0], _ODDS)}",
            f"blank-odds:{_bin(each[1], _ODDS)}",
            f"trailing-odds:{_bin(each[2], _ODDS)}",
            f"odds:{_bin(total, _ODDS)}",
            f"odds-end:{_bin(total, _ODDS)} {ended} {min(reach, 2)}",
            f"odds-start:{_bin(total, _ODDS)} {shape.starts}",
        )
        if line.turn is not None:
            made.append(f"turn-end:{old.ends} {shape.starts}")
        if not odds:
            made += (f"shift:{cues[0]}", f"blank:{cues[1]}")

    def _layout(self, at: int, made: list[str]) -> None:
        """Blank lines, the left edge and the right one, against the document's own."""
        lines, measures = self.lines, self.measures
        line = lines[at]
        margin = measures.margin(line)
        depth = line.indent - margin
        after = lines[at + 1] if at + 1 < len(lines) else None
        gap = self._gap(line)
        next_gap = self._gap(after) if after else "end"
        made += (f"gap:{gap}", f"gaps:{gap} {next_gap}", f"gap-parts:{gap} {self.cuts}")
        place = self._place(line)
        next_place = self._place(after) if after else "end"
        old_place = self._place(lines[at - 1]) if at else "none"
        made += (
            f"place:{place}",
            f"places:{place} {next_place}",
            f"turned:{old_place} {place}",
            f"turned-all:{old_place} {place} {next_place} {gap}",
        )
        if depth >= 3 and abs(depth - (measures.measure - line.right)) <= max(3, measures.measure // 10):
            made.append(f"centred:{gap} {next_gap}")
        start, stop = self.runs[at]
        right = max(each.right for each in lines[start : min(stop, start + 40)])
        narrow = _bin(right / measures.measure, (0.5, 0.75, 0.88, 0.95))
        size = _bin(stop - start, (2, 3, 4, 7, 13))
        inset = min(each.indent for each in lines[start : min(stop, start + 40)]) - margin
        deep = "in" if inset > max(1, measures.first_indent) else "first" if inset > 0 else "flush"
        place_in = "first" if at == start else "last" if at == stop - 1 else "mid"
        made += (
            f"run:{size} {place_in}",
            f"run-narrow:{narrow} {size}",
            f"run-inset:{deep} {size}",
            f"run-edges:{deep} {narrow}",
        )
        made.append(f"inset:{deep} {place_in}")
        made += [f"{feature} {place_in}" for feature in self._block(start, stop)]

    def _block(self, start: int, stop: int) -> tuple[str, ...]:
        """Return how a run of lines stands as a block: its edges, and whether it is wrapped at a measure of its own.

        A quotation is set in, or wrapped before the page's measure: words would have fitted where no sentence ends.
        """
        found = self._blocks.get(start)
        if found is None:
            found = self._blocks[start] = tuple(self._describe(start, min(stop, start + LONGEST_BLOCK)))
        return found

    def _describe(self, start: int, stop: int) -> Iterator[str]:
        lines = self.lines[start:stop]
        measures = self.measures
        right = max(line.right for line in lines)
        inset = min(line.indent for line in lines) - measures.margin(lines[0])
        left_bin = _bin(inset - measures.first_indent if inset > 0 else -1, (0, 1, 2, 5))
        right_bin = _bin(right / measures.measure, (0.8, 0.9, 0.97))
        size = _bin(len(lines), (2, 3, 5))
        before = "colon" if start and self.shapes[start - 1].ends == "colon" else "no"
        yield f"block:{left_bin} {right_bin} {size}"
        yield f"block-after:{before} {min(left_bin, 2)} {right_bin}"
        if size >= 2 and right_bin <= 2:
            wide = self.reaches[start + 1 : stop]
            left_out = sum(reach < SURE_REACH for reach in wide) / len(wide)
            own = sum(
                line.right + 1 + first_word_columns(after.text) > right
                for line, after in zip(lines, lines[1:], strict=False)
            )
            open_ends = sum(not shape.ended for shape in self.shapes[start : stop - 1])
            yield f"narrow:{_bin(left_out, (0.3, 0.7))} {_bin(own / len(wide), (0.5, 0.8))} {_bin(open_ends / len(wide), (0.4, 0.7))}"

    def _gap(self, line: Line) -> str:
        if line.turn is not None:
            return "turn"
        if not line.blanks:
            return "none"
        usual = self.measures.usual_blanks
        return "usual" if line.blanks == usual else "more" if line.blanks > usual else "less"

    def _place(self, line: Line) -> str:
        depth = line.indent - self.measures.margin(line)
        first = self.measures.first_indent
        if depth <= 0:
            return "flush" if not depth else "out"
        if first and abs(depth - first) <= max(1, first // 3):
            return "first"
        if depth == 1:
            return "one"
        return "deep" if depth < self.measures.measure // 4 else "far"

    def _form(self, at: int, made: list[str]) -> None:
        """What the line says: numbers, capitals, markers, the signs of programs."""
        line, shape = self.lines[at], self.shapes[at]
        text = line.text
        length = _bin(shape.length, _LENGTHS)
        gap = self._gap(line)
        after = self.lines[at + 1] if at + 1 < len(self.lines) else None
        next_gap = self._gap(after) if after else "end"
        alone = f"{'apart' if gap not in ('none', 'turn') else gap} {'apart' if next_gap not in ('none', 'turn') else next_gap}"
        made += (
            f"length:{length}",
            f"length-end:{length} {shape.ends}",
            f"own-end:{shape.ends}",
            f"alone:{alone} {min(length, 5)}",
        )
        case = _case(text)
        form = (
            "chapter"
            if _CHAPTER.fullmatch(text)
            else "keyword"
            if _KEYWORD.match(text)
            else "numbered"
            if _NUMBERED.match(text)
            else "plain"
        )
        made += (
            f"case:{case} {min(length, 5)}",
            f"case-end:{case} {shape.ended}",
            f"form:{form}",
            f"form-case:{form} {case} {min(length, 5)}",
        )
        made.append(f"heading-like:{alone} {case} {form} {shape.ended}")
        made.append(f"words:{min(text.count(' ') + 1, 9)}")
        if at in self.markers:
            made.append(f"marker:{self.markers[at]}")
        elif item_marker(text):
            made.append("marker:lone")
        if at in self.terms:
            made.append(f"term:{self.terms[at]}")
        if at in self.rows:
            made += (f"row:{self.rows[at]}", f"row-length:{self.rows[at]} {length}", f"row-gap:{gap} {next_gap}")
        if at in self.echoes:
            made.append("echo")
        self._code(at, made)

    def _code(self, at: int, made: list[str]) -> None:
        """The signs of program text, in the line and around it."""
        before, own, after = (self._signs(each) for each in (at - 1, at, at + 1))
        if own or before or after:
            made += (f"code:{own}", f"codes:{before}{own}{after}")
        elif later := self._signs(at + 2):
            made.append(f"code-after:{later}")
        if before and not own:
            made.append(f"code-end:{before} {self.shapes[at].starts} {self.shapes[at].ended}")

    def _signs(self, at: int) -> int:
        """Return how much a line looks like program text, 0..3; 0 beyond the ends."""
        if not 0 <= at < len(self.lines):
            return 0
        found = self._codes.get(at)
        if found is None:
            found = self._codes[at] = _code_signs(self.lines[at].text)
        return found

    def _neighbours(self, at: int, made: list[str]) -> None:
        """How the lines around look: verse is short, begins with capitals and does not end its sentences."""
        ahead = self._look(range(at, min(at + WINDOW, len(self.lines))))
        behind = self._look(range(max(0, at - WINDOW), at))
        made += (
            f"ahead:{ahead}",
            f"behind:{behind}",
            f"around:{behind} {ahead}",
            f"verse-like:{self.verse_like} {ahead}",
        )
        if at + 1 < len(self.lines):
            after = self.shapes[at + 1]
            sure = self.sures[at + 1]
            made += (
                f"next-sure:{sure}",
                f"next-sure-length:{sure} {_bin(self.shapes[at].length, _LENGTHS)}",
                f"next-start:{after.starts}",
                f"next-length:{_bin(after.length, _LENGTHS)}",
                f"own-next:{_bin(self.shapes[at].length, _LENGTHS)} {self.shorts[at]} {after.starts}",
            )
        if at:
            made.append(f"old-length:{_bin(self.shapes[at - 1].length, _LENGTHS)}")
        made.append(f"own-short:{self.shorts[at]} {self.shapes[at].ended}")

    def _look(self, where: range) -> str:
        if not where:
            return "nothing"
        total = len(where)
        short = sum(self.shorts[each] for each in where) / total
        capital = sum(self.shapes[each].starts != "lower" for each in where) / total
        ended = sum(self.shapes[each].ended for each in where) / total
        return f"{_bin(short, _SHARES)}{_bin(capital, _SHARES)}{_bin(ended, (0.3, 0.7))}"


def _case(text: str) -> str:
    """Return how a line is capitalised: upper, title, sentence, lower or none."""
    upper = text.upper()
    if upper == text:
        return "upper" if text.lower() != text else "none"
    words = [word for word in text.split() if word[0].isalpha() or (word[0] in OPENERS and word[1:2].isalpha())]
    longer = [word for word in words if len(word) > 3] or words
    capitals = sum(word.lstrip(OPENERS)[:1].isupper() for word in longer)
    if longer and capitals * 5 >= len(longer) * 4:
        return "title" if len(words) > 1 else "word"
    return "sentence" if text.lstrip(OPENERS)[:1].isupper() else "lower"


_MARKS = re.compile('[“”«»„"]')
_BEFORE_OPENER = " ([—–-\u2014‘“«¡¿"


def _quotes(lines: Sequence[Line]) -> list[str]:
    """Return for each line whether speech is open at its end, closed there, or none was met for some lines.

    A mark of quotation opens where a blank or nothing stands before it, whatever its shape: languages differ.
    """
    made: list[str] = []
    state, age = "none", 0
    for line in lines:
        text = line.text
        age += 1
        for match in _MARKS.finditer(text):
            at = match.start()
            opens = at == 0 or text[at - 1] in _BEFORE_OPENER
            state, age = ("open" if opens else "closed"), 0
        if age > MAX_SPEECH_LINES:
            state = "none"
        made.append(state)
    return made


MAX_SPEECH_LINES = 30  # after which a mark of quotation is forgotten
_SPEAKER = re.compile(r"([^\W\d_][\w’'-]*\.?(?: [^\W\d_][\w’'-]*\.?){0,2}?)[.:] ?(?=\S)")
MIN_SPEECHES = 3  # lines that begin with a name, for it to be a speaker's


def _speakers(lines: Sequence[Line]) -> dict[int, str]:
    """Return the lines that begin with a name and a stop as speeches of plays do, and how many of that name there are."""
    found: dict[int, str] = {}
    counter: Counter[str] = Counter()
    for at, line in enumerate(lines):
        if line.text[0].isupper() and (match := _SPEAKER.match(line.text)):
            found[at] = match[1]
            counter[match[1]] += 1
    return {
        at: "often" if counter[name] > 2 * MIN_SPEECHES else "some"
        for at, name in found.items()
        if counter[name] >= MIN_SPEECHES
    }


def _code_signs(text: str) -> int:
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


def _echoes(lines: Sequence[Line], shapes: list[Shape]) -> set[int]:
    """Return the lines whose words are the first ones of the next line: the titles of poems that are named by it."""
    made = set()
    for at, (line, after) in enumerate(zip(lines, lines[1:], strict=False)):
        text = line.text
        if shapes[at].length < 0.7 and len(text) > 3 and after.text[:3].casefold() == text[:3].casefold():
            words = "".join(filter(str.isalnum, text.casefold()))
            following = "".join(filter(str.isalnum, after.text.casefold()))
            if words and following.startswith(words) and following != words:
                made.add(at)
    return made


_ROW = re.compile(r"(?:([^\W\d_]{2,12}) )?(?:(\d{1,3}(?:\.\d{1,3})*)|([IVXLC]{1,7}))(?:[.):]|(?=\s)|$)[:—–-]? ?")
MIN_ROW = 2  # numbers that count on; one and two are a row already where they stand at the heads of lines


def _rows(lines: Sequence[Line], shapes: list[Shape]) -> dict[int, str]:
    """Return the lines that begin with numbers counting on through the text, as those of chapters do: the number's kind."""
    last: dict[str, tuple[tuple[int, ...], int]] = {}
    made: dict[int, str] = {}
    for at, line in enumerate(lines):
        text = line.text
        if not (text[0].isalnum() and (match := _ROW.match(text))) or shapes[at].length > 0.9:
            continue
        word = (match[1] or "").casefold()
        if match[2]:
            value = tuple(int(each) for each in match[2].split("."))
        else:
            number = roman_value(match[3])
            if not number:
                continue
            value = (number,)
        kind = f"{'word' if word else 'roman' if match[3] else 'dotted' if len(value) > 1 else 'number'}"
        if match.end() >= len(text):
            kind += " alone"
        key = f"{word} {kind}"
        old = last.get(key)
        if old and _counts_on(old[0], value) and at - old[1] > 1:
            made[at] = kind
            if old[1] not in made:
                made[old[1]] = kind
        last[key] = (value, at)
    return made


def _counts_on(old: tuple[int, ...], value: tuple[int, ...]) -> bool:
    """Tell whether a number follows another: 3 2, 1.3 1.2, 2.1 1.7, 1.2.1 1.2."""
    if len(value) == len(old):
        different = [place for place, (a, b) in enumerate(zip(old, value, strict=True)) if a != b]
        if not different:
            return False
        place = different[0]
        return value[place] == old[place] + 1 and all(each == 1 for each in value[place + 1 :])
    if len(value) > len(old):
        return value[: len(old)] == old and all(each == 1 for each in value[len(old) :])
    return value[:-1] == old[: len(value) - 1] and value[-1] == old[len(value) - 1] + 1


def _runs(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Return for each line where the lines begin and end that stand together: no blank line, no new left edge."""
    made: list[tuple[int, int]] = []
    start = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or lines[at].blanks or lines[at].turn is not None or _edge_changes(lines, start, at):
            made += [(start, at)] * (at - start)
            start = at
    return made


def _edge_changes(lines: Sequence[Line], start: int, at: int) -> bool:
    shift = lines[at].indent - lines[at - 1].indent
    return shift != 0 and not (at - 1 == start and shift < 0)  # a first line is indented on its own


def _series(lines: Sequence[Line]) -> dict[int, str]:
    """Return the lines whose list marker goes on from or before another one: its kind, "first" or "next"."""
    found = [(at, match[1]) for at, line in enumerate(lines) if (match := item_marker(line.text))]
    made: dict[int, str] = {}
    for (at, marker), (other, following) in zip(found, found[1:], strict=False):
        if other - at > 60:
            continue
        if marker[-1] not in ".)":
            if following == marker and lines[at].indent == lines[other].indent:
                made.setdefault(at, "bullet first")
                made[other] = "bullet next"
        elif following[-1] in ".)" and ordinal_value(following) == ordinal_value(marker) + 1:
            made.setdefault(at, "ordinal first")
            made[other] = "ordinal next"
    return made


MIN_TERMS = 6  # short lines in alphabetical order; by chance one in 720 such rows is


def _alphabetical(lines: Sequence[Line], measures: Measures, shapes: list[Shape], shorts: list[bool]) -> dict[int, str]:
    """Return the lines that may be the heads of a dictionary: short, without a stop, in alphabetical order."""
    rows = [
        at
        for at in range(len(lines) - 1)
        if shorts[at]
        and shapes[at].length < 0.5
        and not shapes[at].ended
        and shapes[at].ends in ("letter", "quote", "sign")
        and shapes[at].starts in ("upper", "lower", "quote", "quote-lower")
        and lines[at].text.count(" ") < 4
        and (not at or shapes[at - 1].ended)
        and shapes[at + 1].starts != "lower"
    ]
    made: dict[int, str] = {}
    run: list[int] = []
    for at in [*rows, -1]:
        key = _sort_key(lines[at].text) if at >= 0 else ""
        if run and key < _sort_key(lines[run[-1]].text):
            if len(run) >= MIN_TERMS:
                made.update(dict.fromkeys(run, "alphabetical"))
            run = []
        run.append(at)
    return made


def _sort_key(text: str) -> str:
    return text.lstrip(OPENERS).casefold()
