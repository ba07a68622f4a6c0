"""What the type shows: headings and their ranks, terms, notes, program text, tables; and the layout of the lines."""

from __future__ import annotations

from pdf_pages import BOLD, FIXED, ITALIC, PLAIN, column, glyphs, page

from docpack.context import Context
from docpack.ledger import Rule, SourceText
from docpack.model import DefinitionList, Emphasis, List, Paragraph, Preformatted, SceneBreak, Table
from docpack.readers.pdf.laying import lay_out, line_up
from docpack.readers.pdf.showing import layout_of
from docpack.readers.pdf.typesetting import _ends_an_entry, shown_by_type
from docpack.reflow import reflow
from docpack.walk import nodes, sections, text_of

PROSE = [
    "  The box was gone, and nobody in the house spoke of it at",
    "dinner, which was late that day, as the trains had been.",
    "Nobody looked up when the door was opened and shut again.",
    "  It was found in the spring by the gardener, who took it",
    "for a part of the old fence and put it on the heap with",
    "the rest of the wood that nobody wanted any more, and so",
]


def laid(*pages):
    return lay_out(*line_up(pages))


def document(*pages):
    made = laid(*pages)
    return reflow(SourceText(made.text), Context(), layout=layout_of(made, shown_by_type(made), None, {}))


def found(a_document, kind):
    return [node for node in nodes(a_document) if isinstance(node, kind)]


def test_larger_lines_are_headings_and_their_size_is_their_rank():
    a_document = document(
        page(
            glyphs("A History of Boxes", 40, 60, 18), glyphs("The First Box", 40, 90, 13), column(PROSE, 40, 110),
            glyphs("The Second Box", 40, 205, 13), column(PROSE, 40, 225),
        )
    )  # fmt: skip

    assert [(depth, text_of(each.title)) for depth, each in sections(a_document.children)] == [
        (1, "A History of Boxes"),
        (2, "The First Box"),
        (2, "The Second Box"),
    ]


def test_a_title_that_is_set_as_the_number_before_it_belongs_to_it():
    parts = []
    for number, (chapter, title) in enumerate((("IV", "The Treaty"), ("V", "Reparation"))):
        top = 60 + 180 * number
        parts += [glyphs(chapter, 40, top, 14), glyphs(title, 40, top + 40, 14), column(PROSE, 40, top + 60)]

    a_document = document(page(*parts))

    assert [(depth, text_of(each.title)) for depth, each in sections(a_document.children)] == [
        (1, "IV"),
        (2, "The Treaty"),
        (1, "V"),
        (2, "Reparation"),
    ]


def test_a_heading_may_have_two_lines():
    a_document = document(
        page(column(["A History of Boxes", "and of Their Keys"], 40, 60, 20, 18), column(PROSE, 40, 110))
    )

    assert [text_of(each.title) for _, each in sections(a_document.children)] == [
        "A History of Boxes and of Their Keys"
    ]


def test_bold_lines_with_space_before_them_are_headings():
    a_document = document(page(column(PROSE, 40, 60), glyphs("On keys", 40, 156, face=BOLD), column(PROSE, 40, 172)))

    assert [text_of(each.title) for _, each in sections(a_document.children)] == ["On keys"]


def test_bold_lines_at_other_edges_are_two_headings_and_need_no_space():
    heads = glyphs("Method", 230, 132, face=BOLD), glyphs("Of the boxes that were found", 40, 144, face=BOLD)
    prose = [*PROSE[:5], "the rest of the wood."]

    a_document = document(page(column(prose, 40, 60), *heads, column(PROSE, 40, 156)))

    assert [text_of(each.title) for _, each in sections(a_document.children)] == [
        "Method",
        "Of the boxes that were found",
    ]


def test_two_numbered_headings_are_two():
    heads = column(["2.1 Of boxes", "2.1.1 Of tin ones"], 40, 60, 20, 14)

    a_document = document(page(heads, column(PROSE, 40, 110)))

    assert [text_of(each.title) for _, each in sections(a_document.children)] == ["2.1 Of boxes", "2.1.1 Of tin ones"]


def test_the_asterisk_of_tex_marks_a_note():
    one = column([*PROSE[:5], "the rest of the wood that nobody wanted any more.∗"], 40, 60)

    (note,) = document(page(one, column(["∗ Which was said of all boxes."], 40, 150, 10, 8))).notes

    assert note.label == "∗"


