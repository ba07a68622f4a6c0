"""Overrides: what a person has decided about a text, and what that says of the text's lines.

An entry is anchored by words of its line; the number beside them is a hint, so that a line that is put into the text
breaks nothing. What an entry says of a line beats what a range says of it, which beats what a pattern says; of two of
one kind the later one wins. What matches nothing is told as finding R007; what might mean several lines is an error,
because an entry that is applied to the wrong place, or silently to none, is worse than one that has to be made clear.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from docpack.errors import UsageError
from docpack.findings import Code
from docpack.ledger import line_starts, split_lines
from docpack.reflow.line_patterns import MAX_LINE_CHARACTERS
from docpack.reflow.rulings import Correction, Hyphen, Paragraphs, Profile, Role, Ruling, Rulings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docpack.context import Context

__all__ = ["SWITCHES", "Decision", "Entry", "Overrides", "Pattern", "profile_of", "resolve", "shown"]

_MAX_SHOWN = 60


class Decision(StrEnum):
    """What an entry may say of a line."""

    JOIN = "join"
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    QUOTE = "quote"
    VERSE = "verse"
    LIST_ITEM = "list-item"
    TERM = "term"
    NOTE = "note"
    CODE = "code"
    SCENE_BREAK = "scene-break"
    DROP = "drop"
    KEEP = "keep"
    KEEP_HYPHEN = "keep-hyphen"
    JOIN_HYPHEN = "join-hyphen"


_ROLES = {Decision(str(role)): role for role in Role}
_HYPHENS = {Decision(str(hyphen)): hyphen for hyphen in Hyphen}
_RUNNING = frozenset({Role.QUOTE, Role.VERSE, Role.CODE})  # lines of one kind, one after the other, are one block
_ONE = frozenset({Role.PARAGRAPH, Role.HEADING})  # a range of lines of these is one block of them

# The switches of the profile, as options call them, and the role that each of them lets be found.
SWITCHES: dict[str, Role | None] = {
    "dehyphenate": None,
    "furniture": None,
    "headings": Role.HEADING,
    "quotes": Role.QUOTE,
    "verse": Role.VERSE,
    "lists": Role.ITEM,
    "terms": Role.TERM,
    "notes": Role.NOTE,
    "code": Role.CODE,
    "scene_breaks": Role.SCENE_BREAK,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One `[[override]]`: where it is meant, and what is decided there.

    `text` or `line` says where it begins; `to` or `to_line`, if there is one, where it ends: then it is a range.
    Either `decision` or `correct` is there.
    """

    where: str
    text: str = ""
    line: int | None = None
    to: str = ""
    to_line: int | None = None
    decision: Decision | None = None
    correct: str | None = None

    @property
    def is_range(self) -> bool:
        """Whether it says where it ends."""
        return bool(self.to) or self.to_line is not None


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is decided about every line in which a regular expression is found."""

    where: str
    decision: Decision
    regex: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Overrides:
    """An overrides file, checked. `switches` has what it says of the profile, by the names of `SWITCHES`."""

    name: str = ""
    paragraphs: Paragraphs | None = None
    switches: dict[str, bool] = field(default_factory=dict)
    patterns: tuple[Pattern, ...] = ()
    entries: tuple[Entry, ...] = ()


def profile_of(overrides: Overrides, paragraphs: str = "", switches: dict[str, bool] | None = None) -> Profile:
    """Return the profile that an overrides file and a caller ask for.

    Args:
        overrides: The file; empty where there is none.
        paragraphs: What the caller says of paragraphs; it wins. "" where nothing is said.
        switches: Those of the caller; what either of the two switches off is off.
    """
    given = switches or {}
    on = {name: overrides.switches.get(name, True) and given.get(name, True) for name in SWITCHES}
    return Profile(
        Paragraphs(paragraphs) if paragraphs else overrides.paragraphs or Paragraphs.AUTO,
        on["dehyphenate"],
        on["furniture"],
        frozenset({Role.PARAGRAPH} | {role for name, role in SWITCHES.items() if role and on[name]}),
    )


def shown(text: str) -> str:
    """Return a piece of somebody's text for a message, in quotation marks and not too long."""
    return repr(text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "…")


