"""Units to blocks of the model: paragraphs and headings, quotations, verse, lists, glossaries, program text, notes."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from docpack.ledger import Edit, Rule
from docpack.model import (
    Block,
    BlockQuote,
    Cell,
    Definition,
    DefinitionList,
    List,
    ListItem,
    Note,
    Paragraph,
    Preformatted,
    Row,
    SceneBreak,
    SourceBreak,
    Span,
    Stanza,
    Table,
    Verse,
    VerseLine,
)
from docpack.reflow.headings import Outline
from docpack.reflow.layout import TURNED_OVER
from docpack.reflow.roles import Placed
from docpack.reflow.rulings import Role
from docpack.reflow.shapes import item_marker, marker_of, ordinal_value
from docpack.reflow.states import State
from docpack.reflow.units import Unit, runs_of
from docpack.walk import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docpack.model import Figure, Inline
    from docpack.reflow.gaps import Gaps
    from docpack.reflow.inlines import Inlines
    from docpack.reflow.lines import Line
    from docpack.reflow.notes import FoundNote

__all__ = ["Builder"]

# The words with which captions begin, in some languages that docpack knows the hyphens of, and a number.
_CAPTION = re.compile(
    r"(?:Fig(?:ure|\.|ura|\b)|Abb(?:ildung|\.)|Bild|Plate|Illustration|Tafel|Рис(?:унок|\.)|Obr(?:ázek|\.)|Rys\.|图|圖|図)"
    r"[ \t\u00a0]*\(?[\dIVXA-H]"
)
MAX_LIST_DEPTH = 8  # Word has nine levels; deeper items stand on the last
MAX_VERSE_INDENT = 12  # steps


class Builder:
    """Builds the blocks of one text."""

    def __init__(self, gaps: Gaps, inlines: Inlines, figures: Sequence[tuple[int, Figure]] = ()) -> None:
        self._gaps = gaps
        self._inlines = inlines
        self._outline = Outline()
        self._figures = list(reversed(figures))  # those that are still to come, the next one last
        self._uncaptioned: tuple[int, Figure] | None = None  # the figure that was added last, and its line
        self._counters: dict[str, int] = {}
        self._glossary: tuple[str, list[Definition], str, Unit] | None = None  # its id, entries, reason, first unit
        self._entry: list[Block] = []  # what is said of the last term

    def build(self, units: Sequence[Unit]) -> tuple[Block, ...]:
        """Return the blocks of the text, headings nested."""
        groups = runs_of(units)
        for group, more in zip(groups, _before_terms(groups), strict=True):
            role = group[0].role
            self._figures_before(group[0].first.line.number)
            if role is not Role.PARAGRAPH:
                self._keep_uncaptioned()
            if role is Role.TERM:
                self._term(group[0])
                continue
            if self._glossary and (role is Role.HEADING or (self._entry and not more)):
                self._close_glossary()
            _MAKERS[role](self, group)
        self._close_glossary()
        self._figures_before(math.inf)
        return self._outline.close()

    def _figures_before(self, number: float) -> None:
        """Add the figures that stand before a line; the last one may have its caption there."""
        while self._figures and self._figures[-1][0] <= number:
            self._keep_uncaptioned()
            self._uncaptioned = self._figures.pop()
        if self._uncaptioned and self._uncaptioned[0] != number:
            self._keep_uncaptioned()

    def _keep_uncaptioned(self) -> None:
        if self._uncaptioned:
            self._add(self._uncaptioned[1])
            self._uncaptioned = None

    def next_id(self, prefix: str) -> str:
        """Return the next id of a kind: p1, p2, ..."""
        number = self._counters[prefix] = self._counters.get(prefix, 0) + 1
        return f"{prefix}{number}"

    def _add(self, block: Block) -> None:
        if self._glossary:
            self._entry.append(block)
        else:
            self._outline.add(block)

    # ------------------------------------------------------------------------------------ paragraphs, headings

    def _paragraphs(self, group: list[Unit]) -> None:
        for unit in group:
            line = unit.first.line
            if self._uncaptioned and _CAPTION.match(line.text):
                figure, self._uncaptioned = self._uncaptioned[1], None
                self._gaps.begin(unit.first, "a caption")
                self._join_all(unit.placed)
                self._add(replace(figure, caption=self._inlines.of(unit.lines), origin=_whole(unit.lines)))
                continue
            self._keep_uncaptioned()
            if line.breaks:
                origin = (Span(line.ink, line.ink),)
                self._add(SceneBreak("", id=self.next_id("b"), inferred="space stands before the line", origin=origin))
            self._add(self._paragraph(unit, "a paragraph"))

    def _paragraph(self, unit: Unit, what: str) -> Paragraph:
        self._gaps.begin(unit.first, what)
        self._join_all(unit.placed)
        lines = unit.lines
        return Paragraph(self._inlines.of(lines), id=self.next_id("p"), origin=_whole(lines))

    def _join_all(self, placed: Sequence[Placed]) -> None:
        for before, each in zip(placed, placed[1:], strict=False):
            self._gaps.join(before.line, each)

    def _quote(self, group: list[Unit]) -> None:
        identifier = self.next_id("q")
        paragraphs = tuple(self._paragraph(unit, "a quotation") for unit in group)
        origin = _whole([line for unit in group for line in unit.lines])
        self._add(BlockQuote(paragraphs, id=identifier, inferred=group[0].first.reason, origin=origin))

    def _heading(self, group: list[Unit]) -> None:
        unit = group[0]
        self._gaps.begin(unit.first, "a heading")
        self._join_all(unit.placed)
        lines = unit.lines
        text = " ".join(line.text for line in lines)
        title = self._inlines.of(lines)
        level = min((line.level for line in lines if line.level > 0), default=0)
        self._outline.open(title, text, self.next_id("s"), unit.first.reason, _whole(lines), level)

    def _scene_break(self, group: list[Unit]) -> None:
        unit = group[0]
        self._gaps.begin(unit.first, "a scene break")
        self._join_all(unit.placed)
        shown = self._inlines.of(unit.lines, refs=False)
        text = text_of(shown)
        reason = unit.first.reason
        self._add(SceneBreak(text, id=self.next_id("b"), inferred=reason, origin=_whole(unit.lines)))

    # ------------------------------------------------------------------------------------------------- verse

    def _verse(self, group: list[Unit]) -> None:
        identifier = self.next_id("v")
        starts = [row[0].line for unit in group for row in _verse_lines(unit)]
        depths = sorted({line.indent for line in starts})
        step = min((b - a for a, b in zip(depths, depths[1:], strict=False)), default=1)
        stanzas = []
        for unit in group:
            made = []
            for number, row in enumerate(_verse_lines(unit)):
                if number:
                    self._gaps.keep_line(row[0], "\n", "a line of verse")
                else:
                    self._gaps.begin(row[0], "a stanza")
                self._join_all(row)
                lines = [each.line for each in row]
                indent = min(MAX_VERSE_INDENT, (lines[0].indent - depths[0]) // step)
                made.append(VerseLine(self._inlines.of(lines), indent, _whole(lines)))
            stanzas.append(Stanza(tuple(made), _whole(unit.lines)))
        origin = _whole([line for unit in group for line in unit.lines])
        self._add(Verse(tuple(stanzas), id=identifier, inferred=group[0].first.reason, origin=origin))

    # -------------------------------------------------------------------------------------------------- code

    def _code(self, group: list[Unit]) -> None:
        for part in _unbroken(group[0].placed):
            is_table = bool(part[0].line.cells)
            self._add(self._table(part) if is_table else self._preformatted(part))

    def _table(self, placed: list[Placed]) -> Table:
        """Make a table of lines whose cells are known; the blanks between two cells part them."""
        rows: list[dict[int, list[Line]]] = []
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        for at, each in enumerate(placed):
            line = each.line
            if not at:
                self._gaps.begin(each, "a table")
            else:
                self._gaps.keep_line(each, "\n\n" if line.begins_row else "\n", "a line of a table")
            if line.begins_row or not rows:
                rows.append({})
            for (_, _, stop), (_, start, _) in pairwise(line.cells):
                blanks = Edit(line.ink + stop, line.ink + start, "\t", Rule.BLANKS, 0.9, "the gap between two cells")
                self._gaps.edits.append(blanks)
            for column, start, stop in line.cells:
                rows[-1].setdefault(column, []).append(line)
                spans[(line.number, column)] = (line.ink + start, line.ink + stop)
        width = 1 + max(max(row) for row in rows)
        made = tuple(
            Row(tuple(self._cell(row.get(column, ()), column, spans) for column in range(width))) for row in rows
        )
        lines = [each.line for each in placed]
        return Table(made, id=self.next_id("t"), inferred=placed[0].reason, origin=_whole(lines))

    def _cell(self, lines: Sequence[Line], column: int, spans: dict[tuple[int, int], tuple[int, int]]) -> Cell:
        inlines: list[Inline] = []
        for number, line in enumerate(lines):
            start, stop = spans[(line.number, column)]
            if number:
                inlines.append(SourceBreak(" ", None, (Span(start, start),)))
            inlines += self._inlines.of([line], start=start, stop=stop)
        return Cell(tuple(inlines), origin=tuple(Span(*spans[(line.number, column)]) for line in lines))

    def _preformatted(self, placed: list[Placed]) -> Preformatted:
        lines = [each.line for each in placed]
        left = min(line.indent for line in lines)
        parts: list[str] = []
        for at, each in enumerate(placed):
            line = each.line
            blanks = " " * (line.indent - left)
            if at and line.marker == TURNED_OVER:
                self._gaps.join(placed[at - 1].line, each)
                parts.append(self._gaps[line].reading)
            elif at:
                reading = "\n" * (min(line.blanks, MAX_CODE_BLANKS) + 1) + blanks
                self._gaps.keep_line(each, reading, "a line of preformatted text")
                parts.append(reading)
            else:
                self._gaps.begin(each, "preformatted text")
                self._gaps.edits.append(
                    Edit(line.ink, line.ink, blanks, Rule.INDENT, 0.9, "the first line is set in")
                ) if blanks else None
                parts.append(blanks)
            parts.append(self._inlines.clean(line.ink, line.stop, keep_blanks=True))
        reason = placed[0].reason
        return Preformatted("".join(parts), id=self.next_id("c"), inferred=reason, origin=_whole(lines))

    # ------------------------------------------------------------------------------------------------- lists

    def _list(self, group: list[Unit]) -> None:
        """Make a list, with lists inside it where markers stand deeper."""
        made: list[tuple[int, ListItem]] = []
        for unit in group:
            self._add_item(made, unit)
        self._add(self._nest(made, 0, len(made)))

    def _add_item(self, made: list[tuple[int, ListItem]], unit: Unit) -> None:
        lines = unit.lines
        first = lines[0]
        match = marker_of(first)
        self._gaps.begin(unit.first, "a list item" if match else "a paragraph")
        self._join_all(unit.placed)
        if match is None and made:
            column, item = made[-1]
            more = Paragraph(self._inlines.of(lines), id=self.next_id("p"), origin=_whole(lines))
            made[-1] = column, replace(item, children=(*item.children, more), origin=item.origin + _whole(lines))
            return
        body = first.ink + match.end() if match else first.ink
        if match and match.end() - match.end(1) > 1:
            blanks = Edit(
                first.ink + match.end(1), body, " ", Rule.BLANKS, 0.99, "the blanks after a marker read as one"
            )
            self._gaps.edits.append(blanks)
        paragraph = Paragraph(self._inlines.of(lines, start=body), id=self.next_id("p"), origin=_whole(lines, body))
        made.append((first.indent, ListItem((paragraph,), match[1] if match else "", origin=_whole(lines))))

    def _nest(self, items: list[tuple[int, ListItem]], start: int, stop: int, depth: int = 1) -> List:
        """Return a list of the items at the column of the first; deeper ones become lists inside the item before."""
        identifier = self.next_id("l")
        column = items[start][0]
        made: list[ListItem] = []
        at = start
        while at < stop:
            deeper = at
            while deeper < stop and made and depth < MAX_LIST_DEPTH and items[deeper][0] > column + 1:
                deeper += 1
            if deeper > at:
                inner = self._nest(items, at, deeper, depth + 1)
                made[-1] = replace(made[-1], children=(*made[-1].children, inner))
                at = deeper
            else:
                made.append(items[at][1])
                at += 1
        ordered = made[0].marker[-1:] in (".", ")") and item_marker(made[0].marker + " x") is not None
        begin = ordinal_value(made[0].marker) if ordered else 1
        return List(tuple(made), ordered, begin, id=identifier, origin=made[0].origin[:1])

    # -------------------------------------------------------------------------------------------- glossaries

    def _term(self, unit: Unit) -> None:
        if self._glossary is None:
            self._glossary = (self.next_id("g"), [], unit.first.reason, unit)
        else:
            self._close_entry()
        self._gaps.begin(unit.first, "a term")
        self._join_all(unit.placed)
        lines = unit.lines
        self._glossary[1].append(Definition(self._inlines.of(lines), (), self.next_id("t"), _whole(lines)))
        self._entry = []

    def _close_entry(self) -> None:
        if self._glossary and self._glossary[1]:
            self._glossary[1][-1] = replace(self._glossary[1][-1], children=tuple(self._entry))
            self._entry = []

    def _close_glossary(self) -> None:
        if not self._glossary:
            return
        self._close_entry()
        identifier, entries, reason, unit = self._glossary
        self._glossary = None
        self._outline.add(DefinitionList(tuple(entries), id=identifier, inferred=reason, origin=_whole(unit.lines)))

    # ------------------------------------------------------------------------------------------------- notes

    def notes(self, found: Sequence[FoundNote], identifiers: Sequence[str]) -> tuple[Note, ...]:
        """Return the notes."""
        return tuple(self._note(each, identifier) for each, identifier in zip(found, identifiers, strict=True))

    def _note(self, found: FoundNote, identifier: str) -> Note:
        text, first, last = self._gaps.text, found.lines[0], found.lines[-1]
        reason = f"the text refers to its label {found.label}"
        ruling = self._gaps.rulings.get(first.number)
        confidence, ruled = found.confidence, False
        if ruling and ruling.role is Role.NOTE:
            reason, confidence, ruled = ruling.reason, ruling.confidence, ruling.by_person
        considered = () if confidence == 1 else (("a paragraph", round(1 - confidence, 2)),)
        state = State(Role.NOTE, "begin")
        self._gaps.begin(Placed(first, state, confidence, reason, "note", considered, ruled), "a note")
        around = "what stands round a note's label"
        self._inlines.drop(found.start, found.label_start, Rule.LABEL, around)
        tail = text[found.label_stop : found.stop]
        if tail:
            reading = " "
            self._gaps.edits.append(Edit(found.label_stop, found.stop, reading, Rule.LABEL, 0.95, around))
        else:
            self._gaps.edits.append(Edit(found.stop, found.stop, " ", Rule.LABEL, 0.95, "a blank after a note's label"))
        stop = None
        if text[found.start : found.start + 1] == "[" and "]" not in tail and last.text.endswith("]"):
            stop = last.stop - 1
            self._inlines.drop(stop, last.stop, Rule.LABEL, "the bracket round a note")
        for before, line in zip(found.lines, found.lines[1:], strict=False):
            goes_on = Placed(line, State(Role.NOTE, "inside"), confidence, "the note goes on")
            self._gaps.join(before, goes_on)
        inlines = self._inlines.of(found.lines, start=found.stop, stop=stop)
        paragraph = Paragraph(inlines, id=self.next_id("p"), origin=_whole(list(found.lines), found.stop))
        return Note(identifier, (paragraph,), found.label, _origin_of_note(found))


MAX_CODE_BLANKS = 3  # blank lines kept inside program text

_MAKERS: dict[Role, Callable[[Builder, list[Unit]], None]] = {
    Role.PARAGRAPH: Builder._paragraphs,  # noqa: SLF001  # the table of this class's own methods
    Role.QUOTE: Builder._quote,  # noqa: SLF001
    Role.VERSE: Builder._verse,  # noqa: SLF001
    Role.ITEM: Builder._list,  # noqa: SLF001
    Role.CODE: Builder._code,  # noqa: SLF001
    Role.HEADING: Builder._heading,  # noqa: SLF001
    Role.SCENE_BREAK: Builder._scene_break,  # noqa: SLF001
}


def _before_terms(groups: Sequence[list[Unit]]) -> list[bool]:
    """Tell of each group whether it still belongs to a glossary: a term follows before the next heading."""
    made: list[bool] = []
    more = False
    for group in reversed(groups):
        role = group[0].role
        more = role is Role.TERM or (more and role is not Role.HEADING)
        made.append(more)
    return made[::-1]


def _verse_lines(unit: Unit) -> list[list[Placed]]:
    """Return the lines of a stanza, each with the lines of the source that it was wrapped to."""
    rows: list[list[Placed]] = []
    for each in unit.placed:
        if rows and each.state.place == "inside":
            rows[-1].append(each)
        else:
            rows.append([each])
    return rows


def _unbroken(placed: list[Placed]) -> list[list[Placed]]:
    """Return preformatted lines in parts, cut where a note interrupts them, and where a table begins or ends."""
    parts = [[placed[0]]]
    for each in placed[1:]:
        before = parts[-1][-1].line
        if each.line.index == before.index + 1 and bool(each.line.cells) == bool(before.cells):
            parts[-1].append(each)
        else:
            parts.append([each])
    return parts


def _origin_of_note(found: FoundNote) -> tuple[Span, ...]:
    """Return where a note stands; one that goes on at the foot of the next page stands at two places."""
    spans = [Span(found.label_start, found.lines[0].stop)]
    for before, line in zip(found.lines, found.lines[1:], strict=False):
        if line.number == before.number + 1:
            spans[-1] = Span(spans[-1].start, line.stop)
        else:
            spans.append(Span(line.ink, line.stop))
    return tuple(spans)


def _whole(lines: Sequence[Line], start: int | None = None) -> tuple[Span, ...]:
    return (Span(lines[0].ink if start is None else start, lines[-1].stop),)