def test_the_last_line_of_a_page_is_no_foot_because_it_is_short():
    words = ("in tin", "of oak", "for keys", "by hand", "at last", "in all")
    pages = [
        page(column([*(f"{line} {word}" for line in 4 * PROSE), f"  A short one {word}"], 40, 60), number=n)
        for n, word in enumerate(words)
    ]

    assert "A short one for keys" in document(*pages).source.source.text
    assert not [each for each in document(*pages).source.edits if each.rule is Rule.FURNITURE]


def test_a_long_line_at_the_feet_of_all_pages_is_a_foot():
    foot = "The Transactions of the Society for Boxes, Keys and Locks, volume 37, number 4, article 111, published in August 2018"
    words = ("tin", "oak", "glass", "paper", "straw")
    pages = [
        page(
            column([line.replace("the ", f"{word} ") + f" {word}" for line in 4 * PROSE], 40, 60),
            glyphs(foot, 40, 560, 5),
            number=n,
        )
        for n, word in enumerate(words)
    ]

    dropped = [each for each in document(*pages).source.edits if each.rule is Rule.FURNITURE]

    assert len(dropped) == 5


def test_a_listing_with_numbers_in_another_face_is_no_table():
    lines = []
    for n in range(6):
        lines += (
            glyphs(str(10 + n), 20, 150 + 12 * n, 7),
            glyphs(f"\\box{{{n}}} = \\lid{{{n}}};", 60, 150 + 12 * n, face=FIXED),
        )

    assert not found(document(page(column(PROSE, 40, 60), *lines, column(PROSE, 40, 240))), Table)


def test_the_end_of_an_entry_is_looked_for_at_the_end_alone():
    assert _ends_an_entry("1 Boxes" + "." * 1_000_000 + " 3")
    assert not _ends_an_entry("." * 1_000_000)


def test_a_heading_goes_on_over_the_page_where_its_line_is_full():
    first = [*PROSE, *PROSE, *PROSE]
    foot = glyphs("A Heading so Long That It Had to", 40, 290, 13)
    pages = (
        page(column(first, 40, 60), foot, height=320),
        page(glyphs("Be Broken", 40, 60, 13), column(PROSE, 40, 80), number=1),
    )
    short = page(column(first, 40, 60), glyphs("A Heading", 40, 290, 13), height=320), pages[1]

    assert [text_of(each.title) for _, each in sections(document(*pages).children)] == [
        "A Heading so Long That It Had to Be Broken"
    ]
    assert [text_of(each.title) for _, each in sections(document(*short).children)] == ["A Heading", "Be Broken"]


def test_lines_that_hang_behind_a_dash_are_list_items_and_those_of_speech_are_not():
    items = ["— a box, of which it was said that nobody", "  had ever seen the inside;", "— a key;", "— a lock that did not", "  belong to it."]  # fmt: skip
    speech = ["  — A box, he said, of which nobody has ever", "seen the inside.", "  — And a key?", "  — That was lost long", "before it was found."]  # fmt: skip

    def of(lines):
        return document(page(column(PROSE, 40, 60), column(lines, 40, 150), column(PROSE, 40, 240)))

    (made,) = found(of(items), List)
    assert [each.marker for each in made.children] == ["—"] * 3
    assert not found(of(speech), List)


def test_a_sign_of_another_face_ends_no_program_text():
    code = column(["box 'main' is open at line nineteen:", "it was opened by nobody at all now"], 40, 150, face=FIXED)
    code[4] = code[4]._replace(face=PLAIN)

    (made,) = found(document(page(column(PROSE, 40, 60), code, column(PROSE, 40, 200))), Preformatted)

    assert made.text.count("\n") == 1


def test_a_numbered_heading_is_no_title_of_the_one_before_it():
    parts = glyphs("Version 2", 40, 60, 14), glyphs("1 Boxes", 40, 100, 14), column(PROSE, 40, 120)
    more = glyphs("2 Keys", 40, 230, 14), column(PROSE, 40, 250)

    a_document = document(page(*parts, *more))

    assert [depth for depth, _ in sections(a_document.children)] == [1, 1, 1]


