"""Overrides: what a person has decided about a text, and what that says of the text's lines.

An entry is anchored by words of its line; the number beside them is a hint, so that a line that is put into the text
breaks nothing. What an entry says of a line beats what a range says of it, which beats what a pattern says; of two of
one kind the later one wins. What matches nothing is told as finding R007; what might mean several lines is an error,
because an entry that is applied to the wrong place, or silently to none, is worse than one that has to be made clear.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field, replace
from enum import StrEnum
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from docpack.errors import UsageError
from docpack.findings import Code
from docpack.ledger import line_starts, split_lines
from docpack.reflow.corrections import Corrections
from docpack.reflow.hyphens import HYPHENS
from docpack.reflow.line_patterns import MAX_LINE_CHARACTERS, MAX_STEPS, most_steps
from docpack.reflow.lines import read_lines
from docpack.reflow.notes import Said, find_notes
from docpack.reflow.rulings import Correction, Hyphen, Paragraphs, Profile, Role, Ruling, Rulings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from docpack.context import Context

    Tell = Callable[[str, str], None]  # takes the entry, and why it changed nothing

__all__ = ["SWITCHES", "Decision", "Entry", "Overrides", "Pattern", "profile_of", "resolve", "shown"]

_MAX_SHOWN = 60
_MANY_SEARCHES = 200  # through the whole text take as long as an index of its words
_FEW_LINES = 1000  # are looked through one by one


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
    """What is decided about every line in which a regular expression is found; None where no expression is given."""

    where: str
    decision: Decision
    regex: re.Pattern[str] | None


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

    Findings: R007 for each entry or pattern that matches nothing or has no effect, also later, for a correction that
    cannot be made.

    Raises:
        UsageError: An entry might mean several lines, or nothing would be left of the text or of a line.
    """
    if not overrides.entries and not overrides.patterns:
        return Rulings()
    lines = _Lines(text)
    rulings: dict[int, Ruling] = {}

    def tell(where: str, reason: str) -> None:
        context.report(Code.R007, where=where, reason=reason)

    _check_steps(overrides.patterns, lines)
    for pattern in overrides.patterns:
        _put(rulings, _by_pattern(pattern, _matching(pattern, lines, tell), lines))
    _put_ranges(rulings, overrides.entries, lines, tell)
    corrections: list[Correction] = []
    hyphens: list[tuple[int, Entry]] = []
    for entry in overrides.entries:
        if entry.correct is not None:
            _add_correction(corrections, entry, lines, tell)
        elif not entry.is_range:
            number = lines.find(entry)
            if number is None:
                tell(entry.where, _nothing(entry.text, entry.line, len(lines.texts)))
            else:
                _put(rulings, [(number, _single(entry))])
                if entry.decision in _HYPHENS:
                    hyphens.append((number, entry))
    _check_left(overrides, rulings, lines)
    _tell_idle_hyphens(hyphens, rulings, lines, tell)
    _tell_idle_notes(rulings, text, tell)
    return Rulings(dict(sorted(rulings.items())), Corrections(_with_blanks(corrections, lines, text), tell))


def _nothing(words: str, line: int | None, count: int) -> str:
    if words:
        return f"no line has the words {shown(words)}"
    if line is not None and line > count:
        return f"there is no text on line {line}: the text has {count} lines"
    return f"there is no text on line {line}"


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


def _check_steps(patterns: Iterable[Pattern], lines: _Lines) -> None:
    """Refuse patterns that could take long on this text.

    Raises:
        UsageError: They could.
    """
    steps = 0
    texts: list[str] = []
    for pattern in patterns:
        if pattern.regex is None:
            continue
        texts = texts or [each for _, each in lines.inked() if len(each) <= MAX_LINE_CHARACTERS]
        steps += most_steps(pattern.regex, texts)
        if steps > MAX_STEPS:
            raise UsageError(
                f"{pattern.where}: with the pattern {shown(pattern.regex.pattern)}, the patterns could take more than "
                f"{MAX_STEPS} steps on the {len(texts)} lines of this text",
                hint="Begin patterns with ^, and use fewer parts of variable length, such as .*, in one.",
            )


def _matching(pattern: Pattern, lines: _Lines, tell: Tell) -> list[int]:
    """Return the lines in which a pattern is found."""
    regex = pattern.regex
    if regex is None:
        tell(pattern.where, "the list of patterns is empty")
        return []
    found = [number for number, each in lines.inked() if len(each) <= MAX_LINE_CHARACTERS and regex.search(each)]
    if not found:
        tell(pattern.where, "the pattern matches no line")
    return found


