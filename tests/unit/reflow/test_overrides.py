"""The overrides file: what it may say, what it says of the lines of a text, and how its mistakes are told."""

import random
import re
import time
from dataclasses import replace

import pytest

import docpack
from docpack import ledger
from docpack.context import Context
from docpack.errors import UsageError
from docpack.findings import Code
from docpack.plugins import options_of
from docpack.readers.text import TextReader
from docpack.reflow import overrides
from docpack.reflow.corrections import Corrections
from docpack.reflow.overrides import Decision, Entry, Overrides, _by_range, _put, profile_of, resolve
from docpack.reflow.overrides_file import parse
from docpack.reflow.rulings import Correction, Hyphen, Paragraphs, Profile, Role, Ruling, Rulings

NAME = "in.txt.docpack.toml"
TEXT = """CHAPTER ONE

   The harbour master kept his
books in a small tin box, and
nobody had seen him write.

A BOOK OF HARBOURS 7

   teh cat saw the  mas-
ter; teh dog did not.
I
   I saw it.
"""


def resolved(toml, text=TEXT, context=None):
    return resolve(parse(toml.encode(), NAME), text, context or Context())


def entry(text, decision, **more):
    rest = "".join(f"{key.replace('_', '-')} = {value!r}\n" for key, value in more.items())
    return f'[[override]]\ntext = "{text}"\n{rest}decision = "{decision}"\n'


# ------------------------------------------------------------------------------------------------- one line


def test_an_entry_finds_its_line_by_its_words():
    rulings = resolved(entry("books in a small", "join"))

    assert rulings.lines == {4: Ruling(begins=False, furniture=False, where=f"line 1 of {NAME}")}


def test_white_space_in_words_and_lines_counts_as_one_blank():
    rulings = resolved(entry("cat   saw the mas-", "keep-hyphen"))

    assert rulings.lines[9].hyphen is Hyphen.KEEP


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        ("join", Ruling(None, begins=False, furniture=False)),
        ("paragraph", Ruling(Role.PARAGRAPH, begins=True, furniture=False)),
        ("heading", Ruling(Role.HEADING, begins=True, furniture=False)),
        ("quote", Ruling(Role.QUOTE, begins=True, furniture=False)),
        ("verse", Ruling(Role.VERSE, begins=True, furniture=False)),
        ("list-item", Ruling(Role.ITEM, begins=True, furniture=False)),
        ("term", Ruling(Role.TERM, begins=True, furniture=False)),
        ("note", Ruling(Role.NOTE, begins=True, furniture=False)),
        ("code", Ruling(Role.CODE, begins=True, furniture=False)),
        ("scene-break", Ruling(Role.SCENE_BREAK, begins=True, furniture=False)),
        ("drop", Ruling(furniture=True)),
        ("running-head", Ruling(furniture=True)),
        ("keep", Ruling(furniture=False)),
        ("keep-hyphen", Ruling(hyphen=Hyphen.KEEP)),
        ("join-hyphen", Ruling(hyphen=Hyphen.JOIN)),
    ],
)
def test_each_decision_becomes_a_ruling(decision, expected):
    ruling = resolved(entry("nobody had seen", decision), "One day\n1 nobody had seen the mas-\nter.\n").lines[2]

    assert (ruling.role, ruling.begins, ruling.furniture, ruling.hyphen) == (
        expected.role,
        expected.begins,
        expected.furniture,
        expected.hyphen,
    )


def test_every_decision_and_every_role_has_its_word():
    assert {str(role) for role in Role} <= set(Decision)
    assert {str(hyphen) for hyphen in Hyphen} <= set(Decision)


def test_the_option_for_paragraphs_has_a_choice_for_each_way_to_tell_them():
    choices = {each.name: each.choices for each in options_of(TextReader)}

    assert choices["paragraphs"] == tuple(map(str, Paragraphs))


def test_a_line_that_is_the_words_and_no_more_comes_before_lines_that_have_them():
    rulings = resolved(entry("I", "heading"))

    assert list(rulings.lines) == [11]