def test_lines_of_signs_below_each_other_are_no_scene_breaks():
    signs = [glyphs("● ●", 60 + 20 * (n % 2), 150 + 13 * n) for n in range(5)]

    a_document = document(page(column(PROSE, 40, 60), *signs, column(PROSE, 40, 260)))

    assert not found(a_document, SceneBreak)
    assert len(found(a_document, Preformatted)) == 1


def test_bold_lines_over_text_that_is_set_in_are_terms():
    parts = []
    for number, term in enumerate(("Box", "Key", "Lock", "Lid")):
        top = 60 + 50 * number
        parts += [
            glyphs(term, 40, top, face=BOLD),
            column(["    A thing of which more is said", "    on another line."], 40, top + 12),
        ]

    (glossary,) = found(document(page(*parts)), DefinitionList)

    assert [text_of(each.term) for each in glossary.children] == ["Box", "Key", "Lock", "Lid"]


def test_bold_lines_that_end_with_a_colon_are_terms_and_those_that_do_not_are_headings():
    parts = []
    for number, (term, heading) in enumerate((("Box:", "Of boxes"), ("Key:", "Of keys"), ("Lock:", "Of locks"))):
        top = 60 + 180 * number
        parts += [
            glyphs(term, 40, top, face=BOLD), column(PROSE, 40, top + 12),
            glyphs(heading, 40, top + 94, 13, BOLD), column(PROSE[:3], 40, top + 114),
        ]  # fmt: skip

    a_document = document(page(*parts))

    terms = [text_of(each.term) for part in found(a_document, DefinitionList) for each in part.children]
    assert terms == ["Box:", "Key:", "Lock:"]
    assert [text_of(each.title) for _, each in sections(a_document.children)] == ["Of boxes", "Of keys", "Of locks"]


def test_small_lines_at_the_foot_are_notes_and_go_on_over_the_page():
    one = page(
        column([*PROSE[:5], "the rest of the wood that nobody wanted any more.1"], 40, 60),
        column(["1 Which was said of all boxes in", "the house, and of the"], 40, 150, 10, 8),
    )
    two = page(column(PROSE, 40, 60), column(["keys as well."], 40, 150, 10, 8), number=1)

    (note,) = document(one, two).notes

    assert note.label == "1"
    assert text_of(note.children[0].children) == "Which was said of all boxes in the house, and of the keys as well."
    assert len(note.origin) == 2


def test_lines_of_one_width_are_program_text():
    a_document = document(
        page(
            column(PROSE, 40, 60),
            column(["for box in boxes:", "    open(box)"], 40, 144, face=FIXED),
            column(PROSE, 40, 180),
        )
    )

    assert [each.text for each in found(a_document, Preformatted)] == ["for box in boxes:\n    open(box)"]


def test_parts_in_columns_are_a_table():
    rows = [("Box", "Price", "Year"), ("tin", "12", "1911"), ("oak", "110", "1915"), ("silver", "900", "1921")]
    cells = [
        glyphs(text, 40 + 110 * n, 150 + 13 * row, blanks=True)
        for row, each in enumerate(rows)
        for n, text in enumerate(each)
    ]

    (table,) = found(document(page(column(PROSE, 40, 60), *cells, column(PROSE, 40, 220))), Table)

    assert [tuple(text_of(cell.children) for cell in row.children) for row in table.children] == rows


def test_text_beside_words_in_the_margin_is_no_table():
    words = [glyphs(f"box{n}", 20, 150 + 12 * n) for n in range(4)]
    text = column([PROSE[1], "and all of them were gone by the time that the others", "came back from the harbour, which is far off, and as", "nobody knew of it they went on to talk of other things."], 80, 150)  # fmt: skip

    assert not found(document(page(column(PROSE, 80, 60), *words, text, column(PROSE, 80, 220))), Table)


def test_the_points_of_a_plot_are_no_table():
    points = [glyphs("●", 40 + left, 150 + 13 * n) for n in range(6) for left in (30 * n, 30 * n + 90)]

    assert not found(document(page(column(PROSE, 40, 60), *points, column(PROSE, 40, 260))), Table)


