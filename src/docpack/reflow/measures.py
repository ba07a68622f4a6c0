"""What this document looks like: margins, measure, how it marks paragraphs. All from the document itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.reflow.lines import Line

__all__ = ["CLOSERS", "OPENERS", "Measures", "ends_sentence", "first_word_columns", "measure_document"]

CLOSERS = "\"'”’»›)]}*_’“"  # may follow the stop of a sentence; “ closes in German
OPENERS = "\"'“‘«‹„‚([—–-¿¡_*…”»"  # may stand before the first word of one; » opens in German
ENDERS = ".!?…:。！？؟۔।።"
MAX_FIRST_INDENT = 10  # columns; a deeper one is a quote, verse or centred line
MARGIN_SHARE = 0.08  # of a page's lines stand at its margin, however many paragraphs begin on it
MIN_MEASURE = 25  # columns; no text is set narrower, so shorter lines are short
FULL_QUANTILE = 0.9  # of the lines end before the measure; the tenth above it are lines with a hanging hyphen or dash


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of a document, in columns of its own lines.

    `margins` and `measures` go by page; `slack` is how much the right edges of full lines differ.
    """

    margins: tuple[int, ...]
    measure: int
    slack: int
    first_indent: int  # the usual indentation of a paragraph's first line; 0 where paragraphs have none
    blanks_part: bool  # blank lines part paragraphs
    trailing_joins: bool  # wrapped lines end in a blank, the last lines of paragraphs do not
    usual_blanks: int  # between two paragraphs

    def margin(self, line: Line) -> int:
        """Return the left margin of the page that a line stands on."""
        return self.margins[line.page] if line.page < len(self.margins) else 0


def first_word_columns(text: str) -> int:
    """Return how many columns the first word takes: what would have had to fit on the line before."""
    space = text.find(" ", 0, 40)
    return space if space > 0 else min(len(text), 40)


def ends_sentence(text: str) -> bool:
    """Tell whether a line ends with the stop of a sentence, brackets and quotes after it apart."""
    last = text[-1]
    if last in CLOSERS:
        last = text.rstrip(CLOSERS)[-1:]
    return last != "" and last in ENDERS


def measure_document(lines: Sequence[Line]) -> Measures:
    """Return the measures; one pass over the lines and one over the pages."""
    margins = _margins(lines)
    measure, slack = _measure(lines)
    return Measures(
        margins=margins,
        measure=measure,
        slack=slack,
        first_indent=_first_indent(lines, margins),
        blanks_part=_blanks_part(lines, measure),
        trailing_joins=_trailing_joins(lines),
        usual_blanks=_usual_blanks(lines),
    )


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
        margin = margins[line.page] if line.page < len(margins) else 0
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


def _blanks_part(lines: Sequence[Line], measure: int) -> bool:
    """Tell whether blank lines part paragraphs: they are many, and most follow the end of one."""
    gaps = [line for line in lines[1:] if line.blanks and line.turn is None]
    if len(gaps) * 33 < len(lines):
        return False
    at_ends = 0
    for line in gaps:
        before = lines[line.index - 1]
        room = measure - before.right > first_word_columns(line.text)
        at_ends += ends_sentence(before.text) or room
    return at_ends * 10 >= len(gaps) * 7


def _trailing_joins(lines: Sequence[Line]) -> bool:
    """Tell whether the extractor left the blank of a soft line end, as pdfminer and pypdf do."""
    trailing = sum(line.trailing for line in lines)
    return len(lines) * 0.3 < trailing < len(lines) * 0.98


def _usual_blanks(lines: Sequence[Line]) -> int:
    counter = Counter(line.blanks for line in lines[1:] if line.blanks and line.turn is None)
    return max(counter.items(), key=lambda item: (item[1], -item[0]))[0] if counter else 1
