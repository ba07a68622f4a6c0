"""Glyphs to lines: blanks, what is raised, large first letters, faces, scripts from right to left."""

from __future__ import annotations

import pytest
from pdf_pages import BOLD, FIXED, ITALIC, glyphs, page

from docpack.readers.pdf.lines import Style, segments_of


def texts(a_page):
    upright, _ = segments_of(a_page)
    return [[segment.text for segment in row] for row in upright]


def test_a_gap_is_a_blank_where_blanks_are_no_glyphs():
    assert texts(page(glyphs("a tin box", 50, 100, blanks=False))) == [["a tin box"]]


def test_blanks_that_are_glyphs_are_one_each():
    assert texts(page(glyphs("a tin  box ", 50, 100))) == [["a tin box"]]


def test_kerned_letters_are_one_word():
    one, two = glyphs("A", 50, 100), glyphs("V", 54, 100)

    assert texts(page(one, two)) == [["AV"]]


@pytest.mark.parametrize(
    ("accent", "letter", "rise", "whole"), [("¨", "u", 0.4, "ü"), ("¨", "U", -2.1, "Ü"), ("´", "ı", 0, "í")]
)
def test_an_accent_that_is_printed_over_a_letter_is_one_with_it(accent, letter, rise, whole):
    accented = glyphs(accent, 60.3, 100 + rise), glyphs(letter, 60, 100)

    assert texts(page(glyphs("f", 55, 100), *accented, glyphs("r den", 65, 100))) == [[f"f{whole}r den"]]
    assert texts(page(glyphs("f", 55, 100), *reversed(accented), glyphs("r den", 65, 100))) == [[f"f{whole}r den"]]


def test_an_accent_that_stands_by_itself_stays():
    assert texts(page(glyphs("x^", 50, 100), glyphs("y", 60, 100))) == [["x^y"]]


def test_letters_that_are_printed_twice_are_read_once():
    assert texts(page(glyphs("bold", 50, 100), glyphs("bold", 50.3, 100))) == [["bold"]]


def test_rows_go_from_top_to_bottom_whatever_was_printed_first():
    assert texts(page(glyphs("second", 50, 112), glyphs("first", 50, 100))) == [["first"], ["second"]]


def test_a_wide_gap_parts_a_row():
    assert texts(page(glyphs("left", 50, 100), glyphs("right", 200, 100))) == [["left", "right"]]


def test_a_gap_beside_an_ideograph_may_be_wider():
    line = glyphs("中文", 50, 100, blanks=False), glyphs("Unix", 70, 100)

    assert texts(page(*line)) == [["中文 Unix"]]
    assert texts(page(glyphs("tin", 50, 100), glyphs("Unix", 76, 100))) == [["tin", "Unix"]]


def test_raised_and_lowered_letters_belong_to_their_line():
    line = glyphs("box", 50, 100), glyphs("12", 65, 96, 6), glyphs(" and H", 71, 100), glyphs("2", 101, 102, 6)
    row = segments_of(page(*line))[0]

    assert [[segment.text for segment in each] for each in row] == [["box12 and H2"]]
    assert row[0][0].styles == [Style(3, 5, "superscript"), Style(11, 12, "subscript")]


def test_a_large_first_letter_begins_the_first_line():
    parts = glyphs("T", 50, 112, 30), glyphs("he box was", 67, 90), glyphs("gone at noon", 67, 102)

    assert texts(page(*parts)) == [["The box was"], ["gone at noon"]]


def test_faces_are_told():
    row = segments_of(page(glyphs("a ", 50, 100), glyphs("tin box", 60, 100, face=ITALIC), glyphs(" b", 95, 100)))[0]

    assert row[0][0].styles == [Style(2, 9, "emphasis")]
    assert row[0][0].bold == 0


@pytest.mark.parametrize(("face", "kind"), [(BOLD, "strong"), (FIXED, "code")])
def test_a_line_of_one_face_is_all_of_its_kind(face, kind):
    (segment,) = segments_of(page(glyphs("all of it", 50, 100, face=face)))[0][0]

    assert segment.styles == [Style(0, 9, kind)]


def test_a_line_from_right_to_left_is_read_so():
    visual = "םולש 123 ,הז"  # as it stands on the page, from left to right

    assert texts(page(glyphs(visual, 50, 100))) == [["זה, 123 שלום"]]


def test_a_word_of_the_other_direction_in_a_line():
    assert texts(page(glyphs("the word םולש means", 50, 100))) == [["the word שלום means"]]


def test_what_lies_aslant_is_apart():
    a_page = page(glyphs("upright", 50, 100), glyphs("aslant", -200, 30))
    a_page.aslant = 6

    upright, aslant = segments_of(a_page)

    assert [[each.text for each in row] for row in upright] == [["upright"]]
    assert [[each.text for each in row] for row in aslant] == [["aslant"]]


def test_ideographs_that_are_spaced_to_fill_a_line_are_no_words():
    spaced = [
        glyph._replace(left=glyph.left + 3 * n, right=glyph.right + 3 * n)
        for n, glyph in enumerate(glyphs("文字列", 50, 100))
    ]

    assert texts(page(spaced)) == [["文字列"]]


def test_an_accent_over_a_letter_is_one_character():
    parts = glyphs("na", 50, 100), glyphs("¨", 60, 100), glyphs("ı", 60.4, 100), glyphs("ve", 65, 100)

    assert texts(page(*parts)) == [["naïve"]]


def test_a_letter_that_touches_others_a_little_below_them_is_one_of_theirs():
    logo = glyphs("T", 50, 100), glyphs("E", 54, 102.2), glyphs("X is used", 58, 100), glyphs("and more", 50, 112)

    assert texts(page(*logo)) == [["TEX is used"], ["and more"]]


@pytest.mark.parametrize("char", ["•", "E"])
def test_a_mark_or_a_letter_that_stands_alone_below_a_line_is_none_of_it(char):
    left = 54 if char == "•" else 80

    assert texts(page(glyphs("TX", 50, 100), glyphs(char, left, 102.2))) == [["TX"], [char]]


def set_with(gap, text="a line that was set tightly"):
    """Return the words of a text with gaps between them, in sizes."""
    made, left = [], 50.0
    for word in text.split():
        made.append(glyphs(word, left, 100))
        left += 5 * len(word) + 10 * gap
    return page(*made)


def test_the_blanks_of_a_tight_line_are_blanks():
    assert texts(set_with(0.15)) == texts(set_with(0.25)) == [["a line that was set tightly"]]


def test_letters_that_are_set_apart_are_no_words():
    assert texts(set_with(0.15, "L E T T E R S")) == [["LETTERS"]]
