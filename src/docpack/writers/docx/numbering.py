"""Lists: Word's numbering made from the markers that the source printed.

A list whose markers follow a rule ("3.", "4.", "5."; "(a)", "(b)"; "•", "•") becomes a real list: an abstract
numbering that knows the rule, shared by all lists with the same one, and a `w:num` of its own that starts the count
anew. A list whose markers follow no rule keeps them as text.

Spec:
    ISO/IEC 29500-1, section 17.9 (abstractNum, lvl, num, lvlOverride, startOverride).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docpack.writers.docx.markup import W, attribute, declarations, element

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lxml.etree import _Element

__all__ = ["LEVELS", "Numbering", "Pattern", "pattern_of", "without_lists"]

LEVELS = 9  # how deep Word nests lists
STEP = 425  # twentieths of a point: the indentation of one level, room for "10."
_MARKER_LIMIT = 30  # Word gives up on longer patterns
_PARTS = re.compile(r"(.*[^0-9A-Za-z])?([0-9]+|[A-Za-z]+)([^0-9A-Za-z]*)", re.DOTALL)
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pattern:
    """The rule of a list's markers: a number format of WordprocessingML and the text round the number.

    `before` is the whole marker where `number_format` is "bullet". `printed` is false where the source had no
    markers and these are only how a list is shown.
    """

    number_format: str
    before: str = ""
    after: str = ""
    start: int = 1
    printed: bool = True


def pattern_of(markers: Sequence[str], *, ordered: bool, start: int) -> Pattern | None:
    """Return the rule that a list's markers follow, or None.

    >>> pattern_of(["(b)", "(c)"], ordered=True, start=2)
    Pattern(number_format='lowerLetter', before='(', after=')', start=2, printed=True)
    >>> pattern_of(["1.", "3."], ordered=True, start=1) is None
    True
    """
    if not any(markers):
        shown = Pattern("decimal", "", ".", max(start, 0), printed=False)
        return shown if ordered else Pattern("bullet", "•", printed=False)
    # "%" before a digit stands for a number in Word's pattern, and there is no way to write the character itself.
    if any("%" in marker or not marker or len(marker) > _MARKER_LIMIT for marker in markers):
        return None
    counted = _counted(markers, start)
    if counted is not None and (ordered or len(markers) > 1):
        return counted
    return Pattern("bullet", markers[0]) if len(set(markers)) == 1 and not ordered else None


def _counted(markers: Sequence[str], start: int) -> Pattern | None:
    first = _PARTS.fullmatch(markers[0])
    if first is None:
        return None
    before, number, after = first.groups(default="")
    found = []
    for number_format, (value_of, text_of) in _FORMATS.items():
        value = value_of(number)
        if value is not None and all(
            marker == f"{before}{text_of(value + index)}{after}" for index, marker in enumerate(markers)
        ):
            found.append(Pattern(number_format, before, after, value))
    # "(i)" alone may be a letter or a Roman number; the list's own start decides.
    return min(found, key=lambda pattern: pattern.start != start, default=None)


def _decimal(text: str) -> int | None:
    # Word counts in 32 bits; nobody's list is longer than nine digits.
    plain = text.isdecimal() and len(text) < 10 and (text == "0" or text[0] != "0")
    return int(text) if plain else None


def _padded(text: str) -> int | None:
    return int(text) if re.fullmatch("0[1-9]|[1-9][0-9]{1,8}", text) else None


def _letters(text: str) -> int | None:
    # Word counts ..., y, z, aa, bb, cc: the letter is repeated.
    if not ("a" <= text[0] <= "z") or text != text[0] * len(text):
        return None
    return (len(text) - 1) * 26 + ord(text[0]) - 96


def _letters_text(value: int) -> str:
    return chr(97 + (value - 1) % 26) * ((value - 1) // 26 + 1)


def _roman(text: str) -> int | None:
    if len(text) > 15 or not re.fullmatch("[mdclxvi]+", text):
        return None
    value, rest = 0, text
    for worth, letters in _ROMAN:
        while rest.startswith(letters):
            value, rest = value + worth, rest[len(letters) :]
    return value if not rest and _roman_text(value) == text else None


def _roman_text(value: int) -> str:
    parts = []
    for worth, letters in _ROMAN:
        count, value = divmod(value, worth)
        parts.append(letters * count)
    return "".join(parts)


def _upper(value_of: Callable[[str], int | None]) -> Callable[[str], int | None]:
    return lambda text: value_of(text.lower()) if text.isupper() else None


_FORMATS: dict[str, tuple[Callable[[str], int | None], Callable[[int], str]]] = {
    "decimal": (_decimal, str),
    "decimalZero": (_padded, "{:02d}".format),
    "lowerRoman": (_roman, _roman_text),
    "upperRoman": (_upper(_roman), lambda value: _roman_text(value).upper()),
    "lowerLetter": (_letters, _letters_text),
    "upperLetter": (_upper(_letters), lambda value: _letters_text(value).upper()),
}


class Numbering:
    """The numberings of a document, in the order in which its lists ask for them."""

    def __init__(self, taken: _Element | None = None) -> None:
        """Start after the numberings of a reference document, if there are any."""
        self._house = taken
        self._first_abstract = _highest(taken, "abstractNum", "abstractNumId") + 1
        self._first_number = max(_highest(taken, "num", "numId"), 0) + 1
        self._abstract: dict[tuple[str, str, str, bool], int] = {}
        self._numbers: list[tuple[int, int, int]] = []

    def number(self, pattern: Pattern, level: int) -> int:
        """Return the `w:numId` of a new list at this level."""
        key = (pattern.number_format, pattern.before, pattern.after, pattern.printed)
        abstract = self._abstract.setdefault(key, self._first_abstract + len(self._abstract))
        self._numbers.append((abstract, level, pattern.start))
        return self._first_number + len(self._numbers) - 1

    def part(self) -> bytes:
        """Return the XML of the numbering part, with that of the reference document in it; or nothing."""
        from lxml import etree

        if not self._numbers and self._house is None:
            return b""
        root = self._house if self._house is not None else element(f"<w:numbering {declarations}/>")
        abstracts = element(f"<w:numbering {declarations}>{self._abstract_markup()}</w:numbering>")
        numbers = element(f"<w:numbering {declarations}>{self._number_markup()}</w:numbering>")
        # All abstract numberings stand before all numberings; pictures of bullets before both.
        place = next((i for i, each in enumerate(root) if each.tag.endswith(("}num", "}numIdMacAtCleanup"))), len(root))
        root[place:place] = list(abstracts)
        place = next((i for i, each in enumerate(root) if each.tag.endswith("}numIdMacAtCleanup")), len(root))
        root[place:place] = list(numbers)
        data: bytes = etree.tostring(root, encoding="UTF-8", standalone=True)
        return data

    def _abstract_markup(self) -> str:
        return "".join(
            f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="hybridMultilevel"/>'
            f"{'' if printed else UNPRINTED}"
            f"{''.join(_level(number_format, before, after, level) for level in range(LEVELS))}</w:abstractNum>"
            for (number_format, before, after, printed), number in self._abstract.items()
        )

    def _number_markup(self) -> str:
        return "".join(
            f'<w:num w:numId="{number}"><w:abstractNumId w:val="{abstract}"/><w:lvlOverride w:ilvl="{level}">'
            f'<w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
            for number, (abstract, level, start) in enumerate(self._numbers, self._first_number)
        )


def without_lists(numbering: _Element, styles: _Element) -> _Element | None:
    """Take the lists of the old text out of a house's numberings; what its styles number with stays.

    Returns:
        The numberings, or None if none is left.
    """
    used = {each.get(W + "val") for each in styles.iter(W + "numId")}
    for number in list(numbering.iterchildren(W + "num")):
        if number.get(W + "numId") not in used:
            numbering.remove(number)
    kept = {each.get(W + "val") for each in numbering.iter(W + "abstractNumId")}
    for abstract in list(numbering.iterchildren(W + "abstractNum")):
        if abstract.get(W + "abstractNumId") not in kept:
            numbering.remove(abstract)
    for picture in list(numbering.iterchildren(W + "numPicBullet")):
        numbering.remove(picture)  # its picture was a relation of the old part
    return numbering if kept else None


UNPRINTED = '<w:name w:val="unprinted"/>'


def _level(number_format: str, before: str, after: str, level: int) -> str:
    text = before if number_format == "bullet" else f"{before}%{level + 1}{after}"
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{number_format}"/>'
        f'<w:lvlText w:val="{attribute(text)}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{STEP * (level + 1)}" w:hanging="{STEP}"/></w:pPr></w:lvl>'
    )


def _highest(numbering: _Element | None, name: str, attribute_name: str) -> int:
    if numbering is None:
        return -1
    values = [each.get(W + attribute_name, "") for each in numbering.iterchildren(W + name)]
    return max((int(value) for value in values if value.isdecimal()), default=-1)
