"""What the type shows: headings by size and weight, notes by size and place, program text by its face.

These are decisions of the page's designer, read off the page; what no type tells is left to the engine.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from docpack.reflow.rulings import Role, Ruling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docpack.readers.pdf.laying import Laid, Lined

__all__ = ["Shown", "shown_by_type"]

LARGER = 1.09  # times the text's size: a heading
SMALLER = 0.945  # notes
SET_SO = 0.85  # of a line's letters are bold, or of one width
MAX_HEADING_LINES, MAX_HEADING_CHARACTERS = 5, 300
MAX_HEADING_SHARE = 0.2  # of all letters; type that is used more is text
SAME_SIZE = 0.03
MAX_RANK = 6
TOGETHER = 1.75  # times the size: the distance of the lines of one heading at most
SENTENCE_END = re.compile(r"[.,;!?…]['\"”’»)\]]*$")
LABEL = re.compile(
    r"(?:\d{1,3}|[*†‡§¶‖#]{1,3}|[a-z])(?:[.)\]]?\s|\s|(?=[^\W\d_])|(?=[“\"‘«(\[]))|\[(?:\d{1,3}|[*†‡]{1,3})\]"
)
RAISED_LABEL = re.compile(r"\s*[\w*†‡§¶‖#]{1,4}\s*$")


class Shown(NamedTuple):
    """What the type shows: rulings by line number, and the rank of each heading's lines."""

    rulings: dict[int, Ruling]
    ranks: dict[int, int]


class _Kind(NamedTuple):
    """How a heading is set; the first is the highest."""

    size: float
    bold: bool


def shown_by_type(laid: Laid) -> Shown:
    """Return what the type of the lines shows them to be; one pass for each kind of block."""
    rulings: dict[int, Ruling] = {}
    ranks = _headings(laid, rulings)
    _code(laid, rulings)
    _notes(laid, rulings)
    return Shown(rulings, ranks)


# ---------------------------------------------------------------------------------------------------- headings


def _headings(laid: Laid, rulings: dict[int, Ruling]) -> dict[int, int]:
    lines = laid.lines
    body = laid.measures.size
    total = sum(len(line.text) for line in lines if line) or 1
    bold_body = sum(len(line.text) for line in lines if line and line.bold > 0.5) > 0.4 * total
    groups = list(_groups(laid, bold_body=bold_body))
    used: Counter[_Kind] = Counter()
    for kind, numbers in groups:
        used[kind] += sum(len(_text(lines[number - 1])) for number in numbers)
    found = [
        (kind, numbers)
        for kind, numbers in groups
        if len(numbers) <= MAX_HEADING_LINES
        and sum(len(_text(lines[number - 1])) for number in numbers) <= MAX_HEADING_CHARACTERS
        and used[kind] <= MAX_HEADING_SHARE * total
        and any(char.isalnum() for number in numbers for char in _text(lines[number - 1]))
    ]
    kinds = _merged(sorted({kind for kind, _ in found}, key=lambda kind: (-kind.size, not kind.bold)))
    ranks: dict[int, int] = {}
    for kind, numbers in found:
        look = f"{kind.size:g} pt" + (", bold" if kind.bold else "")
        shown = f"it is set in {look} where the text is set in {body:g} pt"
        for at, number in enumerate(numbers):
            rulings[number] = Ruling(
                Role.HEADING, at == 0, shown=shown, confidence=0.97 if kind.size > body * LARGER else 0.9
            )
            ranks[number] = min(kinds[kind], MAX_RANK)
    return ranks


def _groups(laid: Laid, *, bold_body: bool) -> Iterator[tuple[_Kind, list[int]]]:
    """Yield runs of lines that are set alike, and otherwise than the text, with their numbers."""
    lines = laid.lines
    number = 1
    while number <= len(lines):
        line = lines[number - 1]
        kind = _kind(line, laid, bold_body=bold_body) if line else None
        if line is None or kind is None:
            number += 1
            continue
        numbers = [number]
        while number < len(lines):
            before, after = lines[number - 1], lines[number]
            if before is None or after is None or after.page != before.page or after.column != before.column:
                break
            other = _kind(after, laid, bold_body=bold_body)
            near = after.base - before.base <= TOGETHER * max(before.size, laid.measures.leading / 1.2)
            if (
                other is None
                or abs(other.size - kind.size) > SAME_SIZE * kind.size
                or other.bold != kind.bold
                or not near
            ):
                break
            number += 1
            numbers.append(number)
        number += 1
        if kind.size > laid.measures.size * LARGER or _stands_apart(laid, numbers):
            yield kind, numbers


