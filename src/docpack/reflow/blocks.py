"""Typed chunks to blocks: paragraphs are joined, each line end gets its edit, headings nest, notes are lifted out.

The builder goes through the chunks once. For every line of text it decides what the gap before it reads as; the gaps
become edits in the order of the source at the end, so that moving a note changes the tree and not the ledger.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from docpack.ledger import Edit, Rule
from docpack.model import (
    Block,
    BlockQuote,
    Inline,
    List,
    ListItem,
    Note,
    NoteRef,
    Paragraph,
    Preformatted,
    SceneBreak,
    SourceBreak,
    Span,
    Stanza,
    Text,
    Verse,
    VerseLine,
)
from docpack.reflow import joins
from docpack.reflow.characters import HIDDEN_HYPHENS, SPECIAL, clean_edits
from docpack.reflow.headings import Outline
from docpack.reflow.hyphens import HYPHENS, Hyphens
from docpack.reflow.roles import Chunk, Role, item_marker, ordinal_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.reflow.lines import Line
    from docpack.reflow.measures import Measures
    from docpack.reflow.notes import FoundNote, Reference

__all__ = ["Builder"]

MAX_LIST_DEPTH = 8  # Word has nine levels; deeper items stand on the last

# Scripts that part no words by blanks: Thai to Khmer, kana, ideographs, and their punctuation.
_NO_BLANKS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u312f\u31a0-\u9fff\uf900-\ufaff\uff00-\uffef]")


class _Gap(NamedTuple):
    """What the white space before a line reads as. `hyphen` is 1 where the hyphen before it goes too."""

    reading: str
    rule: Rule
    confidence: float
    reason: str
    hyphen: int = 0


class Builder:
    """Builds the blocks of one text."""

    def __init__(
        self,
        text: str,
        lines: Sequence[Line],
        chunks: list[Chunk],
        measures: Measures,
        notes: list[FoundNote],
        references: dict[int, list[Reference]],
    ) -> None:
        self.text = text
        self.lines = lines
        self.chunks = chunks
        self.measures = measures
        self.found_notes = notes
        self.references = references
        self.hyphens = Hyphens(text, lines)
        self.edits: list[Edit] = []
        self.notes: list[Note] = []
        self.outline = Outline()
        self._counters: dict[str, int] = {}
        self._gaps: list[_Gap] = [_EDGE] * len(lines)  # by line index
        self._parted: dict[int, Line] = {}  # by line index: the line before in the paragraph, where notes lie between
        self._dashes_close = self._dashes_stand_close()

    # ------------------------------------------------------------------------------------------------ the walk

    def build(self) -> tuple[Block, ...]:
        """Return the blocks of the text; `edits` and `notes` hold the rest."""
        chunks = [chunk for chunk in self.chunks if chunk.role is not Role.NOTE]
        at = 0
        while at < len(chunks):
            stop = at + 1
            while stop < len(chunks) and _goes_on(chunks[stop - 1], chunks[stop]):
                stop += 1
            _MAKERS[chunks[at].role](self, chunks[at:stop])
            at = stop
        for number, found in enumerate(self.found_notes):
            self.notes.append(self._note(number, found))
        return self.outline.close()

    def next_id(self, prefix: str) -> str:
        """Return the next id of a kind: p1, p2, ..."""
        number = self._counters[prefix] = self._counters.get(prefix, 0) + 1
        return f"{prefix}{number}"

    def _prose(self, chunks: list[Chunk]) -> None:
        for paragraph in self._paragraphs(chunks):
            self.outline.add(paragraph)

    def _quote(self, chunks: list[Chunk]) -> None:
        identifier = self.next_id("q")
        verdict = chunks[0].verdict
        paragraphs = self._paragraphs(chunks)
        origin = _whole([line for chunk in chunks for line in chunk.lines])
        self.outline.add(BlockQuote(paragraphs, id=identifier, inferred=verdict.reason, origin=origin))

    def _paragraphs(self, chunks: list[Chunk]) -> tuple[Paragraph, ...]:
        """Join the lines of neighbouring chunks of one role to paragraphs."""
        made: list[Paragraph] = []
        current: list[Line] = []
        for chunk in chunks:
            left, right = self._edges(chunk)
            for line in chunk.lines:
                if current and self._surely_goes_on(current[-1], line, left):
                    self._gaps[line.index] = _SURE_GAP
                    current.append(line)
                    continue
                if current:
                    join = joins.decide(current[-1], line, self.measures, left, right)
                    if not join.is_break:
                        self._join(current[-1], line, join)
                        current.append(line)
                        continue
                    made.append(self._paragraph(current))
                    self._break(line, join.confidence, join.reason)
                else:
                    self._break(line, chunk.verdict.confidence, chunk.verdict.reason, _WHAT[chunk.role])
                current = [line]
        if current:
            made.append(self._paragraph(current))
        return tuple(made)

    def _surely_goes_on(self, before: Line, line: Line, left: int) -> bool:
        """Tell whether nothing about a line end is in doubt: what `decide` and `_join` would say, for most lines."""
        last = before.text[-1]
        return (
            line.text[0].islower()
            and line.indent == left
            and not line.blanks
            and line.turn is None
            and self.measures.first_indent > 0
            and last not in HYPHENS
            and last < "\u0e00" > line.text[0]
            and before.index == line.index - 1
        )

    def _edges(self, chunk: Chunk) -> tuple[int, int]:
        """Return the edges within which a chunk's lines are wrapped."""
        measures = self.measures
        if chunk.role is Role.QUOTE:
            return chunk.left, chunk.right if len(chunk.lines) > 2 else measures.measure
        return measures.margin(chunk.lines[0]), measures.measure

    def _paragraph(self, lines: list[Line]) -> Paragraph:
        return Paragraph(self._inlines(lines), id=self.next_id("p"), origin=_whole(lines))

    def _heading(self, chunks: list[Chunk]) -> None:
        chunk = chunks[0]
        self._break(chunk.lines[0], chunk.verdict.confidence, chunk.verdict.reason, "a heading")
        for before, line in zip(chunk.lines, chunk.lines[1:], strict=False):
            self._join(before, line, joins.Join(False, chunk.verdict.confidence, "the heading goes on"))
        title = self._inlines(chunk.lines)
        text = " ".join(line.text for line in chunk.lines)
        self.outline.open(title, text, self.next_id("s"), chunk.verdict.reason, _whole(chunk.lines))

    def _scene_break(self, chunks: list[Chunk]) -> None:
        line = chunks[0].lines[0]
        self._break(line, chunks[0].verdict.confidence, chunks[0].verdict.reason, "a scene break")
        shown = self._inlines([line], refs=False)
        text = "".join(inline.text for inline in shown if isinstance(inline, Text))
        self.outline.add(
            SceneBreak(text, id=self.next_id("b"), inferred=chunks[0].verdict.reason, origin=_whole([line]))
        )

    def _verse(self, chunks: list[Chunk]) -> None:
        identifier = self.next_id("v")
        lines = [line for chunk in chunks for line in chunk.lines]
        depths = sorted({line.indent for line in lines})
        step = min((b - a for a, b in zip(depths, depths[1:], strict=False)), default=1)
        stanzas = []
        for chunk in chunks:
            made = []
            for at, line in enumerate(chunk.lines):
                if at:
                    self._gaps[line.index] = _Gap(
                        "\n", Rule.LINE_KEEP, chunk.verdict.confidence, "a line of verse ends"
                    )
                else:
                    self._break(line, chunk.verdict.confidence, chunk.verdict.reason, "a stanza")
                indent = min(12, (line.indent - depths[0]) // step)
                made.append(VerseLine(self._inlines([line]), indent, _whole([line])))
            stanzas.append(Stanza(tuple(made), _whole(chunk.lines)))
        reason = chunks[0].verdict.reason
        self.outline.add(Verse(tuple(stanzas), id=identifier, inferred=reason, origin=_whole(lines)))

    def _code(self, chunks: list[Chunk]) -> None:
        lines = [line for chunk in chunks for line in chunk.lines]
        left = min(line.indent for line in lines)
        parts: list[str] = []
        for at, line in enumerate(lines):
            blanks = " " * (line.indent - left)
            if at:
                reading = "\n" * (line.blanks + 1) + blanks
                self._gaps[line.index] = _Gap(reading, Rule.LINE_KEEP, 0.9, "a line of preformatted text ends")
                parts.append(reading)
            else:
                self._break(line, chunks[0].verdict.confidence, chunks[0].verdict.reason, "preformatted text")
                if blanks:  # the first line is set in: keep that by an insertion after the block's break
                    self._gaps[line.index] = self._gaps[line.index]._replace(reading="\n\n" + blanks)
                    parts.append(blanks)
            parts.append(self._clean(line.ink, line.stop, keep_blanks=True))
        reason = chunks[0].verdict.reason
        self.outline.add(Preformatted("".join(parts), id=self.next_id("c"), inferred=reason, origin=_whole(lines)))

    # ------------------------------------------------------------------------------------------------- lists

    def _list(self, chunks: list[Chunk]) -> None:
        """Make a list, with lists inside it where markers stand deeper."""
        items = list(self._items(chunks))
        self.outline.add(self._nest(items, 0, len(items)))

    def _items(self, chunks: list[Chunk]) -> list[tuple[int, ListItem]]:
        """Return the items with the column of their marker; a chunk without one is another paragraph of the last."""
        made: list[tuple[int, ListItem]] = []
        for chunk in chunks:
            groups: list[list[Line]] = []
            for line in chunk.lines:
                begins = item_marker(line.text) is not None and (not groups or line.indent <= groups[-1][0].indent + 8)
                if begins or not groups:
                    groups.append([line])
                else:
                    groups[-1].append(line)
            for group in groups:
                self._add_item(made, group, chunk)
        return made

    def _add_item(self, made: list[tuple[int, ListItem]], lines: list[Line], chunk: Chunk) -> None:
        first = lines[0]
        match = item_marker(first.text)
        reason = f"it begins with the marker {match[1]}" if match else chunk.verdict.reason
        self._break(first, chunk.verdict.confidence, reason, "a list item" if match else "a paragraph")
        for before, line in zip(lines, lines[1:], strict=False):
            self._join(before, line, joins.Join(False, 0.85, "the list item goes on"))
        if match is None and made:
            column, item = made[-1]
            more = Paragraph(self._inlines(lines), id=self.next_id("p"), origin=_whole(lines))
            made[-1] = column, ListItem((*item.children, more), item.marker, item.id, item.origin + _whole(lines))
            return
        body = first.ink + match.end() if match else first.ink
        if match and match.end() - match.end(1) > 1:
            blanks = Edit(
                first.ink + match.end(1), body, " ", Rule.BLANKS, 0.99, "the blanks after a marker read as one"
            )
            self.edits.append(blanks)
        paragraph = Paragraph(self._inlines(lines, start=body), id=self.next_id("p"), origin=_whole(lines, body))
        marker = match[1] if match else ""
        made.append((first.indent, ListItem((paragraph,), marker, origin=_whole(lines))))

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
                last = made[-1]
                made[-1] = ListItem((*last.children, inner), last.marker, last.id, last.origin)
                at = deeper
            else:
                made.append(items[at][1])
                at += 1
        ordered = made[0].marker[-1:] in (".", ")")
        begin = ordinal_value(made[0].marker) if ordered else 1
        return List(tuple(made), ordered, begin, id=identifier, origin=made[0].origin[:1])

    # ------------------------------------------------------------------------------------------------- notes

    def _note(self, number: int, found: FoundNote) -> Note:
        first = found.lines[0]
        self._break(first, 0.9, f"the text refers to its label {found.label}", "a note")
        self._drop(found.start, found.label_start, Rule.LABEL, "what stands round a note's label")
        tail = self.text[found.label_stop : found.stop]
        if tail.strip():
            self.edits.append(
                Edit(found.label_stop, found.stop, " ", Rule.LABEL, 0.95, "what stands round a note's label")
            )
        stop = None
        last = found.lines[-1]
        if self.text[found.start : found.start + 1] == "[" and "]" not in tail and last.text.endswith("]"):
            stop = last.stop - 1
            self._drop(stop, last.stop, Rule.LABEL, "the bracket round a note")
        for before, line in zip(found.lines, found.lines[1:], strict=False):
            self._join(before, line, joins.Join(False, 0.85, "the note goes on"))
        inlines = self._inlines(list(found.lines), start=found.stop, stop=stop)
        paragraph = Paragraph(inlines, id=self.next_id("p"), origin=_whole(list(found.lines), found.stop))
        return Note(f"n{number + 1}", (paragraph,), found.label, (Span(found.label_start, last.stop),))

    def _drop(self, start: int, stop: int, rule: Rule, reason: str) -> None:
        if stop > start:
            self.edits.append(Edit(start, stop, "", rule, 0.95, reason))

    # ---------------------------------------------------------------------------------------- gaps and inlines

    def _break(self, line: Line, confidence: float, reason: str, what: str = "a paragraph") -> None:
        self._gaps[line.index] = _Gap("\n\n", Rule.BLOCK_BREAK, confidence, f"{what} begins: {reason}")

    def _join(self, before: Line, line: Line, join: joins.Join) -> None:
        """Decide what the gap reads as where a paragraph goes on: a blank, nothing, or nothing and no hyphen."""
        if before.index != line.index - 1:
            self._parted[line.index] = before
        rule = Rule.LINE_JOIN
        if line.turn is not None or (line.blanks and not self.measures.blanks_part):
            rule = Rule.PAGE_TURN
        last = before.text[-1]
        if last in HYPHENS and before.text[-2:-1] not in ("", " "):  # with a blank before it, it is a dash
            self._gaps[line.index] = self._hyphen_gap(before, line, join)
            return
        # Below U+0E00 every script parts its words by blanks, and no long dash is there.
        plain = last < "\u0e00" and line.text[0] < "\u0e00"
        reading = " " if plain else self._between(before.text, line.text)
        self._gaps[line.index] = _Gap(reading, rule, join.confidence, join.reason)

    def _hyphen_gap(self, before: Line, line: Line, join: joins.Join) -> _Gap:
        decision = self.hyphens.decide(before.text, line.text)
        confidence = min(decision.confidence, join.confidence)
        return _Gap(decision.reading, decision.rule, confidence, decision.reason, hyphen=int(decision.drop))

    def _between(self, before: str, after: str) -> str:
        if _NO_BLANKS.match(before[-1]) and _NO_BLANKS.match(after[0]):
            return ""
        if self._dashes_close and (
            (before[-1] == "—" and before[-2:-1] != " ") or (after[0] == "—" and after[1:2] != " ")
        ):
            return ""
        return " "

    def _dashes_stand_close(self) -> bool:
        """Tell whether this document sets its em dashes without blanks."""
        loose, all_dashes = self.text.count(" — "), self.text.count("—")
        return all_dashes > 0 and loose * 4 < all_dashes

    def _inlines(
        self, lines: list[Line], start: int = 0, stop: int | None = None, *, refs: bool = True
    ) -> tuple[Inline, ...]:
        """Return the inlines of a paragraph; `start` and `stop` cut its first and last line where given."""
        made: list[Inline] = []
        text, gaps, final = self.text, self._gaps, len(lines) - 1
        for at, line in enumerate(lines):
            begin = start if start and not at else line.ink
            end = line.stop if at < final or stop is None else stop
            if at < final:
                end -= gaps[lines[at + 1].index].hyphen
            if at and gaps[line.index] is _SURE_GAP:
                made.append(SourceBreak(" ", None, (Span(lines[at - 1].stop, line.ink),)))
            elif at:
                made.append(self._source_break(lines[at - 1], line))
            elif line.turn is not None:
                made.append(SourceBreak("", line.turn, (Span(line.ink, line.ink),)))
            references = self.references.get(line.index) if refs and self.references else None
            if references:
                made += self._with_references(begin, end, references)
            elif shown := self._clean(begin, end) if line.special else text[begin:end]:
                made.append(Text(shown, (Span(begin, end),)))
        return tuple(made)

    def _source_break(self, before: Line, line: Line) -> SourceBreak:
        """Return what stands for the line end between two lines of a paragraph."""
        gap = self._gaps[line.index]
        page = "" if line.turn is None and gap.rule is Rule.PAGE_TURN else line.turn
        stop = line.ink if before.index == line.index - 1 else before.stop
        return SourceBreak(gap.reading, page, (Span(before.stop - gap.hyphen, stop),))

    def _with_references(self, start: int, stop: int, references: list[Reference]) -> list[Inline]:
        made: list[Inline] = []
        for reference in references:
            if start < reference.start:
                made.append(Text(self._clean(start, reference.start), (Span(start, reference.start),)))
            self._drop(reference.start, reference.label_start, Rule.LABEL, "the bracket round a reference")
            self._drop(reference.label_stop, reference.stop, Rule.LABEL, "the bracket round a reference")
            made.append(NoteRef(f"n{reference.note + 1}", (Span(reference.label_start, reference.label_stop),)))
            start = reference.stop
        if start < stop:
            made.append(Text(self._clean(start, stop), (Span(start, stop),)))
        return made

    def _clean(self, start: int, stop: int, *, keep_blanks: bool = False) -> str:
        """Return what `[start, stop)` reads as inside a line, and note the edits for its special characters."""
        piece = self.text[start:stop]
        if not SPECIAL.search(piece):
            return piece
        position = start
        parts: list[str] = []
        for match in SPECIAL.finditer(self.text, start, stop):
            if keep_blanks and match[0][0] in " \t":
                continue
            joins_word = match[0] in HIDDEN_HYPHENS and self._hidden_hyphen_joins(start, match.start(), stop)
            edit = clean_edits(self.text, match.start(), match.end(), stop, joins_word=joins_word)
            self.edits.append(edit)
            parts += (self.text[position : edit.start], edit.reading)
            position = edit.stop
        parts.append(self.text[position:stop])
        return "".join(parts)

    def _hidden_hyphen_joins(self, start: int, at: int, stop: int) -> bool:
        return self.hyphens.decide(self.text[start : at + 1], self.text[at + 1 : stop] or " ").drop

    # ------------------------------------------------------------------------------------------------- edits

    def all_edits(self, every_line: Sequence[Line]) -> tuple[Edit, ...]:
        """Return all edits in the order of the source; `every_line` holds the furniture too."""
        edits = self.edits
        position, first = 0, True
        furniture: list[Line] = []
        for line in every_line:
            if line.furniture:
                furniture.append(line)
                continue
            gap = self._gaps[line.index]
            if first:
                gap = gap._replace(reading=gap.reading.lstrip("\n"), rule=Rule.EDGE)
            if line.index in self._parted:
                gap = self._gap_after_note(gap, self._parted[line.index])
            self._add_gap(position - gap.hyphen, furniture, line.ink, gap)
            position, first, furniture = line.stop, False, []
        self._add_gap(position, furniture, len(self.text), _EDGE)
        edits.sort(key=lambda edit: (edit.start, edit.stop))
        return tuple(edits)

    def _gap_after_note(self, gap: _Gap, before: Line) -> _Gap:
        """Return what stands between a note and the text that it interrupted; drop the hyphen before the note."""
        if gap.hyphen:
            self.edits.append(Edit(before.stop - 1, before.stop, "", gap.rule, gap.confidence, gap.reason))
        return _Gap("\n\n", Rule.BLOCK_BREAK, 0.9, "the text goes on that a note had interrupted")

    def _add_gap(self, start: int, furniture: list[Line], stop: int, gap: _Gap) -> None:
        reading = gap.reading
        for line in furniture:
            if line.ink > start:
                self.edits.append(Edit(start, line.ink, reading, gap.rule, gap.confidence, gap.reason))
                reading = ""
            self.edits.append(
                Edit(line.ink, line.stop, "", Rule.FURNITURE, 0.95, "a running head or folio at a page's edge")
            )
            start = line.stop
        if stop > start:
            self.edits.append(Edit(start, stop, reading, gap.rule, gap.confidence, gap.reason))


_SURE_GAP = _Gap(" ", Rule.LINE_JOIN, joins.SURE.confidence, joins.SURE.reason)  # four of five in most books
_EDGE = _Gap("", Rule.EDGE, 1.0, "white space round the text")
_WHAT = {Role.PROSE: "a paragraph", Role.QUOTE: "a quotation"}
_GROUPED = frozenset({Role.PROSE, Role.QUOTE, Role.VERSE, Role.ITEM, Role.CODE})
_MAKERS = {
    Role.PROSE: Builder._prose,  # noqa: SLF001  # the table of this class's own methods
    Role.QUOTE: Builder._quote,  # noqa: SLF001
    Role.VERSE: Builder._verse,  # noqa: SLF001
    Role.ITEM: Builder._list,  # noqa: SLF001
    Role.CODE: Builder._code,  # noqa: SLF001
    Role.HEADING: Builder._heading,  # noqa: SLF001
    Role.SCENE_BREAK: Builder._scene_break,  # noqa: SLF001
}


def _goes_on(before: Chunk, chunk: Chunk) -> bool:
    """Tell whether two chunks may be one block; preformatted text ends where a note interrupts it."""
    if chunk.role is not before.role or chunk.role not in _GROUPED:
        return False
    return chunk.role is not Role.CODE or before.lines[-1].index == chunk.lines[0].index - 1


def _whole(lines: list[Line], start: int | None = None) -> tuple[Span, ...]:
    return (Span(lines[0].ink if start is None else start, lines[-1].stop),)
