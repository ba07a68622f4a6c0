"""Footnotes: found by their labels, tied to their references, and lifted out of the text that they interrupt.

A note is taken for one only if its label is also found as a reference in the text before it. In square brackets
labels are searched in the whole text before; bare numbers and signs only at the foot of a page that ends there.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from docpack.reflow.roles import Role, Verdict

if TYPE_CHECKING:
    from docpack.reflow.lines import Line
    from docpack.reflow.roles import Chunk

__all__ = ["FoundNote", "Reference", "find_notes"]

_BRACKETED = re.compile(r"\[(?:(?:Foot)?[Nn]ote )?(\d{1,3}|[A-Za-z]|[*†‡§¶]{1,3})(?:\]:?|:)[ \t]+(?=\S)")
_BARE = re.compile(r"(\d{1,3}|[*†‡§¶]{1,3})(?:[.)]?[ \t]+|(?<=[*†‡§¶]))(?=\S)")
_REFERENCE = re.compile(r"\[(?:Foot)?(?:[Nn]ote )?(\d{1,3}|[A-Za-z]|[*†‡§¶]{1,3})\]")


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


class Reference(NamedTuple):
    """A place in the text that refers to a note: `start..stop` with brackets, `label_*` without."""

    start: int
    label_start: int
    label_stop: int
    stop: int
    note: int


def find_notes(chunks: list[Chunk]) -> tuple[list[FoundNote], dict[int, list[Reference]]]:
    """Return the notes, and by line index the references to them; the notes' chunks get the role NOTE."""
    notes: list[FoundNote] = []
    references: dict[int, list[Reference]] = {}
    seen = _Bracketed()
    for at, chunk in enumerate(chunks):
        found = _as_notes(chunk)
        if found and _tie(found, seen.references, len(notes), references):
            _lift(chunk, found, notes)
            continue
        if _ends_page(chunks, at) and (found := _as_notes(chunk, bare=True)):
            on_page = _bare_references(_page_before(chunks, at), found)
            if on_page and _tie(found, on_page, len(notes), references):
                _lift(chunk, found, notes)
                continue
        seen.add(chunk)
    return notes, references


class _Bracketed:
    """The bracketed labels seen so far that no note has claimed."""

    def __init__(self) -> None:
        self.references: dict[str, list[tuple[int, Reference]]] = {}

    def add(self, chunk: Chunk) -> None:
        if chunk.role in (Role.CODE, Role.SCENE_BREAK):
            return  # their text is kept as it stands
        for line in chunk.lines:
            if "[" not in line.text:
                continue
            for match in _REFERENCE.finditer(line.text):
                if match.start() == 0 and line is chunk.lines[0]:
                    continue  # a label, not a reference
                reference = Reference(
                    line.ink + match.start(),
                    line.ink + match.start(1),
                    line.ink + match.end(1),
                    line.ink + match.end(),
                    0,
                )
                self.references.setdefault(match[1], []).append((line.index, reference))


def _as_notes(chunk: Chunk, *, bare: bool = False) -> list[FoundNote]:
    """Return the notes that a chunk would hold if each labelled line began one."""
    pattern = _BARE if bare else _BRACKETED
    if chunk.role in (Role.HEADING, Role.SCENE_BREAK) or not pattern.match(chunk.lines[0].text):
        return []
    found: list[tuple[re.Match[str], list[Line]]] = []
    for line in chunk.lines:
        match = pattern.match(line.text)
        if match and (not bare or not found or _counts_on(found[-1][0][1], match[1])):
            found.append((match, [line]))
        else:
            found[-1][1].append(line)
    return [_note(match, lines) for match, lines in found]


def _counts_on(label: str, after: str) -> bool:
    return not label.isdigit() or not after.isdigit() or int(after) == int(label) + 1


def _note(match: re.Match[str], lines: list[Line]) -> FoundNote:
    ink = lines[0].ink
    return FoundNote(match[1], ink, ink + match.start(1), ink + match.end(1), ink + match.end(), tuple(lines))


def _tie(
    found: list[FoundNote],
    references: dict[str, list[tuple[int, Reference]]],
    first: int,
    tied: dict[int, list[Reference]],
) -> bool:
    """Tie each note to its reference if all of them have one."""
    wanted = Counter(note.label for note in found)
    if any(len(references.get(label, ())) < times for label, times in wanted.items()):
        return False
    for number, note in enumerate(found, first):
        waiting = references[note.label]
        # Several references may share a note; several notes of one label share out their references in order.
        taken = [waiting.pop(0)] if wanted[note.label] > 1 else [waiting.pop(0) for _ in range(len(waiting))]
        wanted[note.label] -= 1
        for line, reference in taken:
            tied.setdefault(line, []).append(reference._replace(note=number))
            tied[line].sort()
    return True


def _lift(chunk: Chunk, found: list[FoundNote], notes: list[FoundNote]) -> None:
    chunk.verdict = Verdict(Role.NOTE, 0.9, f"it begins with the label {found[0].label}, to which the text refers")
    notes += found


def _ends_page(chunks: list[Chunk], at: int) -> bool:
    """Tell whether a chunk is the last one before a page turn, or before another note at the page's foot."""
    if chunks[at].lines[0].page == 0 and chunks[-1].lines[-1].page == 0:
        return False  # no page is known
    page = chunks[at].lines[0].page
    later = [chunk for chunk in chunks[at + 1 : at + 12] if chunk.lines[0].page == page]
    return all(_BARE.match(chunk.lines[0].text) for chunk in later)


def _page_before(chunks: list[Chunk], at: int) -> list[Line]:
    page = chunks[at].lines[0].page
    lines: list[Line] = []
    for chunk in reversed(chunks[:at]):
        if chunk.lines[-1].page != page:
            break
        if chunk.role not in (Role.NOTE, Role.CODE, Role.SCENE_BREAK):
            lines = [line for line in chunk.lines if line.page == page] + lines
    return lines


def _bare_references(lines: list[Line], found: list[FoundNote]) -> dict[str, list[tuple[int, Reference]]]:
    """Find each label glued to the end of a word or to the stop after it."""
    references: dict[str, list[tuple[int, Reference]]] = {}
    for note in found:
        pattern = re.compile(
            rf"(?<=[^\W\d_.,;:!?”’\"')\]]){re.escape(note.label)}(?![\w%]|[.,]\d)|(?<=[^\W\d_][.,;:!?”’\"')]){re.escape(note.label)}(?![\w%]|[.,]\d)"
        )
        for line in reversed(lines):
            if match := pattern.search(line.text):
                start, stop = line.ink + match.start(), line.ink + match.end()
                references[note.label] = [(line.index, Reference(start, start, stop, stop, 0))]
                break
    return references
