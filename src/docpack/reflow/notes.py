"""Footnotes: found by their labels, tied to their references, and lifted out of the text that they interrupt.

A note is taken for one if its label is found as a reference in the text before it, and every reference serves one
label; a label that counts on from such a note may lack its own. In square brackets labels are searched for in the
whole text before; bare numbers and signs must stand at the foot of a page, where labels count on from note to note and
everything below the first one is notes.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docpack.reflow.layout import NotePlace
    from docpack.reflow.lines import Line

__all__ = ["FoundNote", "Notes", "Reference", "Said", "find_notes"]

_SIGNS = r"[*†‡§¶∗⋆]{1,3}|[¹²³⁰⁴-⁹]{1,3}"
_BRACKETED = re.compile(rf"\[(?:(?:Foot)?[Nn]ote )?(\d{{1,3}}|[A-Za-z]|{_SIGNS})(?:\]:?|:)[ \t]+(?=\S)")
# At a page's foot: "1 Text", "1. Text", "1) Text", "(1) Text", "1Text", "* Text", "¹Text".
_NUMBERED = re.compile(r"\(?(\d{1,3})(?:[.)]?[ \t]+(?=\S)|(?=[^\W\d_]|[“\"'‘«„»›‹¿¡(→]))")
_SET_APART = re.compile(
    rf"\[(\d{{1,3}}|[A-Za-z]|{_SIGNS})\](?=\S)|([a-z])[.)][ \t]+(?=\S)"
)  # where the type tells a label
_SIGNED = re.compile(rf"({_SIGNS})[ \t]*(?=\S)")
_REFERENCE = re.compile(rf"\[(?:Foot)?(?:[Nn]ote )?(\d{{1,3}}|[A-Za-z]|{_SIGNS})\]")
# A label glued to the end of a word or to the stop after it, no part of a number: word1 word.1 word(1) word[1].
_GLUED = re.compile(
    rf"(?:(?<=[^\W\d_])|(?<=[^\W\d_][.,;:!?”’\"')»。、，])|(?<=[.,;:!?][”’\"')»])|(?<=[”’\"')»][.,;:!?]))"
    rf"(\d{{1,3}}|{_SIGNS}|\(\d{{1,3}}\))(?![\w%]|[.,]\d)"
)
_TOKEN = re.compile(r"[^\W\d_]{1,24}\d{1,3}(?![\w])")
_HAS_LABEL = re.compile(r"[\d*†‡§¶∗⋆¹²³⁰⁴-⁹\[]")
_RULE_LINE = re.compile(r"[-_–—─═]{3,}|(?:[-_–—*] ?){5,}")
MAX_ZONE = 0.75  # of a page's lines may be notes
MAX_STEP = 3  # by which labels may count on: a note that was not recognised lies between
REFERRED = 0.6  # of the labels of a page have references; those of a numbered list have none
MAX_RESUMED = 0.3  # of the lines of notes stand after a blank line without a label


class FoundNote(NamedTuple):
    """A note in the source: its label with what stands round it, and its lines.

    `start..stop` is the label with brackets, `label_start..label_stop` the label itself.
    """

    label: str
    start: int
    label_start: int
    label_stop: int
    stop: int
    lines: tuple[Line, ...]
    confidence: float = 0.9


class Reference(NamedTuple):
    """A place in the text that refers to a note: `start..stop` with brackets, `label_*` without."""

    start: int
    label_start: int
    label_stop: int
    stop: int
    note: int


class Notes(NamedTuple):
    """The notes, the references to them by line number, and the rules that part them from the text."""

    found: list[FoundNote]
    references: dict[int, list[Reference]]
    rules: list[Line]


def find_notes(
    lines: Sequence[Line],
    others: frozenset[int] = frozenset(),
    said: Said | None = None,
) -> Notes:
    """Return the notes among the lines of a text (furniture apart), with the references to them; linear.

    Args:
        lines: The lines with ink.
        others: The numbers of lines of which a person says that they are something else.
        said: What is known of notes beforehand; those need a label and no reference.
    """
    notes = Notes([], {}, [])
    labelled = [line for line in lines if _may_be_label(line.text)]
    if not labelled and not (said and said.lines):
        return notes
    names = _Names(lines)
    taken = set(others)
    if said and said.lines:
        taken |= _said(lines, notes, names, said)
    if any(_BRACKETED.match(line.text) for line in labelled):
        taken |= _bracketed(lines, notes, names, taken)
    rest = [line for line in lines if line.number not in taken] if taken else lines
    if rest and rest[-1].page:
        _at_page_feet(rest, notes, names)
    return _in_order(notes)


def _in_order(notes: Notes) -> Notes:
    """Return the notes in the order of their references, as readers meet them; those without one stand last.

    The references of each line are put in their order, too.
    """
    first: dict[int, int] = {}
    for places in notes.references.values():
        for each in places:
            first[each.note] = min(each.start, first.get(each.note, each.start))
    order = sorted(
        range(len(notes.found)), key=lambda number: (number not in first, first.get(number, notes.found[number].start))
    )
    new = {old: number for number, old in enumerate(order)}
    references = {
        line: [each._replace(note=new[each.note]) for each in sorted(places)]
        for line, places in notes.references.items()
    }
    return Notes([notes.found[number] for number in order], references, notes.rules)


def _may_be_label(text: str) -> bool:
    return text[0] in "[0123456789(*†‡§¶∗⋆¹²³⁰⁴⁵⁶⁷⁸⁹"


class Said(NamedTuple):
    """What is known of notes, by line numbers.

    `lines` are those of notes, of which a person says so or the page shows it (`shown`); those that go on with the note
    before, wherever they stand, are in `goes_on` too. `places` are known to refer to notes.
    """

    lines: frozenset[int]
    shown: frozenset[int] = frozenset()
    goes_on: frozenset[int] = frozenset()
    places: Mapping[int, Sequence[NotePlace]] = MappingProxyType({})


def _by_note(
    lines: Sequence[Line], places: Mapping[int, Sequence[NotePlace]]
) -> dict[int, list[tuple[int, Reference]]]:
    """Return the places that refer to each note, by the number of its first line, with the number of theirs."""
    made: dict[int, list[tuple[int, Reference]]] = {}
    for line in lines if places else ():
        for start, stop, note in places.get(line.number, ()):
            label = line.text[start:stop]
            inner = label.strip("[]() ")
            first = line.ink + start + label.index(inner)
            reference = Reference(line.ink + start, first, first + len(inner), line.ink + stop, 0)
            made.setdefault(note, []).append((line.number, reference))
    return made


def _said(lines: Sequence[Line], notes: Notes, names: _Names, said: Said) -> set[int]:
    """Take the lines for notes that are known to be some; return their numbers.

    Of one that a person names, the note goes on to the next blank line, label or page turn. It is tied to the last
    reference to its label before it, or the first one after it, where no more is known.
    """
    taken: set[int] = set()
    tied: set[int] = set()
    places = _by_note(lines, said.places)
    parts: dict[int, list[Line]] = {}
    for at, line in enumerate(lines):
        if line.number in said.goes_on and parts:
            next(reversed(parts.values())).append(line)
            taken.add(line.number)
            continue
        match = _said_label(line) if line.number in said.lines else None
        if not match or line.number in taken:
            continue
        stop = at + 1
        while stop < len(lines) and not _ends_said(line, lines[stop], said):
            stop += 1
        group = match.lastindex or 1
        found = places.get(line.number) or _nearest(lines, at, match[group], names, tied, said)
        tied.update(place.start for _, place in found)
        parts[len(notes.found)] = list(lines[at:stop])
        _tie(notes, _note(match, group, lines[at:stop]), list(found))
        taken.update(each.number for each in lines[at:stop])
    for number, inside in parts.items():
        notes.found[number] = notes.found[number]._replace(lines=tuple(inside))
    return taken


def _nearest(
    lines: Sequence[Line], at: int, label: str, names: _Names, tied: set[int], said: Said
) -> list[tuple[int, Reference]]:
    """Return the last reference to a label before a line, or where the page shows the note the first after it."""
    after = lines[at + 1 : at + MAX_LINES_BACK] if lines[at].number in said.shown else ()
    for near, end in ((lines[max(0, at - MAX_LINES_BACK) : at], -1), (after, 0)):
        found = [
            (each.number, place)
            for each in near
            for other, place in _references(each, names)
            if other == label and place.start not in tied and place.start != each.ink
        ]
        if found:
            return [found[end]]
    return []


def _said_label(line: Line) -> re.Match[str] | None:
    """Return the label of a line that is known to begin a note, with what stands round it; its last group is the label."""
    if line.marker > 0:
        label = line.text[: line.marker].strip("[](). ")
        return re.match(rf"[\[(]?({re.escape(label)})[\])]?\.?\s*", line.text) if label else None
    return _BRACKETED.match(line.text) or _label(line.text) or _SET_APART.match(line.text)


MAX_LINES_BACK = 200  # from a note that a person has named to its reference


def _ends_said(first: Line, line: Line, said: Said) -> bool:
    if line.number in said.lines or first.marker > 0 or first.number in said.shown:
        return True
    return line.blanks > 0 or line.page != first.page or _label(line.text) is not None


class _Names:
    """The words with a number at their end that a text has more than once: ext4 is a name, no reference.

    They are looked for when they are first asked for.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._found: frozenset[str] | None = None

    def __contains__(self, token: str) -> bool:
        """Tell whether a word is such a name."""
        if self._found is None:
            counter: Counter[str] = Counter()
            for line in self._lines:
                if _HAS_LABEL.search(line.text):
                    counter.update(_TOKEN.findall(line.text))
            self._found = frozenset(each for each, times in counter.items() if times > 1)
        return token in self._found


