"""The DOCX writer: package, styles, notes, lists, languages, reference documents."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import docx
import pytest
from lxml import etree

from docpack.context import Context
from docpack.errors import ExitCode, UsageError
from docpack.findings import Code as FindingCode
from docpack.lowering import lower
from docpack.model import (
    BlockQuote,
    Cell,
    Contributor,
    Definition,
    DefinitionList,
    Direction,
    Document,
    Emphasis,
    Figure,
    Foreign,
    Identifier,
    LineBreak,
    Link,
    List,
    ListItem,
    Media,
    Metadata,
    Note,
    NoteRef,
    Paragraph,
    Preformatted,
    Row,
    SceneBreak,
    Section,
    SourceBreak,
    Stanza,
    Strong,
    Table,
    Text,
    TitleOrigin,
    Verse,
    VerseLine,
)
from docpack.testing import check_writer, full_document, plain_document
from docpack.verify.docx_text import text_of_docx
from docpack.writers.docx import DocxWriter

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NS = {
    "w": W[1:-1],
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "p": "http://schemas.openxmlformats.org/package/2006/relationships",
}


def write(document: Document, context: Context | None = None, **options: object) -> bytes:
    context = context or Context()
    return DocxWriter(**options).write(lower(document, context), context)


def part(data: bytes, name: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read(name))


def names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.namelist()


def body_of(*blocks: object, notes: tuple[Note, ...] = (), **metadata: object) -> etree._Element:
    return part(write(Document(blocks, Metadata(**metadata), notes)))


def paragraph(text: str, identifier: str = "") -> Paragraph:
    return Paragraph((Text(text),), id=identifier)


def styles_of(body: etree._Element) -> list[str]:
    return [each.get(W + "val") for each in body.iterfind(".//w:pPr/w:pStyle", NS)]


def text_of(element: etree._Element) -> str:
    return "".join(element.itertext(W + "t"))


# ------------------------------------------------------------------------------------------------ the package


def test_it_keeps_the_promises_of_a_writer():
    check_writer(DocxWriter(), text_of=lambda data: " ".join((*text_of_docx(data).blocks, *text_of_docx(data).notes)))


def test_two_writes_give_the_same_bytes_and_the_zip_carries_the_contexts_time():
    document = full_document()

    first, second = (
        write(document, Context(timestamp_s=1_000_000_000)),
        write(document, Context(timestamp_s=1_000_000_000)),
    )

    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {info.date_time for info in package.infolist()} == {(2001, 9, 9, 1, 46, 40)}


def test_python_docx_opens_it_and_knows_its_styles():
    document = docx.Document(io.BytesIO(write(full_document())))

    found = {each.style.name for each in document.paragraphs}

    assert {"Title", "Heading 1", "Heading 2", "First Paragraph", "Verse", "Scene Break", "Epigraph"} <= found
    assert document.paragraphs[0].text == "The Keeper’s Log"


def test_the_first_member_is_the_list_of_content_types_and_nothing_is_left_over_from_python_docx():
    data = write(full_document())

    assert names(data)[0] == "[Content_Types].xml"
    assert not [name for name in names(data) if "thumbnail" in name or "customXml" in name or "Effects" in name]
    assert b"python-docx" not in data


def test_an_empty_document_is_a_document_with_one_empty_paragraph():
    body = body_of()[0]

    assert [each.tag for each in body] == [W + "p", W + "sectPr"]


def test_every_style_that_the_text_names_is_there():
    data = write(full_document())
    known = {each.get(W + "styleId") for each in part(data, "word/styles.xml").iter(W + "style")}

    for name in ("word/document.xml", "word/footnotes.xml", "word/footer1.xml"):
        root = part(data, name)
        used = {each.get(W + "val") for tag in ("pStyle", "rStyle", "tblStyle") for each in root.iter(W + tag)}
        assert used <= known


def test_every_relation_that_the_text_names_is_there():
    data = write(full_document())
    known = {each.get("Id") for each in part(data, "word/_rels/document.xml.rels")}

    used = set(part(data).xpath("//@r:id | //@r:embed", namespaces=NS))

    assert used <= known


# --------------------------------------------------------------------------------------------------- properties


def test_core_properties_name_title_authors_subjects_language_identifier_and_date():
    data = write(full_document())
    core = docx.Document(io.BytesIO(data)).core_properties

    assert core.title == "The Keeper’s Log"
    assert core.author == "Ines Almqvist"
    assert core.keywords == "Lighthouses; Weather & wind"
    assert core.language == "en"
    assert core.identifier == "urn:uuid:0c1f7a54-6a3c-5b0e-9d63-2f1f6a1c7f10"
    assert core.created.isoformat() == core.modified.isoformat() == "2021-05-04T00:00:00+00:00"


def test_several_authors_stand_together_and_other_roles_among_the_custom_properties():
    people = (Contributor("A. One"), Contributor("B. Two"), Contributor("C. Three", "trl"))
    data = write(Document((), Metadata(title="T", contributors=people)))

    assert docx.Document(io.BytesIO(data)).core_properties.author == "A. One; B. Two"
    assert "C. Three" in "".join(part(data, "docProps/custom.xml").itertext())


def test_a_description_may_be_longer_than_what_python_docx_accepts():
    data = write(Document((), Metadata(description="long " * 100)))

    assert part(data, "docProps/core.xml").findtext("dc:description", namespaces=NS) == "long " * 100


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        pytest.param("", "1980-01-01T00:00:00Z", id="no date: the context's time"),
        pytest.param("1851", "1851-01-01T00:00:00Z", id="year"),
        pytest.param("1921-03", "1921-03-01T00:00:00Z", id="month"),
        pytest.param("1455", "1455-01-01T00:00:00Z", id="long ago"),
        pytest.param("2021-02-30", "1980-01-01T00:00:00Z", id="no day of the calendar"),
        pytest.param("last year", "1980-01-01T00:00:00Z", id="no date at all"),
    ],
)
def test_the_date_of_creation_is_the_works_date(date: str, expected: str):
    core = part(write(Document((), Metadata(date=date))), "docProps/core.xml")

    assert core.findtext("dcterms:created", namespaces=NS) == expected
    assert core.findtext("dcterms:modified", namespaces=NS) == expected


def test_without_an_identifier_one_is_made_from_the_content():
    def identifier(document: Document) -> str:
        return part(write(document), "docProps/core.xml").findtext("dc:identifier", namespaces=NS)

    one, other = Document((paragraph("one"),)), Document((paragraph("other"),))

    assert identifier(one).startswith("urn:uuid:")
    assert identifier(one) == identifier(one) != identifier(other)
    assert identifier(Document((), Metadata(identifier=Identifier("ark:/99/x", "ark")))) == "ark:/99/x"


# ------------------------------------------------------------------------------------------------------ blocks


def test_a_title_from_the_files_name_is_not_printed():
    assert styles_of(body_of(paragraph("x"), title="T", title_origin=TitleOrigin.NAME)) == ["FirstParagraph"]
    assert styles_of(body_of(paragraph("x"), title="T")) == ["Title", "FirstParagraph"]


def test_only_the_first_paragraph_after_a_heading_or_a_pause_is_not_indented():
    body = body_of(
        Section((Text("S"),), (paragraph("a"), paragraph("b"), SceneBreak("*"), paragraph("c"), paragraph("d"))),
    )

    assert styles_of(body) == ["Heading1", "FirstParagraph", "BodyText", "SceneBreak", "FirstParagraph", "BodyText"]


def test_in_a_quotation_all_paragraphs_but_the_first_are_indented():
    body = body_of(BlockQuote((paragraph("a"), paragraph("b"))), paragraph("c"))

    first_lines = [each.find("w:pPr/w:ind[@w:firstLine]", NS) is not None for each in body.iter(W + "p")]

    assert first_lines == [False, True, False]
    assert styles_of(body) == ["BlockText", "BlockText", "FirstParagraph"]


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(BlockQuote((paragraph("x"),)), id="quotation"),
        pytest.param(BlockQuote((paragraph("x"),), role="epigraph"), id="epigraph"),
        pytest.param(Verse((Stanza((VerseLine((Text("x"),)),)),)), id="verse"),
        pytest.param(List((ListItem((paragraph("x"),), "1."),), ordered=True), id="list"),
        pytest.param(DefinitionList((Definition((Text("x"),), (paragraph("y"),)),)), id="glossary"),
        pytest.param(Table((Row((Cell((Text("x"),)),)),)), id="table"),
        pytest.param(Figure("m1", "x"), id="picture"),
        pytest.param(Preformatted("x"), id="preformatted"),
        pytest.param(SceneBreak(""), id="pause"),
    ],
)
def test_after_what_is_no_running_text_the_first_paragraph_is_not_indented(block: object):
    media = full_document().media
    blocks = (paragraph("a"), paragraph("b"), block, paragraph("c"), paragraph("d"))

    body = part(write(Document(blocks, media=media)))

    found = {text_of(each): each.find("w:pPr/w:pStyle", NS).get(W + "val") for each in body.iter(W + "p")}
    assert [found[each] for each in "abcd"] == ["FirstParagraph", "BodyText", "FirstParagraph", "BodyText"]


def test_chapters_begin_on_new_pages_only_if_there_are_several():
    one = body_of(Section((Text("A"),), (paragraph("x"),)), title="T")
    two = body_of(Section((Text("A"),), (paragraph("x"),)), Section((Text("B"),), (paragraph("y"),)))

    assert one.find(".//w:pageBreakBefore", NS) is None
    broken = [text_of(each) for each in two.iter(W + "p") if each.find("w:pPr/w:pageBreakBefore", NS) is not None]
    assert broken == ["B"]


def test_headings_follow_the_nesting_and_stop_at_nine_with_a_finding():
    section = Section((Text("deepest"),), ())
    for depth in range(10, 0, -1):
        section = Section((Text(f"level {depth}"),), (section,))
    context = Context()

    body = part(write(Document((section,)), context))

    assert styles_of(body) == [f"Heading{min(depth, 9)}" for depth in range(1, 12)]
    assert [finding.code for finding in context.findings] == [FindingCode.W005]


def test_the_outline_is_in_the_styles():
    styles = part(write(full_document()), "word/styles.xml")

    levels = [
        styles.find(f"w:style[@w:styleId='Heading{n}']/w:pPr/w:outlineLvl", NS).get(W + "val") for n in range(1, 10)
    ]

    assert levels == [str(n) for n in range(9)]


def test_a_verse_line_is_a_paragraph_and_a_stanza_begins_with_a_style_of_its_own():
    lines = (VerseLine((Text("one"),)), VerseLine((Text("two"),), 2))
    body = body_of(Verse((Stanza(lines), Stanza(lines[:1]))))

    assert styles_of(body) == ["VerseStanza", "Verse", "VerseStanza"]
    assert int(body.findall(".//w:p", NS)[1].find("w:pPr/w:ind", NS).get(W + "left")) > 1191


def test_line_ends_that_the_author_wanted_are_breaks():
    body = body_of(Paragraph((Text("a"), LineBreak(), Text("b"))), Preformatted("x\n  y"))

    assert len(body.findall(".//w:br", NS)) == 2
    assert body.findall(".//w:t", NS)[3].text == "  y"
    assert body.findall(".//w:t", NS)[3].get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"


def test_roles_have_styles_of_their_own():
    block = replace(paragraph("Yours"), role="signature")

    assert styles_of(body_of(block)) == ["Signature"]


def test_a_very_long_text_is_cut_into_runs_that_guarded_parsers_accept():
    body = body_of(paragraph("ab" * 1_200_000))

    assert [len(each.text) for each in body.iter(W + "t")] == [1_000_000, 1_000_000, 400_000]


# ------------------------------------------------------------------------------------------------------ inlines


def test_neighbouring_texts_and_breaks_of_the_source_are_one_run():
    body = body_of(Paragraph((Text("a"), SourceBreak(), Text("b"), SourceBreak(""), Text("c"))))

    assert [each.text for each in body.iter(W + "t")] == ["a bc"]


def test_emphasis_is_a_named_style_and_a_second_one_direct_formatting():
    body = body_of(Paragraph((Emphasis((Text("a"), Strong((Text("b"),)), Emphasis((Text("c"),)))),)))

    properties = [[each.tag.removeprefix(W) for each in run.iterfind("w:rPr/*", NS)] for run in body.iter(W + "r")]

    assert properties == [["rStyle"], ["rStyle", "i", "iCs"], []]


def test_links_go_out_by_a_relation_and_inward_by_a_bookmark():
    data = write(
        Document(
            (
                Paragraph((Link("https://example.org/?a=“b”", (Text("out"),)), Link("#p2", (Text("in"),)))),
                Paragraph((Link("#nowhere", (Text("lost"),)), Link("javascript:alert(1)", (Text("bad"),))), id="p2"),
            )
        )
    )
    out, inward = part(data).iter(W + "hyperlink")

    relation = out.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")
    target = part(data, "word/_rels/document.xml.rels").find(f"p:Relationship[@Id='{relation}']", NS)

    assert (target.get("Target"), target.get("TargetMode")) == (
        "https://example.org/?a=%E2%80%9Cb%E2%80%9D",
        "External",
    )
    assert inward.get(W + "anchor") == "p2"
    assert text_of(part(data)) == "outinlostbad"


def test_a_link_in_a_note_is_a_relation_of_the_notes():
    note = Note("n1", (Paragraph((Link("https://example.org/", (Text("there"),)),)),), "1")
    data = write(Document((Paragraph((NoteRef("n1"),)),), notes=(note,)))

    assert "word/_rels/footnotes.xml.rels" in names(data)
    assert "https://example.org/" not in etree.tostring(part(data, "word/_rels/document.xml.rels")).decode()


def test_every_block_has_a_bookmark_of_its_id_and_pages_have_theirs_without_text():
    document = Document(
        (
            Section((Text("S"),), (Paragraph((Text("a"), SourceBreak(" ", "38"), Text("b")), id="p1"),), id="s1"),
            Section((), (paragraph("c", "P1"), paragraph("d", "a long-id " * 9), paragraph("e", "9")), id="s2"),
        )
    )
    body = part(write(document))

    found = [each.get(W + "name") for each in body.iter(W + "bookmarkStart")]
    numbers = [each.get(W + "id") for each in body.iter(W + "bookmarkStart")]

    assert found[:4] == ["s1", "p1", "page_38", "s2"]
    assert len({name.lower() for name in found}) == len(found) == 7
    assert all(len(name) <= 40 and name[0].isalpha() for name in found)
    assert sorted(numbers) == sorted(each.get(W + "id") for each in body.iter(W + "bookmarkEnd"))
    assert len(set(numbers)) == len(numbers)
    page = body.find(".//w:bookmarkStart[@w:name='page_38']", NS)
    assert page.getnext().tag == W + "bookmarkEnd"


def test_a_page_turn_without_a_number_gets_no_bookmark():
    body = body_of(Paragraph((Text("a"), SourceBreak(" ", ""), Text("b"))))

    assert body.find(".//w:bookmarkStart", NS) is None


# -------------------------------------------------------------------------------------------------------- notes


def noted(*labels: str, text: str = "note") -> tuple[Paragraph, tuple[Note, ...]]:
    notes = tuple(Note(f"n{n}", (paragraph(text),), label) for n, label in enumerate(labels, 1))
    return Paragraph(tuple(NoteRef(note.id) for note in notes)), notes


def test_labels_that_count_are_counted_by_word_and_others_are_printed_as_they_are():
    block, notes = noted("1", "*", "2", "2")
    data = write(Document((block,), notes=notes))

    references = list(part(data).iter(W + "footnoteReference"))
    footnotes = [each for each in part(data, "word/footnotes.xml") if each.get(W + "type") is None]

    assert [each.get(W + "customMarkFollows") for each in references] == [None, "1", None, "1"]
    assert [text_of(each.getparent()) for each in references] == ["", "*", "", "2"]
    assert [each.find(".//w:footnoteRef", NS) is not None for each in footnotes] == [True, False, True, False]
    assert [text_of(each) for each in footnotes] == [" note", "* note", " note", "2 note"]
    assert [each.get(W + "id") for each in footnotes] == [each.get(W + "id") for each in references]


def test_a_count_that_begins_later_is_counted_by_word_from_there():
    block, notes = noted("15", "16", "1")
    body = body_of(block, notes=notes)

    references = [each.get(W + "customMarkFollows") for each in body.iter(W + "footnoteReference")]

    assert references == [None, None, "1"]
    assert body.find(".//w:sectPr/w:footnotePr/w:numStart", NS).get(W + "val") == "15"


def test_notes_without_labels_are_numbered():
    block, notes = noted("", "")

    references = list(body_of(block, notes=notes).iter(W + "footnoteReference"))

    assert [each.get(W + "customMarkFollows") for each in references] == [None, None]


def test_a_second_reference_prints_the_label_and_a_note_without_one_stands_at_the_end():
    notes = (Note("n1", (paragraph("first"),), "1"), Note("n2", (paragraph("loose"),), "2"))
    body = body_of(Paragraph((NoteRef("n1"), Text(" and "), NoteRef("n1"))), notes=notes)

    assert len(list(body.iter(W + "footnoteReference"))) == 1
    assert [text_of(each) for each in body.iter(W + "p")] == [" and 1", "2 loose"]
    assert styles_of(body)[-1] == "FootnoteText"


def test_a_reference_inside_a_note_is_its_label():
    notes = (Note("n1", (Paragraph((Text("see "), NoteRef("n2"))),), "1"), Note("n2", (paragraph("x"),), "2"))
    data = write(Document((Paragraph((NoteRef("n1"), NoteRef("n2"))),), notes=notes))
    footnotes = part(data, "word/footnotes.xml")

    assert footnotes.find(".//w:footnoteReference", NS) is None
    assert text_of(footnotes) == " see 2 x"


def test_a_note_ends_in_a_paragraph_even_after_a_table():
    note = Note("n1", (Table((Row((Cell((Text("x"),)),)),)),), "1")
    footnotes = part(write(Document((Paragraph((NoteRef("n1"),)),), notes=(note,))), "word/footnotes.xml")

    assert [each.tag for each in footnotes[-1]] == [W + "p", W + "tbl", W + "p"]


# -------------------------------------------------------------------------------------------------------- lists


def listed(*markers: str, ordered: bool = True, start: int = 1) -> List:
    return List(tuple(ListItem((paragraph("x"),), marker) for marker in markers), ordered=ordered, start=start)


def level(data: bytes, number: str = "1", depth: str = "0") -> tuple[str, str, str]:
    root = part(data, "word/numbering.xml")
    number_element = root.find(f"w:num[@w:numId='{number}']", NS)
    abstract = number_element.find("w:abstractNumId", NS).get(W + "val")
    found = root.find(f"w:abstractNum[@w:abstractNumId='{abstract}']/w:lvl[@w:ilvl='{depth}']", NS)
    start = number_element.find(f"w:lvlOverride[@w:ilvl='{depth}']/w:startOverride", NS)
    return (
        found.find("w:numFmt", NS).get(W + "val"),
        found.find("w:lvlText", NS).get(W + "val"),
        start.get(W + "val"),
    )


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        pytest.param(listed("3.", "4.", start=3), ("decimal", "%1.", "3"), id="numbers from three"),
        pytest.param(listed("(a)", "(b)"), ("lowerLetter", "(%1)", "1"), id="letters in brackets"),
        pytest.param(listed("iv)", "v)", start=4), ("lowerRoman", "%1)", "4"), id="roman"),
        pytest.param(listed("A.", "B."), ("upperLetter", "%1.", "1"), id="capitals"),
        pytest.param(listed("i."), ("lowerRoman", "%1.", "1"), id="one roman"),
        pytest.param(listed("i.", start=9), ("lowerLetter", "%1.", "9"), id="one letter"),
        pytest.param(listed("z)", "aa)", start=26), ("lowerLetter", "%1)", "26"), id="past the alphabet"),
        pytest.param(listed("1.1", "1.2"), ("decimal", "1.%1", "1"), id="two parts"),
        pytest.param(listed("09", "10", start=9), ("decimalZero", "%1", "9"), id="padded"),
        pytest.param(listed("Article 1", "Article 2"), ("decimal", "Article %1", "1"), id="words"),
        pytest.param(listed("–", "–", ordered=False), ("bullet", "–", "1"), id="dashes"),
    ],
)
def test_regular_markers_become_a_numbering(block: List, expected: tuple[str, str, str]):
    assert level(write(Document((block,)))) == expected


@pytest.mark.parametrize(
    "markers",
    [
        pytest.param(("1.", "3."), id="a gap"),
        pytest.param(("1.", "2)"), id="another bracket"),
        pytest.param(("1.", ""), id="one without"),
        pytest.param(("1%", "2%"), id="a percent sign, which Word's pattern cannot hold"),
        pytest.param(("x" * 99,), id="far too long"),
    ],
)
def test_irregular_markers_stay_text(markers: tuple[str, ...]):
    data = write(Document((listed(*markers),)))

    assert "word/numbering.xml" not in names(data)
    assert text_of(part(data)) == "".join(f"{marker}x" for marker in markers)


def test_two_lists_of_one_kind_share_the_rule_and_count_for_themselves():
    data = write(Document((listed("1.", "2."), paragraph("between"), listed("1.", "2."))))
    numbering = part(data, "word/numbering.xml")

    assert len(numbering.findall("w:abstractNum", NS)) == 1
    assert [each.get(W + "val") for each in part(data).iter(W + "numId")] == ["1", "1", "2", "2"]
    assert len(numbering.findall("w:num/w:lvlOverride/w:startOverride", NS)) == 2


def test_a_list_in_a_list_is_a_level_deeper_and_further_paragraphs_of_an_item_have_no_number():
    inner = listed("a)", "b)")
    outer = List((ListItem((paragraph("x"), inner, paragraph("more")), "1."),), ordered=True)
    body = body_of(outer)

    levels = [each.get(W + "val") for each in body.iter(W + "ilvl")]
    numbered = [each.find("w:pPr/w:numPr", NS) is not None for each in body.iter(W + "p")]

    assert levels == ["0", "1", "1"]
    assert numbered == [True, True, True, False]


def test_lists_deeper_than_word_nests_keep_their_markers_as_text():
    block = listed("•", ordered=False)
    for _ in range(9):
        block = List((ListItem((paragraph("x"), block), "•"),))
    body = body_of(block)

    assert max(int(each.get(W + "val")) for each in body.iter(W + "ilvl")) == 8
    assert text_of(body).count("•") == 1


# ------------------------------------------------------------------------------------------ tables and pictures


def test_a_table_repeats_its_headers_fills_up_its_rows_and_names_its_caption():
    body = part(write(full_document()))
    table = body.find(".//w:tbl", NS)
    rows = table.findall("w:tr", NS)

    assert [row.find("w:trPr/w:tblHeader", NS) is not None for row in rows] == [True, False, False]
    assert [len(row.findall("w:tc", NS)) for row in rows] == [2, 2, 2]
    assert all(cell[-1].tag == W + "p" for cell in table.iter(W + "tc"))
    assert table.find("w:tblPr/w:tblCaption", NS).get(W + "val") == "What was burnt"


def test_two_tables_in_a_row_stay_two_and_the_body_does_not_end_in_a_table():
    table = Table((Row((Cell((Text("x"),)),)),))
    body = body_of(table, table)[0]

    assert [each.tag.removeprefix(W) for each in body] == ["tbl", "p", "tbl", "p", "sectPr"]


def test_a_table_wider_than_word_allows_is_written_in_paragraphs_with_a_finding():
    context = Context()
    row = Row(tuple(Cell((Text(f"c{n}"),)) for n in range(64)))

    body = part(write(Document((Table((row, row)),)), context))

    assert body.find(".//w:tbl", NS) is None
    assert len(list(body.iter(W + "p"))) == 2
    assert [finding.code for finding in context.findings] == [FindingCode.W001]


def test_deep_nesting_leaves_room_for_text():
    block: object = paragraph("x")
    for _ in range(60):
        block = BlockQuote((block,))

    indentation = body_of(block).find(".//w:pPr/w:ind", NS)

    assert int(indentation.get(W + "left")) + int(indentation.get(W + "right")) < 11906 - 2 * 2268


def test_a_table_without_cells_is_nothing():
    assert body_of(Table((Row(()),)), paragraph("x")).find(".//w:tbl", NS) is None


def test_a_picture_says_what_it_shows_and_a_decorative_one_that_it_is_one():
    media = full_document().media
    described, silent = (
        part(write(Document((Figure("m1", alt),), media=media))).find(".//wp:docPr", NS)
        for alt in ('A "lamp" & more', "")
    )

    assert described.get("descr") == 'A "lamp" & more'
    assert described.find(".//{*}decorative") is None
    assert silent.find(".//{*}decorative").get("val") == "1"


def test_a_picture_is_no_wider_than_the_text():
    head = b"GIF89a" + (9000).to_bytes(2, "little") + (10).to_bytes(2, "little") + b"\0\0\0"
    media = (Media("m1", "wide.gif", "image/gif", head + b"\0" * 40),)
    extent = part(write(Document((Figure("m1", "wide"),), media=media))).find(".//wp:extent", NS)

    assert int(extent.get("cx")) == (11906 - 2 * 2268) * 635


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<svg/>", id="svg"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\x89PNG\r\n\x1a\n", id="cut off"),
    ],
)
def test_a_picture_that_word_cannot_show_is_a_finding_and_its_caption_stays(content: bytes):
    context = Context()
    media = (Media("m1", "x", "image/svg+xml", content),)
    document = Document((Figure("m1", "alt", (Text("A caption"),), id="f1"),), media=media)

    body = part(write(document, context))

    assert [finding.code for finding in context.findings] == [FindingCode.W001]
    assert text_of(body) == "A caption"
    assert body.find(".//w:bookmarkStart", NS).get(W + "name") == "f1"


# ---------------------------------------------------------------------------------------- languages, directions


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        pytest.param("de", {"val": "de"}, id="latin"),
        pytest.param("he", {"val": "he", "bidi": "he"}, id="complex"),
        pytest.param("zh-Hant", {"val": "zh-Hant", "eastAsia": "zh-Hant"}, id="east asian"),
        pytest.param("und", {"val": "x-none"}, id="not known"),
    ],
)
def test_the_documents_language_is_the_default_of_all_text(language: str, expected: dict[str, str]):
    styles = part(write(Document((), Metadata(language=language))), "word/styles.xml")

    lang = styles.find("w:docDefaults/w:rPrDefault/w:rPr/w:lang", NS)

    assert {key.removeprefix(W): value for key, value in lang.attrib.items()} == expected


def test_only_what_is_in_another_language_says_so():
    body = body_of(
        Paragraph((Text("a"), Foreign((Text("b"),), "fr"), Foreign((Text("c"),), "en"))),
        replace(paragraph("d"), language="la"),
        language="en",
    )

    said = [
        (text_of(each), each.find("w:rPr/w:lang", NS).get(W + "val")) for each in body.iterfind(".//w:r[w:rPr]", NS)
    ]

    assert said == [("b", "fr"), ("d", "la")]


def test_a_document_from_right_to_left_is_so_in_section_paragraphs_runs_and_tables():
    body = body_of(
        paragraph("שלום"),
        BlockQuote((paragraph("שלום"),)),
        Table((Row((Cell((Text("שלום"),)),)),)),
        language="he",
        direction=Direction.RTL,
    )

    texts = [each for each in body.iter(W + "p") if text_of(each)]
    assert len(texts) == 3
    assert all(each.find("w:pPr/w:bidi", NS) is not None for each in texts)
    assert all(each.find("w:rPr/w:rtl", NS) is not None for each in body.iter(W + "r"))
    assert body.find(".//w:sectPr/w:bidi", NS) is not None
    assert body.find(".//w:tblPr/w:bidiVisual", NS) is not None


def test_runs_are_cut_where_the_direction_turns():
    left = body_of(paragraph("He said שלום לכם, twice."))
    right = body_of(paragraph("אמר good evening 12 פעם"), direction=Direction.RTL)

    def runs(body: etree._Element) -> list[tuple[str, bool]]:
        return [(text_of(each), each.find("w:rPr/w:rtl", NS) is not None) for each in body.iter(W + "r")]

    assert runs(left) == [("He said ", False), ("שלום לכם", True), (", twice.", False)]
    assert runs(right) == [("אמר ", True), ("good evening 12", False), (" פעם", True)]


# --------------------------------------------------------------------------------------- the reference document


def house() -> bytes:
    """Return a house's template as a person would make it: with text of its own, and German ids."""
    template = docx.Document()
    template.add_paragraph("OLD TEXT", style="List Number")
    template.sections[0].page_width = docx.shared.Cm(15)
    template.sections[0].header.paragraphs[0].text = "House header"
    template.styles["Heading 1"].element.set(W + "styleId", "berschrift1")
    template.styles["Normal"].font.name = "Housefont"
    template.core_properties.author = "Somebody else"
    buffer = io.BytesIO()
    template.save(buffer)
    return buffer.getvalue()


