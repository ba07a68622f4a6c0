"""The encoding that stands in a font program: what TeX's fonts have instead of one in the PDF.

Spec:
    Adobe Type 1 Font Format, section 2.2 (Encoding): the part of the program that is not encrypted.
"""

from __future__ import annotations

import re

__all__ = ["type1_encoding"]

MAX_CLEAR_BYTES = 100_000  # before the encrypted part; an encoding of 256 names has 5,000
_ENTRY = re.compile(rb"dup\s{1,8}(?:8#([0-7]{1,3})|(\d{1,3}))\s{0,8}/([^\s/\[\](){}<>%]{1,100})\s{1,8}put")


def type1_encoding(program: bytes) -> dict[int, str]:
    """Return the names of glyphs by code that a Type 1 program gives; {} where it names a standard encoding or none.

    >>> type1_encoding(b"/Encoding 256 array dup 65 /alpha put readonly def")
    {65: 'alpha'}
    """
    clear = program[:MAX_CLEAR_BYTES].partition(b"eexec")[0]
    entries = clear.partition(b"/Encoding")[2]
    made = {}
    for octal, decimal, name in _ENTRY.findall(entries):
        code = int(octal, 8) if octal else int(decimal)
        if code < 256 and name != b".notdef":
            made[code] = name.decode("latin-1")
    return made
