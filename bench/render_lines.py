"""Break text into lines of a width in columns, or in letters of a book face: first fit, hyphenated, justified."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from render_plain_styles import PlainStyle

__all__ = ["LineBreaker", "Unit", "units_of"]

# Never at the start of a line in Chinese and Japanese, and never at its end.
_NOT_FIRST = "、。，．・：；？！」』）】》〉”’…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_NOT_LAST = "「『（【《〈“‘"
_MIN_HYPHENATED = 2  # letters on either side of a hyphen

# Widths of letters in a book face, in units of an average letter; the rest count 1.
_LETTER_WIDTHS = (
    dict.fromkeys("iljtfr.,;:'!|()[]’‘-IJ /", 0.62)
    | dict.fromkeys("mwMWæœ—…@%", 1.6)
    | dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZÄÖÜ&", 1.33)
)


@dataclass(frozen=True, slots=True)
class Unit:
    """Text that is not broken but at a hyphenation point, and the white space before it (none after a dash)."""

    text: str
    space: str


def units_of(text: str, language: str, *, break_dashes: bool) -> list[Unit]:
    """Return the words of a text, parted after dashes if these may end a line, and between ideographs."""
    units: list[Unit] = []
    for word in re.findall(r"[^ \n\t]+", text):
        parts = re.findall(r"[^—-]+[—-]*|[—-]+", word) if break_dashes else [word]
        if language[:2] in {"ja", "zh"}:
            parts = _ideographs(word)
        units.append(Unit(parts[0].replace("\xa0", " "), " "))
        units.extend(Unit(part.replace("\xa0", " "), "") for part in parts[1:])
    return units


def _ideographs(word: str) -> list[str]:
    """Break between any two characters that may part there; runs of Latin letters and digits stay whole."""
    parts: list[str] = []
    for character in word:
        latin = bool(parts) and character.isascii() and parts[-1][-1].isascii()
        if parts and (character in _NOT_FIRST or parts[-1][-1] in _NOT_LAST or latin):
            parts[-1] += character
        else:
            parts.append(character)
    return parts


class LineBreaker:
    """First-fit line breaking with optional hyphenation and justification."""

    def __init__(self, style: PlainStyle, language: str, rng: random.Random, right: int, *, ragged: bool) -> None:
        self._style = style
        self._language = language
        self._rng = rng
        self._width = max(16, style.width - right)
        self._ragged = ragged

    def lines(self, units: Sequence[Unit], first: int, rest: int) -> list[str]:
        """Return the lines of the units."""
        lines: list[str] = []
        line: list[Unit] = []
        waiting = list(units)
        while waiting:
            unit = waiting.pop(0)
            left = rest if lines else first
            if not line or self._size(self._joined([*line, unit])) <= self._width - left:
                line.append(unit)
                continue
            head, tail = self._split(line, unit, self._width - left)
            if head:
                line.append(head)
            waiting.insert(0, tail)
            lines.append(" " * left + self._filled(line, self._width - left))
            line = []
        if line:
            lines.append(" " * (rest if lines else first) + self._joined(line))
        return lines

    def _joined(self, line: Sequence[Unit]) -> str:
        text = line[0].text
        for before, unit in pairwise(line):
            sentence = before.text[-1:] in ".?!" and len(before.text) > 3
            text += unit.space * (self._style.sentence_gap if sentence else 1) + unit.text
        return text

    def _size(self, text: str) -> float:
        if self._style.proportional:
            return sum(_LETTER_WIDTHS.get(character, 1.0) for character in text)
        return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)

    def _split(self, line: Sequence[Unit], unit: Unit, room: int) -> tuple[Unit | None, Unit]:
        """Hyphenate a unit where the most of it still fits."""
        if self._ragged or not self._style.hyphenate or not unit.text.strip("“”‘’«»(),.;:!?").isalpha():
            return None, unit
        for head, tail in _hyphenations(unit.text, self._language):
            if self._size(self._joined([*line, Unit(head + "-", unit.space)])) <= room:
                return Unit(head + "-", unit.space), Unit(tail, "")
        return None, unit

    def _filled(self, line: Sequence[Unit], room: int) -> str:
        text = self._joined(line)
        gaps = [i for i, unit in enumerate(line) if i and unit.space]
        missing = int(room - self._size(text))
        if not self._style.justify or self._ragged or self._style.proportional or not gaps or missing <= 0:
            return text
        extra = [missing // len(gaps)] * len(gaps)
        for i in self._rng.sample(range(len(gaps)), missing % len(gaps)):
            extra[i] += 1
        widths = dict(zip(gaps, extra, strict=True))
        return "".join((unit.space + " " * widths.get(i, 0) if i else "") + unit.text for i, unit in enumerate(line))


def _hyphenations(word: str, language: str) -> list[tuple[str, str]]:
    """Return the ways to part a word, the longest first part first; none without Pyphen or patterns."""
    dictionary = _patterns(language)
    match = re.fullmatch(r"(\W*)(\w+)(\W*)", word)
    if not dictionary or not match:
        return []
    before, core, after = match.groups()
    return [
        (before + head, tail + after)
        for head, tail in dictionary.iterate(core)
        if len(head) >= _MIN_HYPHENATED and len(tail) >= _MIN_HYPHENATED and head + tail == core
    ]


@cache
def _patterns(language: str) -> Any:
    try:
        import pyphen
    except ImportError:
        return None
    known = pyphen.language_fallback(language.replace("-", "_"))
    return pyphen.Pyphen(lang=known) if known else None
