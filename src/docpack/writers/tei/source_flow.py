"""The running text of the archival form: the document's texts with all of the source between them.

The document is walked once. Each text that came from the source becomes a leaf: a range of the source and a place in
the output. What lies between the ranges is known only at the end, because notes stand elsewhere in the document than
in the source; so every leaf gets a slot before it, which `finish` fills with the marks of what precedes it in the source.

Whatever the document claims, the source is complete in the output: a text whose range reads otherwise, or is another's
already, is written as `<reg>`, and the range is written with the rest.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from docpack.writers.tei.escapes import text
from docpack.writers.tei.header import SourceRecord
from docpack.writers.tei.page_turns import PageTurns
from docpack.writers.tei.source_marks import (
    MAX_RUN,
    NO_SPACE,
    Lead,
    SourceMarks,
    has_plain_white,
    keep_first_blank,
    keep_last_blank,
    takes_white_after,
    takes_white_before,
)
from docpack.xml_characters import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from docpack.ledger import Edit, Ledger
    from docpack.model import Origin
    from docpack.writers.tei.facsimile import Places

__all__ = ["SourceFlow"]


@dataclass(slots=True)
class _Leaf:
    """A range of the source that is in the output, and where: `parts[place]` to `parts[last]`.

    `value` is the text of the first part, which ends at `first_stop`; the others follow after common line ends.
    """

    slot: int
    place: int
    last: int
    start: int
    first_stop: int
    stop: int
    lead: Lead
    pages: tuple[str, ...]
    value: str


@dataclass(slots=True)
class _LooseTurn:
    """Page turns before a text that is not from the source, and their `place` among the parts; `leaf` precedes them."""

    place: int
    leaf: _Leaf | None
    lead: Lead
    pages: tuple[str, ...]


class SourceFlow:
    """Appends text to `parts`, and in the end the marks between the texts."""

    def __init__(self, parts: list[str], ledger: Ledger, places: Places | None = None) -> None:
        self.parts = parts
        self.marks = SourceMarks(ledger, places)
        self._source = ledger.source.text
        self._leaves: list[_Leaf] = []
        self._leaf: _Leaf | None = None  # the last one
        self._line = 0  # the number of the line that its range ends in, from 1; 0 where it is not known
        self._slot: int | None = None
        self._lead = Lead.BLOCK
        self._pages: tuple[str, ...] = ()
        self._loose_turns: list[_LooseTurn] = []

    def start_block(self) -> None:
        """Say that a run of text begins, apart from what was before."""
        self._lead = Lead.BLOCK
        self._slot = None

    def slot(self) -> None:
        """Mark the place for what stands between the text before and the next one."""
        if self._slot is None:
            self._slot = len(self.parts)
            self.parts.append("")

    def source_break(self, reading: str, page: str | None) -> None:
        """Note what the source between the text before and the next one reads as."""
        if page is not None:
            self._pages += (page,)
        if reading.strip(" \t\n\r"):
            self._loose(reading)
        elif reading and self._lead is Lead.JOINED:
            self._lead = Lead.BLANK

    def line_break(self) -> None:
        """Append a line end that the author wanted; without `@ed` it is no line of the source."""
        self.parts.append("<lb/>")
        self._lead = Lead.BLOCK
        self._slot = None

    # -------------------------------------------------------------------------------------------------- leaves

    def text(self, value: str, origin: Origin) -> None:
        """Append a text that came from these ranges."""
        if len(origin) == 1:
            start, stop = origin[0]
            if 0 <= start < stop and self._source[start:stop] == value and stop - start == len(value):
                if not has_plain_white(value) or stop - start > MAX_RUN:
                    self._add(self.marks.kept(start, stop, start), start, stop, value)
                elif not (self._lead is Lead.BLANK and self._continues(value, start, stop)):
                    self._add(text(value), start, stop, value)
                return
        self._changed(value, origin, _cleaned)

    def _continues(self, value: str, start: int, stop: int) -> bool:
        """Append a text to the leaf before it, if nothing but a common line end parts them; say whether it was so.

        Four of five texts of a book are such.
        """
        leaf, line, marks = self._leaf, self._line, self.marks
        if leaf is None or self._pages or self._slot is not None or leaf.last != len(self.parts) - 1:
            return False
        if self._source[leaf.stop : start] != marks.newline:
            return False
        line = line + 1 if line else marks.line_number(start)
        if marks.starts[line - 1] != start or line - 1 in marks.types:
            return False
        self.parts.append(f'\n<lb n="{line}" ed="source"{marks.places.of_line(line)}/>{text(value)}')
        leaf.last += 1
        leaf.stop, self._line = stop, line
        self._lead = Lead.JOINED
        return True

    def lines(self, value: str, origin: Origin) -> None:
        """Append text whose line ends and blanks are kept; those of the source are shown."""
        self._changed(value, origin, _squeezed)

    def printed(self, value: str, origin: Origin) -> None:
        """Append a label or marker, which begins where the first range does."""
        if not origin or not value:
            self._loose(value)
            return
        start = origin[0][0]
        if start >= 0 and self._source.startswith(value, start):
            self.text(value, ((start, start + len(value)),))  # type: ignore[arg-type]  # pairs do as well as spans
            return
        self._changed(value, ((start, self._stop_of(value, start)),), _cleaned)  # type: ignore[arg-type]  # as above

    def _stop_of(self, value: str, start: int) -> int:
        """Return where a text ends that begins here and has something dropped before or inside it."""
        for stop in range(start + len(value), min(start + 2 * len(value) + 8, len(self._source)) + 1):
            if any(_cleaned(reading) == value for reading, _ in self.marks.variants(start, stop)):
                return stop
        return start

    def _changed(self, value: str, origin: Origin, form: Callable[[str], str]) -> None:
        """Append a text that the source has in another form: with edits inside, or in several ranges."""
        if not value:
            return
        ranges = [(a, b) for a, b in origin if 0 <= a < b <= len(self._source)]
        found = self._match(value, ranges, form)
        if found is not None:
            for (start, stop), (reading, edits) in zip(ranges, found, strict=True):
                self._add(self.marks.edited(start, stop, edits), start, stop, reading)
        elif len(ranges) == 1:
            ((start, stop),) = ranges
            self._add(self.marks.regularized(start, stop, value, start), start, stop, value)
        else:
            self._loose(value)

    def _match(
        self, value: str, ranges: list[tuple[int, int]], form: Callable[[str], str]
    ) -> list[tuple[str, tuple[Edit, ...]]] | None:
        """Return what each range reads as and by which edits, if together they read as the value; else None."""
        wanted = form(value)
        if len(ranges) == 1:
            return next(([each] for each in self.marks.variants(*ranges[0]) if form(each[0]) == wanted), None)
        found: list[tuple[str, tuple[Edit, ...]]] = []
        for each in ranges:
            found += [*self.marks.variants(*each)][:1]
        fits = len(found) == len(ranges) > 0 and form("".join(reading for reading, _ in found)) == wanted
        return found if fits else None

    def _add(self, marks: str, start: int, stop: int, value: str) -> None:
        """Append a leaf."""
        parts = self.parts
        slot = self._slot
        if slot is None:
            slot = len(parts)
            parts.append("")
        place = len(parts)
        self._leaf = _Leaf(slot, place, place, start, stop, stop, self._lead, self._pages, value)
        self._leaves.append(self._leaf)
        parts.append(marks)
        self._slot, self._lead, self._pages, self._line = None, Lead.JOINED, (), 0

    def _loose(self, value: str) -> None:
        """Append a text that is not in the source.

        What it stands apart by is in its `<reg>`: outside, it would take the blanks beside it from the source.
        """
        if not value:
            return
        self.parts.append("<choice><orig/><reg>" + (" " if self._lead is Lead.BLANK else ""))
        if self._pages:
            self._loose_turns.append(_LooseTurn(len(self.parts), self._leaf, self._lead, self._pages))
            self.parts.append("")
        self.parts.append(f"{text(FORBIDDEN.sub('', value))}</reg></choice>")
        self._lead, self._pages, self._slot = Lead.JOINED, (), None

    # -------------------------------------------------------------------------------------------------- finish

    def record(self) -> SourceRecord:
        """Return what the header has to say of the source; after `finish`."""
        marks = self.marks
        return SourceRecord(marks.ledger, len(marks.starts), marks.newline_name, tuple(marks.characters))

    def finish(self, ids: set[str]) -> str:
        """Fill the slots; return the marks of the whole source if no text came from it.

        Args:
            ids: Those of the document, which page turns must not have; theirs are added.
        """
        self.marks.turns = PageTurns(ids)
        begins, afters = self._share_out()
        self._number_pages()
        if not self._leaves:
            return self.marks.dropped(0, len(self._source), Lead.BLOCK)
        parts = self.parts
        position = previous = 0
        for leaf, begin in zip(self._leaves, begins, strict=True):
            jumps = begin != position
            before = self._before(begin, leaf, jumps=jumps)
            if jumps or takes_white_before(before or parts[leaf.place]):
                parts[previous] = keep_last_blank(parts[previous])
            if takes_white_after(before or parts[previous]):
                parts[leaf.place] = keep_first_blank(parts[leaf.place])
            parts[leaf.slot] = before
            position, previous = leaf.stop, leaf.last
            if previous in afters:
                rest, position = afters[previous]
                parts[previous] = keep_last_blank(parts[previous]) + self.marks.dropped(rest, position, Lead.BLOCK)
        parts[previous] = keep_last_blank(parts[previous])
        return ""

    def _before(self, begin: int, leaf: _Leaf, *, jumps: bool) -> str:
        """Return the marks between where the flow of the source begins anew, or goes on, and a leaf."""
        made = self.marks.dropped(begin, leaf.start, leaf.lead, leaf.pages, opens=True)
        if jumps and not self.marks.begins_line(begin):
            blank = f" {NO_SPACE}" if made[:1] == " " else ""
            return blank + self.marks.position(begin) + made.lstrip(" ")
        return made

    def _number_pages(self) -> None:
        """Give each page turn of the document the form feed that it is; what has none keeps its number for a mark.

        A page begins between the text before it in the source and the text that names it.
        """
        ranges = sorted((leaf.start, leaf.stop) for leaf in self._leaves)
        for leaf in self._leaves:
            if leaf.pages:
                at = bisect_left(ranges, (leaf.start,))
                leaf.pages = self.marks.number_pages(leaf.pages, ranges[at - 1][1] if at else 0, leaf.start)
        for turn in self._loose_turns:
            start = turn.leaf.stop if turn.leaf else 0
            at = bisect_left(ranges, (start,))
            stop = ranges[at][0] if at < len(ranges) else len(self._source)
            pages = self.marks.number_pages(turn.pages, start, stop)
            place = self.marks.places.of_page(stop)
            marks = (self.marks.turns.mark(each, inside=not turn.lead, place=place) for each in pages)
            self.parts[turn.place] = "".join(marks)
        self.marks.number_pages(self._pages, ranges[-1][1] if ranges else 0, len(self._source))

    def _share_out(self) -> tuple[list[int], dict[int, tuple[int, int]]]:
        """Return for each leaf where what precedes it begins, and for some places what is to follow them.

        What lies between two ranges precedes the later one. Where that one does not follow in the document, the rest
        of the line stays with the earlier one. The end of the source follows the last range.
        """
        leaves = self._leaves
        if any(left.stop > right.start for left, right in pairwise(leaves)):
            return self._share_out_moved()
        if not leaves:
            return [], {}
        begins, afters = [0], self._tail(leaves[-1])
        for leaf, later in pairwise(leaves):
            border = self._border(leaf, later) if self._ends_in_ink(leaf, later) else leaf.stop
            if border > leaf.stop:
                afters[leaf.last] = (leaf.stop, border)
            begins.append(border)
        return begins, afters

    def _ends_in_ink(self, leaf: _Leaf, later: _Leaf) -> bool:
        """Tell whether dropped characters stand right after the last text of a block: they are of its line."""
        return later.lead is Lead.BLOCK and not self._source[leaf.stop].isspace()

    def _border(self, leaf: _Leaf, later: _Leaf) -> int:
        """Return where the line ends that a leaf ends in, if the later one begins on another."""
        border = min(self.marks.next_line(leaf.stop), later.start)
        return border if self.marks.begins_line(border) else leaf.stop

    def _tail(self, leaf: _Leaf) -> dict[int, tuple[int, int]]:
        return {leaf.last: (leaf.stop, len(self._source))} if leaf.stop < len(self._source) else {}

    def _share_out_moved(self) -> tuple[list[int], dict[int, tuple[int, int]]]:
        self._drop_overlaps()
        leaves = self._leaves
        order = sorted(range(len(leaves)), key=lambda i: (leaves[i].start, leaves[i].stop))
        begins = [0] * len(leaves)
        afters: dict[int, tuple[int, int]] = {}
        for earlier, later in pairwise(order):
            leaf, after = leaves[earlier], leaves[later]
            border = leaf.stop
            if later != earlier + 1 or self._ends_in_ink(leaf, after):
                border = self._border(leaf, after)
            if border > leaf.stop:
                afters[leaf.last] = (leaf.stop, border)
            begins[later] = border
        return begins, afters | self._tail(leaves[order[-1]])

    def _drop_overlaps(self) -> None:
        """Take back the leaves whose range begins inside another's; their text stays, as not from the source."""
        stop, kept = 0, set()
        for leaf in sorted(self._leaves, key=lambda each: (each.start, each.stop)):
            if leaf.start >= stop:
                stop = leaf.stop
                kept.add(leaf.place)
                continue
            blank = " " if leaf.lead is Lead.BLANK else ""
            self.parts[leaf.place : leaf.last + 1] = [""] * (leaf.last + 1 - leaf.place)
            rest = self._source[leaf.first_stop : leaf.stop].replace(self.marks.newline, " ")
            said = text(FORBIDDEN.sub("", leaf.value + rest))
            self.parts[leaf.place] = f"<choice><orig/><reg>{blank}{said}</reg></choice>"
        self._leaves = [leaf for leaf in self._leaves if leaf.place in kept]


def _cleaned(value: str) -> str:
    """Return text as `lower` leaves it: without what XML forbids, line ends and tabs as blanks."""
    value = FORBIDDEN.sub("", value)
    return value.translate(_TO_BLANKS)


_TO_BLANKS = dict.fromkeys(map(ord, "\t\n\r\x85\u2028\u2029"), " ")


def _squeezed(value: str) -> str:
    return "".join(FORBIDDEN.sub("", value).split())
