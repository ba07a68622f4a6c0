"""Stanzas where the page gives true distances: what stands close under a line of verse belongs to its stanza.

The model weighs words and lengths, and at times sees a stanza or a paragraph begin in the midst of one. Where a document
parts its stanzas by space, a line without space before it begins none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpack.reflow.rulings import Role
from docpack.reflow.states import State

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from docpack.reflow.roles import Placed

__all__ = ["join_stanzas"]

MIN_PARTED, PARTED_SHARE = 3, 0.8  # stanzas that have space before them, of those that begin after another one
MAX_LINES = 6  # of a paragraph that is taken for verse
CORRECTED_SURE = 0.75
_BEGIN, _LINE = State(Role.VERSE, "begin"), State(Role.VERSE, "line")


def join_stanzas(placed: Sequence[Placed], ruled: Container[int]) -> list[Placed]:
    """Return the lines with what was parted of a stanza joined to it; lines that are ruled on stay what they are."""
    made = list(placed)
    if not _parts_by_space(made):
        return made
    start = 0
    while start < len(made):
        stop = start + 1
        while stop < len(made) and _is_close(made[stop - 1], made[stop]):
            stop += 1
        block = made[start:stop]
        if _is_stanza(block) and not any(each.line.number in ruled for each in block):
            made[start:stop] = [_as_verse(each, first=at == 0) for at, each in enumerate(block)]
        start = stop
    return made


def _parts_by_space(placed: Sequence[Placed]) -> bool:
    after_verse = [
        each.line.blanks > 0
        for before, each in zip(placed, placed[1:], strict=False)
        if before.state.role is Role.VERSE and each.state == _BEGIN and each.line.turn is None
    ]
    return sum(after_verse) >= max(MIN_PARTED, PARTED_SHARE * len(after_verse))


def _is_close(before: Placed, each: Placed) -> bool:
    """Tell whether a line follows another one without space and, but within verse, at the same edge; no page turns."""
    line = each.line
    if line.blanks or line.turn is not None:
        return False
    within_verse = each.state.role is before.state.role is Role.VERSE
    return within_verse or each.state.place == "inside" or line.indent == before.line.indent


def _is_stanza(block: Sequence[Placed]) -> bool:
    """Tell whether lines without space between them are a stanza that was parted: mostly verse, and nothing but prose besides."""
    roles = [each.state.role for each in block]
    begins = sum(each.state.place == "begin" for each in block[1:])
    verse = sum(role is Role.VERSE for role in roles)
    prose = sum(role is Role.PARAGRAPH for role in roles)
    return bool(begins) and verse + prose == len(roles) and prose <= min(MAX_LINES, verse)


def _as_verse(placed: Placed, *, first: bool) -> Placed:
    state = placed.state
    wanted = state
    if state.place == "begin":
        wanted = (_BEGIN if state.role is not Role.VERSE else state) if first else _LINE
    elif state.role is not Role.VERSE:
        wanted = State(Role.VERSE, state.place)
    if wanted == state:
        return placed
    reason = "no space stands before it, and stanzas have space before them here"
    if first:
        reason = "verse follows it without space"
    before = "a new stanza" if placed.decision == "verse" else placed.decision
    return placed._replace(
        state=wanted,
        confidence=min(placed.confidence, CORRECTED_SURE),
        reason=reason,
        decision="join" if wanted.place == "inside" else "verse",
        considered=((before, round(1 - CORRECTED_SURE, 2)),),
    )
