"""Footnotes: found by their labels, tied to their references, and lifted out of the text that they interrupt.

A note is taken for one only if its label is found as a reference in the text before it, and every reference serves
one label. In square brackets labels are searched for in the whole text before; bare numbers and signs must stand at
the foot of a page, where labels count on from note to note and everything below the first one is notes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.reflow.lines import Line

__all__ = ["FoundNote", "Notes", "Reference", "find_notes"]

_SIGNS = r"[*†‡§¶]{1,3}|[¹²³⁰⁴-⁹]{1,3}"
_BRACKETED = re.compile(rf"\[(?:(?:Foot)?[Nn]ote )?(\d{{1,3}}|[A-Za-z]|{_SIGNS})(?:\]:?|:)[ \t]+(?=\S)")
_BARE = re.compile(rf"(\d{{1,3}})(?:[.)]?[ \t]+(?=\S)|(?=[^\W\d_]|[“\"'‘«„]))|({_SIGNS})[ \t]*(?=\S)")
_REFERENCE = re.compile(rf"\[(?:Foot)?(?:[Nn]ote )?(\d{{1,3}}|[A-Za-z]|{_SIGNS})\]")
# A label glued to the end of a word or to the stop after it, no part of a number.
_GLUED = re.compile(
    rf"(?:(?<=[^\W\d_])|(?<=[^\W\d_][.,;:!?”’\"')»])|(?<=[.,;:!?][”’\"')»]))(\d{{1,3}}|{_SIGNS})(?![\w%]|[.,]\d)"
)
_RULE_LINE = re.compile(r"[-_–—─═]{3,}|(?:[-_–—*] ?){5,}")
MAX_ZONE = 0.75  # of a page's lines may be notes
MAX_STEP = 3  # by which labels may count on: a note that was not recognised lies between


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


def find_notes(lines: Sequence[Line], others: frozenset[int] = frozenset()) -> Notes:
    """Return the notes among the lines of a text (furniture apart), with the references to them; linear.

    Args:
        lines: The lines with ink.
        others: The numbers of lines of which a person says that they are something else.
    """
    notes = Notes([], {}, [])
    taken = _bracketed(lines, notes) | others
    rest = [line for line in lines if line.number not in taken]
    if rest and rest[-1].page:
        _at_page_feet(rest, notes)
    return _in_order(notes)


def _in_order(notes: Notes) -> Notes:
    """Return the notes in the order of the source."""
    order = sorted(range(len(notes.found)), key=lambda number: notes.found[number].start)
    new = {old: number for number, old in enumerate(order)}
    references = {
        line: [each._replace(note=new[each.note]) for each in places] for line, places in notes.references.items()
    }
    return Notes([notes.found[number] for number in order], references, notes.rules)


# ---------------------------------------------------------------------------------------------- in brackets


def _bracketed(lines: Sequence[Line], notes: Notes) -> set[int]:
    """Find the notes whose labels stand in brackets; return the numbers of their lines."""
    waiting: defaultdict[str, list[tuple[int, Reference]]] = defaultdict(list)
    taken: set[int] = set()
    at = 0
    while at < len(lines):
        line = lines[at]
        match = _BRACKETED.match(line.text) if line.text[0] == "[" else None
        if match and waiting[match[1]]:
            stop = _end_of_bracketed(lines, at, match)
            _tie(notes, _note(match, 1, lines[at:stop]), waiting[match[1]])
            taken.update(each.number for each in lines[at:stop])
            at = stop
            continue
        if "[" in line.text:
            for match in _REFERENCE.finditer(line.text):
                waiting[match[1]].append((line.number, _reference(line, match)))
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


def _reference(line: Line, match: re.Match[str]) -> Reference:
    ink = line.ink
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
        notes.references[line].sort()
    waiting.clear()


# -------------------------------------------------------------------------------------------- at a page's foot


def _at_page_feet(lines: Sequence[Line], notes: Notes) -> None:
    last = ""
    earlier: dict[str, list[Glued]] = {}  # references of the page before that found no note there
    for _, group in groupby(lines, key=lambda line: line.page):
        page = list(group)
        glued = _glued(page)
        found = _zone(page, last, glued, earlier)
        earlier = glued
        if not found:
            continue
        start, labels = found
        if start and _RULE_LINE.fullmatch(page[start - 1].text):
            notes.rules.append(page[start - 1])
        stops = [*(at for at, _, _ in labels[1:]), len(page)]
        for (at, match, reference), stop in zip(labels, stops, strict=True):
            confidence = 0.6 if reference is None else 0.93 if len(labels) > 1 else 0.85
            _tie(notes, _note(match, 1 if match[1] else 2, page[at:stop], confidence), [reference] if reference else [])
            glued.pop(match[1] or match[2], None)
        last = labels[-1][1][1] or ""


Glued = tuple[int, int, Reference]  # the line's place on its page, its number, the place in the source
Labelled = tuple[int, "re.Match[str]", "tuple[int, Reference] | None"]


def _zone(
    page: list[Line], last: str, glued: dict[str, list[Glued]], earlier: dict[str, list[Glued]]
) -> tuple[int, list[Labelled]] | None:
    """Return where the notes of a page begin and their labelled lines, each with its reference; or nothing.

    All lines from the first label to the foot are notes, so the first label is the highest on the page from which
    labels count on and have references above the zone, or on the page before: long notes are pushed on.
    """
    candidates = [(at, match) for at, line in enumerate(page) if (match := _label(line.text))]
    for first, (start, match) in enumerate(candidates):
        ruled = start > 0 and _RULE_LINE.fullmatch(page[start - 1].text) is not None
        if start == 0 or (start < len(page) * (1 - MAX_ZONE) and not ruled):
            continue
        if last.isdigit() and match[1] and not _goes_on(last, match[1]) and match[1] != "1":
            continue
        labels = _labels_from(candidates[first:], glued, earlier, start)
        if labels:
            return start, labels
    return None


def _label(text: str) -> re.Match[str] | None:
    return _BARE.match(text) if text[0] in "0123456789*†‡§¶¹²³⁰⁴⁵⁶⁷⁸⁹" else None


def _glued(page: list[Line]) -> dict[str, list[Glued]]:
    """Return by label the places on a page where it is glued to a word, or stands in brackets."""
    made: defaultdict[str, list[Glued]] = defaultdict(list)
    for at, line in enumerate(page):
        for pattern in (_GLUED, _REFERENCE):
            for match in pattern.finditer(line.text):
                made[match[1]].append((at, line.number, _reference(line, match)))
    return made


def _labels_from(
    candidates: list[tuple[int, re.Match[str]]],
    glued: dict[str, list[Glued]],
    earlier: dict[str, list[Glued]],
    start: int,
) -> list[Labelled]:
    """Return the labelled lines of a zone that begins with the first candidate; nothing if it is none."""
    labels: list[Labelled] = []
    for at, match in candidates:
        label = match[1] or match[2]
        old = (labels[-1][1][1] or labels[-1][1][2]) if labels else ""
        if labels and not _goes_on(old, label):
            continue
        above = [(number, place) for line, number, place in glued.get(label, ()) if line < start]
        above = above or [(number, place) for _, number, place in earlier.get(label, ())]
        if above:
            labels.append((at, match, above[-1]))
        elif not labels:
            return []
        elif label.isdigit() and int(label) == int(old) + 1:
            labels.append((at, match, None))  # its reference is lost, but it stands in the row
    return labels


def _goes_on(label: str, after: str) -> bool:
    if label.isdigit() and after.isdigit():
        return 1 <= int(after) - int(label) <= MAX_STEP
    return not label.isdigit() and not after.isdigit()