def test_a_line_put_into_the_text_breaks_nothing():
    toml = entry("books in a small", "join", line=4)

    rulings = resolved(toml, "new line\nanother one\n" + TEXT)

    assert list(rulings.lines) == [6]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(1, 2, id="before-the-first"),
        pytest.param(3, 2, id="nearer-to-the-first"),
        pytest.param(4, 6, id="as-far-from-both"),
        pytest.param(6, 6, id="on-the-line"),
        pytest.param(99, 6, id="after-the-end"),
    ],
)
def test_the_line_that_is_nearest_to_the_hint_wins(line, expected):
    rulings = resolved(entry("same", "join", line=line), "a\nthe same\nb\nc\nd\nthe same\ne\n")

    assert list(rulings.lines) == [expected]


def test_the_line_of_the_hint_wins_over_one_that_is_the_words_and_no_more():
    rulings = resolved(entry("same", "join", line=1), "the same\nsame\n")

    assert list(rulings.lines) == [1]


def test_words_that_stand_on_several_lines_need_a_hint():
    with pytest.raises(
        UsageError, match=r"line 1 of in\.txt\.docpack\.toml: the words 'teh' stand on lines 9, 10"
    ) as caught:
        resolved(entry("teh", "join"))

    assert "line = N" in caught.value.hint


def test_many_lines_are_not_all_listed():
    with pytest.raises(UsageError, match=r"lines 1, 2, 3, 4, 5, \.\.\."):
        resolved(entry("a", "join"), "a b\n" * 50)


def test_a_line_may_be_named_by_its_number_alone():
    rulings = resolved('[[override]]\nline = 5\ndecision = "join"\n')

    assert list(rulings.lines) == [5]


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        pytest.param(entry("no such words", "join"), "no line has the words 'no such words'", id="words"),
        pytest.param(entry("no such words", "join", line=3), "no line has the words", id="words-and-number"),
        pytest.param('[[override]]\nline = 2\ndecision = "join"\n', "there is no text on line 2", id="blank-line"),
        pytest.param('[[override]]\nline = 999\ndecision = "join"\n', "there is no text on line 999", id="no-line"),
        pytest.param('[[override]]\ntext = "tho cat"\ncorrect = "x"\n', "no line has the words", id="correction"),
        pytest.param(entry("no such", "quote", to="I saw"), "no line has the words 'no such'", id="range"),
        pytest.param(entry("I saw", "quote", to="books in"), "from line 12 on, no line has the words", id="range-back"),
        pytest.param(entry("I saw", "quote", to_line=3), "from line 12 on, the range is empty", id="empty-range"),
        pytest.param("[patterns]\nheading = '^BOOK'\n", "the pattern matches no line", id="pattern"),
    ],
)
def test_what_matches_nothing_is_a_warning_and_changes_nothing(toml, reason):
    context = Context()

    rulings = resolved(toml, context=context)

    (finding,) = context.findings
    assert rulings == Rulings()
    assert finding.code is Code.R007
    assert reason in finding.message
    assert NAME in finding.message


def test_each_unused_entry_is_told():
    context = Context()

    resolved(entry("no such words", "join") * 2, context=context)

    assert [finding.values["where"] for finding in context.findings] == [f"line 1 of {NAME}", f"line 4 of {NAME}"]


# --------------------------------------------------------------------------------------------------- ranges


@pytest.mark.parametrize(
    ("decision", "begins"),
    [
        pytest.param("quote", [True, None, None], id="quote"),
        pytest.param("verse", [True, None, None], id="verse"),
        pytest.param("list-item", [True, None, None], id="list"),
        pytest.param("heading", [True, False, False], id="heading"),
        pytest.param("paragraph", [True, False, False], id="paragraph"),
    ],
)
def test_a_range_fixes_the_role_of_its_lines(decision, begins):
    rulings = resolved(entry("The harbour", decision, to="nobody had"))

    assert list(rulings.lines) == [3, 4, 5]
    assert {str(each.role) for each in rulings.lines.values()} == {decision}
    assert [each.begins for each in rulings.lines.values()] == begins


