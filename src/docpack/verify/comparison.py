"""Compare what an output prints with what it should print, where the two are not the same to the last blank.

The body comes first: blocks that both have, in the same order, are the frame. What an output sets in front of the text is told
apart, then what stands elsewhere, then what is left in each gap of the frame is compared by words. Notes are
compared with notes, one by one; one that is not there is looked for among the blocks of the body that are too many.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docpack.verify.alignment import align
from docpack.verify.differences import Census, Difference, Finder, ink, same_blanks
from docpack.verify.expected import Places
from docpack.verify.outputs import described

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docpack.model import Document
    from docpack.verify.expected import Expected, ExpectedBlock, ExpectedNote
    from docpack.verify.reading import Reading

__all__ = ["Found", "compare"]

MAX_SHOWN = 120  # characters of a moved block that are shown
MIN_LISTED = 2  # headings in front of the text that make a table of contents

# What may stand between the beginning of a note and its text: a label, the brackets and the dot of the output's own.
_LABEL = re.compile(r"[\[(]?(?:\w{1,12}|[^\w\s]{1,6}?)[\])]?[.:]?\s+")


@dataclass(slots=True)
class Found:
    """What a comparison found: differences, and characters that are no difference."""

    census: Census = field(default_factory=Census)
    extra: int = 0
    unprinted: int = 0
    loose: int = 0


def compare(expected: Expected, document: Document, reading: Reading, data: bytes, format: str) -> Found:  # noqa: A002
    """Compare; `data` is the output itself, for what it says of its own title and authors."""
    comparison = _Comparison(expected, reading, Places(document.source), reorders=format == "pdf")
    comparison.front(_keys((*_stated(document.metadata), *described(data, format))))
    comparison.notes()
    comparison.moves()
    comparison.body()
    return comparison.found


def _stated(metadata: Any) -> Iterable[str]:
    """Yield what a title page may say of a document."""
    names = [each.name for each in metadata.contributors]
    yield from (metadata.title, metadata.subtitle, metadata.date, metadata.publisher, metadata.description)
    yield from (metadata.rights, metadata.series, *names)


def _keys(values: Iterable[str]) -> frozenset[str]:
    return frozenset(ink(each).casefold() for each in values) - {""}


class _Comparison:
    """The state of one comparison: which blocks and notes are still without their counterpart."""

    def __init__(self, expected: Expected, reading: Reading, places: Places, *, reorders: bool) -> None:
        self.found = Found()
        self._expected = expected
        self._reading = reading
        self._places = places
        self._finder = Finder(self.found.census, places)
        self._reorders = reorders
        self._wanted = [self._key(block.text) for block in expected.blocks]
        self._printed = [self._key(text) for text in reading.blocks]
        self._frame = align(self._wanted, self._printed)
        self._lost = set(range(len(self._wanted)))
        self._new = set(range(len(self._printed)))
        for match in self._frame:
            self._lost.difference_update(range(match.at_left, match.at_left + match.size))
            self._new.difference_update(range(match.at_right, match.at_right + match.size))

    def _key(self, text: str) -> str:
        """Return a text without white space, which blocks are told by.

        Of pointed or vocalised text a PDF shows which characters there are, and no more: their glyphs stand in the
        order of the font, and each glyph of a letter with its marks stands for all of them. Of text in which words from
        right to left and from left to right stand side by side it shows the order on the page, not that of reading.
        """
        text = ink(text)
        if not self._reorders or text.isascii():
            return text
        if any(unicodedata.category(each)[0] == "M" for each in text):
            return "".join(sorted(set(text)))
        return "".join(sorted(text)) if _goes_both_ways(text) else text

    def _same(self, source: str, output: str) -> bool:
        if same_blanks(source, output):
            return True
        if self._key(source) != self._key(output) or self._key(source) == ink(source):
            return False
        wanted, printed = len(ink(source)), len(ink(output))
        self.found.loose += wanted
        self.found.extra += max(printed - wanted, 0)
        self.found.unprinted += max(wanted - printed, 0)
        return True

    # ---------------------------------------------------------------------------------------------- front matter

    def front(self, said: frozenset[str]) -> None:
        """Tell apart what is set in front of the text: metadata, and a list of headings."""
        headings = _keys(self._expected.headings)
        listed: list[int] = []
        for place, text in enumerate(self._printed):
            key = text.casefold()
            if place not in self._new:
                if key in said:
                    continue
                break
            if key in said:
                self._set_aside(place)
            elif key in headings:
                listed.append(place)
        if len(listed) >= MIN_LISTED:
            for place in listed:
                self._set_aside(place)

    def _set_aside(self, place: int) -> None:
        self.found.extra += len(self._printed[place])
        self._new.discard(place)

    # ----------------------------------------------------------------------------------------------------- notes

    def notes(self) -> None:
        """Compare the notes: with those in the same order, then with the others, then with blocks of the body."""
        wanted, printed = self._expected.notes, self._reading.notes
        lost, new = set(range(len(wanted))), set(range(len(printed)))
        full = align([ink(note.label + note.body) for note in wanted], [ink(text) for text in printed])
        bodies = align([ink(note.body) for note in wanted], [self._body_of(place) for place in range(len(printed))])
        for match in (*full, *bodies):
            for step in range(match.size):
                left, right = match.at_left + step, match.at_right + step
                if left in lost and right in new and self._fits(wanted[left], right):
                    lost.discard(left)
                    new.discard(right)
        self._notes_elsewhere(lost, new)
        self._notes_among_blocks(lost)
        rest = sorted(new)
        for number in sorted(lost):
            other = [printed[rest.pop(0)]] if rest else []
            self._finder.blocks([wanted[number].whole()], other, wanted[number].label)
        for place in rest:
            self._finder.blocks([], [printed[place]], "note")

    def _body_of(self, place: int) -> str:
        """Return the text of a printed note without white space, and without what looks like its label."""
        text = self._reading.notes[place]
        return ink(text if place in self._reading.bare else _LABEL.sub("", text, count=1))

    def _fits(self, note: ExpectedNote, place: int) -> bool:
        """Tell whether a printed note is a note of the document, and count what is no difference between them."""
        text = self._reading.notes[place]
        if place in self._reading.bare and same_blanks(note.body, text):
            self.found.unprinted += len(ink(note.label))
            return True
        return self._says(note, text)

    def _says(self, note: ExpectedNote, text: str) -> bool:
        if self._same(note.whole().text, text):
            return True
        led = re.match(rf"([\[(]?){re.escape(note.label)}([\])]?[.:]?)\s*", text) if note.label else None
        if led is None or not same_blanks(note.body, text[led.end() :]):
            return False
        marks = len(led[1]) + len(led[2])
        if marks and not note.body[:1].isalnum():  # whose dot is it?
            return False
        self.found.extra += marks
        return True

    def _notes_elsewhere(self, lost: set[int], new: set[int]) -> None:
        """Find notes that stand in another order."""
        places = defaultdict(list)
        for place in sorted(new, reverse=True):
            places[self._body_of(place)].append(place)
        bodies = Counter(note.body for note in self._expected.notes)
        for number in sorted(lost):
            note = self._expected.notes[number]
            there = places.get(ink(note.body), [])
            if there and self._fits(note, there[-1]):
                new.discard(there.pop())
                lost.discard(number)
                # Of two notes with the same text, one that has the other's label is not moved but changed.
                self._tell_move(note.whole(), note.label, ok=bodies[note.body] == 1)

    def _notes_among_blocks(self, lost: set[int]) -> None:
        """Find notes that the output prints as blocks of its body: at its end, say."""
        places = defaultdict(list)
        for place in sorted(self._new, reverse=True):
            text = self._reading.blocks[place]
            places[ink(_LABEL.sub("", text, count=1))].append(place)
        for number in sorted(lost):
            note = self._expected.notes[number]
            there = places.get(ink(note.blocks[0].text), []) if note.blocks else []
            taken = range(there[-1], there[-1] + len(note.blocks)) if there else range(0)
            if taken and self._new.issuperset(taken) and self._says(note, self._joined(taken)):
                there.pop()
                self._new.difference_update(taken)
                lost.discard(number)
                self._tell_move(note.whole(), note.label, ok=True)

    def _joined(self, places: range) -> str:
        return " ".join(self._reading.blocks[place] for place in places)

    # ------------------------------------------------------------------------------------------------------ body

    def moves(self) -> None:
        """Find blocks that stand elsewhere."""
        places = defaultdict(list)
        for place in sorted(self._new, reverse=True):
            places[self._printed[place]].append(place)
        for number in sorted(self._lost):
            there = places.get(self._wanted[number], [])
            if there:
                self._new.discard(there.pop())
                self._lost.discard(number)
                self._tell_move(self._expected.blocks[number], "text", ok=False)

    def body(self) -> None:
        """Compare what is left in the gaps of the frame, and the blanks of the blocks that make it."""
        at_left = at_right = 0
        ends = (len(self._wanted), len(self._printed), 0)
        for left, right, size in (*self._frame, ends):
            self._gap(range(at_left, left), range(at_right, right))
            for step in range(size):
                block, text = self._expected.blocks[left + step], self._reading.blocks[right + step]
                if not self._same(block.text, text):
                    self._finder.blocks([block], [text], around=self._around(left + step, left + step + 1))
            at_left, at_right = left + size, right + size

    def _gap(self, left: range, right: range) -> None:
        blocks = [self._expected.blocks[place] for place in left if place in self._lost]
        texts = [self._reading.blocks[place] for place in right if place in self._new]
        if not blocks and texts and left.start:  # what was added stands after the block before
            self._added(self._expected.blocks[left.start - 1], texts)
        else:
            self._finder.blocks(blocks, texts, around=self._around(left.start, left.stop))

    def _around(self, start: int, stop: int) -> tuple[str, str]:
        """Return the text before and after some blocks of the source."""
        blocks = self._expected.blocks
        return blocks[start - 1].text if start else "", blocks[stop].text if stop < len(blocks) else ""

    def _added(self, before: ExpectedBlock, texts: Sequence[str]) -> None:
        """Tell of blocks that no block of the source stands for."""
        text = " ".join(texts)
        self.found.census.added += len(ink(text))
        line = self._places.line(before, max(len(ink(before.text)) - 1, 0))
        self.found.census.tell(Difference("added", "text", "", _cut(text), before.text[-30:], "", line))

    def _tell_move(self, block: ExpectedBlock, where: str, *, ok: bool) -> None:
        self.found.census.moved += len(ink(block.text))
        line = self._places.line(block, 0)
        self.found.census.tell(Difference("moved", where, _cut(block.text), _cut(block.text), line=line, ok=ok))


def _goes_both_ways(text: str) -> bool:
    """Tell whether a text has letters from right to left and also letters or numbers from left to right."""
    directions = {unicodedata.bidirectional(each) for each in text}
    return bool(directions & {"R", "AL"}) and bool(directions & {"L", "EN", "AN"})


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