def _bracketed(lines: Sequence[Line], notes: Notes, names: _Names, others: set[int]) -> set[int]:
    """Find the notes whose labels stand in brackets, `others` apart; return the numbers of their lines."""
    waiting: defaultdict[str, list[tuple[int, Reference]]] = defaultdict(list)
    taken: set[int] = set()
    tied = _tied(notes)
    at = 0
    while at < len(lines):
        line = lines[at]
        match = _BRACKETED.match(line.text) if line.text[0] == "[" else None
        if match and waiting[match[1]] and line.number not in others:
            stop = _end_of_bracketed(lines, at, match)
            if at and _RULE_LINE.fullmatch(lines[at - 1].text) and lines[at - 1].number not in taken:
                notes.rules.append(lines[at - 1])
            _tie(notes, _note(match, 1, lines[at:stop]), waiting[match[1]])
            taken.update(each.number for each in lines[at:stop])
            at = stop
            continue
        for label, reference in _references(line, names):
            if reference.start not in tied:
                waiting[label].append((line.number, reference))
        at += 1
    return taken


def _end_of_bracketed(lines: Sequence[Line], at: int, match: re.Match[str]) -> int:
    """Return where a note ends: at its bracket, at blank lines, the next label, a page turn, or where the edge returns."""
    closed = "]" in match[0]
    first = lines[at]
    stop = at + 1
    while stop < len(lines):
        line, before = lines[stop], lines[stop - 1]
        if not closed and before.text.endswith("]"):
            break
        if line.blanks and (closed or line.blanks > 1):
            break
        if _BRACKETED.match(line.text) or (closed and line.page != first.page):
            break
        stop += 1
    return stop