def test_a_range_says_nothing_of_the_running_heads_in_it():
    rulings = resolved(entry("nobody had", "quote", to="cat saw"))

    assert list(rulings.lines) == [5, 7, 9]
    assert {each.furniture for each in rulings.lines.values()} == {None}


def test_a_joined_range_leaves_open_what_its_first_line_is():
    rulings = resolved(entry("The harbour", "join", to="nobody had"))

    assert {number: each.begins for number, each in rulings.lines.items()} == {4: False, 5: False}


def test_a_range_may_be_named_by_numbers():
    rulings = resolved('[[override]]\nline = 3\nto-line = 7\ndecision = "drop"\n')

    assert list(rulings.lines) == [3, 4, 5, 7]


def test_the_end_of_a_range_moves_with_its_beginning():
    toml = entry("x", "quote", line=2, to_line=3)

    rulings = resolved(toml, "new\nnew\na\nx\ny\nz\n")

    assert list(rulings.lines) == [4, 5]


def test_the_end_of_a_range_that_stands_on_several_lines_is_the_nearest_to_its_hint():
    rulings = resolved(entry("a", "verse", line=1, to="z", to_line=4), "a\nz\nb\nz\nc\nz\n")

    assert list(rulings.lines) == [1, 2, 3, 4]


def test_a_range_may_end_on_the_line_on_which_it_begins():
    rulings = resolved(entry("The harbour", "quote", to="kept his"))

    assert list(rulings.lines) == [3]


# ------------------------------------------------------------------------------------------------- patterns


def test_a_pattern_is_looked_for_in_every_line():
    rulings = resolved("[patterns]\nrunning-head = '^A BOOK .* \\d+$'\nkeep = ['^CHAPTER ', 'ONE$']\n")

    assert {number: each.furniture for number, each in rulings.lines.items()} == {1: False, 7: True}
    assert rulings.lines[7].where == f"line 2 of {NAME}"


def test_lines_of_verse_one_after_the_other_are_one_stanza():
    rulings = resolved("[patterns]\nverse = '^> '\n", "> a\n> b\n\n> c\nprose\n> d\n")

    assert {number: each.begins for number, each in rulings.lines.items()} == {1: True, 2: None, 4: None, 6: True}


def test_each_line_that_matches_the_pattern_of_a_heading_is_one():
    rulings = resolved("[patterns]\nheading = '^[A-Z ]+$'\n", "ONE\nTWO\nthree\n")

    assert [each.begins for each in rulings.lines.values()] == [True, True]


def test_lines_too_long_for_a_pattern_match_none():
    rulings = resolved("[patterns]\ndrop = '^a'\n", "a" * 301 + "\n" + "a" * 300 + "\n")

    assert list(rulings.lines) == [2]


def test_patterns_that_could_take_long_on_a_text_are_refused():
    with pytest.raises(UsageError, match=rf"line 2 of {re.escape(NAME)}: with the pattern '\^\.\*") as caught:
        resolved("[patterns]\nheading = '^.*.*.*='\n", ("a" * 299 + "\n") * 3000)

    assert "Begin patterns with ^" in caught.value.hint


# ----------------------------------------------------------------------------------------------- precedence


def test_a_range_beats_a_pattern_and_an_entry_beats_a_range():
    toml = (
        entry("nobody had", "heading")
        + entry("The harbour", "quote", to="nobody had")
        + "[patterns]\nverse = '^(The|books|nobody|CHAPTER) '\n"
    )

    roles = {number: each.role for number, each in resolved(toml).lines.items()}

    assert roles == {1: Role.VERSE, 3: Role.QUOTE, 4: Role.QUOTE, 5: Role.HEADING}


def test_the_later_of_two_entries_wins():
    assert resolved(entry("nobody had", "quote") + entry("nobody had", "drop")).lines[5].furniture is True
    assert resolved(entry("nobody had", "drop") + entry("nobody had", "quote")).lines[5].furniture is False


