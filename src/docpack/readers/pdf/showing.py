"""What the page shows of its lines, put together: the tags where there are any, and the type for the rest."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from docpack.reflow.layout import NO_HEADING, Layout
from docpack.reflow.rulings import Role

if TYPE_CHECKING:
    from docpack.readers.pdf.laying import Laid
    from docpack.readers.pdf.tagging import Tagged
    from docpack.readers.pdf.typesetting import Shown
    from docpack.reflow.layout import LineLayout, StyleSpan
    from docpack.reflow.rulings import Ruling

__all__ = ["layout_of"]

# What tags of which no element has a type cannot tell: there the type of the letters is asked.
_TYPES = {
    Role.HEADING: frozenset("H H1 H2 H3 H4 H5 H6".split()),
    Role.NOTE: frozenset({"Note", "FENote"}),
    Role.CODE: frozenset({"Code"}),
}


def layout_of(laid: Laid, shown: Shown, tagged: Tagged | None, labels: dict[int, str]) -> Layout:
    """Return the layout of the lines with all rulings; tags win over what the type shows."""
    rulings, ranks = dict(shown.rulings), shown.ranks
    places: dict[int, LineLayout] = {}
    if tagged:
        rulings = _merged(rulings, tagged)
        places = tagged.places
    cells = {number: found for table in shown.tables for number, found in table.lines.items()}
    begins = frozenset(number for table in shown.tables for number in table.rows)
    lines = []
    for number, own in enumerate(laid.layout, 1):
        place = places.get(number, own)
        ruling = rulings.get(number)
        if place and ruling and ruling.role in (Role.HEADING, Role.TERM):
            level = place.level or ranks.get(number, 0)
            place = place._replace(level=level, styles=_without_whole(place, laid, number))
        elif place and ranks.get(number) == NO_HEADING:
            place = place._replace(level=NO_HEADING)
        if place and number in cells and ruling == shown.rulings[number]:
            place = place._replace(cells=cells[number], begins_row=number in begins)
        if place and number in shown.markers and ruling == shown.rulings[number]:
            place = place._replace(marker=shown.markers[number])
        lines.append(place)
    return Layout(tuple(lines), rulings, labels, tagged.references if tagged else {})


def _merged(by_type: dict[int, Ruling], tagged: Tagged) -> dict[int, Ruling]:
    """Return the rulings by tags; in paragraphs, those by type for which the tags have no type, where the tags begin them."""
    made = dict(tagged.rulings)
    for number, ruling in by_type.items():
        said = made.get(number)
        known = ruling.role in _TYPES and _TYPES[ruling.role] & tagged.kinds
        if said is None:
            made[number] = ruling
        elif said.role in (None, Role.PARAGRAPH) and not said.furniture and not known:
            made[number] = replace(ruling, begins=said.begins if ruling.role is Role.HEADING else ruling.begins)
    for unit in tagged.units:
        first = made.get(unit.lines[0])
        if first and first.role is Role.NOTE and unit.kind.role is Role.PARAGRAPH:
            for number in unit.lines[1:]:
                made[number] = replace(first, begins=False)
    return made


def _without_whole(place: LineLayout, laid: Laid, number: int) -> tuple[StyleSpan, ...]:
    """Return the styles of a heading or term without those in which a whole line is set: they are the heading's own."""
    line = laid.lines[number - 1]
    inked = len("".join(line.text.split())) if line else 0
    set_so: Counter[str] = Counter()
    for start, stop, kind in place.styles if line else ():
        set_so[kind] += len("".join(line.text[start:stop].split())) if line else 0
    return tuple(each for each in place.styles if set_so[each.kind] < inked)