def _kind(line: Lined, laid: Laid, *, bold_body: bool) -> _Kind | None:
    if line.edge or line.artifact or line.fixed > SET_SO or line.aslant:
        return None
    bold = line.bold >= SET_SO and not bold_body
    size = laid.measures.size
    if line.size >= size * LARGER:
        return _Kind(round(line.size, 1), bold)
    if bold and line.size >= size * SMALLER:
        return _Kind(round(line.size, 1), bold)
    return None


def _stands_apart(laid: Laid, numbers: Sequence[int]) -> bool:
    """Tell whether bold lines of the text's own size are a heading: space before them, and no sentence in them."""
    first, last = laid.lines[numbers[0] - 1], laid.lines[numbers[-1] - 1]
    place = laid.layout[numbers[0] - 1]
    if first is None or last is None or place is None or len(numbers) > 3:
        return False
    before = laid.lines[numbers[0] - 2] if numbers[0] > 1 else None
    opens = before is None or before.page != first.page or before.column != first.column or place.blanks > 0
    return opens and not SENTENCE_END.search(last.text)


def _merged(kinds: Sequence[_Kind]) -> dict[_Kind, int]:
    """Return the rank of each kind; sizes that hardly differ are one."""
    ranks: dict[_Kind, int] = {}
    rank = 0
    before: _Kind | None = None
    for kind in kinds:
        if before is None or kind.size < before.size * (1 - SAME_SIZE) or kind.bold != before.bold:
            rank += 1
            before = kind
        ranks[kind] = rank
    return ranks


# ------------------------------------------------------------------------------------------------ program text


def _code(laid: Laid, rulings: dict[int, Ruling]) -> None:
    lines = laid.lines
    letters = sum(len(line.text) for line in lines if line)
    if sum(len(line.text) for line in lines if line and line.fixed > SET_SO) > 0.6 * letters:
        return  # the whole is typewritten
    inside = False
    for number, line in enumerate(lines, 1):
        if line is None or line.edge or line.artifact:
            continue
        coded = line.fixed >= 0.97
        if coded and number not in rulings:
            rulings[number] = Ruling(Role.CODE, not inside, shown="it is set in letters of one width", confidence=0.95)
        inside = coded


# ------------------------------------------------------------------------------------------------------- notes


def _notes(laid: Laid, rulings: dict[int, Ruling]) -> None:
    """Mark the labelled lines at the feet of columns that are set smaller than the text."""
    size = laid.measures.size
    by_column: dict[tuple[int, int], list[int]] = {}
    for number, line in enumerate(laid.lines, 1):
        if line is not None and not line.artifact and not line.aslant:
            by_column.setdefault((line.page, line.column), []).append(number)
    for numbers in by_column.values():
        zone: list[int] = []
        for number in reversed(numbers):
            line = laid.lines[number - 1]
            if line is None or (line.edge and not zone and line.size >= size * SMALLER):
                continue
            if line.size > size * SMALLER:
                break
            zone.append(number)
        zone.reverse()
        if not zone or len(zone) == len(numbers):
            continue
        for number in zone:
            line = laid.lines[number - 1]
            if line is not None and _begins_with_label(line):
                rulings[number] = Ruling(
                    Role.NOTE,
                    True,
                    shown=f"it stands at the foot, set in {line.size:g} pt, with a label",
                    confidence=0.95,
                )


def _begins_with_label(line: Lined) -> bool:
    raised = next((each for each in line.styles if each.kind == "superscript" and each.start == 0), None)
    if raised:
        return RAISED_LABEL.fullmatch(line.text[: raised.stop]) is not None
    return LABEL.match(line.text) is not None


def _text(line: Lined | None) -> str:
    return line.text if line else ""
