"""Find where two readings of a text differ, to the character, and show the place.

Two steps, both by `verify.alignment`. Whole blocks are aligned first; what is left of both sides is aligned by words and
marks, so that it does not matter where another program began its paragraphs. A stretch that differs is then compared
character by character. White space counts as one blank; whether there is one between two words or marks is compared as well.

In a text out of a PDF a line feed says: here the printed line ended, with or without a blank, and nobody can tell.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from docpack.verify.alignment import align

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpack.verify.alignment import Match
    from docpack.verify.expected import ExpectedBlock, Places

__all__ = ["Census", "Difference", "Finder", "ink", "same_blanks"]

CONTEXT = 30  # characters shown on either side of a difference
MAX_SHOWN = 200  # characters of a difference that are kept; a lost chapter needs no more to be recognised
MAX_KEPT = 1_000  # differences that are kept; all are counted
MAX_CELLS = 250_000  # pairs of characters that are compared one by one in one stretch: 500 against 500
MAX_CHARACTERS = 30_000_000  # of one stretch that is aligned by words, ten times a long book

_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the output differs from the source.

    `kind` is changed, missing, added, spacing (a blank more or less) or moved; `where` is "text" or the note's label.
    `source` is what the source has, `output` what the output has, `before` and `after` what the source has round it.
    `line` counts the source's lines from 1; None where the document's source is not known. `ok` tells that it is no loss:
    a note that stands at another place.
    """

    kind: str
    where: str
    source: str
    output: str
    before: str = ""
    after: str = ""
    line: int | None = None
    ok: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the difference as a JSON object."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(slots=True)
class Census:
    """Counts characters, white space not counted, and keeps the first differences."""

    missing: int = 0
    added: int = 0
    changed: int = 0
    spacing: int = 0
    moved: int = 0
    count: int = 0
    kept: list[Difference] = field(default_factory=list)

    def size(self) -> tuple[int, int]:
        """Return how much differs: characters, and places."""
        return self.missing + self.added + self.changed + self.spacing, self.count

    def tell(self, difference: Difference) -> None:
        """Keep a difference if there is room."""
        self.count += not difference.ok
        if len(self.kept) < MAX_KEPT:
            self.kept.append(difference)

    def compare(self, source: str, output: str) -> str:
        """Count how two stretches differ, and return the kind of difference, "" where it is only one of line ends."""
        missing = added = changed = 0
        left, right = ink(source), ink(output)
        if left == right:
            blanks = _blanks_that_differ(source, output)
            self.spacing += blanks
            return "spacing" if blanks else ""
        for lost, new in _unlike(left, right):
            both = min(lost, new)
            changed, missing, added = changed + both, missing + lost - both, added + new - both
        self.missing, self.added, self.changed = self.missing + missing, self.added + added, self.changed + changed
        return "changed" if left and right else "missing" if left else "added"


def ink(text: str) -> str:
    """Return a text without its white space.

    >>> ink("two words")
    'twowords'
    """
    return "".join(text.split())


def _unlike(left: str, right: str) -> Iterator[tuple[int, int]]:
    """Yield how many characters of one text stand for how many of the other, wherever they differ."""
    if len(left) * len(right) <= MAX_CELLS:
        for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            if tag != "equal":
                yield b - a, d - c
        return
    # Too long to be compared one by one: which characters there are, wherever they stand.
    lost, new = Counter(left) - Counter(right), Counter(right) - Counter(left)
    yield lost.total(), new.total()
    if not lost and not new:  # the same ones in another order
        yield (both := sum(a != b for a, b in zip(left, right, strict=True))), both


def _blanks_that_differ(source: str, output: str) -> int:
    """Return how many blanks one of two texts of the same characters has and the other has not."""
    wanted = set(accumulate(map(len, source.split())))
    found, either, place = set[int](), set[int](), 0
    for line in output.split("\n"):
        for word in line.split():
            place += len(word)
            found.add(place)
        either.add(place)
    return len((wanted ^ found) - either)


def same_blanks(source: str, output: str) -> bool:
    """Tell whether two texts are the same, where a line feed of the output stands for a blank or for nothing."""
    return source == output or (ink(source) == ink(output) and not _blanks_that_differ(source, output))