def _by_pattern(pattern: Pattern, found: list[int], lines: _Lines) -> Iterator[tuple[int, Ruling]]:
    runs = _ROLES.get(pattern.decision) in _RUNNING
    last = 0
    for number in found:
        goes_on = runs and last and lines.next_inked(last) == number
        yield number, _ruling(pattern.decision, pattern.where, begins=None if goes_on else True)
        last = number


class _Range(NamedTuple):
    """The lines from `first` to `last`, of which an entry says something; `order` is its place in the file."""

    order: int
    first: int
    last: int
    entry: Entry


def _put_ranges(rulings: dict[int, Ruling], entries: Sequence[Entry], lines: _Lines, tell: Tell) -> None:
    """Let what ranges say win over what patterns said.

    Of ranges with the same decision that lie on a line, the latest counts: what the others said it says again. So a
    line costs no more for a thousand ranges than for one of each decision.
    """
    ranges = [
        found
        for order, entry in enumerate(entries)
        if entry.is_range and entry.correct is None and (found := _range(order, entry, lines, tell))
    ]
    if not ranges:
        return
    beginning: defaultdict[int, list[_Range]] = defaultdict(list)
    for each in ranges:
        beginning[each.first].append(each)
    running: defaultdict[Decision, list[tuple[int, _Range]]] = defaultdict(list)
    for number, _ in lines.inked(min(beginning), max(each.last for each in ranges)):
        said = [(each, True) for each in beginning.get(number, ())]
        for heap in running.values():
            while heap and heap[0][1].last < number:
                heappop(heap)
            if heap:
                said.append((heap[0][1], False))
        for each, is_first in sorted(said, key=lambda pair: pair[0].order):
            _put(rulings, _by_range(each.entry, number, is_first=is_first))
        for each in beginning.get(number, ()):
            assert each.entry.decision is not None
            heappush(running[each.entry.decision], (-each.order, each))


def _range(order: int, entry: Entry, lines: _Lines, tell: Tell) -> _Range | None:
    first = lines.find(entry)
    if first is None:
        tell(entry.where, _nothing(entry.text, entry.line, len(lines.texts)))
        return None
    last = lines.find_end(entry, first)
    if last is not None:
        return _Range(order, first, last, entry)
    if entry.to:
        reason = f"from line {first} on, no line has the words {shown(entry.to)}"
    elif entry.to_line is not None and entry.to_line > len(lines.texts):
        reason = f"there is no line {entry.to_line}: the text has {len(lines.texts)} lines"
    else:
        reason = f"from line {first} on, the range is empty: it ends before it begins"
    tell(entry.where, reason)
    return None


def _by_range(entry: Entry, number: int, *, is_first: bool) -> Iterator[tuple[int, Ruling]]:
    assert entry.decision is not None
    if is_first:
        if entry.decision is not Decision.JOIN:  # whether the first line goes on is not said
            yield number, _ruling(entry.decision, entry.where, begins=True)
        return
    following = False if _ROLES.get(entry.decision) in _ONE else None
    yield number, _ruling(entry.decision, entry.where, begins=following)


# ----------------------------------------------------------------------------------------------- without effect


def _check_left(overrides: Overrides, rulings: Mapping[int, Ruling], lines: _Lines) -> None:
    """Refuse overrides that leave nothing of a text.

    Raises:
        UsageError: They drop every line.
    """
    inked = [number for number, _ in lines.inked()]
    if inked and all(number in rulings and rulings[number].furniture for number in inked):
        name = overrides.name or "the overrides file"
        raise UsageError(f"nothing is left of the text: {name} drops every line", hint="Look at what it says of drop.")


def _tell_idle_hyphens(
    hyphens: Iterable[tuple[int, Entry]], rulings: dict[int, Ruling], lines: _Lines, tell: Tell
) -> None:
    """Tell of entries on the hyphen of one line that has none, or after which no word goes on; take them back."""
    for number, entry in hyphens:
        text = lines.texts[number - 1].rstrip(_INVISIBLE)
        following = lines.next_kept(number, rulings)
        after = rulings.get(following)
        if rulings[number].furniture:
            tell(entry.where, f"line {number}, with what stands at its end, is taken out of the text")
        elif text[-1:] not in HYPHENS or text.endswith("--") or len(text) == 1:
            tell(entry.where, f"line {number} does not end with a hyphen")
        elif not following:
            tell(entry.where, f"no line follows the hyphen of line {number}")
        elif after and (after.begins or after.role in (Role.VERSE, Role.CODE)):
            tell(entry.where, f"line {following} does not go on after the hyphen, as {after.where} says")
        else:
            continue
        rulings[number] = replace(rulings[number], hyphen=None)  # else the line after it would be joined


