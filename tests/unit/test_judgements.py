"""Judgements: what a ledger decided, for people."""

import pytest

from docpack.judgements import decision_of, judgements, sentences, unsure
from docpack.ledger import Edit, Ledger, Rule, SourceText

TEXT = "One line of\nlong-\nstanding.\n\n7 HEAD\n\nAnother one.\n"


def at(words):
    return TEXT.index(words)


LEDGER = Ledger(
    SourceText(TEXT),
    (
        Edit(at("\n"), at("long"), " ", Rule.LINE_JOIN, 0.7, "in mid-sentence", (("a paragraph", 0.3),), "join"),
        Edit(at("\nstan"), at("standing"), "", Rule.HYPHEN_HARD, 0.6, "a compound", (), "keep-hyphen"),
        Edit(at("\n\n7"), at("7"), "\n\n", Rule.BLOCK_BREAK, 0.75, "a paragraph begins: it is", (), "paragraph"),
        Edit(at("7"), at("\n\nAn"), "", Rule.FURNITURE, 0.5, "at the edge", (("text", 0.5),), "drop"),
        Edit(at("\n\nAn"), at("An"), "", Rule.BLOCK_BREAK, 0.75, "a paragraph begins: it is", (), "paragraph"),
        Edit(len(TEXT) - 1, len(TEXT), "", Rule.EDGE, 1.0, "white space round the text"),
    ),
)


def test_each_decision_is_one_judgement_with_the_line_that_it_is_about():
    assert [(each.line, each.decision) for each in judgements(LEDGER)] == [
        (2, "join"),
        (2, "keep-hyphen"),
        (7, "paragraph"),
        (5, "drop"),
    ]


def test_a_judgement_has_the_words_round_the_place():
    join, hyphen, paragraph, dropped = judgements(LEDGER)

    assert (join.before, join.after) == ("One line of", "long-")
    assert (hyphen.before, hyphen.after) == ("long-", "standing.")
    assert (paragraph.before, paragraph.after) == ("standing.", "Another one.")
    assert dropped.after == "7 HEAD"


def test_a_hyphen_that_goes_is_shown_on_its_line():
    ledger = Ledger(SourceText("a mas-\nter\n"), (Edit(5, 7, "", Rule.HYPHEN_SOFT, 0.6, "", (), "join-hyphen"),))

    (hyphen,) = judgements(ledger)

    assert (hyphen.line, hyphen.before, hyphen.after) == (1, "a mas-", "ter")


def test_a_dropped_line_at_the_end_of_the_text_is_a_judgement():
    ledger = Ledger(SourceText("text\n7"), (Edit(5, 6, "", Rule.FURNITURE, 0.9, "", (), "drop"),))

    assert [each.line for each in judgements(ledger)] == [2]


def test_the_most_doubtful_come_first_and_the_sure_not_at_all():
    assert [each.confidence for each in unsure(LEDGER, 0.75)] == [0.5, 0.6, 0.7]
    assert [each.confidence for each in unsure(LEDGER)] == [0.5, 0.6, 0.7, 0.75]


@pytest.mark.parametrize(
    ("rule", "reason", "expected"),
    [
        (Rule.LINE_JOIN, "", "join"),
        (Rule.PAGE_TURN, "", "join"),
        (Rule.HYPHEN_SOFT, "", "join-hyphen"),
        (Rule.HYPHEN_HARD, "", "keep-hyphen"),
        (Rule.FURNITURE, "", "drop"),
        (Rule.BLOCK_BREAK, "a heading begins: it is short", "heading"),
        (Rule.EDGE, "a heading begins: it is short", "heading"),
        (Rule.EDGE, "white space round the text", ""),
        (Rule.BLOCK_BREAK, "the text goes on", ""),
        (Rule.OVERRIDE, "line 3 of x says so", "correct"),
        (Rule.OVERRIDE, "a stanza begins: line 3 of x says so", "verse"),
        (Rule.BLANKS, "several blanks", ""),
    ],
)
def test_an_edit_that_names_no_decision_is_known_by_its_rule_and_reason(rule, reason, expected):
    assert decision_of(Edit(0, 1, "", rule, 1.0, reason)) == expected


def test_what_an_edit_names_counts_more_than_its_rule():
    assert decision_of(Edit(0, 1, "", Rule.OVERRIDE, decision="drop")) == "drop"


@pytest.mark.parametrize(
    ("index", "reading", "expected"),
    [
        (0, " ", "Line 2 goes on where the text before it stops: the line end reads as a blank. Why: in mid-sentence. It is 0.70 sure; also considered: a paragraph (0.30)."),
        (1, "", "The hyphen at the end of line 2 is the word's own and is kept; the next line goes on. Why: a compound. It is 0.60 sure; nothing else is likely."),
        (2, "\n\n", "A paragraph begins with line 7. Why: it is. It is 0.75 sure; nothing else is likely."),
        (3, "", "Line 5 is taken out as a running head or page number. Why: at the edge. It is 0.50 sure; also considered: text (0.50)."),
    ],
)  # fmt: skip
def test_a_judgement_is_said_in_plain_english(index, reading, expected):
    assert sentences(judgements(LEDGER)[index], reading) == expected


def test_a_line_of_verse_is_said_to_be_one():
    ledger = Ledger(
        SourceText("a\nb\n"), (Edit(1, 2, "\n", Rule.LINE_KEEP, 0.9, "a line of verse ends: it is short", (), "verse"),)
    )

    (line,) = judgements(ledger)

    assert line.is_inside
    assert sentences(line).startswith("Line 2 is a line of its own in verse. Why: it is short.")


def test_a_judgement_as_json_has_the_same():
    assert judgements(LEDGER)[0].to_json() == {
        "line": 2,
        "decision": "join",
        "rule": "line-join",
        "confidence": 0.7,
        "reason": "in mid-sentence",
        "considered": [{"as": "a paragraph", "confidence": 0.3}],
        "before": "One line of",
        "after": "long-",
        "start": 11,
        "stop": 12,
    }
