"""The fate of single characters inside a line; `docs/reference/characters.md` is the table for users.

| characters | inside a line | at its edges |
|---|---|---|
| two or more blanks, tabs | read as one blank | indentation and trailing blanks, dropped |
| no-break space and other spaces | kept | dropped |
| soft hyphen U+00AD | dropped (invisible) | evidence of a cut word; dropped with the line end |
| U+0002, U+FFFE between letters | a line-end hyphen that the extractor hid | the same |
| zero-width space, word joiner, U+FEFF | dropped (invisible) | dropped |
| joiners, direction marks (U+200C..U+200F, U+202A..U+202E, U+2066..U+2069) | kept | kept |
| other control characters, surrogates, noncharacters | dropped (control) | dropped |
"""

from __future__ import annotations

import re

from docpack.ledger import Edit, Rule

__all__ = ["EDGE", "HIDDEN_HYPHENS", "SOFT_HYPHEN", "SPECIAL", "clean_edits"]

SOFT_HYPHEN = "\u00ad"
HIDDEN_HYPHENS = "\x02\ufffe"  # pdfium's mark for a hyphen at a line end, in two of its interfaces
INVISIBLE = "\u200b\u2060\ufeff\u00ad"
_PLANE_ENDS = "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
_CONTROL = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff" + _PLANE_ENDS
)  # the line ends LF, VT, FF, CR, NEL are not among them: no line has them inside
# What str.strip takes off a line: white space of every kind, controls but for the hidden hyphen, zero-width characters.
EDGE = (
    "".join(map(chr, (*range(0x02), *range(0x03, 0x21), *range(0x7F, 0xA1))))
    + "\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
    + "\u200b\u2060\ufeff"
)
SPECIAL = re.compile(f"[ \t]{{2,}}|\t|[{INVISIBLE}]|[{_CONTROL}]")
_HIDDEN = "the extractor put this character where a line end had cut the word"


def clean_edits(text: str, start: int, stop: int, line_stop: int, *, joins_word: bool) -> Edit:
    """Return the edit for one match of `SPECIAL` at `[start, stop)`.

    Args:
        text: The decoded source.
        start: Where the match begins.
        stop: Where it ends.
        line_stop: Where the ink of its line ends.
        joins_word: For a hidden hyphen: whether the two halves are one word, so that no hyphen is left.
    """
    found = text[start:stop]
    if found[0] in " \t":
        return Edit(start, stop, " ", Rule.BLANKS, 0.99, "several blanks, or a tab, read as one blank")
    if found in HIDDEN_HYPHENS and text[start - 1 : start].isalpha():
        if stop == line_stop:
            return Edit(start, stop, "-", Rule.HYPHEN_HARD, 0.7, _HIDDEN + "; it is kept")
        if text[stop : stop + 1].isalpha():
            if joins_word:
                return Edit(start, stop, "", Rule.HYPHEN_SOFT, 0.9, _HIDDEN)
            return Edit(start, stop, "-", Rule.HYPHEN_HARD, 0.7, _HIDDEN + "; the hyphen may be the word's own")
    if found in INVISIBLE:
        return Edit(start, stop, "", Rule.INVISIBLE, 1.0, f"U+{ord(found):04X} prints nothing")
    return Edit(start, stop, "", Rule.CONTROL, 1.0, f"U+{ord(found):04X} is a control character or noncharacter")