def _references(line: Line, names: _Names) -> list[tuple[str, Reference]]:
    """Return the labels on a line that might refer to notes, each with its place."""
    text = line.text
    if not _HAS_LABEL.search(text):
        return []
    found = [(match[1], _reference(line, match)) for match in _REFERENCE.finditer(text)] if "[" in text else []
    for match in _GLUED.finditer(text):
        label = match[1]
        if label.isdigit():
            token = _TOKEN.search(text, max(0, match.start() - 25), match.end())
            while token and token.end() < match.end():
                token = _TOKEN.search(text, token.end(), match.end())
            if token and token[0] in names:
                continue
        found.append((label.strip("()"), _reference(line, match)))
    return found


def _reference(line: Line, match: re.Match[str]) -> Reference:
    ink = line.ink
    if match[1][0] == "(":
        return Reference(ink + match.start(), ink + match.start(1) + 1, ink + match.end(1) - 1, ink + match.end(), 0)
    return Reference(ink + match.start(), ink + match.start(1), ink + match.end(1), ink + match.end(), 0)


def _note(match: re.Match[str], group: int, lines: Sequence[Line], confidence: float = 0.9) -> FoundNote:
    ink = lines[0].ink
    return FoundNote(
        match[group], ink, ink + match.start(group), ink + match.end(group), ink + match.end(), tuple(lines), confidence
    )


def _tie(notes: Notes, note: FoundNote, waiting: list[tuple[int, Reference]]) -> None:
    """Add a note with the references that wait for its label; the last one where pages number their notes anew."""
    number = len(notes.found)
    notes.found.append(note)
    for line, reference in waiting:
        notes.references.setdefault(line, []).append(reference._replace(note=number))
    waiting.clear()


def _tied(notes: Notes) -> set[int]:
    """Return where the references begin that serve a note already: none serves two."""
    return {each.start for places in notes.references.values() for each in places}


# -------------------------------------------------------------------------------------------- at a page's foot


