"""What this document looks like: margins, measure, how it marks paragraphs. All from the document itself.

Two sets of line ends are nearly certain whatever the extractor did: where the text goes on in lower case, a line was
wrapped; where a sentence ended, the next word would have fitted and a capital follows, a paragraph ended. What the
document does with indentation, blank lines and trailing blanks at the one and at the other tells what these cues are
worth in it (`Measures.odds_of`), and how far wrapped lines reach tells whether a word would have fitted (`reach`).
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.reflow.lines import Line

__all__ = ["CLOSERS", "OPENERS", "Measures", "ends_sentence", "first_word_columns", "measure_document", "without_label"]

CLOSERS = "\"'”’»›)]}*_’“』」）》〉"  # may follow the stop of a sentence; “ closes in German
OPENERS = "\"'“‘«‹„‚([—–-¿¡_*…”»『「（《〈"  # may stand before the first word of one; » opens in German
ENDERS = ".!?…:。！？؟۔।።：｡"
MAX_FIRST_INDENT = 10  # columns; a deeper one is a quote, verse or centred line
MARGIN_SHARE = 0.08  # of a page's lines stand at its margin, however many paragraphs begin on it
MIN_MEASURE = 25  # columns; no text is set narrower, so shorter lines are short
FULL_QUANTILE = 0.9  # of the lines end before the measure; the tenth above it are lines with a hanging hyphen or dash
MIN_WRAPPED = 8  # sure line wraps from which the reach of lines is known
SAMPLE_WRAPS = 4000  # line wraps from which the statistics are made; more do not change them


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of a document, in columns of its own lines.

    `margins` go by page; `slack` is how much the right edges of full lines differ. `fits` are, ascending, the columns
    that the line before and the first word would have taken together at each sure line wrap.
    """

    margins: tuple[int, ...]
    measure: int
    slack: int
    first_indent: int  # the usual indentation of a paragraph's first line; 0 where paragraphs have none
    blanks_part: bool  # blank lines part paragraphs
    blanks_never_join: bool  # no sure line wrap has one, and most likely breaks have
    usual_blanks: int  # between two paragraphs
    fits: tuple[float, ...]
    proportional: bool  # extents are measured in letters' widths, not in columns
    odds: dict[str, float]  # by cue: log odds of a break against a wrap, in this document

    def margin(self, line: Line) -> int:
        """Return the left margin of the page that a line stands on."""
        return _margin_of(line, self.margins)

    def extents(self, lines: Sequence[Line]) -> list[float]:
        """Return how far each line reaches, in the measure of `fits`."""
        if self.proportional:
            return [line.indent + _width(line.text) for line in lines]
        return [line.right for line in lines]

    def words(self, lines: Sequence[Line]) -> list[float]:
        """Return the extent of each line's first word."""
        if self.proportional:
            return [_width(line.text[: first_word_columns(line.text)]) for line in lines]
        return [first_word_columns(line.text) for line in lines]

    def share_below(self, wanted: float) -> float:
        """Return which share of the sure wraps happened with less than `wanted`, 0..1.

        Near 0 the first word would have fitted on the line before; something else than its end broke that line.
        """
        return bisect_left(self.fits, wanted) / len(self.fits)


def first_word_columns(text: str) -> int:
    """Return how many columns the first word takes: what would have had to fit on the line before."""
    space = text.find(" ", 0, 40)
    if space > 0:
        return space
    return 1 if text[0] >= "\u2e80" else min(len(text), 40)  # ideographs are broken anywhere


def ends_sentence(text: str) -> bool:
    """Tell whether a line ends with the stop of a sentence; brackets, quotes and a note's label may follow it."""
    last = text[-1]
    if last in ENDERS:
        return True
    if last not in CLOSERS and not (last.isdigit() or last in NOTE_SIGNS):
        return False
    last = without_label(text).rstrip(CLOSERS)[-1:]
    return last != "" and last in ENDERS


NOTE_SIGNS = "]*†‡§¶∗⋆¹²³⁰⁴⁵⁶⁷⁸⁹"
_LABEL = re.compile(r"(?<=[.!?…:;,。”’»)])(?:\[\w{1,3}\]|\[[*†‡∗⋆]{1,3}\]|\d{1,3}|[*†‡§¶∗⋆¹²³⁰⁴-⁹]{1,3})$")


def without_label(text: str) -> str:
    """Return a line without the label of a note that is glued to its last stop: "daylight.[2]", "clerk.3"."""
    if text[-1].isdigit() or text[-1] in NOTE_SIGNS:
        match = _LABEL.search(text)
        if match and match.start():
            return text[: match.start()]
    return text


