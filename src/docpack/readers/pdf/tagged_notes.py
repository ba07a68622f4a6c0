"""The notes of a tagged PDF: which lines they are, what their labels are, and what refers to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docpack.reflow.layout import NotePlace
from docpack.reflow.rulings import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpack.readers.pdf.laying import Laid, Lined
    from docpack.readers.pdf.tagging import Tagged
    from docpack.readers.pdf.tags import Tags

__all__ = ["find_references"]

MAX_LABEL = 6  # characters
_NOTES = frozenset({"Note", "FENote"})


class _Reference(NamedTuple):
    """A label in the text: its element, the line, and the range of the line's text."""

    element: int
    line: int
    start: int
    stop: int
    label: str


def find_references(laid: Laid, tags: Tags, made: Tagged) -> dict[int, tuple[NotePlace, ...]]:
    """Return what refers to which note, by line; the lengths of the notes' labels are put to the places of `made`."""
    notes = [unit for unit in made.units if unit.kind.role is Role.NOTE]
    labels: dict[int, str] = {}
    for unit in notes:
        number = unit.lines[0]
        line, place = laid.lines[number - 1], laid.layout[number - 1]
        label = _label_of(line, tags) if line else ""
        if place and label:
            made.places[number] = place._replace(marker=len(label))
            labels[unit.kind.unit] = _bare(label)
    first = {unit.kind.unit: unit.lines[0] for unit in notes}
    found: dict[int, list[NotePlace]] = {}
    last: dict[str, int] = {}  # the note of each label that was referred to last
    ahead = sorted(labels)
    for each in sorted(_references(laid, tags)):
        note = _next(tags, each.element)
        if labels.get(note) != each.label:
            note = last.get(each.label, -1)
        if note < 0:
            note = next((other for other in ahead if other > each.element and labels[other] == each.label), -1)
        if note >= 0:
            last[each.label] = note
            found.setdefault(each.line, []).append(NotePlace(each.start, each.stop, first[note]))
    return {line: tuple(sorted(places)) for line, places in found.items()}


def _references(laid: Laid, tags: Tags) -> Iterator[_Reference]:
    """Yield the labels in the text that are no labels of notes and items themselves."""
    for number, line in enumerate(laid.lines, 1):
        for run in line.runs if line else ():
            element = _reference(tags, tags.owners.get((line.page, run.mark), -1)) if line else -1
            label = line.text[run.start : run.stop].strip() if line else ""
            if line and element >= 0 and label and len(label) <= MAX_LABEL and (bare := _bare(label)):
                start = run.start + line.text[run.start : run.stop].index(label)
                yield _Reference(element, number, start, start + len(label), bare)


def _reference(tags: Tags, owner: int) -> int:
    """Return the outermost element of a reference to a note; -1 where a text is none."""
    found = -1
    for each in tags.above(owner):
        kind = tags.elements[each].kind
        if kind in ("LI", "TOCI"):
            return -1
        if kind in _NOTES:
            # The first label of a note is its own; the others refer to other notes.
            return found if found > each and not _is_first(tags, each, found) else -1
        if kind in ("Lbl", "Reference"):
            found = each
    return found


def _is_first(tags: Tags, note: int, label: int) -> bool:
    return not any(tags.elements[each].kind == "Lbl" for each in range(note + 1, label))


def _next(tags: Tags, number: int) -> int:
    """Return the element that follows on one and all that it holds."""
    at = number + 1
    while at < len(tags.elements) and number in tags.above(at):
        at += 1
    return at


def _label_of(line: Lined, tags: Tags) -> str:
    """Return the label at the head of a note's first line."""
    stop = 0
    for run in line.runs:
        chain = tags.above(tags.owners.get((line.page, run.mark), -1))
        if not any(tags.elements[each].kind == "Lbl" for each in chain):
            break
        stop = run.stop
    if not stop:
        raised = next((each for each in line.styles if each.kind == "superscript" and each.start == 0), None)
        stop = raised.stop if raised else 0
        if not stop and _is_apart(line, tags):
            stop = line.runs[0].stop
    label = line.text[:stop].rstrip()
    return label if len(label) <= MAX_LABEL and _bare(label) else ""


def _is_apart(line: Lined, tags: Tags) -> bool:
    """Tell whether a line begins with an element of its own that holds no word."""
    owner = tags.owners.get((line.page, line.runs[0].mark), -1) if len(line.runs) > 1 else -1
    first = line.text[: line.runs[0].stop] if owner >= 0 else ""
    return tags.elements[owner].kind not in _NOTES and " " not in first and not (len(first) > 1 and first.isalpha())


def _bare(label: str) -> str:
    return label.strip("[](). ")