def altered(name: str, content: bytes | None) -> bytes:
    """Return a package of our own with a part replaced, or without it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(write(plain_document("x")))) as package, zipfile.ZipFile(buffer, "w") as other:
        for info in package.infolist():
            if info.filename != name:
                other.writestr(info, package.read(info))
            elif content is not None:
                other.writestr(info, content)
    return buffer.getvalue()


def test_a_reference_document_gives_its_styles_page_and_header_but_not_its_text():
    data = write(full_document(), reference_doc=house())
    document = docx.Document(io.BytesIO(data))

    assert round(document.sections[0].page_width.cm, 1) == 15
    assert document.sections[0].header.paragraphs[0].text == "House header"
    assert document.styles["Normal"].font.name == "Housefont"
    assert document.core_properties.author == "Ines Almqvist"
    assert "OLD TEXT" not in text_of(document.element)
    assert not [name for name in names(data) if "Effects" in name or "thumbnail" in name or "customXml" in name]


def test_styles_are_found_by_name_and_missing_ones_are_added():
    data = write(full_document(), reference_doc=house())
    document = docx.Document(io.BytesIO(data))

    heading = next(each for each in document.paragraphs if each.text.startswith("I. "))

    assert heading.style.style_id == "berschrift1"
    assert {"Verse", "Scene Break", "First Paragraph"} <= {each.name for each in document.styles}
    assert document.styles["Verse"].base_style.name == "Normal"


def test_the_lists_of_a_reference_document_go_with_its_text():
    numbering = part(write(Document((listed("1.", "2."),)), reference_doc=house()), "word/numbering.xml")

    order = [each.tag.removeprefix(W) for each in numbering]

    assert order == sorted(order)  # all abstractNum before all num
    assert len({each.get(W + "numId") for each in numbering.findall("w:num", NS)}) == order.count("num")


def test_the_documents_language_wins_over_the_references():
    styles = part(write(plain_document("x"), reference_doc=house()), "word/styles.xml")

    assert [each.get(W + "val") for each in styles.find("w:docDefaults", NS).iter(W + "lang")] == ["en"]


def test_an_output_can_be_the_reference_of_the_next():
    first = write(full_document())

    second = write(full_document(), reference_doc=first)

    assert etree.tostring(part(first)[0]).count(b"<w:p>") == etree.tostring(part(second)[0]).count(b"<w:p>")
    assert part(first, "word/styles.xml").xpath("count(//w:style)", namespaces=NS) == part(
        second, "word/styles.xml"
    ).xpath("count(//w:style)", namespaces=NS)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "no zip archive", id="empty"),
        pytest.param(b"Dear Sir", "no zip archive", id="text"),
        pytest.param(write(plain_document("x"))[:3000], "no zip archive", id="cut off"),
        pytest.param(altered("[Content_Types].xml", None), "[Content_Types].xml", id="no content types"),
        pytest.param(altered("word/document.xml", None), "word/document.xml", id="no document"),
        pytest.param(altered("word/document.xml", b"<a/>"), "no body", id="another document"),
        pytest.param(altered("word/styles.xml", b"<a"), "not a .docx", id="broken styles"),
        pytest.param(altered("word/styles.xml", b"<a/>"), "without styles", id="no styles"),
    ],
)
def test_a_broken_reference_document_is_an_error_of_use(data: bytes, reason: str):
    with pytest.raises(UsageError) as caught:
        write(plain_document("x"), reference_doc=data)

    assert reason in caught.value.message
    assert "reference document" in caught.value.message
    assert ".docx" in caught.value.hint
    assert caught.value.exit_code == ExitCode.USAGE


def test_a_file_with_macros_is_not_taken_as_a_reference():
    types = part(write(plain_document("x")), "[Content_Types].xml")
    content = etree.tostring(types).replace(
        b"vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"vnd.ms-word.document.macroEnabled.main+xml",
    )

    with pytest.raises(UsageError, match="macroEnabled"):
        write(plain_document("x"), reference_doc=altered("[Content_Types].xml", content))
