"""Pages of glyphs as an engine gives them, made of words at places."""

from __future__ import annotations

from docpack.readers.pdf.glyphs import Face, Glyph, Page

LETTER = 0.5  # the width of each glyph, in sizes
PLAIN = Face("Serif")
BOLD = Face("Serif-Bold", bold=True)
ITALIC = Face("Serif-Italic", italic=True)
FIXED = Face("Mono", fixed=True)


def glyphs(text, left, base, size=10.0, face=PLAIN, *, blanks=True, mark=-1, artifact=False):
    """Return the glyphs of a text; where `blanks` is false, a blank is a mere gap."""
    made = []
    for number, char in enumerate(text):
        start = left + number * LETTER * size
        if char != " " or blanks:
            made.append(Glyph(char, start, start + LETTER * size, base, size, face, mark, artifact))
    return made


def page(*parts, number=0, width=400.0, height=600.0):
    """Return a page of what stands on it, in the order in which it was printed."""
    return Page(number, width, height, [glyph for part in parts for glyph in part])


def column(lines, left, top, leading=12.0, size=10.0, face=PLAIN):
    """Return lines below each other; those that begin with blanks are set in by as many letters."""
    made = []
    for number, line in enumerate(lines):
        inset = len(line) - len(line.lstrip())
        made += glyphs(line.lstrip(), left + inset * LETTER * size, top + number * leading, size, face)
    return made