def _at_page_feet(lines: Sequence[Line], notes: Notes, names: _Names) -> None:
    last = ""
    tied = _tied(notes)
    before: list[Line] = []
    claimed: set[str] = set()  # labels of the page before that found their notes there
    for _, group in groupby(lines, key=lambda line: line.page):
        page = list(group)
        candidates = [(at, match) for at, line in enumerate(page) if (match := _label(line.text))]
        found = None
        if candidates:
            earlier = {label: places for label, places in _glued(before, names, tied).items() if label not in claimed}
            found = _zone(page, candidates, last, _glued(page, names, tied), earlier)
        before, claimed = page, set()
        if not found:
            continue
        start, labels = found
        if start and _RULE_LINE.fullmatch(page[start - 1].text):
            notes.rules.append(page[start - 1])
        stops = [*(at for at, _, _ in labels[1:]), len(page)]
        for (at, match, reference), stop in zip(labels, stops, strict=True):
            confidence = 0.6 if reference is None else 0.93 if len(labels) > 1 else 0.85
            _tie(notes, _note(match, 1, page[at:stop], confidence), [reference] if reference else [])
            claimed.add(match[1])
        last = labels[-1][1][1]


Glued = tuple[int, int, Reference]  # the line's place on its page, its number, the place in the source
Labelled = tuple[int, "re.Match[str]", "tuple[int, Reference] | None"]


def _zone(
    page: list[Line],
    candidates: list[tuple[int, re.Match[str]]],
    last: str,
    glued: dict[str, list[Glued]],
    earlier: dict[str, list[Glued]],
) -> tuple[int, list[Labelled]] | None:
    """Return where the notes of a page begin and their labelled lines, each with its reference; or nothing.

    All lines from the first label to the foot are notes, so the first label is the highest on the page from which
    labels count on and have references above the zone, or on the page before: long notes are pushed on.
    """
    for first, (start, match) in enumerate(candidates):
        ruled = start > 0 and _RULE_LINE.fullmatch(page[start - 1].text) is not None
        if start == 0 or (start < len(page) * (1 - MAX_ZONE) and not ruled):
            continue
        number = _number(match[1])
        if _number(last) and number and not _goes_on(last, match[1]) and number != 1:
            continue
        labels = _labels_from(candidates[first:], glued, earlier, start, last)
        continued = bool(labels) and _number(last) > 0 and _goes_on(last, labels[0][1][1])
        if labels and _are_notes(page, start, labels, continued=continued):
            return start, labels
    return None


def _are_notes(page: list[Line], start: int, labels: list[Labelled], *, continued: bool) -> bool:
    """Tell whether a zone is not rather a numbered list: labels have references, in order, and no text resumes."""
    referred = sum(reference is not None for _, _, reference in labels)
    if not referred or (not continued and referred < len(labels) * REFERRED):
        return False
    heads = {at for at, _, _ in labels}
    resumed = sum(page[at].blanks > 0 and at not in heads for at in range(start, len(page)))
    return resumed <= (len(page) - start) * MAX_RESUMED


def _label(text: str) -> re.Match[str] | None:
    if not _may_be_label(text):
        return None
    return _NUMBERED.match(text) if text[0] in "0123456789(" else _SIGNED.match(text)


def _glued(page: list[Line], names: _Names, tied: set[int]) -> dict[str, list[Glued]]:
    """Return by label the places on a page where it is glued to a word, or stands in brackets; `tied` ones apart."""
    made: defaultdict[str, list[Glued]] = defaultdict(list)
    for at, line in enumerate(page):
        for label, reference in _references(line, names):
            if reference.start not in tied:
                made[label].append((at, line.number, reference))
    return made


def _labels_from(
    candidates: list[tuple[int, re.Match[str]]],
    glued: dict[str, list[Glued]],
    earlier: dict[str, list[Glued]],
    start: int,
    last: str,
) -> list[Labelled]:
    """Return the labelled lines of a zone that begins with the first candidate; nothing if it is none."""
    labels: list[Labelled] = []
    for at, match in candidates:
        label = match[1]
        old = labels[-1][1][1] if labels else ""
        if labels and not _goes_on(old, label):
            continue
        above = [(number, place) for line, number, place in glued.get(label, ()) if line < start]
        above = above or [(number, place) for _, number, place in earlier.get(label, ())]
        reached = max((reference[1].start for _, _, reference in labels if reference), default=-1)
        above = [each for each in above if each[1].start > reached]  # references stand in the order of the notes
        if above:
            labels.append((at, match, above[0] if labels else above[-1]))
        elif not _number(old or last) or _number(label) != _number(old or last) + 1:
            if not labels:
                return []
        else:
            labels.append((at, match, None))  # its reference is lost, but it stands in the row
    return labels


def _goes_on(label: str, after: str) -> bool:
    number, next_number = _number(label), _number(after)
    if number and next_number:
        return 1 <= next_number - number <= MAX_STEP
    return not number and not next_number


def _number(label: str) -> int:
    """Return the number that a label is, raised or not; 0 where it is none."""
    return int(label.translate(_RAISED)) if label.isdigit() else 0


_RAISED = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "0123456789")