def resolve(overrides: Overrides, text: str, context: Context) -> Rulings:
    """Return what an overrides file says of each line of a decoded source.

    Findings: R007 for each entry or pattern that matches nothing.

    Raises:
        UsageError: An entry might mean several lines.
    """
    if not overrides.entries and not overrides.patterns:
        return Rulings()
    lines = _Lines(text)
    rulings: dict[int, Ruling] = {}
    for pattern in overrides.patterns:
        found = [
            number for number, each in lines.inked() if len(each) <= MAX_LINE_CHARACTERS and pattern.regex.search(each)
        ]
        if not found:
            context.report(Code.R007, where=pattern.where, reason="the pattern matches no line")
        _put(rulings, _by_pattern(pattern, found, lines))
    for entry in overrides.entries:
        if entry.is_range:
            _put(rulings, _by_range(entry, lines, context))
    corrections: list[Correction] = []
    for entry in overrides.entries:
        if entry.correct is not None:
            _add_correction(corrections, entry, lines, context)
        elif not entry.is_range:
            number = lines.find(entry)
            if number is None:
                context.report(Code.R007, where=entry.where, reason=_nothing(entry.text, entry.line))
            else:
                _put(rulings, [(number, _single(entry))])
    return Rulings(dict(sorted(rulings.items())), tuple(sorted(corrections, key=lambda each: each.start)))


def _nothing(words: str, line: int | None) -> str:
    return f"no line has the words {shown(words)}" if words else f"there is no text on line {line}"


def _put(rulings: dict[int, Ruling], said: Iterable[tuple[int, Ruling]]) -> None:
    """Let what is said win over what was said before."""
    for number, ruling in said:
        before = rulings.get(number)
        rulings[number] = ruling if before is None else _over(ruling, before)


def _over(later: Ruling, before: Ruling) -> Ruling:
    """Return what two rulings say together; where they contradict each other, what the later one says."""
    hyphen = later.hyphen or before.hyphen
    if later.furniture is True:
        return replace(later, hyphen=hyphen)
    says_what_it_is = later.role is not None or later.begins is not None
    if later.furniture is None and before.furniture is True and says_what_it_is:
        before = replace(before, furniture=False)
    role = later.role
    if role is None and not (later.begins is False and before.begins and before.role not in _RUNNING):
        role = before.role  # a line that is joined to the one before is no heading or item of its own
    return Ruling(
        role,
        before.begins if later.begins is None and later.role is None else later.begins,
        before.furniture if later.furniture is None else later.furniture,
        hyphen,
        later.where,
    )


def _single(entry: Entry) -> Ruling:
    assert entry.decision is not None
    ruling = _ruling(entry.decision, entry.where, begins=True)
    # A line of which somebody says that it is a heading, or goes on, is no running head.
    return replace(ruling, furniture=False) if ruling.begins is not None else ruling


def _ruling(decision: Decision, where: str, *, begins: bool | None) -> Ruling:
    if decision is Decision.JOIN:
        return Ruling(begins=False, where=where)
    if decision in (Decision.DROP, Decision.KEEP):
        return Ruling(furniture=decision is Decision.DROP, where=where)
    if decision in _HYPHENS:
        return Ruling(hyphen=_HYPHENS[decision], where=where)
    return Ruling(_ROLES[decision], begins, where=where)


def _by_pattern(pattern: Pattern, found: list[int], lines: _Lines) -> Iterator[tuple[int, Ruling]]:
    runs = _ROLES.get(pattern.decision) in _RUNNING
    last = 0
    for number in found:
        goes_on = runs and last and lines.next_inked(last) == number
        yield number, _ruling(pattern.decision, pattern.where, begins=None if goes_on else True)
        last = number


def _by_range(entry: Entry, lines: _Lines, context: Context) -> Iterator[tuple[int, Ruling]]:
    assert entry.decision is not None
    first = lines.find(entry)
    if first is None:
        context.report(Code.R007, where=entry.where, reason=_nothing(entry.text, entry.line))
        return
    last = lines.find_end(entry, first)
    if last is None:
        at = f"from line {first} on, " + (
            f"no line has the words {shown(entry.to)}" if entry.to else "the range is empty"
        )
        context.report(Code.R007, where=entry.where, reason=at)
        return
    role = _ROLES.get(entry.decision)
    following = False if role in _ONE else None
    for number, _ in lines.inked(first, last):
        if number > first:
            yield number, _ruling(entry.decision, entry.where, begins=following)
        elif entry.decision is not Decision.JOIN:  # whether the first line goes on is not said
            yield number, _ruling(entry.decision, entry.where, begins=True)


def _add_correction(corrections: list[Correction], entry: Entry, lines: _Lines, context: Context) -> None:
    """Add a correction; one that was there before and overlaps with it is taken back.

    Raises:
        UsageError: The words stand in the line more than once, or are all of it and shall be nothing.
    """
    number = lines.find(entry)
    found = [] if number is None else lines.places(entry.text, number)
    if not found:
        context.report(Code.R007, where=entry.where, reason=_nothing(entry.text, entry.line))
        return
    if len(found) > 1:
        raise UsageError(
            f"{entry.where}: {shown(entry.text)} stands {len(found)} times on line {number}",
            hint="Give more words of the line on both sides.",
        )
    ((start, stop),) = found
    assert entry.correct is not None
    assert number is not None
    if not entry.correct and lines.texts[number - 1] == entry.text:
        raise UsageError(f"{entry.where}: nothing would be left of line {number}", hint='Write decision = "drop".')
    for other in [each for each in corrections if each.start < stop and start < each.stop]:
        corrections.remove(other)
        context.report(Code.R007, where=other.where, reason=f"{entry.where} corrects the same words")
    corrections.append(Correction(start, stop, entry.correct, entry.where))