_INVISIBLE = "\u200b\u2060\ufeff"


def _tell_idle_notes(rulings: dict[int, Ruling], text: str, tell: Tell) -> None:
    """Take back what is said of lines that are to be notes and have no label; tell of those that lie in no note."""
    said = frozenset(number for number, each in rulings.items() if each.role is Role.NOTE and not each.furniture)
    if not said:
        return
    dropped = {number for number, each in rulings.items() if each.furniture}
    others = frozenset(number for number, each in rulings.items() if each.role not in (None, Role.NOTE))
    kept = [line for line in read_lines(text) if line.number not in dropped]
    labelled = said & {note.lines[0].number for note in find_notes(kept, others, Said(said)).found}
    # The further lines of a note go on with it only if nobody says that they are notes, too.
    taken = {line.number for note in find_notes(kept, others, Said(labelled)).found for line in note.lines}
    told = set()
    for number in sorted(said - labelled):
        ruling = rulings[number]
        if (ruling.begins or number not in taken) and ruling.where not in told:
            tell(ruling.where, f"line {number} begins with no label of a note, such as 1, * or [1]")
            told.add(ruling.where)
        rulings[number] = replace(ruling, role=None, begins=None if ruling.begins else ruling.begins)


# --------------------------------------------------------------------------------------------------- corrections


def _add_correction(corrections: list[Correction], entry: Entry, lines: _Lines, tell: Tell) -> None:
    """Add a correction to those there are, which ascend; one that overlaps with it is taken back.

    Raises:
        UsageError: The words stand in the line more than once.
    """
    number = lines.find(entry)
    found = [] if number is None else lines.places(entry.text, number)
    if not found:
        tell(entry.where, _nothing(entry.text, entry.line, len(lines.texts)))
        return
    if len(found) > 1:
        raise UsageError(
            f"{entry.where}: {shown(entry.text)} stands {len(found)} times on line {number}",
            hint="Give more words of the line on both sides.",
        )
    ((start, stop),) = found
    assert entry.correct is not None
    first = bisect_right(corrections, start, key=lambda each: each.stop)
    last = bisect_left(corrections, stop, lo=first, key=lambda each: each.start)
    for other in corrections[first:last]:
        tell(other.where, f"{entry.where} corrects the same words")
    corrections[first:last] = [Correction(start, stop, entry.correct, entry.where)]