def test_an_entry_for_text_wins_over_a_pattern_that_drops():
    toml = entry("A BOOK", "heading") + "[patterns]\ndrop = '^A BOOK'\n"

    ruling = resolved(toml).lines[7]

    assert (ruling.role, ruling.furniture) == (Role.HEADING, False)


def test_a_line_may_be_kept_and_joined():
    ruling = resolved(entry("A BOOK", "keep") + entry("A BOOK", "join")).lines[7]

    assert (ruling.furniture, ruling.begins) == (False, False)


def test_a_line_may_be_joined_inside_of_a_range():
    ruling = resolved(entry("The harbour", "quote", to="nobody had") + entry("books in", "join")).lines[4]

    assert (ruling.role, ruling.begins) == (Role.QUOTE, False)


def test_a_joined_line_is_no_heading_of_its_own():
    ruling = resolved("[patterns]\nheading = '^books'\n" + entry("books in", "join")).lines[4]

    assert (ruling.role, ruling.begins) == (None, False)


def test_a_decision_on_a_hyphen_goes_with_any_other():
    ruling = resolved(entry("mas-", "join-hyphen") + entry("mas-", "paragraph")).lines[9]

    assert (ruling.hyphen, ruling.role) == (Hyphen.JOIN, Role.PARAGRAPH)


# ---------------------------------------------------------------------------------------------- corrections


def correction(text, correct, **more):
    rest = "".join(f"{key} = {value!r}\n" for key, value in more.items())
    return f'[[override]]\ntext = "{text}"\n{rest}correct = "{correct}"\n'


def test_a_correction_names_the_range_of_the_words():
    rulings = resolved(correction("saw the mas-", "sees the mas-"))

    (found,) = rulings.corrections
    assert TEXT[found.start : found.stop] == "saw the  mas-"
    assert found == Correction(found.start, found.stop, "sees the mas-", f"line 1 of {NAME}")
    assert rulings.lines == {}


def test_corrections_ascend():
    rulings = resolved(correction("teh dog", "the dog") + correction("teh cat", "the cat"))

    assert [each.reading for each in rulings.corrections] == ["the cat", "the dog"]


def test_words_that_stand_twice_on_the_line_are_refused():
    with pytest.raises(UsageError, match="'the' stands 2 times on line 1"):
        resolved(correction("the", "a", line=1), "the cat, the dog\n")


def test_of_two_corrections_of_the_same_words_the_later_one_counts():
    context = Context()

    rulings = resolved(correction("teh cat", "a cat") + correction("teh cat saw", "the cat saw"), context=context)

    assert [each.reading for each in rulings.corrections] == ["the cat saw"]
    assert [finding.code for finding in context.findings] == [Code.R007]


def test_words_may_be_taken_out_but_not_all_of_a_line():
    assert resolved(correction("teh cat", "")).corrections[0].reading == ""
    with pytest.raises(UsageError, match="nothing would be left of line 1") as caught:
        resolved(correction("CHAPTER ONE", ""))
    assert 'decision = "drop"' in caught.value.hint


def test_one_of_two_blanks_goes_with_the_words_between_them():
    text = "books which stood on a shelf\n"

    assert applied(text, correction("stood on", "")) == ["books which a shelf\n"]
    assert applied(text, correction("books", "")) == ["which stood on a shelf\n"]
    assert applied(text, correction("a shelf", "")) == ["books which stood on\n"]
    assert applied(text, correction("which", "") + correction("on", "")) == ["books stood a shelf\n"]
    assert applied(text, correction("a shelf", "") + correction("on", "")) == ["books which stood\n"]
    assert applied("see(this) now\n", correction("(this)", "")) == ["see now\n"]


def applied(text, toml):
    """Return, in a list, a text with its corrections made."""
    made, position = "", 0
    for each in resolved(toml, text).corrections:
        made += text[position : each.start] + each.reading
        position = each.stop
    return [made + text[position:]]


