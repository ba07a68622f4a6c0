"""The title that is printed above the text: metadata, and no part of the text that writers print it above."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docpack.reflow.rulings import Ruling

if TYPE_CHECKING:
    from docpack.model import Metadata
    from docpack.readers.pdf.laying import Laid
    from docpack.readers.pdf.tagging import Tagged, Unit
    from docpack.readers.pdf.tags import Tags

__all__ = ["without_printed_title"]

MAX_LINES = 12  # of a title with all that stands beside it


def without_printed_title(laid: Laid, tags: Tags, tagged: Tagged, stated: Metadata) -> Metadata:
    """Take out the title, if it is tagged as one and is the one that the metadata state, with what stands in its block.

    Returns:
        The metadata, with the subtitle that stands in the title's block.
    """
    for title in tagged.titles:
        if not stated.title or _letters(_text(laid, title)) != _letters(stated.title):
            continue
        block = _block(tags, title.kind.unit)
        units = [unit for unit in tagged.units if block in tags.above(unit.kind.unit) or unit is title]
        if sum(len(unit.lines) for unit in units) > MAX_LINES:
            units = [title]
        names = _letters(", ".join(each.name for each in stated.contributors if each.role in ("aut", "cre")))
        for unit in units:
            text = _text(laid, unit)
            is_byline = bool(names) and _letters(text).startswith(names)
            is_date = bool(stated.date) and stated.date[:4] in text
            if unit is not title and not is_byline and not is_date:
                stated = replace(stated, subtitle=text)
            for number in unit.lines:
                tagged.rulings[number] = Ruling(furniture=True, shown="it is the title, which the metadata hold")
        break
    return stated


def _block(tags: Tags, number: int) -> int:
    """Return the outermost of the plain divisions right around an element; the element itself where there is none."""
    found = number
    for each in tags.above(tags.elements[number].parent):
        if tags.elements[each].kind != "Div":
            break
        found = each
    return found


def _text(laid: Laid, unit: Unit) -> str:
    return " ".join(line.text for number in unit.lines if (line := laid.lines[number - 1]))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