@dataclass(slots=True)
class _Stretch:
    """Some blocks as one text, with its words and marks."""

    text: str
    tokens: list[str]
    starts: array[int]

    @classmethod
    def of(cls, texts: Sequence[str]) -> _Stretch:
        text = " ".join(texts)
        tokens, starts = [], array("L")
        for found in _TOKEN.finditer(text):
            tokens.append(found[0])
            starts.append(found.start())
        return cls(text, tokens, starts)

    def cut(self, start: int, stop: int) -> str:
        """Return the text of some tokens with the white space round them."""
        return self.text[self.end(start - 1) : self.starts[stop] if stop < len(self.starts) else len(self.text)]

    def end(self, token: int) -> int:
        """Return where a token ends; that before the first one ends at 0."""
        return self.starts[token] + len(self.tokens[token]) if token >= 0 else 0

    def before(self, token: int) -> str:
        """Return the white space before a token."""
        return self.text[self.end(token - 1) : self.starts[token]]


def _blanks_within(left: _Stretch, right: _Stretch, match: Match) -> Iterator[tuple[int, str, str]]:
    """Yield the places in a run that both have where one has a blank and the other has none."""
    for step in range(1, match.size):
        lost, new = left.before(match.at_left + step), right.before(match.at_right + step)
        if lost != new and bool(lost) != bool(new) and "\n" not in new:
            yield left.end(match.at_left + step - 1), lost, new


class Finder:
    """Compares stretches of blocks and tells a census what differs."""

    def __init__(self, census: Census, places: Places) -> None:
        self._census = census
        self._places = places

    def blocks(
        self,
        source: Sequence[ExpectedBlock],
        output: Sequence[str],
        where: str = "text",
        around: tuple[str, str] = ("", ""),
    ) -> None:
        """Compare some blocks of the source with those of the output that stand in their place.

        `around` is what stands before and after them in the source, to be shown.
        """
        if not source and not output:
            return
        texts = [block.text for block in source]
        if sum(map(len, texts)) + sum(map(len, output)) > MAX_CHARACTERS:
            self._tell(_Window(source, " ".join(texts), 0, " ".join(texts), " ".join(output), around), where)
            return
        left, right = _Stretch.of(texts), _Stretch.of(output)
        at_left = at_right = 0
        for match in (*align(left.tokens, right.tokens), None):
            stop_left = match.at_left if match else len(left.tokens)
            stop_right = match.at_right if match else len(right.tokens)
            lost, new = left.cut(at_left, stop_left), right.cut(at_right, stop_right)
            if lost.strip() or new.strip():
                self._tell(_Window(source, left.text, left.end(at_left - 1), lost, new, around), where)
            if match:
                for at, lost, new in _blanks_within(left, right, match):
                    self._tell(_Window(source, left.text, at, lost, new, around), where)
                at_left, at_right = match.at_left + match.size, match.at_right + match.size

    def _tell(self, window: _Window, where: str) -> None:
        if not window.lost.strip() and not window.new.strip():
            self._census.spacing += 1
            kind = "spacing"
        else:
            kind = self._census.compare(window.lost, window.new)
        if kind and len(self._census.kept) < MAX_KEPT:
            self._census.tell(window.difference(kind, where, self._places))
        elif kind:
            self._census.count += 1


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch that differs: of which blocks, whose text it is cut from, where it begins, and both its readings."""

    blocks: Sequence[ExpectedBlock]
    text: str
    start: int
    lost: str
    new: str
    around: tuple[str, str]

    def difference(self, kind: str, where: str, places: Places) -> Difference:
        """Return the difference as it is shown."""
        start, stop, lost, new = self.start, self.start + len(self.lost), self.lost, self.new
        if kind != "spacing":
            lost, new = lost.strip(), new.strip()
            start += len(self.lost) - len(self.lost.lstrip()) if lost else 0
            stop = start + len(lost)
        return Difference(
            kind,
            where,
            _cut(lost),
            _cut(new.replace("\n", " ")),
            f"{self.around[0]} {self.text[max(0, start - CONTEXT) : start]}"[-CONTEXT:].lstrip(),
            f"{self.text[stop : stop + CONTEXT]} {self.around[1]}"[:CONTEXT].rstrip(),
            self._line(places),
        )

    def _line(self, places: Places) -> int | None:
        """Return the line of the first character that differs, or of the one before it where nothing is lost."""
        if not self.blocks:
            return None
        ends = list(accumulate(len(block.text) + 1 for block in self.blocks))
        position = self.start + len(self.lost) - len(self.lost.lstrip())
        if not self.lost.strip():
            position = max(self.start - 1, 0)
        number = min(bisect_right(ends, position), len(self.blocks) - 1)
        begin = ends[number - 1] if number else 0
        return places.line(self.blocks[number], len(ink(self.blocks[number].text[: position - begin])))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
