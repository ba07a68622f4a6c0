from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from docpack.context import Context
from docpack.lowering import lower
from docpack.model import (
    Cell,
    Code,
    Contributor,
    Document,
    Identifier,
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


def maps(element: Any) -> list[dict[str, str]]:
    """Return a list of maps of strings."""
    return [{name: value["c"] for name, value in each["c"].items()} for each in element["c"]]


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
    assert words(meta["date"]) == "2020"


def test_contributors_have_their_roles_and_the_form_they_are_sorted_by() -> None:
    people = (Contributor("Ann Bell", "aut", "Bell, Ann"), Contributor("Bo", "trl"), Contributor(" "))

    meta = written(replace(plain_document("x"), metadata=Metadata(title="T", contributors=people)))["meta"]

    assert words(meta["author"]) == "Ann Bell"
    assert maps(meta["creator"]) == [{"role": "aut", "file-as": "Bell, Ann", "text": "Ann Bell"}]
    assert maps(meta["contributor"]) == [{"role": "trl", "text": "Bo"}]


def test_a_creator_who_is_not_called_an_author_stands_once() -> None:
    metadata = Metadata(title="T", contributors=(Contributor("Ann", "cre"),))

    meta = written(replace(plain_document("x"), metadata=metadata))["meta"]

    assert words(meta["author"]) == "Ann"
    assert "creator" not in meta


def test_identifiers_are_uris_with_the_scheme_that_epub_has_a_code_for() -> None:
    identifiers = (Identifier("9780000000002", "isbn"), Identifier("10.1/x", "doi"), Identifier("MS 3", "shelfmark"))
    metadata = Metadata(title="T", identifier=Identifier("ark:/1/2", "ark"), identifiers=identifiers)

    meta = written(replace(plain_document("x"), metadata=metadata))["meta"]

    assert maps(meta["identifier"]) == [
        {"text": "ark:/1/2"},
        {"scheme": "ISBN-13", "text": "urn:isbn:9780000000002"},
        {"scheme": "DOI", "text": "https://doi.org/10.1/x"},
        {"text": "MS 3"},
    ]


def test_a_document_without_an_identifier_gets_one_of_its_content() -> None:
    one, other = (maps(written(Document((paragraph(text),)))["meta"]["identifier"]) for text in ("x", "y"))

    assert one[0]["text"].startswith("urn:uuid:")
    assert one != other


def test_a_series_is_a_string_because_pandoc_reads_no_list_there() -> None:
    meta = written(full_document())["meta"]

    assert meta["belongs-to-collection"]["t"] == "MetaInlines"
    assert words(meta["belongs-to-collection"]) == "Sample Books"
    assert words(meta["group-position"]) == "2"


def test_rights_end_with_a_link_to_where_they_are_said_in_full() -> None:
    rights = written(full_document())["meta"]["rights"]["c"]

    assert words(rights[:-1]).strip() == "© 2021 Ines Almqvist"
    assert rights[-1]["c"][2][0] == "https://creativecommons.org/licenses/by/4.0/"


def test_the_source_is_one_line() -> None:
    meta = written(full_document())["meta"]

    assert words(meta["source"]) == "The Keeper’s Log, first edition, Harbour Press, 1921"


@pytest.mark.parametrize("origin", list(TitleOrigin))
def test_the_title_is_always_there_because_an_epub_needs_one(origin: TitleOrigin) -> None:
    meta = written(replace(plain_document("x"), metadata=Metadata(title="scan", title_origin=origin)))["meta"]

    assert words(meta["title"]) == "scan"


def test_a_document_without_metadata_has_a_title_and_a_language() -> None:
    meta = written(Document(()))["meta"]

    assert words(meta["title"]) == "Untitled"
    assert meta["lang"]["c"] == "und"


def test_an_empty_document_is_written() -> None:
    assert written(Document(()))["blocks"] == []


def test_pandoc_reads_it() -> None:
    pypandoc = pytest.importorskip("pypandoc")
    text = PandocWriter().write(full_document(), Context()).decode()

    html = pypandoc.convert_text(text, "html", format="json")

    assert "<em>Lantern</em>" in html


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(full_document(), id="full"),
        pytest.param(replace(plain_document("x"), metadata=Metadata("T", TitleOrigin.TEXT, series="S")), id="text"),
    ],
)
def test_pandoc_makes_an_epub_of_it_that_names_the_work(document: Document, tmp_path: Path) -> None:
    pypandoc = pytest.importorskip("pypandoc")
    book = tmp_path / "book.epub"

    pypandoc.convert_text(PandocWriter().write(document, Context()).decode(), "epub", format="json", outputfile=book)

    package = zipfile.ZipFile(book).read("EPUB/content.opf").decode()
    assert f">{document.metadata.title}</dc:title>" in package
    assert f">{document.metadata.series}</meta>" in package