def test_references_to_notes_in_a_table_stand_in_their_cells_alone():
    rows = [("Box", "Price", "Year"), ("tin", "12", "1911"), ("oak", "110", "1915"), ("silver", "900", "1921")]
    cells = [glyphs(text, 40 + 110 * n, 150 + 13 * at) for at, each in enumerate(rows) for n, text in enumerate(each)]
    foot = column(["1 It was of tin,", "as all of them."], 40, 420, 10, 8)

    a_document = document(page(column(PROSE, 40, 60), *cells, glyphs("1", 55, 160, 6), column(PROSE, 40, 240), foot))

    (table,) = found(a_document, Table)
    assert [tuple(text_of(cell.children) for cell in row.children) for row in table.children] == rows
    with_labels = [[text_of(cell.children, {"n1": "^"}) for cell in row.children] for row in table.children]
    assert with_labels[1] == ["tin^", "12", "1911"]
    assert sum("^" in cell for row in with_labels for cell in row) == 1


def test_a_line_with_an_empty_first_cell_goes_on_with_the_row():
    cells = [
        glyphs(text, 40 + 110 * n, 150 + 13 * row)
        for row, each in enumerate(
            [("tin", "a small", "1911"), ("", "box", ""), ("oak", "a chest", "1915"), ("iron", "a safe", "1921")]
        )
        for n, text in enumerate(each)
        if text
    ]

    (table,) = found(document(page(column(PROSE, 40, 60), *cells, column(PROSE, 40, 220))), Table)

    assert [text_of(row.children[1].children) for row in table.children] == ["a small box", "a chest", "a safe"]


def test_a_gap_between_indented_paragraphs_is_a_scene_break():
    a_document = document(
        page(
            column(PROSE[:3], 40, 60),
            column(PROSE, 40, 96),
            column([*PROSE[:3], *PROSE[:3], *PROSE[:3], *PROSE[:3]], 40, 192),
        )
    )

    assert [each.text for each in found(a_document, SceneBreak)] == [""]


def test_a_scene_break_keeps_its_signs_however_they_are_set():
    a_document = document(page(column(PROSE, 40, 60), glyphs("* * *", 140, 150, face=ITALIC), column(PROSE, 40, 180)))

    assert [each.text for each in found(a_document, SceneBreak)] == ["* * *"]


def test_paragraphs_are_told_by_indentation_in_points():
    a_document = document(page(column(PROSE, 40, 60)))

    assert len(found(a_document, Paragraph)) == 2


def test_a_page_that_is_all_set_in_keeps_the_margin_of_the_others():
    pages = [page(column(PROSE, 40, 60), number=n) for n in range(5)]
    inset = page(column(PROSE, 70, 60), number=6)

    made = laid(*pages[:2], inset, *pages[2:])

    assert [place.indent for place in made.layout[12:18]] == [8, 6, 6, 8, 6, 6]


def test_every_line_of_the_source_has_its_box():
    made = laid(page(column(PROSE, 40, 60)), page(number=1), page(column(PROSE[:1], 40, 60), number=2))

    lines = made.text.splitlines()
    assert len(lines) == len(made.boxes) == 8
    assert made.text.count("\f") == 2
    assert (made.boxes[0].page, made.boxes[6], made.boxes[7].page) == (0, None, 2)
    assert made.boxes[0].top < 60 < made.boxes[0].bottom


def test_entries_of_a_table_of_contents_stand_by_themselves():
    entries = [("1 Boxes", "3"), ("1.1 Of tin", "4"), ("2 Keys", "9"), ("2.1 Lost ones", "12"), ("3 Locks", "15")]
    parts = [
        part
        for n, (title, number) in enumerate(entries)
        for part in (glyphs(title, 40, 60 + 12 * n, face=BOLD), glyphs(number, 330 - 5 * len(number), 60 + 12 * n))
    ]

    a_document = document(page(*parts, column(PROSE, 40, 160)))

    assert [text_of(each.children).split()[0] for each in found(a_document, Paragraph)][:5] == [
        "1",
        "1.1",
        "2",
        "2.1",
        "3",
    ]
    assert not list(sections(a_document.children))


def test_italics_go_over_the_end_of_a_line():
    lines = column(PROSE[:1], 40, 60), column(PROSE[1:2], 40, 72, face=ITALIC), column(PROSE[2:3], 40, 84, face=ITALIC)

    (paragraph,) = found(document(page(*lines, column(PROSE, 40, 96), column(PROSE, 40, 168))), Paragraph)[:1]

    (emphasis,) = [each for each in paragraph.children if isinstance(each, Emphasis)]
    assert text_of(emphasis.children) == " ".join(PROSE[1:3])