class _Lines:
    """The lines of the source, to be found by their words; line numbers count from 1.

    `texts` has them with all white space as single blanks, and none at the edges.
    """

    def __init__(self, text: str) -> None:
        self._raw = split_lines(text)
        self._offsets = line_starts(text)
        self.texts = [" ".join(line.split()) for line in self._raw]
        self._whole: dict[str, list[int]] = {}
        self._starts: list[int] = []
        position = 0
        for number, line in enumerate(self.texts, 1):
            self._whole.setdefault(line, []).append(number)
            self._starts.append(position)
            position += len(line) + 1
        self._joined = "\n".join(self.texts)  # so that words are looked for at the speed of C

    def inked(self, first: int = 1, last: int | None = None) -> Iterator[tuple[int, str]]:
        """Yield the lines with text on them, and their numbers, from the first to the last."""
        for number in range(first, (len(self.texts) if last is None else last) + 1):
            if self.texts[number - 1]:
                yield number, self._raw[number - 1].strip()

    def next_inked(self, number: int) -> int:
        """Return the next line with text on it, or 0."""
        return next((each for each, _ in self.inked(number + 1)), 0)

    def find(self, entry: Entry) -> int | None:
        """Return the line at which an entry begins.

        Raises:
            UsageError: There are several, and no hint tells which one is meant.
        """
        words, hint = entry.text, entry.line
        if hint is not None:
            hint = min(hint, len(self.texts) + 1)
            if not words:
                return hint if hint <= len(self.texts) and self.texts[hint - 1] else None
            return self._nearest(words, hint, 1)
        exact = self._whole.get(words, [])
        found = exact[:6] or self._holding(words, 6)
        if len(found) > 1:
            more = ", ..." if len(found) > 5 else ""
            raise UsageError(
                f"{entry.where}: the words {shown(words)} stand on lines {', '.join(map(str, found[:5]))}{more}",
                hint="Give more words of the line that is meant, or its number with line = N.",
            )
        return found[0] if found else None

    def find_end(self, entry: Entry, first: int) -> int | None:
        """Return the line at which a range ends that begins at `first`: that one or a later one."""
        hint = entry.to_line
        if hint is not None:
            moved = first - entry.line if entry.line is not None else 0
            hint = max(first, hint + moved)
            if entry.to:
                return self._nearest(entry.to, min(hint, len(self.texts)), first)
            return hint if hint <= len(self.texts) and (entry.to_line or 0) + moved >= first else None
        exact = next((number for number in self._whole.get(entry.to, []) if number >= first), None)
        at = self._joined.find(entry.to, self._starts[first - 1])
        return exact or (self._number(at) if at >= 0 else None)

    def _number(self, position: int) -> int:
        return bisect_right(self._starts, position)

    def _holding(self, words: str, limit: int) -> list[int]:
        """Return the first lines that have these words in them."""
        found: list[int] = []
        at = self._joined.find(words)
        while at >= 0 and len(found) < limit:
            number = self._number(at)
            found.append(number)
            at = self._joined.find(words, self._starts[number]) if number < len(self._starts) else -1
        return found

    def _nearest(self, words: str, hint: int, first: int) -> int | None:
        """Return the line with these words that is nearest to the hint, `first` or later.

        The line of the hint itself comes first, then lines that are these words and no more, then those that have
        them. Of two at the same distance it is the later one, since lines are more often put in than taken out.
        """
        if hint <= len(self.texts) and words in self.texts[hint - 1]:
            return hint
        numbers = [number for number in self._whole.get(words, ()) if number >= first]
        if not numbers:
            at = self._starts[hint - 1] if hint <= len(self.texts) else len(self._joined)
            before = self._joined.rfind(words, self._starts[first - 1], at)
            after = self._joined.find(words, at)
            numbers = [self._number(each) for each in (before, after) if each >= 0]
        return min(numbers, key=lambda number: (abs(number - hint), -number), default=None)

    def places(self, words: str, number: int) -> list[tuple[int, int]]:
        """Return the ranges of the source where words stand in a line."""
        start = self._offsets[number - 1]
        pattern = re.compile(r"\s+".join(map(re.escape, words.split(" "))))
        return [(start + match.start(), start + match.end()) for match in pattern.finditer(self._raw[number - 1])]
