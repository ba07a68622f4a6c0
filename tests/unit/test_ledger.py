"""The balance sheet of characters."""

import pytest

from docpack import ledger
from docpack.ledger import Edit, Ledger, Rule, SourceText

SOURCE = "The light-\nhouse stood.\n"
EDITS = (
    Edit(9, 11, "", Rule.HYPHEN_SOFT, 0.9, "proven"),
    Edit(23, 24, "", Rule.EDGE),
)
LEDGER = Ledger(SourceText(SOURCE, sha256="0" * 64), EDITS)


def test_edits_make_the_reading_text():
    assert ledger.apply(LEDGER) == "The lighthouse stood."


def test_the_source_comes_back():
    assert ledger.undo("The lighthouse stood.", EDITS, ["-\n", "\n"]) == SOURCE


def test_an_insertion_can_be_undone():
    edits = (Edit(1, 1, "b", Rule.OVERRIDE),)

    assert ledger.apply(Ledger(SourceText("ac"), edits)) == "abc"
    assert ledger.undo("abc", edits, [""]) == "ac"


def test_undo_notices_another_text():
    with pytest.raises(ValueError, match="differs"):
        ledger.undo("ac", (Edit(1, 1, "b", Rule.OVERRIDE),), [""])


@pytest.mark.parametrize(
    "edits",
    [
        (Edit(2, 1, "", Rule.EDGE),),
        (Edit(0, 2, "", Rule.EDGE), Edit(1, 3, "", Rule.EDGE)),
        (Edit(0, 99, "", Rule.EDGE),),
    ],
)
def test_edits_that_overlap_or_leave_the_source_are_refused(edits):
    with pytest.raises(ValueError, match="does not follow"):
        ledger.apply(Ledger(SourceText(SOURCE), edits))


def test_the_balance_adds_up():
    balance = ledger.account(LEDGER)

    assert balance.dropped == {"hyphen-soft": 1}
    assert (balance.characters, balance.kept, balance.white_space) == (24, 19, 4)


def test_json_has_what_the_contract_says():
    described = ledger.to_json(LEDGER)

    assert described["source"] == {"sha256": "0" * 64, "encoding": "utf-8", "newline": "lf", "characters": 24}
    assert described["edits"][0] == {
        "start": 9,
        "stop": 11,
        "line": 1,
        "source": "-\n",
        "reading": "",
        "rule": "hyphen-soft",
        "confidence": 0.9,
        "reason": "proven",
        "considered": [],
        "decision": "",
    }
    assert described["edits"][1]["line"] == 2


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("", [0]),
        ("a", [0]),
        ("a\n", [0]),
        ("a\nb", [0, 2]),
        ("a\r\nb\rc\x85d\u2028e\ff", [0, 3, 5, 7, 9, 11]),
        ("a\x1cb\nc", [0, 4]),
    ],
)
def test_lines_end_where_unicode_says_and_not_at_information_separators(text, starts):
    assert ledger.line_starts(text) == starts
    assert "".join(ledger.split_lines(text)) == text
