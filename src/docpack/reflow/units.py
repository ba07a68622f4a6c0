"""Lines to units: the lines that make one paragraph, heading, stanza, list item or program text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.reflow.rulings import Role
from docpack.reflow.shapes import marker_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.reflow.lines import Line
    from docpack.reflow.roles import Placed

__all__ = ["Unit", "runs_of", "units_of"]


class Unit:
    """The lines of one block, of verse: of one stanza. `placed` says of each why it is there."""

    __slots__ = ("placed", "role")

    def __init__(self, placed: list[Placed]) -> None:
        self.placed = placed
        self.role = placed[0].state.role

    @property
    def lines(self) -> list[Line]:
        """The lines, in order."""
        return [each.line for each in self.placed]

    @property
    def first(self) -> Placed:
        """The line that begins it."""
        return self.placed[0]


def units_of(placed: Sequence[Placed]) -> list[Unit]:
    """Return the units in order."""
    units: list[Unit] = []
    for each in placed:
        state = each.state
        if units and state.place != "begin" and units[-1].role is state.role:
            units[-1].placed.append(each)
        else:
            units.append(Unit([each]))
    _adopt_paragraphs(units)
    return units


def _adopt_paragraphs(units: list[Unit]) -> None:
    """Make the further paragraphs of list items units of the list: those that stand where an item's text stands."""
    column = -1
    for unit in units:
        line = unit.first.line
        if unit.role is Role.ITEM:
            match = marker_of(line)
            column = line.indent + match.end() if match else -1
        elif unit.role is Role.PARAGRAPH and column > 0 and line.blanks and abs(line.indent - column) <= 1:
            unit.role = Role.ITEM
        else:
            column = -1


_GROUPED = frozenset({Role.QUOTE, Role.VERSE, Role.ITEM})


def runs_of(units: Sequence[Unit]) -> list[list[Unit]]:
    """Return the units in groups: those that make one block quotation, poem or list together."""
    groups: list[list[Unit]] = []
    for unit in units:
        if groups and unit.role in _GROUPED and groups[-1][-1].role is unit.role:
            groups[-1].append(unit)
        else:
            groups.append([unit])
    return groups
