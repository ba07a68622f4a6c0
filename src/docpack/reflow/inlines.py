"""Lines to inlines: their text, the breaks between them, the references to notes, and the fate of single characters."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from docpack.ledger import Edit, Rule
from docpack.model import Inline, NoteRef, SourceBreak, Span, Text
from docpack.reflow.characters import HIDDEN_HYPHENS, SPECIAL, clean_edits
from docpack.reflow.corrections import Corrections, clipped
from docpack.reflow.styles import SetApart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docpack.reflow.gaps import Gaps
    from docpack.reflow.lines import Line
    from docpack.reflow.notes import Reference
    from docpack.reflow.rulings import Correction

__all__ = ["Inlines"]

LONGEST_WORD = 200  # characters on each side of a hidden hyphen that are looked at


class Inlines:
    """Makes inlines of the lines of one text, and notes the edits inside them with `gaps`."""

    def __init__(
        self,
        gaps: Gaps,
        references: Mapping[int, list[Reference]],
        note_ids: Sequence[str],
        corrections: Sequence[Correction],
    ) -> None:
        self._text = gaps.text
        self._gaps = gaps
        self._references = references
        self._note_ids = note_ids
        self._corrections = Corrections(corrections)
        self._made: set[int] = set()  # where the corrections begin that were made
        self._bodies: dict[int, int] = {}  # where the text of a line begins, after a label or marker, by its number
        self._set_apart = SetApart(())  # of the lines at hand
        gaps.at_end = self._tell_lost

    def of(
        self, lines: Sequence[Line], start: int = 0, stop: int | None = None, *, refs: bool = True
    ) -> tuple[Inline, ...]:
        """Return the inlines of lines that go on; `start` and `stop` cut the first and last line where given."""
        made: list[Inline] = []
        self._set_apart = SetApart(lines)
        text, gaps, final = self._text, self._gaps, len(lines) - 1
        corrected = bool(self._corrections)
        if start and corrected:
            self._bodies[lines[0].number] = start
        for at, line in enumerate(lines):
            begin = start if start and not at else line.ink
            end = line.stop if at < final or stop is None else stop
            if at < final:
                end -= gaps[lines[at + 1]].hyphen
            if at and gaps.is_plain(line):
                made.append(SourceBreak(" ", None, (Span(lines[at - 1].stop, line.ink),)))
            elif at:
                made.append(self._source_break(lines[at - 1], line))
            elif line.turn is not None:
                made.append(SourceBreak("", line.turn, (Span(line.ink, line.ink),)))
            if refs and self._references and (references := self._references_in(line, begin, end)):
                made += self._with_references(begin, end, references)
            elif line.styles:
                self._add_text(made, begin, end)
            elif shown := self.clean(begin, end) if line.special or corrected else text[begin:end]:
                made.append(Text(shown, (Span(begin, end),)))
        return self._set_apart.nested(made) if self._set_apart else tuple(made)

    def _references_in(self, line: Line, start: int, stop: int) -> list[Reference]:
        """Return the references on a stretch of a line: a cell of a table is a part of one."""
        references = self._references.get(line.number, ())
        return [each for each in references if start <= each.start and each.stop <= stop]

    def drop(self, start: int, stop: int, rule: Rule, reason: str) -> None:
        """Take a range out of the text."""
        if stop > start:
            self._gaps.edits.append(Edit(start, stop, "", rule, 0.95, reason))

    def _source_break(self, before: Line, line: Line) -> SourceBreak:
        """Return what stands for the line end between two lines of a paragraph."""
        gap = self._gaps[line]
        page = "" if line.turn is None and self._gaps.turns_page(before, line) else line.turn
        stop = line.ink if before.index == line.index - 1 else before.stop
        return SourceBreak(gap.reading, page, (Span(before.stop - gap.hyphen, stop),))

    def _with_references(self, start: int, stop: int, references: list[Reference]) -> list[Inline]:
        made: list[Inline] = []
        for reference in references:
            if start < reference.start:
                self._add_text(made, start, reference.start)
            self.drop(reference.start, reference.label_start, Rule.LABEL, "the bracket round a reference")
            self.drop(reference.label_stop, reference.stop, Rule.LABEL, "the bracket round a reference")
            span = Span(reference.label_start, reference.label_stop)
            made.append(NoteRef(self._note_ids[reference.note], (span,)))
            start = reference.stop
        if start < stop:
            self._add_text(made, start, stop)
        return made

    def _add_text(self, made: list[Inline], start: int, stop: int) -> None:
        """Add a stretch of text, cut where the type changes."""
        for begin, end in self._set_apart.pieces(start, stop):
            if shown := self.clean(begin, end):
                made.append(Text(shown, (Span(begin, end),)))

    def clean(self, start: int, stop: int, *, keep_blanks: bool = False) -> str:
        """Return what `[start, stop)` reads as inside a line, and note the edits for what was changed."""
        found = self._corrections.touching(start, stop) if self._corrections else ()
        if not found:
            return self._clean(start, stop, keep_blanks=keep_blanks)
        parts: list[str] = []
        for each in found:
            correction = clipped(each, self._text, start, stop)
            if correction is None:
                continue
            self._made.add(each.start)
            parts += (self._clean(start, correction.start, keep_blanks=keep_blanks), correction.reading)
            reason = f"{correction.where} corrects it"
            self._gaps.edits.append(
                Edit(correction.start, correction.stop, correction.reading, Rule.OVERRIDE, 1.0, reason, (), "correct")
            )
            start = correction.stop
        parts.append(self._clean(start, stop, keep_blanks=keep_blanks))
        return "".join(parts)

    def _clean(self, start: int, stop: int, *, keep_blanks: bool) -> str:
        piece = self._text[start:stop]
        if not SPECIAL.search(piece):
            return piece
        position = start
        parts: list[str] = []
        for match in SPECIAL.finditer(self._text, start, stop):
            if keep_blanks and match[0][0] in " \t":
                continue
            joins_word = match[0] in HIDDEN_HYPHENS and self._hidden_hyphen_joins(start, match.start(), stop)
            edit = clean_edits(self._text, match.start(), match.end(), stop, joins_word=joins_word)
            self._gaps.edits.append(edit)
            parts += (self._text[position : edit.start], edit.reading)
            position = edit.stop
        parts.append(self._text[position:stop])
        return "".join(parts)

    def _hidden_hyphen_joins(self, start: int, at: int, stop: int) -> bool:
        before = self._text[max(start, at - LONGEST_WORD) : at + 1]
        after = self._text[at + 1 : min(stop, at + LONGEST_WORD)]
        return self._gaps.hyphens.decide(before, after or " ").drop

    # ----------------------------------------------------------------------------- corrections that were not made

    def _tell_lost(self, every_line: Sequence[Line]) -> None:
        """Tell of each correction that was not made, and why."""
        if self._corrections.tell is None or len(self._made) == len(self._corrections):
            return
        starts = [line.ink for line in every_line]
        for correction in self._corrections:
            if correction.start not in self._made:
                # One that begins before the ink of its line is about the line that it ends in.
                at = bisect_right(starts, max(correction.start, correction.stop - 1)) - 1
                self._corrections.tell(correction.where, self._why_lost(correction, every_line[max(at, 0)]))

    def _why_lost(self, correction: Correction, line: Line) -> str:
        if line.furniture:
            return f"line {line.number} is taken out of the text ({line.furniture})"
        references = self._references.get(line.number, ())
        if any(each.start < correction.stop and correction.start < each.stop for each in references):
            what = "the reference to a note"
        elif correction.start < line.ink:
            what = "what stands before the text of the line"
        elif correction.start < self._bodies.get(line.number, line.ink):
            what = "a note's label" if self._gaps[line].decision == "note" else "the marker of a list item"
        else:
            what = "a hyphen or bracket at the end of the line, which goes"
        return f"the correction on line {line.number} reaches into {what}; give words that stand beside it"