def measure_document(lines: Sequence[Line]) -> Measures:
    """Return the measures; one pass over the lines and one over the pages."""
    margins = _margins(lines)
    measure, slack = _measure(lines)
    wraps = _sure_wraps(lines)
    breaks = _likely_breaks(lines, measure)
    proportional = _is_proportional(wraps)
    fits = _fits(wraps, proportional=proportional) if len(wraps) >= MIN_WRAPPED else (float(measure),)
    first_indent = _first_indent(lines, margins)
    return Measures(
        margins=margins,
        measure=measure,
        slack=slack,
        first_indent=first_indent,
        blanks_part=_blanks_part(lines, measure, margins, first_indent),
        blanks_never_join=_blanks_never_join(wraps, breaks),
        usual_blanks=_usual_blanks(lines),
        fits=fits,
        proportional=proportional,
        odds=_odds(wraps, breaks, margins, first_indent),
    )


# ------------------------------------------------------------------------------------------- reach and cues


def _sure_wraps(lines: Sequence[Line]) -> list[tuple[Line, Line]]:
    """Return pairs of lines of which the second surely goes on with the first: in lower case, in mid-sentence."""
    found = []
    for before, line in zip(lines, lines[1:], strict=False):
        first, last = line.text[0], before.text[-1]
        goes_on = first.islower() or (first >= "\u0590" and first.isalpha() and last.isalpha())
        if goes_on and line.turn is None and last not in ENDERS and last not in CLOSERS:
            found.append((before, line))
    if len(found) > SAMPLE_WRAPS:
        step = len(found) // SAMPLE_WRAPS + 1
        return found[::step]
    return found


# Rough widths of the letters of proportional faces, in twelfths of their mean: narrow ones, wide ones, capitals.
_WIDTHS = bytearray([12] * 256)
for _chars, _units in (("ijl.,:;'|!Itf", 7), (" ()[]-rJ/", 8), ("mwMWOQG@%&", 18), ("ABCDEFHKLNPRSTUVXYZ", 15)):
    for _char in _chars:
        _WIDTHS[ord(_char)] = _units
for _byte in b"\x91\x92\x82":  # single quotation marks in Windows-1252
    _WIDTHS[_byte] = 6
_TABLE = bytes(_WIDTHS)


def _width(text: str) -> float:
    return sum(text.encode("cp1252", "replace").translate(_TABLE)) / 12


MIN_SAMPLE = 40  # wraps; from fewer one cannot tell whose edges differ less
CLEARLY = 0.85  # letters' widths must differ by less than this share of what columns differ by


def _is_proportional(wraps: list[tuple[Line, Line]]) -> bool:
    """Tell whether full lines differ clearly less in the widths of their letters than in columns."""
    sample = [before for before, _ in wraps[:400]]
    if len(sample) < MIN_SAMPLE:
        return False
    widths = _spread([line.indent + _width(line.text) for line in sample])
    return widths < CLEARLY * _spread([float(line.right) for line in sample])


