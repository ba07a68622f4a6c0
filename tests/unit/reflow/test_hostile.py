"""Texts made to take long: work must grow with their length, not with its square.

Nothing is timed here. Where one operation tells, it is counted; elsewhere the text is so long that work by the square
would take minutes.
"""

from collections import Counter

import pytest

from docpack.reflow import edges, notes
from docpack.reflow.blocks import _before_terms
from docpack.reflow.folios import numbers_of
from docpack.reflow.hyphens import Hyphens
from docpack.reflow.lines import read_lines
from docpack.reflow.measures import measure_document
from docpack.reflow.roles import Placed, _without_fragments, is_scene_break
from docpack.reflow.rulings import Role
from docpack.reflow.states import State
from docpack.reflow.units import Unit

MANY = 200_000


@pytest.mark.parametrize("long", ["." * MANY, "a" + "- " * MANY, "12 " + "- " * MANY, "page " * MANY])
def test_a_long_line_at_the_edge_of_a_page_is_no_folio(long):
    assert numbers_of(f"{long}12345") == numbers_of(f"{long}12") == []


def test_a_head_laid_out_across_the_page_shows_its_number():
    (number,) = numbers_of(f"A Chapter{' ' * MANY}12")

    assert (number.value, number.rest) == (12, "A Chapter")


@pytest.mark.parametrize("long", ["a" * MANY, "a'" * MANY, "a1" * MANY])
def test_the_word_before_a_hyphen_is_read_from_behind(long):
    text = f"{long}1-\nfoo\n"
    hyphens = Hyphens(text, read_lines(text))

    assert not hyphens.decide(f"{long}1-", "foo").drop
    assert hyphens.decide(f"{long}1 l'hom-", "me").reason.startswith("not proven")


def test_each_doubtful_hyphen_looks_up_a_few_words_only():
    class Words(Counter):
        walked = 0

        def __iter__(self):
            Words.walked += len(self)
            return super().__iter__()

    text = "one two-three two-four twofold"
    hyphens = Hyphens(text, read_lines(text))
    hyphens._words = Words(hyphens.words)
    for _ in range(50):
        assert hyphens.decide("two-", "five").reason.startswith("not proven"), "“twofold” begins with it"
        assert hyphens.decide("two-", "three").reason.startswith("the document has “two-three”")

    assert Words.walked <= 2 * len(hyphens.words)


def test_many_headings_are_not_copied_to_see_what_follows_them():
    class Rows(list):
        copied = 0

        def __getitem__(self, at):
            if isinstance(at, slice):
                Rows.copied += len(range(*at.indices(len(self))))
            return super().__getitem__(at)

    (line,) = read_lines("A Heading")
    heads = [Placed(line, State(Role.HEADING, place), 0.9, "") for place in ("begin", "inside")]

    made = _without_fragments(Rows(heads * 500), measure_document([line]))

    assert Rows.copied <= 2
    assert [each.state.role for each in made[-4:]] == [Role.HEADING] * 2 + [Role.PARAGRAPH] * 2
    assert {each.state.role for each in made[:-2]} == {Role.HEADING}


def test_what_stands_beside_the_numbers_of_pages_is_counted_once(monkeypatch):
    class Rests(Counter):
        totals = 0

        def total(self):
            Rests.totals += 1
            return super().total()

    found = edges._numbered_rests
    monkeypatch.setattr(edges, "_numbered_rests", lambda *args: Rests(found(*args)))
    lines = read_lines("".join(f"{page} Chapter {page % 7}\nThe text of it.\n\f" for page in range(1, 60)))
    edges.mark_edges(lines)

    assert all(line.furniture for line in lines[::2])
    assert Rests.totals == 1


def test_the_references_of_a_line_are_put_in_order_once(monkeypatch):
    class Reference(notes.Reference):
        compared = 0

        def __lt__(self, other):
            Reference.compared += 1
            return super().__lt__(other)

    monkeypatch.setattr(notes, "Reference", Reference)
    found = notes.find_notes(read_lines(f"A word{' word[1]' * 500} word[2]\n\n[2] B\n\n[1] A\n"))

    assert [note.label for note in found.found] == ["1", "2"]
    assert [each.note for each in found.references[1]] == [0] * 500 + [1]
    assert Reference.compared <= 5000


def test_whether_a_term_follows_is_asked_once_for_all_blocks():
    (line,) = read_lines("A line")
    roles = [Role.TERM, Role.PARAGRAPH, Role.TERM, Role.PARAGRAPH, Role.HEADING, Role.PARAGRAPH, Role.TERM]

    class Groups(list):
        def __getitem__(self, at):
            raise AssertionError("the blocks are walked through, not looked up")

    groups = Groups([Unit([Placed(line, State(role, "begin"), 0.9, "")])] for role in roles)

    assert _before_terms(groups) == [True, True, True, False, False, True, True]


@pytest.mark.parametrize("long", ["-" * 70 + "a", "_-" * 35 + "a", "* " * 35 + "a"])
def test_a_row_of_dashes_is_no_scene_break_where_a_letter_ends_it(long):
    (line,) = read_lines(f"{long}\n")

    assert not any(is_scene_break(line) for _ in range(MANY // 10))