def test_two_corrections_may_not_empty_a_line_together():
    with pytest.raises(UsageError, match=rf"line 4 of {re.escape(NAME)}: nothing would be left of line 4"):
        resolved(correction("books in a small", "") + correction("tin box, and", ""))


def test_a_correction_looks_at_its_neighbours_and_not_at_all_others(monkeypatch):
    looked = []
    original = Correction.__getattribute__

    def counted(self, name):
        looked.append(name)
        return original(self, name)

    text = "".join(f"line {number} of teh text\n" for number in range(400))
    entries = tuple(
        Entry(f"line {number}", f"{number} of teh", number + 1, correct=f"{number} of the") for number in range(400)
    )
    monkeypatch.setattr(Correction, "__getattribute__", counted)

    rulings = resolve(Overrides(NAME, entries=entries), text, Context())
    Corrections(rulings.corrections).touching(40, 60)

    assert len(rulings.corrections) == 400
    assert len(looked) < 400 * 60


# ------------------------------------------------------------------------------------------ without an effect


NOTED = """   The harbour master kept his books and sold the fish.[1] He
never wrote in them by day, which stood on a shelf in the
house and were seen by no-
body at all.

[1] The register was lost in the flood of that year.

1. Two lamps are to be lit.
2. One bell is to be rung when fog comes.
"""


def read(toml, text=NOTED):
    """Return the reading text and what was told of the overrides; the source can be had back."""
    context = Context()
    options = {"overrides": toml.encode()}
    source = docpack.read(text.encode(), format="text", options=options, context=context).source
    reading = ledger.apply(source)
    assert ledger.undo(reading, source.edits, [text[each.start : each.stop] for each in source.edits]) == text
    return reading, [finding.message for finding in context.findings if finding.code is Code.R007]


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        pytest.param(correction("fish.[1]", "fish."), "on line 1 reaches into the reference to a note", id="reference"),
        pytest.param(correction("[1] The", "[7] The"), "on line 6 reaches into a note's label", id="label"),
        pytest.param(correction("1. Two", "2. Three"), "line 8 reaches into the marker of a list item", id="marker"),
        pytest.param(
            entry("body at", "drop") + correction("body", "bodies"), "line 4 is taken out of the text", id="dropped"
        ),
        pytest.param(
            entry("seen by", "join-hyphen") + correction("by no-", "by every"), "a hyphen or bracket", id="hyphen"
        ),
    ],
)
def test_a_correction_that_is_not_made_is_told(toml, reason):
    untouched = toml.split("[[override]]")[1:-1]
    plain, _ = read("".join(f"[[override]]{each}" for each in untouched))

    reading, (message,) = read(toml)

    assert reason in message
    assert "it changed nothing" in message
    assert reading == plain


def test_a_correction_that_reaches_into_the_marks_of_quoted_mail_is_told():
    text = "".join(f"> teh line {number} of mail\n" for number in range(9))

    assert "what stands before the text" in read(correction("> teh line 3", "the line 3"), text)[1][0]
    assert read(correction("> teh line 3", "> the line 3"), text)[1] == []


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        pytest.param(correction("fish.[1]", "eels.[1]"), "sold the eels.1 He", id="reference"),
        pytest.param(correction("[1] The register", "[1] The Register"), "1 The Register was", id="label"),
        pytest.param(correction("1. Two", "1. Three"), "1. Three lamps", id="marker"),
        pytest.param(
            entry("seen by", "join-hyphen") + correction("by no-", "by every-"), "seen by everybody", id="hyphen"
        ),
    ],
)
def test_labels_and_markers_may_stand_in_a_correction_that_leaves_them_as_they_are(toml, expected):
    reading, told = read(toml)

    assert expected in reading
    assert told == []


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        pytest.param(entry("body at", "note"), "line 4 begins with no label of a note", id="note"),
        pytest.param(entry("body at", "join-hyphen"), "line 4 does not end with a hyphen", id="no-hyphen"),
        pytest.param(
            entry("seen by", "join-hyphen") + entry("body at", "paragraph"),
            "line 4 does not go on after the hyphen, as line 4 of the overrides file says",
            id="paragraph-after-hyphen",
        ),
        pytest.param(
            entry("seen by", "join-hyphen") + entry("seen by", "drop"), "line 3, with what stands", id="dropped"
        ),
        pytest.param(entry("One bell", "keep-hyphen"), "line 9 does not end with a hyphen", id="last-line"),
        pytest.param("[patterns]\nheading = []\n", "the list of patterns is empty", id="no-patterns"),
        pytest.param(
            '[[override]]\nline = 4\nto-line = 1000\ndecision = "quote"\n', "there is no line 1000", id="long-range"
        ),
    ],
)
def test_what_has_no_effect_is_told(toml, reason):
    _, (message,) = read(toml)

    assert reason in message


