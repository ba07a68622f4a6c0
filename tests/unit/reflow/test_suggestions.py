"""An overrides file made of a ledger: it says what was decided, and changes nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

import docpack
from docpack.context import Context
from docpack.findings import Code
from docpack.judgements import judgements
from docpack.ledger import Edit, Ledger, Rule, SourceText
from docpack.reflow.overrides_file import parse
from docpack.reflow.suggestions import suggest

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.txt"))


def ledger(text, *edits):
    return Ledger(SourceText(text), edits)


@pytest.mark.parametrize("below", [0.8, 0.9, 1.01])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_suggestion_given_back_unchanged_changes_nothing(path, below):
    plain = docpack.read(path.read_bytes(), format="text")
    assert plain.source is not None
    overrides = suggest(plain.source, path.name, below).encode()
    context = Context()

    again = docpack.read(path.read_bytes(), format="text", options={"overrides": overrides}, context=context)

    assert replace(again, source=None) == replace(plain, source=None)
    assert Code.R007 not in {finding.code for finding in context.findings}


def test_an_entry_says_what_was_decided_and_why_and_what_else_it_may_be():
    text = 'The "one" line\\x\nof two.\n'
    join = Edit(16, 17, " ", Rule.LINE_JOIN, 0.6, "in mid-sentence", (("a paragraph", 0.4),), "join")

    toml = suggest(ledger(text, join), "in.txt")

    assert toml.endswith(
        """
# 0.60 sure: in mid-sentence
# also considered: a paragraph (0.40)
# the line before: The "one" line\\x
[[override]]
text = "of two."
line = 2
decision = "join"
"""
    )


def test_what_is_sure_is_left_out_and_the_head_says_how_many_are_in():
    join = Edit(1, 2, " ", Rule.LINE_JOIN, 0.9, "", (), "join")

    toml = suggest(ledger("a\nb\n", join), "in.txt")

    assert toml.startswith("# in.txt: 0 decisions that docpack is less than 0.8 sure of")
    assert parse(toml.encode(), "x").entries == ()


def test_a_block_of_several_lines_is_a_range():
    text = "prose:\na rose\nis a rose\nis a\nprose\n"
    edits = (
        Edit(6, 7, "\n\n", Rule.BLOCK_BREAK, 0.9, "a stanza begins: it is short", (), "verse"),
        Edit(13, 14, "\n", Rule.LINE_KEEP, 0.6, "a line of verse ends: it is short", (), "verse"),
        Edit(23, 24, "\n", Rule.LINE_KEEP, 0.7, "a line of verse ends: it is short", (), "verse"),
        Edit(28, 29, "\n\n", Rule.BLOCK_BREAK, 0.9, "a paragraph begins: it is", (), "paragraph"),
    )

    (entry,) = parse(suggest(ledger(text, *edits), "in.txt").encode(), "x").entries

    assert (entry.text, entry.line, entry.to, entry.to_line, entry.decision) == ("a rose", 2, "is a", 4, "verse")


def test_words_of_any_kind_are_valid_toml():
    text = 'a "\\\x01\x7f\u2028\nb\ue000\U0001d400 ' + "x" * 3000 + "\n"
    first = text.index("\u2028")
    edits = (
        Edit(
            first,
            first + 2,
            " ",
            Rule.LINE_JOIN,
            0.6,
            "odd \x00 \n reason " + "y" * 2000,
            (("z\r" * 900, 0.2),),
            "join",
        ),
        Edit(first + 2, first + 3, "", Rule.FURNITURE, 0.6, "", (), "drop"),
    )

    overrides = parse(suggest(ledger(text, *edits), "in\n.txt").encode(), "x")

    assert len(overrides.entries) == 2


def test_somebodys_corrections_are_not_suggested():
    edits = (Edit(0, 3, "the", Rule.OVERRIDE, 0.5, "line 1 of x says so"),)

    assert not parse(suggest(ledger("teh cat\n", *edits), "in.txt").encode(), "x").entries


def test_every_decision_below_the_limit_has_its_entry():
    data = EXAMPLES[0].read_bytes()
    source = docpack.read(data, format="text").source
    assert source is not None

    overrides = parse(suggest(source, "in.txt", 1.01).encode(), "x")

    joins = [each for each in judgements(source) if each.decision == "join"]
    assert sum(entry.decision == "join" for entry in overrides.entries) == len(joins)