def _with_blanks(corrections: Sequence[Correction], lines: _Lines, text: str) -> Iterator[Correction]:
    """Yield corrections; where words are taken out, one of the two blanks beside them goes, too.

    Raises:
        UsageError: Nothing would be left of a line.
    """
    at = 0
    while at < len(corrections):
        stop = at + 1
        while (
            stop < len(corrections)
            and not corrections[stop - 1].reading
            and not corrections[stop].reading
            and lines.are_one(corrections[stop - 1].stop, corrections[stop].start)
        ):
            stop += 1
        group = corrections[at:stop]
        at = stop
        if group[0].reading:
            yield from group
            continue
        first, last = lines.ink_of(group[0].start)
        begin, end = group[0].start, group[-1].stop
        if begin <= first and end >= last:
            number = lines.at(begin)
            raise UsageError(
                f"{group[-1].where}: nothing would be left of line {number}", hint='Write decision = "drop".'
            )
        if end >= last:
            begin = first + len(text[first:begin].rstrip())
        elif begin <= first or text[begin - 1].isspace():
            end = last - len(text[end:last].lstrip())
        edges = [begin, *(each.start for each in group[1:]), end]
        yield from (
            replace(each, start=edge, stop=edges[index + 1])
            for index, (each, edge) in enumerate(zip(group, edges, strict=False))
        )


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
        self._searches = 0
        self._by_token: defaultdict[str, list[int]] = defaultdict(list)

    def inked(self, first: int = 1, last: int | None = None) -> Iterator[tuple[int, str]]:
        """Yield the lines with text on them, and their numbers, from the first to the last."""
        for number in range(first, (len(self.texts) if last is None else last) + 1):
            if self.texts[number - 1]:
                yield number, self._raw[number - 1].strip()

    def next_inked(self, number: int) -> int:
        """Return the next line with text on it, or 0."""
        return next((each for each, _ in self.inked(number + 1)), 0)

    def next_kept(self, number: int, rulings: Mapping[int, Ruling]) -> int:
        """Return the next line with text on it that nobody takes out, or 0."""
        return next(
            (each for each, _ in self.inked(number + 1) if each not in rulings or not rulings[each].furniture), 0
        )

    def at(self, offset: int) -> int:
        """Return the number of the line at an offset of the source."""
        return bisect_right(self._offsets, offset)

    def are_one(self, start: int, stop: int) -> bool:
        """Tell whether nothing but white space of one line stands in a range of the source."""
        number = self.at(start)
        begin = self._offsets[number - 1]
        line = self._raw[number - 1]
        return stop < begin + len(line) and not line[start - begin : stop - begin].strip()

    def ink_of(self, offset: int) -> tuple[int, int]:
        """Return where the text of the line at an offset begins and ends."""
        number = self.at(offset)
        line, begin = self._raw[number - 1], self._offsets[number - 1]
        return begin + len(line) - len(line.lstrip()), begin + len(line.rstrip())

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
        exact = self._whole.get(entry.to, [])
        if (at := bisect_left(exact, first)) < len(exact):
            return exact[at]
        return self._first_holding(entry.to, first)

    def _number(self, position: int) -> int:
        return bisect_right(self._starts, position)

    def _holding(self, words: str, limit: int) -> list[int]:
        """Return the first lines that have these words in them."""
        found: list[int] = []
        number = self._first_holding(words, 1)
        while number is not None and len(found) < limit:
            found.append(number)
            number = self._first_holding(words, number + 1)
        return found

    def _first_holding(self, words: str, first: int) -> int | None:
        """Return the first line with these words in it, `first` or later."""
        candidates = self._candidates(words)
        if candidates is not None:
            later = candidates[bisect_left(candidates, first) :]
            return next((number for number in later if words in self.texts[number - 1]), None)
        at = self._joined.find(words, self._starts[first - 1]) if first <= len(self._starts) else -1
        return self._number(at) if at >= 0 else None

    def _last_holding(self, words: str, first: int, before: int) -> int | None:
        """Return the last line with these words in it, `first` or later and before another one."""
        candidates = self._candidates(words)
        if candidates is not None:
            earlier = candidates[bisect_left(candidates, first) : bisect_left(candidates, before)]
            return next((number for number in reversed(earlier) if words in self.texts[number - 1]), None)
        stop = self._starts[before - 1] if before <= len(self._starts) else len(self._joined)
        at = self._joined.rfind(words, self._starts[first - 1], stop)
        return self._number(at) if at >= 0 else None

    def _candidates(self, words: str) -> list[int] | None:
        """Return the lines that may have these words, if they are few: those that have the rarest word within them.

        The first and the last word may be parts of words. The index is made when many entries have been looked for.
        """
        self._searches += 1
        inner = words.split(" ")[1:-1]
        if self._searches < _MANY_SEARCHES or not inner:
            return None
        if not self._by_token:
            for number, line in enumerate(self.texts, 1):
                for token in set(line.split(" ")):
                    self._by_token[token].append(number)
        found = min((self._by_token.get(token, []) for token in inner), key=len)
        return found if len(found) <= _FEW_LINES else None

    def _nearest(self, words: str, hint: int, first: int) -> int | None:
        """Return the line with these words that is nearest to the hint, `first` or later.

        The line of the hint itself comes first, then lines that are these words and no more, then those that have
        them. Of two at the same distance it is the later one, since lines are more often put in than taken out.
        """
        if hint <= len(self.texts) and words in self.texts[hint - 1]:
            return hint
        numbers = self._whole.get(words, [])
        numbers = numbers[bisect_left(numbers, first) :]
        if not numbers:
            around = (self._last_holding(words, first, hint), self._first_holding(words, max(first, hint)))
            numbers = [number for number in around if number is not None]
        return min(numbers, key=lambda number: (abs(number - hint), -number), default=None)

    def places(self, words: str, number: int) -> list[tuple[int, int]]:
        """Return the ranges of the source where words stand in a line."""
        start = self._offsets[number - 1]
        pattern = re.compile(r"\s+".join(map(re.escape, words.split(" "))))
        return [(start + match.start(), start + match.end()) for match in pattern.finditer(self._raw[number - 1])]
