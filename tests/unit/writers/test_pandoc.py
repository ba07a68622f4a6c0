from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from docpack.context import Context
from docpack.lowering import lower
from docpack.model import (
    Cell,
    Code,
    Contributor,
    Document,
    Link,
    List,
    ListItem,
    Metadata,
    Note,
    NoteRef,
    Paragraph,
    Row,
    SceneBreak,
    Section,
    SourceBreak,
    Table,
    Text,
    TitleOrigin,
    Verse,
)
from docpack.testing import check_writer, full_document, plain_document
from docpack.writers.pandoc import PandocWriter


def written(document: Document, **options: bool) -> dict[str, Any]:
    context = Context()
    made: dict[str, Any] = json.loads(PandocWriter(**options).write(lower(document, context), context))
    return made


def blocks(*children: object, **options: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = written(Document(children), **options)["blocks"]  # type: ignore[arg-type]  # blocks of a test
    return found


def paragraph(text: str, name: str = "") -> Paragraph:
    return Paragraph((Text(text),), id=name)


def words(element: Any) -> str:
    """Return all text below an element, breaks and spaces as blanks."""
    if isinstance(element, list):
        return "".join(map(words, element))
    if not isinstance(element, dict):
        return ""
    if element.get("t") in ("Space", "SoftBreak", "LineBreak"):
        return " "
    content = element.get("c", "")
    if element.get("t") in ("Code", "CodeBlock"):
        return str(content[1])
    return content if isinstance(content, str) else words(content)


def test_the_version_of_the_form_is_named() -> None:
    assert written(plain_document("x"))["pandoc-api-version"] == [1, 23, 1]


def test_every_word_of_the_full_document_is_written() -> None:
    made = written(full_document())

    text = words(made["blocks"])
    for word in (
        "Lantern",
        "promise",
        "long-drawn",
        "howled",
        "Harbour",
        "--on",
        "שלום",
        "wick",
        "thin",
        "gal.",
        "WICK 2",
    ):
        assert word in text


def test_it_keeps_the_promises_of_every_writer() -> None:
    check_writer(PandocWriter(), text_of=lambda data: words(json.loads(data)["blocks"]))


def test_two_writes_give_the_same_bytes() -> None:
    document = full_document()

    assert PandocWriter().write(document, Context()) == PandocWriter().write(document, Context())


def test_texts_are_words_and_spaces_and_line_ends_soft_breaks() -> None:
    made = blocks(
        Paragraph((Text("two words long-"), SourceBreak(""), Text("drawn"), SourceBreak(" ", "8"), Text("end")))
    )

    assert [each["t"] for each in made[0]["c"]] == ["Str", "Space", "Str", "Space", "Str", "SoftBreak", "Str"]
    assert made[0]["c"][4]["c"] == "long-drawn"


def test_no_break_spaces_stay_inside_words() -> None:
    assert blocks(paragraph("a\u00a0b c"))[0]["c"][0] == {"t": "Str", "c": "a\u00a0b"}


def test_headings_count_titled_sections_and_keep_their_ids() -> None:
    inner = Section((Text("Inner"),), (paragraph("x"),), id="s2")

    made = blocks(Section((), (Section((Text("Outer"),), (inner,), id="s1"),)))

    assert [(each["c"][0], each["c"][1][0]) for each in made if each["t"] == "Header"] == [(1, "s1"), (2, "s2")]


@pytest.mark.parametrize(
    ("markers", "expected"),
    [
        pytest.param("1. 2. 3.", [1, "Decimal", "Period"], id="numbers"),
        pytest.param("(7) (8)", [7, "Decimal", "TwoParens"], id="in-brackets"),
        pytest.param("a) b) c)", [1, "LowerAlpha", "OneParen"], id="letters"),
        pytest.param("i. ii. iii. iv.", [1, "LowerRoman", "Period"], id="roman"),
        pytest.param("v. vi.", [5, "LowerRoman", "Period"], id="roman-goes-on"),
        pytest.param("h. i. j.", [8, "LowerAlpha", "Period"], id="letters-go-on"),
        pytest.param("IX. X.", [9, "UpperRoman", "Period"], id="capitals"),
    ],
)
def test_markers_that_count_make_an_ordered_list(markers: str, expected: list[Any]) -> None:
    items = tuple(ListItem((paragraph("x"),), marker) for marker in markers.split())

    (made,) = blocks(List(items, ordered=True))

    start, style, delimiter = made["c"][0]
    assert made["t"] == "OrderedList"
    assert [start, style["t"], delimiter["t"]] == expected


@pytest.mark.parametrize("markers", ["1. 3.", "1. b.", "1. 2)", "* 1.", "§1 §2"])
def test_other_markers_are_said_as_they_stand(markers: str) -> None:
    items = tuple(ListItem((paragraph("x"),), marker) for marker in markers.split())

    (made,) = blocks(List(items, ordered=True))

    assert made["t"] == "Div"
    assert [words(each) for each in made["c"][1]] == [f"{marker} x" for marker in markers.split()]


def test_bullets_make_a_bullet_list_and_short_items_are_tight() -> None:
    (made,) = blocks(List((ListItem((paragraph("x"),), "•"), ListItem((paragraph("y"),), "•"))))

    assert made["t"] == "BulletList"
    assert [item[0]["t"] for item in made["c"]] == ["Plain", "Plain"]


def test_a_note_stands_at_its_first_reference_and_its_label_at_later_ones() -> None:
    document = Document(
        (Paragraph((NoteRef("n"), Text("x"), NoteRef("n"))),), notes=(Note("n", (paragraph("The note"),), "*"),)
    )

    inlines = written(document)["blocks"][0]["c"]

    assert [each["t"] for each in inlines] == ["Note", "Str", "Superscript"]
    assert words(inlines[2]) == "*"


def test_a_note_without_a_reference_is_not_lost() -> None:
    made = written(Document((paragraph("x"),), notes=(Note("n", (paragraph("The note"),), "7"),)))

    assert words(made["blocks"][-1]) == "7 The note"


def test_verse_is_a_line_block_with_its_indents() -> None:
    verse = next(each for each in full_document().children[0].children if isinstance(each, Verse))  # type: ignore[union-attr]  # a section

    (made,) = blocks(verse)

    assert made["t"] == "LineBlock"
    assert [words(line) for line in made["c"]] == [
        "The lamp is lit,",
        "\u00a0" * 4 + "the wick is fit,",
        "",
        "and all the sea",
        "\u00a0" * 8 + "looks up at me.",
    ]


def test_scene_breaks_are_rules_only_where_they_print_nothing() -> None:
    made = blocks(SceneBreak(""), SceneBreak("* * *"))

    assert [each["t"] for each in made] == ["HorizontalRule", "Para"]


def test_rows_of_a_table_are_filled_up() -> None:
    table = Table((Row((Cell((Text("A"),), header=True), Cell((Text("B"),), header=True))), Row((Cell((Text("c"),)),))))

    (made,) = blocks(table)

    _, _, columns, head, bodies, _ = made["c"]
    assert len(columns) == 2
    assert len(head[1]) == 1
    assert [len(row[1]) for row in bodies[0][3]] == [2]


def test_code_keeps_its_text() -> None:
    assert blocks(Paragraph((Code((Text("a  *b*"),)),)))[0]["c"][0]["c"][1] == "a  *b*"


def test_only_blocks_that_links_lead_to_get_an_id() -> None:
    made = blocks(paragraph("x", "p1"), paragraph("y", "p2"), Paragraph((Link("#p2", (Text("see"),)),), id="p3"))

    assert [each["t"] for each in made] == ["Para", "Div", "Para"]
    assert made[1]["c"][0][0] == "p2"


def test_every_block_gets_its_id_on_request() -> None:
    made = blocks(paragraph("x", "p1"), paragraph("y", "p2"), ids=True)

    assert [each["c"][0][0] for each in made] == ["p1", "p2"]


def test_metadata_has_the_names_that_pandoc_knows() -> None:
    metadata = Metadata(
        title="T", language="de", contributors=(Contributor("Ann"), Contributor("Bo", "trl")), date="2020"
    )

    meta = written(replace(plain_document("x"), metadata=metadata))["meta"]

    assert words(meta["title"]) == "T"
    assert meta["lang"]["c"] == "de"
    assert words(meta["author"]) == "Ann"
    assert words(meta["contributor"]) == "Bo"
    assert words(meta["date"]) == "2020"


def test_a_title_that_is_not_printed_names_the_page_alone() -> None:
    metadata = Metadata(title="scan", title_origin=TitleOrigin.NAME)

    meta = written(replace(plain_document("x"), metadata=metadata))["meta"]

    assert "title" not in meta
    assert words(meta["pagetitle"]) == "scan"


def test_an_empty_document_is_written() -> None:
    assert written(Document(()))["blocks"] == []


def test_pandoc_reads_it() -> None:
    pypandoc = pytest.importorskip("pypandoc")
    text = PandocWriter().write(full_document(), Context()).decode()

    html = pypandoc.convert_text(text, "html", format="json")

    assert "<em>Lantern</em>" in html
