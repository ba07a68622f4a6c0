"""What speaks for and against a block's beginning at a line, and for what the line may be: the features of the model.

A feature is a short text, `kind:value`, so that the weights can be read and an explanation made of them (`reasons.py`
says them in words). Every feature is of the document's own measures, or of Unicode categories; none knows a language,
an extractor or a letter.

Most lines need no model, because they are beyond doubt (`certain.py`).
"""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, NamedTuple

from docpack.reflow.certain import Certain
from docpack.reflow.measures import cues_of, first_word_columns
from docpack.reflow.rows import alphabetical_rows, counted_items, echoes, marker_rows, number_rows, speakers, speech
from docpack.reflow.rulings import Role
from docpack.reflow.shapes import bin_of, case_of, code_signs, form_of, item_marker
from docpack.reflow.states import State
from docpack.reflow.view import SURE_REACH, View

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from docpack.reflow.lines import Line
    from docpack.reflow.measures import Measures

__all__ = ["BEGINS", "Doubt", "Features", "evidence"]

Features = tuple[str, ...]

LONGEST_BLOCK = 40  # lines of a block that are looked at
# A sentence that is cut: in a text of which fewer than two lines of five are short, after a line of so much of the
# measure, on which the next word would have fitted in fewer than one of twenty cases.
MOSTLY_PROSE, CUT_LENGTH, CUT_REACH = 1, 0.75, 0.05
MIN_TITLED_LINES, TITLE_LENGTH = 8, 0.7  # lines of a text that has a title; of the measure
MIN_CENTRED = 4  # columns free on both sides
WINDOW = 4  # lines before and after, by whose look verse is known


class Doubt(NamedTuple):
    """A line that is asked about: its features, and what they leave open.

    `marked` tells of one with a list's marker, `coded` of one with signs of program text near: no other line begins
    such a block. `state` is what a rule has found it to be. `begins` tells of a line that begins something, whatever it
    is, and `cut` of one before which a sentence is open on a full line, so that it is no heading.
    """

    features: Features
    marked: bool = False
    coded: bool = False
    state: State | None = None
    begins: bool = False
    cut: bool = False


_TERM, _ITEM, _HEADING = (State(role, "begin") for role in (Role.TERM, Role.ITEM, Role.HEADING))
BEGINS = Doubt(())  # a line with which a paragraph begins beyond doubt


def evidence(lines: Sequence[Line], measures: Measures, asked: Container[int] = frozenset()) -> list[Doubt | None]:
    """Return what speaks for and against each line; linear in the lines.

    None stands for a line that surely goes on, `BEGINS` for one that surely begins a paragraph; lines that are `asked`
    for by their number are neither.
    """
    if not lines:  # all of them are notes
        return []
    view = View(lines, measures)
    certain = Certain(view)
    witness = _Witness(view, certain)
    return [
        None if certain.goes_on(at, asked) else BEGINS if certain.begins(at, asked) else witness.doubt(at)
        for at in range(len(lines))
    ]


_REACHES = (0.0001, 0.01, 0.05, 0.15, 0.4)
_LENGTHS = (0.2, 0.35, 0.5, 0.65, 0.8, 0.92, 1.02)
_ODDS = (-3.0, -1.0, -0.3, 0.3, 1.0, 2.0, 3.5)
_FILLS = (0.35, 0.55, 0.7, 0.8, 0.88, 0.94, 0.98)
_SHARES = (0.01, 0.3, 0.6, 0.99)