def test_a_note_without_a_label_stays_what_it_was():
    assert read(entry("body at", "note"))[0] == read("")[0]


def test_the_lines_of_a_note_in_a_range_stay_one_note():
    text = NOTED.replace("flood of", "flood\nof a river in")

    reading, told = read('[[override]]\ntext = "[1] The"\nline = 6\nto-line = 7\ndecision = "note"\n', text)

    assert "in the flood of a river in that year." in reading
    assert told == []


@pytest.mark.parametrize("line", [None, 1, 500, 700])
@pytest.mark.parametrize(
    "words", ["a few words number 600 at", "few words", "number 601 at an", "no words number 6 at"]
)
def test_lines_are_found_as_well_by_an_index(words, line, monkeypatch):
    text = "".join(f"a few words number {number} at an end\n" for number in range(900))
    one = Entry("x", words, line, decision=Decision.JOIN)
    found = []
    for searches in (10**9, 0):
        monkeypatch.setattr(overrides, "_MANY_SEARCHES", searches)
        try:
            found.append(overrides._Lines(text).find(one))
        except UsageError as error:
            found.append(str(error))

    assert found[0] == found[1]


def test_overrides_that_drop_every_line_are_refused():
    with pytest.raises(UsageError, match=r"nothing is left of the text: in\.txt\.docpack\.toml drops every line"):
        resolved("[patterns]\ndrop = '.'\n")


def test_ranges_that_lie_on_each_other_say_what_they_would_say_one_by_one():
    randoms = random.Random(7)  # noqa: S311  # no secrets
    words = [each for each in Decision if each not in (Decision.KEEP_HYPHEN, Decision.JOIN_HYPHEN)]
    text = "".join(f"line {number}\n" if number % 5 else "\n" for number in range(1, 41))
    for _ in range(300):
        toml, naive = "[patterns]\ncode = '7$'\n", {7: "x", 17: "x", 27: "x", 37: "x"}
        naive = dict.fromkeys(naive, Ruling(Role.CODE, begins=True))
        for _ in range(randoms.randint(1, 9)):
            first, last = sorted(randoms.choices([each for each in range(1, 41) if each % 5], k=2))
            word = randoms.choice(words)
            toml += f'[[override]]\nline = {first}\nto-line = {last}\ndecision = "{word}"\n'
            one = Entry("", line=first, to_line=last, decision=word)
            _put(naive, [
                each
                for number in range(first, last + 1)
                if number % 5
                for each in _by_range(one, number, is_first=number == first)
            ])  # fmt: skip
        try:
            found = resolved(toml, text).lines
        except UsageError:
            continue  # every line is dropped
        plain = {number: replace(each, where="") for number, each in found.items() if each.role is not Role.NOTE}
        for number, each in plain.items():
            if naive[number].role is not Role.NOTE:
                assert each == replace(naive[number], where=""), (number, toml)


def test_a_line_costs_no_more_for_many_ranges_than_for_one_of_each_decision(monkeypatch):
    put = []
    original = overrides._put
    monkeypatch.setattr(overrides, "_put", lambda rulings, said: put.append(1) or original(rulings, said))
    entries = tuple(
        Entry(f"line {order}", line=1, to_line=200, decision=[Decision.QUOTE, Decision.VERSE][order % 2])
        for order in range(300)
    )

    resolve(Overrides(NAME, entries=entries), "a line\n" * 200, Context())

    assert len(put) == 300 + 199 * 2


