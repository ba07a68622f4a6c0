"""What stands between two lines, and what it reads as: the edits of a text.

Each line has one gap before it. The blocks decide on the gaps in any order; at the end they become edits in the order
of the source, so that moving a note changes the tree and not the ledger.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from docpack.ledger import Edit, Rule
from docpack.reflow.hyphens import HYPHENS
from docpack.reflow.measures import ends_sentence
from docpack.reflow.pages import NOTE_RULE
from docpack.reflow.reasons import FLUSH_REASON, SURE_REASON
from docpack.reflow.roles import SURE, Placed
from docpack.reflow.rulings import Hyphen
from docpack.reflow.spacing import Spacing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from docpack.reflow.hyphens import Hyphens
    from docpack.reflow.lines import Line
    from docpack.reflow.rulings import Ruling

__all__ = ["Gap", "Gaps"]

_MARKS = re.compile(">(?: ?>)*")


class Gap(NamedTuple):
    """What the white space before a line reads as. `hyphen` counts the characters before it that go too: a hyphen."""

    reading: str
    rule: Rule
    confidence: float
    reason: str
    hyphen: int = 0
    decision: str = ""
    considered: tuple[tuple[str, float], ...] = ()


EDGE = Gap("", Rule.EDGE, 1.0, "white space round the text")
# Three gaps of five in most books are one of these two.
_SURE_GAP = Gap(" ", Rule.LINE_JOIN, SURE, SURE_REASON, 0, "join")
_FLUSH_GAP = Gap(" ", Rule.LINE_JOIN, SURE, FLUSH_REASON, 0, "join")
_PLAIN_GAPS = {SURE_REASON: _SURE_GAP, FLUSH_REASON: _FLUSH_GAP}
_FURNITURE_SURE = 0.99  # 997 of 1,000 were right in the benchmark
_GOES_ON = Gap("\n\n", Rule.BLOCK_BREAK, 0.9, "the text goes on that a note had interrupted")


class Gaps:
    """The gaps of one text, by the index of the line after them."""

    def __init__(
        self, text: str, lines: Sequence[Line], hyphens: Hyphens, rulings: Mapping[int, Ruling], *, blanks_part: bool
    ) -> None:
        self.text = text
        self.hyphens = hyphens
        self.edits: list[Edit] = []
        self.at_end: Callable[[Sequence[Line]], None] | None = None  # called when all edits are known
        self._lines = lines
        self.rulings = rulings
        self._blanks_part = blanks_part
        self._gaps: list[Gap] = [EDGE] * len(lines)
        self._parted: dict[int, Line] = {}  # the line before in the paragraph, where notes lie between
        self._spacing = Spacing(text)

    def __getitem__(self, line: Line) -> Gap:
        """Return the gap before a line."""
        return self._gaps[line.index]

    def is_plain(self, line: Line) -> bool:
        """Tell whether the gap before a line is a mere blank."""
        gap = self._gaps[line.index]
        return gap is _SURE_GAP or gap is _FLUSH_GAP

    def turns_page(self, before: Line, line: Line) -> bool:
        """Tell whether a page turns between two lines of a paragraph: blank lines in mid-sentence say so."""
        if line.turn is not None or not line.blanks:
            return line.turn is not None
        return not self._blanks_part and not ends_sentence(before.text)

    def begin(self, placed: Placed, what: str) -> None:
        """A block begins with a line."""
        self._set(placed, "\n\n", Rule.BLOCK_BREAK, f"{what} begins: {placed.reason}")

    def keep_line(self, placed: Placed, reading: str, what: str) -> None:
        """A line of verse or preformatted text ends before a line."""
        self._set(placed, reading, Rule.LINE_KEEP, f"{what} ends: {placed.reason}")

    def _set(self, placed: Placed, reading: str, rule: Rule, reason: str) -> None:
        if placed.ruled:
            rule = Rule.OVERRIDE
        self._gaps[placed.line.index] = Gap(
            reading, rule, placed.confidence, reason, 0, placed.decision, placed.considered
        )

    def join(self, before: Line, placed: Placed) -> None:
        """A paragraph goes on with a line: the gap reads as a blank, nothing, or nothing and no hyphen."""
        line = placed.line
        if before.index != line.index - 1:
            self._parted[line.index] = before
        last = before.text[-1]
        if last in HYPHENS and len(before.text) > 1 and not before.text.endswith("--"):
            # With a blank before it, it is a dash, unless an extractor has moved the hyphen of a justified line.
            spaced = before.text[-2] == " "
            if not spaced or self.hyphens.is_moved(before.text, line.text):
                self._gaps[line.index] = self._hyphen_gap(before, placed, int(spaced))
                return
        # Below U+0E00 every script parts its words by blanks, and no long dash is there.
        plain = last < "\u0e00" > line.text[0] and (last.isalnum() or last in ".,;:!?")
        sure = _PLAIN_GAPS.get(placed.reason)
        if sure and plain and not line.blanks and line.turn is None and before.index == line.index - 1:
            self._gaps[line.index] = sure
            return
        rule = Rule.PAGE_TURN if self.turns_page(before, line) else Rule.LINE_JOIN
        reading = " " if plain else self._spacing.between(before.text, line.text)
        self._set(placed, reading, rule, placed.reason)

    def _hyphen_gap(self, before: Line, placed: Placed, blanks: int) -> Gap:
        """Return the gap after a hyphen, before which so many blanks stand that do not belong there."""
        ruling = self.rulings.get(before.number)
        text = before.text[: -1 - blanks] + before.text[-1] if blanks else before.text
        decision = self.hyphens.decide(text, placed.line.text)
        if ruling and ruling.hyphen:
            drop = ruling.hyphen is Hyphen.JOIN
            reading = "" if drop else decision.reading
            rule = Rule.HYPHEN_SOFT if drop else Rule.HYPHEN_HARD
            rule = Rule.OVERRIDE if ruling.by_person else rule
            return Gap(reading, rule, ruling.confidence, ruling.reason, (1 + blanks) * drop, str(ruling.hyphen))
        considered = placed.considered
        confidence = placed.confidence
        if decision.confidence < confidence:
            confidence = decision.confidence
            other = "the hyphen is the word's own" if decision.drop else "the hyphen is the line end's"
            considered = ((other, round(1 - confidence, 2)),)
        name = Hyphen.JOIN if decision.drop else Hyphen.KEEP
        dropped = (1 + blanks) * decision.drop
        return Gap(decision.reading, decision.rule, confidence, decision.reason, dropped, str(name), considered)

    # ------------------------------------------------------------------------------------------------- edits

    def all_edits(self, every_line: Sequence[Line]) -> tuple[Edit, ...]:
        """Return all edits in the order of the source; `every_line` holds what was taken out, too."""
        edits = self.edits
        position, first = 0, True
        dropped: list[Line] = []
        for line in every_line:
            if line.furniture:
                dropped.append(line)
                continue
            gap = self._gaps[line.index]
            if first:
                gap = gap._replace(reading="", rule=Rule.EDGE if gap.rule is not Rule.OVERRIDE else gap.rule)
            if line.index in self._parted:
                gap = self._gap_after_note(gap, self._parted[line.index])
            self._add(position - gap.hyphen, dropped, line.ink, gap, always=first)
            position, first, dropped = line.stop, False, []
        self._add(position, dropped, len(self.text), EDGE)
        edits.sort(key=lambda edit: (edit.start, edit.stop))
        if self.at_end:
            at_end, self.at_end = (
                self.at_end,
                None,
            )  # let go of, as it holds whoever made the inlines, and these hold us
            at_end(every_line)
        return tuple(edits)

    def _gap_after_note(self, gap: Gap, before: Line) -> Gap:
        """Return what stands between a note and the text that it interrupted; drop the hyphen before the note."""
        if gap.hyphen:
            self.edits.append(
                Edit(
                    before.stop - gap.hyphen,
                    before.stop,
                    "",
                    gap.rule,
                    gap.confidence,
                    gap.reason,
                    gap.considered,
                    gap.decision,
                )
            )
        return _GOES_ON._replace(
            confidence=gap.confidence, decision="" if gap.hyphen else gap.decision, considered=gap.considered
        )

    def _add(self, start: int, dropped: list[Line], stop: int, gap: Gap, *, always: bool = False) -> None:
        for line in dropped:
            if line.ink > start:
                self._add_piece(start, line.ink, gap)
                gap = gap._replace(reading="")
            self.edits.append(self._drop(line))
            start = line.stop
        if stop > start or always:
            self._add_piece(start, stop, gap)

    def _drop(self, line: Line) -> Edit:
        """Return the edit that takes a line out; `Line.furniture` says why."""
        reason = line.furniture
        ruling = self.rulings.get(line.number)
        if ruling and ruling.furniture and ruling.by_person:
            return Edit(line.ink, line.stop, "", Rule.OVERRIDE, 1.0, reason, (), "drop")
        rule = Rule.RULE_LINE if reason == NOTE_RULE else Rule.FURNITURE
        considered = (("text", round(1 - _FURNITURE_SURE, 2)),)
        return Edit(line.ink, line.stop, "", rule, _FURNITURE_SURE, reason, considered, "drop")

    def _add_piece(self, start: int, stop: int, gap: Gap) -> None:
        """Add a gap without furniture; the `>` of quoted mail in it are edits of their own."""
        if self.text.find(">", start, stop) >= 0:
            for mark in _MARKS.finditer(self.text, start + gap.hyphen, stop):
                if mark.start() > start:
                    self.edits.append(_edit(start, mark.start(), gap))
                    gap = gap._replace(reading="", hyphen=0)
                self.edits.append(Edit(mark.start(), mark.end(), "", Rule.MARKUP, 0.99, "the mark of quoted mail"))
                start = mark.end()
        if stop > start or gap.reading or stop == start == 0:
            self.edits.append(_edit(start, stop, gap))


def _edit(start: int, stop: int, gap: Gap) -> Edit:
    return Edit(start, stop, gap.reading, gap.rule, gap.confidence, gap.reason, gap.considered, gap.decision)
