"""Reading order: columns, what spans them, heads and feet, numbers in the margin."""

from __future__ import annotations

from pdf_pages import column, glyphs, page

from docpack.readers.pdf import columns
from docpack.readers.pdf.columns import NUMBERS, Edges, Measures, edges_of, usual_gaps, without_line_numbers
from docpack.readers.pdf.lines import segments_of

LEFT = [f"left {n} of the column is long" for n in range(8)]
RIGHT = [f"right {n} of the column as well" for n in range(8)]


USUAL, NO_EDGES = Measures(10, 12, 5), Edges(frozenset(), frozenset())


def reading_order(page_rows, edges=NO_EDGES, usual=()):
    return columns.reading_order(page_rows, USUAL, edges, usual)


def rows(a_page):
    return segments_of(a_page)[0]


def texts(placed):
    return [" | ".join(segment.text for segment in each.segments) for each in placed]


def test_one_column_is_read_after_the_other():
    a_page = page(column(LEFT, 40, 100), column(RIGHT, 220, 100))

    assert texts(reading_order(rows(a_page))) == LEFT + RIGHT


def test_columns_on_different_baselines_are_columns_too():
    a_page = page(column(LEFT, 40, 100), column(RIGHT, 220, 104.5, leading=11))

    assert texts(reading_order(rows(a_page))) == LEFT + RIGHT


def test_a_title_over_columns_comes_first_and_parts_nothing_below():
    title = glyphs("A Title That Stands Over Both Of Them", 80, 60, 12)

    assert texts(reading_order(rows(page(title, column(LEFT, 40, 100), column(RIGHT, 220, 100)))))[1:] == LEFT + RIGHT


def test_what_spans_the_columns_in_mid_page_ends_a_band():
    spanning = "this line goes all over the page, left to right, as tables do"
    a_page = page(
        column(LEFT, 40, 100), column(RIGHT, 220, 100), glyphs(spanning, 40, 200),
        column(LEFT, 40, 216), column(RIGHT, 220, 216),
    )  # fmt: skip

    assert texts(reading_order(rows(a_page))) == [*LEFT, *RIGHT, spanning, *LEFT, *RIGHT]


def test_three_columns():
    thirds = [[f"{name} {n} is a line" for n in range(8)] for name in ("one", "two", "three")]
    a_page = page(*(column(lines, 30 + 125 * n, 100) for n, lines in enumerate(thirds)))

    assert texts(reading_order(rows(a_page))) == [*thirds[0], *thirds[1], *thirds[2]]


def test_cells_of_a_table_are_no_columns():
    names, values = [f"item {n}" for n in range(8)], [str(n * n % 7) for n in range(8)]

    placed = reading_order(rows(page(column(names, 40, 100), column(values, 250, 100))))

    assert texts(placed) == [f"{name} | {value}" for name, value in zip(names, values, strict=True)]


def test_a_page_may_have_the_columns_of_the_others():
    short = ["a", "b", "c", "d", "e"]
    others = [page(column(LEFT, 40, 100), column(RIGHT, 220, 100)) for _ in range(2)]
    a_page = page(
        column([f"verse {each}" for each in short], 40, 100), column([f"line {each}" for each in short], 220, 100)
    )
    usual = usual_gaps([rows(each) for each in others], USUAL, NO_EDGES)

    assert texts(reading_order(rows(a_page), usual=usual)) == [f"verse {each}" for each in short] + [
        f"line {each}" for each in short
    ]


def test_heads_and_feet_stand_apart_where_those_of_other_pages_do():
    with_head = page(glyphs("A Running Head", 100, 50), column(LEFT, 40, 100), glyphs("17", 190, 230))
    with_title = page(glyphs("An Opening Line", 100, 60), column(LEFT, 40, 100), glyphs("18", 190, 230))
    edges = edges_of([rows(with_head), rows(with_head), rows(with_title)], USUAL)

    assert [each.edge for each in reading_order(rows(with_head), edges)] == [True] + [False] * 8 + [True]
    assert [each.edge for each in reading_order(rows(with_title), edges)] == [False] * 9 + [True]


def test_what_is_set_larger_is_a_title_unless_most_pages_have_one():
    opening = rows(page(glyphs("Chapter", 100, 50, 16), column(LEFT, 40, 100)))
    others = [rows(page(column(LEFT, 40, 100))) for _ in range(4)]

    assert edges_of([opening, opening, *others], USUAL).heads == frozenset()
    assert edges_of([opening] * 4 + others, USUAL).heads == {50}


def test_numbers_of_lines_in_the_margin_are_taken_aside():
    numbers = column([str(n) for n in range(1, 9)], 20, 100)

    kept, taken = without_line_numbers(rows(page(numbers, column(LEFT, 60, 100))))

    assert [each.text for each in taken] == [str(n) for n in range(1, 9)]
    assert [row[0].text for row in kept] == LEFT
    assert reading_order(rows(page(numbers, column(LEFT, 60, 100))))[-1].column == NUMBERS


def test_numbers_in_a_table_are_no_numbers_of_lines():
    a_page = page(column(["3", "1", "4", "1", "5", "9"], 20, 100), column(LEFT[:6], 60, 100))

    assert without_line_numbers(rows(a_page))[1] == []


def test_columns_of_other_pages_win_over_those_below_a_gap():
    # Few lines of the right column are full, so that the page shows no columns but below the gap, and not where they begin.
    left = [f"left {n} of the column is long" for n in range(15)]
    right = [
        "right at the edge and as long as can be",
        "right again, and hardly shorter than",
        *(f"a short line {n:02}" for n in range(13)),
    ]
    parts = (
        column(left[:2], 40, 100),
        column(left[2:], 40, 160),
        column(right[:2], 220, 100),
        column(right[2:], 232, 160),
    )

    placed = reading_order(rows(page(*parts)), usual=[(220.0,)])

    assert texts(placed) == [*left, *right]