# -------------------------------------------------------------------------------------------------- options


def test_an_empty_file_says_nothing():
    assert parse(b"", NAME) == Overrides(NAME)
    assert profile_of(Overrides()) == Profile()


def test_options_switch_decisions_off():
    toml = (
        b'[options]\nparagraphs = "indent"\ndehyphenate = false\nheadings = false\nscene-breaks = false\nverse = true\n'
    )

    profile = profile_of(parse(toml, NAME))

    assert profile == Profile(
        Paragraphs.INDENT, dehyphenate=False, roles=frozenset(Role) - {Role.HEADING, Role.SCENE_BREAK}
    )


def test_what_the_caller_says_of_paragraphs_wins():
    overrides = parse(b'[options]\nparagraphs = "indent"\n', NAME)

    assert profile_of(overrides, "auto").paragraphs is Paragraphs.AUTO


def test_what_either_switches_off_is_off():
    overrides = parse(b"[options]\nquotes = false\nlists = true\n", NAME)

    roles = profile_of(overrides, "", {"lists": False, "quotes": True}).roles

    assert frozenset(Role) - roles == {Role.QUOTE, Role.ITEM}


# ------------------------------------------------------------------------------------------------- mistakes


MISTAKES = [
    ("[[overide]]\n", "unknown table 'overide'; did you mean 'override'?", "override, patterns, options"),
    ("[override]\ntext = 'a'\n", "override is a table, not a list of entries", "two brackets"),
    ("override = [1]\n", "override is a list with a number in it, where each entry is a table", "[[override]]"),
    ("override = ['a']\n", "override is a list with text in it, where each entry is a table", "[[override]]"),
    ("[[override]]\nline = 1.5\ndecision = 'join'\n", "line is 1.5, and no whole number", "line = 12"),
    ("options = 3\n", "options is a number, not a table", "[options]"),
    ("\n[[override]]\ntxt = 'a'\n", f"line 2 of {NAME}: unknown key 'txt'; did you mean 'text'?", "text, line, to"),
    ("[[override]]\ntext = 'a'\ndecision = 'joyn'\n", "unknown decision 'joyn'; did you mean 'join'?", "scene-break"),
    ("[[override]]\ntext = 'a'\ndecision = 3\n", "decision is a number", "join, paragraph"),
    ("[[override]]\ndecision = 'join'\n", "does not say which line it means", "text ="),
    ("[[override]]\ntext = 'a'\n", "neither decision nor correct", "correct ="),
    ("[[override]]\ntext = 'a'\ndecision = 'join'\ncorrect = 'b'\n", "both decision and correct", "an entry each"),
    ("[[override]]\ntext = 3\ndecision = 'join'\n", "text is a number", "words of the line"),
    ("[[override]]\ntext = ' '\ndecision = 'join'\n", "text is empty", "some words"),
    ("[[override]]\ntext = 'a'\nline = '3'\ndecision = 'join'\n", "line is text", "without quotation marks"),
    ("[[override]]\nline = true\ndecision = 'join'\n", "line is true or false", "a whole number"),
    ("[[override]]\nline = 0\ndecision = 'join'\n", "there is no line 0", "counted from 1"),
    ("[[override]]\nline = 1979-05-27\ndecision = 'join'\n", "line is a date or time", "a whole number"),
    ("[[override]]\nline = 3\ncorrect = 'b'\n", "does not say what is wrong", "wrong words"),
    ("[[override]]\ntext = 'a'\ncorrect = 4\n", "correct is a number", "right words"),
    ("[[override]]\ntext = 'a'\nto = 'b'\ncorrect = 'c'\n", "a correction stands in one line", "Leave out to"),
    ('[[override]]\ntext = "a"\ncorrect = "b\\nc"\n', "a line end, a tab or a control", "one line"),
    ('[[override]]\ntext = "a"\ncorrect = "b\\u0000c"\n', "a line end, a tab or a control", "one line"),
    ("[options]\nverses = false\n", f"line 2 of {NAME}: unknown option 'verses'; did you mean 'verse'?", "headings"),
    ("[options]\nverse = 'no'\n", "verse is text", "true or false"),
    ("[options]\nparagraphs = 'indents'\n", "unknown way to tell paragraphs apart 'indents'", "auto, indent"),
    ("[options]\nparagraphs = false\n", "paragraphs is true or false", "auto, indent"),
    ("[patterns]\nheadin = '^A'\n", f"line 2 of {NAME}: unknown decision 'headin'; did you mean 'heading'?", "drop"),
    ("[patterns]\nheading = 3\n", "a pattern is a number", "a list of such"),
    ("[patterns]\nheading = ['^A', 3]\n", "a pattern is a number", "a list of such"),
    ("[patterns]\nheading = '(a+)+'\n", "the pattern '(a+)+' cannot be used: what it repeats", "keep them simple"),
    ("[patterns]\ndrop = [" + "'^a', " * 51 + "]\n", "more than 50 patterns", "Join some of them"),
    ("text = \n", f"{NAME} is no valid TOML: Invalid value (at line 1", "quotation marks"),
    ("a = '\x00'\n", "is no valid TOML: Found invalid character", "quotation marks"),
    ("a = " + "[" * 900 + "\n" + "[" * 900, "nested too deeply", "quotation marks"),
    ("[[override]]\nline = " + "9" * 900 + "\n", "there is no line 99999999999999999999", "counted from 1"),
    ("a." * 600 + "b = 1\n", "1205 characters; the limit is 1000", "A few words"),
]  # fmt: skip