class _Witness:
    """Gives evidence on single lines of one document, and on what stands around them."""

    def __init__(self, view: View, certain: Certain) -> None:
        self.lines, self.measures = view.lines, view.measures
        self.shapes, self.wanted, self.reaches = view.shapes, view.wanted, view.reaches
        self.shorts, self.runs = view.shorts, view.runs
        self.sures, self.quotations = certain.sures, certain.quotations
        self.full = self.measures.fits[len(self.measures.fits) // 2]
        self.markers = marker_rows(self.lines)
        self.items = counted_items(self.lines)
        self.terms = alphabetical_rows(self.lines, self.shapes, self.shorts)
        self.rows = number_rows(self.lines, self.shapes)
        self.echoes = echoes(self.lines, self.shapes)
        self.quotes = speech(self.lines)
        self.speakers = speakers(self.lines)
        self.verse_like = bin_of(sum(self.shorts) / len(self.lines), (0.2, 0.4, 0.6, 0.8))  # of the whole document
        self.cuts = self.measures.blanks_part
        self._codes: dict[int, int] = {}
        self._blocks: dict[int, tuple[str, ...]] = {}  # by the first line of a run

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
        return Doubt(
            tuple(map(intern, made)),  # there are few features, and many lines
            marked,
            coded,
            self._state(at),
            self._begins(at),
            self._is_cut(at),
        )

    def _state(self, at: int) -> State | None:
        """Return what a rule has found the line to be."""
        if at in self.terms:
            return _TERM
        if at in self.quotations:
            return State(Role.QUOTE, self.quotations[at])
        if at in self.items:
            return _ITEM
        return _HEADING if not at and self._is_title() else None

    def _is_title(self) -> bool:
        """Tell whether the text begins with its title: a short line apart from what follows, in capitals of some kind."""
        if len(self.lines) < MIN_TITLED_LINES or not self.lines[1].blanks or self.terms:
            return False
        line, shape = self.lines[0], self.shapes[0]
        looks = case_of(line.text) in ("upper", "title", "word") and shape.ends == "letter" and not self._signs(0)
        return looks and shape.length < TITLE_LENGTH and item_marker(line.text) is None

    def _begins(self, at: int) -> bool:
        """Tell whether something begins beyond doubt: after a blank line, where these never stand inside a block."""
        line = self.lines[at]
        if not at or not self.measures.blanks_never_join or not line.blanks or line.turn is not None:
            return False
        return self.shapes[at - 1].ended and not line.text[0].islower()

    def _is_cut(self, at: int) -> bool:
        """Tell whether the line before is full and its sentence open, in prose without numbered headings."""
        if not at or self.verse_like > MOSTLY_PROSE:
            return False
        before, line = self.lines[at - 1], self.lines[at]
        shape = self.shapes[at - 1]
        is_open = shape.ends in ("letter", "comma") and shape.length > CUT_LENGTH and self.reaches[at] >= CUT_REACH
        together = not line.blanks or line.turn is not None or not self.cuts  # blank lines at page turns
        return is_open and together and form_of(before.text) == "plain" == form_of(line.text)

    def _between(self, at: int, made: list[str]) -> None:
        """How the line before ends, how this one begins, and whether its first word would have fitted there."""
        line, shape = self.lines[at], self.shapes[at]
        if not at:
            made += ("first", f"start:{shape.starts}")
            return
        before, old = self.lines[at - 1], self.shapes[at - 1]
        reach = bin_of(self.reaches[at], _REACHES)
        fill = bin_of(self.wanted[at - 1] / self.full, _FILLS)
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
            f"shift-odds:{bin_of(each[0], _ODDS)}",
            f"blank-odds:{bin_of(each[1], _ODDS)}",
            f"trailing-odds:{bin_of(each[2], _ODDS)}",
            f"odds:{bin_of(total, _ODDS)}",
            f"odds-end:{bin_of(total, _ODDS)} {ended} {min(reach, 2)}",
            f"odds-start:{bin_of(total, _ODDS)} {shape.starts}",
        )
        if line.turn is not None:
            made.append(f"turn-end:{old.ends} {shape.starts}")
        if not odds:
            made += (f"shift:{cues[0]}", f"blank:{cues[1]}", f"blank-parts:{cues[1]} {self.cuts} {ended}")

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
        left_over = measures.measure - line.right
        if min(depth, left_over) >= MIN_CENTRED and abs(depth - left_over) <= max(3, measures.measure // 10):
            made.append(f"centred:{gap} {next_gap}")
        start, stop = self.runs[at]
        right = max(each.right for each in lines[start : min(stop, start + 40)])
        narrow = bin_of(right / measures.measure, (0.5, 0.75, 0.88, 0.95))
        size = bin_of(stop - start, (2, 3, 4, 7, 13))
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
        left_bin = bin_of(inset - measures.first_indent if inset > 0 else -1, (0, 1, 2, 5))
        right_bin = bin_of(right / measures.measure, (0.8, 0.9, 0.97))
        size = bin_of(len(lines), (2, 3, 5))
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
            yield f"narrow:{bin_of(left_out, (0.3, 0.7))} {bin_of(own / len(wide), (0.5, 0.8))} {bin_of(open_ends / len(wide), (0.4, 0.7))}"

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
        length = bin_of(shape.length, _LENGTHS)
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
        case = case_of(text)
        form = form_of(text)
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
            found = self._codes[at] = code_signs(self.lines[at].text)
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
                f"next-sure-length:{sure} {bin_of(self.shapes[at].length, _LENGTHS)}",
                f"next-start:{after.starts}",
                f"next-length:{bin_of(after.length, _LENGTHS)}",
                f"own-next:{bin_of(self.shapes[at].length, _LENGTHS)} {self.shorts[at]} {after.starts}",
            )
        if at:
            old = self.shapes[at - 1]
            old_length = bin_of(old.length, _LENGTHS)
            made += (f"old-length:{old_length}", f"old-open:{old.ends} {old_length} {case_of(self.lines[at].text)}")
        made.append(f"own-short:{self.shorts[at]} {self.shapes[at].ended}")

    def _look(self, where: range) -> str:
        if not where:
            return "nothing"
        total = len(where)
        short = sum(self.shorts[each] for each in where) / total
        capital = sum(self.shapes[each].starts != "lower" for each in where) / total
        ended = sum(self.shapes[each].ended for each in where) / total
        return f"{bin_of(short, _SHARES)}{bin_of(capital, _SHARES)}{bin_of(ended, (0.3, 0.7))}"
