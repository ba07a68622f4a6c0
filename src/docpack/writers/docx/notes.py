"""Notes: which reference is which footnote, and the part that holds their text.

Word numbers footnotes itself, in the order of their references. Where the source's labels are what Word would count
(1, 2, 3, ..., or 15, 16, ... in an excerpt), that is used, so that a note put in later renumbers the rest. Every other
label ("*", "a", a count that starts anew in each chapter) is printed as a custom mark, which Word leaves out of its
counting. Word could count anew in each section (`numRestart`), but LibreOffice 7.4 then numbers all notes 0.

Spec:
    ISO/IEC 29500-1, section 17.11 (footnoteReference, footnoteRef, customMarkFollows, numStart).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.walk import note_labels

if TYPE_CHECKING:
    from docpack.model import Note

__all__ = ["NoteMark", "NoteMarks"]

_NUMBER = re.compile("[1-9][0-9]{0,3}")  # Word starts to count below 16384


@dataclass(frozen=True, slots=True)
class NoteMark:
    """How a note is marked: its `w:id`, what it prints, and whether Word counts it."""

    number: int
    label: str
    automatic: bool


class NoteMarks:
    """The marks of all notes, given out in the order of their references."""

    def __init__(self, notes: tuple[Note, ...]) -> None:
        self._labels = note_labels(notes)
        self._numbers = {note.id: number for number, note in enumerate(notes, 1)}
        self._marks: dict[str, NoteMark] = {}
        self.start = 1  # of Word's counting
        self._next = 0  # what Word will count next; 0 before the first
        self._closed = False

    def label(self, note: str) -> str:
        """Return what a note prints as its label: the source's, or a number."""
        return self._labels.get(note, "")

    def mark(self, note: str) -> NoteMark | None:
        """Return the mark of a note, or None if nothing has referred to it."""
        return self._marks.get(note)

    def close(self) -> None:
        """Let no other note have a mark: those that nothing refers to are about to be written as text."""
        self._closed = True

    def refer(self, note: str) -> NoteMark | None:
        """Return the mark for a reference; None for a second one and for a note that does not exist."""
        if self._closed or note in self._marks or note not in self._labels:
            return None
        label = self._labels[note]
        if not self._next and _NUMBER.fullmatch(label):
            self.start = self._next = int(label)
        automatic = label == str(self._next)
        self._next += automatic
        mark = self._marks[note] = NoteMark(self._numbers[note], label, automatic)
        return mark