@pytest.mark.parametrize(("toml", "message", "hint"), MISTAKES, ids=[message for _, message, _ in MISTAKES])
def test_a_mistake_is_told_with_its_place_and_what_is_allowed(toml, message, hint):
    with pytest.raises(UsageError, match=re.escape(message)) as caught:
        parse(toml.encode(), NAME)

    assert hint in caught.value.hint
    assert NAME in caught.value.message
    assert "\n" not in caught.value.message
    assert not caught.value.message.endswith(".")


def test_a_file_that_is_not_utf_8_is_told_with_its_line():
    with pytest.raises(UsageError, match=re.escape(f"line 2 of {NAME}: not valid UTF-8")):
        parse(b"# a\n# \xff\n", NAME)


def test_a_file_of_utf_16_is_refused():
    with pytest.raises(UsageError, match="not valid UTF-8"):
        parse("[options]\n".encode("utf-16"), NAME)


def test_a_byte_order_mark_does_no_harm():
    assert parse(b"\xef\xbb\xbf[options]\nverse = false\n", NAME).switches == {"verse": False}


def test_a_file_of_ten_megabytes_is_refused_at_once():
    started = time.process_time()

    with pytest.raises(UsageError, match="10000000 bytes; an overrides file may have 1000000"):
        parse(b"#" * 10_000_000, NAME)

    assert time.process_time() - started < 1


def test_too_many_entries_are_refused():
    with pytest.raises(UsageError, match="10001 entries; the limit is 10000"):
        parse(b"[[override]]\n" * 10_001, NAME)


def test_entries_inside_of_one_line_are_counted_where_their_lines_are_not_known():
    toml = 'override = [{text = "no such", decision = "join"}]\n'

    context = Context()
    resolved(toml, context=context)

    assert context.findings[0].values["where"] == f"[[override]] 1 of {NAME}"


def test_thousands_of_entries_for_a_long_text_take_a_moment():
    lines = [f"line {number} of a text that goes on and on and has no end" for number in range(20_000)]
    entries = tuple(
        Entry(f"line {number}", f"line {number * 4} of", number * 4, decision=Decision.JOIN) for number in range(5000)
    )
    started = time.process_time()

    rulings = resolve(Overrides(NAME, entries=entries), "\n".join(lines), Context())

    assert len(rulings.lines) == 5000
    assert time.process_time() - started < 5
