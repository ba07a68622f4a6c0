"""What stands close under a line of verse belongs to its stanza, where stanzas are parted by space."""

from __future__ import annotations

import pytest

from docpack.reflow.lines import read_lines
from docpack.reflow.roles import Placed
from docpack.reflow.rulings import Role
from docpack.reflow.stanzas import join_stanzas
from docpack.reflow.states import State

ROLES = {"v": Role.VERSE, "p": Role.PARAGRAPH, "h": Role.HEADING}
PLACES = {"b": "begin", "l": "line", "i": "inside"}
PARTED = "vb vl vl / vb vl vl / vb vl vl / vb vl vl / "  # stanzas with space between them


def placed(pattern):
    """Return lines: a role and a place for each, `/` for a blank line, `>` before a line that is set in."""
    made, text = [], []
    for word in pattern.split():
        if word == "/":
            text.append("")
        else:
            text.append("    A line of it" if word[0] == ">" else "A line of it")
            made.append(State(ROLES[word[-2]], PLACES[word[-1]]))
    return [Placed(line, state, 0.9, "") for line, state in zip(read_lines("\n".join(text)), made, strict=True)]


def joined(pattern, ruled=()):
    names = {role: name for name, role in ROLES.items()} | {place: name for name, place in PLACES.items()}
    return " ".join(names[each.state.role] + names[each.state.place] for each in join_stanzas(placed(pattern), ruled))


@pytest.mark.parametrize(
    ("stanza", "whole"),
    [
        ("vb vl vb vl", "vb vl vl vl"),
        ("vb vl pb pi vb vl", "vb vl vl vi vl vl"),
        ("pb vb vl vl", "vb vl vl vl"),
        ("vb vl vl pb", "vb vl vl vl"),
    ],
)
def test_a_stanza_that_was_parted_is_one(stanza, whole):
    assert joined(PARTED + stanza) == PARTED.replace("/ ", "") + whole


@pytest.mark.parametrize("block", ["pb pi pi pi vb", "pb", "pb pi", "vb vl hb vl", "pb >vb vl vl", "vb vl / vb"])
def test_other_blocks_stay_what_they_are(block):
    assert joined(PARTED + block) == (PARTED + block).replace("/ ", "").replace(">", "")


def test_where_no_space_parts_stanzas_none_is_joined():
    assert joined("vb vl vb vl vb vl vb vl / vb vl") == "vb vl vb vl vb vl vb vl vb vl"


def test_what_a_person_says_stands():
    lines = placed(PARTED + "vb vl vb vl")

    assert joined(PARTED + "vb vl vb vl", {lines[-2].line.number}).endswith("vb vl vb vl")


def test_it_is_told_what_was_thought_before():
    *_, new, _ = join_stanzas(placed(PARTED + "vb vl pb vl"), ())

    assert (new.decision, new.considered) == ("verse", (("join", 0.25),))
    assert new.reason == "no space stands before it, and stanzas have space before them here"
