"""Which characters an XML document cannot hold, or should not."""

from __future__ import annotations

import re

__all__ = ["FORBIDDEN"]

# What XML 1.0 (section 2.2, Char) forbids or advises against: controls, surrogates, noncharacters.
# Tab, LF and CR are allowed there, but a Text has no line ends: lower() turns them into blanks.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