def _spread(values: list[float]) -> float:
    ordered = sorted(values)
    middle = ordered[len(ordered) // 2] or 1.0
    return (ordered[int(len(ordered) * 0.8)] - ordered[int(len(ordered) * 0.2)]) / middle


def _fits(wraps: list[tuple[Line, Line]], *, proportional: bool) -> tuple[float, ...]:
    if not proportional:
        return tuple(sorted(before.right + 1.0 + first_word_columns(line.text) for before, line in wraps))
    return tuple(
        sorted(
            before.indent + _width(before.text) + 1 + _width(line.text[: first_word_columns(line.text)])
            for before, line in wraps
        )
    )


def cues_of(line: Line, before: Line, margins: tuple[int, ...], first_indent: int) -> tuple[str, str, str]:
    """Return what stands between two lines: the shift of the left edge, blank lines, a trailing blank; "" if none."""
    depth = line.indent - _margin_of(line, margins)
    if depth == 0:
        shift = "flush"
    elif first_indent and abs(depth - first_indent) <= max(1, first_indent // 3):
        shift = "first"
    elif depth == 1:
        shift = "one"
    else:
        shift = "deep" if depth > 0 else "out"
    if line.turn is not None:
        return shift, "", ""
    return shift, f"blank{min(line.blanks, 2)}", "trailing" if before.trailing else "bare"


SHORT = 0.75  # of the measure; a line that ends a sentence and is shorter with the next word is a paragraph's last
MIN_ANCHORS = 1  # of each kind, below which nothing is said of a cue; from few, little is said


def _likely_breaks(lines: Sequence[Line], measure: int) -> list[tuple[Line, Line]]:
    """Return pairs of lines of which the second likely begins a paragraph: a sentence has ended, and room was left."""
    found = []
    limit = measure * SHORT
    for before, line in zip(lines, lines[1:], strict=False):
        if line.text[0].islower() or not ends_sentence(before.text):
            continue
        if before.right + 1 + first_word_columns(line.text) < limit:
            found.append((before, line))
            if len(found) >= SAMPLE_WRAPS:
                break
    return found


def _odds(
    wraps: list[tuple[Line, Line]], breaks: list[tuple[Line, Line]], margins: tuple[int, ...], first_indent: int
) -> dict[str, float]:
    """Return the log odds of a break for each cue of `cues_of`, from what stands at sure wraps and likely breaks."""
    if len(breaks) < MIN_ANCHORS or len(wraps) < MIN_ANCHORS:
        return {}
    wrapped: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    for counter, pairs in ((wrapped, wraps), (broken, breaks)):
        for before, line in pairs:
            counter.update(cues_of(line, before, margins, first_indent))
    made = {}
    for cue in wrapped.keys() | broken.keys():
        often, seldom = (broken[cue] + 0.3) / (len(breaks) + 1), (wrapped[cue] + 0.3) / (len(wraps) + 1)
        made[cue] = math.log(often / seldom)
    return made


MIN_WITNESSES = 2  # sure wraps without a blank line; in the benchmark and other texts 11 of 5,600 such lines went on
AT_BREAKS = 0.6  # of the likely breaks have one


def _blanks_never_join(wraps: list[tuple[Line, Line]], breaks: list[tuple[Line, Line]]) -> bool:
    """Tell whether a blank line after a sentence's end always parts two blocks here."""
    if len(wraps) < MIN_WITNESSES or not breaks or any(line.blanks for _, line in wraps):
        return False
    parted = [line.blanks > 0 for _, line in breaks if line.turn is None]
    return bool(parted) and sum(parted) >= len(parted) * AT_BREAKS


# ------------------------------------------------------------------------------------------------- margins


def _margins(lines: Sequence[Line]) -> tuple[int, ...]:
    """Return the left margin of each page: the leftmost indentation that is no exception there.

    Extractors that keep the layout shift recto and verso differently; text without form feeds is one page.
    """
    by_page: list[Counter[int]] = []
    for line in lines:
        while len(by_page) <= line.page:
            by_page.append(Counter())
        by_page[line.page][line.indent] += 1
    whole = _leftmost(_total(by_page), 0)
    return tuple(_leftmost(counter, whole) for counter in by_page)


def _total(counters: list[Counter[int]]) -> Counter[int]:
    total: Counter[int] = Counter()
    for counter in counters:
        total.update(counter)
    return total


def _leftmost(counter: Counter[int], default: int) -> int:
    lines = counter.total()
    if lines < 4:
        return default
    return next((indent for indent in sorted(counter) if counter[indent] >= max(2, lines * MARGIN_SHARE)), default)


def _measure(lines: Sequence[Line]) -> tuple[int, int]:
    """Return the right edge of full lines, and how ragged it is: the distance of the upper quantiles."""
    # A line is followed closely only inside a paragraph or between two of them: headings and lone lines stay out.
    edges = sorted(line.right for line, after in zip(lines, lines[1:], strict=False) if not after.blanks)
    if len(edges) < 4:
        edges = sorted(line.right for line in lines) or [0]
    full = edges[min(len(edges) - 1, int(len(edges) * FULL_QUANTILE))]
    upper = edges[int(len(edges) * 0.6)]
    full = max(full, MIN_MEASURE)
    return full, max(1, min(full // 6, full - upper))


def _first_indent(lines: Sequence[Line], margins: tuple[int, ...]) -> int:
    """Return the indentation by which first lines are told, or 0.

    It counts only where a line returns to the margin after it: a block that is indented as a whole tells nothing.
    """
    found: Counter[int] = Counter()
    runs = 0
    for line, after in zip(lines, lines[1:], strict=False):
        if line.page != after.page:
            continue
        margin = _margin_of(line, margins)
        depth = line.indent - margin
        if 0 < depth <= MAX_FIRST_INDENT and after.indent == margin and not after.blanks:
            found[depth] += 1
        runs += not line.blanks
    if not found:
        return 0
    depth, times = max(found.items(), key=lambda item: (item[1], -item[0]))
    # One column is often a stray blank; two or more are meant.
    least = max(3, runs * 0.02) if depth == 1 else max(2, runs * 0.005)
    return depth if times >= least else 0


def _blanks_part(lines: Sequence[Line], measure: int, margins: tuple[int, ...], first_indent: int) -> bool:
    """Tell whether blank lines part paragraphs: they are many, most follow the end of one, and no other sign is commoner."""
    gaps = [(before, line) for before, line in zip(lines, lines[1:], strict=False) if line.blanks and line.turn is None]
    if len(gaps) * 33 < len(lines):
        return False
    if first_indent:
        firsts = sum(
            not line.blanks and line.turn is None and line.indent - _margin_of(line, margins) == first_indent
            for line in lines[1:]
        )
        if firsts >= len(gaps):
            return False
    at_ends = 0
    for before, line in gaps:
        room = measure - before.right > first_word_columns(line.text)
        at_ends += ends_sentence(before.text) or room
    return at_ends * 10 >= len(gaps) * 7


def _margin_of(line: Line, margins: tuple[int, ...]) -> int:
    return margins[line.page] if line.page < len(margins) else 0


def _usual_blanks(lines: Sequence[Line]) -> int:
    counter = Counter(line.blanks for line in lines[1:] if line.blanks and line.turn is None)
    return max(counter.items(), key=lambda item: (item[1], -item[0]))[0] if counter else 1
