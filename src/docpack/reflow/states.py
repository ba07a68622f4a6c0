"""The states a line can be in: what it is part of, and whether it begins that."""

from __future__ import annotations

from typing import NamedTuple

from docpack.reflow.rulings import Role

__all__ = ["STATES", "State", "follows"]


class State(NamedTuple):
    """A role and a place: "begin" a block or stanza, a "line" of verse or code, or "inside" what the line before is."""

    role: Role
    place: str

    def __str__(self) -> str:
        """Return the name by which the weights know it."""
        return f"{self.role} {self.place}"


STATES = (
    State(Role.PARAGRAPH, "begin"),
    State(Role.PARAGRAPH, "inside"),
    State(Role.HEADING, "begin"),
    State(Role.HEADING, "inside"),
    State(Role.QUOTE, "begin"),
    State(Role.QUOTE, "inside"),
    State(Role.VERSE, "begin"),
    State(Role.VERSE, "line"),
    State(Role.VERSE, "inside"),
    State(Role.ITEM, "begin"),
    State(Role.ITEM, "inside"),
    State(Role.CODE, "begin"),
    State(Role.CODE, "line"),
    State(Role.TERM, "begin"),
    State(Role.SCENE_BREAK, "begin"),
)


def follows(before: State, state: State) -> bool:
    """Tell whether a state may follow another: only a block that is open can go on."""
    return state.place == "begin" or state.role is before.role
