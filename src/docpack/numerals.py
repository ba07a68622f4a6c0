"""Roman numerals, as pages, chapters and lists are numbered with them."""

from __future__ import annotations

import re

__all__ = ["roman_value"]

_ROMAN = re.compile(r"(?=[ivxlcdm])m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


def roman_value(text: str) -> int:
    """Return the value of a Roman numeral in canonical form, or 0.

    >>> roman_value("xiv"), roman_value("iix")
    (14, 0)
    """
    lower = text.lower()
    if not _ROMAN.fullmatch(lower):
        return 0
    total = 0
    for char, after in zip(lower, lower[1:] + " ", strict=True):
        value = _VALUES[char]
        total += -value if value < _VALUES.get(after, 0) else value
    return total
